//! Who asks, and who is named: principals taken apart for comparison.

use crate::arn::Arn;
use crate::principal::Principal;
use crate::statement::Effect;

/// A principal as policies compare it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Party {
    /// Named: everyone. Asking: someone who does not sign.
    Everyone,
    /// Named: the account. Asking: its root user.
    Account(String),
    /// A role; the path is unknown where a session's ARN names it.
    Role { role: Role, path: Option<String> },
    /// A session of a role.
    Session { role: Role, session: String },
    /// A user, a federated user or anything else of AWS, by its ARN or id.
    Other { arn: String, account: Option<String> },
    /// An AWS service.
    Service(String),
    /// An identity provider.
    Federated(String),
    /// An account as S3 numbers it.
    CanonicalUser(String),
}

/// A role as its sessions name it: names are unique in an account whatever the path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Role {
    pub partition: String,
    pub account: String,
    pub name: String,
}

/// How someone who is named is the one who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// It is the account, whose own policies decide further.
    Account,
    /// It is the role of the session that asks: the role's boundary and the session's policies decide further
    /// (IAM user guide, `access_policies_boundaries`).
    Role,
    /// It is everyone, and a role asks: the session's policies decide further, its boundary does not
    /// (IAM user guide, `reference_policies_elements_principal`, wildcards).
    Everyone,
    /// It is the one who asks.
    Exact,
}

impl Party {
    /// Takes a principal apart.
    pub(crate) fn new(principal: &Principal) -> Self {
        match principal.tidy() {
            Principal::Everyone => Self::Everyone,
            Principal::Service(name) => Self::Service(name),
            Principal::Federated(name) => Self::Federated(name),
            Principal::CanonicalUser(id) => Self::CanonicalUser(id),
            tidy @ Principal::Aws(_) if tidy.is_account() => Self::Account(tidy.entry().1.to_owned()),
            Principal::Aws(arn) => Self::of_arn(arn),
        }
    }

    /// As a key policy names someone: KMS puts the role where a session is named.
    pub(crate) fn of_key(principal: &Principal) -> Self {
        match Self::new(principal) {
            Self::Session { role, .. } => Self::Role { role, path: None },
            other => other,
        }
    }

    fn of_arn(text: String) -> Self {
        let Some(arn) = Arn::parse(&text) else { return Self::Other { arn: text, account: None } };
        let role = |name: &str| Role {
            partition: arn.partition.to_owned(),
            account: arn.account.to_owned(),
            name: name.to_owned(),
        };
        if let ("iam", Some(path)) = (arn.service, arn.resource.strip_prefix("role/")) {
            let (path, name) = path.rsplit_once('/').unwrap_or(("", path));
            return Self::Role { role: role(name), path: Some(path.to_owned()) };
        }
        let session = arn.resource.strip_prefix("assumed-role/").and_then(|rest| rest.split_once('/'));
        if let ("sts", Some((name, session))) = (arn.service, session) {
            return Self::Session { role: role(name), session: session.to_owned() };
        }
        let account = Some(arn.account.to_owned()).filter(|account| !account.is_empty());
        Self::Other { account, arn: text }
    }

    /// The account that someone of AWS belongs to or is.
    pub(crate) fn account(&self) -> Option<&str> {
        match self {
            Self::Account(account) => Some(account),
            Self::Role { role, .. } | Self::Session { role, .. } => Some(&role.account),
            Self::Other { account, .. } => account.as_deref(),
            _ => None,
        }
    }

    /// Whether boundaries and session policies can hold back what a resource policy gives to its role.
    pub(crate) fn acts_by_role(&self) -> bool {
        matches!(self, Self::Role { .. } | Self::Session { .. })
    }

    /// The user's name, for an IAM user.
    pub(crate) fn user_name(&self) -> Option<&str> {
        let Self::Other { arn, .. } = self else { return None };
        let arn = Arn::parse(arn).filter(|arn| arn.service == "iam")?;
        arn.resource.strip_prefix("user/")?.rsplit('/').next()
    }

    /// Whether this is a role that belongs to a service, which no organisation's policy holds back
    /// (Organizations user guide, `orgs_manage_policies_scps`).
    pub(crate) fn is_service_linked(&self) -> bool {
        match self {
            Self::Role { role, path } => {
                path.as_deref().is_some_and(|path| path.starts_with("aws-service-role/"))
                    || role.name.starts_with("AWSServiceRoleFor")
            }
            Self::Session { role, .. } => role.name.starts_with("AWSServiceRoleFor"),
            _ => false,
        }
    }

    /// How the one named here, in a statement of this effect, is the one who asks.
    pub(crate) fn reach(&self, asking: &Self, effect: Effect) -> Option<Reach> {
        match (self, asking) {
            (Self::Everyone, _) => Some(asking.as_everyone()),
            (Self::Session { .. }, Self::Session { .. }) => (self == asking).then_some(Reach::Exact),
            (Self::Role { .. }, _) => self.is_role_of(asking).then_some(Reach::Role),
            (Self::Account(account), Self::Account(other)) => (account == other).then_some(Reach::Exact),
            (Self::Account(account), _) if asking.account() == Some(account) => {
                Some(if effect == Effect::Deny { Reach::Exact } else { Reach::Account })
            }
            _ => (self == asking).then_some(Reach::Exact),
        }
    }

    /// How a policy for everyone means the one who asks.
    pub(crate) fn as_everyone(&self) -> Reach {
        if self.acts_by_role() { Reach::Everyone } else { Reach::Exact }
    }

    /// Whether the one who asks is this role, or a session of it.
    fn is_role_of(&self, asking: &Self) -> bool {
        let Self::Role { role, path } = self else { return false };
        match asking {
            Self::Role { role: other, path: other_path } => {
                role == other && (path.is_none() || path == other_path)
            }
            Self::Session { role: other, .. } => role == other,
            _ => false,
        }
    }

    /// Whether one of those spared by a `NotPrincipal` of this effect spares the one who asks.
    ///
    /// For a denial everyone whom the one who asks acts for must be spared: account, role and session; AWS may look
    /// at any (IAM user guide, `reference_policies_elements_notprincipal`).
    pub(crate) fn is_spared(&self, spared: &[Self], effect: Effect) -> bool {
        let is_listed = |identity: &Self| spared.iter().any(|party| party.spares(identity));
        let mut identities = vec![self.clone()];
        if let Self::Session { role, .. } = self {
            identities.push(Self::Role { role: role.clone(), path: None });
        }
        identities.extend(self.account().map(|account| Self::Account(account.to_owned())));
        match effect {
            Effect::Allow => identities.iter().any(is_listed),
            Effect::Deny => identities.iter().all(is_listed),
        }
    }

    fn spares(&self, identity: &Self) -> bool {
        let is_same_role = match (self, identity) {
            (Self::Role { role, .. }, Self::Role { role: other, path: None }) => role == other,
            _ => false,
        };
        *self == Self::Everyone || self == identity || is_same_role || self.is_role_of(identity)
    }
}
