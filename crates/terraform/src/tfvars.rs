//! Variable files: arguments in HCL native syntax or JSON, with the place of every name, value and item.
//!
//! Values are evaluated as Terraform does in a `.tfvars` file: no variables, no functions.

mod blocks;
mod body;
mod characters;
mod evaluate;
mod expression;
mod extent;
mod iteration;
mod json;
mod node;
mod operation;
mod outline;
mod problem;
mod remedy;
mod template;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use crate::types::PathStep;
use crate::{Diagnostic, Location, Source};
use body::Argument;
use evaluate::Evaluator;
use outline::Outline;
use problem::Problems;

pub use blocks::{Block, Item, items};
pub use node::{Node, parse_document};

/// The longest variable file that is read, in bytes.
pub const FILE_LIMIT: usize = 1 << 20;

/// One `name = value` of a variable file.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The name.
    pub name: String,
    /// Where the name stands.
    pub name_location: Location,
    /// The value; objects have their fields in byte order, numbers their plain decimal form.
    pub value: Value,
    /// Where the value stands.
    pub value_location: Location,
    outline: Outline,
}

impl Assignment {
    /// An assignment of a value without items of its own.
    pub(crate) fn plain(name: &str, name_location: Location, value: Value, value_location: Location) -> Self {
        Self { name: name.to_owned(), name_location, value, value_location, outline: Outline::default() }
    }

    /// Where an item of the value stands: the key of an object item, or a list element.
    ///
    /// A path that leads nowhere, or into a computed value, ends at the last place that is known.
    pub fn location_of(&self, path: &[PathStep]) -> Location {
        match self.outline.find(path) {
            Some(item) => self.at(item.name.clone()),
            None => self.value_location.clone(),
        }
    }

    /// Where the value of an item stands, with the same rule.
    pub fn value_location_of(&self, path: &[PathStep]) -> Location {
        match self.outline.find(path) {
            Some(item) => self.at(item.value.clone()),
            None => self.value_location.clone(),
        }
    }

    fn at(&self, span: Range<usize>) -> Location {
        Location { source: Arc::clone(&self.value_location.source), span }
    }
}

/// Reads a variable file; a name that ends with `.json` means JSON.
///
/// # Errors
/// All problems of the file, in the order of their places.
pub fn parse(source: &Arc<Source>) -> Result<Vec<Assignment>, Vec<Diagnostic>> {
    parse_declared(source, &|_| true)
}

/// Reads a variable file of which only the names that are `declared` are evaluated: as in Terraform, any other needs
/// no more than the form of a value, and is null here.
fn parse_declared(
    source: &Arc<Source>,
    declared: &dyn Fn(&str) -> bool,
) -> Result<Vec<Assignment>, Vec<Diagnostic>> {
    check_length(source)?;
    let mut problems = Problems::of(source);
    let assignments = if source.name.ends_with(".json") {
        json::assignments(source, &mut problems)
    } else {
        let (assignments, rest) = evaluated(source, 0..source.text.len(), declared, problems);
        problems = rest;
        assignments
    };
    if problems.is_empty() { Ok(assignments) } else { Err(problems.into_sorted()) }
}

/// Reads the arguments in a stretch of a source, such as the body of a block.
///
/// # Errors
/// All problems of the stretch, in the order of their places.
pub fn parse_body(source: &Arc<Source>, span: Range<usize>) -> Result<Vec<Assignment>, Vec<Diagnostic>> {
    let (assignments, problems) = evaluated(source, span, &|_| true, Problems::of(source));
    if problems.is_empty() { Ok(assignments) } else { Err(problems.into_sorted()) }
}

/// The arguments in a stretch of a source, and the problems with those that were found before.
fn evaluated(
    source: &Arc<Source>,
    span: Range<usize>,
    declared: &dyn Fn(&str) -> bool,
    mut problems: Problems,
) -> (Vec<Assignment>, Problems) {
    let arguments = body::arguments(&source.text, span, &mut problems);
    let mut assignments = Vec::new();
    for argument in arguments {
        let evaluates = declared(source.text.get(argument.name.clone()).unwrap_or_default());
        let (assignment, rest) = assignment(source, &argument, evaluates, problems);
        problems = rest;
        assignments.extend(assignment);
    }
    (assignments, problems)
}

