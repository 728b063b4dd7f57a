//! How what happens is said: in lines for people, or in messages for programs.

use std::time::Duration;

use engine::Step;
use terraform::ui_stream;

use super::line;
use crate::views::palette::Palette;
use crate::views::stream;

/// How what happens is said.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wording {
    /// In Terraform's lines.
    Text(Palette),
    /// In the messages of its `-json` stream.
    Messages,
}

impl Wording {
    /// A step began.
    pub(crate) fn started(self, step: &Step) -> String {
        match self {
            Self::Text(palette) => line::started(step, palette),
            Self::Messages => stream::line(&ui_stream::apply_start(stream::hook(step))),
        }
    }

    /// A step still runs.
    pub(crate) fn still(self, step: &Step, elapsed: Duration) -> String {
        match self {
            Self::Text(palette) => line::still(step, elapsed, palette),
            Self::Messages => stream::line(&ui_stream::apply_progress(stream::hook(step), elapsed)),
        }
    }

    /// A step ended well.
    pub(crate) fn completed(self, step: &Step, elapsed: Duration, count: (usize, usize)) -> String {
        match self {
            Self::Text(palette) => line::counted(&line::completed(step, elapsed, palette), count),
            Self::Messages => stream::line(&ui_stream::apply_complete(stream::hook(step), elapsed)),
        }
    }

    /// A step failed.
    pub(crate) fn failed(self, step: &Step, elapsed: Duration, count: (usize, usize)) -> String {
        match self {
            Self::Text(palette) => line::counted(&line::failed(step, elapsed, palette), count),
            Self::Messages => stream::line(&ui_stream::apply_errored(stream::hook(step), elapsed)),
        }
    }

    /// The line that moves on a terminal.
    pub(crate) fn running(self, step: &Step, elapsed: Duration) -> String {
        match self {
            Self::Text(palette) => line::running(step, elapsed, palette),
            Self::Messages => self.still(step, elapsed),
        }
    }

    /// Anything else.
    pub(crate) fn note(self, text: &str) -> String {
        match self {
            Self::Text(_) => text.to_owned(),
            Self::Messages => stream::line(&ui_stream::log(text)),
        }
    }
}
