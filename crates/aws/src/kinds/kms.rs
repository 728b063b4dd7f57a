//! KMS.

pub(crate) mod alias;
pub(crate) mod key;
