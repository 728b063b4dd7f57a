//! The settings under which everything stays as it was found: tried out, not guessed.

use std::collections::BTreeMap;

use engine::adoption::Outcome;
use engine::{Action, Plan};
use foundation::settings::Profile;
use foundation::{Caller, addresses};
use serde_json::Value;

use crate::configuration::Configuration;
use crate::error::CliError;
use crate::views::adoption::{ACCEPTED, Faithful};

/// How often what is still found may add to the settings: statements first, then what others do beside them.
const TRIES: usize = 4;

/// Tries the settings of the run where their plan changes nothing, otherwise the document's profile, and with either what its
/// plan says would keep the rest.
///
/// # Errors
/// Settings that do not fit the account or each other, and what stops a plan.
pub(super) fn faithful(
    outcome: &Outcome,
    configuration: &Configuration,
    caller: &Caller,
) -> Result<Faithful, CliError> {
    let fits = configuration.settings.profile == Profile::Hardened && !outcome.plan.is_applyable();
    let mut settings = if fits { BTreeMap::new() } else { document(configuration) };
    let plan_under = |settings: &BTreeMap<String, Value>| -> Result<Plan, CliError> {
        let configuration = configuration.with(settings)?;
        Ok(outcome.plan_under(&configuration.blueprint(caller, Some(&outcome.state))?)?)
    };
    let mut plan = plan_under(&settings)?;
    for _ in 0..TRIES {
        let before = settings.clone();
        keep(&mut settings, &plan, configuration);
        if settings == before {
            break;
        }
        plan = plan_under(&settings)?;
    }
    Ok(Faithful { settings, plan })
}

/// What chooses the document's profile.
fn document(configuration: &Configuration) -> BTreeMap<String, Value> {
    let mut settings = BTreeMap::from([("profile".to_owned(), Value::from("document"))]);
    // The log group is encrypted with the key in this profile, too, which does not let CloudWatch Logs use it by itself.
    let monitoring = configuration.settings.monitoring.as_ref();
    if monitoring.is_some_and(|monitoring| monitoring.cloudwatch_logs == Some(true)) {
        settings.insert("kms_allow_cloudwatch_logs".to_owned(), Value::from(true));
    }
    settings
}

/// Adds what keeps that which a plan changes or names.
fn keep(settings: &mut BTreeMap<String, Value>, plan: &Plan, configuration: &Configuration) {
    settings.extend(plan.effects.iter().filter_map(|effect| effect.kept_by.clone()));
    let made = plan.changes.iter().filter(|change| change.action == Action::Create);
    if made.into_iter().any(|change| change.address == addresses::fargate_role()) {
        settings.insert("enable_fargate".to_owned(), Value::from(false));
    }
    let entries = plan.review.findings.iter().map(|finding| Value::from(finding.entry()));
    let mut accepted = match settings.remove(ACCEPTED).or_else(|| configuration.given(ACCEPTED)) {
        Some(Value::Array(accepted)) => accepted,
        _ => Vec::new(),
    };
    for entry in entries {
        if !accepted.contains(&entry) {
            accepted.push(entry);
        }
    }
    if !accepted.is_empty() {
        settings.insert(ACCEPTED.to_owned(), Value::Array(accepted));
    }
}
