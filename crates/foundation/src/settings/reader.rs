//! Reads typed values out of evaluated ones, and collects every problem instead of stopping at the first.

use std::collections::BTreeMap;

use serde_json::Map;
use terraform::hcl_text::quoted;
use terraform::types::{PathStep, Type};
use terraform::{Diagnostic, Location, Value};

use super::spelling;
use super::table::{DECLARATIONS, Declaration, declaration};
use super::value::{Origin, SettingValue};
use crate::identifiers::{Partition, Region};

/// Why a value is not acceptable, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// A sentence without its period.
    pub reason: String,
    /// What to write instead; without it the declaration's example is shown.
    instead: Option<Instead>,
}

/// What to write instead of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Instead {
    /// In words.
    Words(String),
    /// This text, in the spelling of the value's source.
    Text(String),
}

impl Problem {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), instead: None }
    }

    pub(super) fn instead(mut self, instead: impl Into<String>) -> Self {
        self.instead = Some(Instead::Words(instead.into()));
        self
    }

    /// With the text that was probably meant.
    pub(super) fn meant(mut self, text: impl ToString) -> Self {
        self.instead = Some(Instead::Text(text.to_string()));
        self
    }
}

/// The values of one run, and what is wrong with them so far.
pub(super) struct Reader<'a> {
    values: BTreeMap<&'a str, &'a SettingValue>,
    problems: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(values: &'a [SettingValue]) -> Self {
        Self {
            values: values.iter().map(|value| (value.name.as_str(), value)).collect(),
            problems: Vec::new(),
        }
    }

    /// All problems found, in the order of the settings table.
    pub(super) fn into_problems(mut self) -> Vec<Diagnostic> {
        let rank = |diagnostic: &Diagnostic| {
            DECLARATIONS
                .iter()
                .position(|declaration| Some(declaration.name) == diagnostic.subject.as_deref())
        };
        self.problems.sort_by_key(rank);
        self.problems
    }

    /// Where an item of a setting's value was written.
    pub(super) fn location(&self, name: &str, path: &[PathStep]) -> Option<Location> {
        let value = self.values.get(name)?;
        (value.locate)(path).or_else(|| (value.locate)(&[]))
    }

    /// Warns of a number that says something else as a text than as it is written: `1.10` is the number 1.1.
    pub(super) fn warn_of_lost_digits(&mut self, name: &str, path: &[PathStep], value: &Value) {
        let Some(at) = self.location(name, path).filter(|_| value.is_number()) else { return };
        let written = at.source.text.get(at.span.clone()).unwrap_or_default();
        let is_number = written.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
        let becomes = text(value).unwrap_or_default();
        if written.is_empty() || !is_number || written == becomes {
            return;
        }
        let detail = format!("{written} is the number {becomes}: that is what AWS gets.");
        let warning = Diagnostic::warning("A number is written otherwise than it becomes", detail);
        let hint = format!("to have it as it is written, put it in quotes: {}", quoted(written));
        self.warn(name, warning.at(Some(at)).hint(hint));
    }

    /// The value of a setting; `null` is no value.
    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        self.values.get(name).map(|value| &value.value).filter(|value| !value.is_null())
    }

    /// Records a problem with a part of a setting's value.
    pub(super) fn problem(&mut self, name: &str, path: &[PathStep], problem: Problem) {
        let mut diagnostic = Diagnostic::error(
            "Invalid value for input variable",
            // A value may have lines of its own, and none of them shall look like one of ours.
            format!("The value of `{name}` is not suitable: {}.", problem.reason.replace('\n', "\\n")),
        )
        .at(self.location(name, path))
        .about(name);
        diagnostic.hint = self.hint(name, problem.instead);
        self.problems.push(diagnostic);
    }

    /// What to write instead, in the spelling of the source that gave the value.
    fn hint(&self, name: &str, instead: Option<Instead>) -> Option<String> {
        let declaration = declaration(name)?;
        let origin = self.values.get(name).map_or(Origin::File, |value| value.origin);
        let spelt = if declaration.is_primitive() { origin } else { Origin::File };
        let hint = match instead {
            Some(Instead::Words(words)) => words,
            Some(Instead::Text(text)) => format!("write {}", spelling::text(declaration, &text, spelt)),
            None => format!("write, for example:\n{}", spelling::example(declaration, origin)),
        };
        Some(self.of_partition(hint))
    }

    /// A hint whose ARNs lie where the settings say: they are written for the commercial regions.
    fn of_partition(&self, hint: String) -> String {
        let region = self.value("aws_region").and_then(Value::as_str);
        match region.and_then(|region| region.parse::<Region>().ok()) {
            Some(region) if region.partition() != Partition::Aws => hint
                .replace("arn:aws:", &format!("arn:{}:", region.partition()))
                .replace(":us-east-1:", &format!(":{region}:")),
            _ => hint,
        }
    }

    /// Records a warning about a setting.
    pub(super) fn warn(&mut self, name: &str, warning: Diagnostic) {
        let at = warning.location.clone().or_else(|| self.location(name, &[]));
        self.problems.push(warning.at(at).about(name));
    }

    /// Records settings that must be set and are not, or are `null`: those that are not set all together.
    pub(super) fn require(&mut self) {
        let required = DECLARATIONS.iter().filter(|declaration| declaration.default.is_none());
        let (null, missing): (Vec<&Declaration>, Vec<&Declaration>) = required
            .filter(|declaration| self.values.get(declaration.name).is_none_or(|value| value.value.is_null()))
            .partition(|declaration| self.values.contains_key(declaration.name));
        for declaration in null {
            let name = declaration.name;
            let problem = unset(&[declaration], "and must not be null").at(self.location(name, &[]));
            self.problems.push(problem.about(name));
        }
        match missing.as_slice() {
            [] => {}
            [only] => self.problems.push(unset(&[only], "and is not set").about(only.name)),
            several => self.problems.push(unset(several, "and are not set")),
        }
    }

    /// A text setting, checked by `check`.
    pub(super) fn text<T>(
        &mut self,
        name: &str,
        check: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        let value = self.value(name)?;
        self.warn_of_lost_digits(name, &[], value);
        let result = text(value).and_then(|text| check(&text));
        self.taken(name, &[], result)
    }

    /// A whole number within `range`.
    pub(super) fn number(&mut self, name: &str, range: (u32, u32)) -> Option<u32> {
        let result = number(self.value(name)?, range);
        self.taken(name, &[], result)
    }

    /// A switch, or its default.
    pub(super) fn switch(&mut self, name: &str, default: bool) -> bool {
        let Some(value) = self.value(name) else { return default };
        self.taken(name, &[], boolean(value)).unwrap_or(default)
    }

    /// A list of texts, each checked by `check`; `None` when it is not set.
    pub(super) fn list<T>(
        &mut self,
        name: &str,
        check: impl Fn(&str) -> Result<T, Problem>,
    ) -> Option<Vec<T>> {
        let value = self.value(name)?;
        self.items(name, &[], value, check)
    }

    /// The texts of a list somewhere within a setting's value, each checked by `check`.
    pub(super) fn items<T>(
        &mut self,
        name: &str,
        path: &[PathStep],
        value: &Value,
        check: impl Fn(&str) -> Result<T, Problem>,
    ) -> Option<Vec<T>> {
        let Some(items) = value.as_array() else {
            self.problem(name, path, unsuitable("list of string required", value));
            return None;
        };
        let mut taken = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = [path, &[PathStep::Index(index)]].concat();
            self.warn_of_lost_digits(name, &path, item);
            let result = text(item).and_then(|text| check(&text));
            taken.extend(self.taken(name, &path, result));
        }
        Some(taken)
    }

    /// An object with no other attributes than `known`.
    pub(super) fn object(&mut self, name: &str, known: &[&str]) -> Option<&'a Map<String, Value>> {
        let value = self.value(name)?;
        let Some(object) = value.as_object() else {
            self.problem(name, &[], unsuitable("object required", value));
            return None;
        };
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let reason = format!("it has no attribute `{key}`; its attributes are `{}`", known.join("`, `"));
            self.problem(name, &[PathStep::Key(key.clone())], Problem::new(reason));
        }
        Some(object)
    }

    /// The result's value; its problem is recorded.
    pub(super) fn taken<T>(
        &mut self,
        name: &str,
        path: &[PathStep],
        result: Result<T, Problem>,
    ) -> Option<T> {
        result.map_err(|problem| self.problem(name, path, problem)).ok()
    }
}

