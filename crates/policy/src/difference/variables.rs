//! The policy variables that a rule uses.

use crate::pattern::{Piece, Variable, pieces};
use crate::prepared::Rule;
use crate::statement::Element;

/// The resources and condition values of a rule.
pub(super) fn texts(rule: &Rule) -> impl Iterator<Item = &String> {
    let resources = rule.source.resource.as_ref().into_iter().flat_map(Element::items);
    resources.chain(rule.source.condition.tests().iter().flat_map(|test| &test.values))
}

/// The keys of the variables of a rule, in lower case.
pub(super) fn keys_of(rule: &Rule) -> Vec<String> {
    texts(rule).flat_map(|text| written_keys(text)).map(str::to_ascii_lowercase).collect()
}

/// The condition keys of a rule as it has them, of tests and of variables.
pub(super) fn spellings(rule: &Rule) -> impl Iterator<Item = &str> {
    let tested = rule.condition.iter().map(|test| test.source.key.as_str());
    tested.chain(texts(rule).flat_map(|text| written_keys(text)))
}

/// The keys of the variables of a text, as it has them.
pub(super) fn written_keys(text: &str) -> impl Iterator<Item = &str> {
    variables(text).map(|variable| variable.key)
}

/// Whether a text uses the variable of a key.
pub(super) fn uses(text: &str, key: &str) -> bool {
    written_keys(text).any(|known| known.eq_ignore_ascii_case(key))
}

/// Whether a variable of a text stands for something where its key is absent.
pub(super) fn has_default(text: &str) -> bool {
    variables(text).any(|variable| variable.default.is_some())
}

fn variables(text: &str) -> impl Iterator<Item = Variable<'_>> {
    let pieces = if text.contains("${") { pieces(text) } else { Vec::new() };
    pieces.into_iter().filter_map(|piece| match piece {
        Piece::Variable(inside) => Some(Variable::parse(inside)),
        _ => None,
    })
}
