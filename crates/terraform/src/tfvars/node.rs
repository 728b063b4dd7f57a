//! A JSON file as a tree that keeps the places, and keys that come twice.

use std::sync::Arc;

use super::Assignment;
use super::json;
use super::outline::{Item, Outline};
use super::problem::Problems;
use crate::types::PathStep;
use crate::{Diagnostic, Location, Source};

/// A value of a JSON file.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    source: &'a Arc<Source>,
    item: &'a Item,
}

/// The tree of a JSON file.
#[derive(Clone, Debug)]
pub struct Document {
    source: Arc<Source>,
    root: Item,
}

/// Reads a JSON file.
///
/// # Errors
/// It is no JSON.
pub fn parse_document(source: &Arc<Source>) -> Result<Document, Vec<Diagnostic>> {
    let mut problems = Problems::of(source);
    match json::root(source, &mut problems) {
        Some((span, inside)) => {
            let root = Item { step: PathStep::Index(0), name: span.clone(), value: span, inside };
            Ok(Document { source: Arc::clone(source), root })
        }
        None => Err(problems.into_sorted()),
    }
}

impl Document {
    /// The whole value.
    pub fn root(&self) -> Node<'_> {
        Node { source: &self.source, item: &self.root }
    }
}

impl<'a> Node<'a> {
    /// Where the key of the value stands; of a list element where the value does.
    pub fn name_location(self) -> Location {
        self.at(&self.item.name)
    }

    /// Where the value stands.
    pub fn location(self) -> Location {
        self.at(&self.item.value)
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self.begins_with("null")
    }

    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.begins_with("{")
    }

    /// Whether it is an array.
    pub fn is_array(self) -> bool {
        self.begins_with("[")
    }

    /// The values of an array or an object.
    pub fn items(self) -> impl Iterator<Item = Node<'a>> {
        self.item.inside.items.iter().map(move |item| Node { source: self.source, item })
    }

    /// The fields of an object, in the order of the source; a key may come twice.
    pub fn fields(self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        self.items().filter_map(|node| match &node.item.step {
            PathStep::Key(name) => Some((name.as_str(), node)),
            PathStep::Index(_) => None,
        })
    }

    /// The fields of an object as arguments.
    ///
    /// # Errors
    /// Keys that come twice.
    pub fn assignments(self) -> Result<Vec<Assignment>, Vec<Diagnostic>> {
        let mut problems = Problems::of(self.source);
        let outline: Outline = self.item.inside.clone();
        let assignments = json::of_object(&self.source.text, outline, &mut problems);
        if problems.is_empty() { Ok(assignments) } else { Err(problems.into_sorted()) }
    }

    fn begins_with(self, start: &str) -> bool {
        self.source.text.get(self.item.value.clone()).is_some_and(|text| text.starts_with(start))
    }

    fn at(self, span: &std::ops::Range<usize>) -> Location {
        Location { source: Arc::clone(self.source), span: span.clone() }
    }
}
