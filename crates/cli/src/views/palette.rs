//! What things look like: every style of the program, by what it means.

use annotate_snippets::Renderer;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    /// Something that is made.
    Add,
    /// Something that is changed in place, or a permission that somebody gains.
    Change,
    /// Something that is removed, or a permission that everyone gains.
    Remove,
    /// Something found and recorded, or kept, or a permission that somebody loses.
    Keep,
    /// A heading, or the address of a resource.
    Strong,
    /// What can be skipped when reading.
    Faint,
    /// The word "Error".
    Error,
    /// The word "Warning".
    Warning,
    /// The word "help".
    Help,
    /// The sentence that says it went well.
    Success,
}

impl Label {
    /// The parameters of the ANSI sequence "select graphic rendition".
    fn code(self) -> &'static str {
        match self {
            Self::Add => "32",
            Self::Change => "33",
            Self::Remove => "31",
            Self::Keep => "36",
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Error => "1;31",
            Self::Warning => "1;33",
            Self::Help => "1;36",
            Self::Success => "1;32",
        }
    }
}

/// Styles text, or leaves it exactly as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Palette {
    colour: bool,
}

impl Palette {
    /// No escape bytes at all.
    #[cfg(test)]
    pub(crate) const PLAIN: Self = Self { colour: false };

    /// With colour, or without: then there are no escape bytes at all.
    pub(crate) const fn new(colour: bool) -> Self {
        Self { colour }
    }

    /// Whether it styles at all.
    #[cfg(test)]
    pub(crate) fn is_coloured(self) -> bool {
        self.colour
    }

    /// The text in the style of `label`.
    pub(crate) fn paint(self, label: Label, text: &str) -> String {
        if self.colour && !text.is_empty() {
            format!("\u{1b}[{}m{text}\u{1b}[0m", label.code())
        } else {
            text.to_owned()
        }
    }
}

impl Palette {
    /// How source lines with carets are drawn, at most as wide as the terminal.
    pub(crate) fn snippets(self, width: Option<usize>) -> Renderer {
        let renderer = if self.colour { Renderer::styled() } else { Renderer::plain() };
        match width {
            Some(width) => renderer.term_width(width),
            None => renderer,
        }
    }
}
