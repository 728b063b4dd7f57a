//! Failed calls to AWS: what they mean, and what a person can do about them.

use engine::{CloudError, CloudErrorKind};
use foundation::kinds::read_along;
use terraform::Diagnostic;

use super::Circumstances;
use super::advice::{Advice, identity};
use super::credentials::credentials;

/// What a failed call means.
pub(crate) fn finding(error: &CloudError, circumstances: &Circumstances) -> Diagnostic {
    let Advice { summary, detail, hint } = advice(error, circumstances);
    // Without credentials AWS was not asked, and what each of five sources says is for the log.
    let was_asked = error.kind != CloudErrorKind::Credentials || error.code.is_some();
    let detail = match (was_asked, detail.is_empty()) {
        (false, false) => format!("{} needs some. {detail}", error.operation),
        (_, true) => answer(error),
        (true, false) => format!("{}\n\n{detail}", answer(error)),
    };
    let finding = Diagnostic::error(summary, detail);
    match hint {
        Some(hint) => finding.hint(hint),
        None => finding,
    }
}

/// Failures of the same kind at several things, put together: what failed, and the first error of each group. Without
/// credentials, network or a right clock every call fails alike, whatever it is.
pub(crate) fn grouped<'a, T>(
    failures: impl IntoIterator<Item = (T, &'a CloudError)>,
) -> Vec<(Vec<T>, &'a CloudError)> {
    let mut groups: Vec<(Vec<T>, &CloudError)> = Vec::new();
    for (what, error) in failures {
        let known = groups.iter_mut().find(|(_, first)| {
            let alike = (first.kind, &first.code) == (error.kind, &error.code);
            alike && (is_about_all(error.kind) || first.operation == error.operation)
        });
        match known {
            Some((members, _)) => members.push(what),
            None => groups.push((vec![what], error)),
        }
    }
    groups
}

/// Whether a refusal stays as it is until somebody does something about it.
pub(crate) fn stays(error: &CloudError) -> bool {
    match error.kind {
        CloudErrorKind::AccessDenied
        | CloudErrorKind::Credentials
        | CloudErrorKind::ClockSkew
        | CloudErrorKind::Unknown => true,
        CloudErrorKind::Throttled | CloudErrorKind::Unreachable | CloudErrorKind::Malformed => false,
        CloudErrorKind::Refused => !matches!(
            error.code.as_deref(),
            None | Some(
                "InsufficientS3BucketPolicyException"
                    | "InsufficientEncryptionPolicyException"
                    | "OperationAborted"
                    | "ConflictException"
                    | "ConcurrentModification"
                    | "ConcurrentModificationException"
                    | "KMSInvalidStateException"
            )
        ),
    }
}

/// Whether every call fails alike, whatever it is.
pub(crate) fn is_about_all(kind: CloudErrorKind) -> bool {
    matches!(kind, CloudErrorKind::Credentials | CloudErrorKind::Unreachable | CloudErrorKind::ClockSkew)
}

/// What was called and what came back, with everything AWS's support asks for.
fn answer(error: &CloudError) -> String {
    let status = error.status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    let code = error.code.as_deref().map(|code| format!("{code}{status}: ")).unwrap_or_default();
    let request = error.request_id.as_deref().map(|id| format!("\nRequest id: {id}")).unwrap_or_default();
    format!("{}: {code}{}{request}", error.operation, error.message)
}

