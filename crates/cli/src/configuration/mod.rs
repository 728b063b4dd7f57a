//! The settings of a run: every source in Terraform's order, checked together.

mod missing;
mod sources;

use std::collections::BTreeMap;
use std::path::Path;

use engine::Goal;
use engine::observation::recorded_region;
use foundation::{
    Accepted, Blueprint, Caller, Origin, SettingValue, Settings, blueprint, statement_problems,
};
use terraform::{Diagnostic, Severity, State, Value};

use crate::backend::Backend;
use crate::context::Context;
use crate::environment::Environment;
use crate::error::CliError;

pub(crate) use self::sources::{VariableSource, Variables};

/// The settings, and where they came from.
#[derive(Debug)]
pub(crate) struct Configuration {
    values: Vec<SettingValue>,
    /// The settings.
    pub settings: Settings,
    /// Warnings about them.
    pub findings: Vec<Diagnostic>,
}

impl Configuration {
    /// Reads the settings from the working directory, the environment and the flags, and asks for what is missing if
    /// that is allowed (`asks`).
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(crate) fn load(variables: &Variables, asks: bool, context: &Context) -> Result<Self, CliError> {
        let (mut values, problems) = sources::gather(Path::new(""), variables, &context.environment);
        if problems.is_empty() && asks && context.environment.allows_input() {
            missing::ask(&mut values, &context.terminal)?;
        }
        let configuration = check(values, problems)?;
        context.found_region(configuration.settings.aws_region.as_str());
        Ok(configuration)
    }

    /// Reads the settings without asking.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(crate) fn read(variables: &Variables, environment: &Environment) -> Result<Self, Vec<Diagnostic>> {
        let (values, problems) = sources::gather(Path::new(""), variables, environment);
        check(values, problems)
    }

    /// Whether `-var` and `-var-file` give every setting the value that a saved plan was made with.
    ///
    /// # Errors
    /// Other values, and whatever cannot be read.
    pub(crate) fn check_saved(
        variables: &Variables,
        saved: &BTreeMap<String, Value>,
    ) -> Result<(), CliError> {
        let (given, mut problems) = sources::flags(variables);
        let values = foundation::settings::variables(&given);
        for setting in &given {
            let name = &setting.name;
            let problem = match (values.get(name), saved.get(name)) {
                (None, _) if setting.origin == Origin::File => continue,
                (None, _) => Diagnostic::error(
                    "Value for undeclared variable",
                    format!("There is no setting named `{name}`."),
                ),
                (Some(value), Some(planned)) if value == planned => continue,
                (Some(value), planned) => Diagnostic::error(
                    "Can't change variable when applying a saved plan",
                    format!(
                        "The plan was made with `{name}` = {}, and the command line gives {value}.",
                        planned.unwrap_or(&Value::Null)
                    ),
                )
                .hint("leave -var and -var-file out, or make another plan with underpin plan -out=FILE"),
            };
            problems.push(problem.at(setting.name_location.clone()));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
    }

    /// The foundation that follows for a caller and for what a state records of it.
    ///
    /// # Errors
    /// Settings that do not fit the account, or another region than the state's.
    pub(crate) fn blueprint(&self, caller: &Caller, state: Option<&State>) -> Result<Blueprint, CliError> {
        let problems = self.settings.check_caller(caller, &self.values);
        if problems.iter().any(|problem| problem.severity == Severity::Error) {
            return Err(problems.into());
        }
        if let Some(state) = state {
            self.same_region(state)?;
        }
        let settings = self.settings.for_state(state);
        let problems = statement_problems(&settings, Some(caller), &self.values);
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let blueprint = blueprint(&settings, caller);
        let too_long = blueprint.too_long(&settings);
        if too_long.is_empty() { Ok(blueprint) } else { Err(too_long.into()) }
    }

    /// In another region the key and the trail would look gone, be made a second time there, and be forgotten here.
    fn same_region(&self, state: &State) -> Result<(), CliError> {
        let wanted = self.settings.aws_region.as_str();
        let Some(recorded) = recorded_region(state).filter(|recorded| recorded != wanted) else {
            return Ok(());
        };
        let detail = format!(
            "What the state records is in {recorded}, and `aws_region` is {wanted}. The key, the log bucket and the trail \
             cannot move. Nothing was read or changed."
        );
        let hint = format!(
            "write aws_region = \"{recorded}\"; or give {wanted} a foundation and a state of its own: another project_name or \
             environment, and another `key` in the backend file, then underpin init -reconfigure"
        );
        Err(CliError::from(Diagnostic::error("The state belongs to another region", detail).hint(hint)))
    }

    /// The same with other values for these settings.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(crate) fn with(&self, settings: &BTreeMap<String, Value>) -> Result<Self, CliError> {
        let others = self.values.iter().filter(|value| !settings.contains_key(&value.name)).cloned();
        let given = settings.iter();
        let given = given.map(|(name, value)| SettingValue::new(name, value.clone(), Origin::CommandLine));
        Ok(check(others.chain(given).collect(), Vec::new())?)
    }

    /// The value that a setting was given, as it was written.
    pub(crate) fn given(&self, name: &str) -> Option<Value> {
        self.values.iter().find(|value| value.name == name).map(|value| value.value.clone())
    }

    /// Every setting's value, for a plan that other tools read.
    pub(crate) fn variables(&self) -> BTreeMap<String, Value> {
        foundation::settings::variables(&self.values)
    }

    /// What to warn about in a plan; of what is left out, only where something is made.
    pub(crate) fn warnings(&self, backend: &Backend, blueprint: &Blueprint, goal: Goal) -> Vec<Diagnostic> {
        let bucket =
            backend.bucket().and_then(|bucket| self.settings.check_state_bucket(bucket, &self.values));
        let left_out = blueprint.warnings.iter().filter(|_| goal == Goal::Apply);
        self.findings.iter().cloned().chain(bucket).chain(left_out.cloned()).collect()
    }
}

/// Checks all values. Where something could not be read, what is missing is not reported: it may be there.
fn check(values: Vec<SettingValue>, problems: Vec<Diagnostic>) -> Result<Configuration, Vec<Diagnostic>> {
    let checked = Settings::from_values(&values);
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        let further = match checked {
            Ok((_, warnings)) => warnings,
            Err(errors) => errors.into_iter().filter(|error| error.location.is_some()).collect(),
        };
        return Err(problems.into_iter().chain(further).collect());
    }
    let (settings, mut findings) = checked?;
    let misfits = statement_problems(&settings, None, &values);
    if !misfits.is_empty() {
        return Err(findings.into_iter().chain(misfits).collect());
    }
    findings.extend(problems);
    Ok(Configuration { values, settings, findings })
}

/// What the settings of the directory accept, also where it has no other settings.
///
/// # Errors
/// Everything that is wrong with the settings, if they accept something.
pub(crate) fn accepted(environment: &Environment) -> Result<Vec<Accepted>, Vec<Diagnostic>> {
    let variables = Variables::default();
    let (values, _) = sources::gather(Path::new(""), &variables, environment);
    if !values.iter().any(|value| value.name == "accepted") {
        return Ok(Vec::new());
    }
    Ok(Configuration::read(&variables, environment)?.settings.accepted.unwrap_or_default())
}

/// The text that a setting has, whatever the others are; `None` where it has none, or nobody can tell.
pub(crate) fn text(name: &str, variables: &Variables, environment: &Environment) -> Option<String> {
    let (values, _) = sources::gather(Path::new(""), variables, environment);
    let value = values.iter().find(|value| value.name == name)?.value.as_str()?;
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests;
