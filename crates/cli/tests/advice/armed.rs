//! What may still do harm after an adoption, and what taking over cannot mend.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use harness::World;
use serde_json::{Value, json};

use crate::foundation::adopt::{BUCKET, by_hand, old_state};
use crate::support::account::{ACCOUNT, NAME, moto, run, set, succeed, text, underpin};

/// Objects that Terraform's code with a module made: at addresses of its own, in the state of the backend.
fn in_a_module(world: &mut World) {
    let key = by_hand(world, BUCKET, &json!([]));
    fs::write(world.directory().join("old.tfstate"), old_state(&key, BUCKET, ACCOUNT)).unwrap();
    succeed(world, &["state", "push", "old.tfstate"]);
}

/// An apply that is answered so; its status and what it printed.
fn answered(world: &World, arguments: &[&str], answers: &str) -> (Option<i32>, String) {
    let mut command = underpin().command(world.directory(), &world.proxy().endpoint()).unwrap();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn the_old_code_is_asked_about_once_and_the_state_as_it_was_is_kept() {
    const QUESTION: &str = "Is the code that made these objects out of the way?";
    let mut world = moto();
    in_a_module(&mut world);
    let before = succeed(&world, &["state", "pull"]);
    let adopted = succeed(&world, &["adopt", "-from-backend", "-auto-approve"]);
    for word in ["STOP:", "would make", "a second time", "never use", "terraform state rm", "asks once"] {
        assert!(adopted.contains(word), "`{word}` is missing in\n{adopted}");
    }
    let backup = fs::read_dir(world.directory()).unwrap().map(|entry| entry.unwrap().path());
    let backup = backup.into_iter().find(|path| path.to_string_lossy().ends_with(".backup")).unwrap();
    assert_eq!(fs::read_to_string(&backup).unwrap().trim(), before.trim());
    assert!(adopted.contains(&backup.file_name().unwrap().to_string_lossy().into_owned()), "{adopted}");

    succeed(&world, &["adopt", "-auto-approve"]);
    let plan = succeed(&world, &["plan"]);
    assert!(plan.contains("The old code may still run with this state"), "{plan}");
    let refused = run(&world, &["apply", "-input=false"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("underpin apply -auto-approve"), "{}", text(&refused.stderr));
    let (code, shown) = answered(&world, &["apply"], "no\n");
    assert!(code == Some(1) && shown.contains(QUESTION) && shown.contains("Apply cancelled"), "{shown}");
    let (code, shown) = answered(&world, &["apply"], "yes\nyes\n");
    assert!(code == Some(0) && shown.contains(QUESTION), "{shown}");
    set(world.directory(), "kms_deletion_window_in_days = 20");
    let (code, shown) = answered(&world, &["apply"], "yes\n");
    assert!(code == Some(0) && !shown.contains(QUESTION), "asked once only\n{shown}");
}

#[test]
fn an_approval_in_advance_answers_for_the_old_code() {
    let mut world = moto();
    in_a_module(&mut world);
    succeed(&world, &["adopt", "-from-backend", "-auto-approve"]);
    succeed(&world, &["adopt", "-auto-approve"]);
    succeed(&world, &["apply", "-auto-approve"]);
    set(world.directory(), "kms_deletion_window_in_days = 30");
    let plan = succeed(&world, &["plan"]);
    assert!(!plan.contains("The old code may still run"), "{plan}");
}

const PULL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecr:BatchGetImage",
    "Resource":["arn:aws:ecr:*:210987654321:repository/development/*"]}]}"#;
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

