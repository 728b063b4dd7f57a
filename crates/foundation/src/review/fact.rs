//! What a review reads of an object beside the object's own attributes.

/// One thing that AWS says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A grant on the key.
    Grant(Grant),
    /// An alias of the key: its name.
    Alias(String),
    /// A replica of the key: its region.
    Replica(String),
    /// The state of the key, where it is none in which it can be used or restored.
    KeyState(String),
    /// When the key's imported material expires.
    KeyExpires(String),
    /// The document of a policy that the role has.
    RolePolicy {
        /// The name of an inline policy, or the ARN of a managed one.
        policy: String,
        /// What it says.
        document: String,
    },
    /// An instance profile that holds the role.
    InstanceProfile {
        /// Its name.
        name: String,
        /// When it was made.
        created: Option<String>,
    },
    /// A lifecycle rule of the bucket.
    LifecycleRule(LifecycleRule),
    /// A rule that copies the bucket's objects.
    Replication {
        /// Its name.
        id: String,
        /// The bucket that gets the copies: its ARN.
        destination: String,
        /// The account that owns the copies, where the rule says one.
        account: Option<String>,
    },
    /// Where the bucket's access logs go.
    AccessLogging {
        /// The bucket.
        bucket: String,
        /// How the keys begin.
        prefix: String,
    },
    /// Who is told of events of the bucket: an ARN, or `eventbridge`.
    Notification {
        /// Who.
        target: String,
        /// Of what.
        events: Vec<String>,
    },
    /// A listing of the bucket's objects that S3 writes.
    Inventory {
        /// Its name.
        id: String,
        /// The bucket that gets it: its ARN.
        destination: String,
    },
    /// An analysis of the bucket's objects that S3 writes.
    Analytics {
        /// Its name.
        id: String,
        /// The bucket that gets it: its ARN.
        destination: String,
    },
    /// A rule that archives objects that nobody reads.
    Tiering {
        /// Its name.
        id: String,
        /// After how many days, into which tier.
        tiers: Vec<(i32, String)>,
    },
    /// The requester pays.
    RequesterPays,
    /// A grant of the bucket's ACL to somebody else than the owner.
    Acl {
        /// A group's URI, an account's canonical id or a mail address.
        grantee: String,
        /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
        permission: String,
    },
    /// Default retention of the bucket's objects.
    Retention {
        /// `GOVERNANCE` or `COMPLIANCE`.
        mode: String,
        /// `3650 days` or `10 years`.
        period: String,
    },
    /// How long new objects are held after an event, by default.
    EventHold(String),
    /// Encryption types that may not be used for new objects, where S3 says so.
    BlockedEncryption(Vec<String>),
    /// Insights that the trail makes.
    Insights(String),
    /// What CloudTrail could not do.
    Delivery(Delivery),
    /// Somebody whom the topic of the alerts tells.
    Subscriber {
        /// How: `email`, `https`, `sqs`.
        protocol: String,
        /// An address, a URL or an ARN.
        endpoint: String,
    },
    /// Where a rule sends what it matches.
    Target {
        /// Its id within the rule.
        id: String,
        /// What gets it.
        arn: String,
    },
    /// Who gets the events of the log group.
    SubscriptionFilter {
        /// Its name.
        name: String,
        /// Which events; empty for all.
        pattern: String,
        /// The ARN of what gets them.
        destination: String,
    },
    /// The region of an object that is not where the rest is refuses this program.
    OutOfReach {
        /// The region.
        region: String,
        /// The action that was refused.
        operation: String,
        /// Why, in AWS's word.
        code: String,
    },
    /// A read that was denied.
    Denied {
        /// The action that allows it.
        permission: String,
        /// What it hides.
        hides: String,
    },
    /// A read that the service refused to do at all.
    Refused {
        /// The operation.
        operation: String,
        /// Why, in the service's word.
        code: String,
        /// What it hides.
        hides: String,
    },
    /// A part of an answer that this program does not know.
    Unknown {
        /// The action.
        operation: String,
        /// What it is called.
        member: String,
        /// What it may hide.
        hides: String,
    },
    /// A list that was not read to its end.
    Unread {
        /// The action.
        permission: String,
        /// How many were read.
        read: usize,
    },
}

/// A grant on the key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: String,
    /// Who may: a principal, or a service.
    pub grantee: String,
    /// What.
    pub operations: Vec<String>,
    /// Whether it holds for some encryption contexts only.
    pub constrained: bool,
    /// When it was made.
    pub created: Option<String>,
}

/// A lifecycle rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LifecycleRule {
    /// Its name.
    pub id: String,
    /// Whether it is in force.
    pub enabled: bool,
    /// How the keys begin that it is about; empty for all.
    pub prefix: String,
    /// What else restricts it, in words.
    pub only: Vec<String>,
    /// When objects are deleted.
    pub expiration: Option<Age>,
    /// After how many days old versions are deleted, and how many newer ones are kept.
    pub noncurrent_expiration: Option<(i32, Option<i32>)>,
    /// When objects move, and where to.
    pub transitions: Vec<(Age, String)>,
}

/// When a lifecycle rule acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Age {
    /// So many days after the object was written.
    Days(i32),
    /// On a day.
    Date(String),
}

/// What CloudTrail could not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What.
    pub what: Delivered,
    /// AWS's word for why.
    pub error: String,
    /// When it was tried last, or went well last, in words.
    pub when: Option<String>,
}

/// What CloudTrail delivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// Log files into the bucket.
    Logs,
    /// Digest files into the bucket.
    Digests,
    /// Events into a log group.
    LogGroup,
    /// Notifications to a topic.
    Topic,
}
