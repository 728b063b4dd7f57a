//! Real Terraform goes on with what underpin made, and underpin with what Terraform leaves; the outputs for others.

use std::path::Path;
use std::process::{Command, Output};

use harness::World;
use serde_json::{Value, json};

use crate::support::account::{moto, oracles, refuse, run, set, succeed, text};

/// Settings that make one resource of every type.
const EVERY_TYPE: &str = r#"
artos_ecr_aws_account         = "210987654321"
kms_allow_autoscaling         = true
kms_deletion_window_in_days   = 20
create_node_instance_profile  = true
exclusive_role_policies       = true
cloudtrail_log_retention_days = 365
cloudtrail_object_lock        = { mode = "GOVERNANCE", days = 30 }
"#;

/// What tells provider 3 and the backend where the emulator is.
fn point_to(directory: &Path, endpoint: &str) {
    let services =
        ["cloudtrail", "cloudwatch", "cloudwatchevents", "cloudwatchlogs", "iam", "kms", "s3", "sns", "sts"];
    let endpoints: String =
        services.iter().map(|service| format!("    {service} = \"{endpoint}\"\n")).collect();
    let provider = format!(
        "provider \"aws\" {{\n  s3_force_path_style = true\n  skip_metadata_api_check = true\n  skip_get_ec2_platforms = true\n  endpoints {{\n{endpoints}  }}\n}}\n"
    );
    std::fs::write(directory.join("emulator_override.tf"), provider).unwrap();
}

/// Real Terraform in the exported module.
pub(super) fn terraform(world: &World, directory: &Path) -> Command {
    let mut command = oracles().terraform_command(directory).unwrap();
    for (name, value) in harness::aws_environment(&world.proxy().endpoint()) {
        command.env(name, value);
    }
    command
}

/// Expects success; answers stdout.
pub(super) fn expect(output: &Output) -> String {
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{}\n{stdout}\n{stderr}", output.status);
    stdout
}

/// Makes everything, hands it over to Terraform with provider 3, and answers the module's directory.
fn hand_over(world: &World, flags: &[&str]) -> tempfile::TempDir {
    set(world.directory(), EVERY_TYPE);
    succeed(world, &["apply", "-auto-approve"]);
    module(world, flags)
}

/// The module for provider 3 of what there is.
fn module(world: &World, flags: &[&str]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_str().unwrap();
    succeed(world, &[&["export", "terraform", "-provider-version=3"], flags, &[path]].concat());
    point_to(directory.path(), &world.proxy().endpoint());
    directory
}

/// The module of what there is, with the backend and without what provider 3 does not know of in the state: Terraform
/// goes on with it.
pub(super) fn handed_over(world: &World) -> tempfile::TempDir {
    let module = module(world, &[]);
    let terraform = || terraform(world, module.path());
    let flags = ["use_path_style", "skip_credentials_validation", "skip_requesting_account_id"];
    let flags = flags.map(|flag| format!("-backend-config={flag}=true"));
    expect(&terraform().args(["init", "-input=false", "-no-color"]).args(flags).output().unwrap());
    // The command that main.tf tells, from its comment.
    let main = std::fs::read_to_string(module.path().join("main.tf")).unwrap();
    let (_, removal) = main.split_once("#   terraform state rm \\\n").unwrap();
    let addresses: Vec<&str> = removal
        .lines()
        .map_while(|line| line.strip_prefix("#     "))
        .map(|line| line.trim_end_matches([' ', '\\']))
        .collect();
    expect(&terraform().args(["state", "rm", "-no-color"]).args(&addresses).output().unwrap());
    module
}

#[test]
fn terraform_plans_no_changes_on_our_state_and_underpin_takes_it_back() {
    let world = moto();
    set(world.directory(), EVERY_TYPE);
    succeed(&world, &["apply", "-auto-approve"]);
    let module = handed_over(&world);
    let terraform = || terraform(&world, module.path());
    let plan = terraform().args(["plan", "-no-color", "-detailed-exitcode"]).output().unwrap();
    assert!(expect(&plan).contains("No changes."), "{}", text(&plan.stdout));
    let plan = run(&world, &["plan", "-detailed-exitcode"]);
    let shown = text(&plan.stdout);
    assert!(shown.contains("Plan: 5 to import, 0 to add, 0 to change, 0 to destroy."), "{shown}");
    succeed(&world, &["apply", "-auto-approve"]);
    assert_eq!(run(&world, &["plan", "-detailed-exitcode"]).status.code(), Some(0));
}

