//! What somebody else did to our objects, or what is wrong with them: a sentence, and the entry of `accepted` that names it.

use serde::{Deserialize, Serialize};
use terraform::Address;

/// Something that weakens what is ours, or hangs on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What apply does about it.
    pub kind: FindingKind,
    /// What sort of thing it is.
    pub topic: Topic,
    /// The names under which `accepted` may mention it; the first is printed.
    pub objects: Vec<String>,
    /// The resource of ours that it is about.
    pub address: Address,
    /// What it does: a sentence without its period.
    pub sentence: String,
    /// What to write or type about it.
    pub hint: Option<String>,
    /// What somebody can do by it.
    #[serde(default)]
    pub allows: Option<Allows>,
}

/// What somebody can do by what a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allows {
    /// What a policy document says that a role has; `None` where it could not be read.
    Document {
        /// The role's ARN.
        role: String,
        /// The document.
        document: Option<String>,
    },
    /// Some actions, which no document decides.
    Actions {
        /// Who: an ARN, an account, a service, `*` for everyone; `None` where nobody can tell.
        principal: Option<String>,
        /// What.
        actions: Vec<String>,
        /// On what.
        resources: Vec<String>,
    },
}

/// What apply does about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Repaired by apply: it deletes logs, makes them public, or a setting owns it.
    Drift,
    /// Somebody else's: named, and kept.
    Foreign,
    /// Something does not work that apply cannot mend.
    Ill,
}

/// What sort of thing a finding is about: the part of an entry before the colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// A managed or inline policy on one of our roles.
    RolePolicy,
    /// A permissions boundary on one of our roles.
    Boundary,
    /// The trust of one of our roles, under which its service cannot assume it: what a plan is refused for.
    Trust,
    /// An instance profile that holds one of our roles.
    InstanceProfile,
    /// A grant on the key.
    Grant,
    /// Another alias of the key.
    Alias,
    /// A replica of the key in another region.
    Replica,
    /// The state of the key.
    Key,
    /// A lifecycle rule of the log bucket.
    LifecycleRule,
    /// A copy of the log bucket.
    Replication,
    /// The target of the log bucket's access logs.
    AccessLogging,
    /// Who is told of new objects in the log bucket.
    Notification,
    /// A listing of the log bucket's objects.
    Inventory,
    /// An analysis of the log bucket's objects.
    Analytics,
    /// A rule that archives the log bucket's objects.
    Tiering,
    /// Who pays for requests to the log bucket.
    RequestPayer,
    /// A grant of the log bucket's ACL.
    Acl,
    /// Encryption of logs with keys that S3 does not keep.
    Encryption,
    /// Default retention of the log bucket's objects.
    Retention,
    /// Events that the trail records beside ours.
    Selector,
    /// Insights of the trail.
    Insights,
    /// The log group that the trail writes to.
    LogGroup,
    /// The topic that the trail tells of new logs.
    Topic,
    /// Who copies the trail's log group.
    SubscriptionFilter,
    /// The trail's deliveries.
    Delivery,
    /// Who else hears the alerts.
    Subscriber,
    /// Where else a rule sends what it watches.
    Target,
    /// The region where IAM's events arrive.
    GlobalEvents,
    /// A read that was denied.
    Denied,
    /// What was not read to its end.
    Unread,
    /// A time in which the trail was paused: what `trail verify` finds, and no plan.
    GapStopped,
}

impl Topic {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 31] = [
        Self::RolePolicy,
        Self::Boundary,
        Self::Trust,
        Self::InstanceProfile,
        Self::Grant,
        Self::Alias,
        Self::Replica,
        Self::Key,
        Self::LifecycleRule,
        Self::Replication,
        Self::AccessLogging,
        Self::Notification,
        Self::Inventory,
        Self::Analytics,
        Self::Tiering,
        Self::RequestPayer,
        Self::Acl,
        Self::Encryption,
        Self::Retention,
        Self::Selector,
        Self::Insights,
        Self::LogGroup,
        Self::Topic,
        Self::SubscriptionFilter,
        Self::Delivery,
        Self::Subscriber,
        Self::Target,
        Self::GlobalEvents,
        Self::Denied,
        Self::Unread,
        Self::GapStopped,
    ];

    /// As an entry begins.
    pub fn name(self) -> &'static str {
        match self {
            Self::RolePolicy => "role_policy",
            Self::Boundary => "boundary",
            Self::Trust => "trust",
            Self::InstanceProfile => "instance_profile",
            Self::Grant => "grant",
            Self::Alias => "alias",
            Self::Replica => "replica",
            Self::Key => "key",
            Self::LifecycleRule => "lifecycle_rule",
            Self::Replication => "replication",
            Self::AccessLogging => "access_logging",
            Self::Notification => "notification",
            Self::Inventory => "inventory",
            Self::Analytics => "analytics",
            Self::Tiering => "tiering",
            Self::RequestPayer => "request_payer",
            Self::Acl => "acl",
            Self::Encryption => "encryption",
            Self::Retention => "retention",
            Self::Selector => "selector",
            Self::Insights => "insights",
            Self::LogGroup => "log_group",
            Self::Topic => "topic",
            Self::SubscriptionFilter => "subscription_filter",
            Self::Delivery => "delivery",
            Self::Subscriber => "subscriber",
            Self::Target => "target",
            Self::GlobalEvents => "global_events",
            Self::Denied => "denied",
            Self::Unread => "unread",
            Self::GapStopped => "gap-stopped",
        }
    }

    /// The topic of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }
}

impl Finding {
    /// A finding about a resource, with one name and no hint.
    pub(crate) fn new(
        kind: FindingKind,
        (topic, object): (Topic, impl Into<String>),
        address: &Address,
        sentence: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            topic,
            objects: vec![object.into()],
            address: address.clone(),
            sentence: sentence.into(),
            hint: None,
            allows: None,
        }
    }

    /// The same, also known under another name.
    #[must_use]
    pub(crate) fn or(mut self, object: impl Into<String>) -> Self {
        self.objects.push(object.into());
        self
    }

    /// The same, with what to write or type.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, by which somebody can do something.
    #[must_use]
    pub(crate) fn allows<A: Into<String>>(
        mut self,
        principal: Option<&str>,
        actions: impl IntoIterator<Item = A>,
        resource: &str,
    ) -> Self {
        self.allows = Some(Allows::Actions {
            principal: principal.map(str::to_owned),
            actions: actions.into_iter().map(Into::into).collect(),
            resources: vec![resource.to_owned()],
        });
        self
    }

    /// The entry of `accepted` that names it. An object whose name is nothing but wildcards is written so that the entry
    /// still names something.
    pub fn entry(&self) -> String {
        let object = self.objects.first().map_or("", String::as_str);
        let bare = !object.is_empty() && object.chars().all(|character| character == '*');
        let object = if bare { object.replace('*', "?") } else { object.to_owned() };
        format!("{}:{object}", self.topic.name())
    }

    /// The finding's name in AWS.
    pub fn object(&self) -> &str {
        self.objects.first().map_or("", String::as_str)
    }
}
