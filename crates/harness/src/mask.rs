//! Generated names made equal, so that two runs can be compared.

use std::collections::HashMap;

/// How the groups of a UUID are long.
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
/// What comes before the generated end of the log bucket's name.
const BUCKET: &str = "-cloudtrail-logs-";

/// The digits with which Terraform's provider makes an id unique: a time and a counter.
const STAMP: usize = 26;

/// Numbers UUIDs and bucket suffixes by their first appearance: `UUID-1`, `SUFFIX-1`.
pub(crate) fn numbered(text: &str) -> String {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut counts = [0_usize; 2];
    replace(text, |generated, kind| {
        if kind == "STAMP" {
            return kind.to_owned();
        }
        let number = *seen.entry(generated.to_owned()).or_insert_with(|| {
            let count = if kind == "UUID" { &mut counts[0] } else { &mut counts[1] };
            *count += 1;
            *count
        });
        format!("{kind}-{number}")
    })
}

/// Makes all UUIDs `UUID`, and all bucket suffixes `SUFFIX`.
pub(crate) fn plain(text: &str) -> String {
    replace(text, |_, kind| kind.to_owned())
}

fn replace(text: &str, mut name: impl FnMut(&str, &str) -> String) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let before_is_hex = masked.ends_with(|last: char| last.is_ascii_hexdigit());
        let found = match uuid(rest) {
            Some(length) if !before_is_hex => Some((length, "UUID")),
            _ if masked.ends_with('-') && stamp(rest) => Some((STAMP, "STAMP")),
            _ if masked.ends_with(BUCKET) => hex(rest, 8).then_some((8, "SUFFIX")),
            _ => None,
        };
        let (length, kind) = found.unwrap_or((first.len_utf8(), ""));
        let (taken, tail) = rest.split_at(length);
        if kind.is_empty() {
            masked.push_str(taken);
        } else {
            masked.push_str(&name(taken, kind));
        }
        rest = tail;
    }
    masked
}

fn uuid(text: &str) -> Option<usize> {
    let mut at = 0;
    for (index, length) in GROUPS.into_iter().enumerate() {
        if index > 0 {
            if text.get(at..=at)? != "-" {
                return None;
            }
            at += 1;
        }
        if !hex(text.get(at..)?, length) {
            return None;
        }
        at += length;
    }
    Some(at)
}

fn stamp(text: &str) -> bool {
    text.get(..STAMP).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
}

fn hex(text: &str, length: usize) -> bool {
    text.get(..length)
        .is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "0a1b2c3d-0000-4000-8000-00000000000a";
    const TWO: &str = "ffffffff-0000-4000-8000-00000000000a";

    #[test]
    fn numbers_by_first_appearance() {
        let text = format!("{TWO} é {ONE} {TWO} p-cloudtrail-logs-0a1b2c3d/x p-cloudtrail-logs-ffffffff");
        assert_eq!(
            numbered(&text),
            "UUID-1 é UUID-2 UUID-1 p-cloudtrail-logs-SUFFIX-1/x p-cloudtrail-logs-SUFFIX-2"
        );
    }

    #[test]
    fn leaves_what_only_looks_alike() {
        assert_eq!(numbered("role-20261122103318004600000007"), "role-STAMP");
        for text in ["0a1b2c3d-0000-4000-8000-0000000", "-cloudtrail-logs-audit", "A0A1B2C3D", ""] {
            assert_eq!(plain(text), text);
        }
        assert_eq!(plain(&format!("key/{ONE}")), "key/UUID");
    }
}
