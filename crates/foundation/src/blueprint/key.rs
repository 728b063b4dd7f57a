//! The key, its policy and its alias.

use policy::{Policy, Principal, Statement};

use super::draft::{Draft, address};
use crate::addresses::{deployment, key};
use crate::identifiers::Arn;
use crate::kinds::iam::service_linked_role::IamServiceLinkedRole;
use crate::kinds::kms::alias::KmsAlias;
use crate::kinds::kms::key::KmsKey;

/// What the module's document allows a service to do with the key.
const USE: [&str; 5] =
    ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

/// What administrators may do: everything but using the key and letting others use it.
const ADMINISTER: [&str; 16] = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
];

/// What AWS services need to use the key for somebody (KMS developer guide, "Allows key users to use a KMS key").
const LEND: [&str; 3] = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"];

/// The service that makes instances for node groups.
const AUTO_SCALING: &str = "autoscaling.amazonaws.com";

/// Adds the key and its alias, and the service-linked role that the key's policy may name.
pub(super) fn draft(draft: &mut Draft<'_>) {
    let mut depends_on = vec![deployment()];
    if draft.settings.kms_allow_autoscaling {
        let role = address("aws_iam_service_linked_role", "autoscaling");
        let arguments = IamServiceLinkedRole { aws_service_name: AUTO_SCALING }.arguments();
        draft.add(role.clone(), arguments, Vec::new());
        depends_on.push(role);
    }
    let description = format!("Encrypts everything of {}", draft.name(""));
    let desired = KmsKey {
        description: draft.is_hardened().then_some(&description),
        policy: &key_policy(draft),
        deletion_window_in_days: draft.settings.kms_deletion_window_in_days,
        rotation_period_in_days: draft.settings.kms_rotation_period_in_days,
        tags: &draft.tags,
    };
    draft.add(key(), desired.arguments(), depends_on);
    let alias = KmsAlias { name: &draft.alias_name(), target_key_id: "${aws_kms_key.main.key_id}" };
    draft.add(address("aws_kms_alias", "main"), alias.arguments(), vec![key()]);
}

/// The document's statements under its Sids, and those without which CloudTrail, CloudWatch Logs and Auto Scaling
/// cannot use the key.
fn key_policy(draft: &Draft<'_>) -> Policy {
    let mut statements = vec![account(draft)];
    let services = [
        ("Allow EKS Service", "eks.amazonaws.com"),
        ("Allow RDS Service", "rds.amazonaws.com"),
        ("Allow S3 Service", "s3.amazonaws.com"),
        ("Allow Secrets Manager Service", "secretsmanager.amazonaws.com"),
    ];
    statements.extend(services.map(|(sid, principal)| service(draft, sid, principal)));
    if draft.is_hardened() {
        statements.extend(cloudtrail(draft));
    } else {
        statements.push(service(draft, "Allow CloudTrail Service", "cloudtrail.amazonaws.com"));
    }
    if draft.settings.kms_allow_cloudwatch_logs {
        statements.push(cloudwatch_logs(draft));
    }
    if draft.has_topic() {
        statements.push(event_bridge());
    }
    if draft.has_alarm() {
        statements.push(alarms(draft));
    }
    if draft.settings.has(|monitoring| monitoring.trail_topic) {
        statements.push(trail_topic());
    }
    if draft.settings.kms_allow_autoscaling {
        statements.extend(auto_scaling(draft));
    }
    statements.extend(people(draft));
    statements.extend(draft.settings.key_policy_statements.iter().cloned());
    Policy::new(statements)
}

/// Those who administer the key, use it, or read with it what the trail encrypted (CloudTrail user guide, "Granting decrypt
/// permissions").
fn people(draft: &Draft<'_>) -> impl Iterator<Item = Statement> {
    let settings = draft.settings;
    let to = |sid: &str, arns: &[Arn], actions: &[&str]| {
        let principals = arns.iter().map(|arn| Principal::aws(arn.to_string()));
        let statement = Statement::allow().sid(sid).principals(principals);
        (!arns.is_empty()).then(|| statement.actions(actions.iter().copied()).resources(["*"]))
    };
    let administrators = to("Allow Key Administrators", &settings.kms_key_administrators, &ADMINISTER);
    let users = to("Allow Key Users", &settings.key_user_arns, &USE);
    let lend = to("Allow Key Users to lend the key to AWS services", &settings.key_user_arns, &LEND)
        .map(|statement| statement.when("Bool", "kms:GrantIsForAWSResource", ["true"]));
    let readers = to("Allow Log Readers", &settings.log_reader_arns, &["kms:Decrypt"]).map(|statement| {
        statement.when("StringEquals", "kms:EncryptionContext:aws:cloudtrail:arn", [draft.trail_arn()])
    });
    [administrators, users, lend, readers].into_iter().flatten()
}

