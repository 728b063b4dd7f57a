//! Inputs mean what they mean beside us: which source counts, what a refusal says to write, and the flags and variables
//! that wrappers and pipelines use.

use super::place::{Place, SETTINGS};

fn refused(place: &Place, line: &[&str]) -> String {
    let shown = place.run(line);
    assert!(shown.ends_with("----- exit 1 -----\n"), "{shown}");
    shown
}

#[test]
fn a_value_that_does_not_win_is_not_evaluated() {
    Place::of_example().set("TF_VAR_tags", "").succeed(&["validate"]);
    Place::of_example()
        .set("TF_VAR_tags", "{")
        .set("TF_VAR_cloudtrail_object_lock", "null")
        .succeed(&["validate"]);
    let tags = "-var=tags={a=\"b\"}";
    for (loses, wins) in [
        ("-var=tags={bad", tags),
        ("-var=monitoring={", "-var=monitoring=null"),
        ("-var=accepted=[x", "-var=accepted=[]"),
        ("-var=kms_key_administrators=", "-var=kms_key_administrators=[]"),
    ] {
        Place::of_example().succeed(&["validate", loses, wins]);
    }
    let place = Place::with(&[
        ("terraform.tfvars", SETTINGS),
        ("x.auto.tfvars", "tags = var.tags\n"),
        ("y.tfvars", "tags = { a = \"b\" }\n"),
    ]);
    place.succeed(&["validate", "-var-file=y.tfvars"]);
    place.succeed(&["validate", tags]);
    // A file has to be one as a whole, as in Terraform.
    let place = Place::with(&[("terraform.tfvars", SETTINGS), ("x.auto.tfvars", "tags = {\n")]);
    refused(&place, &["validate", tags]);
    // What wins is, and its source is named.
    let place = Place::with(&[("terraform.tfvars", &SETTINGS.replace("tags = {", "other = {"))]);
    assert!(refused(&place.set("TF_VAR_tags", ""), &["validate"]).contains("--> TF_VAR_tags:1:1"));
    assert!(refused(&Place::of_example(), &["validate", "-var", "tags=x"]).contains("--> -var tags:1:1"));
    assert!(
        refused(&Place::of_example(), &["validate", "-var", "environment=-"])
            .contains("--> -var environment:1:1")
    );
}

