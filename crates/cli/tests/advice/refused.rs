//! What AWS refuses for good ends at once, with the cause and what to do; only what passes by itself is waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use harness::{Answer, Verdict, World};
use serde_json::json;

use crate::support::account::{ACCOUNT, NAME, moto, run, set, succeed, text};

/// The longest that a refusal for good may take, with everything that is made before it.
const AT_ONCE: Duration = Duration::from_secs(10);
const ROLE: &str = "arn:aws:iam::123456789012:role/KeyAdmin";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

/// Answers an action with an error from now on, and counts how often it was called.
fn answer(
    world: &World,
    action: &'static str,
    (status, code): (u16, &'static str),
    message: &'static str,
) -> Arc<AtomicU32> {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    world.proxy().on(move |call| {
        if call.action != action {
            return Verdict::Pass;
        }
        counted.fetch_add(1, Ordering::Relaxed);
        Verdict::Answer(Answer::saying(call, status, code, message))
    });
    calls
}

/// A first apply that ends with 1 in time and says all of the words; answers what it said on one line.
fn ends_at_once(world: &World, words: &[&str]) -> String {
    let start = Instant::now();
    let output = run(world, &["apply", "-auto-approve"]);
    let (wall, said) = (start.elapsed(), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(wall < AT_ONCE, "{wall:?}\n{said}");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in words {
        assert!(said.contains(word), "`{word}` is missing in\n{said}");
    }
    said
}

#[test]
fn a_trail_of_the_organization_ends_at_once() {
    let world = moto();
    let refused = (400, "TrailAlreadyExistsException");
    let calls = answer(&world, "CreateTrail", refused, "Trail x already exists for customer: 999988887777");
    ends_at_once(
        &world,
        &[
            "999988887777",
            "another project_name or environment",
            "When that is seen to, run underpin apply again",
        ],
    );
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[test]
fn a_trail_from_elsewhere_is_named_at_plan_time() {
    for (arn, region, words) in [
        (
            "arn:aws:cloudtrail:us-east-1:999988887777:trail",
            "us-east-1",
            "account 999988887777, most often the organization's",
        ),
        (
            "arn:aws:cloudtrail:eu-west-1:123456789012:trail",
            "eu-west-1",
            "region eu-west-1, whose trail covers this region too",
        ),
    ] {
        let world = moto();
        let name = format!("{NAME}-cloudtrail");
        let list =
            json!({"trailList": [{"Name": name, "TrailARN": format!("{arn}/{name}"), "HomeRegion": region}]});
        world.proxy().on(move |call| match call.action.as_str() {
            "DescribeTrails" => {
                Verdict::Answer(Answer::new(200, "application/x-amz-json-1.1", list.to_string()))
            }
            _ => Verdict::Pass,
        });
        let plan = run(&world, &["plan"]);
        let said = text(&plan.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(plan.status.code(), Some(1), "{said}");
        assert!(said.contains(words) && said.contains("choose another project_name"), "{said}");
        assert!(!said.contains("underpin adopt"), "{said}");
    }
}

#[test]
fn a_name_that_iam_compares_without_case_or_path_ends_at_once() {
    let mut world = moto();
    set(world.directory(), "create_node_instance_profile = true\ncreate_log_reader_policy = true");
    let upper = format!("{}-eks-service-role", NAME.to_uppercase());
    let role = json!({"RoleName": upper, "AssumeRolePolicyDocument": TRUST});
    world.aws().call("iam", "create_role", role).unwrap();
    let profile = format!("{}-eks-node-group-role", NAME.to_uppercase());
    world.aws().call("iam", "create_instance_profile", json!({"InstanceProfileName": profile})).unwrap();
    let policy = json!({"PolicyName": format!("{NAME}-audit-log-reader"), "Path": "/old/",
        "PolicyDocument": r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#});
    world.aws().call("iam", "create_policy", policy).unwrap();
    world.proxy().on(|call| match (call.action.as_str(), call.resource.ends_with("-eks-service-role")) {
        ("CreateRole", true) | ("CreateInstanceProfile" | "CreatePolicy", _) => {
            Verdict::Answer(Answer::error(call, 409, "EntityAlreadyExists"))
        }
        _ => Verdict::Pass,
    });
    let policy = format!("of the policy `arn:aws:iam::{ACCOUNT}:policy/old/{NAME}-audit-log-reader`");
    let (role, profile) = (format!("of the role `{upper}`"), format!("of the instance profile `{profile}`"));
    let said = ends_at_once(&world, &[&role, &profile, &policy, "compared without case"]);
    assert!(!said.contains("underpin plan"), "no circle: {said}");
}

#[test]
fn a_key_that_its_maker_could_not_look_after_ends_at_once() {
    let world = moto();
    let text = "The new key policy will not allow you to update the key policy in the future.";
    let calls = answer(&world, "CreateKey", (400, "MalformedPolicyDocumentException"), text);
    ends_at_once(&world, &["kms:PutKeyPolicy", "kms_key_administrators"]);
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[test]
fn an_administrator_that_does_not_exist_is_named_before_anything_is_made() {
    let world = moto();
    set(world.directory(), &format!("kms_key_administrators = [\"{ROLE}\"]"));
    let calls = answer(&world, "CreateKey", (400, "MalformedPolicyDocumentException"), "No principal.");
    ends_at_once(&world, &[ROLE, "does not exist"]);
    assert_eq!(calls.load(Ordering::Relaxed), 0);
}

#[test]
fn an_old_administrator_is_not_waited_for() {
    let mut world = moto();
    set(world.directory(), &format!("kms_key_administrators = [\"{ROLE}\"]"));
    let role = json!({"RoleName": "KeyAdmin", "AssumeRolePolicyDocument": TRUST});
    world.aws().call("iam", "create_role", role).unwrap();
    let role = format!(
        "<GetRoleResponse><GetRoleResult><Role><Path>/</Path><RoleName>KeyAdmin</RoleName><RoleId>AROATEST</RoleId>\
         <Arn>{ROLE}</Arn><CreateDate>2020-01-01T00:00:00Z</CreateDate></Role></GetRoleResult></GetRoleResponse>"
    );
    world.proxy().on(move |call| match call.action == "GetRole" && call.resource == "KeyAdmin" {
        true => Verdict::Answer(Answer::new(200, "text/xml", role.clone())),
        false => Verdict::Pass,
    });
    let calls = answer(&world, "CreateKey", (400, "MalformedPolicyDocumentException"), "No principal.");
    ends_at_once(&world, &["MalformedPolicyDocumentException", "kms_key_administrators"]);
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[test]
fn a_new_administrator_is_waited_for() {
    let mut world = moto();
    set(world.directory(), &format!("kms_key_administrators = [\"{ROLE}\"]"));
    let role = json!({"RoleName": "KeyAdmin", "AssumeRolePolicyDocument": TRUST});
    world.aws().call("iam", "create_role", role).unwrap();
    let mut refusals = 0;
    world.proxy().on(move |call| match call.action.as_str() {
        "CreateKey" if refusals < 3 => {
            refusals += 1;
            let text = "Policy contains a statement with one or more invalid principals.";
            Verdict::Answer(Answer::saying(call, 400, "MalformedPolicyDocumentException", text))
        }
        _ => Verdict::Pass,
    });
    succeed(&world, &["apply", "-auto-approve"]);
}

#[test]
fn an_explicit_deny_names_who_can_help() {
    for (kind, who) in [
        ("service control policy", "whoever runs the organization"),
        ("permissions boundary", "whoever set the permissions boundary"),
        ("VPC endpoint policy", "whoever runs the network"),
    ] {
        let world = moto();
        let message: &'static str =
            format!("User: x is not authorized to perform: s3:x with an explicit deny in a {kind}").leak();
        answer(&world, "PutPublicAccessBlock", (403, "AccessDenied"), message);
        let said = ends_at_once(&world, &[who, "no permission that is added helps"]);
        assert!(!said.contains("use credentials that may"), "{said}");
    }
}

#[test]
fn final_refusals_of_every_service_end_at_once() {
    for (action, status, code) in [
        ("CreateRole", 409, "LimitExceeded"),
        ("CreateRole", 400, "MalformedPolicyDocument"),
        ("PutRolePolicy", 400, "MalformedPolicyDocument"),
        ("PutRolePolicy", 409, "LimitExceeded"),
        ("AttachRolePolicy", 400, "PolicyNotAttachable"),
        ("CreateKey", 400, "LimitExceededException"),
        ("CreateKey", 400, "TagException"),
        ("CreateAlias", 400, "InvalidAliasNameException"),
        ("EnableKeyRotation", 400, "UnsupportedOperationException"),
        ("CreateBucket", 409, "BucketAlreadyExists"),
        ("CreateBucket", 400, "TooManyBuckets"),
        ("PutBucketPolicy", 400, "MalformedPolicy"),
        ("PutBucketEncryption", 400, "KMS.NotFoundException"),
        ("CreateTrail", 400, "MaximumNumberOfTrailsExceededException"),
        ("CreateTrail", 400, "InvalidTrailNameException"),
        ("PutEventSelectors", 400, "InvalidEventSelectorsException"),
        ("StartLogging", 400, "InvalidHomeRegionException"),
    ] {
        let world = moto();
        set(world.directory(), "artos_ecr_aws_account = \"210987654321\"");
        answer(&world, action, (status, code), "It cannot be done.");
        ends_at_once(&world, &[code]);
    }
}
