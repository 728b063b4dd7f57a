//! How the objects of the state bucket are written.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};

/// What the backend says about objects that are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writing {
    /// Server-side encryption.
    pub encryption: Encryption,
    /// A canned ACL.
    pub acl: Option<String>,
    /// Leave out the SHA-256 checksum.
    pub skip_checksum: bool,
}

/// Server-side encryption of the objects.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Encryption {
    /// As the bucket does it.
    #[default]
    Bucket,
    /// With S3's keys.
    S3,
    /// With a KMS key: id, alias or ARN, sent as given.
    Kms(String),
    /// With a key of our own, base64 of 32 bytes.
    Customer(String),
}

impl std::fmt::Debug for Encryption {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bucket => formatter.write_str("Bucket"),
            Self::S3 => formatter.write_str("S3"),
            Self::Kms(key) => formatter.debug_tuple("Kms").field(key).finish(),
            Self::Customer(_) => formatter.write_str("Customer(…)"),
        }
    }
}

/// The customer key headers.
pub(super) struct CustomerKey {
    pub(super) key: String,
    pub(super) md5: String,
}

impl Writing {
    /// The headers of a customer key, where one encrypts the objects.
    pub(super) fn customer_key(&self) -> Option<CustomerKey> {
        let Encryption::Customer(key) = &self.encryption else {
            return None;
        };
        let bytes = BASE64_STANDARD.decode(key).unwrap_or_default();
        Some(CustomerKey { key: key.clone(), md5: BASE64_STANDARD.encode(Md5::digest(bytes)) })
    }
}
