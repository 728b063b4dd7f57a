//! What the foundation writes is never refused, and what locks somebody out always.

mod judged;
mod mutation;
mod product;

use std::collections::BTreeMap;

use foundation::testing::{caller, over, settings};
use foundation::{Partition, blueprint};
use serde_json::json;
use terraform::State;

use super::*;
use crate::observation::Observation;
use crate::plan::Goal;
use crate::planner::{Options, plan};

fn planned(changes: &Value, partition: Partition) -> Plan {
    let region = match partition {
        Partition::Aws => "us-east-1",
        Partition::AwsUsGov => "us-gov-west-1",
        Partition::AwsCn => "cn-north-1",
        Partition::AwsEusc => "eusc-de-east-1",
    };
    let place = json!({"aws_region": region, "tags": {}});
    let settings = settings(over(place, changes.clone()));
    let options = Options { goal: Goal::Apply, targets: Vec::new(), replace: Vec::new(), today: None };
    plan(&blueprint(&settings, &caller(partition)), &State::empty("l"), &Observation::default(), &options)
        .unwrap()
}

#[test]
fn what_the_foundation_writes_is_never_refused() {
    for partition in Partition::ALL {
        for settings in [
            json!({}),
            json!({"profile": "document"}),
            json!({"restrict_service_principals": false, "kms_allow_cloudwatch_logs": false}),
            json!({"cloudtrail_bucket_suffix": "audit", "kms_allow_autoscaling": true}),
        ] {
            assert_eq!(refusals(&planned(&settings, partition), &[]), [], "{settings} in {partition}");
        }
    }
}

/// What is refused of a plan to which a statement is added, over a policy without it.
fn refused(address: &str, statement: &Value, existing: bool) -> Vec<String> {
    let mut plan = planned(&json!({}), Partition::Aws);
    let change = plan.changes.iter_mut().find(|change| change.address.to_string() == address).unwrap();
    let after = change.after.as_mut().unwrap();
    let mut policy: Value = serde_json::from_str(after["policy"].as_str().unwrap()).unwrap();
    policy["Statement"].as_array_mut().unwrap().push(statement.clone());
    after["policy"] = Value::from(policy.to_string());
    if existing {
        change.action = Action::Update;
        change.before = change.after.clone();
    }
    refusals(&plan, &[]).into_iter().map(|refusal| refusal.summary).collect()
}

#[test]
fn what_locks_somebody_out_is_refused_unless_it_is_so_already() {
    let deny = |action: &str, principal: Value, condition: Value| json!({"Sid": "Locked", "Effect": "Deny", "Principal": principal, "Action": action, "Resource": "*", "Condition": condition});
    let all = json!("*");
    let key = "aws_kms_key.main";
    let cases = [
        (deny("kms:*", all.clone(), json!({})), 3),
        (deny("kms:Put*", all.clone(), json!({})), 1),
        (deny("kms:Decrypt", all.clone(), json!({"Bool": {"aws:PrincipalIsAWSService": "false"}})), 1),
        (deny("kms:GenerateDataKey", json!({"Service": "cloudtrail.amazonaws.com"}), json!({})), 1),
        // Somebody is left who can.
        (
            deny(
                "kms:Put*",
                all.clone(),
                json!({"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/KeyAdmin"}}),
            ),
            0,
        ),
        (deny("kms:CreateGrant", all.clone(), json!({})), 0),
        (deny("kms:*", json!({"AWS": "arn:aws:iam::999988887777:root"}), json!({})), 0),
    ];
    for (statement, count) in cases {
        assert_eq!(refused(key, &statement, false).len(), count, "{statement}");
        assert_eq!(refused(key, &statement, true).len(), 0, "{statement} is there already");
    }
    let bucket = "aws_s3_bucket_policy.cloudtrail";
    let resource =
        json!("arn:aws:s3:::genai-artos-production-cloudtrail-logs-${terraform_data.deployment.output}/*");
    let mut write = deny("s3:PutObject", all.clone(), json!({}));
    write["Resource"] = resource.clone();
    assert_eq!(refused(bucket, &write, false), ["CloudTrail could not write its logs any more"]);
    let mut read = deny("s3:Get*", all, json!({"Bool": {"aws:PrincipalIsAWSService": "false"}}));
    read["Resource"] = resource;
    assert_eq!(refused(bucket, &read, false), ["Nobody could read the logs any more"]);
}

/// What is refused of a plan in which a policy has these statements alone.
fn refused_whole(address: &str, attribute: &str, statements: &Value) -> Vec<String> {
    let plan = whole(address, attribute, statements);
    refusals(&plan, &[]).into_iter().map(|refusal| refusal.summary).collect()
}

/// A plan in which a policy has these statements alone.
fn whole(address: &str, attribute: &str, statements: &Value) -> Plan {
    let mut plan = planned(&json!({}), Partition::Aws);
    let change = plan.changes.iter_mut().find(|change| change.address.to_string() == address).unwrap();
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    change.after.as_mut().unwrap()[attribute] = Value::from(policy.to_string());
    plan
}