#[test]
fn terraform_plans_no_changes_where_everything_is_switched_off() {
    let world = moto();
    let nothing = "\nenable_fargate = false\nkms_allow_cloudwatch_logs = false\nrestrict_service_principals = false\n\
                   cloudtrail_s3_data_events = { scope = \"none\" }\n";
    set(world.directory(), nothing);
    succeed(&world, &["apply", "-auto-approve"]);
    let module = handed_over(&world);
    let plan =
        terraform(&world, module.path()).args(["plan", "-no-color", "-detailed-exitcode"]).output().unwrap();
    assert!(expect(&plan).contains("No changes."), "{}", text(&plan.stdout));
}

#[test]
fn terraform_imports_everything_into_an_empty_state_and_makes_nothing() {
    let world = moto();
    let module = hand_over(&world, &["-import-blocks"]);
    std::fs::remove_file(module.path().join("backend.tf")).unwrap();
    let terraform = || terraform(&world, module.path());
    expect(&terraform().args(["init", "-input=false", "-no-color"]).output().unwrap());
    let applied = expect(&terraform().args(["apply", "-auto-approve", "-no-color"]).output().unwrap());
    assert!(applied.contains(" imported, 0 added, 3 changed, 0 destroyed."), "{applied}");
    let plan = terraform().args(["plan", "-no-color", "-detailed-exitcode"]).output().unwrap();
    assert!(expect(&plan).contains("No changes."), "{}", text(&plan.stdout));
    assert_eq!(run(&world, &["plan", "-detailed-exitcode"]).status.code(), Some(0), "AWS is as it was");
}

#[test]
fn a_module_does_not_replace_files_unless_forced() {
    let world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("main.tf"), "# mine\n").unwrap();
    let path = directory.path().to_str().unwrap();
    refuse(&world, &["export", "terraform", path], &["main.tf"]);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    succeed(&world, &["export", "terraform", "-force", path]);
    let laid_out = terraform(&world, directory.path()).args(["fmt", "-check"]).output().unwrap();
    expect(&laid_out);
}

#[test]
fn terraform_reads_the_exported_remote_state() {
    let world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let block = succeed(&world, &["export", "remote-state"]);
    let flags = "use_path_style = true\n    skip_credentials_validation = true\n    skip_requesting_account_id = true\n";
    let block = block.replace("config = {\n", &format!("config = {{\n    {flags}"));
    let output = "output \"arn\" {\n  value = data.terraform_remote_state.global.outputs.kms_key_arn\n}\n";
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("main.tf"), block + output).unwrap();
    let terraform = || terraform(&world, directory.path());
    expect(&terraform().args(["init", "-input=false", "-no-color"]).output().unwrap());
    expect(&terraform().args(["apply", "-auto-approve", "-no-color"]).output().unwrap());
    let read = expect(&terraform().args(["output", "-raw", "arn"]).output().unwrap());
    assert_eq!(read, succeed(&world, &["output", "-raw", "kms_key_arn"]));
}

#[test]
fn outputs_become_parameters_and_are_written_only_when_they_change() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let values: Value = serde_json::from_str(&succeed(&world, &["export", "json"])).unwrap();
    succeed(&world, &["export", "ssm"]);
    let path = json!({"Path": "/underpin/genai-artos/production/", "Recursive": true});
    let stored = world.aws().call("ssm", "get_parameters_by_path", path).unwrap();
    let stored: serde_json::Map<_, _> = stored["Parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| {
            let name = parameter["Name"].as_str().unwrap().rsplit('/').next().unwrap();
            (name.to_owned(), parameter["Value"].clone())
        })
        .collect();
    assert_eq!(Value::Object(stored), values);
    let writes = |world: &World| {
        let written = |call: &harness::Entry| call.action == "PutParameter" && call.status == Some(200);
        world.proxy().journal().iter().filter(|call| written(call)).count()
    };
    let before = writes(&world);
    assert!(before >= 10, "{before}");
    let again = succeed(&world, &["export", "ssm"]);
    assert_eq!(again.matches(": unchanged").count(), 10, "{again}");
    assert_eq!(writes(&world), before);
    let name = "/underpin/genai-artos/production/kms_key_arn";
    let other = json!({"Name": name, "Value": "stale", "Overwrite": true});
    world.aws().call("ssm", "put_parameter", other).unwrap();
    let mended = succeed(&world, &["export", "ssm"]);
    assert!(mended.contains(&format!("{name}: changed")), "{mended}");
    let stored = world.aws().call("ssm", "get_parameter", json!({"Name": name})).unwrap();
    assert_eq!(stored["Parameter"]["Value"], values["kms_key_arn"]);
    let tags = json!({"ResourceType": "Parameter", "ResourceId": name});
    let tags = world.aws().call("ssm", "list_tags_for_resource", tags).unwrap();
    let tagged = |key: &str, value: &str| {
        tags["TagList"].as_array().unwrap().contains(&json!({"Key": key, "Value": value}))
    };
    assert!(tagged("managed-by", "underpin") && tagged("cost_center", "engineering"), "{tags}");
}
