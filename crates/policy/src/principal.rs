//! Who a statement is about.

use crate::arn::{Arn, is_account_id};

/// One principal of a `Principal` or `NotPrincipal` element.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// `"*"`: everyone, signed in or not.
    Everyone,
    /// `{"AWS": …}`: an account id, the ARN of an account, role, user or session, or the id of a deleted one.
    Aws(String),
    /// `{"Service": …}`: `cloudtrail.amazonaws.com`.
    Service(String),
    /// `{"Federated": …}`: an identity provider.
    Federated(String),
    /// `{"CanonicalUser": …}`: an account as S3 numbers it.
    CanonicalUser(String),
}

/// A role as all its ARNs name it: names are unique in an account whatever the path.
#[derive(PartialEq, Eq)]
struct Role<'a> {
    partition: &'a str,
    account: &'a str,
    name: &'a str,
}

impl Role<'_> {
    /// The role with the path `/`.
    fn principal(&self) -> Principal {
        let Self { partition, account, name } = self;
        Principal::Aws(format!("arn:{partition}:iam::{account}:role/{name}"))
    }
}

impl Principal {
    /// The account, role, user or session with this ARN or account id.
    pub fn aws(arn: impl Into<String>) -> Self {
        Self::Aws(arn.into())
    }

    /// The AWS service with this name.
    pub fn service(name: impl Into<String>) -> Self {
        Self::Service(name.into())
    }

    /// The key in the `Principal` object, and the value under it.
    pub(crate) fn entry(&self) -> (&'static str, &str) {
        match self {
            Self::Everyone => ("AWS", "*"),
            Self::Aws(value) => ("AWS", value),
            Self::Service(value) => ("Service", value),
            Self::Federated(value) => ("Federated", value),
            Self::CanonicalUser(value) => ("CanonicalUser", value),
        }
    }

    /// One spelling for everyone and for an account: `"*"` is `{"AWS":"*"}`, and an account's root ARN, in any
    /// partition, is its id (IAM user guide, `reference_policies_elements_principal`).
    pub(crate) fn tidy(&self) -> Self {
        match self {
            Self::Aws(value) if value == "*" => Self::Everyone,
            Self::Aws(value) => match root_account(value) {
                Some(account) => Self::Aws(account.to_owned()),
                None => self.clone(),
            },
            _ => self.clone(),
        }
    }

    /// The role that issued this session; its path is not known.
    pub(crate) fn issuer(&self) -> Option<Self> {
        self.session_role().map(|role| role.principal())
    }

    /// A role without its path; anything else as it is.
    pub(crate) fn without_path(&self) -> Self {
        self.role().map_or_else(|| self.clone(), |role| role.principal())
    }

    /// Whether the principal is a whole account (tidy form).
    pub(crate) fn is_account(&self) -> bool {
        matches!(self, Self::Aws(value) if is_account_id(value))
    }

    /// Whether this is the id that stands where a deleted role (`AROA…`) or user (`AIDA…`) stood
    /// (IAM user guide, `reference_identifiers`, unique ids).
    pub(crate) fn is_orphan(&self) -> bool {
        let Self::Aws(value) = self else { return false };
        (value.starts_with("AROA") || value.starts_with("AIDA"))
            && value.len() >= 16
            && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    }

    fn role(&self) -> Option<Role<'_>> {
        let Self::Aws(value) = self else { return None };
        let arn = Arn::parse(value)?;
        let path_and_name = arn.resource.strip_prefix("role/")?;
        (arn.service == "iam").then_some(Role {
            partition: arn.partition,
            account: arn.account,
            name: path_and_name.rsplit('/').next()?,
        })
    }

    fn session_role(&self) -> Option<Role<'_>> {
        let Self::Aws(value) = self else { return None };
        let arn = Arn::parse(value)?;
        let (name, _session) = arn.resource.strip_prefix("assumed-role/")?.split_once('/')?;
        (arn.service == "sts").then_some(Role { partition: arn.partition, account: arn.account, name })
    }
}

/// The account id in an account's root ARN.
fn root_account(value: &str) -> Option<&str> {
    let arn = Arn::parse(value)?;
    (arn.service == "iam" && arn.region.is_empty() && arn.resource == "root" && is_account_id(arn.account))
        .then_some(arn.account)
}
