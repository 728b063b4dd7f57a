//! How long logs are kept, and who may end that: versions, expiry, Object Lock, copies.

use foundation::Topic;
use time::OffsetDateTime;

use crate::case::{Case, moment};
use crate::check::Check;
use crate::facts::{BucketFacts, Expiration, Read};
use crate::remedy::aws;

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
    let is_early = |days: i32| wanted.is_none_or(|wanted| days < wanted);
    let counting = rules.iter().filter(|rule| {
        rule.enabled && reaches_logs(rule) && !case.asks.accepted.has(&[Topic::LifecycleRule], &[&rule.id])
    });
    let early = counting.filter_map(|rule| {
        let end = match (rule.days, rule.date, rule.noncurrent_days) {
            (Some(days), ..) if is_early(days) => End::After(days),
            (_, Some(date), _) => End::On(date),
            (.., Some(days)) if is_early(days) => End::OfVersions(days),
            _ => return None,
        };
        Some((rule, end))
    });
    let mut early: Vec<(&Expiration, End)> = early.collect();
    // What ends logs comes before what ends those that somebody deleted.
    early.sort_by_key(|(_, end)| matches!(end, End::OfVersions(_)));
    let is_kept = |rule: &Expiration| rule.enabled && rule.prefix.is_empty() && rule.days == wanted;
    match (early.first(), wanted) {
        (Some((rule, end)), _) => ending(case, (rule, end), &early),
        (None, Some(wanted)) if !rules.iter().any(is_kept) => Check::warn(ID, "Old logs are never deleted")
            .cause(format!("the settings keep logs {wanted} days, and no rule deletes them then"))
            .remedy(case.apply()),
        (None, _) => Check::pass(ID, "No rule deletes logs too early"),
    }
}

/// How a rule ends logs.
enum End {
    After(i32),
    On(OffsetDateTime),
    /// What was deleted or overwritten.
    OfVersions(i32),
}

/// Whether a rule is about objects below where CloudTrail writes.
fn reaches_logs(rule: &Expiration) -> bool {
    const LOGS: &str = "AWSLogs/";
    LOGS.starts_with(&rule.prefix) || rule.prefix.starts_with(LOGS)
}

impl End {
    fn sentence(&self) -> String {
        let days = |days: i32| if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        match self {
            Self::After(count) => format!("Audit logs are deleted after {}", days(*count)),
            Self::On(date) => format!("Audit logs are deleted on {}", moment(*date)),
            Self::OfVersions(count) => {
                format!("Audit logs that somebody deletes can be brought back for {} alone", days(*count))
            }
        }
    }
}

/// Rules that end logs earlier than the settings say; the worst one first.
fn ending(case: &Case<'_>, (rule, end): (&Expiration, &End), early: &[(&Expiration, End)]) -> Check {
    let instead = case.settings.cloudtrail_log_retention_days.map_or_else(
        || "the settings let none delete them".to_owned(),
        |wanted| format!("the settings keep them {wanted} days"),
    );
    let others = early.iter().skip(1);
    Check::warn("trail.lifecycle", end.sentence())
        .cause(format!("the lifecycle rule `{}` deletes them; {instead}", rule.id))
        .evidence(others.map(|(rule, end)| format!("the rule `{}` too: {}", rule.id, end.sentence())))
        .evidence([format!(
            "apply takes out what deletes logs and leaves other rules; accepted = [\"lifecycle_rule:{}\"] keeps it",
            rule.id
        )])
        .remedy(case.apply())
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
    let (accepted, foreign): (Vec<_>, Vec<_>) = rules.iter().partition(|rule| {
        case.asks.accepted.has(
            &[Topic::Replication],
            &[&rule.id, &rule.bucket, &case.arn(&format!("s3:::{}", rule.bucket))],
        )
    });
    let Some(rule) = foreign.first() else { return Check::pass(ID, "Logs are copied nowhere else") };
    // The command takes all rules away, so it is given where none of them is wanted.
    let remedy = match accepted.is_empty() {
        true => vec![
            "if it should not, after asking whose it is:".to_owned(),
            aws(&["s3api", "delete-bucket-replication", "--bucket", &bucket.name]),
        ],
        false => vec![format!(
            "if it should not, after asking whose it is, take the rule `{}` out of the bucket's replication",
            rule.id
        )],
    };
    let others = foreign.iter().skip(1);
    Check::warn(ID, format!("Audit logs are copied to {}", rule.bucket))
        .cause(format!("the replication rule `{}` copies them, and no setting asks for it", rule.id))
        .evidence(others.map(|rule| format!("the rule `{}` copies them to {} too", rule.id, rule.bucket)))
        .remedy(remedy)
}
