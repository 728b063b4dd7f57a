//! The items of the objects that a value has: where each begins and ends, and which keys come twice.

use std::collections::HashMap;
use std::ops::Range;

use super::{Frame, Scanner};

/// The most items of an object; the parser takes time in the square of their number.
const ITEMS_LIMIT: usize = 4096;

/// The items of an object seen so far.
#[derive(Default)]
pub(super) struct Items<'a> {
    start: Option<usize>,
    key: Option<&'a str>,
    seen: HashMap<&'a str, Range<usize>>,
    is_for: bool,
}

impl Scanner<'_, '_> {
    /// Ends the key of an object item.
    pub(super) fn separator(&mut self, next: char) {
        let (at, text) = (self.at, self.text);
        let double = self.rest().starts_with("==");
        let part_of_operator = text.get(..at).is_some_and(|before| before.ends_with(['!', '<', '>', '=']));
        if let Some(Frame::Brace(_, items)) = self.stack.last_mut()
            && items.key.is_none()
            && !double
            && !(next == '=' && part_of_operator)
        {
            items.key = items.start.and_then(|start| text.get(start..at)).map(str::trim_end);
        }
        self.at += if double { 2 } else { 1 };
    }

    pub(super) fn start_item(&mut self) {
        let (at, rest) = (self.at, self.rest());
        if let Some(Frame::Brace(_, items)) = self.stack.last_mut()
            && items.start.is_none()
        {
            let after_for = rest.strip_prefix("for").map(|rest| rest.chars().next());
            items.is_for |= items.seen.is_empty()
                && after_for
                    .is_some_and(|next| next.is_none_or(|c| c.is_ascii_whitespace() || c == '/' || c == '#'));
            items.start = Some(at);
        }
    }

    pub(super) fn end_item(&mut self, end: usize) {
        let Some(Frame::Brace(_, items)) = self.stack.last_mut() else {
            return;
        };
        if let (Some(start), Some(key), false) = (items.start, items.key, items.is_for)
            && let Some(earlier) = items.seen.insert(key, start..end)
        {
            self.extent.blanks.push(earlier);
        }
        let is_too_large = items.seen.len() == ITEMS_LIMIT + 1 && items.start.is_some();
        (items.start, items.key) = (None, None);
        if is_too_large {
            let detail = format!("An object may have at most {ITEMS_LIMIT} items.");
            self.problem(end.saturating_sub(1)..end, "Object too large", &detail);
        }
    }
}