#[test]
fn a_refusal_shows_the_line_as_it_should_be() {
    let line = |line: &str| SETTINGS.replace("environment = \"production\"", line);
    let tag = |line: &str| SETTINGS.replace("cost_center = \"engineering\"", line);
    let more = |line: &str| format!("{SETTINGS}\n{line}\n");
    for (settings, mended) in [
        (line("environment = production"), "environment = \"production\""),
        (line("environment: production"), "environment = \"production\""),
        (line("environment = 'production'"), "environment = \"production\""),
        (line("environment = \u{201c}production\u{201d}"), "environment = \"production\""),
        (line("environment = \"production\","), "environment = \"production\""),
        (line("export environment=production"), "environment = \"production\""),
        (line("\"environment\" = \"production\""), "environment = \"production\""),
        (line("environment == \"production\""), "environment = \"production\""),
        (line("environment := \"production\""), "environment = \"production\""),
        (line("environment => production"), "environment = \"production\""),
        (line("environment production"), "environment = \"production\""),
        (line("environment = production # the real one"), "environment = \"production\""),
        (tag("cost_center = engineering"), "cost_center = \"engineering\""),
        (tag("cost_center = platform team"), "cost_center = \"platform team\""),
        (tag("cost_center = engineering;"), "cost_center = \"engineering\""),
        (tag("cost_center = team@company.com"), "cost_center = \"team@company.com\""),
        (tag("cost_center = https://x.example/a"), "cost_center = \"https://x.example/a\""),
        (tag("cost_center = 2026-01-01"), "cost_center = \"2026-01-01\""),
        (tag("cost_center = 10.0.0.1"), "cost_center = \"10.0.0.1\""),
        (tag("cost center = \"x\""), "\"cost center\" = \"x\""),
        (tag("cost:center = \"x\""), "\"cost:center\" = \"x\""),
        (tag("team@corp = \"x\""), "\"team@corp\" = \"x\""),
        (tag("1team = \"x\""), "\"1team\" = \"x\""),
        (more("tags.team = x"), "tags = { team = \"x\" }"),
        (more("iam_path = /platform/"), "iam_path = \"/platform/\""),
        (more("permissions_boundary_arn = policy/B"), "permissions_boundary_arn = \"policy/B\""),
        (more("monitoring = { emails = [a@b.c] }"), "monitoring = { emails = [\"a@b.c\"] }"),
        (tag("k8s.io = \"x\""), "\"k8s.io\" = \"x\""),
        (tag("k8s.io/name = x"), "\"k8s.io/name\" = \"x\""),
        (
            more("permissions_boundary_arn = arn:aws:iam::123456789012:policy/B"),
            "permissions_boundary_arn = \"arn:aws:iam::123456789012:policy/B\"",
        ),
        (more("enable_fargate = yes"), "enable_fargate = true"),
        (more("enable_fargate\u{a0}= true"), "enable_fargate = true"),
        (
            more("kms_key_administrators = [arn:aws:iam::123456789012:role/a, \"x\"]"),
            "kms_key_administrators = [\"arn:aws:iam::123456789012:role/a\", \"x\"]",
        ),
        (
            more("kms_key_administrators = [\n  arn:aws:iam::123456789012:role/a,\n]"),
            "\"arn:aws:iam::123456789012:role/a\",",
        ),
        (
            more("accepted = [{ what = \"alias:alias/x\", until = 2027-06-30, reason = migration }]"),
            "accepted = [{ what = \"alias:alias/x\", until = \"2027-06-30\", reason = \"migration\" }]",
        ),
    ] {
        let shown = refused(&Place::with(&[("terraform.tfvars", &settings)]), &["validate"]);
        assert!(shown.contains(&format!(": {mended}\n")), "{mended} is not in {shown}");
        assert_eq!(shown.matches("Error: ").count(), 1, "one line, one error\n{shown}");
    }
    for (settings, mended) in [
        (more("cloudtrail_bucket_suffix = 00345678"), "\"00345678\""),
        (more("artos_ecr_aws_account = 012345678901"), "\"012345678901\""),
        (tag("cost_center = 0042"), "\"0042\""),
    ] {
        let shown = refused(&Place::with(&[("terraform.tfvars", &settings)]), &["validate"]);
        assert!(shown.contains(mended), "{shown}");
    }
    // Nothing fills in what a shell or a template would.
    for unfilled in
        ["environment = ${ENV}", "environment = $ENV", "environment = \"${env}\"", "environment = {{ env }}"]
    {
        let shown = refused(&Place::with(&[("terraform.tfvars", &line(unfilled))]), &["validate"]);
        assert!(shown.contains("nothing is put in here: write the value itself"), "{shown}");
    }
    // What refers to something or computes is not text.
    let shown = refused(&Place::with(&[("terraform.tfvars", &tag("cost_center = 1 + 007"))]), &["validate"]);
    assert!(!shown.contains("write:"), "{shown}");
    let shown =
        refused(&Place::with(&[("terraform.tfvars", &line("environment = var.environment"))]), &["validate"]);
    assert!(!shown.contains("write:"), "{shown}");
    let shown = refused(&Place::with(&[("terraform.tfvars", &tag("team = \"\""))]), &["validate"]);
    assert!(shown.contains("the value of tag `team` is empty"), "{shown}");
}

#[test]
fn a_number_that_loses_digits_as_text_is_warned_of() {
    let tag = |value: &str| SETTINGS.replace("\"engineering\"", value);
    let more = |line: &str| format!("{SETTINGS}\n{line}\n");
    for (settings, words) in [
        (tag("1.10"), "1.10 is the number 1.1"),
        (tag("1e3"), "1e3 is the number 1000"),
        (tag("5.0"), "5.0 is the number 5"),
        (more("cloudtrail_bucket_suffix = 123456e2"), "123456e2 is the number 12345600"),
        (more("artos_ecr_aws_account = 1234-5678-9012"), "1234-5678-9012 is the number -13456"),
    ] {
        let shown = Place::with(&[("terraform.tfvars", &settings)]).run(&["validate"]);
        assert!(shown.contains(words) && shown.contains("put it in quotes: \""), "{shown}");
    }
    for exact in ["42", "1.5", "\"1.10\"", "true"] {
        let shown = Place::with(&[("terraform.tfvars", &tag(exact))]).succeed(&["validate"]);
        assert!(!shown.contains("Warning"), "{exact}: {shown}");
    }
}

