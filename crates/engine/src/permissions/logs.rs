//! What changes for the logs and the key that reads them, beside policies: who can delete or shorten logs, and from when.

use foundation::Power;
use policy::Mark;
use terraform::Value;

use super::{Part, Permission, Stated, text_of};
use crate::plan::Action;

/// What an attribute of the bucket, its settings or the key decides otherwise.
pub(super) fn of_attribute(part: &Part<'_>, name: &str, power: Power) -> Vec<Permission> {
    let found = match power {
        Power::KeyUse => key_use(part, name),
        Power::Retention => retention(part, name),
        Power::Expiry => expiry(part, name),
        Power::Versions => versions(part, name),
        Power::PublicAccess => public_access(part, name),
        Power::Ownership => ownership(part, name),
        _ => None,
    };
    found.into_iter().collect()
}

/// A key that is switched on, off, or about to be deleted.
fn key_use(part: &Part<'_>, name: &str) -> Option<Permission> {
    let key = || Stated {
        principal: None,
        actions: &["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"],
        resources: vec![part.change.address.to_string()],
        marks: &[],
    };
    if part.change.action == Action::Delete && part.change.retain {
        let sentence = "nobody can use it any more once its deletion is scheduled, whatever its policy says";
        return Some(part.stated(false, sentence.to_owned(), key()));
    }
    let (before, after) = part.values(name);
    match (before?.as_bool()?, after?.as_bool()?) {
        (false, true) => {
            let sentence = "whom its policy allows to use it can do so again: it was disabled";
            Some(part.stated(true, sentence.to_owned(), key()))
        }
        (true, false) => {
            Some(part.stated(false, "nobody can use it any more: it is disabled".to_owned(), key()))
        }
        _ => None,
    }
}

/// Object Lock: for how long nobody can delete a log, and who can lift that.
fn retention(part: &Part<'_>, name: &str) -> Option<Permission> {
    let (before, after) = part.values(name);
    let (old, new) = (lock(before), lock(after));
    if old == new {
        return None;
    }
    let words = |lock: Option<(bool, u64)>| match lock {
        Some((true, days)) => format!("nobody can delete or overwrite them for {days} days (COMPLIANCE)"),
        Some((false, days)) => {
            format!("for {days} days only who has s3:BypassGovernanceRetention can delete them (GOVERNANCE)")
        }
        None => "whoever has s3:DeleteObjectVersion can delete them at once".to_owned(),
    };
    let weaker = new.map_or((false, 0), |lock| lock) < old.map_or((false, 0), |lock| lock)
        || new.map_or(0, |(_, days)| days) < old.map_or(0, |(_, days)| days);
    let sentence = format!(
        "logs written from the apply on: {} (before: {}); those there are keep the lock that they have",
        words(new),
        words(old)
    );
    Some(part.stated(weaker, sentence, deletion(part)))
}

/// The mode, whether nobody can lift it, and the days of a default retention.
fn lock(rule: Option<&Value>) -> Option<(bool, u64)> {
    let retention = rule?.get(0)?.get("default_retention")?.get(0)?;
    let number = |name: &str| retention.get(name).and_then(number);
    let days = number("days").or_else(|| number("years").map(|years| years * 365))?;
    Some((retention.get("mode").and_then(Value::as_str) == Some("COMPLIANCE"), days))
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// A lifecycle rule: after how many days S3 itself deletes logs.
fn expiry(part: &Part<'_>, name: &str) -> Option<Permission> {
    let (before, after) = part.values(name);
    let (old, new) = (expiration(before), expiration(after));
    if old == new {
        return None;
    }
    let words = |days: Option<u64>| match days {
        Some(days) => format!("S3 deletes them {days} days after they were written"),
        None => "nothing deletes them by itself".to_owned(),
    };
    let sentence = format!("logs, those there are included: {} (before: {})", words(new), words(old));
    let sooner = new.unwrap_or(u64::MAX) < old.unwrap_or(u64::MAX);
    let stated = Stated { principal: Some("s3.amazonaws.com".to_owned()), ..deletion(part) };
    Some(part.stated(sooner, sentence, stated))
}

/// The soonest expiration of rules that are enabled.
fn expiration(rules: Option<&Value>) -> Option<u64> {
    let enabled = rules?.as_array()?.iter().filter(|rule| text_of(rule.get("status")) == Some("Enabled"));
    enabled.filter_map(|rule| rule.get("expiration")?.get(0)?.get("days").and_then(number)).min()
}

/// Versioning: whether a log that is overwritten or deleted can be brought back.
fn versions(part: &Part<'_>, name: &str) -> Option<Permission> {
    let (before, after) = part.values(name);
    let is_on = |value: Option<&Value>| -> bool {
        value.and_then(|value| text_of(value.get(0)?.get("status"))) == Some("Enabled")
    };
    if is_on(before) == is_on(after) {
        return None;
    }
    let stated = Stated { actions: &["s3:DeleteObject", "s3:PutObject"], ..deletion(part) };
    let sentence = match is_on(after) {
        true => {
            "whoever can delete or overwrite a log loses the power to do so for good: old versions are kept"
        }
        false => {
            "whoever has s3:DeleteObject or s3:PutObject can delete or overwrite logs for good: versions are no longer kept"
        }
    };
    Some(part.stated(!is_on(after), sentence.to_owned(), stated))
}

/// One of the four blocks of public access.
fn public_access(part: &Part<'_>, name: &str) -> Option<Permission> {
    let (before, after) = part.values(name);
    let is_on = |value: Option<&Value>| value.and_then(Value::as_bool).unwrap_or_default();
    if is_on(before) == is_on(after) {
        return None;
    }
    let sentence = match is_on(after) {
        true => format!("everyone loses what public policies or ACLs allow ({name})"),
        false => format!("everyone gains what public policies or ACLs allow ({name} is off)"),
    };
    let stated = Stated {
        principal: Some("*".to_owned()),
        actions: &["s3:*"],
        resources: objects(part),
        marks: &[Mark::Public],
    };
    Some(part.stated(!is_on(after), sentence, stated))
}

/// Whether ACLs count.
fn ownership(part: &Part<'_>, name: &str) -> Option<Permission> {
    let (before, after) = part.values(name);
    let is_enforced = |value: Option<&Value>| -> bool {
        value.and_then(|value| text_of(value.get(0)?.get("object_ownership"))) == Some("BucketOwnerEnforced")
    };
    if is_enforced(before) == is_enforced(after) {
        return None;
    }
    let sentence = match is_enforced(after) {
        true => "whoever an ACL allows something loses it: ACLs are off",
        false => "whoever an ACL allows something gains it: ACLs count",
    };
    let stated = Stated { principal: None, actions: &["s3:*"], resources: objects(part), marks: &[] };
    Some(part.stated(!is_enforced(after), sentence.to_owned(), stated))
}

/// Deleting logs.
fn deletion(part: &Part<'_>) -> Stated<'static> {
    Stated {
        principal: None,
        actions: &["s3:DeleteObjectVersion"],
        resources: objects(part),
        marks: &[Mark::Protection],
    }
}

/// The objects of the bucket.
fn objects(part: &Part<'_>) -> Vec<String> {
    let name = part.schema.naming_whole().and_then(|attribute| part.text(attribute.name)).unwrap_or_default();
    vec![format!("arn:{}:s3:::{name}/*", part.plan.caller.partition)]
}
