//! Commands, flags, help, version.

use std::io::Read;
use std::process::Stdio;

use super::local_state::STATE;
use super::place::{Place, SETTINGS};

#[test]
fn version() {
    let place = Place::with(&[]);
    let version = place.succeed(&["version"]);
    assert!(version.starts_with(&format!("underpin v{}\non ", env!("CARGO_PKG_VERSION"))), "{version}");
    let json = place.succeed(&["version", "-json"]);
    for flag in ["-version", "--version", "-v"] {
        assert_eq!(place.succeed(&[flag, "-json"]), json);
    }
    assert_eq!(place.succeed(&["-version", "--json"]), json);
    for same in ["-version", "--version", "-v"] {
        assert_eq!(place.succeed(&[same]), version);
    }
    let document: serde_json::Value = serde_json::from_str(&place.succeed(&["version", "-json"])).unwrap();
    assert_eq!(document["underpin_version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn help() {
    let place = Place::with(&[]);
    insta::assert_snapshot!("help", place.succeed(&["-help"]));
    for command in ["init", "plan", "apply", "adopt", "destroy"] {
        insta::assert_snapshot!(format!("help_{command}"), place.succeed(&[command, "-help"]));
    }
    assert_eq!(place.succeed(&["help"]), place.succeed(&["-help"]));
    for words in [&["state", "mv"][..], &["plan"], &["workspace"], &["trail", "verify"]] {
        let (help, flag) = ([&["help"], words].concat(), [words, &["-help"]].concat());
        assert_eq!(place.succeed(&help), place.succeed(&flag));
    }
    for words in [&["help", "nope"][..], &["help", "state", "nope"]] {
        assert!(place.run(words).contains(&format!("no command named \"{}\"", words[1..].join(" "))));
    }
    assert_eq!(place.succeed(&["plan", "-lock=false", "--help"]), place.succeed(&["plan", "-h"]));
}

#[test]
fn usage_errors_exit_with_1() {
    let place = Place::of_example();
    let lines: [&[&str]; 15] = [
        &["aply"],
        &["state", "lst"],
        &["plan", "-lok=false"],
        &["plan", "-lock=maybe"],
        &["plan", "-lock-timeout=3"],
        &["plan", "-target=key"],
        &["plan", "-parallelism=none"],
        &["plan", "-var"],
        &["plan", "-refresh-only", "-destroy"],
        &["plan", "-destroy", "-replace=aws_iam_role.eks_service"],
        &["destroy", "-replace=aws_iam_role.eks_service"],
        &["plan", "-delete-key"],
        &["output", "-raw"],
        &["state", "show"],
        &["plan", "-chdir=x"],
    ];
    let shown: String = lines.iter().map(|arguments| place.run(arguments)).collect();
    insta::assert_snapshot!("usage_errors", shown);
    assert_eq!(shown.matches("----- exit 1 -----").count(), lines.len());
}

#[test]
fn commands_of_terraform_that_are_none_here_say_what_takes_their_place() {
    let place = Place::of_example();
    for (command, instead) in [
        ("refresh", "help: run: underpin apply -refresh-only"),
        ("taint", "help: run: underpin apply -replace=ADDRESS"),
        ("env", "help: run: underpin workspace"),
        ("fmt", "help: run: underpin validate"),
        ("graph", "help: run: underpin export terraform"),
        ("docs", "help: run: underpin help"),
        ("report", "help: run: underpin plan"),
        ("import", "help: run: underpin adopt -help"),
        ("providers", "no providers"),
        ("login", "HCP Terraform is not supported"),
        ("frobnicate", "help: run: underpin -help"),
    ] {
        let shown = place.run(&[command, "-x"]);
        assert!(shown.contains(&format!("no command named \"{command}\"")), "{shown}");
        assert!(shown.contains(instead) && shown.ends_with("exit 1 -----\n"), "{shown}");
    }
}

#[test]
fn a_group_of_commands_alone_prints_its_help_and_fails() {
    for group in ["state", "workspace"] {
        let shown = Place::with(&[]).run(&[group]);
        assert!(shown.contains(&format!("Usage: underpin {group}")), "{shown}");
        assert!(shown.ends_with("exit 1 -----\n"), "{shown}");
        assert!(Place::with(&[]).run(&[group, "-help"]).ends_with("exit 0 -----\n"), "{group}");
    }
}

#[test]
fn an_empty_name_of_a_plan_file_is_none() {
    let place = Place::of_example();
    let plan = place.succeed(&["plan", "-offline", "-account-id=123456789012", "-out="]);
    assert!(plan.contains("Plan: ") && !plan.contains("Saved"), "{plan}");
}

#[test]
fn arguments_come_from_the_environment_too() {
    let place =
        Place::of_example().set("TF_CLI_ARGS_validate", "-json").set("TF_CLI_ARGS", "-var 'environment=a b'");
    let shown = place.run(&["validate"]);
    assert!(shown.contains("\"valid\": false") && shown.contains("a b"), "{shown}");
    let shown = place.run(&["validate", "-json=false", "-var=environment=staging"]);
    assert!(shown.contains("Success!"), "{shown}");
}

#[test]
fn a_directory_can_be_entered_first() {
    let place = Place::of_example();
    let parent = place.path().parent().unwrap().to_str().unwrap().to_owned();
    let elsewhere = Place::with(&[]);
    let chdir = format!("-chdir={}", place.path().display());
    assert!(elsewhere.succeed(&[&chdir, "validate"]).starts_with("Success!"));
    let missing = elsewhere.run(&[&format!("-chdir={parent}/does-not-exist"), "validate"]);
    assert!(missing.contains("does-not-exist") && missing.ends_with("exit 1 -----\n"), "{missing}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let place = Place::of_example();
    let mut child = place
        .command(&["plan", "-offline", "-account-id=123456789012"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    let place = Place::of_example();
    let plan = ["plan", "-offline", "-account-id=123456789012"];
    for arguments in [&["version"][..], &["plan", "-help"], &plan, &[&plan[..], &["-json"]].concat()] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = place.command(arguments).stdout(full).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.starts_with("Error: Failed to write the standard output\n"), "{arguments:?}: {said}");
    }
}

#[test]
fn no_help_is_wider_than_a_screen() {
    let place = Place::with(&[]);
    let groups = ["state", "workspace", "policy", "trail", "export", "lock", "monitoring"];
    for group in groups.map(|group| vec![group]).into_iter().chain([vec![]]) {
        let shown = place.succeed(&[&group[..], &["-help"]].concat());
        let listed = shown.split_once("Commands:\n\n").unwrap().1.split("\n\n").next().unwrap();
        let commands = listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        for command in commands.filter_map(|line| line.split_whitespace().next()) {
            let help = place.succeed(&[&group[..], &[command, "-help"]].concat());
            let wide: Vec<&str> = help.lines().filter(|line| line.chars().count() > 80).collect();
            assert_eq!(wide, Vec::<&str>::new(), "{group:?} {command}");
        }
    }
}

#[test]
fn an_argument_too_many_is_named() {
    let place = Place::of_example();
    let lines: [&[&str]; 8] = [
        &["apply", "one", "another"],
        &["output", "one", "another"],
        &["state", "show", "a.b", "another"],
        &["workspace", "new", "one", "another"],
        &["show", "one", "another"],
        &["force-unlock", "one", "another"],
        &["plan", "another"],
        &["init", "another"],
    ];
    for line in lines {
        let shown = place.run(line);
        assert!(
            shown.contains("`another` is one argument too many.") && shown.ends_with("exit 1 -----\n"),
            "{shown}"
        );
    }
}

#[test]
fn what_was_probably_meant_is_said() {
    let place = Place::with(&[("terraform.tfvars", SETTINGS), ("terraform.tfstate", STATE)]);
    let offline = ["plan", "-offline", "-account-id=123456789012"];
    let target = |flag| [&offline[..], &[flag]].concat();
    for (line, meant) in [
        (vec!["state", "show", "aws_kms_alias.mian"], "aws_kms_alias.main"),
        (vec!["state", "show", "kms_alias.main"], "aws_kms_alias.main"),
        (vec!["state", "list", "aws_kms_alias.mian"], "aws_kms_alias.main"),
        (vec!["state", "rm", "aws_kms_alias.mian"], "aws_kms_alias.main"),
        (vec!["state", "mv", "aws_kms_alias.mian", "aws_kms_alias.x"], "aws_kms_alias.main"),
        (vec!["untaint", "aws_kms_alias.mian"], "aws_kms_alias.main"),
        (vec!["output", "kms_key_di"], "kms_key_id"),
        (target("-target=aws_iam_role.eks_servce"), "aws_iam_role.eks_service"),
        (target("-replace=aws_kms_key.man"), "aws_kms_key.main"),
        (target("-target=aws_s3_bucket.cloud_trail"), "aws_s3_bucket.cloudtrail"),
        (vec!["plan", "-tarfet=x.y"], "-target"),
        (vec!["plan", "-detailed-exit-code"], "-detailed-exitcode"),
        (vec!["trail", "verfy"], "verify"),
        (vec!["doctr"], "doctor"),
        (vec!["workspace", "lst"], "list"),
    ] {
        let shown = place.run(&line);
        assert!(shown.contains(&format!("did you mean {meant}?")), "{line:?}\n{shown}");
        assert!(shown.lines().count() <= 14, "{shown}");
    }
}

#[test]
fn an_empty_directory_is_one_error_whatever_is_asked() {
    let lines: [&[&str]; 7] = [
        &["plan", "-input=false"],
        &["apply", "-input=false", "-auto-approve"],
        &["destroy", "-input=false", "-auto-approve"],
        &["adopt", "-input=false", "-dry-run"],
        &["doctor"],
        &["validate"],
        &["output"],
    ];
    for line in lines {
        let shown = Place::with(&[]).run(line);
        assert_eq!(shown.matches("Error: ").count(), 1, "{shown}");
        let said = shown.split_once("----- stderr -----\n").unwrap().1;
        assert!(said.lines().count() <= 13, "{shown}");
    }
    // Some of them, or one that is null.
    let some = Place::with(&[(
        "terraform.tfvars",
        "project_name = \"x\"\nenvironment = \"y\"\naws_region = null\n",
    )]);
    let shown = some.run(&["validate"]);
    assert!(
        shown.contains("`terraform_state_bucket`, `tags`") && shown.contains("must not be null"),
        "{shown}"
    );
    assert_eq!(shown.matches("Error: ").count(), 2, "{shown}");
}
