//! Who uses the key, and whether it can be used.

use super::Circumstances;
use super::fact::{Fact, Grant};
use crate::finding::{Finding, FindingKind, Topic};
use crate::kinds::kms::key::{ORIGIN, is_rotatable};
use terraform::{Address, Attributes, Value};

/// What a fact about the key comes to; nothing where it is as it should be.
pub(super) fn judge(fact: &Fact, address: &Address, around: &Circumstances<'_>) -> Option<Finding> {
    let foreign = |topic: Topic, object: &str, sentence: String| {
        Some(Finding::new(FindingKind::Foreign, (topic, object), address, sentence))
    };
    let ill = |object: &str, sentence: String| {
        Some(Finding::new(FindingKind::Ill, (Topic::Key, object), address, sentence))
    };
    match fact {
        Fact::Grant(grant) if is_ordinary(grant, around) => None,
        Fact::Grant(grant) => foreign(Topic::Grant, &grant.id, sentence(grant, around))
            .map(|finding| finding.or(&grant.grantee).hint(revoke(grant, address, around)))
            .map(|finding| {
                let actions = grant.operations.iter().map(|operation| format!("kms:{operation}"));
                finding.allows(Some(&grant.grantee), actions, around.arn(address))
            }),
        Fact::Alias(name) if around.is_desired("aws_kms_alias", "name", name) => None,
        Fact::Alias(name) => foreign(
            Topic::Alias,
            name,
            format!("the key has a second alias, `{name}`: whoever may use that alias uses this key"),
        )
        .map(|finding| finding.allows(None, ["kms:*"], name)),
        Fact::Replica(region) => foreign(
            Topic::Replica,
            region,
            format!(
                "the key has a replica in {region}, with a policy of its own that decrypts the same data"
            ),
        )
        .map(|finding| {
            finding.allows(None, ["kms:*"], &around.arn(address).replace(around.region(), region))
        }),
        Fact::KeyState(state) => ill(
            state,
            format!(
                "the key is in state {state}: nothing is encrypted or decrypted with it, and no log is delivered"
            ),
        ),
        Fact::KeyExpires(date) => ill(
            &format!("expires-{date}"),
            format!(
                "the key's imported material expires on {date}: from then on no log can be read or written until it is imported again"
            ),
        ),
        _ => None,
    }
}

/// A key that the state records and AWS does not know: what was encrypted with it stays unreadable.
pub(super) fn gone(id: &str, address: &Address) -> Finding {
    let sentence = format!(
        "the key {id} that the state records is gone: logs and data that were encrypted with it can never be read again"
    );
    Finding::new(FindingKind::Ill, (Topic::Key, id), address, sentence)
}

/// A key whose material is not KMS's own.
pub(super) fn unrotatable(observed: &Attributes, address: &Address) -> Option<Finding> {
    let origin = observed.get(ORIGIN).and_then(Value::as_str).filter(|_| !is_rotatable(observed))?;
    let id = observed.get("key_id").and_then(Value::as_str).unwrap_or("KEY");
    let region = region(observed.get("arn").and_then(Value::as_str));
    let sentence = format!(
        "the key's material is not KMS's own (origin {origin}): KMS never rotates it, whatever the settings say"
    );
    let finding = Finding::new(FindingKind::Ill, (Topic::Key, origin), address, sentence);
    Some(match origin {
        "EXTERNAL" => finding.hint(format!(
            "to rotate it by hand: aws kms import-key-material --key-id {id} --region {region} --import-type NEW_KEY_MATERIAL \
             …, then aws kms rotate-key-on-demand --key-id {id} --region {region}"
        )),
        _ => finding.hint("its material is rotated where it is kept, in the key store"),
    })
}

/// Whether a grant is what a key is for: those by which RDS, EBS and EKS work, and those of our own roles.
///
/// A grantee is a principal's ARN, or the name of a service (KMS API reference, `GrantListEntry`).
pub(super) fn is_ordinary(grant: &Grant, around: &Circumstances<'_>) -> bool {
    let grantee = grant.grantee.as_str();
    let Some((service, account, resource)) = parts(grantee) else { return is_service(grantee) };
    let own = account == around.account;
    match (service, resource.split_once('/')) {
        ("sts", Some(("assumed-role", session))) => {
            let role = session.split('/').next().unwrap_or_default();
            own && (role.starts_with("aws:")
                || role.starts_with("AWSServiceRoleFor")
                || around.is_ours("aws_iam_role", "name", role))
        }
        ("iam", Some(("role", name))) => {
            let last = name.rsplit('/').next().unwrap_or_default();
            own && (name.starts_with("aws-service-role/") || around.is_ours("aws_iam_role", "name", last))
        }
        _ => false,
    }
}

/// A service's name, such as `rds.us-east-1.amazonaws.com`.
fn is_service(grantee: &str) -> bool {
    [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".aws.internal"].iter().any(|end| {
        grantee.strip_suffix(end).is_some_and(|name| !name.is_empty() && !name.contains([':', '/']))
    })
}

/// Service, account and resource of an ARN.
fn parts(arn: &str) -> Option<(&str, &str, &str)> {
    let mut fields = arn.splitn(6, ':');
    let (prefix, _partition, service) = (fields.next()?, fields.next()?, fields.next()?);
    let (_region, account, resource) = (fields.next()?, fields.next()?, fields.next()?);
    (prefix == "arn").then_some((service, account, resource))
}

fn sentence(grant: &Grant, around: &Circumstances<'_>) -> String {
    let account = parts(&grant.grantee).map(|(_, account, _)| account);
    let elsewhere = match account {
        Some(account) if account != around.account => format!(" of another account, {account},"),
        _ => String::new(),
    };
    let operations = grant.operations.join(", ");
    let further = grant.operations.iter().any(|operation| operation == "CreateGrant");
    let further = if further { "; CreateGrant among them: it can hand the key on" } else { "" };
    let only = if grant.constrained { " within an encryption context" } else { "" };
    let since = grant.created.as_ref().map(|date| format!(" since {date}")).unwrap_or_default();
    format!("`{}`{elsewhere} may use the key by a grant{since}: {operations}{only}{further}", grant.grantee)
}

fn revoke(grant: &Grant, address: &Address, around: &Circumstances<'_>) -> String {
    let key = around.text(address, "key_id").unwrap_or("KEY");
    let region = region(around.text(address, "arn"));
    format!("aws kms revoke-grant --key-id {key} --grant-id {} --region {region}", grant.id)
}

/// The region of an ARN, which no command takes from the id alone.
fn region(arn: Option<&str>) -> &str {
    arn.and_then(|arn| arn.split(':').nth(3)).unwrap_or("REGION")
}
