//! The public keys of CloudTrail, a list for each region, and what they say about a signature.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// A key as `ListPublicKeys` gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublicKey {
    /// Its name.
    pub fingerprint: String,
    /// In base64 the DER of a PKCS#1 `RSAPublicKey` (RFC 8017) or of a `SubjectPublicKeyInfo` (RFC 5280): AWS's documents
    /// show both.
    pub value: String,
    /// From when it signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_start_time: Option<Moment>,
    /// Until when it signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_end_time: Option<Moment>,
}

impl PublicKey {
    /// Whether `signature` is this key's over `message` (RSASSA-PKCS1-v1_5 with SHA-256); `None` for a key that is none.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> Option<bool> {
        // The length of the keys is AWS's choice, so every length that the library knows is taken.
        let der = STANDARD.decode(self.value.trim()).ok()?;
        aws_lc_rs::signature::ParsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, &der)
            .ok()?;
        let key = UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, der);
        Some(key.verify(message, signature).is_ok())
    }
}

/// The keys of all regions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKeys {
    regions: BTreeMap<String, Vec<PublicKey>>,
}

impl PublicKeys {
    /// Adds keys of a region, each once.
    pub fn add(&mut self, region: &str, keys: impl IntoIterator<Item = PublicKey>) {
        let known = self.regions.entry(region.to_owned()).or_default();
        for key in keys {
            if !known.contains(&key) {
                known.push(key);
            }
        }
    }

    /// The key of that name: the region's own, or another's, since a name belongs to one key.
    pub fn find(&self, region: &str, fingerprint: &str) -> Option<&PublicKey> {
        let own = self.regions.get(region).into_iter();
        own.chain(self.regions.values()).flatten().find(|key| key.fingerprint == fingerprint)
    }

    /// Region and key, sorted by region.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &PublicKey)> {
        self.regions.iter().flat_map(|(region, keys)| keys.iter().map(move |key| (region.as_str(), key)))
    }
}
