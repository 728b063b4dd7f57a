//! Terraform's language, laid out as `terraform fmt` lays it out.

mod expression;

pub use expression::{Expression, escaped};

use terraform::hcl_text::quoted;

/// The content of a file or a block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    items: Vec<Item>,
}

/// A part of a body.
#[derive(Clone, Debug, PartialEq)]
enum Item {
    Attribute { name: String, value: Expression },
    Block { labels: Vec<String>, body: Body },
    Comment(String),
    Remark(String),
}

impl Body {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `name = value`.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<Expression>) -> Self {
        self.items.push(Item::Attribute { name: name.into(), value: value.into() });
        self
    }

    /// Adds a block; `header` is its type and its labels.
    #[must_use]
    pub fn block(mut self, header: &[&str], body: Self) -> Self {
        let labels = header.iter().map(|&label| label.to_owned()).collect();
        self.items.push(Item::Block { labels, body });
        self
    }

    /// Adds a comment on what follows, of one or more lines.
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.items.push(Item::Comment(text.into()));
        self
    }

    /// Adds a comment that is not about what follows.
    #[must_use]
    pub fn remark(mut self, text: impl Into<String>) -> Self {
        self.items.push(Item::Remark(text.into()));
        self
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// As a file, with a final newline.
    pub fn to_file(&self) -> String {
        let mut lines = Vec::new();
        self.write(0, &mut lines);
        lines.join("\n") + "\n"
    }

    /// Writes the lines at a depth. Attributes on lines of their own that follow each other have their equals signs in
    /// one column; everything longer stands apart.
    fn write(&self, depth: usize, lines: &mut Vec<String>) {
        let indent = "  ".repeat(depth);
        let mut items = self.items.as_slice();
        let mut previous: Option<&Item> = None;
        while let Some((item, rest)) = items.split_first() {
            if previous.is_some_and(|previous| stands_apart(previous, item)) {
                lines.push(String::new());
            }
            let mut consumed = 1;
            match item {
                Item::Comment(text) | Item::Remark(text) => {
                    lines.extend(text.lines().map(|line| format!("{indent}# {line}").trim_end().to_owned()));
                }
                Item::Block { labels, body } => {
                    let mut header = labels.iter();
                    let kind = header.next().map(String::as_str).unwrap_or_default();
                    let labels: String = header.map(|label| format!(" {}", quoted(label))).collect();
                    if body.is_empty() {
                        lines.push(format!("{indent}{kind}{labels} {{}}"));
                    } else {
                        lines.push(format!("{indent}{kind}{labels} {{"));
                        body.write(depth + 1, lines);
                        lines.push(format!("{indent}}}"));
                    }
                }
                Item::Attribute { name, value } if value.is_long() => {
                    lines.push(format!("{indent}{name} = {}", value.print(depth)));
                }
                Item::Attribute { .. } => {
                    let chain: Vec<(&str, &Expression)> = items.iter().map_while(Item::short).collect();
                    let width = chain.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
                    lines.extend(
                        chain
                            .iter()
                            .map(|(name, value)| format!("{indent}{name:width$} = {}", value.print(depth))),
                    );
                    consumed = chain.len();
                }
            }
            previous = items.get(consumed - 1);
            items = items.get(consumed..).unwrap_or(rest);
        }
    }
}

impl Item {
    /// An attribute on one line.
    fn short(&self) -> Option<(&str, &Expression)> {
        match self {
            Self::Attribute { name, value } if !value.is_long() => Some((name, value)),
            _ => None,
        }
    }
}

/// Whether an empty line comes between: around everything of several lines, except after a comment.
fn stands_apart(previous: &Item, item: &Item) -> bool {
    match previous {
        Item::Comment(_) => false,
        _ => item.short().is_none() || previous.short().is_none(),
    }
}
