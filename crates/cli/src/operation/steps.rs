//! Carries out a plan and tells how it went.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::process::ExitCode;

use engine::{Cloud, Plan, Report, Run, Session, Written};
use time::OffsetDateTime;

use crate::error::CliError;
use crate::interrupts::Interrupts;
use crate::views::Terminal;
use crate::views::summary::{Summary, Unsaved};

/// Where the state goes when its store does not take it, as in Terraform.
const RESCUE: &str = "errored.tfstate";

/// What an interrupted apply tells.
const INTERRUPTED: &str = "Interrupt received. Stopping after the running steps; the state is being saved. Press again to leave at once.";

/// Who does it: the account, and how many steps at once.
pub struct Hands<'a> {
    /// The account.
    pub cloud: &'a dyn Cloud,
    /// How many steps at once.
    pub parallelism: usize,
    /// What may stop it.
    pub interrupts: &'a Interrupts,
    /// Who is told.
    pub terminal: &'a Terminal,
}

/// Applies `plan` to the state of `session` and answers the exit status.
///
/// # Errors
/// The journal broke down. Failed steps and a state that cannot be saved are told, not answered.
pub async fn apply(plan: &Plan, session: &mut Session, hands: &Hands<'_>) -> Result<ExitCode, CliError> {
    let journal = session.journal();
    let progress = hands.terminal.progress();
    let run = Run {
        cloud: hands.cloud,
        journal: &journal,
        progress: &progress,
        parallelism: hands.parallelism,
        stop: hands.interrupts.stop(),
        lease: session.lease(),
    };
    let report = {
        let mut applying = std::pin::pin!(engine::apply::apply(plan, &run));
        tokio::select! {
            biased;
            report = &mut applying => report,
            () = hands.interrupts.first() => {
                progress.say(INTERRUPTED);
                applying.await
            }
        }
    };
    progress.finish();
    let written = journal.close().await.map_err(|error| CliError::Internal(error.to_string()))?;
    session.take(&written);
    let saved = conclude(plan, &report, &written, &session.describe(), hands.terminal);
    Ok(if saved && report.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tells how it went, and rescues a state that was not saved. Answers whether it was saved.
fn conclude(plan: &Plan, report: &Report, written: &Written, place: &str, terminal: &Terminal) -> bool {
    let rescued = written.error.as_ref().is_some_and(|_| match rescue(&written.state.to_bytes()) {
        Ok(()) => true,
        Err(_) => {
            terminal.write(&String::from_utf8_lossy(&written.state.to_bytes()));
            false
        }
    });
    terminal.conclude(&Summary {
        plan,
        report,
        outputs: &written.state.outputs,
        today: Some(OffsetDateTime::now_utc().date()),
        unsaved: written.error.as_ref().map(|error| Unsaved {
            error,
            place,
            rescue: rescued.then_some(RESCUE),
        }),
    });
    written.error.is_none()
}

/// Writes the state into the working directory, readable by its owner only.
fn rescue(bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(RESCUE)?;
    file.set_permissions(PermissionsExt::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_all()
}
