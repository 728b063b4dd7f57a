//! Fuzzes the reading of public keys, in both encodings: as `ListPublicKeys` gives them, and the DER within.
#![no_main]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use trail::keys::PublicKey;

fuzz_target!(|bytes: &[u8]| keys(bytes));

/// Whatever a key is, it has not signed what nobody signed.
fn keys(bytes: &[u8]) {
    let texts = [std::str::from_utf8(bytes).map(str::to_owned).unwrap_or_default(), STANDARD.encode(bytes)];
    for value in texts {
        let key = PublicKey {
            fingerprint: String::new(),
            value,
            validity_start_time: None,
            validity_end_time: None,
        };
        for signature in [bytes, &[7; 256], &[]] {
            assert_ne!(key.verifies(b"message", signature), Some(true));
        }
    }
}
