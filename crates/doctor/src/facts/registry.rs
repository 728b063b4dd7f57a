//! The image registry, as far as it can be seen from this account.

use super::Read;

/// What was read or given of the registry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistryFacts {
    /// The answer to a manifest read of the image that was asked about, in the caller's name.
    pub probe: Option<Read<Probe>>,
    /// The owner's repository policy, read or given.
    pub repository_policy: Option<Read<String>>,
    /// The policy of the VPC endpoint, given.
    pub endpoint_policy: Option<String>,
}

/// A manifest that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Its digest.
    pub digest: String,
    /// The platforms that an index lists; empty for an image.
    pub platforms: Vec<String>,
}
