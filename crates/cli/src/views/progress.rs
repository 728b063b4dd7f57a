//! What is told while an apply runs.

use engine::{Event, Progress};

use super::palette::Palette;

/// Tells events as they happen. Dropping it (or [`ProgressView::finish`]) ends it.
#[derive(Debug)]
pub struct ProgressView {}

impl ProgressView {
    /// Lines that move on a terminal, plain lines elsewhere.
    pub fn start(_is_terminal: bool, _palette: Palette) -> Self {
        Self {}
    }

    /// Prints a line above whatever moves: `Interrupt received.`
    pub fn say(&self, _line: &str) {}

    /// Takes the moving lines away.
    pub fn finish(&self) {}
}

impl Progress for ProgressView {
    fn event(&self, _event: &Event) {}
}
