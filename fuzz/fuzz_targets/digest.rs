//! Fuzzes the reading of digests, of the events in a log, of keys of objects, and of public keys in both encodings.
#![no_main]

use base64::Engine;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| digest(bytes));

/// A digest, the content of a log, the key of an object, or a public key: nothing panics, and a digest that is read signs a
/// text of four lines or more.
fn digest(bytes: &[u8]) {
    if let Ok(digest) = trail::digest::Digest::parse(bytes) {
        assert!(digest.string_to_sign(trail::Hash::of(bytes)).lines().count() >= 3);
    }
    trail::event::stops(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Some(name) = trail::name::Name::parse("", text) {
            assert!(text.starts_with(name.place));
        }
        let key = trail::keys::PublicKey {
            fingerprint: String::new(),
            value: text.to_owned(),
            validity_start_time: None,
            validity_end_time: None,
        };
        assert_ne!(key.verifies(b"message", bytes), Some(true));
    }
    let key = base64::engine::general_purpose::STANDARD.encode(bytes);
    let key = trail::keys::PublicKey {
        fingerprint: String::new(),
        value: key,
        validity_start_time: None,
        validity_end_time: None,
    };
    assert_ne!(key.verifies(b"message", &[7; 256]), Some(true));
}
