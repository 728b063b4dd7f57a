//! Who reads, copies, archives or deletes the logs.

use super::Circumstances;
use super::fact::{Age, Fact, LifecycleRule};
use crate::finding::{Finding, FindingKind, Topic};
use terraform::Address;

/// The groups of an ACL that everybody belongs to (S3 user guide, "Amazon S3 predefined groups").
const EVERYBODY: &[(&str, &str)] = &[
    ("http://acs.amazonaws.com/groups/global/AllUsers", "everyone"),
    ("http://acs.amazonaws.com/groups/global/AuthenticatedUsers", "everyone with any AWS account"),
];

/// What a fact about the log bucket comes to.
pub(super) fn judge(fact: &Fact, address: &Address, around: &Circumstances<'_>) -> Option<Finding> {
    let foreign = |topic: Topic, object: &str, sentence: String| {
        Some(Finding::new(FindingKind::Foreign, (topic, object), address, sentence))
    };
    match fact {
        Fact::LifecycleRule(rule) => lifecycle(rule, address, around),
        Fact::Replication { id, destination, account } => {
            let bucket = bucket_name(destination);
            let whose = account.as_ref().map(|account| format!(" of account {account}")).unwrap_or_default();
            let sentence = format!(
                "the replication rule `{id}` copies the logs into the bucket `{bucket}`{whose}: whoever owns that reads them"
            );
            let whose = account.as_deref().unwrap_or(destination);
            foreign(Topic::Replication, bucket, sentence)
                .map(|finding| finding.allows(Some(whose), ["s3:GetObject"], &around.logs_of(address)))
        }
        Fact::AccessLogging { .. } if around.blueprint.only("aws_s3_bucket_logging").is_some() => None,
        Fact::AccessLogging { bucket, prefix } => foreign(
            Topic::AccessLogging,
            bucket,
            format!("who reads the logs is written into the bucket `{bucket}`, under `{prefix}`, which no setting names"),
        )
        .map(|finding| finding.allows(None, ["s3:GetObject"], &format!("arn:{}:s3:::{bucket}/{prefix}*", around.blueprint.caller.partition))),
        Fact::Notification { target, events } => foreign(
            Topic::Notification,
            target,
            format!("`{target}` is told of every {} in the log bucket", listed(events)),
        )
        .map(|finding| finding.allows(Some(target), ["s3:ListBucket"], around.arn(address))),
        Fact::Inventory { id, destination } => foreign(
            Topic::Inventory,
            id,
            format!("the inventory `{id}` writes a list of all logs into the bucket `{}`", bucket_name(destination)),
        )
        .map(|finding| finding.allows(Some(destination), ["s3:ListBucket"], around.arn(address))),
        Fact::Analytics { id, destination } => foreign(
            Topic::Analytics,
            id,
            format!("the analysis `{id}` writes into the bucket `{}` how the logs are used", bucket_name(destination)),
        ),
        Fact::Tiering { id, tiers } => {
            let tiers: Vec<String> =
                tiers.iter().map(|(days, tier)| format!("{tier} after {}", days_of(*days))).collect();
            foreign(
                Topic::Tiering,
                id,
                format!("the tiering rule `{id}` archives what nobody reads ({}): reading it then takes hours", tiers.join(", ")),
            )
        }
        Fact::RequesterPays => foreign(
            Topic::RequestPayer,
            "Requester",
            "whoever asks pays for requests to the log bucket: CloudTrail does not deliver into such a bucket".to_owned(),
        ),
        Fact::Acl { grantee, permission } => Some(acl(grantee, permission, address, around)),
        Fact::Retention { .. } if around.blueprint.only("aws_s3_bucket_object_lock_configuration").is_some() => None,
        Fact::Retention { mode, period } => {
            let who = match mode.as_str() {
                "COMPLIANCE" => "nobody can delete a log before or take that back",
                _ => "only those who may bypass governance can delete a log before",
            };
            foreign(
                Topic::Retention,
                &format!("{mode}-{}", period.replace(' ', "-")),
                format!("new logs are locked for {period} in mode {mode}, which no setting asks for: {who}"),
            )
        }
        Fact::EventHold(period) => foreign(
            Topic::Retention,
            &format!("EVENT_HOLD-{}", period.replace(' ', "-")),
            format!("new logs are held until {period} after an event, which no setting asks for: until then nobody can delete them"),
        ),
        Fact::BlockedEncryption(types) if !types.iter().any(|blocked| blocked == "SSE-C") => {
            let sentence = "objects may be encrypted with a key of the writer's (SSE-C): such a log nobody here can read";
            Some(Finding::new(FindingKind::Drift, (Topic::Encryption, "SSE-C"), address, sentence))
        }
        _ => None,
    }
}