fn advice(error: &CloudError, circumstances: &Circumstances) -> Advice {
    let again = circumstances.again();
    let plain = |summary: String, hint: String| Advice { summary, detail: String::new(), hint: Some(hint) };
    match error.kind {
        CloudErrorKind::Credentials => credentials(error, circumstances),
        CloudErrorKind::AccessDenied if removes_tags(&error.operation) => Advice {
            summary: format!("Access denied to {}", error.operation),
            detail:
                "Everything else of the object is as planned; the tags that it was to lose are still there."
                    .to_owned(),
            hint: Some(format!(
                "use credentials that may do {}; or leave the tags to those who write them:\n  ignore_tags = {{ keys = [\"KEY\"] }}",
                error.operation
            )),
        },
        CloudErrorKind::AccessDenied if error.message.contains("explicit deny") => Advice {
            summary: format!("{} is denied by a policy", error.operation),
            detail: String::new(),
            hint: Some(denied(error)),
        },
        CloudErrorKind::AccessDenied => plain(
            format!("Access denied to {}", error.operation),
            format!(
                "use credentials that may do {}, or ask for that; who you are: {}",
                needed(&error.operation),
                identity(circumstances)
            ),
        ),
        CloudErrorKind::Throttled => plain(
            format!("AWS takes no more calls of {} for now", error.operation),
            format!("wait a minute, then: {again}; if it happens again: {again} -parallelism=4"),
        ),
        CloudErrorKind::Unreachable => {
            plain("AWS cannot be reached".to_owned(), unreachable(error, circumstances))
        }
        CloudErrorKind::ClockSkew => plain(
            "This machine's clock is wrong".to_owned(),
            format!(
                "AWS takes no request that is more than five minutes off; compare `date -u` with the real time, set the clock (sudo timedatectl set-ntp true), then: {again}"
            ),
        ),
        CloudErrorKind::Malformed => plain(
            format!("The answer to {} cannot be understood", error.operation),
            format!(
                "try again: {again}; if it stays, something other than AWS may be answering (a proxy, an emulator)"
            ),
        ),
        CloudErrorKind::Unknown => plain(
            format!("The answer to {} says more than underpin knows", error.operation),
            "AWS has something new there: a later version of underpin may know it; until then, what somebody set so has to be \
             looked at, and changed, by hand"
                .to_owned(),
        ),
        CloudErrorKind::Refused => Advice {
            summary: format!("AWS refused {}", error.operation),
            detail: String::new(),
            hint: error.code.as_deref().and_then(|code| refused(code, error, &again)),
        },
    }
}

/// Whether a call takes tags away from an object.
fn removes_tags(operation: &str) -> bool {
    operation.split_once(':').is_some_and(|(_, name)| name.starts_with("Untag") || name == "RemoveTags")
}

fn unreachable(error: &CloudError, circumstances: &Circumstances) -> String {
    let again = circumstances.again();
    // Only a state is an object of ours.
    let of_state = error.operation.ends_with("Object") || error.operation == "s3:ListObjectsV2";
    if let Some(store) = circumstances.state_endpoint.as_deref().filter(|_| of_state) {
        return format!(
            "the backend says that its store is at {store}: check that it answers, then: {again}"
        );
    }
    match &circumstances.endpoint {
        Some(endpoint) => match circumstances.proxy {
            Some(proxy) => format!(
                "calls go to {endpoint} (AWS_ENDPOINT_URL), through a proxy if the one in {proxy} is for it: check that both answer, or name the host in NO_PROXY; then: {again}"
            ),
            None => {
                format!("calls go to {endpoint} (AWS_ENDPOINT_URL): check that it answers, then: {again}")
            }
        },
        None => {
            let region = circumstances.region.as_deref().unwrap_or("the region");
            let proxy = match circumstances.proxy {
                Some(proxy) => format!("the proxy in {proxy} (NO_PROXY names hosts that need none)"),
                None => "whether a proxy is needed (HTTPS_PROXY)".to_owned(),
            };
            format!("check the network, {proxy}, and that {region} is spelled right; then: {again}")
        }
    }
}

/// The IAM actions that a call needs: its own, and those that AWS checks along with it (service authorization
/// reference).
fn needed(operation: &str) -> String {
    let also = match operation {
        "kms:CreateKey" => "kms:TagResource, kms:PutKeyPolicy",
        "kms:CreateAlias" | "kms:UpdateAlias" | "kms:DeleteAlias" => {
            return format!("`{operation}` on both the alias and the key");
        }
        "iam:CreateRole" => "iam:TagRole",
        "iam:CreateInstanceProfile" => "iam:TagInstanceProfile",
        "iam:CreatePolicy" => "iam:TagPolicy",
        "iam:AddRoleToInstanceProfile" => "iam:PassRole",
        "cloudtrail:CreateTrail" => "cloudtrail:AddTags",
        "s3:CreateBucket" => {
            "s3:PutBucketOwnershipControls, s3:PutBucketObjectLockConfiguration, s3:PutBucketVersioning"
        }
        "s3:HeadBucket" => return "`s3:ListBucket`".to_owned(),
        "s3:GetObject" | "s3:PutObject" => {
            "kms:Decrypt, kms:GenerateDataKey when the bucket is encrypted with a key"
        }
        other => return reading(other),
    };
    format!("`{operation}` (with it: {also})")
}

