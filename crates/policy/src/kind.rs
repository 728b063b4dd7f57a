//! What a policy is attached to.

use std::fmt;

use crate::document::Policy;
use crate::statement::Element;

/// A kind of policy document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Of a user, group or role.
    Identity,
    /// Of a role: who may assume it.
    Trust,
    /// Of a KMS key.
    Key,
    /// Of an S3 bucket.
    Bucket,
    /// Of an ECR repository.
    Repository,
    /// Of an SNS topic.
    Topic,
    /// The permissions boundary of a user or role.
    Boundary,
    /// A service control policy of an organisation.
    Scp,
    /// A resource control policy of an organisation.
    Rcp,
    /// Of a session.
    Session,
    /// Of a VPC endpoint.
    Endpoint,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 11] = [
        Self::Identity,
        Self::Trust,
        Self::Key,
        Self::Bucket,
        Self::Repository,
        Self::Topic,
        Self::Boundary,
        Self::Scp,
        Self::Rcp,
        Self::Session,
        Self::Endpoint,
    ];

    /// As the command line has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Trust => "trust",
            Self::Key => "key",
            Self::Bucket => "bucket",
            Self::Repository => "repository",
            Self::Topic => "topic",
            Self::Boundary => "boundary",
            Self::Scp => "scp",
            Self::Rcp => "rcp",
            Self::Session => "session",
            Self::Endpoint => "endpoint",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether statements name principals.
    pub fn has_principals(self) -> bool {
        !matches!(self, Self::Identity | Self::Boundary | Self::Scp | Self::Session)
    }

    /// Whether the policy belongs to a resource, and lets someone in by itself.
    pub fn is_of_resource(self) -> bool {
        matches!(self, Self::Trust | Self::Key | Self::Bucket | Self::Repository | Self::Topic)
    }

    /// The service whose calls the policy decides about; `None` for those of all services.
    pub fn service(self) -> Option<&'static str> {
        match self {
            Self::Trust => Some("sts"),
            Self::Key => Some("kms"),
            Self::Bucket => Some("s3"),
            Self::Repository => Some("ecr"),
            Self::Topic => Some("sns"),
            _ => None,
        }
    }

    /// Whether what the policy does not allow is refused, whatever other policies say: a denial then changes nothing
    /// where nothing is allowed.
    pub(crate) fn must_allow(self) -> bool {
        matches!(
            self,
            Self::Trust | Self::Key | Self::Boundary | Self::Scp | Self::Rcp | Self::Session | Self::Endpoint
        )
    }

    /// The kind that a policy most likely is, by what it names: principals or none, and the service of its actions.
    pub fn guess(policy: &Policy) -> Self {
        if policy.statements.iter().all(|statement| statement.principal.is_none()) {
            return Self::Identity;
        }
        let actions =
            || policy.statements.iter().filter_map(|one| one.action.as_ref()).flat_map(Element::items);
        let is_about = |service: &str| {
            let named = || actions().filter(|action| *action != "*");
            named().next().is_some() && named().all(|action| action.to_ascii_lowercase().starts_with(service))
        };
        let is_of = |kind: &Self| kind.service().is_some_and(|service| is_about(&format!("{service}:")));
        Self::ALL.into_iter().find(is_of).unwrap_or(Self::Bucket)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
