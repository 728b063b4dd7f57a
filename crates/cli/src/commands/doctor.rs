//! `doctor`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgAction;
use clap::builder::{OsStringValueParser, TypedValueParser};
use doctor::{ImageReference, Report, Status, Subject};
use foundation::AccountId;
use terraform::Diagnostic;

use crate::configuration::{Configuration, Variables};
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::operation::{DoctorOptions, examine};
use crate::runtime;
use crate::views::doctor as view;

/// What `doctor` answers when something does not work.
const FAILS: u8 = 2;

/// The arguments of `doctor`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin doctor\nunderpin doctor ecr -image=999988887777.dkr.ecr.us-east-1.amazonaws.com/development/api:1 -probe\nunderpin doctor kms -principal=arn:aws:iam::123456789012:role/app -action=kms:Decrypt"
)]
pub(crate) struct Args {
    /// kms, ecr, trail, alarms, roles, state, settings, or all
    #[arg(value_name = "SUBJECT", value_parser = choice)]
    subjects: Vec<Choice>,
    #[command(flatten)]
    variables: Variables,
    /// Prints JSON: every check, also those that pass
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    json: bool,
    /// Exits with 2 on warnings too
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    strict: bool,
    /// Lists what passes
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    verbose: bool,
    /// An image that cannot be pulled
    #[arg(long, value_name = "REF")]
    image: Option<ImageReference>,
    /// Reads the image's manifest, with your credentials
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    probe: bool,
    /// The repository policy, as the registry's owner has it
    #[arg(long, value_name = "FILE", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    repository_policy: Option<PathBuf>,
    /// The policy of the VPC endpoint that images are pulled through
    #[arg(long, value_name = "FILE", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    endpoint_policy: Option<PathBuf>,
    /// A role or service that cannot do something, with -action
    #[arg(long, value_name = "ARN")]
    principal: Option<String>,
    /// What it cannot do: kms:Decrypt, ecr:BatchGetImage
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// Looks for denied calls in a mirror of the log bucket, instead of the event history
    #[arg(long, value_name = "DIR", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    from: Option<PathBuf>,
    /// The account to look at where no state says it
    #[arg(long, value_name = "ID")]
    account_id: Option<AccountId>,
}

/// A subject as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    All,
    Only(Subject),
}

fn choice(text: &str) -> Result<Choice, String> {
    if text == "all" {
        return Ok(Choice::All);
    }
    let found = Subject::ALL.into_iter().find(|subject| subject.name() == text);
    found
        .map(Choice::Only)
        .ok_or_else(|| "write kms, ecr, trail, alarms, roles, state, settings or all".to_owned())
}

/// Reads, judges and says what does not work, why, and what to type.
///
/// # Errors
/// Settings or files that cannot be read, no backend. What AWS refuses is a finding.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let options = args.options()?;
    let configuration = Configuration::load(&args.variables, false, context)?;
    let report = runtime::block_on(examine(&configuration, &options, context))?.about(&args.subjects());
    if args.json {
        context.terminal.print(&view::json(&report));
    } else {
        let shown = view::Shown { verbose: args.verbose, width: context.terminal.width() };
        context.terminal.say(view::render(&report, shown, context.terminal.palette()).trim_end());
    }
    Ok(args.status(&report))
}

/// Whether doctor has the policies that decide about an action.
fn judges(action: &str) -> bool {
    let service = action.split_once(':').map(|(service, _)| service.to_ascii_lowercase());
    service.is_some_and(|service| ["kms", "ecr"].contains(&service.as_str()))
}

impl Args {
    fn subjects(&self) -> Vec<Subject> {
        let all = self.subjects.is_empty() || self.subjects.contains(&Choice::All);
        let only = self.subjects.iter().filter_map(|choice| match choice {
            Choice::Only(subject) => Some(*subject),
            Choice::All => None,
        });
        if all { Subject::ALL.into() } else { only.collect() }
    }

    fn options(&self) -> Result<DoctorOptions, CliError> {
        let request = match (&self.principal, &self.action) {
            (Some(principal), Some(action)) if judges(action) => Some((principal.clone(), action.clone())),
            (Some(_), Some(action)) => {
                let detail = format!(
                    "doctor knows who may use the key and pull images; `{action}` is neither of kms: nor of ecr:."
                );
                let finding = Diagnostic::error("Nothing to look at", detail);
                return Err(finding.hint("any other action: underpin policy simulate -help").into());
            }
            (None, None) => None,
            _ => {
                let detail = "-principal says who, and -action what cannot be done; one needs the other.";
                let finding = Diagnostic::error("Incompatible command line options", detail);
                return Err(finding.hint("underpin doctor -principal=ARN -action=kms:Decrypt").into());
            }
        };
        if self.probe && self.image.is_none() {
            let finding = Diagnostic::error(
                "Incompatible command line options",
                "-probe reads the image that -image names.",
            );
            return Err(finding.hint("underpin doctor ecr -image=REF -probe").into());
        }
        Ok(DoctorOptions {
            image: self.image.clone(),
            probe: self.probe,
            repository_policy: self.repository_policy.clone(),
            endpoint_policy: self.endpoint_policy.clone(),
            request,
            from: self.from.clone(),
            account_id: self.account_id.clone(),
        })
    }

    /// A failure wins over what could not be looked at, and that over a warning.
    fn status(&self, report: &Report) -> ExitCode {
        let has = |status| report.checks.iter().any(|check| check.status == status);
        if has(Status::Fail) || (self.strict && has(Status::Warn)) {
            ExitCode::from(FAILS)
        } else if has(Status::Unknown) {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }
}
