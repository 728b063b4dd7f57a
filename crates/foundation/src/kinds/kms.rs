//! KMS: the key and its name.

pub mod alias;
pub mod key;
