//! What others had done to the objects before they were taken over is kept, and named, until the settings say what is accepted.

use harness::World;
use serde_json::{Value, json};

use super::{BUCKET, by_hand, is_empty};
use crate::support::account::{NAME, moto, run, set, succeed, text};

const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// A rule that deletes logs.
fn deletes(id: &str, days: u8) -> Value {
    json!({"ID": id, "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": days}})
}

fn set_rules(world: &mut World, rules: &[Value]) {
    let configuration = json!({"Bucket": BUCKET, "LifecycleConfiguration": {"Rules": rules}});
    world.aws().call("s3", "put_bucket_lifecycle_configuration", configuration).unwrap();
}

fn rules(world: &mut World) -> Vec<String> {
    let present = world.aws().call("s3", "get_bucket_lifecycle_configuration", json!({"Bucket": BUCKET}));
    let present = present.unwrap_or_default();
    let rules = present["Rules"].as_array().cloned().unwrap_or_default();
    rules.iter().map(|rule| rule["ID"].as_str().unwrap().to_owned()).collect()
}

/// A plan that ends with 2.
fn found(world: &World) -> String {
    let plan = run(world, &["plan", "-detailed-exitcode"]);
    let shown = text(&plan.stdout);
    assert_eq!(plan.status.code(), Some(2), "{shown}\n{}", text(&plan.stderr));
    shown
}

/// The settings that an adoption prints.
fn printed(adopted: &str) -> String {
    let (_, after) = adopted.split_once("With these settings").unwrap_or_else(|| panic!("{adopted}"));
    let (_, settings) = after.split_once("\n\n").unwrap();
    let (settings, _) = settings.split_once("\n\n").unwrap();
    settings.lines().map(|line| format!("{}\n", line.strip_prefix("    ").unwrap())).collect()
}

#[test]
fn what_was_there_is_kept_and_named_until_the_settings_have_accepted() {
    let mut world = moto();
    by_hand(&mut world, BUCKET, &json!([]));
    set_rules(&mut world, &[deletes("cleanup", 30)]);
    let node = format!("{NAME}-eks-node-group-role");
    let backdoor = json!({"RoleName": node, "PolicyName": "backdoor", "PolicyDocument": EVERYTHING});
    world.aws().call("iam", "put_role_policy", backdoor).unwrap();
    set(world.directory(), "exclusive_role_policies = true");
    let adopted = succeed(&world, &["adopt", "-auto-approve"]);
    assert!(adopted.contains("`cleanup`") && adopted.contains("`backdoor`"), "{adopted}");

    for _ in 0..2 {
        succeed(&world, &["apply", "-auto-approve"]);
        let plan = found(&world);
        assert!(plan.contains("No changes of ours, but 2 of others"), "{plan}");
        assert!(plan.contains("to have it repaired: accepted = []"), "{plan}");
    }
    assert_eq!(rules(&mut world), ["cleanup"], "kept by two applies");
    set_rules(&mut world, &[deletes("cleanup", 30), deletes("later", 1)]);
    found(&world);
    succeed(&world, &["apply", "-auto-approve"]);
    assert_eq!(rules(&mut world), ["cleanup"], "what came after the adoption is drift");

    let accepted = "exclusive_role_policies = true\naccepted = [\"role_policy:backdoor\"]";
    set(world.directory(), accepted);
    found(&world);
    succeed(&world, &["apply", "-auto-approve"]);
    is_empty_but_for_the_accepted(&world);
    assert!(rules(&mut world).is_empty(), "what the settings do not accept is treated by its kind");

    set_rules(&mut world, &[deletes("cleanup", 30)]);
    set(world.directory(), "");
    succeed(&world, &["apply", "-auto-approve"]);
    assert!(rules(&mut world).is_empty(), "without the setting again, nothing is taken for adopted");
}

fn is_empty_but_for_the_accepted(world: &World) {
    let plan = run(world, &["plan", "-detailed-exitcode"]);
    assert_eq!(plan.status.code(), Some(0), "{}", text(&plan.stdout));
}

#[test]
fn the_printed_settings_keep_everything_as_it_is() {
    let mut world = moto();
    let key = by_hand(&mut world, BUCKET, &json!([]));
    succeed(&world, &["adopt", "-auto-approve"]);
    set(world.directory(), "profile = \"document\"\nenable_fargate = false");
    succeed(&world, &["apply", "-auto-approve"]);
    // As if somebody else had made it all, with more of their own: the state is gone, and the rest is as it is.
    for address in succeed(&world, &["state", "list"]).lines() {
        succeed(&world, &["state", "rm", address]);
    }
    set(world.directory(), "");
    set_rules(&mut world, &[deletes("cleanup", 30)]);
    let grant = json!({"KeyId": key, "GranteePrincipal": "arn:aws:iam::999988887777:root", "Operations": ["Decrypt"]});
    world.aws().call("kms", "create_grant", grant).unwrap();
    let read = json!({"KeyId": key, "PolicyName": "default"});
    let policy = world.aws().call("kms", "get_key_policy", read).unwrap();
    let mut policy: Value = serde_json::from_str(policy["Policy"].as_str().unwrap()).unwrap();
    let theirs = json!({"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
        "Action": "kms:DescribeKey", "Resource": "*"});
    policy["Statement"].as_array_mut().unwrap().push(theirs);
    let put = json!({"KeyId": key, "PolicyName": "default", "Policy": policy.to_string()});
    world.aws().call("kms", "put_key_policy", put).unwrap();

    let deployment = deployment(&mut world);
    let adopted = succeed(&world, &["adopt", &format!("-deployment={deployment}"), "-auto-approve"]);
    assert!(adopted.contains("everything stays as it is, and a plan is empty"), "{adopted}");
    let settings = printed(&adopted);
    for part in
        ["profile", "key_policy_statements", "enable_fargate", "accepted = [", "\"lifecycle_rule:cleanup\""]
    {
        assert!(settings.contains(part), "`{part}` is missing in\n{settings}");
    }
    set(world.directory(), &settings);
    is_empty(&run(&world, &["plan", "-detailed-exitcode"]));
}

#[test]
fn a_hardened_foundation_whose_state_is_lost_is_not_led_to_another_profile() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let deployment = format!("-deployment={}", deployment(&mut world));
    let again = |world: &World| {
        for address in succeed(world, &["state", "list"]).lines() {
            succeed(world, &["state", "rm", address]);
        }
        succeed(world, &["adopt", &deployment, "-auto-approve"])
    };
    let adopted = again(&world);
    assert!(!adopted.contains("profile") && !adopted.contains("With these settings"), "{adopted}");

    let key = succeed(&world, &["output", "-raw", "kms_key_id"]);
    let alias = json!({"AliasName": "alias/theirs", "TargetKeyId": key});
    world.aws().call("kms", "create_alias", alias).unwrap();
    let adopted = again(&world);
    let settings = printed(&adopted);
    assert_eq!(settings.trim(), "accepted = [\"alias:alias/theirs\"]", "{adopted}");
    set(world.directory(), &settings);
    is_empty(&run(&world, &["plan", "-detailed-exitcode"]));
}

/// The deployment that the log bucket names.
fn deployment(world: &mut World) -> String {
    let tags = world.aws().call(
        "iam",
        "list_role_tags",
        json!({"RoleName": format!("{NAME}-rds-enhanced-monitoring-role")}),
    );
    let tags = tags.unwrap();
    let tag = tags["Tags"].as_array().unwrap().iter().find(|tag| tag["Key"] == "underpin:deployment");
    tag.unwrap_or_else(|| panic!("{tags}"))["Value"].as_str().unwrap().to_owned()
}
