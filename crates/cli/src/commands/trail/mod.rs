//! `trail`: proving that the audit trail is whole.

mod bucket;
mod copy;
mod heartbeat;
mod mirror;
mod prove;
mod records;
mod source;
mod status;
mod task;
mod verify;
mod watch;
mod which;

use std::process::ExitCode;

use crate::context::Context;
use crate::error::CliError;

/// The arguments of `trail`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

/// A command below `trail`.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Proves that no log was altered, removed or added
    ///
    /// Reads every digest and every log, from the bucket or from a copy, and compares them with CloudTrail's signatures.
    /// Exit status 0: everything in the range is proven. 2: something is wrong. 1: something could not be decided.
    Verify(verify::Args),
    /// Copies the trail's objects, with versions, metadata and public keys
    ///
    /// What is in the folder already is not copied again. A tampered trail is copied as it is. Verify the copy with
    /// trail verify -from=DIR.
    Mirror(mirror::Args),
    /// Writes a proof that a third person can check without underpin
    ///
    /// Of a trail that is not proven it writes none.
    Prove(prove::Args),
    /// Shows whether the trail records and delivers, and what was proven last
    Status(status::Args),
    /// Publishes whether the trail records, as metrics of CloudWatch, for cron or CI
    ///
    /// IsLogging, DeliveryAge and DigestAge of the trail go to the namespace CloudTrailMetrics. The alarm of the setting
    /// monitoring, heartbeat = true, rings when the trail does not record, or when nobody publishes.
    Heartbeat(heartbeat::Args),
}

/// Runs the command below `trail`.
///
/// # Errors
/// Those of the command.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    match &args.command {
        Command::Verify(args) => verify::run(args, context),
        Command::Mirror(args) => mirror::run(args, context),
        Command::Prove(args) => prove::run(args, context),
        Command::Status(args) => status::run(args, context),
        Command::Heartbeat(args) => heartbeat::run(args, context),
    }
}