/// Reads the bytes of a variable file that is called `name`. A name that is not `declared` is null, whatever its value
/// is made of.
///
/// # Errors
/// All problems of the file; bytes that are no UTF-8 are one of them.
pub fn parse_bytes(
    name: &str,
    bytes: &[u8],
    declared: &dyn Fn(&str) -> bool,
) -> Result<Vec<Assignment>, Vec<Diagnostic>> {
    parse_declared(&decode(name, bytes)?, declared)
}

/// The text of a file that is called `name`.
///
/// # Errors
/// Bytes that are no UTF-8, with the place of the first.
pub fn decode(name: &str, bytes: &[u8]) -> Result<Arc<Source>, Vec<Diagnostic>> {
    let text = String::from_utf8_lossy(bytes.get(..FILE_LIMIT + 1).unwrap_or(bytes)).into_owned();
    let source = Arc::new(Source { name: name.to_owned(), text });
    check_length(&source)?;
    match std::str::from_utf8(bytes) {
        Ok(_) => Ok(source),
        Err(error) => {
            let at = error.valid_up_to();
            let location = Location { source, span: at..at + char::REPLACEMENT_CHARACTER.len_utf8() };
            let problem = Diagnostic::error(
                "Invalid character encoding",
                "All input files must be UTF-8 encoded. Ensure that UTF-8 encoding is selected in your editor.",
            );
            Err(vec![problem.at(Some(location))])
        }
    }
}

/// Reads text as the value of a variable of complex type, as given by `-var` or `TF_VAR_name`.
///
/// # Errors
/// All problems of the expression, at places in `<value for var.name>`.
pub fn parse_value(text: &str, name: &str) -> Result<Assignment, Vec<Diagnostic>> {
    let source = Arc::new(Source { name: format!("<value for var.{name}>"), text: text.to_owned() });
    parse_expression(&source, name)
}

/// Reads a source that holds nothing but one expression, as the value of `name`.
///
/// # Errors
/// All problems of the expression.
pub fn parse_expression(source: &Arc<Source>, name: &str) -> Result<Assignment, Vec<Diagnostic>> {
    check_length(source)?;
    let mut problems = Problems::of(source);
    let value = extent::Scanner::new(&source.text, 0, &mut problems).scan();
    let rest = source.text.get(value.end..).unwrap_or_default();
    if value.sound && !rest.trim().is_empty() {
        let start = value.end + rest.len() - rest.trim_start().len();
        problems.report(
            start..start + 1,
            "Extra characters after expression",
            "An expression was successfully parsed, but extra characters were found after it.",
        );
    }
    let argument = Argument { name: 0..0, value };
    let (assignment, problems) = assignment(source, &argument, true, problems);
    match assignment {
        Some(assignment) if problems.is_empty() => Ok(Assignment { name: name.to_owned(), ..assignment }),
        _ => Err(problems.into_sorted()),
    }
}

fn check_length(source: &Arc<Source>) -> Result<(), Vec<Diagnostic>> {
    if source.text.len() <= FILE_LIMIT {
        return Ok(());
    }
    let detail = format!("{} is longer than {FILE_LIMIT} bytes.", source.name);
    Err(vec![Diagnostic::error("File too large", detail)])
}

fn assignment(
    source: &Arc<Source>,
    argument: &Argument,
    evaluates: bool,
    mut problems: Problems,
) -> (Option<Assignment>, Problems) {
    let text = &source.text;
    let Some(tree) = expression::parse(text, &argument.value, &mut problems) else {
        return (None, problems);
    };
    let named = text.get(argument.name.clone()).unwrap_or_default();
    let [name_location, value_location] =
        [&argument.name, &argument.value.span].map(|span| problems.location(span.clone()));
    if !evaluates {
        return (Some(Assignment::plain(named, name_location, Value::Null, value_location)), problems);
    }
    let mut evaluator = Evaluator::new(text, &argument.value, tree.base, problems);
    let value = evaluator.value(&tree.root);
    let mut problems = evaluator.into_problems();
    if value.is_none() && problems.is_empty() {
        problems.report(argument.value.span.clone(), "Invalid expression", "This value cannot be evaluated.");
    }
    let assignment = value.map(|value| Assignment {
        name: named.to_owned(),
        name_location,
        value,
        value_location,
        outline: Outline::of(&tree.root, tree.base),
    });
    (assignment, problems)
}
