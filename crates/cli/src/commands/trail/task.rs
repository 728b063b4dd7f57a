//! What a verification is for.

use foundation::{Accepted, Topic};
use time::OffsetDateTime;
use trail::Report;

use crate::configuration;
use crate::context::Context;
use crate::error::CliError;

/// What a verification is for.
pub(super) struct Task {
    /// Whether it keeps what a bundle is made of.
    pub keeping: bool,
    pauses: Vec<Accepted>,
}

impl Task {
    /// A bundle for somebody to whom our settings say nothing: no pause is accepted.
    pub(super) const fn proof() -> Self {
        Self { keeping: true, pauses: Vec::new() }
    }

    /// A report for whoever has the settings of this directory.
    ///
    /// # Errors
    /// What is wrong with the settings, if they accept something.
    pub(super) fn report(context: &Context) -> Result<Self, CliError> {
        let today = OffsetDateTime::now_utc().date().to_string();
        let mut pauses = configuration::accepted(&context.environment)?;
        pauses.retain(|entry| entry.topic == Topic::GapStopped && !entry.is_over(Some(&today)));
        Ok(Self { keeping: false, pauses })
    }

    /// The report without the pauses that are accepted.
    pub(super) fn judge(&self, report: Report) -> Report {
        report.accept(|time| {
            let time = time.to_string();
            self.pauses.iter().any(|entry| entry.accepts(Topic::GapStopped, &time))
        })
    }
}
