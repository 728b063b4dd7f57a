//! Why a command failed, on stderr.

use terraform::Diagnostic;

use super::diagnostics;
use super::palette::Palette;
use crate::error::CliError;

/// The error, whose findings these are, as text; empty when all has been told. Ends with a newline.
pub(super) fn render(
    error: &CliError,
    findings: &[Diagnostic],
    palette: Palette,
    width: Option<usize>,
) -> String {
    if let CliError::Cancelled(what) = error {
        return format!("{what} cancelled.\n");
    }
    let text = diagnostics::render(findings, palette, width);
    match findings.len() {
        0 => String::new(),
        1 => format!("{}\n", text.trim_end()),
        _ => format!("{text}{}; nothing was changed.\n", diagnostics::count(findings)),
    }
}

#[cfg(test)]
mod tests;
