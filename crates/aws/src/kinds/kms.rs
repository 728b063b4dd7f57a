//! KMS.

pub mod alias;
pub mod key;
