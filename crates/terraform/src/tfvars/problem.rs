//! What is wrong with a source, collected.

use std::ops::Range;
use std::sync::Arc;

use crate::{Diagnostic, Location, Source};

/// The most problems that are kept of one source.
const LIMIT: usize = 100;

/// How much the evaluation of a source may cost beside one unit for each of its bytes.
const FUEL: usize = 1 << 17;

/// The problems of one source, and what its evaluation may still cost.
#[derive(Debug)]
pub(super) struct Problems {
    source: Arc<Source>,
    pub found: Vec<Diagnostic>,
    /// What is left.
    pub fuel: usize,
    /// Whether it was reported that it did not suffice.
    pub is_exhausted: bool,
}

impl Problems {
    /// None yet.
    pub(super) fn of(source: &Arc<Source>) -> Self {
        Self {
            source: Arc::clone(source),
            found: Vec::new(),
            fuel: FUEL + source.text.len(),
            is_exhausted: false,
        }
    }

    /// A collection that nobody reads.
    pub(super) fn none() -> Self {
        Self::of(&Arc::new(Source { name: String::new(), text: String::new() }))
    }

    /// A stretch of the source, cut to what there is of it.
    pub(super) fn location(&self, span: Range<usize>) -> Location {
        let end = self.source.text.len();
        Location { source: Arc::clone(&self.source), span: span.start.min(end)..span.end.min(end) }
    }

    /// Adds an error at a stretch of the source.
    pub(super) fn report(&mut self, span: Range<usize>, summary: &str, detail: &str) {
        let location = self.location(span);
        self.add(Diagnostic::error(summary, detail).at(Some(location)));
    }

    /// Whether no more are kept, so that looking for more is a waste.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= LIMIT
    }

    /// Adds an error.
    pub(super) fn add(&mut self, diagnostic: Diagnostic) {
        if !self.is_full() {
            self.found.push(diagnostic);
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}
