//! Every place a setting can come from, lowest first: `TF_VAR_…`, `terraform.tfvars`, `terraform.tfvars.json`,
//! `*.auto.tfvars` and `*.auto.tfvars.json` in one order of names, then `-var` and `-var-file` as given.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foundation::settings::{declaration, meant};
use foundation::{Origin, SettingValue};
use terraform::tfvars::{self, FILE_LIMIT};
use terraform::{Diagnostic, Location, Source, Value};

use crate::environment::Environment;
use crate::input;

/// The variables given on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Variables {
    /// First to last; a later one wins.
    pub sources: Vec<VariableSource>,
}

/// One `-var` or `-var-file`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum VariableSource {
    /// `-var NAME=VALUE`, as typed.
    Assignment(String),
    /// `-var-file FILE`.
    File(PathBuf),
}

/// The winning value of every name, and what is wrong with the sources. Files without a name of their own are those of
/// `directory`, where an empty path is the working directory. As in Terraform, a value that does not win is not evaluated.
pub(super) fn gather(
    directory: &Path,
    variables: &Variables,
    environment: &Environment,
) -> (Vec<SettingValue>, Vec<Diagnostic>) {
    let mut gathered = Gathered::default();
    for (name, text) in environment.with_prefix("TF_VAR_") {
        if declaration(name).is_some() {
            gathered.sources.push(Given::Text(Text::of_variable(name, text)));
        }
    }
    match automatic_files(directory) {
        Ok(paths) => paths.iter().for_each(|path| gathered.read(path)),
        Err(problem) => gathered.problems.push(problem),
    }
    gathered.take_flags(variables);
    gathered.evaluated()
}

/// The same of the flags alone.
pub(super) fn flags(variables: &Variables) -> (Vec<SettingValue>, Vec<Diagnostic>) {
    let mut gathered = Gathered::default();
    gathered.take_flags(variables);
    gathered.evaluated()
}

/// One source of values, not evaluated yet.
enum Given {
    /// A variable of the environment or a flag.
    Text(Text),
    /// A file.
    File {
        /// As it was named.
        name: String,
        /// What is in it.
        bytes: Vec<u8>,
        /// The names that it gives values to; none where it cannot be read.
        names: BTreeSet<String>,
    },
}

/// One value in words.
struct Text {
    name: String,
    text: String,
    origin: Origin,
    /// What a person would look for: `TF_VAR_tags`, `-var tags`.
    source: String,
}

impl Text {
    fn of_variable(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            origin: Origin::Environment,
            source: format!("TF_VAR_{name}"),
        }
    }

    fn of_flag(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
            origin: Origin::CommandLine,
            source: format!("-var {name}"),
        }
    }

    /// As it is where a string, number or switch is wanted, an expression otherwise.
    fn value(&self) -> Result<SettingValue, Vec<Diagnostic>> {
        let Self { name, text, origin, source } = self;
        let source = Arc::new(Source { name: source.clone(), text: text.clone() });
        if let Some(declaration) = declaration(name).filter(|declaration| !declaration.is_primitive()) {
            let assignment = tfvars::parse_expression(&source, name).map_err(|mut problems| {
                // A line of a file would be no help here.
                let is_whole = text.trim_start().starts_with(['[', '{']);
                if let Some(first) = problems.first_mut().filter(|first| first.hint.is_none() || !is_whole) {
                    first.hint = Some(meant(declaration, text, *origin));
                }
                problems
            })?;
            return Ok(SettingValue::assigned(assignment, *origin));
        }
        let location = Location { span: 0..text.len(), source };
        Ok(SettingValue::new(name, Value::from(text.as_str()), *origin).at(location))
    }
}

#[derive(Default)]
struct Gathered {
    sources: Vec<Given>,
    problems: Vec<Diagnostic>,
}

impl Gathered {
    /// Takes what `-var` and `-var-file` give.
    fn take_flags(&mut self, variables: &Variables) {
        for source in &variables.sources {
            match source {
                VariableSource::Assignment(text) => match assignment(text) {
                    Ok((name, value)) => self.sources.push(Given::Text(Text::of_flag(name, value))),
                    Err(problem) => self.problems.push(problem),
                },
                VariableSource::File(path) => self.read(path),
            }
        }
    }