/// A rule of somebody else's: drift where it deletes logs, foreign where it moves them or is about other objects, and nothing
/// where it takes away only what is no log: unfinished uploads and delete markers.
fn lifecycle(rule: &LifecycleRule, address: &Address, around: &Circumstances<'_>) -> Option<Finding> {
    if !rule.enabled || around.owns_rule(&rule.id) {
        return None;
    }
    let what = if around.covers_all_logs(&rule.prefix) && rule.only.is_empty() {
        "every log".to_owned()
    } else {
        let scope = [format!("under `{}`", rule.prefix)].into_iter().filter(|_| !rule.prefix.is_empty());
        let scope: Vec<String> = scope.chain(rule.only.iter().cloned()).collect();
        let object = if around.may_hold_logs(&rule.prefix) { "logs" } else { "objects" };
        format!("{object} {}", scope.join(", "))
    };
    let finding = |kind, sentence: String| {
        let sentence = format!("a lifecycle rule `{}`, not underpin's, {sentence}", rule.id);
        Some(Finding::new(kind, (Topic::LifecycleRule, &rule.id), address, sentence))
    };
    let deletes = deletions(rule, &what);
    if !deletes.is_empty() {
        let deleted = |finding: Finding| {
            let path = format!("{}/{}*", around.arn(address), rule.prefix);
            finding.allows(Some("s3.amazonaws.com"), ["s3:DeleteObject", "s3:DeleteObjectVersion"], &path)
        };
        let harmless = !around.may_hold_logs(&rule.prefix) || around.keeps_for_long_enough(rule);
        let kind = if harmless { FindingKind::Foreign } else { FindingKind::Drift };
        return finding(kind, deletes.join(" and ")).map(deleted);
    }
    let moves: Vec<String> =
        rule.transitions.iter().map(|(age, class)| format!("into {class} {}", age.text())).collect();
    (!moves.is_empty())
        .then(|| finding(FindingKind::Foreign, format!("moves {what} {}", moves.join(", "))))
        .flatten()
}

fn deletions(rule: &LifecycleRule, what: &str) -> Vec<String> {
    let current = rule.expiration.as_ref().map(|age| format!("deletes {what} {}", age.text()));
    let old = rule.noncurrent_expiration.map(|(days, kept)| {
        let kept = kept.map(|kept| format!(", but for the newest {kept}")).unwrap_or_default();
        format!("deletes for good what was deleted or overwritten of {what} after {}{kept}", days_of(days))
    });
    current.into_iter().chain(old).collect()
}

impl Age {
    /// When, for a sentence.
    fn text(&self) -> String {
        match self {
            Self::Days(days) => format!("after {}", days_of(*days)),
            Self::Date(date) => format!("on {date}"),
        }
    }
}

