//! Every place a setting can come from, lowest first: `TF_VAR_…`, `terraform.tfvars`, `terraform.tfvars.json`,
//! `*.auto.tfvars` and `*.auto.tfvars.json` in one order of names, then `-var` and `-var-file` as given.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use foundation::settings::declaration;
use foundation::{Origin, SettingValue};
use terraform::tfvars::{self, FILE_LIMIT};
use terraform::{Diagnostic, Location, Source, Value};

use super::{VariableSource, Variables};
use crate::environment::Environment;
use crate::input;

/// The winning value of every name, and what is wrong with the sources. Files without a name of their own are those of
/// `directory`, where an empty path is the working directory.
pub fn gather(
    directory: &Path,
    variables: &Variables,
    environment: &Environment,
) -> (Vec<SettingValue>, Vec<Diagnostic>) {
    let mut gathered = Gathered::default();
    for (name, text) in environment.with_prefix("TF_VAR_") {
        if declaration(name).is_some() {
            gathered.take(from_text(name, text, Origin::Environment).map(|value| vec![value]));
        }
    }
    match automatic_files(directory) {
        Ok(paths) => paths.iter().for_each(|path| gathered.take(from_file(path))),
        Err(problem) => gathered.problems.push(problem),
    }
    gathered.take_flags(variables);
    (gathered.values, gathered.problems)
}

/// The same of the flags alone.
pub fn flags(variables: &Variables) -> (Vec<SettingValue>, Vec<Diagnostic>) {
    let mut gathered = Gathered::default();
    gathered.take_flags(variables);
    (gathered.values, gathered.problems)
}

#[derive(Default)]
struct Gathered {
    values: Vec<SettingValue>,
    problems: Vec<Diagnostic>,
}

impl Gathered {
    /// Takes what `-var` and `-var-file` give.
    fn take_flags(&mut self, variables: &Variables) {
        for source in &variables.sources {
            self.take(match source {
                VariableSource::Assignment(text) => from_assignment(text).map(|value| vec![value]),
                VariableSource::File(path) => from_file(path),
            });
        }
    }

    /// Takes the values of one source, which replace those of the same names.
    fn take(&mut self, source: Result<Vec<SettingValue>, Vec<Diagnostic>>) {
        match source {
            Ok(values) => {
                for value in values {
                    self.values.retain(|earlier| earlier.name != value.name);
                    self.values.push(value);
                }
            }
            Err(problems) => self.problems.extend(problems),
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

fn from_file(path: &Path) -> Result<Vec<SettingValue>, Vec<Diagnostic>> {
    let name = path.display().to_string();
    let unreadable = |error: std::io::Error| {
        let detail = match error.kind() {
            std::io::ErrorKind::NotFound => format!("Given variables file {name} does not exist."),
            _ => format!("Error while reading {name}: {error}."),
        };
        vec![Diagnostic::error("Failed to read variables file", detail)]
    };
    let bytes = input::file(path, FILE_LIMIT).map_err(unreadable)?;
    let assignments = tfvars::parse_bytes(&name, &bytes, &|name| declaration(name).is_some())?;
    Ok(assignments.into_iter().map(|assignment| SettingValue::assigned(assignment, Origin::File)).collect())
}

/// `-var NAME=VALUE`.
fn from_assignment(text: &str) -> Result<SettingValue, Vec<Diagnostic>> {
    let invalid = |detail: String| vec![Diagnostic::error("Invalid -var option", detail)];
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
    from_text(name, value, Origin::CommandLine)
}

/// Text from the command line, the environment or a person: as it is where a string, number or switch is wanted, an
/// expression otherwise.
///
/// # Errors
/// The expression cannot be read.
pub fn from_text(name: &str, text: &str, origin: Origin) -> Result<SettingValue, Vec<Diagnostic>> {
    if declaration(name).is_some_and(|declaration| !declaration.is_primitive()) {
        return tfvars::parse_value(text, name).map(|assignment| SettingValue::assigned(assignment, origin));
    }
    let source = Arc::new(Source { name: format!("<value for var.{name}>"), text: text.to_owned() });
    Ok(SettingValue::new(name, Value::from(text), origin).at(Location { span: 0..text.len(), source }))
}