/// IAM policies of the account decide; without it the key could become unmanageable.
fn account(draft: &Draft<'_>) -> Statement {
    Statement::allow()
        .sid("Enable IAM User Permissions")
        .principals([Principal::aws(draft.iam_arn("root"))])
        .actions(["kms:*"])
        .resources(["*"])
}

fn service(draft: &Draft<'_>, sid: &str, principal: &str) -> Statement {
    let statement =
        Statement::allow().sid(sid).principals([Principal::service(principal)]).actions(USE).resources(["*"]);
    if draft.settings.restrict_service_principals {
        statement.when("StringEquals", "aws:SourceAccount", [draft.caller.account_id.as_str()])
    } else {
        statement
    }
}

/// What CloudTrail needs (CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail"): a separate statement
/// for `kms:DescribeKey`, whose calls carry no encryption context, and `kms:Decrypt` because the bucket has a bucket key.
fn cloudtrail(draft: &Draft<'_>) -> [Statement; 3] {
    let statement = |sid: &str, action: &str| {
        Statement::allow()
            .sid(sid)
            .principals([Principal::service("cloudtrail.amazonaws.com")])
            .actions([action])
            .resources(["*"])
            .when("StringEquals", "aws:SourceArn", [draft.trail_arn()])
    };
    let trails = draft.global_arn("cloudtrail", "trail/*");
    [
        statement("Allow CloudTrail to encrypt logs", "kms:GenerateDataKey*").when(
            "StringLike",
            "kms:EncryptionContext:aws:cloudtrail:arn",
            [trails],
        ),
        statement("Allow CloudTrail to describe key", "kms:DescribeKey"),
        statement("Allow CloudTrail to use the bucket key", "kms:Decrypt"),
    ]
}

/// Log groups of this account and region (CloudWatch Logs user guide, "Encrypt log data").
fn cloudwatch_logs(draft: &Draft<'_>) -> Statement {
    let principal = format!("logs.{}.{}", draft.settings.aws_region, draft.caller.partition.dns_suffix());
    Statement::allow()
        .sid("Allow CloudWatch Logs")
        .principals([Principal::service(principal)])
        .actions(["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"])
        .resources(["*"])
        .when("ArnLike", "kms:EncryptionContext:aws:logs:arn", [draft.arn("logs", "*")])
}

/// Messages to the encrypted topic (SNS developer guide, "Enable compatibility between event sources from AWS services and
/// encrypted topics": EventBridge supports no condition here, and with one its messages vanish).
fn event_bridge() -> Statement {
    Statement::allow()
        .sid("Allow EventBridge to publish alerts")
        .principals([Principal::service("events.amazonaws.com")])
        .actions(["kms:GenerateDataKey*", "kms:Decrypt"])
        .resources(["*"])
}

/// Messages of CloudWatch's alarms (SNS developer guide, the same page: CloudWatch supports conditions).
fn alarms(draft: &Draft<'_>) -> Statement {
    Statement::allow()
        .sid("Allow CloudWatch to publish alerts")
        .principals([Principal::service("cloudwatch.amazonaws.com")])
        .actions(["kms:GenerateDataKey*", "kms:Decrypt"])
        .resources(["*"])
        .when("StringEquals", "aws:SourceAccount", [draft.caller.account_id.as_str()])
}

/// Messages of the trail to its encrypted topic (CloudTrail user guide, "Amazon SNS topic policy for CloudTrail", where the
/// statement has no condition).
fn trail_topic() -> Statement {
    Statement::allow()
        .sid("Allow CloudTrail to tell its topic")
        .principals([Principal::service("cloudtrail.amazonaws.com")])
        .actions(["kms:GenerateDataKey*", "kms:Decrypt"])
        .resources(["*"])
}

/// Encrypted volumes of node groups (EC2 Auto Scaling user guide, "Required AWS KMS key policy").
fn auto_scaling(draft: &Draft<'_>) -> [Statement; 2] {
    let role = draft.iam_arn(&format!("role/aws-service-role/{AUTO_SCALING}/AWSServiceRoleForAutoScaling"));
    let statement =
        |sid: &str| Statement::allow().sid(sid).principals([Principal::aws(role.clone())]).resources(["*"]);
    [
        statement("Allow Auto Scaling").actions(USE),
        statement("Allow Auto Scaling to attach volumes").actions(["kms:CreateGrant"]).when(
            "Bool",
            "kms:GrantIsForAWSResource",
            ["true"],
        ),
    ]
}
