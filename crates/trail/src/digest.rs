//! What a digest says.

use std::borrow::Cow;

use serde::Deserialize;

use crate::hash::Hash;
use crate::moment::Moment;

/// The only algorithm that CloudTrail signs with.
pub const ALGORITHM: &str = "SHA256withRSA";

/// A digest, as far as a verification needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// When its period begins.
    pub start: Moment,
    /// When its period ends.
    pub end: Moment,
    /// The same as it stands there: it is part of what is signed.
    pub end_text: String,
    /// The bucket that it was delivered to.
    pub bucket: String,
    /// The key that it was delivered under.
    pub object: String,
    /// Which key signed it.
    pub fingerprint: String,
    /// The digest before it; none where a chain begins.
    pub previous: Option<Previous>,
    /// The logs of its period.
    pub logs: Vec<NamedLog>,
}

/// The digest before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Previous {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub object: String,
    /// The hash of its content.
    pub hash: Option<Hash>,
    /// Its signature in hexadecimal.
    pub signature: Option<String>,
}

/// A log that a digest names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedLog {
    /// Its bucket, where it is another than the digest's.
    pub bucket: Option<String>,
    /// Its key.
    pub object: String,
    /// The hash of its content; none where what stands there is no SHA-256 hash.
    pub hash: Option<Hash>,
}

/// The document, field by field, as AWS writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(borrow)]
    digest_start_time: Cow<'a, str>,
    #[serde(borrow)]
    digest_end_time: Cow<'a, str>,
    #[serde(borrow)]
    digest_s3_bucket: Cow<'a, str>,
    #[serde(borrow)]
    digest_s3_object: Cow<'a, str>,
    #[serde(borrow)]
    digest_public_key_fingerprint: Cow<'a, str>,
    #[serde(borrow, default)]
    previous_digest_s3_bucket: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    previous_digest_s3_object: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    previous_digest_hash_value: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    previous_digest_signature: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    log_files: Vec<LogFile<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogFile<'a> {
    #[serde(borrow)]
    s3_bucket: Cow<'a, str>,
    #[serde(borrow)]
    s3_object: Cow<'a, str>,
    #[serde(borrow)]
    hash_value: Cow<'a, str>,
    #[serde(borrow, default)]
    hash_algorithm: Option<Cow<'a, str>>,
}

impl Digest {
    /// Reads a digest's content.
    ///
    /// # Errors
    /// It is no JSON, or something that every digest has is missing.
    pub fn parse(content: &[u8]) -> Result<Self, String> {
        let document: Document<'_> = serde_json::from_slice(content).map_err(|error| error.to_string())?;
        let moment =
            |text: &str| Moment::parse(text).ok_or_else(|| format!("`{}` is no time", text.escape_debug()));
        let (start, end) = (moment(&document.digest_start_time)?, moment(&document.digest_end_time)?);
        let bucket = document.digest_s3_bucket.into_owned();
        let logs = document.log_files.into_iter().map(|log| log.named(&bucket)).collect();
        let previous = document.previous_digest_s3_object.map(|object| Previous {
            bucket: document.previous_digest_s3_bucket.unwrap_or_default().into_owned(),
            object: object.into_owned(),
            hash: document.previous_digest_hash_value.as_deref().and_then(Hash::parse),
            signature: document.previous_digest_signature.map(Cow::into_owned),
        });
        Ok(Self {
            start,
            end,
            end_text: document.digest_end_time.into_owned(),
            bucket,
            object: document.digest_s3_object.into_owned(),
            fingerprint: document.digest_public_key_fingerprint.into_owned(),
            previous,
            logs,
        })
    }

    /// What is signed of a digest whose content has `hash`.
    pub fn string_to_sign(&self, hash: Hash) -> String {
        let previous = self.previous.as_ref().and_then(|previous| previous.signature.as_deref());
        let previous = previous.unwrap_or("null");
        format!("{}\n{}/{}\n{hash}\n{previous}", self.end_text, self.bucket, self.object)
    }
}

impl LogFile<'_> {
    fn named(self, bucket: &str) -> NamedLog {
        let sha256 = self.hash_algorithm.is_none_or(|algorithm| algorithm == "SHA-256");
        NamedLog {
            bucket: (self.s3_bucket != bucket).then(|| self.s3_bucket.into_owned()),
            object: self.s3_object.into_owned(),
            hash: Hash::parse(&self.hash_value).filter(|_| sha256),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_aws_documents() {
        let digest = Digest::parse(
            br#"{"awsAccountId":"111122223333","digestStartTime":"2015-08-17T14:01:31Z","digestEndTime":"2015-08-17T15:01:31Z",
            "digestS3Bucket":"b","digestS3Object":"k","digestPublicKeyFingerprint":"31e8b5433410dfb61a9dc45cc65b22ff",
            "digestSignatureAlgorithm":"SHA256withRSA","newestEventTime":null,"oldestEventTime":null,
            "previousDigestS3Bucket":null,"previousDigestS3Object":null,"previousDigestHashValue":null,
            "previousDigestHashAlgorithm":null,"previousDigestSignature":null,
            "logFiles":[{"s3Bucket":"b","s3Object":"l\u002f1","hashValue":"9bb6196fc6b84d6f075a56548feca262bd99ba3c2de41b618e5b6e22c1fc71f6","hashAlgorithm":"SHA-256"},
            {"s3Bucket":"c","s3Object":"l2","hashValue":"00","hashAlgorithm":"SHA-256"}]}"#,
        )
        .unwrap();
        assert_eq!(digest.previous, None);
        let [one, two] = digest.logs.as_slice() else { panic!("{digest:?}") };
        assert_eq!((one.object.as_str(), &one.bucket, one.hash.is_some()), ("l/1", &None, true));
        assert_eq!((two.bucket.as_deref(), two.hash), (Some("c"), None));
        let hash = Hash::of(b"");
        assert_eq!(digest.string_to_sign(hash), format!("2015-08-17T15:01:31Z\nb/k\n{hash}\nnull"));
    }

    #[test]
    fn what_is_no_digest_is_an_error() {
        for content in ["", "{}", "[]", "{\"digestStartTime\":1}", "\u{feff}{}", "null"] {
            assert!(Digest::parse(content.as_bytes()).is_err(), "{content}");
        }
    }
}
