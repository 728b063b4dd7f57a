//! What is kept of verifications: in the user's cache folder, or in a copy.

use std::path::{Path, PathBuf};

use aws::archive::Object;
use mirror::{Checkpoint, Line};
use trail::{Hash, Moment, Report, Scope};

use crate::context::Context;
use crate::views::trail::Last;

/// Where things are kept.
pub(super) struct Records {
    folder: Option<PathBuf>,
    name: String,
}

impl Records {
    /// The records of verifications of a trail.
    pub(super) fn of(scope: &Scope, context: &Context) -> Self {
        let variable =
            |name: &str| context.environment.get(name).filter(|value| Path::new(value).is_absolute());
        let cache = variable("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.or_else(|| variable("HOME").map(|home| Path::new(home).join(".cache")));
        let trail = scope.trail.as_ref();
        let parts = [
            scope.bucket.as_deref().unwrap_or_default(),
            &scope.prefix,
            trail.map_or("", |trail| &trail.name),
            trail.map_or("", |trail| &trail.home),
            trail.and_then(|trail| trail.account.as_deref()).unwrap_or_default(),
        ];
        let hash = Hash::of(parts.join("\0").as_bytes()).to_string();
        let name = hash.get(..24).unwrap_or_default().to_owned();
        Self { folder: cache.map(|cache| cache.join("underpin").join("trail")), name }
    }

    /// The checkpoint: in the copy's folder when there is one. Without a cache folder there is none.
    pub(super) fn checkpoint(&self, copy: Option<&Path>) -> Option<Checkpoint> {
        let folder = self.folder.as_ref()?;
        let path = copy.map_or_else(|| folder.join(format!("{}.checkpoint", self.name)), Path::to_owned);
        Checkpoint::open(&path, &folder.join("secret")).ok()
    }

    /// Keeps what a verification came to. That it cannot be kept is no failure of the verification.
    pub(super) fn keep(&self, report: &Report, at: Option<Moment>) {
        let (Some(folder), Some(at)) = (&self.folder, at) else { return };
        let last = Last {
            at,
            start: report.range.start,
            proven_until: report.range.proven_until,
            logs: report.counts.logs,
            findings: report.findings.len(),
        };
        if let Ok(text) = serde_json::to_vec(&last) {
            let _ = crate::private_file::replace(&folder.join(format!("{}.json", self.name)), &text);
        }
    }

    /// The last verification.
    pub(super) fn last(&self) -> Option<Last> {
        let path = self.folder.as_ref()?.join(format!("{}.json", self.name));
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }
}

/// An object of a bucket as a line of a copy's listing.
pub(super) fn line(object: &Object) -> Line {
    Line {
        key: object.key.clone(),
        version: object.version.clone(),
        superseded: object.superseded,
        marker: object.marker,
        size: object.size,
        tag: object.tag.clone(),
    }
}
