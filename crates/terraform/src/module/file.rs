//! A configuration file: which names make one, and its text.

use std::ops::Range;
use std::sync::Arc;

use crate::{Diagnostic, Location, Source};

/// The longest configuration file that is read, in bytes.
pub const FILE_LIMIT: usize = 1 << 24;

/// What names of configuration files end with, `.tofu` in directories of OpenTofu.
const ENDINGS: [&[u8]; 4] = [b".tf.json", b".tf", b".tofu.json", b".tofu"];

/// When a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// With the others.
    Primary,
    /// After them: its blocks take the place of theirs.
    Override,
}

impl Rank {
    /// The rank of a file of this name; `None` for a file that is no configuration.
    pub fn of(name: &[u8]) -> Option<Self> {
        let is_ignored = name.starts_with(b".")
            || name.ends_with(b"~")
            || (name.starts_with(b"#") && name.ends_with(b"#"));
        let base = ENDINGS.iter().find_map(|ending| name.strip_suffix(*ending)).filter(|_| !is_ignored)?;
        let overrides = base == b"override" || base.ends_with(b"_override");
        Some(if overrides { Self::Override } else { Self::Primary })
    }
}

/// A configuration file.
#[derive(Clone, Debug)]
pub struct File {
    /// When it is read.
    pub rank: Rank,
    source: Arc<Source>,
    /// Where the text has characters in place of bytes that are no UTF-8.
    foreign: Vec<Range<usize>>,
}

impl File {
    /// A file of this name and content.
    pub fn new(name: impl Into<String>, rank: Rank, bytes: &[u8]) -> Self {
        let (text, foreign) = decode(bytes);
        Self { rank, source: Arc::new(Source { name: name.into(), text }), foreign }
    }

    /// Its text.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The error of bytes that are no UTF-8 in a stretch of the text, if it has any.
    pub(super) fn foreign_in(&self, span: &Range<usize>) -> Option<Diagnostic> {
        let place = self.foreign.iter().find(|place| span.contains(&place.start))?;
        Some(self.encoding(place))
    }

    /// UTF-16, as some editors and shells write it: its letters have bytes of zero between them.
    pub(super) fn other_encoding(&self) -> Option<Diagnostic> {
        let text = &self.source.text;
        let at = text.find('\0')?;
        Some(self.encoding(&(at..at + 1)))
    }

    fn encoding(&self, place: &Range<usize>) -> Diagnostic {
        let location = Location { source: Arc::clone(&self.source), span: place.clone() };
        Diagnostic::error(
            "Invalid character encoding",
            format!(
                "{} is not UTF-8 here, so what it says about the state cannot be read.",
                self.source.name
            ),
        )
        .at(Some(location))
        .hint("save the file as UTF-8")
    }
}

/// The text, and where it has characters in place of bytes that are no UTF-8.
fn decode(bytes: &[u8]) -> (String, Vec<Range<usize>>) {
    let bytes = bytes.get(..FILE_LIMIT + 1).unwrap_or(bytes);
    let mut text = String::with_capacity(bytes.len());
    let mut foreign = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            let start = text.len();
            text.push(char::REPLACEMENT_CHARACTER);
            foreign.push(start..text.len());
        }
    }
    (text, foreign)
}
