//! The log bucket's policy: whether CloudTrail may deliver, and who else gets in.

use policy::{Attachment, Effect, Element, Kind, Policy, Principal, Statement, difference};

use crate::case::Case;
use crate::check::Check;
use crate::facts::{BucketFacts, Read};
use crate::judge::{Answer, Asked, Party, Stop};

const ID: &str = "trail.bucket-policy";

pub(super) fn check(case: &Case<'_>, bucket: &BucketFacts) -> Check {
    let live = match &bucket.policy {
        Read::Refused(refusal) => {
            return Check::unknown(ID, refusal, "whether CloudTrail may deliver, and who reads the logs");
        }
        Read::Absent => Policy::new([]),
        Read::Found(text) => match Policy::parse(text) {
            Ok(policy) => policy,
            Err(error) => {
                return Check::fail(ID, "The log bucket's policy is not understood")
                    .cause(error.to_string())
                    .remedy(case.apply());
            }
        },
    };
    let wanted = case.wanted_policy("aws_s3_bucket_policy", "cloudtrail", "policy");
    let needed = wanted.as_ref().map(Policy::to_json).unwrap_or_default();
    for asked in delivering(case, &bucket.name) {
        if let Answer::Stopped(stop) = Party::service("cloudtrail.amazonaws.com").may(Some(&live), &asked) {
            return Check::fail(ID, "CloudTrail may not write into the log bucket: audit logs are lost")
                .cause(format!("{}: {}", asked.action, cause(&stop, &bucket.policy)))
                .evidence([format!("it has to be {needed}")])
                .remedy(case.apply());
        }
    }
    if let Some(who) = strangers(case, &live).first() {
        return Check::warn(ID, format!("The log bucket's policy lets others in: {who}"))
            .cause(format!("it is {}", live.to_json()))
            .evidence([format!("it has to be {needed}")])
            .remedy(case.apply());
    }
    match wanted {
        Some(wanted) if !difference(Some(&live), Some(&wanted), Attachment::to(Kind::Bucket)).is_empty() => {
            Check::warn(ID, "The log bucket's policy is not what the settings say; CloudTrail still delivers")
                .cause(lacking(&live, &wanted))
                .evidence([format!("it is {}", live.to_json()), format!("it has to be {needed}")])
                .remedy(case.apply())
        }
        _ => Check::pass(ID, "The log bucket's policy lets CloudTrail deliver, and nobody else"),
    }
}

/// What CloudTrail does (CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail").
fn delivering(case: &Case<'_>, bucket: &str) -> [Asked; 2] {
    let resource = case.arn(&format!("s3:::{bucket}"));
    let asked = |action: &str, resource: String| {
        Asked::new(case, action, resource)
            .with("aws:SourceArn", case.trail_arn())
            .with("aws:SourceAccount", case.account())
    };
    let object = format!("{resource}/AWSLogs/{}/CloudTrail/{}/any.json.gz", case.account(), case.region());
    [
        asked("s3:GetBucketAcl", resource),
        asked("s3:PutObject", object).with("s3:x-amz-acl", "bucket-owner-full-control"),
    ]
}

fn cause(stop: &Stop, policy: &Read<String>) -> String {
    match stop {
        Stop::Denied { index, statement, .. } => match &statement.sid {
            Some(sid) => format!("denied by the statement `{sid}` of the bucket's policy"),
            None => format!("denied by statement {} of the bucket's policy", index + 1),
        },
        Stop::Unallowed(_) if policy.is_absent() => "the bucket has no policy".to_owned(),
        Stop::Unallowed(_) => "no statement of the bucket's policy allows it as CloudTrail asks".to_owned(),
    }
}

fn lacking(live: &Policy, wanted: &Policy) -> String {
    let sids = |policy: &Policy| {
        policy.statements.iter().filter_map(|statement| statement.sid.clone()).collect::<Vec<_>>()
    };
    let present = sids(live);
    match sids(wanted).into_iter().find(|sid| !present.contains(sid)) {
        Some(sid) => format!("the statement `{sid}` is missing"),
        None => "a statement means something else than it should, or is there besides".to_owned(),
    }
}

/// Those of other accounts, or everyone, whom a statement lets in.
fn strangers(case: &Case<'_>, live: &Policy) -> Vec<String> {
    let allowing = live.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    allowing
        .flat_map(named)
        .filter_map(|principal| stranger(case, principal))
        .filter(|name| !case.asks.accepted.has(&[], &[name]))
        .collect()
}

fn named(statement: &Statement) -> &[Principal] {
    match &statement.principal {
        Some(Element::Only(principals)) => principals,
        Some(Element::AllBut(_)) => &[Principal::Everyone],
        None => &[],
    }
}

fn stranger(case: &Case<'_>, principal: &Principal) -> Option<String> {
    match principal {
        Principal::Everyone => Some("everyone".to_owned()),
        Principal::Aws(arn) if arn.as_str() == "*" => Some("everyone".to_owned()),
        Principal::Aws(arn) => {
            let account = arn.split(':').nth(4).unwrap_or(arn);
            (account != case.account()).then(|| arn.clone())
        }
        Principal::CanonicalUser(id) => Some(id.clone()),
        Principal::Service(_) | Principal::Federated(_) => None,
    }
}
