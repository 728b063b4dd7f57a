//! How long logs are kept, and who may end that: versions, expiry, Object Lock, copies.

use foundation::Topic;

use crate::case::Case;
use crate::check::Check;
use crate::facts::{BucketFacts, Expiration, Read};

pub(super) fn checks(case: &Case<'_>, bucket: &BucketFacts) -> Vec<Check> {
    vec![versioning(case, bucket), lifecycle(case, bucket), lock(case, bucket), replication(case, bucket)]
}

fn versioning(case: &Case<'_>, bucket: &BucketFacts) -> Check {
    const ID: &str = "trail.versioning";
    match &bucket.versioning {
        Read::Refused(refusal) => Check::unknown(ID, refusal, "whether deleted logs can be brought back"),
        Read::Found(status) if status == "Enabled" => Check::pass(ID, "Deleted logs can be brought back"),
        live => Check::warn(ID, "Logs that somebody deletes or overwrites are gone")
            .cause(format!("versioning of the log bucket is {}", live.found().map_or("off", String::as_str)))
            .remedy(case.apply()),
    }
}

fn lifecycle(case: &Case<'_>, bucket: &BucketFacts) -> Check {
    const ID: &str = "trail.lifecycle";
    let rules = match &bucket.expirations {
        Read::Refused(refusal) => return Check::unknown(ID, refusal, "whether a rule deletes logs"),
        Read::Absent => &Vec::new(),
        Read::Found(rules) => rules,
    };
    let wanted = case.settings.cloudtrail_log_retention_days.and_then(|days| i32::try_from(days).ok());
    let deletes = |rule: &&Expiration| {
        let is_early = |days: i32| wanted.is_none_or(|wanted| days < wanted);
        rule.enabled
            && rule.days.is_some_and(is_early)
            && !case.asks.accepted.has(&[Topic::LifecycleRule], &[&rule.id])
    };
    let kept = rules
        .iter()
        .any(|rule| rule.enabled && rule.prefix.is_empty() && rule.days.is_some() && rule.days == wanted);
    match (rules.iter().find(deletes), wanted) {
        (Some(rule), wanted) => {
            let days = rule.days.unwrap_or_default();
            let instead = wanted.map_or_else(
                || "the settings let none delete them".to_owned(),
                |wanted| format!("the settings keep them {wanted} days"),
            );
            let remedy = match wanted {
                Some(_) => case.apply().to_vec(),
                None => vec![
                    format!(
                        "to keep the rule: cloudtrail_log_retention_days = {days}; to be rid of it, after asking whose it is:"
                    ),
                    crate::remedy::aws(&["s3api", "delete-bucket-lifecycle", "--bucket", &bucket.name]),
                ],
            };
            Check::warn(ID, format!("Audit logs are deleted after {days} days"))
                .cause(format!("the lifecycle rule `{}` deletes them; {instead}", rule.id))
                .remedy(remedy)
        }
        (None, Some(wanted)) if !kept => Check::warn(ID, "Old logs are never deleted")
            .cause(format!("the settings keep logs {wanted} days, and no rule deletes them then"))
            .remedy(case.apply()),
        (None, _) => Check::pass(ID, "No rule deletes logs too early"),
    }
}

fn lock(case: &Case<'_>, bucket: &BucketFacts) -> Check {
    const ID: &str = "trail.lock";
    let live = match &bucket.lock {
        Read::Refused(refusal) => {
            return Check::unknown(ID, refusal, "whether logs are locked against deletion");
        }
        Read::Absent => None,
        Read::Found(lock) => lock.mode.as_ref().map(|mode| (mode.as_str(), lock.days)),
    };
    let wanted =
        case.settings.cloudtrail_object_lock.as_ref().map(|lock| (lock.mode.name(), i64::from(lock.days)));
    match (wanted, live) {
        (wanted, live) if wanted == live => {
            Check::pass(ID, if live.is_some() { "Logs are locked" } else { "Not set up: Object Lock" })
        }
        (Some((mode, days)), None) => Check::warn(ID, "Logs can be deleted: they are not locked")
            .cause(format!("the settings lock them {mode} for {days} days, and new objects get no retention"))
            .remedy(case.apply()),
        (Some((mode, days)), Some((live_mode, live_days))) => {
            Check::warn(ID, "Logs are locked otherwise than the settings say")
                .cause(format!(
                    "new objects are locked {live_mode} for {live_days} days, not {mode} for {days}"
                ))
                .remedy(case.apply())
        }
        (None, Some((mode, days))) => {
            let warning =
                if mode == "COMPLIANCE" { ": nobody can take that back for what is written now" } else { "" };
            Check::warn(ID, format!("Somebody locks new logs for {days} days{warning}"))
                .cause(format!("the bucket's default retention is {mode}, {days} days, and no setting asks for it"))
                .remedy([format!("to keep it: cloudtrail_object_lock = {{ mode = \"{mode}\", days = {days} }}; or ask whoever set it")])
        }
        (None, None) => Check::pass(ID, "Not set up: Object Lock"),
    }
}

fn replication(case: &Case<'_>, bucket: &BucketFacts) -> Check {
    const ID: &str = "trail.replication";
    let rules = match &bucket.replication {
        Read::Refused(refusal) => return Check::unknown(ID, refusal, "whether logs are copied elsewhere"),
        Read::Absent => &Vec::new(),
        Read::Found(rules) => rules,
    };
    let foreign = rules.iter().find(|rule| {
        !case.asks.accepted.has(
            &[Topic::Replication],
            &[&rule.id, &rule.bucket, &case.arn(&format!("s3:::{}", rule.bucket))],
        )
    });
    match foreign {
        None => Check::pass(ID, "Logs are copied nowhere else"),
        Some(rule) => Check::warn(ID, format!("Audit logs are copied to {}", rule.bucket))
            .cause(format!("the replication rule `{}` copies them, and no setting asks for it", rule.id))
            .remedy([
                "if it should not, after asking whose it is:".to_owned(),
                crate::remedy::aws(&["s3api", "delete-bucket-replication", "--bucket", &bucket.name]),
            ]),
    }
}
