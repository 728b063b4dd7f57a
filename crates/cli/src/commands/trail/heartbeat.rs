//! `trail heartbeat`.

use std::process::ExitCode;
use std::time::SystemTime;

use aws::archive::trail_facts::{self, TrailStatus};
use aws::{clients, heartbeat};
use foundation::heartbeat::{DELIVERY_AGE, DIGEST_AGE, IS_LOGGING, NAMESPACE};
use terraform::Diagnostic;
use trail::Moment;

use super::source::named;
use super::which::Which;
use crate::context::Context;
use crate::error::CliError;
use crate::runtime;

/// The arguments of `trail heartbeat`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin trail heartbeat\nunderpin trail heartbeat -trail=ARN")]
pub(super) struct Args {
    /// The trail; found in the state when not given
    #[arg(long, value_name = "ARN")]
    trail: Option<String>,
}

/// Publishes how the trail is; exit status 1 when it does not record.
///
/// # Errors
/// The trail is not known, or AWS does not answer: nothing is published then, which the alarm takes as alarming.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let which = Which { trail: args.trail.clone(), ..Which::default() };
    let named = named(&which, context)?;
    let (Some(arn), Some(id)) = (named.arn.clone(), named.id.clone()) else {
        let detail = "trail heartbeat asks CloudTrail about a trail, so it needs the trail's ARN.";
        return Err(Diagnostic::error("No trail is named", detail).hint("name it with -trail=ARN").into());
    };
    let status = runtime::block_on(async {
        let config = clients::resource_config(&id.home, named.http()).await?;
        let status = trail_facts::status(&config, &arn, &id.home).await?;
        let values = values(status.as_ref(), now());
        heartbeat::publish(&config, &id, &values).await?;
        let shown = values.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>();
        context.terminal.say(&format!("{} to {NAMESPACE} in {}: {}", id.name, id.home, shown.join(", ")));
        Ok::<_, CliError>(status)
    })?;
    let Some(finding) = unwell(status.as_ref(), &arn) else { return Ok(ExitCode::SUCCESS) };
    Err(CliError::from(finding))
}

/// What is published. A delivery that never was has no age.
fn values(status: Option<&TrailStatus>, now: Moment) -> Vec<(&'static str, i64)> {
    let logging = status.is_some_and(|status| status.logging == Some(true));
    let age = |at: Option<Moment>| Some(now.unix().saturating_sub(at?.unix()).max(0));
    let delivery = age(status.and_then(|status| status.delivery)).map(|age| (DELIVERY_AGE, age));
    let digest = age(status.and_then(|status| status.digest)).map(|age| (DIGEST_AGE, age));
    std::iter::once((IS_LOGGING, i64::from(logging))).chain(delivery).chain(digest).collect()
}

/// What is wrong with the trail.
fn unwell(status: Option<&TrailStatus>, arn: &str) -> Option<Diagnostic> {
    let (summary, detail) = match status {
        None => (
            "The trail is gone",
            format!("There is no trail {arn}. What happens meanwhile is recorded by nobody."),
        ),
        Some(status) if status.logging != Some(true) => (
            "The trail does not record",
            format!("{arn} is stopped. What happens meanwhile is lost for good."),
        ),
        Some(_) => return None,
    };
    Some(Diagnostic::error(summary, detail).hint("underpin apply"))
}

fn now() -> Moment {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Moment::from_unix(since.ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_that_is_gone_or_stopped_does_not_record_and_what_never_came_has_no_age() {
        let now = Moment::from_unix(1_000);
        let at = |second| Some(Moment::from_unix(second));
        let well = TrailStatus {
            logging: Some(true),
            delivery: at(760),
            digest: at(1_100),
            ..TrailStatus::default()
        };
        assert_eq!(values(Some(&well), now), [(IS_LOGGING, 1), (DELIVERY_AGE, 240), (DIGEST_AGE, 0)]);
        assert_eq!(unwell(Some(&well), "arn"), None);
        let stopped = TrailStatus { logging: Some(false), ..well };
        assert_eq!(values(Some(&stopped), now)[0], (IS_LOGGING, 0));
        assert_eq!(unwell(Some(&stopped), "arn").unwrap().summary, "The trail does not record");
        assert_eq!(values(None, now), [(IS_LOGGING, 0)]);
        assert_eq!(unwell(None, "arn").unwrap().summary, "The trail is gone");
        assert_eq!(values(Some(&TrailStatus::default()), now), [(IS_LOGGING, 0)]);
    }
}
