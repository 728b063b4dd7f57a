//! Reads typed values out of evaluated ones, and collects every problem instead of stopping at the first.

use std::collections::BTreeMap;

use serde_json::Map;
use terraform::{Diagnostic, Location, Value};

use super::table::{DECLARATIONS, Declaration, declaration};
use super::value::{SettingValue, Step};

/// Why a value is not acceptable, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// A sentence without its period.
    pub reason: String,
    /// What to write instead; without it the declaration's example is shown.
    pub instead: Option<String>,
}

impl Problem {
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), instead: None }
    }

    pub fn instead(mut self, instead: impl Into<String>) -> Self {
        self.instead = Some(instead.into());
        self
    }
}

/// The values of one run, and what is wrong with them so far.
pub(super) struct Reader<'a> {
    values: BTreeMap<&'a str, &'a SettingValue>,
    problems: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    pub fn new(values: &'a [SettingValue]) -> Self {
        Self {
            values: values.iter().map(|value| (value.name.as_str(), value)).collect(),
            problems: Vec::new(),
        }
    }

    /// All problems found, in the order of the settings table.
    pub fn into_problems(mut self) -> Vec<Diagnostic> {
        let rank = |diagnostic: &Diagnostic| {
            DECLARATIONS
                .iter()
                .position(|declaration| Some(declaration.name) == diagnostic.subject.as_deref())
        };
        self.problems.sort_by_key(rank);
        self.problems
    }

    /// Where a part of a setting's value was written.
    pub fn location(&self, name: &str, path: &[Step]) -> Option<Location> {
        let value = self.values.get(name)?;
        (value.locate)(path).or_else(|| (value.locate)(&[]))
    }

    /// The value of a setting; `null` is no value.
    pub fn value(&self, name: &str) -> Option<&'a Value> {
        self.values.get(name).map(|value| &value.value).filter(|value| !value.is_null())
    }

    /// Records a problem with a part of a setting's value.
    pub fn problem(&mut self, name: &str, path: &[Step], problem: Problem) {
        let example =
            || declaration(name).map(|declaration| format!("for example:\n{}", declaration.example));
        let mut diagnostic = Diagnostic::error(
            "Invalid value for input variable",
            format!("The value of `{name}` is not suitable: {}.", problem.reason),
        )
        .at(self.location(name, path))
        .about(name);
        diagnostic.hint = problem.instead.or_else(example);
        self.problems.push(diagnostic);
    }

    /// Records a warning about a setting.
    pub fn warn(&mut self, name: &str, warning: Diagnostic) {
        self.problems.push(warning.at(self.location(name, &[])).about(name));
    }

    /// Records settings that must be set and are not, or are `null`.
    pub fn require(&mut self) {
        let missing = |declaration: &&Declaration| declaration.default.is_none();
        for declaration in DECLARATIONS.iter().filter(missing) {
            let name = declaration.name;
            let (detail, location) = match self.values.get(name) {
                Some(value) if !value.value.is_null() => continue,
                Some(_) => (
                    format!(
                        "`{name}` is required and must not be null. It is: {}.",
                        lower_first(declaration.meaning)
                    ),
                    self.location(name, &[]),
                ),
                None => (
                    format!(
                        "`{name}` is required and is not set. It is: {}.",
                        lower_first(declaration.meaning)
                    ),
                    None,
                ),
            };
            let hint = format!(
                "write it into terraform.tfvars, for example:\n{}\nor pass it with -var or the environment variable TF_VAR_{name}",
                declaration.example
            );
            self.problems.push(
                Diagnostic::error("No value for required variable", detail)
                    .at(location)
                    .about(name)
                    .hint(hint),
            );
        }
    }

    /// A text setting, checked by `check`.
    pub fn text<T>(&mut self, name: &str, check: impl FnOnce(&str) -> Result<T, Problem>) -> Option<T> {
        let result = text(self.value(name)?).and_then(|text| check(&text));
        self.taken(name, &[], result)
    }

    /// A whole number within `range`.
    pub fn number(&mut self, name: &str, range: (u32, u32)) -> Option<u32> {
        let result = number(self.value(name)?, range);
        self.taken(name, &[], result)
    }

    /// A switch, or its default.
    pub fn switch(&mut self, name: &str, default: bool) -> bool {
        let Some(value) = self.value(name) else { return default };
        self.taken(name, &[], boolean(value)).unwrap_or(default)
    }

    /// A list of texts, each checked by `check`; `None` when it is not set.
    pub fn list<T>(&mut self, name: &str, check: impl Fn(&str) -> Result<T, Problem>) -> Option<Vec<T>> {
        let value = self.value(name)?;
        self.items(name, &[], value, check)
    }

    /// The texts of a list somewhere within a setting's value, each checked by `check`.
    pub fn items<T>(
        &mut self,
        name: &str,
        path: &[Step],
        value: &Value,
        check: impl Fn(&str) -> Result<T, Problem>,
    ) -> Option<Vec<T>> {
        let Some(items) = value.as_array() else {
            self.problem(
                name,
                path,
                Problem::new(format!("a list of strings is required, not {}", kind(value))),
            );
            return None;
        };
        let mut taken = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = [path, &[Step::Index(index)]].concat();
            let result = text(item).and_then(|text| check(&text));
            taken.extend(self.taken(name, &path, result));
        }
        Some(taken)
    }

    /// An object with no other attributes than `known`.
    pub fn object(&mut self, name: &str, known: &[&str]) -> Option<&'a Map<String, Value>> {
        let value = self.value(name)?;
        let Some(object) = value.as_object() else {
            self.problem(name, &[], Problem::new(format!("an object is required, not {}", kind(value))));
            return None;
        };
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let reason = format!("it has no attribute `{key}`; its attributes are `{}`", known.join("`, `"));
            self.problem(name, &[Step::Key(key.clone())], Problem::new(reason));
        }
        Some(object)
    }

    /// The result's value; its problem is recorded.
    pub fn taken<T>(&mut self, name: &str, path: &[Step], result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.problem(name, path, problem)).ok()
    }
}

/// Terraform's conversion to `string`: numbers and booleans are written out.
pub(super) fn text(value: &Value) -> Result<String, Problem> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(switch) => Ok(switch.to_string()),
        other => Err(Problem::new(format!("a string is required, not {}", kind(other)))),
    }
}

/// Terraform's conversion to `bool`: the strings `"true"` and `"false"` count.
pub(super) fn boolean(value: &Value) -> Result<bool, Problem> {
    match value {
        Value::Bool(switch) => Ok(*switch),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        other => Err(Problem::new(format!("true or false is required, not {}", kind(other)))),
    }
}

/// Terraform's conversion to `number`, then whole and within `(least, most)`.
pub(super) fn number(value: &Value, (least, most): (u32, u32)) -> Result<u32, Problem> {
    let written = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        other => return Err(Problem::new(format!("a number is required, not {}", kind(other)))),
    };
    let bounds = format!("a whole number from {least} to {most} is required, not `{written}`");
    match written.parse::<f64>() {
        Ok(number) if number.fract() != 0.0 || number.is_nan() => Err(Problem::new(bounds)),
        Ok(number) if number < f64::from(least) => {
            Err(Problem::new(bounds).instead(format!("the least is {least}")))
        }
        Ok(number) if number > f64::from(most) => {
            Err(Problem::new(bounds).instead(format!("the most is {most}")))
        }
        Ok(number) => Ok(number as u32), // INVARIANT: whole and between two u32.
        Err(_) => Err(Problem::new(bounds)),
    }
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
