//! A verification of a copy on disk.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use mirror::{Mirror, MirrorError, Watch};
use terraform::Diagnostic;
use trail::Verification;

use super::records::Records;
use super::task::Task;
use super::which::Which;
use crate::context::Context;
use crate::error::CliError;
use crate::views::trail::{Meter, Verified, several_trails};

/// Verifies what lies in a folder.
///
/// # Errors
/// It is no copy, one that was not finished, or one that cannot be read.
pub(super) fn verify(
    folder: &Path,
    which: &Which,
    task: &Task,
    context: &Context,
) -> Result<Verified, CliError> {
    let named = which.check()?;
    let copy = Mirror::open(folder).map_err(|error| unusable(&error))?;
    let mut scope = which.narrow(copy.scope());
    if let Some(named) = named {
        scope.trail = Some(named);
    }
    if let Some(bucket) = &which.bucket {
        scope.bucket = Some(bucket.clone());
    }
    let mut meter = Meter::start(&context.terminal);
    let inventory = copy.inventory(scope.clone()).map_err(|error| unusable(&error))?;
    let circumstances = copy.description.as_ref().map(|description| description.circumstances.clone());
    let circumstances = circumstances.unwrap_or_default();
    let now = circumstances.now;
    let verification = Verification::new(inventory, circumstances).map_err(|error| several_trails(&error))?;
    let mut verification = if task.keeping { verification.keeping() } else { verification };
    let records = Records::of(&scope, context);
    let own = copy.description.is_some() && !task.keeping;
    let mut checkpoint = own.then(|| records.checkpoint(Some(&copy.folder().record("checkpoint")))).flatten();
    meter.resumed(checkpoint.as_ref().map_or(0, mirror::Checkpoint::len));
    let mut watch = Watch {
        stop: &AtomicBool::new(false),
        progress: &mut |progress| meter.at(progress),
        checkpoint: checkpoint.as_mut(),
        threads: None,
        keeping: task.keeping,
    };
    mirror::run(&mut verification, &copy, &copy.keys, &mut watch);
    meter.finish();
    if let Some(checkpoint) = checkpoint {
        checkpoint.remove();
    }
    let trail = verification.trail().cloned();
    let (report, kept) = verification.finish_with_bundle();
    let report = task.judge(report);
    records.keep(&report, now);
    Ok(Verified { trail, bucket: scope.bucket, report, kept })
}

/// Why a copy cannot be used, and what to do.
pub(super) fn unusable(error: &MirrorError) -> CliError {
    match error {
        MirrorError::File { action, path, source } => {
            let source =
                source.raw_os_error().map_or_else(|| source.kind().into(), std::io::Error::from_raw_os_error);
            CliError::File { action, path: path.clone(), source }
        }
        MirrorError::NoTrail { path } => {
            let detail =
                format!("`{}` holds no folder `AWSLogs`: it is no copy of a trail's bucket.", path.display());
            Diagnostic::error("No copy of a trail", detail)
                .hint(format!("underpin trail mirror {}", path.display()))
                .into()
        }
        MirrorError::Incomplete { path } => {
            let detail =
                format!("The copy in `{}` was not finished, so it proves nothing yet.", path.display());
            Diagnostic::error("The copy is not complete", detail)
                .hint(format!("underpin trail mirror {}", path.display()))
                .into()
        }
        error @ MirrorError::Record { .. } => {
            Diagnostic::error("A record of the copy cannot be read", format!("{error}.")).into()
        }
    }
}
