//! How a verification ends.

use crate::bundle::Kept;
use crate::remainder::conclude;
use crate::report::Report;
use crate::verification::Verification;

impl Verification {
    /// What it comes to, when [`Self::ask`] needs nothing more.
    pub fn finish(self) -> Report {
        self.finish_with_bundle().0
    }

    /// The same, and what a bundle is made of.
    pub fn finish_with_bundle(mut self) -> (Report, Vec<Kept>) {
        let kept = self.kept.take().unwrap_or_default();
        (conclude(self), kept)
    }
}
