//! Fuzzes the reading of lock records.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzz::lock(bytes));
