//! Where the access logs of the log bucket go, and whether they can arrive there
//! (S3 user guide, "Enabling Amazon S3 server access logging").

use policy::Policy;

use foundation::Topic;

use crate::case::Case;
use crate::check::Check;
use crate::facts::{BucketFacts, Read};
use crate::judge::{Answer, Asked, Party};

const ID: &str = "trail.access-logs";

pub(super) fn checks(case: &Case<'_>, bucket: &BucketFacts) -> Option<Check> {
    let wanted = case.settings.cloudtrail_access_log_bucket.as_ref().map(ToString::to_string);
    let live = match &bucket.logging {
        Read::Refused(refusal) => {
            return Some(Check::unknown(ID, refusal, "where the access logs of the log bucket go"));
        }
        Read::Absent => None,
        Read::Found(target) => Some(target),
    };
    Some(match (wanted, live) {
        (None, None) => Check::not_set_up(
            ID,
            "access logs of the log bucket",
            "they would be by cloudtrail_access_log_bucket",
        ),
        (None, Some(target)) if case.asks.accepted.has(&[Topic::AccessLogging], &[&target.bucket]) => {
            Check::pass(ID, format!("Access logs go to {}, which the settings accept", target.bucket))
        }
        (None, Some(target)) => Check::warn(
            ID,
            format!("Somebody else gets to know who reads the logs: {}", target.bucket),
        )
        .cause(format!("access logs go to {}, and no setting asks for it", target.bucket))
        .remedy([
            format!(
                "to keep it: cloudtrail_access_log_bucket = \"{}\"; otherwise, after asking whose it is:",
                target.bucket
            ),
            crate::remedy::aws(&[
                "s3api",
                "put-bucket-logging",
                "--bucket",
                &bucket.name,
                "--bucket-logging-status",
                "{}",
            ]),
        ]),
        (Some(wanted), live) if live.is_none_or(|target| target.bucket != wanted) => {
            Check::warn(ID, "Who reads the logs is not recorded where the settings say")
                .cause(match live {
                    Some(target) => format!("access logs go to {} instead of {wanted}", target.bucket),
                    None => format!("the log bucket has no access logging to {wanted}"),
                })
                .remedy(case.apply())
        }
        (Some(_), _) => arriving(case, bucket),
    })
}

fn arriving(case: &Case<'_>, bucket: &BucketFacts) -> Check {
    let Some(target) = &case.facts.access_log_bucket else {
        return Check::pass(ID, "Access logs go where the settings say");
    };
    let lost = |cause: String, remedy: &str| {
        Check::fail(ID, "Access logs of the log bucket do not arrive")
            .cause(cause)
            .remedy([remedy.to_owned()])
    };
    match &target.region {
        Read::Refused(refusal) => return Check::unknown(ID, refusal, "whether the access logs arrive"),
        Read::Absent => {
            return lost(
                format!("there is no bucket {}", target.name),
                "make it in the region of the log bucket, with a policy that lets logging.s3.amazonaws.com write",
            );
        }
        Read::Found(region) if region != case.region() => {
            return lost(
                format!("{} is in {region}, and S3 delivers within {} alone", target.name, case.region()),
                "name a bucket of the same region: cloudtrail_access_log_bucket",
            );
        }
        Read::Found(_) => {}
    }
    if let Some(encryption) =
        target.encryption.found().filter(|encryption| encryption.algorithm.starts_with("aws:kms"))
    {
        return lost(
            format!(
                "{} encrypts with {}, and S3 delivers into buckets with SSE-S3 alone",
                target.name, encryption.algorithm
            ),
            "set the target's default encryption to AES256",
        );
    }
    if target.lock.found().is_some_and(|lock| lock.mode.is_some()) {
        return lost(
            format!("{} has a default retention, and S3 does not deliver into such a bucket", target.name),
            "take the default retention off the target",
        );
    }
    if let Some(check) = written(case, bucket, target) {
        return check;
    }
    let refused = [target.encryption.refusal(), target.lock.refusal()].into_iter().flatten().next();
    match refused {
        Some(refusal) => Check::unknown(ID, refusal, "whether the access logs arrive"),
        None => Check::pass(ID, format!("Access logs arrive in {}", target.name)),
    }
}

/// Whether the target's policy stops S3 from writing. ACLs may let it write too, so only a policy that is there counts.
fn written(case: &Case<'_>, bucket: &BucketFacts, target: &BucketFacts) -> Option<Check> {
    let text = match &target.policy {
        Read::Refused(refusal) => return Some(Check::unknown(ID, refusal, "whether the access logs arrive")),
        Read::Absent => None,
        Read::Found(text) => Some(text),
    };
    let policy = text.map_or_else(|| Ok(Policy::new([])), |text| Policy::parse(text));
    let policy = match policy {
        Ok(policy) => policy,
        Err(error) => {
            return Some(
                Check::fail(ID, "The policy of the access logs' bucket is not understood")
                    .cause(error.to_string())
                    .remedy(["look at the target's policy"]),
            );
        }
    };
    let object = case.arn(&format!("s3:::{}/{}/any", target.name, bucket.name));
    let asked = Asked::new(case, "s3:PutObject", object)
        .with("aws:SourceArn", case.arn(&format!("s3:::{}", bucket.name)))
        .with("aws:SourceAccount", case.account());
    let is_let_by_acl = target
        .acl
        .found()
        .is_some_and(|grantees| grantees.iter().any(|grantee| grantee.ends_with("/LogDelivery")));
    match Party::service("logging.s3.amazonaws.com").may(Some(&policy), &asked) {
        Answer::Stopped(crate::judge::Stop::Unallowed(_)) if is_let_by_acl => None,
        Answer::Stopped(crate::judge::Stop::Unallowed(_)) if target.acl.refusal().is_some() => {
            target.acl.refusal().map(|refusal| Check::unknown(ID, refusal, "whether the access logs arrive"))
        }
        Answer::Stopped(stop) => Some(
            Check::fail(ID, "Access logs of the log bucket do not arrive")
                .cause(format!(
                    "the policy of {} does not let logging.s3.amazonaws.com write: {}",
                    target.name,
                    crate::permission::sentence(&stop, "it")
                ))
                .remedy([format!(
                    "allow s3:PutObject on {}/* to logging.s3.amazonaws.com in the policy of {}",
                    case.arn(&format!("s3:::{}", target.name)),
                    target.name
                )]),
        ),
        Answer::Allowed | Answer::Open(_) => None,
    }
}
