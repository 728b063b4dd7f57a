//! What both programs do in one directory: a `backend` block that is changed after `init`, an object that is tainted, a
//! state that both print.

use std::process::Output;

use crate::offline::place::{Place, SETTINGS};
use crate::support::holders::ORACLES;

const OTHER: &str = "Reason: Backend configuration block has changed";

/// Writes a block with these arguments.
fn block(place: &Place, kind: &str, arguments: &str) {
    let text = format!("terraform {{\n  backend \"{kind}\" {{ {arguments} }}\n}}\n");
    std::fs::write(place.path().join("main.tf"), text).unwrap();
}

/// Real Terraform in the same directory.
fn terraform(place: &Place, arguments: &[&str]) -> Output {
    ORACLES.terraform_command(place.path()).unwrap().args(arguments).arg("-no-color").output().unwrap()
}

/// Whether Terraform finds the backend that is recorded; if not, because the block is another.
fn terraform_goes_on(place: &Place) -> bool {
    let output = terraform(place, &["output"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.success(), !said.contains(OTHER), "{said}");
    output.status.success()
}

fn underpin_goes_on(place: &Place) -> bool {
    let shown = place.run(&["workspace", "list"]);
    let refused = shown.ends_with("----- exit 1 -----\n");
    assert_eq!(refused, shown.contains(OTHER), "{shown}");
    !refused
}

#[test]
fn a_module_without_a_backend_stays_one() {
    let place = Place::with(&[
        ("data.tf", "resource \"terraform_data\" \"x\" {}\n"),
        ("foundation.tfvars", SETTINGS),
    ]);
    for line in [&["init"] as &[&str], &["apply", "-auto-approve"]] {
        assert!(terraform(&place, line).status.success(), "{line:?}");
    }
    assert_eq!(place.succeed(&["state", "list"]), "terraform_data.x\n", "no init is needed");
    for _ in 0..2 {
        place.succeed(&["init"]);
        assert_eq!(place.succeed(&["state", "list"]), "terraform_data.x\n");
        assert!(terraform_goes_on(&place));
        let planned = terraform(&place, &["plan", "-detailed-exitcode"]);
        assert_eq!(planned.status.code(), Some(0), "{}", String::from_utf8_lossy(&planned.stderr));
    }
    assert!(terraform(&place, &["plan", "-out=their.plan"]).status.success());
    for line in [&["show", "their.plan"], &["apply", "their.plan"]] {
        let shown = place.run(line);
        assert!(shown.contains("their.plan is a plan saved by Terraform. Only Terraform can"), "{shown}");
    }
    let (state, offline) = (place.path().join("terraform.tfstate"), "-account-id=123456789012");
    std::fs::remove_file(state).unwrap();
    place.succeed(&["plan", "-offline", offline, "-var-file=foundation.tfvars"]);
    assert!(place.run(&["output"]).contains("No outputs found"), "init is known without a state too");
}

#[test]
fn what_terraform_tainted_is_untainted_for_both() {
    let place = Place::with(&[("data.tf", "resource \"terraform_data\" \"x\" {}\n")]);
    block(&place, "local", "");
    for line in [&["init"] as &[&str], &["apply", "-auto-approve"], &["taint", "terraform_data.x"]] {
        assert!(terraform(&place, line).status.success(), "{line:?}");
    }
    place.succeed(&["init"]);
    assert_eq!(
        place.succeed(&["untaint", "-dry-run", "terraform_data.x"]),
        "Would untaint terraform_data.x\n"
    );
    let done = place.succeed(&["untaint", "terraform_data.x"]);
    assert_eq!(done, "Resource instance terraform_data.x has been successfully untainted.\n");
    let planned = terraform(&place, &["plan", "-detailed-exitcode"]);
    assert_eq!(planned.status.code(), Some(0), "{}", String::from_utf8_lossy(&planned.stdout));
    for (arguments, said) in [
        (["untaint", "terraform_data.x"], "Resource instance is not tainted"),
        (["untaint", "terraform_data.y"], "No such resource instance"),
        (["untaint", "x["], "Invalid address"),
    ] {
        let refused = terraform(&place, &arguments);
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}");
        let shown = place.run(&arguments);
        assert!(shown.contains(said) && shown.ends_with("----- exit 1 -----\n"), "{shown}");
    }
    assert!(place.run(&["untaint", "-allow-missing", "terraform_data.y"]).ends_with("----- exit 0 -----\n"));
}

#[test]
fn both_notice_a_block_that_was_changed_and_take_each_others_record() {
    let place = Place::with(&[("terraform.tfvars", SETTINGS)]);
    block(&place, "local", "path = \"a.tfstate\"");
    place.succeed(&["init"]);
    assert!(terraform_goes_on(&place) && underpin_goes_on(&place), "what underpin recorded is Terraform's");

    block(&place, "local", "path = \"b.tfstate\"");
    assert!(!terraform_goes_on(&place) && !underpin_goes_on(&place));
    let lines: [&[&str]; 9] = [
        &["plan"],
        &["apply", "-auto-approve"],
        &["destroy", "-auto-approve"],
        &["output"],
        &["show"],
        &["state", "list"],
        &["state", "pull"],
        &["workspace", "new", "w"],
        &["force-unlock", "-force", "x"],
    ];
    for line in lines {
        let shown = place.run(line);
        assert!(shown.contains("Backend initialization required, please run \"underpin init\""), "{shown}");
        assert!(shown.contains("underpin init -reconfigure"), "{shown}");
        assert!(shown.ends_with("----- exit 1 -----\n"), "{shown}");
    }
    place.succeed(&["validate"]);
    assert!(place.run(&["init"]).contains("Backend configuration changed"));
    place.succeed(&["init", "-reconfigure"]);
    assert!(terraform_goes_on(&place) && underpin_goes_on(&place));

    block(&place, "local", "");
    assert!(!terraform_goes_on(&place) && !underpin_goes_on(&place), "an argument was taken away");
    place.succeed(&["init", "-reconfigure", "-backend-config=path=c.tfstate"]);
    assert!(terraform_goes_on(&place) && underpin_goes_on(&place), "what the flag gave is not the block's");
    block(&place, "local", "path = \"c.tfstate\"");
    assert!(terraform_goes_on(&place) && underpin_goes_on(&place), "the block says what is recorded");
    block(&place, "s3", "");
    let shown = place.run(&["state", "list"]);
    assert!(shown.contains("Reason: Backend type changed from \"local\" to \"s3\""), "{shown}");

    block(&place, "local", "path = \"d.tfstate\"");
    assert!(terraform(&place, &["init", "-reconfigure", "-input=false"]).status.success());
    assert!(underpin_goes_on(&place), "what Terraform recorded is underpin's");
    block(&place, "local", "path = \"e.tfstate\"");
    assert!(!underpin_goes_on(&place));
}

