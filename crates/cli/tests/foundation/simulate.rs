//! `policy simulate -of` and `policy explain ADDRESS`: what the foundation's own policies decide.

use harness::World;
use serde_json::json;

use crate::support::account::{NAME, TRAIL, moto, refuse, run, set, succeed, text};

const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// What the policies of a moment decide, on one line, and the exit status.
fn decided(
    world: &World,
    moment: &str,
    principal: &str,
    action: &str,
    more: &[&str],
) -> (String, Option<i32>) {
    let (of, principal) = (format!("-of={moment}"), format!("-principal={principal}"));
    let action = format!("-action={action}");
    let fixed = ["policy", "simulate", &of, &principal, &action, "-detailed-exitcode"];
    let output = run(world, &[&fixed[..], more].concat());
    let said = text(&output.stdout) + &text(&output.stderr);
    (said.split_whitespace().collect::<Vec<_>>().join(" "), output.status.code())
}

fn assert_decided(decided: (String, Option<i32>), code: i32, words: &[&str]) {
    let (said, status) = decided;
    assert_eq!(status, Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is missing in\n{said}");
    }
}

#[test]
fn the_policies_of_the_foundation_decide_before_and_after_it_is_made() {
    let world = moto();
    let source = format!("-context=aws:SourceArn={TRAIL}");
    let encrypted = format!("-context=kms:EncryptionContext:aws:cloudtrail:arn={TRAIL}");
    let key = "-resource=aws_kms_key.main";
    let moments = |moments: &[&str]| {
        for moment in moments {
            let by_trail = decided(
                &world,
                moment,
                "cloudtrail.amazonaws.com",
                "kms:GenerateDataKey",
                &[key, &source, &encrypted],
            );
            assert_decided(by_trail, 0, &["allowed by statement", "of aws_kms_key.main (policy)"]);
            let node = "aws_iam_role.eks_node_group";
            let pulls = decided(&world, moment, node, "ecr:GetAuthorizationToken", &[]);
            let by = "of aws_iam_role_policy_attachment.eks_container_registry_read_only (arn:aws:iam::aws:policy/";
            assert_decided(pulls, 0, &["allowed by statement 0", by]);
            let decrypts = decided(&world, moment, node, "kms:Decrypt", &[key]);
            assert_decided(decrypts, 2, &["not allowed", "nothing allows it in: identity"]);
            let logs = format!("arn:aws:iam::123456789012:role/{NAME}-eks-service-role");
            let trust = decided(
                &world,
                moment,
                "eks.amazonaws.com",
                "sts:AssumeRole",
                &[&format!("-resource={logs}"), "-context=aws:SourceAccount=123456789012"],
            );
            assert_decided(trust, 0, &["aws_iam_role.eks_service (assume_role_policy)"]);
        }
    };
    moments(&["planned"]);
    succeed(&world, &["apply", "-auto-approve"]);
    moments(&["planned", "live", "recorded"]);
    let plain = succeed(
        &world,
        &["policy", "simulate", "-principal=aws_iam_role.eks_node_group", "-action=s3:GetObject"],
    );
    assert!(plain.contains("not allowed"), "planned unless said: {plain}");
    refuse(
        &world,
        &["policy", "simulate", "-principal=aws_iam_role.eks_node_grup", "-action=s3:GetObject"],
        &["did you mean aws_iam_role.eks_node_group?"],
    );
}

#[test]
fn what_others_did_decides_live_and_not_in_the_record() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let key = succeed(&world, &["output", "-raw", "kms_key_id"]);
    let backdoor = json!({"RoleName": format!("{NAME}-eks-node-group-role"), "PolicyName": "backdoor", "PolicyDocument": EVERYTHING});
    world.aws().call("iam", "put_role_policy", backdoor).unwrap();
    let (node, resource) = ("aws_iam_role.eks_node_group", "-resource=aws_kms_key.main");
    let live = decided(&world, "live", node, "kms:Decrypt", &[resource]);
    assert_decided(
        live,
        0,
        &["statement 0 (All) of backdoor on aws_iam_role.eks_node_group, somebody else's"],
    );
    let kept = decided(&world, "planned", node, "kms:Decrypt", &[resource]);
    assert_decided(kept, 0, &["backdoor on aws_iam_role.eks_node_group"]);
    assert_decided(decided(&world, "recorded", node, "kms:Decrypt", &[resource]), 2, &["not allowed"]);

    let mut policy: serde_json::Value =
        serde_json::from_str(
            world
                .aws()
                .call("kms", "get_key_policy", json!({"KeyId": key, "PolicyName": "default"}))
                .unwrap()["Policy"]
                .as_str()
                .unwrap(),
        )
        .unwrap();
    policy["Statement"].as_array_mut().unwrap().push(
        json!({"Sid": "Nobody", "Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}),
    );
    let put = json!({"KeyId": key, "PolicyName": "default", "Policy": policy.to_string()});
    world.aws().call("kms", "put_key_policy", put).unwrap();
    let denied = decided(&world, "live", node, "kms:Decrypt", &[resource]);
    assert_decided(denied, 2, &["denied", "(Nobody) of aws_kms_key.main (policy)"]);
    assert_decided(decided(&world, "planned", node, "kms:Decrypt", &[resource]), 0, &["allowed"]);
}

#[test]
fn a_boundary_that_nothing_here_knows_is_no_decision() {
    let mut world = moto();
    let boundary = json!({"PolicyName": "Boundary", "PolicyDocument": EVERYTHING});
    world.aws().call("iam", "create_policy", boundary).unwrap();
    set(world.directory(), "permissions_boundary_arn = \"arn:aws:iam::123456789012:policy/Boundary\"");
    let asked = [
        "policy",
        "simulate",
        "-of=planned",
        "-principal=aws_iam_role.eks_node_group",
        "-action=ecr:GetAuthorizationToken",
    ];
    refuse(&world, &asked, &["Not every policy that decides is known", "policy/Boundary", "-boundary=FILE"]);
    std::fs::write(world.directory().join("b.json"), EVERYTHING).unwrap();
    let shown = succeed(&world, &[&asked[..], &["-boundary=b.json"]].concat());
    assert!(shown.contains(": allowed"), "{shown}");
    let person = [
        "policy",
        "simulate",
        "-of=planned",
        "-principal=arn:aws:iam::123456789012:role/admin",
        "-action=kms:Decrypt",
        "-resource=aws_kms_key.main",
    ];
    let output = run(&world, &person);
    assert!(text(&output.stderr).contains("is no role of this foundation"), "{}", text(&output.stderr));
}

#[test]
fn a_policy_of_the_state_is_explained_by_its_address() {
    let world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let key = succeed(&world, &["policy", "explain", "aws_kms_key.main"]);
    assert!(key.starts_with("aws_kms_key.main (policy)\n"), "{key}");
    assert!(key.contains("  Enable IAM User Permissions: account 123456789012 may kms:* on *"), "{key}");
    let trust = succeed(&world, &["policy", "explain", "aws_iam_role.eks_service"]);
    assert!(
        trust.contains("(assume_role_policy)") && trust.contains("eks.amazonaws.com may sts:AssumeRole"),
        "{trust}"
    );
    refuse(
        &world,
        &["policy", "explain", "aws_s3_bucket.cloudtrail"],
        &["No policy at aws_s3_bucket.cloudtrail", "underpin state list"],
    );
}
