//! What a verification tells while it runs, and what it remembers.

use mirror::{Checkpoint, Proven};
use trail::examine::Content;
use trail::{Progress, Purpose, Request};

use crate::views::trail::Meter;

/// How many logs are proven between two writes of the checkpoint.
const EVERY: usize = 8;

/// A verification of a bucket, watched.
pub(super) struct BucketWatch<'a> {
    /// Tells how far it is.
    pub meter: Meter<'a>,
    /// What was proven before and is now.
    pub checkpoint: Option<&'a mut Checkpoint>,
    /// Logs proven since the checkpoint was written.
    pub unwritten: usize,
}

impl aws::archive::Watch for BucketWatch<'_> {
    fn known(&self, request: &Request) -> Option<u64> {
        let (Purpose::Log(hash), 1..) = (request.purpose, request.stamp) else { return None };
        self.checkpoint.as_ref()?.length(&request.key, request.stamp, hash)
    }

    fn proven(&mut self, request: &Request, content: Content) {
        let (Some(checkpoint), 1..) = (&mut self.checkpoint, request.stamp) else { return };
        if request.version.is_some() {
            return;
        }
        checkpoint.add(Proven::new(&request.key, request.stamp, content.hash, content.length));
        self.unwritten += 1;
        if self.unwritten >= EVERY {
            checkpoint.flush();
            self.unwritten = 0;
        }
    }

    fn progress(&mut self, progress: Progress) {
        self.meter.at(progress);
    }
}
