//! Fuzzes the reading of backend files, backend arguments and backend records.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzz::backend(bytes));
