//! Conditions by which a statement for everyone is about some only
//! (S3 user guide, `access-control-block-public-access`, the meaning of "public").

use crate::arn::{Arn, is_account_id};
use crate::condition::{ConditionTest, Conditions};
use crate::operator::{Comparison, Operator, Quantifier};

/// What a key tells of who asks.
#[derive(Clone, Copy)]
enum Tells {
    Account,
    /// Of somebody, or of the resource that a service acts for.
    Arn,
    /// An organization and the way down to an account.
    OrganizationPath,
    /// A unique id, behind which a name follows.
    Id,
    Address,
    /// Something that has one owner.
    Name,
}

const NARROWING: [(&str, Tells); 17] = [
    ("aws:principalaccount", Tells::Account),
    ("aws:principalarn", Tells::Arn),
    ("aws:principalorgid", Tells::Name),
    ("aws:principalorgpaths", Tells::OrganizationPath),
    ("aws:sourceaccount", Tells::Account),
    ("aws:sourcearn", Tells::Arn),
    ("aws:sourceip", Tells::Address),
    ("aws:sourceorgid", Tells::Name),
    ("aws:sourceorgpaths", Tells::OrganizationPath),
    ("aws:sourceowner", Tells::Account),
    ("aws:sourcevpc", Tells::Name),
    ("aws:sourcevpce", Tells::Name),
    ("aws:userid", Tells::Id),
    ("aws:vpcsourceip", Tells::Address),
    ("kms:calleraccount", Tells::Account),
    ("s3:dataaccesspointaccount", Tells::Account),
    ("s3:dataaccesspointarn", Tells::Arn),
];

/// Whether a test holds only for some, who are written out.
pub(super) fn is_narrowed(conditions: &Conditions) -> bool {
    conditions.tests().iter().filter(|test| needs_a_value(test)).any(|test| {
        let key = test.key.to_ascii_lowercase();
        let known = NARROWING.iter().find(|(known, _)| *known == key);
        known.is_some_and(|(_, tells)| test.values.iter().all(|value| tells.is_fixed(value)))
    })
}

/// What only services bring with a request: people of an account have none of these (IAM user guide,
/// `reference_policies_condition-keys`, properties of the resource). A topic's owner is told as if by one (SNS developer guide,
/// `sns-access-policy-use-cases`).
const FOR_ACCOUNT: [&str; 2] = ["aws:sourceaccount", "aws:sourceowner"];

/// Whether only requests for the resources of this account are meant.
pub(super) fn is_for_account(conditions: &Conditions, account: &str) -> bool {
    conditions.tests().iter().filter(|test| needs_a_value(test)).any(|test| {
        let is_known = FOR_ACCOUNT.iter().any(|known| test.key.eq_ignore_ascii_case(known));
        is_known && !test.values.is_empty() && test.values.iter().all(|value| value == account)
    })
}

/// Whether a test holds only where the key has one of its values: neither where it is absent, nor by being there.
fn needs_a_value(test: &ConditionTest) -> bool {
    Operator::parse(&test.operator).is_none_or(|operator| {
        let holds_if_absent =
            operator.negated || operator.if_exists || operator.quantifier == Some(Quantifier::All);
        operator.comparison != Comparison::Null && !holds_if_absent
    })
}

impl Tells {
    fn is_fixed(self, value: &str) -> bool {
        let is_plain = |text: &str| !text.is_empty() && !text.contains(['*', '?']);
        match self {
            Self::Account => is_account_id(value) || value.contains("${"),
            // The name of a bucket is one in the world.
            Self::Arn => Arn::parse(value).is_some_and(|arn| match arn.account {
                "" => is_plain(arn.service) && is_plain(arn.resource.split('/').next().unwrap_or_default()),
                account => is_plain(account),
            }),
            Self::OrganizationPath => is_plain(value.split('/').next().unwrap_or_default()),
            Self::Id => is_plain(value.split(':').next().unwrap_or_default()),
            Self::Address => !is_broad(value),
            Self::Name => is_plain(value),
        }
    }
}

/// Whether a network is wider than what S3 takes for some addresses.
fn is_broad(network: &str) -> bool {
    let (address, bits) = network.split_once('/').unwrap_or((network, ""));
    let least = if address.contains(':') { 32 } else { 8 };
    bits.parse::<u32>().is_ok_and(|bits| bits < least)
}

/// The name that an identity provider of the web has in condition keys; `None` for SAML, whose users an organization knows, and
/// for the clusters of EKS.
pub(super) fn web_identity(name: &str) -> Option<&str> {
    let provider = match name.split_once(":oidc-provider/") {
        Some((_, provider)) => provider,
        None if name.contains(":saml-provider/") => return None,
        None => name,
    };
    (!provider.starts_with("oidc.eks.")).then_some(provider)
}

/// Whether a condition says which of a provider's identities is meant. That a token is for STS says nothing of whose it is
/// (IAM user guide, `id_roles_providers_oidc_secure-by-default`).
pub(super) fn names_somebody_of(provider: &str, conditions: &Conditions) -> bool {
    conditions.tests().iter().filter(|test| needs_a_value(test)).any(|test| {
        let key = test.key.to_ascii_lowercase();
        let of_provider =
            key.strip_prefix(&provider.to_ascii_lowercase()).and_then(|rest| rest.strip_prefix(':'));
        let says = |value: &String| {
            is_of_somebody(value) && !(of_provider == Some("aud") && value.starts_with("sts.amazonaws.com"))
        };
        of_provider.is_some() && test.values.iter().all(says)
    })
}

/// Whether a value of a token says whose it is: `repo:acme/*` does, and `repo:*` says what is asked for alone.
fn is_of_somebody(value: &str) -> bool {
    let (start, is_pattern) = match value.split_once(['*', '?']) {
        Some((start, _)) => (start, true),
        None => (value, false),
    };
    let is_type = is_pattern && start.find(':').is_some_and(|colon| colon + 1 == start.len());
    start.chars().any(|char| char.is_ascii_alphanumeric()) && !is_type
}
