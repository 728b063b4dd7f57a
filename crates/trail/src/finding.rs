//! What a verification finds.

use serde::{Serialize, Serializer};

use crate::moment::Moment;

/// One thing that is not as CloudTrail left it, or that could not be decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// Whether it is so; `false` when it only could not be decided.
    pub decided: bool,
    /// The region whose events it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Key or S3 address of the object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The version that still holds the true content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The time that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Moment>,
    /// In a sentence.
    pub detail: String,
}

impl Finding {
    /// A finding about the trail as a whole.
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { kind, decided: true, region: None, object: None, version: None, time: None, detail }
    }

    /// It could not be decided, unless `decided`.
    pub(crate) fn decided(self, decided: bool) -> Self {
        Self { decided, ..self }
    }

    /// It is about this region.
    pub(crate) fn region(self, region: &str) -> Self {
        Self { region: Some(region.to_owned()), ..self }
    }

    /// It is about this object.
    pub(crate) fn object(self, object: impl Into<String>) -> Self {
        Self { object: Some(object.into()), ..self }
    }

    /// It is about this time.
    pub(crate) fn time(self, time: impl Into<Option<Moment>>) -> Self {
        Self { time: time.into(), ..self }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The kinds of findings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        impl Kind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name in documents.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

kinds! {
    /// A log's content is not what its digest says.
    LogChanged = "log-changed",
    /// A log that a digest names is not there.
    LogMissing = "log-missing",
    /// A log that no digest names.
    LogUnlisted = "log-unlisted",
    /// A log of a time whose digest is missing or not CloudTrail's.
    LogUnproven = "log-unproven",
    /// A digest that its successor names is not there.
    DigestMissing = "digest-missing",
    /// A digest's content is not what CloudTrail wrote.
    DigestChanged = "digest-changed",
    /// A digest that was written to another place.
    DigestMoved = "digest-moved",
    /// The same digest in two places.
    DigestDuplicate = "digest-duplicate",
    /// A digest's signature is not CloudTrail's.
    SignatureInvalid = "signature-invalid",
    /// The key that signed a digest is not known.
    KeyUnknown = "key-unknown",
    /// The trail was paused, as its own events say.
    GapStopped = "gap-stopped",
    /// There is a time without digests, and no event that says why.
    GapUnexplained = "gap-unexplained",
    /// A digest does not go on from the one before it.
    ChainRestarted = "chain-restarted",
    /// The newest digests are not there.
    NewestMissing = "newest-missing",
    /// There is no digest.
    NoDigests = "no-digests",
    /// An object of an account or region that the trail does not record.
    ForeignObject = "foreign-object",
    /// A log is hidden behind a delete marker.
    DeleteMarker = "delete-marker",
    /// An object that could not be read.
    Unreadable = "unreadable",
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The findings so far: of each kind only so many, that a hostile bucket fills no memory.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub list: Vec<Finding>,
    pub omitted: u64,
    counts: std::collections::BTreeMap<Kind, usize>,
}

/// How many findings of one kind are kept.
const KEPT: usize = 10_000;

impl Findings {
    /// Adds one; its place in the list, unless there are too many of its kind.
    pub(crate) fn add(&mut self, finding: Finding) -> Option<usize> {
        let count = self.counts.entry(finding.kind).or_default();
        *count += 1;
        if *count > KEPT {
            self.omitted += 1;
            return None;
        }
        self.list.push(finding);
        Some(self.list.len() - 1)
    }
}
