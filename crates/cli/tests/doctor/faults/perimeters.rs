//! Guards that were written with care and stop the foundation all the same, and conditions that almost fit.

use serde_json::{Value, json};

use super::{Fault, fault};
use crate::doctor::clinic::{CLUSTER, FARGATE, LOGS, NODE, Patient, RDS, TRAIL, policy};

const KEY: &[&str] = &["key policy"];
const BUCKET: &[&str] = &["bucket policy"];
/// What shows in the same statements of the key's policy.
const CALLERS: &[&str] = &["kms.denied/", "kms.use/asked"];

fn deny_key(patient: &mut Patient, statement: Value) {
    patient.key_policy(|statements| statements.push(statement));
}

/// A denial of the cluster role.
fn of_clusters(action: &str) -> Value {
    let role = format!("arn:aws:iam::123456789012:role/{CLUSTER}");
    json!({"Sid": "NoClusters", "Effect": "Deny", "Principal": {"AWS": role}, "Action": action, "Resource": "*"})
}

fn deny_bucket(patient: &mut Patient, sid: &str, action: &str, condition: Value) {
    let resource = [format!("arn:aws:s3:::{LOGS}"), format!("arn:aws:s3:::{LOGS}/*")];
    patient.bucket_policy(LOGS, |statements| {
        statements.push(json!({"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": action,
            "Resource": resource, "Condition": condition}));
    });
}

/// The statement that lets CloudTrail write becomes another one.
fn delivery(patient: &mut Patient, change: fn(&mut Value)) {
    patient.bucket_policy(LOGS, |statements| {
        let writes = |one: &&mut Value| one["Effect"] == "Allow" && one["Action"] == "s3:PutObject";
        change(statements.iter_mut().find(writes).unwrap());
    });
}

fn trust(patient: &mut Patient, role: &str, statements: &Value) {
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    patient.role("update_assume_role_policy", role, json!({"PolicyDocument": document.to_string()}));
}

fn inline(patient: &mut Patient, role: &str, name: &str, statement: &Value) {
    patient.role("put_role_policy", role, json!({"PolicyName": name, "PolicyDocument": policy(statement)}));
}

fn bound(patient: &mut Patient, role: &str, statement: &Value) {
    let made = json!({"PolicyName": "Ceiling", "PolicyDocument": policy(statement)});
    let arn = patient.call("iam", "create_policy", made)["Policy"]["Arn"].clone();
    patient.role("put_role_permissions_boundary", role, json!({"PermissionsBoundary": arn}));
}

pub(super) fn faults() -> Vec<Fault> {
    let mut all = of_the_key();
    all.extend(of_the_log_bucket());
    all.extend(of_the_trusts());
    all.extend(of_the_roles());
    all
}

fn of_the_key() -> Vec<Fault> {
    vec![
        fault(
            "the cluster role alone is denied, which needs nothing of the key",
            KEY,
            |it| deny_key(it, of_clusters("kms:CreateGrant")),
            "kms.policy",
        )
        .hiding(CALLERS),
        fault(
            "the cluster role is denied what its grant gives",
            &["key policy", "grants"],
            |it| {
                let role = format!("arn:aws:iam::123456789012:role/{CLUSTER}");
                let operations = ["Encrypt", "Decrypt", "DescribeKey"];
                it.kms("create_grant", json!({"GranteePrincipal": role, "Operations": operations}));
                deny_key(it, of_clusters("kms:Decrypt"));
            },
            "kms.policy/noclusters",
        )
        .hiding(CALLERS),
        fault(
            "Secrets Manager is denied",
            KEY,
            |it| {
                deny_key(
                    it,
                    json!({"Sid": "NoSecrets", "Effect": "Deny", "Principal": "*", "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                    "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}}),
                );
            },
            "kms.policy/nosecrets",
        )
        .hiding(CALLERS),
        fault(
            "grants are for the organization's services alone",
            KEY,
            |it| {
                deny_key(
                    it,
                    json!({"Sid": "NoGrants", "Effect": "Deny", "Principal": "*", "Action": "kms:CreateGrant", "Resource": "*",
                    "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}),
                );
            },
            "kms.policy/nogrants",
        )
        .hiding(CALLERS),
        fault(
            "who is asked about has a grant for another context",
            &["asked"],
            |it| {
                let anyone = json!({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"});
                it.role("create_role", "reports", json!({"AssumeRolePolicyDocument": policy(&anyone)}));
                let role = "arn:aws:iam::123456789012:role/reports";
                it.kms("create_grant", json!({"GranteePrincipal": role, "Operations": ["Decrypt"],
                    "Constraints": {"EncryptionContextEquals": {"database": "orders"}}}));
                it.ask(format!("-principal={role}"));
                it.ask("-action=kms:Decrypt");
            },
            "kms.use/asked",
        ),
    ]
}

fn of_the_log_bucket() -> Vec<Fault> {
    vec![
        fault(
            "everybody outside the organization is denied, and so are services",
            BUCKET,
            |it| {
                deny_bucket(
                    it,
                    "OnlyUs",
                    "s3:*",
                    json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}),
                )
            },
            "trail.bucket-policy",
        ),
        fault(
            "calls from elsewhere than the office are denied, and CloudTrail's",
            BUCKET,
            |it| {
                deny_bucket(
                    it,
                    "Office",
                    "s3:PutObject",
                    json!({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),
                )
            },
            "trail.bucket-policy",
        ),
        fault(
            "objects of another key are denied",
            BUCKET,
            |it| {
                let key = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000";
                let condition = json!({"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": key}});
                deny_bucket(it, "OurKey", "s3:PutObject", condition);
            },
            "trail.bucket-policy",
        ),
        fault(
            "nobody reads logs",
            BUCKET,
            |it| {
                deny_bucket(
                    it,
                    "Sealed",
                    "s3:GetObject",
                    json!({"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/Auditor"}}),
                )
            },
            "trail.bucket-policy",
        ),
        fault(
            "CloudTrail may write into another folder",
            BUCKET,
            |it| {
                delivery(it, |statement| {
                    statement["Resource"] =
                        json!(format!("arn:aws:s3:::{LOGS}/audit/AWSLogs/123456789012/*"));
                });
            },
            "trail.bucket-policy",
        ),
        fault(
            "CloudTrail may write for a trail of an old name",
            BUCKET,
            |it| {
                delivery(it, |statement| {
                    let old = format!("arn:aws:cloudtrail:us-east-1:123456789012:trail/{TRAIL}-old");
                    statement["Condition"]["StringEquals"]["aws:SourceArn"] = json!(old);
                });
            },
            "trail.bucket-policy",
        ),
        fault(
            "CloudTrail may write for another account",
            BUCKET,
            |it| {
                delivery(it, |statement| {
                    statement["Resource"] = json!(format!("arn:aws:s3:::{LOGS}/AWSLogs/999988887777/*"));
                });
            },
            "trail.bucket-policy",
        ),
        fault(
            "a key of another region by default",
            &["bucket encryption"],
            |it| {
                let rule = json!({"SSEAlgorithm": "aws:kms",
                    "KMSMasterKeyID": "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"});
                let rules = json!({"Rules": [{"ApplyServerSideEncryptionByDefault": rule, "BucketKeyEnabled": true}]});
                it.bucket("put_bucket_encryption", LOGS, json!({"ServerSideEncryptionConfiguration": rules}));
            },
            "trail.encryption",
        ),
    ]
}

