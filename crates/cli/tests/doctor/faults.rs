//! Single faults, made by a client that is not ours: exactly the one cause, and healthy again after its remedy.

use std::collections::BTreeSet;

use harness::World;
use serde_json::{Value, json};

use super::clinic::{LOGS, NODE, TRAIL, answer, applied, doctor, treat};

pub(super) type Calls = Vec<(&'static str, &'static str, Value)>;

/// A fault: its name, what is done to the account (given the key's id), and the cause that has to be named.
pub(super) struct Fault {
    name: &'static str,
    calls: fn(&str) -> Calls,
    cause: &'static str,
}

pub(super) const fn fault(name: &'static str, calls: fn(&str) -> Calls, cause: &'static str) -> Fault {
    Fault { name, calls, cause }
}

/// Doctor names exactly the cause, and after its own remedy what it said before.
pub(super) fn assert_found(faults: &[Fault], patient: fn() -> World) {
    let mut wrong = Vec::new();
    for Fault { name, calls, cause } in faults {
        let mut world = patient();
        let before = doctor(&world, &[]).causes();
        let key = key_id(&mut world);
        for (service, operation, arguments) in calls(&key) {
            world.aws().call(service, operation, arguments).unwrap();
        }
        let diagnosis = doctor(&world, &[]);
        let found: BTreeSet<String> = diagnosis.causes().difference(&before).cloned().collect();
        if found != BTreeSet::from([(*cause).to_owned()]) {
            wrong.push(format!("{name}: expected {cause}, found {found:?}"));
            continue;
        }
        if treat(&mut world, diagnosis.check(cause)) > 0 {
            let after = doctor(&world, &[]).causes();
            if after != before {
                wrong.push(format!("{name}: after its remedy {:?}", after.difference(&before)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

pub(super) fn key_id(world: &mut World) -> String {
    let aliases = world.aws().call("kms", "list_aliases", json!({})).unwrap();
    let aliases = aliases["Aliases"].as_array().unwrap();
    let ours =
        aliases.iter().find(|alias| alias["AliasName"] == "alias/genai-artos-production-kms-key").unwrap();
    ours["TargetKeyId"].as_str().unwrap().to_owned()
}

fn policy(statement: &Value) -> String {
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

#[test]
fn faults_of_the_key() {
    assert_found(
        &[
            fault("disabled", |key| vec![("kms", "disable_key", json!({"KeyId": key}))], "kms.state"),
            fault(
                "no rotation",
                |key| vec![("kms", "disable_key_rotation", json!({"KeyId": key}))],
                "kms.rotation",
            ),
            fault(
                "another alias",
                |key| {
                    vec![("kms", "create_alias", json!({"AliasName": "alias/another", "TargetKeyId": key}))]
                },
                "kms.aliases",
            ),
            fault(
                "no alias",
                |_| {
                    vec![(
                        "kms",
                        "delete_alias",
                        json!({"AliasName": "alias/genai-artos-production-kms-key"}),
                    )]
                },
                "kms.alias",
            ),
            fault(
                "the account alone in the policy",
                |key| {
                    vec![(
                        "kms",
                        "put_key_policy",
                        json!({"KeyId": key, "PolicyName": "default",
            "Policy": policy(&json!({"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"}))}),
                    )]
                },
                "kms.policy",
            ),
        ],
        applied,
    );
}

#[test]
fn a_grant_to_a_stranger() {
    let mut world = applied();
    let before = doctor(&world, &[]).causes();
    let key = key_id(&mut world);
    let grant = json!({"KeyId": key, "GranteePrincipal": "arn:aws:iam::999988887777:root", "Operations": ["Decrypt"]});
    world.aws().call("kms", "create_grant", grant).unwrap();
    let diagnosis = doctor(&world, &["kms"]);
    let found: Vec<String> = diagnosis.causes().difference(&before).cloned().collect();
    assert!(matches!(found.as_slice(), [only] if only.starts_with("kms.grants/")), "{found:?}");
    assert_eq!(diagnosis.status, Some(0), "a warning alone is no failure");
    assert_eq!(doctor(&world, &["kms", "-strict"]).status, Some(2));
    assert_eq!(treat(&mut world, diagnosis.check(&found[0])), 1);
    assert_eq!(doctor(&world, &[]).causes(), before);
}

#[test]
fn faults_of_the_roles() {
    assert_found(
        &[
            fault(
                "no worker policy",
                |_| {
                    vec![(
                        "iam",
                        "detach_role_policy",
                        json!({"RoleName": NODE, "PolicyArn": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"}),
                    )]
                },
                "roles.managed/eks_node_group",
            ),
            fault(
                "an administrator",
                |_| {
                    vec![(
                        "iam",
                        "attach_role_policy",
                        json!({"RoleName": NODE, "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
                    )]
                },
                "roles.foreign/eks_node_group",
            ),
            fault(
                "a guard that denies pulls",
                |_| {
                    vec![(
                        "iam",
                        "put_role_policy",
                        json!({"RoleName": NODE, "PolicyName": "org-guard",
            "PolicyDocument": policy(&json!({"Effect": "Deny", "Action": "ecr:BatchGetImage", "Resource": "*"}))}),
                    )]
                },
                "roles.foreign/eks_node_group",
            ),
            fault(
                "trust in another service",
                |_| {
                    vec![(
                        "iam",
                        "update_assume_role_policy",
                        json!({"RoleName": "genai-artos-production-eks-service-role",
            "PolicyDocument": policy(&json!({"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}))}),
                    )]
                },
                "roles.trust/eks_service",
            ),
            fault(
                "wrong repository ARNs",
                |_| {
                    vec![(
                        "iam",
                        "put_role_policy",
                        json!({"RoleName": NODE, "PolicyName": "cross-account-ecr",
            "PolicyDocument": policy(&json!({"Effect": "Allow", "Action": "ecr:BatchGetImage", "Resource": "arn:aws:ecr:*:111122223333:repository/x/*"}))}),
                    )]
                },
                "ecr.inline/eks_node_group",
            ),
            fault(
                "no role in the instance profile",
                |_| {
                    vec![(
                        "iam",
                        "remove_role_from_instance_profile",
                        json!({"RoleName": NODE, "InstanceProfileName": NODE}),
                    )]
                },
                "ecr.instance-profile",
            ),
        ],
        applied,
    );
}

#[test]
fn faults_of_the_trail() {
    assert_found(
        &[
            fault(
                "stopped",
                |_| vec![("cloudtrail", "stop_logging", json!({"Name": TRAIL}))],
                "trail.logging",
            ),
            fault(
                "no digests",
                |_| {
                    vec![(
                        "cloudtrail",
                        "update_trail",
                        json!({"Name": TRAIL, "EnableLogFileValidation": false}),
                    )]
                },
                "trail.validation",
            ),
            fault(
                "one region",
                |_| vec![("cloudtrail", "update_trail", json!({"Name": TRAIL, "IsMultiRegionTrail": false}))],
                "trail.regions",
            ),
            fault(
                "writes alone",
                |_| {
                    vec![(
                        "cloudtrail",
                        "put_event_selectors",
                        json!({"TrailName": TRAIL, "EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}]}),
                    )]
                },
                "trail.selectors",
            ),
            fault(
                "no trail",
                |_| vec![("cloudtrail", "delete_trail", json!({"Name": TRAIL}))],
                "trail.present",
            ),
        ],
        applied,
    );
}

#[test]
fn faults_of_the_log_bucket() {
    assert_found(
        &[
            fault(
                "no bucket policy",
                |_| vec![("s3", "delete_bucket_policy", json!({"Bucket": LOGS}))],
                "trail.bucket-policy",
            ),
            fault(
                "no public access block",
                |_| vec![("s3", "delete_public_access_block", json!({"Bucket": LOGS}))],
                "trail.public-access",
            ),
            fault(
                "versions suspended",
                |_| {
                    vec![(
                        "s3",
                        "put_bucket_versioning",
                        json!({"Bucket": LOGS, "VersioningConfiguration": {"Status": "Suspended"}}),
                    )]
                },
                "trail.versioning",
            ),
            fault(
                "SSE-S3",
                |_| {
                    vec![(
                        "s3",
                        "put_bucket_encryption",
                        json!({"Bucket": LOGS, "ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}}),
                    )]
                },
                "trail.encryption",
            ),
            fault(
                "a rule that deletes after a day",
                |_| {
                    vec![(
                        "s3",
                        "put_bucket_lifecycle_configuration",
                        json!({"Bucket": LOGS, "LifecycleConfiguration": {"Rules": [
            {"ID": "cleanup", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]}}),
                    )]
                },
                "trail.lifecycle",
            ),
        ],
        applied,
    );
}

#[test]
fn a_delivery_that_fails_is_explained_by_the_key_that_is_disabled() {
    let mut world = applied();
    let before = doctor(&world, &[]).causes();
    let key = key_id(&mut world);
    world.aws().call("kms", "disable_key", json!({"KeyId": key})).unwrap();
    answer(
        &world,
        "GetTrailStatus",
        json!({"IsLogging": true, "LatestDeliveryError": "KMS.DisabledException"}),
    );
    let diagnosis = doctor(&world, &[]);
    let found: Vec<String> = diagnosis.causes().difference(&before).cloned().collect();
    assert_eq!(found, ["kms.state"]);
    assert_eq!(diagnosis.check("trail.delivery")["because_of"], "kms.state");
    assert_eq!(diagnosis.status, Some(2));
}

#[test]
fn nothing_made_yet_is_one_cause() {
    let world = crate::support::account::moto();
    answer(&world, "LookupEvents", json!({"Events": []}));
    let diagnosis = doctor(&world, &[]);
    let failing: Vec<&Value> = diagnosis.checks.iter().filter(|check| check["status"] == "fail").collect();
    let causes: Vec<&Value> =
        failing.iter().filter(|check| check["because_of"].is_null()).map(|check| &check["id"]).collect();
    assert_eq!(causes, ["settings.unmade"], "{failing:#?}");
}
