//! A command that is printed is typed as it stands, and works.

use std::fs;
use std::process::{Command, Output};

use harness::World;

use crate::support::account::{moto, text, underpin};

/// The binary from above the world's directory, which is called `live` there.
fn above(world: &World) -> (tempfile::TempDir, impl Fn(&[&str]) -> Output) {
    let above = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(world.directory(), above.path().join("live")).unwrap();
    let (directory, endpoint) = (above.path().to_owned(), world.proxy().endpoint());
    let run = move |arguments: &[&str]| {
        underpin().command(&directory, &endpoint).unwrap().args(arguments).output().unwrap()
    };
    (above, run)
}

/// Types a printed command in a shell, with the binary's directory on the path.
fn typed(world: &World, directory: &std::path::Path, line: &str) -> Output {
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_underpin")).parent().unwrap();
    let plain = underpin().command(directory, &world.proxy().endpoint()).unwrap();
    let mut shell = Command::new("bash");
    shell.args(["-c", line]).current_dir(directory);
    for (name, value) in plain.get_envs().filter_map(|(name, value)| Some((name, value?))) {
        shell.env(name, value);
    }
    let path = std::env::var("PATH").unwrap();
    shell.env("PATH", format!("{}:{path}", binary.display())).output().unwrap()
}

/// The printed line that begins so.
fn line<'a>(shown: &'a str, beginning: &str) -> &'a str {
    let found = shown.lines().map(str::trim).find(|line| line.starts_with(beginning));
    found.unwrap_or_else(|| panic!("no line `{beginning}…` in\n{shown}"))
}

#[test]
fn the_command_for_a_saved_plan_works_where_the_plan_was_made() {
    let world = moto();
    fs::write(world.directory().join("our settings.tfvars"), "kms_deletion_window_in_days = 30\n").unwrap();
    let (above, run) = above(&world);
    let plan = run(&["-chdir=live", "plan", "-var-file=our settings.tfvars", "-out=../p.plan"]);
    let shown = text(&plan.stdout);
    let command = line(&shown, "underpin -chdir=live apply \"../p.plan\"");
    let applied = typed(&world, above.path(), command);
    assert!(applied.status.success(), "{}", text(&applied.stderr));
    assert!(text(&applied.stdout).contains("Apply complete!"));
}

#[test]
fn advice_repeats_directory_workspace_and_settings() {
    let world = moto();
    fs::write(world.directory().join("our settings.tfvars"), "kms_deletion_window_in_days = 30\n").unwrap();
    let (above, run) = above(&world);
    let made = run(&["-chdir=live", "workspace", "new", "ci"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let selected = run(&["-chdir=live", "workspace", "select", "default"]);
    assert!(selected.status.success(), "{}", text(&selected.stderr));
    world.proxy().on(|call| match call.action.as_str() {
        "CreateAlias" => harness::Verdict::Answer(harness::Answer::error(call, 403, "AccessDenied")),
        _ => harness::Verdict::Pass,
    });
    let command = "TF_WORKSPACE=ci underpin -chdir=live apply -var-file='our settings.tfvars'";
    let failed = typed(&world, above.path(), &format!("{command} -auto-approve"));
    let said = text(&failed.stderr);
    assert!(said.contains(&format!("run {command} again: it goes on from here.")), "{said}");
    world.proxy().reset();
    let applied = typed(&world, above.path(), &format!("{command} -auto-approve"));
    assert!(applied.status.success(), "{}", text(&applied.stderr));

    let nowhere = above.path().join("empty");
    fs::create_dir(&nowhere).unwrap();
    let refused = run(&["-chdir=empty", "plan", "-input=false"]);
    let said = text(&refused.stderr);
    assert!(!said.contains("    underpin plan") && !said.contains(": underpin init"), "{said}");
}

#[test]
fn a_workspace_that_the_environment_selects_is_no_circle() {
    let world = moto();
    let (above, run) = above(&world);
    let made = run(&["-chdir=live", "workspace", "new", "ci"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let refused = typed(&world, above.path(), "TF_WORKSPACE=ci underpin -chdir=live workspace new ci");
    assert!(
        text(&refused.stderr).contains("TF_WORKSPACE selects it: TF_WORKSPACE=ci underpin -chdir=live plan")
    );
    let refused = typed(&world, above.path(), "TF_WORKSPACE=ci underpin -chdir=live workspace delete ci");
    let said = text(&refused.stderr);
    let next = said.split_once("without it: ").map(|(_, line)| line.trim()).unwrap();
    // `new` selected it for all later commands too: that is said next, and then it works.
    let refused = typed(&world, above.path(), next);
    let said = text(&refused.stderr);
    let select = said.split_once("select another first: ").map(|(_, line)| line.trim()).unwrap();
    for command in [select, next] {
        let done = typed(&world, above.path(), command);
        assert!(done.status.success(), "{command}: {}", text(&done.stderr));
    }
}
