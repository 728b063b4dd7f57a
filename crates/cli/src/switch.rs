//! A switch as Go's flag package reads it: `-lock`, `-lock=false`, `-lock=0`.

/// Reads one of Go's spellings of true and false.
pub(crate) fn parse(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// The same for clap.
///
/// # Errors
/// Any other text.
pub(crate) fn value(text: &str) -> Result<bool, String> {
    parse(text).ok_or_else(|| "write true or false".to_owned())
}
