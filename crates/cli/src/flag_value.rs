//! Values of flags as Go's flag package reads them: `-lock`, `-lock=false`, `-lock=0`, and `30s`, `1m30s`, `500ms`.

use std::time::Duration;

const UNITS: [(&str, f64); 8] = [
    ("ns", 1e-9),
    ("us", 1e-6),
    ("µs", 1e-6),
    ("μs", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
];

/// Reads one of Go's spellings of true and false.
pub(crate) fn is_true(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// A switch, for clap.
///
/// # Errors
/// Any other text.
pub(crate) fn switch(text: &str) -> Result<bool, String> {
    is_true(text).ok_or_else(|| "write true or false".to_owned())
}

/// Reads a duration; a number alone has no unit and is refused, except 0.
///
/// # Errors
/// Text that is no duration, or a negative one.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no duration; write for example 30s or 5m");
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    if text.is_empty() {
        return Err(wrong());
    }
    let mut seconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
        let (number, tail) = rest.split_at(end);
        let number: f64 = number.parse().map_err(|_| wrong())?;
        let end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
        seconds += number * factor;
        rest = tail;
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_go_durations() {
        for (text, milliseconds) in
            [("0", 0), ("0s", 0), ("30s", 30_000), ("1m30s", 90_000), ("1.5h", 5_400_000), ("500ms", 500)]
        {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "3", "s", "1x", "-3s", "1 s", "1..5s", "99999999999999999999h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
