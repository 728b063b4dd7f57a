//! A verification of a bucket.

use std::collections::BTreeMap;

use trail::{Kind, Report, Verification};

use super::records::Records;
use super::source::{Bucket, named};
use super::task::Task;
use super::watch::BucketWatch;
use super::which::Which;
use crate::context::Context;
use crate::error::CliError;
use crate::runtime;
use crate::views::trail::{Meter, Verified, several_trails};

/// Verifies what lies in the bucket.
///
/// # Errors
/// The trail is not known, or its bucket cannot be listed.
pub(super) fn verify(which: &Which, task: &Task, context: &Context) -> Result<Verified, CliError> {
    let named = named(which, context)?;
    runtime::block_on(async {
        let mut bucket = Bucket::open(which, named, context).await?;
        let mut meter = Meter::start(&context.terminal);
        let inventory = bucket.inventory().await?;
        let (keys, refused) = bucket.keys(&inventory).await;
        let verification = Verification::new(inventory, bucket.circumstances.clone());
        let mut verification = verification.map_err(|error| several_trails(&error))?;
        if task.keeping {
            verification = verification.keeping();
        }
        let records = Records::of(&bucket.scope, context);
        let mut checkpoint = records.checkpoint(None).filter(|_| !task.keeping);
        meter.resumed(checkpoint.as_ref().map_or(0, mirror::Checkpoint::len));
        let mut watch = BucketWatch { meter, checkpoint: checkpoint.as_mut(), unwritten: 0 };
        bucket.archive.run(&mut verification, &keys, task.keeping, &mut watch).await;
        watch.meter.finish();
        if let Some(checkpoint) = checkpoint {
            checkpoint.remove();
        }
        let trail = verification.trail().cloned();
        let (mut report, kept) = verification.finish_with_bundle();
        explain(&mut report, &refused);
        let report = task.judge(report);
        records.keep(&report, bucket.circumstances.now);
        Ok(Verified { trail, bucket: bucket.scope.bucket, report, kept })
    })
}

/// Says why keys are not known.
fn explain(report: &mut Report, refused: &BTreeMap<String, String>) {
    for finding in report.findings.iter_mut().filter(|finding| finding.kind == Kind::KeyUnknown) {
        if let Some(why) = finding.region.as_ref().and_then(|region| refused.get(region)) {
            finding.detail = format!("{}: {why}", finding.detail);
        }
    }
}
