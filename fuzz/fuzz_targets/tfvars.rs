//! Fuzzes the reading of variable files.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzz::tfvars(bytes));