/// The same of a call that reads an object: with it what else reading one needs, so that it is asked for once.
fn reading(operation: &str) -> String {
    let also: Vec<&str> = read_along(operation).collect();
    match also.is_empty() {
        true => format!("`{operation}`"),
        false => format!("`{operation}` (with it: {})", also.join(", ")),
    }
}

/// The account that a message names.
fn account_in(message: &str) -> Option<&str> {
    message.split(|c: char| !c.is_ascii_digit()).find(|number| number.len() == 12)
}

/// Who can help against an explicit deny: AWS says in which kind of policy it stands.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
fn denied(error: &CloudError) -> String {
    let kinds = [
        (
            "service control policy",
            "whoever runs the organization (a service control policy holds for every credential of this account)",
        ),
        (
            "resource control policy",
            "whoever runs the organization (a resource control policy holds for every credential)",
        ),
        ("permissions boundary", "whoever set the permissions boundary of these credentials, or use others"),
        ("session policy", "whoever made this session with a session policy, or sign in without one"),
        (
            "VPC endpoint policy",
            "whoever runs the network (a VPC endpoint's policy), or go another way to AWS",
        ),
        ("resource-based policy", "whoever may change the policy of the object"),
        ("identity-based policy", "whoever gives these credentials their policies, or use others"),
    ];
    let who =
        kinds.iter().find(|(kind, _)| error.message.contains(kind)).map_or("whoever set it", |(_, who)| *who);
    format!(
        "no permission that is added helps against an explicit deny of {}: ask {who}",
        needed(&error.operation)
    )
}

/// What helps against a refusal that only its code tells from others.
fn refused(code: &str, error: &CloudError, again: &str) -> Option<String> {
    Some(match code {
        "TrailAlreadyExistsException" if account_in(&error.message).is_some() => format!(
            "account {} has a trail of this name that covers this account too, most often the organization's: choose another \
             project_name or environment; to see it: aws cloudtrail describe-trails",
            account_in(&error.message).unwrap_or_default()
        ),
        "EntityAlreadyExists" if error.message.contains("IAM takes the name for that of") => {
            "names are compared without case, whatever their path: remove that one, or choose another project_name or environment"
                .to_owned()
        }
        "MalformedPolicyDocumentException" if error.message.contains("will not allow you to update") => {
            "whoever runs this may not change a key policy (kms:PutKeyPolicy), and KMS makes no key that its maker could not \
             look after: allow that, or write the ARN of who runs this into kms_key_administrators"
                .to_owned()
        }
        "NotImplemented" => {
            "the store answered, and does not know this call: use a bucket of Amazon S3, or a newer version of the store"
                .to_owned()
        }
        "EntityAlreadyExists" | "EntityAlreadyExistsException" | "AlreadyExistsException" | "TrailAlreadyExistsException"
        | "BucketAlreadyOwnedByYou" => {
            "somebody made it since the plan; see what there is now: underpin plan".to_owned()
        }
        "BucketAlreadyExists" => {
            "another account has a bucket of this name: set cloudtrail_bucket_suffix to another one".to_owned()
        }
        "MaximumNumberOfTrailsExceededException" => {
            "a region takes five trails, those of other regions that record everywhere included: aws cloudtrail describe-trails".to_owned()
        }
        "LimitExceeded" | "LimitExceededException" | "TooManyBuckets" => {
            "a quota of the account is used up: raise it in Service Quotas, or remove what is not needed".to_owned()
        }
        "InsufficientS3BucketPolicyException" | "InsufficientEncryptionPolicyException" => {
            format!("a new bucket or key policy takes a while to work everywhere: wait a minute, then: {again}")
        }
        "DeleteConflict" | "DeleteConflictException" => {
            "something that underpin did not make still uses it (a policy, an instance profile): remove that first".to_owned()
        }
        "MalformedPolicyDocument" | "MalformedPolicyDocumentException" | "MalformedPolicy" => {
            "a principal in it may not exist: check kms_key_administrators and artos_ecr_aws_account".to_owned()
        }
        "OperationAborted" | "ConflictException" | "ConcurrentModification" | "ConcurrentModificationException"
        | "KMSInvalidStateException" => format!("another change is still under way in AWS: wait a minute, then: {again}"),
        "OptInRequired" | "SubscriptionRequiredException" | "InvalidRegion" => {
            "the account has not enabled this service or region: aws account list-regions".to_owned()
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