#[test]
fn a_flag_and_a_variable_are_told_what_to_write_in_their_own_spelling() {
    let arn = "arn:aws:iam::123456789012:role/x";
    for (argument, mended) in [
        ("environment=\"production\"", "-var=environment=production\n"),
        ("iam_path=platform", "-var=iam_path=/platform/\n"),
        ("kms_deletion_window_in_days=seven", "-var=kms_deletion_window_in_days=30\n"),
        (
            &format!("kms_key_administrators={arn}"),
            "-var=kms_key_administrators='[\"arn:aws:iam::123456789012:role/x\"]'\n",
        ),
        ("tags=team=x", "-var=tags='{ \"team\" = \"x\" }'\n"),
        ("tags.team=x", "-var=tags='{ \"team\" = \"x\" }'\n"),
        ("monitoring=a@b.c", "-var=monitoring='{\n"),
    ] {
        let shown = refused(&Place::of_example(), &["validate", "-var", argument]);
        assert!(shown.contains(mended), "{argument}: {shown}");
    }
    let settings = SETTINGS.replace("environment =", "# environment =");
    for (name, value, mended) in [
        ("TF_VAR_environment", "\"production\"", "TF_VAR_environment=production\n"),
        ("TF_VAR_kms_key_administrators", arn, "TF_VAR_kms_key_administrators='[\"arn:aws"),
        ("TF_VAR_kms_key_administrators", "", "unset it, or write, for example:"),
        ("TF_VAR_enable_fargate", "", "write true or false"),
        ("TF_VAR_monitoring", "{", "TF_VAR_monitoring='{"),
    ] {
        let shown = refused(&Place::with(&[("terraform.tfvars", &settings)]).set(name, value), &["validate"]);
        assert!(shown.contains(mended) && shown.contains(&format!("--> {name}:1:")), "{shown}");
    }
}

#[test]
fn no_value_has_lines_that_look_like_ours() {
    let forged = "No changes. Your infrastructure matches the configuration.";
    let arn = format!("{SETTINGS}\npermissions_boundary_arn = <<EOT\nx\n\n{forged}\nEOT\n");
    let attribute = format!("{SETTINGS}\nmonitoring = {{ emails = [\"a@b.c\"], \"x\\n{forged}\" = 1 }}\n");
    let entry = format!("{SETTINGS}\naccepted = [\"x\\n{forged}:y\"]\n");
    for settings in [arn, attribute, entry] {
        let shown = refused(&Place::with(&[("terraform.tfvars", &settings)]), &["validate"]);
        assert!(shown.contains(&format!("\\n{forged}")), "{shown}");
        assert!(shown.lines().all(|line| line.trim() != forged), "{shown}");
    }
    let place = Place::with(&[("terraform.tfvars", SETTINGS)]);
    std::fs::write(place.path().join("more.auto.tfvars.json"), format!("{{\"x\\n{forged}\": 1}}")).unwrap();
    let shown = place.run(&["validate"]);
    assert!(shown.lines().all(|line| line.trim() != forged), "{shown}");
}

#[test]
fn backend_arguments_that_are_nested_or_a_module_say_what_to_write() {
    let place = Place::with(&[]);
    std::fs::create_dir(place.path().join("conf")).unwrap();
    std::fs::write(
        place.path().join("conf/my.tf"),
        "terraform {\n  backend \"s3\" {\n    bucket = \"b\"\n  }\n}\n",
    )
    .unwrap();
    std::fs::write(place.path().join("prod.tfvars"), SETTINGS).unwrap();
    let json = r#"{"terraform": {"backend": {"s3": {"bucket": "b"}}}}"#;
    std::fs::write(place.path().join("conf/my.tf.json"), json).unwrap();
    std::fs::write(place.path().join("override.tf"), "terraform {\n  required_version = \">= 1\"\n}\n")
        .unwrap();
    for (argument, mended) in [
        (
            "assume_role.role_arn=arn:aws:iam::123456789012:role/x",
            "-backend-config='assume_role={role_arn=\"arn:aws:iam::123456789012:role/x\"}'",
        ),
        ("endpoints.s3=http://h", "-backend-config='endpoints={s3=\"http://h\"}'"),
        ("assume_role.policy_arns=[\"x\"]", "-backend-config='assume_role={policy_arns=[\"x\"]}'"),
        ("assume_role={role_arn=arn:aws:iam::1:role/x}", "write: { role_arn = \"arn:aws:iam::1:role/x\" }"),
        ("assume_role.tags.team=x", "-backend-config='assume_role={tags={\"team\"=\"x\"}}'"),
        (
            "assume_role=arn:aws:iam::123456789012:role/x",
            "write: -backend-config='assume_role={role_arn=\"arn:aws:iam::123456789012:role/x\"}'",
        ),
        ("allowed_account_ids=a,b", "write: -backend-config='allowed_account_ids=[\"a\", \"b\"]'"),
        ("allowed_account_ids=123456789012", "write [\"123456789012\"]"),
        ("use_lockfile=yes", "write true or false"),
        ("-key=x", "did you mean \"key\"?"),
        ("endpoint.s3=x", "did you mean \"endpoints\"?"),
        ("conf/my.tf", "leave -backend-config out"),
        ("conf/my.tf.json", "leave -backend-config out"),
        ("override.tf", "leave -backend-config out"),
        ("prod.tfvars", "-var-file takes"),
    ] {
        let shown = refused(&place, &["init", &format!("-backend-config={argument}")]);
        assert!(shown.contains(mended), "{shown}");
    }
    let broken = "-backend-config=assume_role_with_web_identity={web_identity_token=hidden";
    let shown = refused(&place, &["init", broken]);
    assert!(!shown.split_once('\n').unwrap().1.contains("hidden"), "{shown}");
    let secret =
        refused(&place, &["init", "-backend-config=assume_role_with_web_identity.web_identity_token=hidden"]);
    assert!(!secret.split_once('\n').unwrap().1.contains("hidden"), "{secret}");
}