    /// Takes a file, of which only the names are looked at.
    fn read(&mut self, path: &Path) {
        let name = path.display().to_string();
        match input::file(path, FILE_LIMIT) {
            Ok(bytes) => {
                let assignments = tfvars::parse_bytes(&name, &bytes, &|_| false).unwrap_or_default();
                let names = assignments.into_iter().map(|assignment| assignment.name).collect();
                self.sources.push(Given::File { name, bytes, names });
            }
            Err(error) => self.problems.push(unreadable(&name, &error)),
        }
    }

    /// The values that win, and all problems.
    fn evaluated(mut self) -> (Vec<SettingValue>, Vec<Diagnostic>) {
        let mut winners: BTreeMap<String, usize> = BTreeMap::new();
        for (index, source) in self.sources.iter().enumerate() {
            match source {
                Given::Text(text) => {
                    winners.insert(text.name.clone(), index);
                }
                Given::File { names, .. } => {
                    winners.extend(names.iter().map(|name| (name.clone(), index)));
                }
            }
        }
        let mut values = Vec::new();
        for (index, source) in self.sources.iter().enumerate() {
            let wins = |name: &str| winners.get(name).is_none_or(|winner| *winner == index);
            match evaluated(source, &wins) {
                Ok(won) => values.extend(won),
                Err(problems) => self.problems.extend(problems),
            }
        }
        (values, self.problems)
    }
}

/// The values of a source that win.
fn evaluated(source: &Given, wins: &dyn Fn(&str) -> bool) -> Result<Vec<SettingValue>, Vec<Diagnostic>> {
    match source {
        Given::Text(text) if wins(&text.name) => Ok(vec![text.value()?]),
        Given::Text(_) => Ok(Vec::new()),
        Given::File { name, bytes, .. } => {
            let evaluates = |name: &str| declaration(name).is_some() && wins(name);
            let assignments = tfvars::parse_bytes(name, bytes, &evaluates)?;
            let won = assignments.into_iter().filter(|assignment| wins(&assignment.name));
            Ok(won.map(|assignment| SettingValue::assigned(assignment, Origin::File)).collect())
        }
    }
}

/// The files that are read without being named, in their order.
fn automatic_files(directory: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let unreadable = |error: std::io::Error| {
        Diagnostic::error(
            "Failed to read the working directory",
            format!("Its files cannot be listed: {error}."),
        )
    };
    let listed = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let mut automatic = Vec::new();
    for entry in std::fs::read_dir(listed).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let is_automatic = name
            .to_str()
            .is_some_and(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"));
        if is_automatic {
            automatic.push(name);
        }
    }
    automatic.sort_by(|left, right| left.as_encoded_bytes().cmp(right.as_encoded_bytes()));
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"].map(|name| directory.join(name));
    // A link that leads nowhere is there, and cannot be read.
    let fixed = fixed.into_iter().filter(|path| path.symlink_metadata().is_ok());
    Ok(fixed.chain(automatic.into_iter().map(|name| directory.join(name))).collect())
}

fn unreadable(name: &str, error: &std::io::Error) -> Diagnostic {
    let detail = match error.kind() {
        std::io::ErrorKind::NotFound => format!("Given variables file {name} does not exist."),
        _ => format!("Error while reading {name}: {error}."),
    };
    Diagnostic::error("Failed to read variables file", detail)
}

/// Name and value of `-var NAME=VALUE`.
fn assignment(text: &str) -> Result<(&str, &str), Diagnostic> {
    let invalid = |detail: String| Diagnostic::error("Invalid -var option", detail);
    let Some((name, value)) = text.split_once('=') else {
        return Err(invalid(format!(
            "The given -var option \"{text}\" is not correctly specified. It must be a name and a value separated by an \
             equals sign, like -var=\"key=value\"."
        )));
    };
    let trimmed = name.trim();
    if trimmed != name {
        return Err(invalid(format!(
            "The name \"{name}\" is invalid because of the space around it. Did you mean -var=\"{trimmed}={}\"?",
            value.trim_start()
        )));
    }
    Ok((name, value))
}

/// What a person answered to the question for a setting.
///
/// # Errors
/// The expression cannot be read.
pub(super) fn answered(name: &str, text: &str) -> Result<SettingValue, Vec<Diagnostic>> {
    Text { source: format!("var.{name}"), ..Text::of_flag(name, text) }.value()
}
