//! `monitoring test`.

use std::process::ExitCode;

use aws::Alerts;
use foundation::addresses::bucket;
use foundation::kinds::events::{rule, target};
use foundation::{AccountId, Caller, Settings, sample_event};
use terraform::{Address, Diagnostic, State, Value};

use crate::backend::Backend;
use crate::configuration::{Configuration, Variables};
use crate::context::Context;
use crate::error::CliError;
use crate::operation::Account;
use crate::runtime;

/// The arguments of `monitoring test`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin monitoring test")]
pub(super) struct Args {
    #[command(flatten)]
    variables: Variables,
    /// Stops unless the credentials belong to this account
    #[arg(long, value_name = "ID")]
    expect_account_id: Option<AccountId>,
}

/// What was tried, and whether it works.
struct Trial {
    what: String,
    works: bool,
}

/// Tries what can be tried and says what cannot.
///
/// # Errors
/// Monitoring is not set or not laid, or what AWS refuses.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let settings = Configuration::read(&args.variables, &context.environment)?.settings;
    if settings.monitoring.is_none() {
        let detail = "The setting `monitoring` is null, so nobody is told of anything.";
        let hint = "write monitoring = { emails = [\"security@company.com\"] }, then underpin apply";
        return Err(CliError::from(Diagnostic::error("There are no alerts", detail).hint(hint)));
    }
    let backend = Backend::load(context)?;
    let state = backend.read_state()?.ok_or_else(not_laid)?;
    let trials = runtime::block_on(async {
        let region = settings.aws_region.as_str();
        let account = Account::identify(region, args.expect_account_id.as_ref(), &backend).await?;
        try_all(&account.alerts(), &settings, &account.caller, &state).await
    })?;
    for trial in &trials {
        let verdict = if trial.works { "ok  " } else { "FAIL" };
        context.terminal.say(&format!("{verdict}  {}", trial.what));
    }
    context.terminal.say(
        "Not tried: whether EventBridge hands a call to the rules, and whether an e-mail arrives. See the inbox for TEST.",
    );
    let failed = trials.iter().filter(|trial| !trial.works).count();
    if failed > 0 {
        let detail = format!("{failed} of {} trials failed.", trials.len());
        let finding = Diagnostic::error("Not everything that touches the foundation would be told", detail);
        return Err(CliError::from(finding.hint("underpin plan")));
    }
    Ok(ExitCode::SUCCESS)
}

async fn try_all(
    alerts: &Alerts,
    settings: &Settings,
    caller: &Caller,
    state: &State,
) -> Result<Vec<Trial>, CliError> {
    let log_bucket = recorded(state, &bucket(), "bucket").unwrap_or_default();
    let mut trials = Vec::new();
    let mut topic = None;
    for name in rule::SCHEMA.names {
        let at = Address::new(rule::SCHEMA.resource_type, *name);
        let Some(arn) = recorded(state, &at, "arn") else { continue };
        let Some(event) = sample_event(name, settings, caller, &log_bucket) else { continue };
        let target = recorded(state, &Address::new(target::SCHEMA.resource_type, *name), "arn");
        let (said, works) = try_rule(alerts, &arn, target.as_deref(), &event).await?;
        trials.push(Trial { what: format!("rule {name}: {said}"), works });
        topic = topic.or(target.filter(|arn| arn.contains(":sns:")));
    }
    let topic = topic.ok_or_else(not_laid)?;
    let name = settings.name.joined("");
    let message = format!("TEST: this is a trial of the alerts of {name}. Nothing was touched.");
    let id = alerts.publish(&topic, &format!("TEST of {name}"), &message).await?;
    trials.push(Trial { what: format!("topic {topic}: took the message {id}"), works: true });
    let subscribers = alerts.subscribers(&topic).await?;
    if subscribers.is_empty() {
        trials.push(Trial { what: format!("topic {topic}: tells nobody"), works: false });
    }
    trials.extend(subscribers.into_iter().map(|subscriber| {
        let said = match subscriber.is_confirmed {
            true => "is told",
            false => "has not followed the link in AWS's e-mail, and is told nothing",
        };
        Trial { what: format!("{} {said}", subscriber.endpoint), works: subscriber.is_confirmed }
    }));
    Ok(trials)
}

/// What a rule does with an event, and whether that is what it is for.
async fn try_rule(
    alerts: &Alerts,
    arn: &str,
    target: Option<&str>,
    event: &Value,
) -> Result<(String, bool), CliError> {
    let Some(rule) = alerts.rule(arn).await? else { return Ok(("is gone".to_owned(), false)) };
    let action = event.pointer("/detail/eventName").and_then(Value::as_str).unwrap_or_default();
    if !rule.is_enabled {
        return Ok(("is disabled".to_owned(), false));
    }
    if !rule.targets.iter().any(|arn| Some(arn.as_str()) == target) {
        return Ok(("does not send what it matches to where it shall".to_owned(), false));
    }
    Ok(match alerts.matches(&rule.pattern, &event.to_string()).await? {
        true => (format!("tells of {action}"), true),
        false => (format!("does not tell of {action}"), false),
    })
}

/// A recorded text.
fn recorded(state: &State, address: &Address, attribute: &str) -> Option<String> {
    let instance = state.instance(address)?;
    instance.attributes.get(attribute).and_then(Value::as_str).map(str::to_owned)
}

fn not_laid() -> CliError {
    let detail = "The state records no rules of the setting `monitoring`.";
    CliError::from(Diagnostic::error("The alerts are not made yet", detail).hint("underpin apply"))
}