/// A grant of the ACL: drift where it is everybody's.
fn acl(grantee: &str, permission: &str, address: &Address, around: &Circumstances<'_>) -> Finding {
    let everybody = EVERYBODY.iter().find(|(group, _)| *group == grantee).map(|(_, who)| *who);
    let may = match permission {
        "READ" => "list the log bucket and read what it holds without a policy",
        "WRITE" => "write into the log bucket and overwrite logs",
        "READ_ACP" => "read the log bucket's ACL",
        "WRITE_ACP" => "change the log bucket's ACL, and so give themselves everything",
        _ => "do everything with the log bucket",
    };
    let (kind, who) = match everybody {
        Some(who) => (FindingKind::Drift, who.to_owned()),
        None => (FindingKind::Foreign, format!("`{grantee}`")),
    };
    let sentence = format!("{who} may {may}: the bucket's ACL grants {permission}");
    let object = everybody.and(grantee.rsplit('/').next()).unwrap_or(grantee);
    let principal = if everybody.is_some() { "*" } else { grantee };
    Finding::new(kind, (Topic::Acl, format!("{object}/{permission}")), address, sentence).or(grantee).allows(
        Some(principal),
        acl_actions(permission).iter().copied(),
        around.arn(address),
    )
}

/// What a permission of a bucket's ACL allows (S3 user guide, "Mapping of ACL permissions and access policy permissions").
fn acl_actions(permission: &str) -> &'static [&'static str] {
    match permission {
        "READ" => &["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"],
        "WRITE" => &["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
        "READ_ACP" => &["s3:GetBucketAcl"],
        "WRITE_ACP" => &["s3:PutBucketAcl"],
        _ => &[
            "s3:ListBucket",
            "s3:ListBucketVersions",
            "s3:ListBucketMultipartUploads",
            "s3:PutObject",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:GetBucketAcl",
            "s3:PutBucketAcl",
        ],
    }
}

impl Circumstances<'_> {
    /// The ARN of all logs in the bucket.
    fn logs_of(&self, bucket: &Address) -> String {
        format!("{}/*", self.arn(bucket))
    }

    /// How the keys of our logs begin.
    fn logs(&self) -> String {
        format!("AWSLogs/{}/", self.account)
    }

    /// Whether a rule for keys that begin so is about every log.
    fn covers_all_logs(&self, prefix: &str) -> bool {
        self.logs().starts_with(prefix)
    }

    /// Whether keys that begin so can be logs.
    fn may_hold_logs(&self, prefix: &str) -> bool {
        self.covers_all_logs(prefix) || prefix.starts_with(&self.logs())
    }

    /// Whether a rule of that name is ours: one that the settings want, or that the state records.
    fn owns_rule(&self, id: &str) -> bool {
        let lifecycle = self.blueprint.only("aws_s3_bucket_lifecycle_configuration");
        let desired = lifecycle.and_then(|lifecycle| lifecycle.arguments.get("rule")?.as_array());
        let rules = desired.into_iter().chain(self.recorded_rules()).flatten();
        rules.filter_map(|rule| rule.get("id")?.as_str()).any(|of| of == id)
    }

    /// Whether a rule deletes nothing that ours would not have deleted by then.
    fn keeps_for_long_enough(&self, rule: &LifecycleRule) -> bool {
        let Some(lifecycle) = self.blueprint.only("aws_s3_bucket_lifecycle_configuration") else {
            return false;
        };
        let days = |block: &str, field: &str| {
            lifecycle.arguments.get("rule")?.get(0)?.get(block)?.get(0)?.get(field)?.as_i64()
        };
        let current = match &rule.expiration {
            None => true,
            Some(Age::Date(_)) => false,
            Some(Age::Days(at)) => days("expiration", "days").is_some_and(|ours| i64::from(*at) >= ours),
        };
        let old = rule.noncurrent_expiration.is_none_or(|(at, _)| {
            days("noncurrent_version_expiration", "noncurrent_days").is_some_and(|ours| i64::from(at) >= ours)
        });
        current && old
    }
}

/// The name in a bucket's ARN.
fn bucket_name(arn: &str) -> &str {
    arn.rsplit(":::").next().unwrap_or(arn)
}

fn days_of(days: i32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

fn listed(events: &[String]) -> String {
    if events.is_empty() { "event".to_owned() } else { events.join(", ") }
}
