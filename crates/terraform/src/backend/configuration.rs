//! The arguments that were given for a backend, and where.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::argument::{Argument, Form, Status, arguments, list};
use super::check::Checker;
use super::setting::Setting;
use super::{Backend, Kind, LocalBackend, S3Backend, Validated};
use crate::hcl_text;
use crate::tfvars::{self, Assignment};
use crate::{Diagnostic, Location, Source};

/// The arguments of a backend, of which a later one takes the place of an earlier one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Configuration {
    /// What a block or a record says that it is of.
    declared: Option<Kind>,
    settings: BTreeMap<String, Setting>,
}

impl Configuration {
    /// The arguments of a block or a record of this kind of backend.
    pub fn of_block(kind: Kind, arguments: Vec<Assignment>) -> Self {
        let mut configuration = Self { declared: Some(kind), ..Self::default() };
        arguments.into_iter().for_each(|assignment| configuration.add(assignment));
        configuration
    }

    /// Whether no argument was given.
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty()
    }

    /// Adds the arguments of a file, in HCL or, if its name ends with `.json`, in JSON; null takes one back.
    ///
    /// # Errors
    /// All problems of its text.
    pub fn add_file(&mut self, source: &Arc<Source>) -> Result<(), Vec<Diagnostic>> {
        if let Some(problem) = is_module(source) {
            return Err(vec![problem]);
        }
        let assignments = tfvars::parse(source)?;
        if let Some(problem) = is_json_module(&assignments).or_else(|| is_variable_file(source, &assignments))
        {
            return Err(vec![problem]);
        }
        assignments.into_iter().for_each(|assignment| self.add(assignment));
        Ok(())
    }

    /// Adds `NAME=VALUE`: text as it is, bools and numbers converted, lists and objects as HCL.
    ///
    /// # Errors
    /// Text without an equals sign, or a value that is no HCL where it has to be.
    pub fn add_pair(&mut self, text: &str) -> Result<(), Vec<Diagnostic>> {
        let Some((name, value)) = text.split_once('=') else {
            let detail = format!("\"{text}\" must be NAME=VALUE, or the name of a file.");
            return Err(vec![Diagnostic::error("Invalid backend configuration argument", detail)]);
        };
        if let Some(problem) = nested(name, value) {
            return Err(vec![problem]);
        }
        let argument = find(name);
        let is_text =
            argument.is_none_or(|argument| matches!(argument.form, Form::Text | Form::Bool | Form::Number));
        let is_secret = argument.is_some_and(|argument| argument.is_secret);
        let shown = if is_secret { "…" } else { value };
        let source =
            Arc::new(Source { name: format!("-backend-config={name}=…"), text: format!("{name}={shown}") });
        let start = name.len() + 1;
        let name_location = Location { source: Arc::clone(&source), span: 0..name.len() };
        if is_text {
            let value_location = Location { span: start..source.text.len(), source };
            let value = Value::String(value.to_owned());
            self.add(Assignment::plain(name, name_location, value, value_location));
            return Ok(());
        }
        let expression = Source { name: source.name.clone(), text: value.to_owned() };
        let mut assignment = tfvars::parse_expression(&Arc::new(expression), name)
            .map_err(|problems| of_pair(problems, argument, value))?;
        assignment.name_location = name_location;
        self.add(assignment);
        Ok(())
    }

    /// Adds a value from the record.
    pub(super) fn add_recorded(&mut self, name: String, value: Value) {
        self.settings.insert(name, Setting::recorded(value));
    }

    fn add(&mut self, assignment: Assignment) {
        let name = assignment.name.clone();
        if assignment.value.is_null() {
            self.settings.remove(&name);
        } else {
            let value = assignment.value.clone();
            self.settings.insert(name, Setting::given(value, assignment));
        }
    }

    /// The kind of backend that the arguments belong to: what a block says, else local without any, or if one is of
    /// the local kind.
    pub fn kind(&self) -> Kind {
        if let Some(kind) = self.declared {
            return kind;
        }
        let is_local = |name: &String| arguments(Kind::Local).iter().any(|argument| argument.name == name);
        if self.is_empty() || self.settings.keys().any(is_local) { Kind::Local } else { Kind::S3 }
    }

    /// The backend that the arguments describe.
    ///
    /// The region may be missing, as it may come from the environment.
    ///
    /// # Errors
    /// All problems, warnings among them.
    pub fn validate(&self) -> Result<Validated, Vec<Diagnostic>> {
        let kind = self.kind();
        let mut checker = Checker::new(kind);
        let mut values = BTreeMap::new();
        for (name, setting) in &self.settings {
            let Some(argument) = arguments(kind).iter().find(|known| known.name == name) else {
                checker.unknown(name, setting);
                continue;
            };
            if let Some(value) = checker.converted(argument, setting) {
                values.insert(name.as_str(), value);
            }
        }
        let backend = match kind {
            Kind::Local => Some(Backend::Local(local(&values))),
            Kind::S3 => {
                checker.s3(&self.settings, &values);
                S3Backend::new(&values).map(|backend| Backend::S3(Box::new(backend)))
            }
        };
        let (errors, warnings) = checker.into_findings();
        match backend {
            Some(backend) if errors.is_empty() => Ok(Validated { backend, warnings }),
            _ => Err(errors.into_iter().chain(warnings).collect()),
        }
    }

    pub(super) fn settings(&self) -> &BTreeMap<String, Setting> {
        &self.settings
    }
}

