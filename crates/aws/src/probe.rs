//! What doctor reads: every read at once, nothing written, and every refusal kept as a fact.

mod alerts;
mod bucket;
mod history;
mod identities;
mod key;
mod registry;
mod roles;
mod state;
mod trail;

use std::collections::BTreeMap;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use doctor::facts::{
    AlertFacts, BucketFacts, History, KeyFacts, Read, Refusal, RefusalKind, RegistryFacts, RoleFacts,
    TrailFacts,
};
use doctor::{ImageReference, Targets};
use engine::{CloudError, CloudErrorKind};
use time::OffsetDateTime;

use crate::account::Account;
use crate::error::cloud_error;

pub use bucket::{bucket, bucket_of};
pub use state::{earlier_versions, neighbours};

/// What to ask besides the foundation itself.
#[derive(Clone, Debug, Default)]
pub struct Questions<'a> {
    /// An image, to be read in the caller's name.
    pub image: Option<&'a ImageReference>,
    /// A role whose policies are asked for.
    pub principal: Option<&'a str>,
    /// Whether the events are given already, so that none are looked up.
    pub has_history: bool,
}

/// The answers.
#[derive(Debug)]
pub struct Answers {
    /// The key.
    pub key: KeyFacts,
    /// The foundation's roles by the names of their addresses.
    pub roles: BTreeMap<String, RoleFacts>,
    /// Other roles by ARN.
    pub callers: BTreeMap<String, RoleFacts>,
    /// The documents of managed policies and boundaries by ARN.
    pub documents: BTreeMap<String, Read<String>>,
    /// The roles in the instance profile.
    pub instance_profile: Option<Read<Vec<String>>>,
    /// The registry.
    pub registry: RegistryFacts,
    /// The trail.
    pub trail: TrailFacts,
    /// The log bucket.
    pub log_bucket: Option<BucketFacts>,
    /// Where its access logs go.
    pub access_log_bucket: Option<BucketFacts>,
    /// Who is told, if the settings ask for it.
    pub alerts: Option<AlertFacts>,
    /// The events by source.
    pub history: BTreeMap<String, Read<History>>,
}

impl Answers {
    /// Where no read can succeed, all of them are refused alike, and none is tried.
    pub fn refused(targets: &Targets, refusal: &Refusal) -> Self {
        let named = |operation: &str| Refusal { operation: operation.to_owned(), ..refusal.clone() };
        let role = |name: &str| RoleFacts {
            name: name.to_owned(),
            record: Read::Refused(named("iam:GetRole")),
            attached: Read::Absent,
            inline: Read::Absent,
            instance_profiles: None,
        };
        let roles = targets.roles.iter().map(|target| (target.part.clone(), role(&target.name)));
        let bucket = |name: &String| BucketFacts::bare(name, Read::Refused(named("s3:ListBucket")));
        let profile = targets.instance_profile.as_ref();
        Self {
            key: key::refused(&named("kms:DescribeKey")),
            roles: roles.collect(),
            callers: BTreeMap::new(),
            documents: BTreeMap::new(),
            instance_profile: profile.map(|_| Read::Refused(named("iam:GetInstanceProfile"))),
            registry: RegistryFacts::default(),
            trail: TrailFacts {
                trails: Read::Refused(named("cloudtrail:DescribeTrails")),
                status: Read::Absent,
                selectors: Read::Absent,
            },
            log_bucket: targets.log_bucket.as_ref().map(bucket),
            access_log_bucket: None,
            alerts: targets.alerts.as_ref().map(|alerts| alerts::refused(alerts, &named)),
            history: BTreeMap::new(),
        }
    }
}

/// Reads everything, in parallel.
pub async fn probe(account: &Account, targets: &Targets, questions: &Questions<'_>) -> Answers {
    let history =
        async { if questions.has_history { BTreeMap::new() } else { history::lookup(account).await } };
    let (key, iam, (trail, log_bucket, access_log_bucket), registry, alerts, history) = futures::join!(
        key::key(account, targets),
        roles::all(account, targets, questions.principal),
        trail::with_buckets(account, targets),
        registry::registry(account, questions.image),
        async {
            match &targets.alerts {
                Some(alerts) => Some(alerts::alerts(account, alerts, targets).await),
                None => None,
            }
        },
        history,
    );
    let roles::Roles { roles, callers, documents, instance_profile } = iam;
    Answers {
        key,
        roles,
        callers,
        documents,
        instance_profile,
        registry,
        trail,
        log_bucket,
        access_log_bucket,
        alerts,
        history,
    }
}

/// Reads the policies of roles whose calls were denied; the rest is known already.
pub async fn callers(account: &Account, arns: &[String], answers: &mut Answers) {
    let known = std::mem::take(&mut answers.documents);
    let roles::Roles { callers, documents, .. } = roles::of_arns(account, arns, known).await;
    answers.documents = documents;
    answers.callers.extend(callers);
}

/// A refusal as doctor takes it.
pub fn refusal(error: &CloudError) -> Refusal {
    let kind = match error.kind {
        CloudErrorKind::AccessDenied => RefusalKind::Denied,
        CloudErrorKind::Credentials => RefusalKind::Credentials,
        CloudErrorKind::ClockSkew => RefusalKind::Clock,
        CloudErrorKind::Unreachable | CloudErrorKind::Malformed | CloudErrorKind::Unknown => {
            RefusalKind::Unreachable
        }
        CloudErrorKind::Throttled => RefusalKind::Throttled,
        CloudErrorKind::Refused => RefusalKind::Other,
    };
    Refusal {
        operation: error.operation.clone(),
        kind,
        code: error.code.clone(),
        message: error.message.clone(),
        request_id: error.request_id.clone(),
    }
}

/// Awaits a read. One of `absent` is an answer: there is no such thing.
async fn read<T, E>(
    operation: &str,
    absent: &[&str],
    sending: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
) -> Read<T>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match sending.await {
        Ok(answer) => Read::Found(answer),
        Err(error) => {
            let error = cloud_error(operation, error);
            let is_absent = error.code.as_deref().is_some_and(|code| absent.contains(&code));
            if is_absent { Read::Absent } else { Read::Refused(refusal(&error)) }
        }
    }
}

/// The same read, its value changed; `None` is absent.
fn then<T, U>(read: Read<T>, change: impl FnOnce(T) -> Option<U>) -> Read<U> {
    match read {
        Read::Found(value) => change(value).map_or(Read::Absent, Read::Found),
        Read::Absent => Read::Absent,
        Read::Refused(refusal) => Read::Refused(refusal),
    }
}

/// A moment as AWS's SDK gives it.
fn moment(at: Option<&aws_smithy_types::DateTime>) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(at?.secs()).ok()
}
