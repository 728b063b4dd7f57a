//! The local state store: a state file, its lock, and the processes that hold locks on this machine.
//!
//! Invariant: no network, and no AWS.

pub mod local;
pub mod process;

/// Lowercase hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
