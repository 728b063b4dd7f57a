//! Objects of a trail's bucket, many at a time.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_s3::error::SdkError;
use engine::{CloudError, CloudErrorKind};
use trail::{Answer, Examiner, Metadata, PublicKeys, Purpose, Request};

use super::Archive;
use crate::error::{cloud_error, is_throttled};

/// How often a throttled call is made again, beside what the SDK does.
const PATIENCE: u32 = 6;

/// How long to wait before the first of these calls; twice as long before each other.
const PAUSE: Duration = Duration::from_millis(250);

/// An object as it was read.
#[derive(Debug)]
pub enum Fetched {
    /// It is there.
    Object {
        /// Its user metadata.
        metadata: BTreeMap<String, String>,
        /// Its bytes, to come.
        body: aws_smithy_types::byte_stream::ByteStream,
    },
    /// There is none.
    Absent,
}

/// Reads objects and says what they hold, with buffers of its own.
#[derive(Debug, Default)]
pub struct Reader {
    examiner: Examiner,
}

impl Reader {
    /// A reader that keeps the content of digests.
    pub fn keeping() -> Self {
        Self { examiner: Examiner::keeping() }
    }

    /// What an object says. What cannot be read is said to be unreadable, and why.
    pub async fn answer(&mut self, archive: &Archive, request: &Request, keys: &PublicKeys) -> Answer {
        let mut pause = PAUSE;
        for _ in 0..PATIENCE {
            match self.attempt(archive, request, keys).await {
                Err(error) if passes(error.kind) => tokio::time::sleep(pause).await,
                Err(error) => return Answer::Unreadable(reason(&error)),
                Ok(answer) => return answer,
            }
            pause *= 2;
        }
        let last = self.attempt(archive, request, keys).await;
        last.unwrap_or_else(|error| Answer::Unreadable(reason(&error)))
    }

    async fn attempt(
        &mut self,
        archive: &Archive,
        request: &Request,
        keys: &PublicKeys,
    ) -> Result<Answer, CloudError> {
        let bucket = request.bucket.as_deref().unwrap_or(&archive.bucket);
        let fetched = archive.fetch(bucket, &request.key, request.version.as_deref()).await?;
        let Fetched::Object { metadata, mut body } = fetched else { return Ok(Answer::Absent) };
        self.examiner.begin();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| interrupted(&error))?;
            if !self.examiner.push(request, &chunk) {
                break;
            }
        }
        let digest = (request.purpose == Purpose::Digest).then(|| Metadata {
            signature: metadata.get("signature").cloned(),
            algorithm: metadata.get("signature-algorithm").cloned(),
        });
        Ok(self.examiner.answer(request, digest.as_ref(), keys))
    }
}

impl Archive {
    /// Begins to read an object.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn fetch(&self, bucket: &str, key: &str, version: Option<&str>) -> Result<Fetched, CloudError> {
        let request = self.s3.get_object().bucket(bucket).key(key).set_version_id(version.map(str::to_owned));
        match request.send().await {
            Ok(object) => {
                let metadata = object.metadata.unwrap_or_default().into_iter().collect();
                Ok(Fetched::Object { metadata, body: object.body })
            }
            Err(SdkError::ServiceError(refusal)) if refusal.err().is_no_such_key() => Ok(Fetched::Absent),
            Err(error) => {
                let throttled = is_throttled(&error);
                let error = cloud_error("s3:GetObject", error);
                if crate::call::has_code(&error, &["NoSuchVersion", "NoSuchKey"]) {
                    return Ok(Fetched::Absent);
                }
                Err(if throttled { CloudError { kind: CloudErrorKind::Throttled, ..error } } else { error })
            }
        }
    }
}

impl Archive {
    /// The same as [`Self::fetch`], again where it may go well another time.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn fetch_patiently(&self, key: &str, version: Option<&str>) -> Result<Fetched, CloudError> {
        let mut pause = PAUSE;
        for _ in 0..PATIENCE {
            match self.fetch(&self.bucket, key, version).await {
                Err(error) if passes(error.kind) => tokio::time::sleep(pause).await,
                answer => return answer,
            }
            pause *= 2;
        }
        self.fetch(&self.bucket, key, version).await
    }
}

/// Whether it may go well another time.
fn passes(kind: CloudErrorKind) -> bool {
    matches!(kind, CloudErrorKind::Throttled | CloudErrorKind::Unreachable)
}

fn interrupted(error: &dyn std::error::Error) -> CloudError {
    CloudError {
        operation: "s3:GetObject".to_owned(),
        kind: CloudErrorKind::Unreachable,
        code: None,
        message: error.to_string(),
        request_id: None,
        status: None,
    }
}

/// An error in a sentence, with AWS's code and request id.
pub fn reason(error: &CloudError) -> String {
    let code = error.code.as_deref().map(|code| format!("{code}: ")).unwrap_or_default();
    let request = error.request_id.as_deref().map(|id| format!(" (request id {id})")).unwrap_or_default();
    format!("{}: {code}{}{request}", error.operation, error.message)
}
