//! A request as policies see it.

use std::collections::BTreeMap;

use crate::arn::Arn;
use crate::comparison::Found;
use crate::party::Party;
use crate::pattern::Variables;
use crate::principal::Principal;

/// Someone wants to do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asks: an ARN ([`Principal::Aws`]) or a service; [`Principal::Everyone`] is someone who does not say, an
    /// account its root user, a role one of its sessions.
    pub principal: Principal,
    /// `kms:Decrypt`.
    pub action: String,
    /// An ARN, or `*` for an action that has no resource.
    pub resource: String,
    /// The account that owns the resource.
    pub account: String,
    /// Whatever else is known. Keys that follow from the rest may be left out: see [`Request::derived`].
    pub context: Context,
}

/// The values of condition keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// By key in lower case: the key as it was given, and its values.
    values: BTreeMap<String, (String, Vec<String>)>,
}

impl Context {
    /// Sets the values of a key, whose case of letters does not matter. No values is the same as no key.
    pub fn set<V: Into<String>>(&mut self, key: &str, values: impl IntoIterator<Item = V>) {
        let values = values.into_iter().map(Into::into).collect();
        self.values.insert(key.to_ascii_lowercase(), (key.to_owned(), values));
    }

    /// The values of a key; none if it is absent.
    pub fn values(&self, key: &str) -> &[String] {
        if key.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return self.values.get(&key.to_ascii_lowercase()).map_or(&[], |(_, values)| values.as_slice());
        }
        self.values.get(key).map_or(&[], |(_, values)| values.as_slice())
    }

    /// Each key, as it was given, with its values.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.values.values().map(|(key, values)| (key.as_str(), values.as_slice()))
    }
}

impl Request {
    /// A request without context.
    pub fn new(
        principal: Principal,
        action: impl Into<String>,
        resource: impl Into<String>,
        account: impl Into<String>,
    ) -> Self {
        Self {
            principal,
            action: action.into(),
            resource: resource.into(),
            account: account.into(),
            context: Context::default(),
        }
    }

    /// The same with a condition key set.
    #[must_use]
    pub fn with<V: Into<String>>(mut self, key: &str, values: impl IntoIterator<Item = V>) -> Self {
        self.context.set(key, values);
        self
    }

    /// The value of a key that follows from the rest of the request, where the context does not give it:
    /// `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:PrincipalIsAWSService`,
    /// `aws:PrincipalServiceName`, `aws:username`, `kms:CallerAccount`, `aws:ResourceAccount`, `aws:ViaAWSService`,
    /// `aws:CalledViaFirst`, `aws:CalledViaLast`, and `aws:SourceAccount` from `aws:SourceArn`
    /// (IAM user guide, `reference_policies_condition-keys`).
    pub fn derived(&self, key: &str) -> Option<String> {
        let asked = Asked::new(self);
        asked.found(&key.to_ascii_lowercase()).only().map(str::to_owned)
    }
}

/// A request taken apart once, for all statements.
pub(crate) struct Asked<'a> {
    pub request: &'a Request,
    pub party: Party,
    /// In lower case.
    pub action: String,
    /// `aws:PrincipalArn`.
    arn: Option<String>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(request: &'a Request) -> Self {
        let party = Party::new(&request.principal);
        let action = request.action.to_ascii_lowercase();
        Self { arn: principal_arn(&request.principal, &party), request, party, action }
    }

    /// Whether this is a call to this service: `kms:`, `sts:`.
    pub(crate) fn is_to(&self, prefix: &str) -> bool {
        self.action.starts_with(prefix)
    }

    /// The values of a key, given in lower case: those of the context, or the one that follows from the request.
    pub(crate) fn found(&self, key: &str) -> Found<'_> {
        match self.request.context.values(key) {
            [] => self.derived(key).map_or(Found::ABSENT, Found::One),
            values => Found::Many(values),
        }
    }

    fn derived(&self, key: &str) -> Option<&str> {
        let context = &self.request.context;
        match key {
            "aws:resourceaccount" => {
                Some(self.request.account.as_str()).filter(|account| !account.is_empty())
            }
            "aws:sourceaccount" => match context.values("aws:sourcearn") {
                [arn] => Arn::parse(arn).map(|arn| arn.account).filter(|account| !account.is_empty()),
                _ => None,
            },
            "aws:calledviafirst" => context.values("aws:calledvia").first().map(String::as_str),
            "aws:calledvialast" => context.values("aws:calledvia").last().map(String::as_str),
            "aws:viaawsservice" => Some(truth(!context.values("aws:calledvia").is_empty())),
            "kms:calleraccount" if self.is_to("kms:") => self.party.account(),
            _ => self.of_principal(key),
        }
    }

    fn of_principal(&self, key: &str) -> Option<&str> {
        principal_key(&self.party, self.arn.as_deref(), key)
    }
}

/// The value of a key that follows from who asks alone; `arn` is theirs.
pub(crate) fn principal_key<'a>(party: &'a Party, arn: Option<&'a str>, key: &str) -> Option<&'a str> {
    match (key, party) {
        ("aws:principalarn", _) => arn,
        ("aws:principalaccount", _) => party.account(),
        ("aws:principalisawsservice", Party::Service(_)) => Some("true"),
        ("aws:principalisawsservice", _) => party.account().map(|_| "false"),
        ("aws:principalservicename", Party::Service(name)) => Some(name),
        ("aws:principaltype", Party::Everyone) => Some("Anonymous"),
        ("aws:principaltype", Party::Account(_)) => Some("Account"),
        ("aws:principaltype", Party::Role { .. } | Party::Session { .. }) => Some("AssumedRole"),
        ("aws:principaltype", Party::Other { .. }) => Some("User"),
        ("aws:username", _) => party.user_name(),
        _ => None,
    }
}

/// The ARN of who asks: of a session, that of its role, without the path that the session does not tell.
pub(crate) fn principal_arn(principal: &Principal, party: &Party) -> Option<String> {
    match (party, principal) {
        (Party::Session { role, .. }, _) => {
            Some(format!("arn:{}:iam::{}:role/{}", role.partition, role.account, role.name))
        }
        (Party::Account(account), Principal::Aws(text)) if !text.starts_with("arn:") => {
            Some(format!("arn:aws:iam::{account}:root"))
        }
        (_, Principal::Aws(text)) => Some(text.clone()),
        _ => None,
    }
}

fn truth(truth: bool) -> &'static str {
    if truth { "true" } else { "false" }
}

impl Variables for Asked<'_> {
    fn value(&self, key: &str) -> Option<&str> {
        self.found(&key.to_ascii_lowercase()).only()
    }
}
