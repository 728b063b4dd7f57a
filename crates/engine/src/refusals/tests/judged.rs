//! What is refused of mutated policies, written down for a judge that nobody here wrote: `cargo xtask judge lockouts`.

use foundation::premises::{Answer, Premise, unmet};
use foundation::testing::{drawn, everything};
use foundation::{Blueprint, managed_policy};

use super::mutation::{Mutator, Words};
use super::*;
use crate::refusals::needs::{bucket_arn, key_arn, trail_arn};

/// Where the decisions are written to, if anywhere.
const PATH: &str = "UNDERPIN_LOCKOUTS";
/// What the mutations begin with.
const SEED: &str = "UNDERPIN_LOCKOUTS_SEED";
/// How many policies of each kind.
const COUNT: usize = 125;
const OWN: &str = "123456789012";

#[test]
fn what_is_refused_of_mutated_policies_is_written_down_if_asked_for() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let mut mutator = Mutator::new(std::env::var(SEED).unwrap().parse().unwrap());
    let mut lines: Vec<Value> = Vec::new();
    for number in 0..COUNT {
        lines.extend(["key", "bucket", "trust"].map(|kind| of_plan(&mut mutator, kind, number)));
        lines.push(of_boundary(&mut mutator, number));
    }
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    std::fs::write(path, lines.join("\n")).unwrap();
}

/// The foundations that the mutations begin with.
fn foundation(number: usize) -> (Plan, Partition) {
    let watched = json!({"cloudtrail_s3_data_events": {"scope": "none"}});
    match number % 5 {
        0 => (planned(&json!({}), Partition::Aws), Partition::Aws),
        1 => (planned(&json!({"profile": "document"}), Partition::Aws), Partition::Aws),
        2 => (planned(&everything(), Partition::Aws), Partition::Aws),
        3 => (planned(&json!({"restrict_service_principals": false}), Partition::AwsCn), Partition::AwsCn),
        _ => (planned(&watched, Partition::AwsUsGov), Partition::AwsUsGov),
    }
}

/// A mutated policy in a plan, and what the plan is refused for.
fn of_plan(mutator: &mut Mutator, kind: &str, number: usize) -> Value {
    let (mut plan, partition) = foundation(number);
    let roles = ["eks_service", "eks_node_group", "eks_fargate", "rds_enhanced_monitoring"];
    let (address, attribute) = match kind {
        "key" => ("aws_kms_key.main".to_owned(), "policy"),
        "bucket" => ("aws_s3_bucket_policy.cloudtrail".to_owned(), "policy"),
        _ => (format!("aws_iam_role.{}", mutator.pick(&roles)), "assume_role_policy"),
    };
    let bucket = planned_text(&plan, "aws_s3_bucket.cloudtrail", "bucket");
    let words = words(kind, partition, &bucket);
    let before = planned_text(&plan, &address, attribute);
    let (document, mutations) = mutator.mutated(&serde_json::from_str(&before).unwrap(), &words);
    let change = plan.changes.iter_mut().find(|change| change.address.to_string() == address).unwrap();
    change.after.as_mut().unwrap()[attribute] = Value::from(document.to_string());
    let refused = refusals(&plan, &[]).into_iter().filter(|one| one.subject.as_ref() == Some(&address));
    let refused: Vec<String> = refused.map(|one| one.summary).collect();
    let document = resolved(&Value::from(document.to_string()));
    let document: Value = serde_json::from_str(document.as_str().unwrap()).unwrap();
    json!({
        "kind": kind, "address": address, "mutations": mutations, "partition": partition.name(), "region": plan.region.as_str(),
        "account": OWN, "key": key_arn(&plan), "bucket": bucket_arn(&plan), "trail": trail_arn(&plan), "document": document,
        "refused": refused,
    })
}

fn planned_text(plan: &Plan, address: &str, attribute: &str) -> String {
    let change = plan.changes.iter().find(|change| change.address.to_string() == address).unwrap();
    change.after.as_ref().unwrap()[attribute].as_str().unwrap().to_owned()
}

