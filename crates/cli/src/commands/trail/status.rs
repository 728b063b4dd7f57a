//! `trail status`.

use std::process::ExitCode;
use std::time::SystemTime;

use aws::archive::{self, trail_facts};
use aws::clients;
use clap::ArgAction;
use terraform::Diagnostic;
use trail::{Moment, Scope};

use super::records::Records;
use super::source::named;
use super::which::Which;
use crate::context::Context;
use crate::error::CliError;
use crate::views::trail::{Shown, status, status_json};
use crate::{flag_value, runtime};

/// The arguments of `trail status`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin trail status\nunderpin trail status -trail=ARN")]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// Prints JSON
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    json: bool,
}

/// Shows the trail's state; exit status 1 when something is wrong.
///
/// # Errors
/// The trail is not known, or CloudTrail does not answer.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    if let Some(folder) = &args.which.from {
        let detail = format!(
            "A copy does not know how its trail is now. What it proves: underpin trail verify -from={}",
            folder.display()
        );
        return Err(Diagnostic::error("Invalid combination of command line options", detail).into());
    }
    let named = named(&args.which, context)?;
    let (Some(arn), Some(id)) = (named.arn.clone(), named.id.clone()) else {
        let detail = "trail status asks CloudTrail about a trail, so it needs the trail's ARN.";
        return Err(Diagnostic::error("No trail is named", detail).hint("name it with -trail=ARN").into());
    };
    runtime::block_on(async {
        let config = clients::resource_config(&id.home, named.http()).await?;
        let (status_of, facts) = futures::join!(
            trail_facts::status(&config, &arn, &id.home),
            trail_facts::describe(&config, &arn, &id.home)
        );
        let (status_of, facts) = (status_of?, facts?);
        let trails = match trail_facts::all(&config, &id.home).await {
            Ok(trails) => trails,
            Err(error) => {
                context
                    .terminal
                    .tell(&format!("The other trails are not known: {}", archive::reason(&error)));
                facts.iter().cloned().collect()
            }
        };
        let described = facts.as_ref();
        let prefix =
            named.prefix.as_deref().or(described.map(|facts| facts.prefix.as_str())).unwrap_or_default();
        let prefix = prefix.trim_matches('/');
        let scope = Scope {
            bucket: named.bucket.clone().or_else(|| described.map(|facts| facts.bucket.clone())),
            prefix: if prefix.is_empty() { String::new() } else { format!("{prefix}/") },
            trail: Some(id),
            ..Scope::default()
        };
        let seconds =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let shown = Shown {
            arn,
            now: Moment::from_unix(i64::try_from(seconds).unwrap_or_default()),
            facts,
            status: status_of,
            trails,
            last: Records::of(&scope, context).last(),
        };
        context.terminal.say(&match args.json {
            true => status_json(&shown),
            false => status(&shown, context.terminal.width()),
        });
        Ok(if shown.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}