/// A module with everything that an address can have, and conditions.
const MODULE: &str = r#"
variable "least" {
  default = 1
  validation {
    condition     = var.least > 0
    error_message = "too small"
  }
}
resource "terraform_data" "counted" {
  count = 11
  input = { n = count.index, tuple = [1, "two", null], text = "a\u2028b\u001b<>&", none = jsonencode([]), list = [{}, { a = 1 }] }
}
resource "terraform_data" "keyed" {
  for_each = toset(["b", "$${a} %%{b} $", "q\"\\\n\t", "\u2028é\u200b"])
  input    = "k"
  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "no id"
    }
  }
}
data "terraform_remote_state" "other" {
  backend = "local"
  config  = { path = "${path.root}/other.tfstate" }
}
check "never" {
  assert {
    condition     = terraform_data.keyed["b"].id == ""
    error_message = "it <is> there"
  }
}
"#;

/// The module, in each form that it can be called, and sensitive values.
const MODULES: &str = r#"
module "one" { source = "./part" }
module "many" {
  source = "./part"
  count  = 11
}
module "named" {
  source   = "./part"
  for_each = toset(["x.module.y", "$${z}"])
}
variable "secret" {
  default   = "hidden"
  sensitive = true
}
resource "terraform_data" "secret" {
  input            = { whole = var.secret, part = ["seen", var.secret], block = [{ a = var.secret }] }
  triggers_replace = [{ a = "seen" }]
}
output "secret" {
  value     = var.secret
  sensitive = true
  precondition {
    condition     = terraform_data.secret.id != ""
    error_message = "no id"
  }
}
"#;

#[test]
fn a_state_with_modules_keys_and_conditions_is_printed_alike() {
    let other = r#"{"version": 4, "serial": 1, "lineage": "x", "outputs": {}, "resources": []}"#;
    let place = Place::with(&[("data.tf", MODULES), ("data_part.tf", MODULE), ("other.tfstate", other)]);
    block(&place, "local", "");
    std::fs::create_dir(place.path().join("part")).unwrap();
    std::fs::write(place.path().join("part/main.tf"), MODULE).unwrap();
    for line in [&["init"] as &[&str], &["apply", "-auto-approve"]] {
        let output = terraform(&place, line);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    place.succeed(&["init"]);
    let lines: [&[&str]; 15] = [
        &["state", "list"],
        &["state", "list", "module.named"],
        &["state", "list", "module.many[10].terraform_data.counted"],
        &["state", "list", "terraform_data.keyed", "data.terraform_remote_state.other"],
        &["state", "list", r#"module.named["$${z}"].terraform_data.keyed["$${a} %%{b} $"]"#],
        &["state", "show", "terraform_data.secret"],
        &["state", "show", "data.terraform_remote_state.other"],
        &["state", "show", r#"module.named["x.module.y"].terraform_data.counted[10]"#],
        &["state", "show", r#"terraform_data.keyed["q\"\\\n\t"]"#],
        &["state", "rm", "-dry-run", "module.many[2]"],
        &["state", "rm", "-dry-run", r#"terraform_data.keyed["\u2028é\u200b"]"#],
        &["state", "mv", "-dry-run", r#"module.named["$${z}"]"#, r#"module.named["%%{z}"]"#],
        &["output"],
        &["output", "-json"],
        &["show", "-json"],
    ];
    for line in lines {
        let theirs = terraform(&place, line);
        assert!(theirs.status.success(), "{line:?}: {}", String::from_utf8_lossy(&theirs.stderr));
        let ours = place.succeed(line);
        assert_eq!(ours, String::from_utf8_lossy(&theirs.stdout), "{line:?}");
    }
    assert!(place.run(&["show"]).contains(&place.succeed(&["state", "show", "terraform_data.secret"])));
    let lines: [&[&str]; 8] = [
        &["state", "list", "terraform_data.none"],
        &["state", "list", "terraform_data.keyed[\"none\"]"],
        &["state", "list", "module.many[11]"],
        &["state", "list", "terraform_data"],
        &["state", "list", r#"terraform_data.keyed["${a}"]"#],
        &["state", "show", "terraform_data.counted"],
        &["state", "show", "module.one"],
        &["state", "show", "terraform_data.none"],
    ];
    for line in lines {
        assert_eq!(terraform(&place, line).status.code(), Some(1), "{line:?}");
        assert!(place.run(line).ends_with("----- exit 1 -----\n"), "{line:?}");
    }
}