/// Terraform's conversion to `string`: numbers and booleans are written out.
pub(super) fn text(value: &Value) -> Result<String, Problem> {
    match convert(&Type::String, value)? {
        Value::String(text) => Ok(text),
        other => Err(unsuitable("string required", &other)),
    }
}

/// What to say about required settings without a value, with a file to paste.
fn unset(declarations: &[&Declaration], how: &str) -> Diagnostic {
    let names: Vec<String> =
        declarations.iter().map(|declaration| format!("`{}`", declaration.name)).collect();
    let examples: Vec<String> = match declarations {
        [only] => vec![only.example.to_owned()],
        several => several.iter().map(|declaration| on_one_line(declaration.example)).collect(),
    };
    let (summary, detail) = match declarations {
        [only] => (
            "No value for required variable",
            format!("`{}` is required {how}. It is: {}.", only.name, lower_first(only.meaning)),
        ),
        several => (
            "No value for required variables",
            format!("{} settings are required {how}: {}.", several.len(), names.join(", ")),
        ),
    };
    let first = declarations.first().map_or("NAME", |declaration| declaration.name);
    Diagnostic::error(summary, detail).hint(format!(
        "write into terraform.tfvars, or set TF_VAR_{first} …, for example:\n{}",
        examples.join("\n")
    ))
}

