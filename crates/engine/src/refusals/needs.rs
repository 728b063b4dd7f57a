//! What has to remain possible under the policies of the foundation.

use foundation::{Arn, addresses};
use policy::{Kind, Principal, Request};
use terraform::{Attributes, Value};

use super::resolved;
use crate::plan::{Change, Plan};

/// What must remain possible.
pub(super) struct Need {
    /// What it is if it is not, as a title.
    pub(super) summary: &'static str,
    /// What a service must be able to do, or somebody of an account.
    pub(super) request: Request,
    /// What stops otherwise.
    pub(super) consequence: &'static str,
    /// The role whose trust it is about, by which `accepted` names it.
    pub(super) role: Option<String>,
}

/// The keys of the encryption context of a log.
const CONTEXT_TRAIL: &str = "kms:EncryptionContext:aws:cloudtrail:arn";
const CONTEXT_LOG: &str = "kms:EncryptionContext:aws:s3:arn";

/// What must remain possible under the policy of what a change is about.
pub(super) fn needs(kind: Kind, change: &Change, plan: &Plan) -> Vec<Need> {
    match kind {
        Kind::Key => of_key(plan),
        Kind::Bucket => of_bucket(plan),
        Kind::Trust => of_trust(change, plan).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Logs are read through S3, which decrypts for whoever asks it, in the context of the trail and of where the log is, or of the
/// bucket with a bucket key (CloudTrail user guide, `how-kms-works-with-cloudtrail`; S3 user guide, `bucket-key`). The key's
/// policy is changed by nobody through a service (KMS developer guide, `conditions-kms`, `kms:ViaService`).
fn of_key(plan: &Plan) -> Vec<Need> {
    let (key, trail, log) = (key_arn(plan), trail_arn(plan), log_arn(plan));
    let storage = format!("s3.{}.{}", plan.region.as_str(), plan.caller.partition.dns_suffix());
    let change = of_somebody(plan, "kms:PutKeyPolicy", &key).with("kms:ViaService", Vec::<String>::new());
    let read = of_somebody(plan, "kms:Decrypt", &key)
        .with("kms:ViaService", [storage])
        .with(CONTEXT_TRAIL, [trail.as_str()])
        .with(CONTEXT_LOG, [log.as_str(), bucket_arn(plan).as_str()]);
    let encrypt = of_cloudtrail(plan, "kms:GenerateDataKey", &key)
        .with(CONTEXT_TRAIL, [trail.as_str()])
        .with(CONTEXT_LOG, [log.as_str()]);
    vec![
        Need {
            summary: "Nobody could change the key's policy any more",
            request: change,
            consequence: "Neither an administrator of the account nor anybody whom the policy names could write another one; \
                          only AWS's support can help then",
            role: None,
        },
        Need {
            summary: "Nobody could read the logs any more",
            request: read,
            consequence: "Nobody in the account, whatever IAM allows, could decrypt a log",
            role: None,
        },
        Need {
            summary: "CloudTrail could not encrypt its logs any more",
            request: encrypt,
            consequence: "CloudTrail would stop delivering",
            role: None,
        },
    ]
}

fn of_bucket(plan: &Plan) -> Vec<Need> {
    let (bucket, log) = (bucket_arn(plan), log_arn(plan));
    vec![
        Need {
            summary: "CloudTrail could not look at the log bucket any more",
            request: of_cloudtrail(plan, "s3:GetBucketAcl", &bucket),
            consequence: "CloudTrail would stop delivering",
            role: None,
        },
        Need {
            summary: "CloudTrail could not write its logs any more",
            request: of_cloudtrail(plan, "s3:PutObject", &log)
                .with("s3:x-amz-acl", ["bucket-owner-full-control"]),
            consequence: "CloudTrail would stop delivering",
            role: None,
        },
        Need {
            summary: "Nobody could read the logs any more",
            request: of_somebody(plan, "s3:GetObject", &log),
            consequence: "Nobody in the account, whatever IAM allows, could read a log",
            role: None,
        },
    ]
}

/// A role that a service assumes.
struct Assumed {
    /// The name in its address.
    role: &'static str,
    service: &'static str,
    /// For what the service does it, if it says so: the service in an ARN, and the resource.
    source: Option<(&'static str, &'static str)>,
}

/// EKS user guide, `cross-service-confused-deputy-prevention`, `pod-execution-role`; RDS user guide,
/// `USER_Monitoring.OS.Enabling`. EC2 does not say for what it assumes a role.
const ASSUMED: [Assumed; 4] = [
    Assumed { role: "eks_service", service: "eks.amazonaws.com", source: Some(("eks", "cluster/any")) },
    Assumed { role: "eks_node_group", service: "ec2.amazonaws.com", source: None },
    Assumed {
        role: "eks_fargate",
        service: "eks-fargate-pods.amazonaws.com",
        source: Some(("eks", "fargateprofile/any/any/any")),
    },
    Assumed {
        role: "rds_enhanced_monitoring",
        service: "monitoring.rds.amazonaws.com",
        source: Some(("rds", "db:any")),
    },
];

fn of_trust(change: &Change, plan: &Plan) -> Option<Need> {
    let Assumed { service, source, .. } =
        ASSUMED.into_iter().find(|assumed| assumed.role == change.address.name())?;
    let account = plan.caller.account_id.as_str();
    let role = Arn::iam(plan.caller.partition, &plan.caller.account_id, "role/any").to_string();
    let request = Request::new(Principal::service(service), "sts:AssumeRole", role, account)
        .with("aws:SecureTransport", ["true"]);
    let request = match source {
        Some((service, resource)) => of_account(request, plan, &regional(plan, service, resource)),
        None => request,
    };
    Some(Need {
        summary: "The role could not be assumed any more",
        request,
        consequence: "The service that the role is for could not act with it",
        role: Some(role_name(change)),
    })
}

fn role_name(change: &Change) -> String {
    let name = change.after.as_ref().and_then(|role| role.get("name")).map(resolved);
    name.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A request of whomever of the account. Whether a connection is encrypted is always told (IAM user guide,
/// `reference_policies_condition-keys`), and that to KMS and to STS always is.
fn of_somebody(plan: &Plan, action: &str, resource: &str) -> Request {
    let account = plan.caller.account_id.as_str();
    Request::new(Principal::aws(account), action, resource, account).with("aws:SecureTransport", ["true"])
}

fn of_cloudtrail(plan: &Plan, action: &str, resource: &str) -> Request {
    let account = plan.caller.account_id.as_str();
    let request = Request::new(Principal::service("cloudtrail.amazonaws.com"), action, resource, account)
        .with("aws:SecureTransport", ["true"]);
    of_account(request, plan, &trail_arn(plan))
}

/// A service's request for something of the account.
fn of_account(request: Request, plan: &Plan, source: &str) -> Request {
    request.with("aws:SourceArn", [source]).with("aws:SourceAccount", [plan.caller.account_id.as_str()])
}

pub(super) fn key_arn(plan: &Plan) -> String {
    let known = planned(plan, |change| change.address == addresses::key()).and_then(|key| key.get("arn"));
    let arn = || regional(plan, "kms", "key/known-after-apply");
    known.and_then(Value::as_str).map_or_else(arn, str::to_owned)
}

pub(super) fn bucket_arn(plan: &Plan) -> String {
    let bucket = planned(plan, |change| change.address == addresses::bucket());
    let name = bucket.and_then(|bucket| bucket.get("bucket")).map(resolved);
    let name = name.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    Arn::new(plan.caller.partition, "s3", "", "", name).to_string()
}

fn log_arn(plan: &Plan) -> String {
    format!("{}/AWSLogs/{}/CloudTrail/log.json.gz", bucket_arn(plan), plan.caller.account_id.as_str())
}

/// The trail's ARN, which is known before there is a trail: as the statements of the foundation name it.
pub(super) fn trail_arn(plan: &Plan) -> String {
    let trail = planned(plan, |change| change.address == addresses::trail());
    let name = trail.and_then(|trail| trail.get("name")?.as_str()).unwrap_or_default();
    regional(plan, "cloudtrail", &format!("trail/{name}"))
}

fn regional(plan: &Plan, service: &str, resource: &str) -> String {
    let (region, account) = (plan.region.as_str(), plan.caller.account_id.as_str());
    Arn::new(plan.caller.partition, service, region, account, resource).to_string()
}

fn planned(plan: &Plan, is: impl Fn(&Change) -> bool) -> Option<&Attributes> {
    plan.changes
        .iter()
        .find(|change| is(change))
        .and_then(|change| change.after.as_ref().or(change.before.as_ref()))
}
