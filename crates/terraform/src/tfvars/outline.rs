//! The places of the items inside a value.

use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};

use crate::number;
use crate::types::PathStep;

/// The items of a list or object that is written out; empty for everything else.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outline {
    /// In the order of the source; of repeated keys the last one counts.
    pub items: Vec<Item>,
}

/// One item.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    /// How to get there from the value it is part of.
    pub step: PathStep,
    /// The key of an object item; the whole of a list element.
    pub name: Range<usize>,
    /// The value.
    pub value: Range<usize>,
    /// What is inside.
    pub inside: Outline,
}

impl Outline {
    /// The outline of a syntax tree whose spans count from `base`.
    pub(super) fn of(expression: &Expression, base: usize) -> Self {
        let place = |span: Option<Range<usize>>| {
            let span = span.unwrap_or_default();
            base + span.start..base + span.end
        };
        let items = match expression {
            Expression::Parenthesis(inner) => return Self::of(inner.inner(), base),
            Expression::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| Item {
                    step: PathStep::Index(index),
                    name: place(item.span()),
                    value: place(item.span()),
                    inside: Self::of(item, base),
                })
                .collect(),
            Expression::Object(object) => object
                .iter()
                .filter_map(|(key, value)| {
                    let (name, span) = match key {
                        ObjectKey::Ident(name) => (name.as_str().to_owned(), name.span()),
                        ObjectKey::Expression(key) => (constant(key)?, key.span()),
                    };
                    Some(Item {
                        step: PathStep::Key(name),
                        name: place(span),
                        value: place(value.expr().span()),
                        inside: Self::of(value.expr(), base),
                    })
                })
                .collect(),
            _ => Vec::new(),
        };
        Self { items }
    }

    /// The item at the end of `path`, or the last one on the way there.
    pub(super) fn find(&self, path: &[PathStep]) -> Option<&Item> {
        let (step, rest) = path.split_first()?;
        let item = self.items.iter().rev().find(|item| item.step == *step)?;
        Some(item.inside.find(rest).unwrap_or(item))
    }
}

/// The key that an expression stands for, if it is a literal.
fn constant(key: &Expression) -> Option<String> {
    match key {
        Expression::String(text) => Some(text.value().clone()),
        Expression::Number(value) => number::canonical(&value.value().to_string()),
        Expression::Bool(value) => Some(value.value().to_string()),
        Expression::Null(_) => Some("null".to_owned()),
        Expression::Parenthesis(inner) => constant(inner.inner()),
        _ => None,
    }
}