/// A mutated boundary, and which of the roles are refused under it.
fn of_boundary(mutator: &mut Mutator, number: usize) -> Value {
    let arn = "arn:aws:iam::123456789012:policy/Boundary";
    let settings =
        if number.is_multiple_of(2) { everything() } else { json!({"permissions_boundary_arn": arn}) };
    let blueprint = drawn(settings);
    let usual = json!([
        "ec2:*",
        "ecr:*",
        "eks:*",
        "logs:*",
        "ssm:*",
        "ssmmessages:*",
        "elasticloadbalancing:*",
        "kms:*"
    ]);
    let bases = [
        json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]),
        json!([{"Effect": "Allow", "Action": usual, "Resource": "*"}]),
        json!([{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}]),
    ];
    let base = json!({"Version": "2012-10-17", "Statement": mutator.pick(&bases)});
    let (document, mutations) = mutator.mutated(&base, &words("boundary", Partition::Aws, ""));
    let answers = [(Premise::Boundary(arn.to_owned()), Answer::Document(document.to_string()))];
    let said: String = unmet(&blueprint, &answers, None).into_iter().map(|one| one.detail).collect();
    let roles = role_policies(&blueprint);
    let refused: Vec<&String> = roles.keys().filter(|role| said.contains(role.as_str())).collect();
    json!({"kind": "boundary", "address": arn, "mutations": mutations, "partition": "aws", "account": OWN, "document": document,
        "roles": roles, "refused": refused})
}

/// The policies of each role.
fn role_policies(blueprint: &Blueprint) -> BTreeMap<String, Vec<Value>> {
    let mut roles = BTreeMap::<String, Vec<Value>>::new();
    for resource in &blueprint.resources {
        let text = |name: &str| resource.arguments.get(name).and_then(Value::as_str);
        let document = match resource.address.resource_type() {
            "aws_iam_role_policy_attachment" => {
                managed_policy(text("policy_arn").unwrap()).unwrap().document.to_json()
            }
            "aws_iam_role_policy" => text("policy").unwrap().to_owned(),
            _ => continue,
        };
        let document = serde_json::from_str(&document).unwrap();
        roles.entry(text("role").unwrap().to_owned()).or_default().push(document);
    }
    roles
}

