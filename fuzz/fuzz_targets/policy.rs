//! Fuzzes the reading of policies, their canonical form, the linter, and the comparison of two.
#![no_main]

use libfuzzer_sys::fuzz_target;
use policy::{Attachment, Kind, Policy, difference, lint};

/// What stands between two policies.
const BETWEEN: &str = "\n---\n";

fuzz_target!(|bytes: &[u8]| policies(bytes));

/// One policy, or two: what is read is printed and read again as the same, its canonical form decides alike, and what
/// is said of both can be said.
fn policies(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (first, second) = text.split_once(BETWEEN).unwrap_or((text, ""));
    let first = match Policy::parse(first) {
        Ok(first) => first,
        Err(error) => return drop(error.to_string()),
    };
    match Policy::parse(&first.to_json()) {
        Ok(again) => assert_eq!(again.to_json(), first.to_json(), "a printed policy is another"),
        Err(error) => panic!("a printed policy cannot be read: {error}: {}", first.to_json()),
    }
    let canonical = first.canonical();
    assert!(first.means_the_same(&canonical), "{}", first.to_json());
    let kind = Kind::guess(&first);
    for finding in lint(&first, kind, Some("123456789012")) {
        assert!(!finding.message.is_empty());
    }
    let attachment = Attachment::to(kind).of("123456789012");
    assert!(difference(Some(&first), Some(&canonical), attachment).is_empty(), "{}", first.to_json());
    if let Ok(second) = Policy::parse(second) {
        for change in difference(Some(&first), Some(&second), attachment) {
            assert!(!change.to_string().is_empty());
        }
    }
}
