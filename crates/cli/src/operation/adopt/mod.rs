//! Takes over what exists: find, show, ask, write the state.

mod faithful;
mod refusal;
mod search;

use std::path::PathBuf;
use std::process::ExitCode;

use engine::{LockOptions, Session};
use foundation::AccountId;
use terraform::State;

use self::faithful::faithful;
use self::search::Search;
use super::account::Account;
use super::edit::{free_backup, read_state};
use super::lock::{Locking, locked_and_read};
use crate::backend::Backend;
use crate::configuration::{Configuration, Variables};
use crate::context::Context;
use crate::error::CliError;
use crate::interrupts::Interrupts;
use crate::private_file;
use crate::prompt::{self, Question};
use crate::runtime;
use crate::text::fit;
use crate::views::adoption::{self as view, AdoptionView};
use crate::views::whereabouts::Whereabouts;

/// What is asked of an adoption.
pub(crate) struct AdoptOptions {
    /// `-var` and `-var-file`.
    pub variables: Variables,
    /// Whether to ask for settings that have no value.
    pub input: bool,
    /// How to lock.
    pub lock: LockOptions,
    /// Where to look.
    pub source: AdoptionSource,
    /// The identity of a deployment whose state is lost.
    pub deployment: Option<String>,
    /// Whether the profile was given by the command alone.
    pub faithful: bool,
    /// Whether to show only.
    pub dry_run: bool,
    /// Whether not to ask.
    pub auto_approve: bool,
    /// The account that the credentials must belong to.
    pub expect_account_id: Option<AccountId>,
    /// How many reads at once.
    pub parallelism: usize,
}

/// Where to look for what is taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AdoptionSource {
    /// In the account, by name.
    Account,
    /// In the state of the backend, whose entries move.
    Backend,
    /// In a state file, which is only read.
    File(PathBuf),
}

/// Finds, shows, asks and writes.
///
/// # Errors
/// Settings, backend, credentials, reads, what cannot be taken over, and an answer that is not yes.
pub(crate) fn adopt(options: &AdoptOptions, context: &Context) -> Result<ExitCode, CliError> {
    let configuration = Configuration::load(&options.variables, options.input, context)?;
    let backend = Backend::load(context)?;
    let file = match &options.source {
        AdoptionSource::File(path) => Some(read_state(path)?),
        AdoptionSource::Account | AdoptionSource::Backend => None,
    };
    runtime::block_on(async {
        let interrupts = Interrupts::listen()?;
        let locking = Locking::of(&backend, options.lock, "adopt", &interrupts, &context.terminal).await?;
        let region = configuration.settings.aws_region.as_str();
        let account = Account::identify(region, options.expect_account_id.as_ref(), &backend);
        locked_and_read(
            locking,
            account,
            async |_, _| Ok(()),
            async |session, account, ()| {
                let search =
                    Search { options, configuration: &configuration, account: &account, file: file.as_ref() };
                let (adoptees, outcome) = interrupts.or_interrupted(search.run(session)).await?;
                let kept_by = faithful(&outcome, &configuration, &account.caller)?;
                let view = AdoptionView {
                    adoptees: &adoptees,
                    outcome: &outcome,
                    source: &source(options, session),
                    profile: configuration.settings.profile,
                    kept_by: &kept_by,
                    faithful: options.faithful,
                    read_only: options.source != AdoptionSource::Backend,
                    lost: options.deployment.as_deref(),
                    bucket_prefix: &configuration.settings.name.bucket_prefix(),
                };
                let terminal = &context.terminal;
                let whereabouts = account.whereabouts(&backend, context).await;
                terminal.write(&fit(&whereabouts.render(terminal.palette()), terminal.width()));
                let rendered = view::render(&view, terminal.palette(), terminal.width());
                terminal.write(&fit(&terminal.typed().here(&rendered), terminal.width()));
                if options.dry_run {
                    return Ok(ExitCode::SUCCESS);
                }
                if !options.auto_approve {
                    terminal.say("");
                    let question = question(&whereabouts);
                    let answer = prompt::ask(&question, terminal);
                    if interrupts.or_interrupted(answer).await?.as_deref() != Some("yes") {
                        return Err(CliError::Cancelled("Adopt"));
                    }
                }
                let backup = keep(session, options.source == AdoptionSource::Backend)?;
                let mut state = State { serial: session.state.serial + 1, ..outcome.state.clone() };
                if view.leaves_armed() {
                    engine::adoption::arm(&mut state);
                }
                session.write(state).await?;
                let said = view::conclusion(&view, backup.as_deref(), terminal.palette(), terminal.width());
                terminal.write(&terminal.typed().here(&said));
                Ok(ExitCode::SUCCESS)
            },
        )
        .await
    })
}

/// Keeps the state as it was, beside the command, where its entries move. Answers the file.
fn keep(session: &Session, moves: bool) -> Result<Option<PathBuf>, CliError> {
    if session.version.is_none() || !moves {
        return Ok(None);
    }
    let path = free_backup("terraform.tfstate");
    private_file::create(&path, &session.state.to_bytes())?;
    Ok(Some(path))
}

/// Where it was looked, for people.
fn source(options: &AdoptOptions, session: &Session) -> String {
    match &options.source {
        AdoptionSource::Account => "the account".to_owned(),
        AdoptionSource::Backend => session.describe(),
        AdoptionSource::File(path) => path.display().to_string(),
    }
}

fn question(whereabouts: &Whereabouts) -> Question {
    Question {
        title: "Do you want to take these objects over?".to_owned(),
        details: vec![
            whereabouts.sentence(),
            "underpin will write this state. Nothing in AWS is touched.".to_owned(),
            "Only 'yes' will be accepted to approve.".to_owned(),
        ],
    }
}