fn of_the_trusts() -> Vec<Fault> {
    vec![
        fault(
            "a cluster role that is assumed by tokens alone",
            &["cluster role"],
            |it| {
                trust(
                    it,
                    CLUSTER,
                    &json!([{"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}]),
                );
            },
            "roles.trust/eks_service",
        ),
        fault(
            "a role of RDS for another account",
            &["rds role"],
            |it| {
                trust(
                    it,
                    RDS,
                    &json!([{"Effect": "Allow", "Principal": {"Service": "monitoring.rds.amazonaws.com"}, "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"aws:SourceAccount": "999988887777"}}}]),
                );
            },
            "roles.trust/rds_enhanced_monitoring",
        ),
        fault(
            "a node role with a denial beside its trust",
            &["node role"],
            |it| {
                trust(
                    it,
                    NODE,
                    &json!([
                    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
                    {"Sid": "Frozen", "Effect": "Deny", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]),
                );
            },
            "roles.trust/eks_node_group",
        ),
        fault(
            "Fargate's role trusts the name of another service",
            &["fargate role"],
            |it| {
                trust(
                    it,
                    FARGATE,
                    &json!([{"Effect": "Allow", "Principal": {"Service": "eks-fargate.amazonaws.com"}, "Action": "sts:AssumeRole"}]),
                );
            },
            "roles.trust/eks_fargate",
        ),
    ]
}

fn of_the_roles() -> Vec<Fault> {
    vec![
        fault(
            "a boundary without the last action of a pull",
            &["node role"],
            |it| {
                bound(
                    it,
                    NODE,
                    &json!({"Effect": "Allow", "NotAction": "ecr:GetDownloadUrlForLayer", "Resource": "*"}),
                )
            },
            "roles.boundary/ceiling",
        ),
        fault(
            "a boundary that knows the other region",
            &["fargate role"],
            |it| {
                let there = json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}});
                bound(
                    it,
                    FARGATE,
                    &json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": there}),
                );
            },
            "roles.boundary/ceiling",
        ),
        fault(
            "prefixes of repositories that are misspelt",
            &["fargate role"],
            |it| {
                let pull =
                    ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
                inline(
                    it,
                    FARGATE,
                    "cross-account-ecr",
                    &json!({"Effect": "Allow", "Action": pull,
                    "Resource": "arn:aws:ecr:*:999988887777:repository/developement/*"}),
                );
            },
            "ecr.inline/eks_fargate",
        ),
        fault(
            "a denial of the registry alone",
            &["node role"],
            |it| {
                inline(
                    it,
                    NODE,
                    "no-partner",
                    &json!({"Effect": "Deny", "Action": "ecr:*",
                    "Resource": "arn:aws:ecr:*:999988887777:repository/development/*"}),
                );
            },
            "roles.foreign/eks_node_group",
        ),
    ]
}
