//! Why a command failed, on stderr.

use super::diagnostics;
use super::palette::Palette;
use crate::error::{Circumstances, CliError};

/// The error as text; empty when all has been told. Ends with a newline.
pub(super) fn render(
    error: &CliError,
    circumstances: &Circumstances,
    palette: Palette,
    width: Option<usize>,
) -> String {
    if let CliError::Cancelled(what) = error {
        return format!("{what} cancelled.\n");
    }
    let findings = error.findings(circumstances);
    let text = diagnostics::render(&findings, palette, width);
    match findings.len() {
        0 => String::new(),
        1 => format!("{}\n", text.trim_end()),
        _ => format!("{text}{}; nothing was changed.\n", diagnostics::count(&findings)),
    }
}

#[cfg(test)]
mod tests;