#[test]
fn what_nodes_pull_images_by_becomes_a_setting_and_is_not_told_to_be_removed() {
    let mut world = moto();
    by_hand(&mut world, BUCKET, &json!([]));
    let node = format!("{NAME}-eks-node-group-role");
    for (name, document) in [("cross-account-ecr", PULL), ("org-guard", EVERYTHING)] {
        let policy = json!({"RoleName": node, "PolicyName": name, "PolicyDocument": document});
        world.aws().call("iam", "put_role_policy", policy).unwrap();
    }
    let adopted = succeed(&world, &["adopt", "-auto-approve"]);
    let plan = succeed(&world, &["plan"]);
    for shown in [adopted, plan] {
        assert!(shown.contains("artos_ecr_aws_account = \"210987654321\""), "{shown}");
        assert!(!shown.contains("--policy-name cross-account-ecr"), "{shown}");
        assert!(shown.contains("if nobody needs it: aws iam delete-role-policy"), "{shown}");
    }
}

#[test]
fn what_goes_with_a_role_is_said_and_not_told_to_be_removed() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let node = format!("{NAME}-eks-node-group-role");
    let guard = json!({"RoleName": node, "PolicyName": "org-guard", "PolicyDocument": EVERYTHING});
    world.aws().call("iam", "put_role_policy", guard).unwrap();
    let audit = json!({"RoleName": node, "PolicyArn": "arn:aws:iam::aws:policy/SecurityAudit"});
    world.aws().call("iam", "attach_role_policy", audit).unwrap();
    for (arguments, words) in [
        (&["plan", "-replace=aws_iam_role.eks_node_group"][..], ", and the new one does not get it"),
        (&["plan", "-destroy"], "goes with the role"),
    ] {
        let shown = succeed(&world, arguments);
        for policy in ["org-guard", "SecurityAudit"] {
            let line =
                shown.lines().find(|line| line.contains(policy) && line.contains("goes with the role"));
            assert!(line.is_some_and(|line| line.contains(words)), "{policy}\n{shown}");
        }
        assert!(!shown.contains("aws iam d"), "{shown}");
    }
}

/// The example's alias on a key of another kind.
fn alias_of(world: &mut World, key: Value) {
    let key = world.aws().call("kms", "create_key", key).unwrap()["KeyMetadata"]["KeyId"].clone();
    let alias = json!({"AliasName": format!("alias/{NAME}-kms-key"), "TargetKeyId": key});
    world.aws().call("kms", "create_alias", alias).unwrap();
}

#[test]
fn a_key_that_kms_cannot_rotate_is_told_of_and_no_apply_fails_at_it() {
    let mut world = moto();
    let external =
        json!({"Origin": "EXTERNAL", "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"});
    alias_of(&mut world, external);
    succeed(&world, &["adopt", "-auto-approve"]);
    let applied = run(&world, &["apply", "-auto-approve"]);
    let refused = text(&applied.stderr);
    assert!(!refused.contains("EnableKeyRotation"), "{refused}");
    let plan = run(&world, &["plan", "-detailed-exitcode"]);
    let shown = text(&plan.stdout);
    for word in ["origin EXTERNAL", "KMS never rotates it", "aws kms rotate-key-on-demand", "key:EXTERNAL"] {
        assert!(shown.contains(word), "`{word}` is missing in\n{shown}\n{}", text(&plan.stderr));
    }
    assert!(!shown.contains("enable_key_rotation"), "{shown}");
}

#[test]
fn a_key_that_can_never_be_ours_is_told_of_by_what_it_keeps_for_life() {
    for (spec, usage) in
        [("RSA_2048", "SIGN_VERIFY"), ("RSA_2048", "ENCRYPT_DECRYPT"), ("HMAC_256", "GENERATE_VERIFY_MAC")]
    {
        let mut world = moto();
        alias_of(&mut world, json!({"KeySpec": spec, "KeyUsage": usage}));
        let adopted = run(&world, &["adopt", "-dry-run"]);
        let said = text(&adopted.stdout) + &text(&adopted.stderr);
        let why = said.split_once("because of: ").unwrap().1.split_once('.').unwrap().0;
        assert!(why.starts_with("customer_master_key_spec"), "{why}");
        assert!(!why.contains("tags") && !why.contains("policy"), "{why}");
        assert!(said.contains("choose another project_name or environment"), "{said}");
        assert!(!said.contains("for example iam_path"), "{said}");
    }
}