#[test]
fn whoever_is_left_under_a_condition_is_left() {
    let deny = |action: &str, condition: Value| json!({"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*", "Condition": condition});
    for condition in [
        json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}),
        json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/security/*"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}),
        json!({"StringNotEquals": {"aws:PrincipalTag/team": "security"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}),
        json!({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}),
    ] {
        assert_eq!(
            refused("aws_kms_key.main", &deny("kms:*", condition.clone()), false),
            [""; 0],
            "{condition}"
        );
        let bucket = deny("s3:*", condition.clone());
        assert_eq!(refused("aws_s3_bucket_policy.cloudtrail", &bucket, false), [""; 0], "{condition}");
    }
    let encrypted = deny("kms:GenerateDataKey*", json!({"Bool": {"aws:SecureTransport": "true"}}));
    assert_eq!(
        refused("aws_kms_key.main", &encrypted, false),
        ["CloudTrail could not encrypt its logs any more"]
    );
}

#[test]
fn a_key_is_changed_in_its_account_and_read_in_the_context_of_logs() {
    let cloudtrail = json!({"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "kms:GenerateDataKey*", "Resource": "*"});
    let allow = |principal: &str, action: &str, condition: Value| json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*", "Condition": condition});
    let refused = |statements: Value| refused_whole("aws_kms_key.main", "policy", &statements);
    let admin = "arn:aws:iam::123456789012:role/KeyAdmin";
    let logs = json!({"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "false"}});
    let reader = allow("arn:aws:iam::123456789012:role/LogReader", "kms:Decrypt", logs);
    assert_eq!(refused(json!([cloudtrail, allow(admin, "kms:Put*", json!({})), reader])), [""; 0]);
    let elsewhere = allow("arn:aws:iam::999988887777:role/KeyAdmin", "kms:*", json!({}));
    assert_eq!(
        refused(json!([cloudtrail, elsewhere, reader])),
        ["Nobody could change the key's policy any more"]
    );
    let other_logs = json!({"Null": {"kms:EncryptionContext:aws:logs:arn": "false"}});
    let other_reader = allow(admin, "kms:Decrypt", other_logs);
    assert_eq!(
        refused(json!([cloudtrail, allow(admin, "kms:Put*", json!({})), other_reader])),
        ["Nobody could read the logs any more"]
    );
}

#[test]
fn a_role_that_its_service_could_not_assume_is_refused() {
    let statement = |service: &str, condition: Value| json!({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", "Condition": condition});
    let refused = |role: &str, statement: Value| {
        refused_whole(&format!("aws_iam_role.{role}"), "assume_role_policy", &json!([statement])).len()
    };
    let account = |account: &str| json!({"StringEquals": {"aws:SourceAccount": account}});
    for (role, service) in [
        ("eks_service", "eks.amazonaws.com"),
        ("eks_fargate", "eks-fargate-pods.amazonaws.com"),
        ("rds_enhanced_monitoring", "monitoring.rds.amazonaws.com"),
    ] {
        assert_eq!(refused(role, statement(service, account("123456789012"))), 0, "{role}");
        assert_eq!(refused(role, statement(service, account("999988887777"))), 1, "{role}");
        assert_eq!(refused(role, statement("rds.amazonaws.com", json!({}))), 1, "{role}");
    }
    assert_eq!(refused("eks_node_group", statement("ec2.amazonaws.com", json!({}))), 0);
    let told = "EC2 does not say for which account it assumes a role";
    assert_eq!(
        refused("eks_node_group", statement("ec2.amazonaws.com", account("123456789012"))),
        1,
        "{told}"
    );
}

/// No setting, no state of an older version and nothing that is adopted brings such a trust about, as what is planned is
/// what the foundation writes: so this cannot be seen at the binary.
#[test]
fn a_trust_that_is_accepted_is_not_refused() {
    let statements = json!([{"Effect": "Allow", "Principal": {"Service": "rds.amazonaws.com"}, "Action": "sts:AssumeRole"}]);
    let refused = |entries: &[&str]| {
        let accepted: Vec<Accepted> = entries.iter().map(|entry| Accepted::parse(entry).unwrap()).collect();
        let plan = whole("aws_iam_role.eks_fargate", "assume_role_policy", &statements);
        refusals(&plan, &accepted.iter().collect::<Vec<_>>())
    };
    let role = "genai-artos-production-eks-fargate-role";
    let [told] = refused(&[]).try_into().unwrap();
    let entry = format!("trust:{role}");
    assert!(told.hint.unwrap().ends_with(&format!("accepted = [\"{entry}\"]")));
    assert_eq!(refused(&[entry.as_str()]), []);
    assert_eq!(refused(&["trust:genai-artos-*-eks-fargate-role"]), []);
    for other in
        ["trust:genai-artos-production-eks-service-role", "boundary:genai-artos-production-eks-fargate-role"]
    {
        assert_eq!(refused(&[other]).len(), 1, "{other}");
    }
}
