//! The state stores: where a state's bytes live, and who may write them.

pub mod local;
pub mod process;
pub mod s3;

pub(crate) use terraform::state::STATE_LIMIT;

/// Lowercase hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
