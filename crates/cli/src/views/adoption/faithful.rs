//! The settings under which everything stays as it was found, ready to paste.

use std::collections::BTreeMap;

use engine::Plan;
use serde_json::Value;
use terraform::hcl_text;

use crate::text::one_line;
use crate::views::palette::{Label, Palette};
use crate::views::plan;

/// The setting that says which findings are known and wanted.
pub(crate) const ACCEPTED: &str = "accepted";

/// The settings that keep what was found, and what a plan still does under them.
#[derive(Clone, Debug)]
pub(crate) struct Faithful {
    /// The settings beside those of the run, by name.
    pub settings: BTreeMap<String, Value>,
    /// The plan under all of them.
    pub plan: Plan,
}

impl Faithful {
    /// The block of an adoption, which ends with an empty line; nothing where the settings of the run keep everything.
    pub(super) fn render(&self, palette: Palette) -> String {
        if self.settings.is_empty() {
            return String::new();
        }
        let title = if self.plan.is_clear() {
            "With these settings everything stays as it is, and a plan is empty:".to_owned()
        } else {
            format!("With these settings the least changes. {}", plan::count(&self.plan.counts()))
        };
        let mut text = format!("{}\n\n", palette.paint(Label::Strong, &title));
        for line in self.written().lines() {
            text.push_str(&format!("    {}\n", one_line(line)));
        }
        text.push('\n');
        text
    }

    /// The settings as a variable file has them; the entries on one line, as a plan prints them.
    fn written(&self) -> String {
        let others = self.settings.iter().filter(|(name, _)| *name != ACCEPTED);
        let mut written = hcl_text::arguments(others.map(|(name, value)| (name.as_str(), value)));
        if let Some(entries) = self.settings.get(ACCEPTED).and_then(Value::as_array) {
            let entries = entries.iter().map(|entry| match entry.as_str() {
                Some(entry) => hcl_text::quoted(entry),
                None => hcl_text::value(entry).lines().map(str::trim).collect::<Vec<_>>().join(", "),
            });
            written.push_str(&format!("{ACCEPTED} = [{}]\n", entries.collect::<Vec<_>>().join(", ")));
        }
        written
    }
}