#[test]
fn flags_of_wrappers_are_taken_or_refused_with_the_reason() {
    let place = Place::of_example();
    place.succeed(&["validate", "-no-tests"]);
    place.succeed(&["validate", "-test-directory=tests"]);
    let version = place.succeed(&["version"]);
    assert!(version.ends_with("\ncompatible with Terraform v1.15.5\n"), "{version}");
    let first = Place::of_example().set("UNDERPIN_VERSION_AS_TERRAFORM", "1").succeed(&["version"]);
    assert!(first.starts_with("Terraform v1.15.5 "), "{first}");
    for line in [["plan", "-state=x"], ["apply", "-state-out=x"], ["destroy", "-backup=x"]] {
        let shown = refused(&place, &line);
        assert!(shown.contains("The backend says where the state lives"), "{shown}");
        assert!(shown.contains("underpin init -backend-config=path=x"), "{shown}");
    }
    for line in [["output", "-state=x"], ["show", "-state-out=x"], ["lock", "-backup=x"]] {
        let line = if line[0] == "lock" { vec!["lock", "status", line[1]] } else { line.to_vec() };
        assert!(refused(&place, &line).contains("The backend says where the state lives"), "{line:?}");
    }
    for (line, words) in [
        (["init", "-from-module=x"], "There are no modules to copy"),
        (["plan", "-generate-config-out=x"], "underpin adopt -dry-run"),
        (["validate", "-query"], "There are no files of tests or queries here"),
    ] {
        assert!(refused(&place, &line).contains(words), "{line:?}");
    }
    for flag in ["-upgrade", "-get=false", "-plugin-dir=x", "-lockfile=readonly", "-force-copy"] {
        Place::of_example().succeed(&["init", "-input=false", flag]);
    }
    // What tfenv, setup-terraform, Atlantis and Terragrunt look for.
    let json: serde_json::Value = serde_json::from_str(&place.succeed(&["version", "-json"])).unwrap();
    assert_eq!(json["terraform_version"], "1.15.5");
    assert!(place.succeed(&["-version"]).lines().any(|line| line.ends_with("Terraform v1.15.5")));
    let word = first.split(' ').nth(1).and_then(|word| word.strip_prefix('v'));
    assert_eq!(word, Some("1.15.5"), "the first line is `Terraform vX.Y.Z …`");
    let place = Place::of_example().set("TF_WORKSPACE", "ci1");
    place.succeed(&["init", "-local"]);
    place.succeed(&["workspace", "new", "ci1"]);
    for line in [["new", "ci2"], ["select", "ci2"], ["select", "ci1"]] {
        let shown = refused(&place, &["workspace", line[0], line[1]]);
        assert!(shown.contains("unset TF_WORKSPACE"), "{shown}");
    }
    // What is printed does not lead back here.
    let again = refused(&place, &["workspace", "new", "ci1"]);
    assert!(again.contains("TF_WORKSPACE selects it: TF_WORKSPACE=ci1 underpin plan"), "{again}");
    let delete = refused(&place, &["workspace", "delete", "ci1"]);
    assert!(delete.contains("TF_WORKSPACE= underpin workspace delete ci1"), "{delete}");
}

#[test]
fn every_variable_for_a_log_gives_one() {
    for (name, value, is_written) in [
        ("TF_LOG", "debug", true),
        ("TF_LOG", "JSON", true),
        ("TF_LOG", "anything", true),
        ("TF_LOG_CORE", "trace", true),
        ("TF_LOG_PROVIDER", "info", true),
        ("TF_LOG", "off", false),
        ("TF_LOG", "", false),
        ("TF_LOG_PATH", "log.txt", false),
    ] {
        let shown = Place::of_example().set(name, value).run(&["validate"]);
        assert_eq!(
            shown.contains(" validate; this log goes to stderr"),
            is_written,
            "{name}={value}\n{shown}"
        );
    }
}

#[test]
fn init_prints_terraforms_messages() {
    let place = Place::of_example();
    let printed = place.succeed(&["init", "-json"]);
    let messages: Vec<serde_json::Value> =
        printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = messages.iter().map(|message| message["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["version", "init_output", "diagnostic", "init_output", "init_output", "init_output"]);
    assert_eq!(messages[1]["message_code"], "initializing_backend_message");
    assert_eq!(messages[1]["@message"], "Initializing the backend...");
    let place = Place::of_example();
    let shown = place.run(&["init", "-json", "-migrate-state"]);
    assert!(shown.contains("mutually exclusive") && shown.contains("\"type\":\"diagnostic\""), "{shown}");
}
