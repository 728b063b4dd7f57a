//! The log bucket's policy: whether CloudTrail may deliver, and who else gets in.

use policy::{Attachment, Kind, Policy, difference};

use crate::case::Case;
use crate::check::Check;
use crate::checks::strangers::strangers;
use crate::facts::{BucketFacts, Read, TrailDescription};
use crate::judge::{Answer, Asked, Party, Stop};
use crate::remedy::aws;

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
    let remedy = repair(case, &bucket.name, &live);
    let done = case.done(&["PutBucketPolicy", "DeleteBucketPolicy"], &bucket.name);
    for Delivery { asked, of, lost } in delivering(case, &bucket.name, super::ours(case)) {
        if let Answer::Stopped(stop) = Party::service(CLOUDTRAIL).may(Some(&live), &asked) {
            return Check::fail(ID, format!("CloudTrail may not write into the log bucket: {lost}"))
                .cause(format!("{} of {of}: {}", asked.action, cause(&stop, &bucket.policy)))
                .evidence([match &stop {
                    Stop::Denied { statement, .. } => format!("it is {}", statement.to_json()),
                    Stop::Unallowed(_) => format!("it has to be {needed}"),
                }])
                .evidence(done)
                .remedy(remedy);
        }
    }
    if let Some(stranger) = strangers(case, &live, wanted.as_ref(), Kind::Bucket).first() {
        return Check::warn(ID, format!("The log bucket's policy lets others in: {}", stranger.name))
            .cause(format!("it is {}", live.to_json()))
            .evidence([format!("it has to be {needed}")])
            .evidence(done)
            .remedy(remedy);
    }
    match wanted {
        Some(wanted) if !difference(Some(&live), Some(&wanted), Attachment::to(Kind::Bucket)).is_empty() => {
            Check::warn(ID, "The log bucket's policy is not what the settings say; CloudTrail still delivers")
                .cause(lacking(&live, &wanted))
                .evidence([format!("it is {}", live.to_json()), format!("it has to be {needed}")])
                .evidence(done)
                .remedy(remedy)
        }
        _ => Check::pass(ID, "The log bucket's policy lets CloudTrail deliver, and nobody else"),
    }
}

const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// Something that CloudTrail does to deliver.
struct Delivery {
    asked: Asked,
    /// What it is about.
    of: &'static str,
    /// What is lost where it may not.
    lost: &'static str,
}

/// What CloudTrail does (CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail"). Logs are encrypted with the
/// trail's key, digests with SSE-S3 whatever that is ("Encrypting CloudTrail log files with AWS KMS keys").
fn delivering(case: &Case<'_>, bucket: &str, trail: Option<&TrailDescription>) -> Vec<Delivery> {
    const LOST: &str = "audit logs are lost";
    let resource = case.arn(&format!("s3:::{bucket}"));
    let asked = |action: &str, resource: String| {
        Asked::new(case, action, resource)
            .with("aws:SourceArn", case.trail_arn())
            .with("aws:SourceAccount", case.account())
    };
    let put = |folder: &str| {
        let object = format!("{resource}/AWSLogs/{}/{folder}/{}/any.json.gz", case.account(), case.region());
        asked("s3:PutObject", object).with("s3:x-amz-acl", "bucket-owner-full-control")
    };
    let encrypted = |asked: Asked, with: &str| asked.with("s3:x-amz-server-side-encryption", with);
    let logs = match trail.map(|trail| &trail.kms_key) {
        Some(Some(key)) => encrypted(put("CloudTrail"), "aws:kms")
            .with("s3:x-amz-server-side-encryption-aws-kms-key-id", key.clone()),
        Some(None) => encrypted(put("CloudTrail"), "AES256"),
        None => put("CloudTrail"),
    };
    let digests = trail.filter(|trail| trail.validation).map(|_| Delivery {
        asked: encrypted(put("CloudTrail-Digest"), "AES256"),
        of: "a digest, which CloudTrail encrypts with SSE-S3",
        lost: "digests are lost, and nobody can prove the logs",
    });
    let acl = Delivery { asked: asked("s3:GetBucketAcl", resource.clone()), of: "the bucket", lost: LOST };
    [acl, Delivery { asked: logs, of: "a log", lost: LOST }].into_iter().chain(digests).collect()
}

/// Whether the bucket's policy stops a trail that delivers into a folder.
pub(super) fn refuses(case: &Case<'_>, bucket: &BucketFacts, trail: &TrailDescription) -> bool {
    let Some(live) = bucket.policy.found().and_then(|text| Policy::parse(text).ok()) else { return false };
    let folder = format!("{}/{}/AWSLogs/", bucket.name, trail.prefix.as_deref().unwrap_or_default());
    delivering(case, &bucket.name, Some(trail)).into_iter().any(|mut delivery| {
        delivery.asked.resource =
            delivery.asked.resource.replace(&format!("{}/AWSLogs/", bucket.name), &folder);
        matches!(Party::service(CLOUDTRAIL).may(Some(&live), &delivery.asked), Answer::Stopped(_))
    })
}

/// What puts the policy right: an apply, unless the policy denies that to everybody. The account's root user may delete
/// a bucket's policy whatever it says (S3 user guide, "Bucket policies for Amazon S3").
fn repair(case: &Case<'_>, bucket: &str, live: &Policy) -> Vec<String> {
    let asked = Asked::new(case, "s3:PutBucketPolicy", case.arn(&format!("s3:::{bucket}")));
    if Party::administrator(case).may(Some(live), &asked) == Answer::Allowed {
        return case.apply().into();
    }
    vec![
        "the policy denies its own replacement, from here at least; as the account's root user, or from where it allows it:"
            .to_owned(),
        aws(&["s3api", "delete-bucket-policy", "--bucket", bucket]),
        case.underpin("apply"),
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
