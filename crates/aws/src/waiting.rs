//! Eventual consistency: which refusals pass by themselves, and how long to wait for that.

use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use engine::{CloudError, CloudErrorKind};
use tokio::time::Instant;

use crate::call::{call, has_code};
use crate::error::is_throttled;

/// Whether KMS refuses a policy under which whoever sends it could not change it again: no later attempt is answered
/// otherwise. The code is the one of an unknown principal; the text is AWS's, and has stayed as it is.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
fn locks_out(error: &CloudError) -> bool {
    has_code(error, MALFORMED) && error.message.contains("will not allow you to update the key policy")
}

#[cfg(test)]
mod tests;

/// IAM: two changes of one entity at once.
pub const ENTITY_BUSY: &[&str] = &["ConcurrentModification", "EntityTemporarilyUnmodifiable"];
/// IAM: the entity was made a moment ago and is not visible everywhere.
pub const ENTITY_NEW: &[&str] = &["ConcurrentModification", "EntityTemporarilyUnmodifiable", "NoSuchEntity"];
/// IAM: a principal in the document was made a moment ago.
pub const TRUST_DOCUMENT: &[&str] =
    &["ConcurrentModification", "EntityTemporarilyUnmodifiable", "MalformedPolicyDocument"];
/// IAM: the same, and the entity itself was made a moment ago.
pub const ENTITY_DOCUMENT: &[&str] =
    &["ConcurrentModification", "EntityTemporarilyUnmodifiable", "MalformedPolicyDocument", "NoSuchEntity"];
/// IAM: what was detached a moment ago still holds the entity.
pub const ENTITY_HELD: &[&str] =
    &["ConcurrentModification", "DeleteConflict", "EntityTemporarilyUnmodifiable"];
/// KMS: the key was made, cancelled or enabled a moment ago.
pub const KEY_NEW: &[&str] =
    &["DependencyTimeoutException", "DisabledException", "KMSInvalidStateException", "NotFoundException"];
/// KMS: the same, and a principal in the policy was made a moment ago.
pub const KEY_DOCUMENT: &[&str] = &[
    "DependencyTimeoutException",
    "KMSInvalidStateException",
    "MalformedPolicyDocumentException",
    "NotFoundException",
];
/// S3: two settings of one bucket at once.
pub const BUCKET_BUSY: &[&str] = &["ConflictException", "OperationAborted"];
/// S3: the same, or the bucket was made or deleted a moment ago.
pub const BUCKET: &[&str] = &["ConflictException", "NoSuchBucket", "OperationAborted"];
/// S3: the same, and a principal in the policy was made a moment ago.
pub const BUCKET_DOCUMENT: &[&str] =
    &["ConflictException", "MalformedPolicy", "NoSuchBucket", "OperationAborted"];
/// S3: the same, and versioning was switched on a moment ago.
pub const BUCKET_LOCK: &[&str] =
    &["ConflictException", "InvalidBucketState", "NoSuchBucket", "OperationAborted"];
/// CloudTrail: the trail, its bucket, its key, its log group, its topic or their policies were made a moment ago.
pub const TRAIL_NEW: &[&str] = &[
    "CloudWatchLogsDeliveryUnavailableException",
    "ConflictException",
    "InsufficientEncryptionPolicyException",
    "InsufficientS3BucketPolicyException",
    "InsufficientSnsTopicPolicyException",
    "InvalidCloudWatchLogsLogGroupArnException",
    "InvalidCloudWatchLogsRoleArnException",
    "KmsException",
    "KmsKeyNotFoundException",
    "S3BucketDoesNotExistException",
    "TrailNotFoundException",
];
/// CloudTrail: two changes of one trail at once.
pub const TRAIL_BUSY: &[&str] = &["ConflictException"];

/// A document that names an unknown principal, or one that is wrong and stays so.
pub(crate) const MALFORMED: &[&str] =
    &["MalformedPolicy", "MalformedPolicyDocument", "MalformedPolicyDocumentException"];

/// How long and how often to repeat a call that AWS refuses for now.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The first pause; each further one is twice as long.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// When to give up.
    pub limit: Duration,
    /// When to give up on a document called malformed, which mostly is.
    pub malformed_limit: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(100),
            longest: Duration::from_secs(5),
            limit: Duration::from_secs(120),
            malformed_limit: Duration::from_secs(60),
        }
    }
}

impl Patience {
    /// Calls until the answer is neither one of the `passing` codes nor throttling, or the limit is reached.
    ///
    /// # Errors
    /// The last refusal.
    pub async fn retry<T, F>(&self, passing: &[&str], attempt: impl FnMut() -> F) -> Result<T, CloudError>
    where
        F: Future<Output = Result<T, CloudError>>,
    {
        self.repeated(attempt, |answer| self.limit_for(answer.as_ref().err()?, passing)).await
    }

    /// Looks again until the answer shows what AWS says is there, or the limit is reached; then it is the last answer.
    ///
    /// # Errors
    /// Those of `look`.
    pub async fn until<T, F>(
        &self,
        shows: impl Fn(&T) -> bool,
        look: impl FnMut() -> F,
    ) -> Result<T, CloudError>
    where
        F: Future<Output = Result<T, CloudError>>,
    {
        self.repeated(look, |answer| answer.as_ref().is_ok_and(|found| !shows(found)).then_some(self.limit))
            .await
    }

    /// Makes a call that AWS refuses for now only when there are too many.
    ///
    /// # Errors
    /// The last refusal.
    pub async fn call<T, E, F>(
        &self,
        operation: &str,
        mut sending: impl FnMut() -> F,
    ) -> Result<T, CloudError>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        self.retry(&[], || call(operation, sending())).await
    }

    /// Makes a call for a caller that decides on the SDK's own errors: repeated while there are too many calls.
    ///
    /// # Errors
    /// The last refusal.
    pub async fn unthrottled<T, E, F>(
        &self,
        sending: impl FnMut() -> F,
    ) -> Result<T, SdkError<E, HttpResponse>>
    where
        E: ProvideErrorMetadata,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        self.repeated(sending, |answer| answer.as_ref().is_err_and(is_throttled).then_some(self.limit)).await
    }

    /// Asks until there is no limit to an answer, which makes it the last, or until its limit is reached.
    async fn repeated<R, F>(&self, mut ask: impl FnMut() -> F, limit: impl Fn(&R) -> Option<Duration>) -> R
    where
        F: Future<Output = R>,
    {
        let started = Instant::now();
        let mut number = 0;
        loop {
            let answer = ask().await;
            let pause = self.pause(number);
            if limit(&answer).is_none_or(|limit| started.elapsed() + pause >= limit) {
                return answer;
            }
            tokio::time::sleep(pause).await;
            number += 1;
        }
    }

    /// The pause after failure `number` (from 0): between half and all of the doubling step, so that callers that met do not meet again.
    pub fn pause(&self, number: u32) -> Duration {
        let step = self.first.saturating_mul(2_u32.saturating_pow(number)).min(self.longest);
        step.mul_f64(rand::random_range(0.5..=1.0))
    }

    /// How long a refusal is waited for, if it may pass.
    fn limit_for(&self, error: &CloudError, passing: &[&str]) -> Option<Duration> {
        let passes =
            error.kind == CloudErrorKind::Throttled || (has_code(error, passing) && !locks_out(error));
        passes.then_some(if has_code(error, MALFORMED) { self.malformed_limit } else { self.limit })
    }
}
