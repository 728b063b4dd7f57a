//! Fuzzes the reading of digests, of the events in a log, and of keys of objects.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| digest(bytes));

/// A digest, the content of a log, or the key of an object: nothing panics, and a digest that is read signs a text of four
/// lines or more.
fn digest(bytes: &[u8]) {
    if let Ok(digest) = trail::digest::Digest::parse(bytes) {
        assert!(digest.string_to_sign(trail::Hash::of(bytes)).lines().count() >= 3);
    }
    trail::event::stops(bytes);
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Some(name) = trail::name::Name::parse("", text)
    {
        assert!(text.starts_with(name.place));
    }
}