/// An example of one line: of a map its first member.
fn on_one_line(example: &str) -> String {
    match example.split_once("{\n") {
        Some((name, members)) => format!("{name}{{ {} }}", members.lines().next().unwrap_or_default().trim()),
        None => example.to_owned(),
    }
}

/// Terraform's conversion to `bool`: the strings `"true"` and `"false"` count.
pub(super) fn boolean(value: &Value) -> Result<bool, Problem> {
    let instead = format!(
        "write {}",
        meant(value).map_or("true or false", |switch| if switch { "true" } else { "false" })
    );
    match convert(&Type::Bool, value) {
        Ok(Value::Bool(switch)) => Ok(switch),
        Ok(other) => Err(unsuitable("bool required", &other).instead(instead)),
        Err(problem) => Err(problem.instead(instead)),
    }
}

/// The switch that a value of another type was probably meant to be.
fn meant(value: &Value) -> Option<bool> {
    let text = match value {
        Value::String(text) => text.to_lowercase(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    match text.as_str() {
        "true" | "yes" | "y" | "on" | "enabled" | "1" => Some(true),
        "false" | "no" | "n" | "off" | "disabled" | "0" => Some(false),
        _ => None,
    }
}

/// Terraform's conversion to `number`, then whole and within `(least, most)`.
pub(super) fn number(value: &Value, (least, most): (u32, u32)) -> Result<u32, Problem> {
    let number = match convert(&Type::Number, value)? {
        Value::Number(number) => number.to_string(),
        other => return Err(unsuitable("number required", &other)),
    };
    let problem = Problem::new(format!("a whole number from {least} to {most} is required, not {number}"));
    match number.parse::<f64>() {
        Ok(value) if value.fract() == 0.0 && value < f64::from(least) => {
            Err(problem.instead(format!("write {least} or more")))
        }
        Ok(value) if value.fract() == 0.0 && value > f64::from(most) => {
            Err(problem.instead(format!("write {most} or less")))
        }
        _ => number.parse().map_err(|_| problem),
    }
}

fn convert(wanted: &Type, value: &Value) -> Result<Value, Problem> {
    wanted.convert(value).map_err(|error| unsuitable(&error.to_string(), value))
}

fn unsuitable(wanted: &str, value: &Value) -> Problem {
    Problem::new(format!("{wanted}, and it is {}", kind(value)))
}

/// What a value is, for a sentence.
fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(switch) => format!("`{switch}`"),
        Value::Number(number) => format!("the number `{number}`"),
        Value::String(text) => format!("the string {text:?}"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// The sentence with its first letter in lower case.
fn lower_first(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