/// The argument of any backend that is called `name`.
fn find(name: &str) -> Option<&'static Argument> {
    arguments(Kind::S3).iter().chain(arguments(Kind::Local)).find(|argument| argument.name == name)
}

/// The error of a configuration file that was given in place of a backend file.
fn is_module(source: &Arc<Source>) -> Option<Diagnostic> {
    let block =
        tfvars::items(source, 0..source.text.len()).ok()?.into_iter().find_map(|item| match item {
            tfvars::Item::Block(block) if matches!(block.name.as_str(), "terraform" | "backend") => {
                Some(block)
            }
            _ => None,
        })?;
    Some(no_backend_file(Location { source: Arc::clone(source), span: block.header }, &block.name))
}

/// The same for JSON, where a block is a member.
fn is_json_module(assignments: &[tfvars::Assignment]) -> Option<Diagnostic> {
    let block = assignments.iter().find(|one| matches!(one.name.as_str(), "terraform" | "backend"))?;
    Some(no_backend_file(block.name_location.clone(), &block.name))
}

fn no_backend_file(location: Location, block: &str) -> Diagnostic {
    let name = &location.source.name;
    let detail = format!(
        "{name} is a configuration file with a {block} block, and no backend file, which has the arguments alone."
    );
    Diagnostic::error("Not a backend file", detail).at(Some(location)).hint(
        "where the file lies in the working directory, leave -backend-config out: underpin init; elsewhere, write what \
         stands inside of its backend block into a file of its own, for example prod.tfbackend",
    )
}

/// The error of a file of variables that was given in place of a backend file: it has Terraform's name of such files, and no
/// argument of any backend.
fn is_variable_file(source: &Arc<Source>, assignments: &[tfvars::Assignment]) -> Option<Diagnostic> {
    let is_named_so = [".tfvars", ".tfvars.json"].iter().any(|ending| source.name.ends_with(ending));
    let first = assignments.first().filter(|_| is_named_so)?;
    if assignments.iter().any(|assignment| find(&assignment.name).is_some()) {
        return None;
    }
    let detail = format!("{} is a file of variables, and no backend file.", source.name);
    Some(Diagnostic::error("Not a backend file", detail).at(Some(first.name_location.clone())).hint(
        "name the file with the backend's bucket and key, for example -backend-config=prod.tfbackend; -var-file takes \
         files of variables",
    ))
}

/// The problems of a value on the command line that is no expression, with what was probably meant: a set by its items, an
/// object by the attribute that it must have. What may hold a secret is not shown.
fn of_pair(mut problems: Vec<Diagnostic>, argument: Option<&Argument>, value: &str) -> Vec<Diagnostic> {
    let Some(argument) = argument else { return problems };
    let is_plain = !value.is_empty() && !value.contains(['[', ']', '{', '}', '"', '\'']);
    let meant = match argument.form {
        Form::Object(attributes)
            if attributes.iter().any(|attribute| attribute.is_secret && value.contains(attribute.name)) =>
        {
            problems.iter_mut().for_each(|problem| (problem.location, problem.hint) = (None, None));
            None
        }
        Form::Texts if is_plain => Some(list(value)),
        Form::Object(attributes) if is_plain => {
            let required = attributes.iter().find(|attribute| attribute.status == Status::Required);
            required.map(|required| format!("{{{}={}}}", required.name, hcl_text::quoted(value)))
        }
        _ => None,
    };
    if let (Some(meant), Some(first)) = (meant, problems.first_mut()) {
        first.hint = Some(format!("write: -backend-config='{}={meant}'", argument.name));
    }
    problems
}

/// What to write for an attribute of an argument that is an object, `assume_role.role_arn=…`, or for a member of one that is
/// a map, `assume_role.tags.team=…`.
fn nested(name: &str, value: &str) -> Option<Diagnostic> {
    let (outer, inner) = name.split_once('.')?;
    let Form::Object(attributes) = find(outer)?.form else { return None };
    let (inner, member) =
        inner.split_once('.').map_or((inner, None), |(inner, member)| (inner, Some(member)));
    let attribute = attributes.iter().find(|attribute| attribute.name == inner)?;
    let shown = match (attribute.form, member) {
        _ if attribute.is_secret => "\"…\"".to_owned(),
        (Form::TextMap, Some(member)) => {
            format!("{{{}={}}}", hcl_text::quoted(member), hcl_text::quoted(value))
        }
        (_, Some(_)) => return None,
        (Form::Text, None) => hcl_text::quoted(value),
        (Form::Texts, None) if !value.starts_with('[') => list(value),
        (_, None) => value.to_owned(),
    };
    let object = format!("{outer}={{{inner}={shown}}}").replace('\'', "'\\''");
    let detail = format!("\"{outer}\" is an object, and \"{inner}\" one of its attributes.");
    Some(
        Diagnostic::error("Invalid backend configuration argument", detail)
            .hint(format!("write all attributes of the object together:\n  -backend-config='{object}'")),
    )
}

fn local(values: &BTreeMap<&str, Value>) -> LocalBackend {
    let text = |name: &str, default: String| match values.get(name) {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        _ => default,
    };
    let LocalBackend { path, workspace_dir } = LocalBackend::default();
    LocalBackend { path: text("path", path), workspace_dir: text("workspace_dir", workspace_dir) }
}