fn words(kind: &str, partition: Partition, bucket: &str) -> Words {
    let own = |resource: &str| format!("arn:{}:iam::{OWN}:{resource}", partition.name());
    let mut principals = vec![
        json!("*"),
        json!({"AWS": own("root")}),
        json!({"AWS": [own("role/KeyAdmin"), own("root")]}),
        json!({"AWS": own("role/KeyAdmin")}),
        json!({"AWS": format!("arn:{}:iam::999988887777:role/Elsewhere", partition.name())}),
        json!({"Service": "cloudtrail.amazonaws.com"}),
        json!({"Service": ["eks.amazonaws.com", "ec2.amazonaws.com"]}),
    ];
    let mut conditions = vec![
        ("ArnNotEquals", "aws:PrincipalArn", json!(own("role/KeyAdmin"))),
        ("ArnNotLike", "aws:PrincipalArn", json!(own("role/Admin*"))),
        ("StringLike", "aws:PrincipalArn", json!(own("role/team-?/*"))),
        ("BoolIfExists", "aws:MultiFactorAuthPresent", json!("false")),
        ("Bool", "aws:MultiFactorAuthPresent", json!("true")),
        ("Bool", "aws:SecureTransport", json!("false")),
        ("Bool", "aws:SecureTransport", json!("true")),
        ("Bool", "aws:PrincipalIsAWSService", json!("false")),
        ("Bool", "aws:PrincipalIsAWSService", json!("true")),
        ("NotIpAddress", "aws:SourceIp", json!("10.0.0.0/8")),
        ("IpAddress", "aws:SourceIp", json!(["10.0.0.0/8"])),
        ("StringEquals", "aws:PrincipalAccount", json!(OWN)),
        ("StringNotEqualsIfExists", "aws:PrincipalAccount", json!(OWN)),
        ("StringEquals", "aws:SourceAccount", json!(OWN)),
        ("StringNotEquals", "aws:SourceAccount", json!(OWN)),
        ("StringNotEqualsIfExists", "aws:SourceAccount", json!([OWN])),
        ("StringEquals", "aws:SourceAccount", json!("999988887777")),
        ("ArnLike", "aws:SourceArn", json!(format!("arn:{}:*:*:{OWN}:*", partition.name()))),
        (
            "ArnNotLike",
            "aws:SourceArn",
            json!(format!("arn:{}:cloudtrail:*:{OWN}:trail/*", partition.name())),
        ),
        ("Null", "aws:SourceArn", json!("true")),
        ("StringNotEquals", "aws:PrincipalTag/team", json!("security")),
        ("StringEquals", "aws:PrincipalTag/team", json!("security")),
    ];
    let texts = |texts: &[&str]| texts.iter().map(|text| json!(text)).collect::<Vec<_>>();
    let (actions, resources) = match kind {
        "key" => {
            conditions.extend([
                ("Null", "kms:EncryptionContext:aws:cloudtrail:arn", json!("false")),
                ("StringNotLike", "kms:EncryptionContext:aws:cloudtrail:arn", json!("*trail/*")),
                ("StringLike", "kms:EncryptionContext:aws:s3:arn", json!("arn:*:s3:::*cloudtrail-logs*")),
                ("StringNotLike", "kms:EncryptionContext:aws:s3:arn", json!("*/AWSLogs/*")),
                ("StringEquals", "kms:CallerAccount", json!(OWN)),
                ("StringLike", "kms:ViaService", json!("s3.*")),
                ("Null", "kms:ViaService", json!("true")),
            ]);
            let actions = texts(&[
                "kms:*",
                "*",
                "kms:Put*",
                "kms:PutKeyPolicy",
                "kms:Decrypt",
                "kms:GenerateDataKey*",
                "kms:GenerateDataKey",
                "kms:D*",
                "kms:CreateGrant",
            ]);
            (actions, texts(&["*"]))
        }
        "bucket" => {
            conditions.extend([
                ("StringEquals", "s3:x-amz-acl", json!("bucket-owner-full-control")),
                ("StringNotEquals", "s3:x-amz-acl", json!("bucket-owner-full-control")),
                ("StringNotEquals", "s3:x-amz-acl", json!("private")),
            ]);
            let arn = format!("arn:{}:s3:::{bucket}", partition.name());
            let resources = vec![
                json!(arn),
                json!(format!("{arn}/*")),
                json!([arn, format!("{arn}/*")]),
                json!(format!("{arn}/AWSLogs/{OWN}/*")),
            ];
            let actions = texts(&[
                "s3:*",
                "s3:Get*",
                "s3:GetObject",
                "s3:PutObject",
                "s3:Put*",
                "s3:GetBucketAcl",
                "s3:DeleteObject*",
            ]);
            (actions, resources)
        }
        "trust" => {
            principals
                .push(json!({"Service": ["monitoring.rds.amazonaws.com", "eks-fargate-pods.amazonaws.com"]}));
            (texts(&["sts:AssumeRole", "sts:*", "sts:TagSession", "sts:Assume*"]), Vec::new())
        }
        _ => {
            principals.clear();
            let actions = texts(&[
                "*",
                "ec2:*",
                "ecr:*",
                "ecr:Get*",
                "logs:*",
                "eks:*",
                "s3:*",
                "ec2:Describe*",
                "kms:Decrypt",
                "ssm:*",
                "iam:*",
            ]);
            (actions, vec![json!("*"), json!("*"), json!("arn:aws:s3:::only/*")])
        }
    };
    Words { principals, actions, conditions, resources }
}
