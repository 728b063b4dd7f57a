//! What was read: each fact is a value, known to be absent, or refused with the reason.

mod alerts;
mod bucket;
mod event;
mod key;
mod registry;
mod role;
mod state;
mod trail;

use std::collections::BTreeMap;

use time::OffsetDateTime;

pub use alerts::{AlarmFacts, AlertFacts, OtherKey, RuleFacts, Subscriber, TopicFacts};
pub use bucket::{
    BucketFacts, Encryption, Expiration, LoggingTarget, ObjectLockDefault, PublicAccess, Replication,
};
pub use event::{Denial, Event, History};
pub use key::{Grant, KeyFacts, KeyMetadata, KeyUse, Rotation};
pub use registry::{Probe, RegistryFacts};
pub use role::{RoleFacts, RoleRecord};
pub use state::{Digests, Lock, NO_TABLE, Place, RecordedState, StateFacts, StateRecord};
pub use trail::{
    AdvancedField, AdvancedSelector, BasicSelector, Selectors, TrailDescription, TrailFacts, TrailStatus,
};

/// The answer of `sts:GetCallerIdentity`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account.
    pub account_id: String,
    /// The user's or session's ARN.
    pub arn: String,
}

/// How AWS was reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// The profile in use, if one is named.
    pub profile: Option<String>,
    /// The MFA device that the profile wants a code of.
    pub mfa_serial: Option<String>,
    /// Whether sessions come from the global endpoint of STS, whose tokens opt-in regions refuse.
    pub global_sts: bool,
    /// How many seconds this machine's clock is ahead of AWS's, if that is known.
    pub clock_ahead_seconds: Option<i64>,
}

/// What a read answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read<T> {
    /// This.
    Found(T),
    /// There is no such thing.
    Absent,
    /// Nothing: the read was refused.
    Refused(Refusal),
}

/// A read that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// As IAM names what allows it: `kms:ListGrants`.
    pub operation: String,
    /// What kind of refusal it is.
    pub kind: RefusalKind,
    /// AWS's code.
    pub code: Option<String>,
    /// AWS's words, or the client's.
    pub message: String,
    /// AWS's request id.
    pub request_id: Option<String>,
}

/// The kinds of refusal that have different causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// The caller may not.
    Denied,
    /// The credentials are missing, expired or wrong.
    Credentials,
    /// This machine's clock is too far from AWS's.
    Clock,
    /// Nobody answered, or nobody who is AWS.
    Unreachable,
    /// There are too many calls for now.
    Throttled,
    /// Anything else that AWS said.
    Other,
}

impl<T> Read<T> {
    /// The value, if there is one.
    pub fn found(&self) -> Option<&T> {
        match self {
            Self::Found(value) => Some(value),
            Self::Absent | Self::Refused(_) => None,
        }
    }

    /// Why nothing is known.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Found(_) | Self::Absent => None,
        }
    }

    /// Whether it is known that there is nothing.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl Refusal {
    /// `kms:ListGrants: AccessDeniedException: …`, with the request id.
    pub fn sentence(&self) -> String {
        let code = self.code.as_deref().map(|code| format!("{code}: ")).unwrap_or_default();
        let request = self.request_id.as_deref().map(|id| format!(" (request {id})")).unwrap_or_default();
        format!("{}: {code}{}{request}", self.operation, self.message)
    }
}

/// All that was read, in one moment as far as the checks are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// When the reading began.
    pub read_at: OffsetDateTime,
    /// Whose credentials were used.
    pub identity: Read<Identity>,
    /// How AWS was reached.
    pub connection: Connection,
    /// The key.
    pub key: KeyFacts,
    /// The roles of the foundation, each by the name of its address: `eks_node_group`.
    pub roles: BTreeMap<String, RoleFacts>,
    /// Roles that are asked about, or whose calls were denied, by ARN.
    pub callers: BTreeMap<String, RoleFacts>,
    /// The documents of managed policies and boundaries by ARN, as far as a decision may hang on them.
    pub documents: BTreeMap<String, Read<String>>,
    /// The names of the roles in the instance profile of the node role, if the settings ask for one.
    pub instance_profile: Option<Read<Vec<String>>>,
    /// The registry, as far as it can be seen from here.
    pub registry: RegistryFacts,
    /// The trail.
    pub trail: TrailFacts,
    /// The log bucket; `None` when its name is not known.
    pub log_bucket: Option<BucketFacts>,
    /// The bucket that the log bucket's access logs go to, if any.
    pub access_log_bucket: Option<BucketFacts>,
    /// The state and where it lives; `None` when none was looked at.
    pub state: Option<StateFacts>,
    /// Who is told; `None` where no setting asks for it.
    pub alerts: Option<AlertFacts>,
    /// The events that were looked up, by event source.
    pub history: BTreeMap<String, Read<History>>,
}
