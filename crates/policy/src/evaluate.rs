//! What policies decide about a request, and which statements decide it.

use std::fmt;

use crate::grant::Grant;
use crate::party::{Party, Reach};
use crate::prepared::{Prepared, Rule};
use crate::request::{Asked, Request};
use crate::statement::Effect;

/// The policies that have a say in a request.
///
/// A kind of which there is none has no say, except `identity` and `resource`: whoever has no identity policy is
/// allowed nothing by one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Policies<'a> {
    /// Those of the one who asks.
    pub identity: &'a [Prepared],
    /// That of what is asked for: a key, bucket, repository, topic, or a role's trust.
    pub resource: Option<&'a Prepared>,
    /// The permissions boundary of the one who asks.
    pub boundary: &'a [Prepared],
    /// The policies of their session.
    pub session: &'a [Prepared],
    /// Service control policies, a list for each level from the root of the organisation to the account: every level
    /// must allow.
    pub scp: &'a [Vec<Prepared>],
    /// Resource control policies, in levels as well.
    pub rcp: &'a [Vec<Prepared>],
    /// The policy of the VPC endpoint that the request comes through.
    pub endpoint: &'a [Prepared],
    /// Grants of the key.
    pub grants: &'a [Grant],
}

/// A decision and its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Allowed or denied.
    pub decision: Decision,
    /// The statements that decide; none for [`Decision::ImplicitDeny`], nor where an account's root user acts in its
    /// own account.
    pub deciding: Vec<Deciding>,
    /// For [`Decision::ImplicitDeny`]: those whose word is missing. See [`missing`](crate::missing).
    pub unmet: Vec<Layer>,
}

impl Verdict {
    /// Whether the request is allowed.
    pub fn is_allowed(&self) -> bool {
        self.decision == Decision::Allow
    }
}

/// Allowed or denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Allowed, and not denied.
    Allow,
    /// Denied by a statement.
    ExplicitDeny,
    /// Not allowed by all whose word is needed.
    ImplicitDeny,
}

impl Decision {
    /// As written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::ExplicitDeny => "ExplicitDeny",
            Self::ImplicitDeny => "ImplicitDeny",
        }
    }
}

/// A statement that decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deciding {
    /// Where it stands.
    pub policy: PolicyPlace,
    /// Its place in that policy, from 0.
    pub statement: usize,
    /// Its name.
    pub sid: Option<String>,
}

/// A kind of policies whose word is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The policies of the one who asks.
    Identity,
    /// That of the resource.
    Resource,
    /// The permissions boundary.
    Boundary,
    /// The session's policies.
    Session,
    /// The service control policies of this level.
    Scp(usize),
    /// The resource control policies of this level.
    Rcp(usize),
    /// The VPC endpoint's policy.
    Endpoint,
}

/// One of [`Policies`]; its [`Display`](fmt::Display) is `identity[0]`, `resource`, `scp[1][0]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyPlace {
    /// Of which kind.
    pub layer: Layer,
    /// Its place among those, from 0.
    pub index: usize,
    /// Whether it is a grant of the key and no statement.
    pub is_grant: bool,
}

impl fmt::Display for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identity => formatter.write_str("identity"),
            Self::Resource => formatter.write_str("resource"),
            Self::Boundary => formatter.write_str("boundary"),
            Self::Session => formatter.write_str("session"),
            Self::Scp(level) => write!(formatter, "scp[{level}]"),
            Self::Rcp(level) => write!(formatter, "rcp[{level}]"),
            Self::Endpoint => formatter.write_str("endpoint"),
        }
    }
}

impl fmt::Display for PolicyPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_grant, self.layer) {
            (true, _) => write!(formatter, "grant[{}]", self.index),
            (false, Layer::Resource) => formatter.write_str("resource"),
            (false, layer) => write!(formatter, "{layer}[{}]", self.index),
        }
    }
}

/// A statement that applies to the request.
struct Applying {
    reach: Reach,
    effect: Effect,
    deciding: Deciding,
}

/// Decides as IAM does (IAM user guide, `reference_policies_evaluation-logic`).
///
/// - A denial wins, wherever it stands.
/// - A resource policy that names the one who asks suffices within an account; across accounts both sides must allow.
/// - Keys and roles must allow in their own policy; one that allows its account hands on to the policies of
///   identities there. Calls without a key (`kms:CreateKey`, `kms:ListAliases`, an alias) have no key policy.
/// - Boundary, session, every level of SCP and RCP, and the endpoint must allow as well. What a resource policy gives
///   to a user or to a session by its own ARN is not held back by boundary and session.
/// - A statement with an unknown operator denies, but never allows.
pub fn evaluate(policies: &Policies<'_>, request: &Request) -> Verdict {
    Hearing::new(policies, &Asked::new(request)).verdict()
}

/// What all policies say to a request.
pub(crate) struct Hearing<'a> {
    policies: &'a Policies<'a>,
    asked: &'a Asked<'a>,
    denials: Vec<Applying>,
    allowances: Vec<Applying>,
}

impl<'a> Hearing<'a> {
    pub(crate) fn new(policies: &'a Policies<'a>, asked: &'a Asked<'a>) -> Self {
        let mut hearing = Self { policies, asked, denials: Vec::new(), allowances: Vec::new() };
        hearing.hear(Layer::Identity, policies.identity);
        if let Some(resource) = policies.resource.filter(|_| hearing.has_resource_policy()) {
            hearing.hear(Layer::Resource, std::slice::from_ref(resource));
        }
        hearing.hear_grants();
        hearing.hear(Layer::Boundary, policies.boundary);
        hearing.hear(Layer::Session, policies.session);
        if !asked.party.is_service_linked() {
            if asked.party.account().is_some() {
                hearing.hear_levels(Layer::Scp, policies.scp);
            }
            hearing.hear_levels(Layer::Rcp, policies.rcp);
        }
        hearing.hear(Layer::Endpoint, policies.endpoint);
        hearing
    }

    fn hear_levels(&mut self, layer: fn(usize) -> Layer, levels: &[Vec<Prepared>]) {
        for (level, policies) in levels.iter().enumerate() {
            self.hear(layer(level), policies);
        }
    }

    fn hear(&mut self, layer: Layer, policies: &[Prepared]) {
        for (index, policy) in policies.iter().enumerate() {
            let policy_place = PolicyPlace { layer, index, is_grant: false };
            for (statement, rule) in policy.rules.iter().enumerate() {
                let Some(reach) = rule.applies(layer, self.asked) else { continue };
                let deciding = Deciding { policy: policy_place, statement, sid: rule.sid.clone() };
                self.add(Applying { reach, effect: rule.effect, deciding });
            }
        }
    }

    fn hear_grants(&mut self) {
        if !self.has_resource_policy() {
            return;
        }
        for (index, grant) in self.policies.grants.iter().enumerate() {
            let Some(reach) = grant.reach(self.asked) else { continue };
            let policy = PolicyPlace { layer: Layer::Resource, index, is_grant: true };
            let deciding = Deciding { policy, statement: 0, sid: None };
            self.add(Applying { reach, effect: Effect::Allow, deciding });
        }
    }

    fn add(&mut self, applying: Applying) {
        match applying.effect {
            Effect::Allow => self.allowances.push(applying),
            Effect::Deny => self.denials.push(applying),
        }
    }

    /// Whether what is asked for has a policy at all: a call that is about no key has none.
    fn has_resource_policy(&self) -> bool {
        !self.asked.is_to("kms:") || is_about_a_key(&self.asked.action, &self.asked.request.resource)
    }

    /// Whether the resource's own policy must allow, also within the account.
    fn needs_word_of_resource(&self) -> bool {
        (self.asked.is_to("kms:") && self.has_resource_policy())
            || is_judged_by_trust(&self.asked.action, &self.asked.request.resource)
    }

    fn reach(&self) -> Option<Reach> {
        let of_resource = self.allowances.iter().filter(|one| one.deciding.policy.layer == Layer::Resource);
        of_resource.map(|one| one.reach).max()
    }

    fn is_allowed_by(&self, layer: Layer) -> bool {
        self.allowances.iter().any(|one| one.deciding.policy.layer == layer)
    }

    fn is_own(&self) -> bool {
        self.asked.party.account() == Some(self.asked.request.account.as_str())
    }

    fn verdict(self) -> Verdict {
        if !self.denials.is_empty() {
            let deciding = self.denials.into_iter().map(|one| one.deciding).collect();
            return Verdict { decision: Decision::ExplicitDeny, deciding, unmet: Vec::new() };
        }
        let unmet = self.unmet();
        if !unmet.is_empty() {
            return Verdict { decision: Decision::ImplicitDeny, deciding: Vec::new(), unmet };
        }
        Verdict { decision: Decision::Allow, deciding: self.deciding(), unmet }
    }

    /// The statements that together allow, the resource's first.
    fn deciding(self) -> Vec<Deciding> {
        let is_named = self.is_own() && self.reach() > Some(Reach::Account);
        let (is_bounded, is_in_session) =
            (self.is_limited(Layer::Boundary, is_named), self.is_limited(Layer::Session, is_named));
        let mut deciding = self.allowances;
        deciding.retain(|one| match one.deciding.policy.layer {
            Layer::Resource => !is_named || one.reach > Reach::Account,
            Layer::Boundary => is_bounded,
            Layer::Session => is_in_session,
            _ => true,
        });
        deciding.sort_by_key(|one| one.deciding.policy.layer != Layer::Resource);
        deciding.into_iter().map(|one| one.deciding).collect()
    }

    /// Those whose word is missing.
    pub(crate) fn unmet(&self) -> Vec<Layer> {
        let mut unmet = Vec::new();
        let is_root = matches!(self.asked.party, Party::Account(_));
        let may_act = is_root || self.is_allowed_by(Layer::Identity);
        let reach = self.reach();
        let mut is_named = self.is_own() && reach > Some(Reach::Account);
        if self.asked.party.account().is_none() {
            unmet.extend(reach.is_none().then_some(Layer::Resource));
        } else if self.is_own() && !is_named {
            if reach.is_none() && self.needs_word_of_resource() {
                unmet.push(Layer::Resource);
                is_named = true;
            } else if !may_act {
                unmet.push(Layer::Identity);
            }
        } else if !self.is_own() {
            unmet.extend(reach.is_none().then_some(Layer::Resource));
            unmet.extend((!may_act).then_some(Layer::Identity));
        }
        self.add_limits(is_named, &mut unmet);
        unmet
    }

    /// Whether the boundary, or the session's policies, have a say; `is_named`: the resource's policy allows alone.
    fn is_limited(&self, layer: Layer, is_named: bool) -> bool {
        let enough = if layer == Layer::Boundary { Reach::Everyone } else { Reach::Exact };
        let is_beyond = self.reach() >= Some(enough) || !self.asked.party.acts_by_role();
        let is_root = matches!(self.asked.party, Party::Account(_));
        self.asked.party.account().is_some() && !is_root && !(is_named && is_beyond)
    }

    fn add_limits(&self, is_named: bool, unmet: &mut Vec<Layer>) {
        let policies = self.policies;
        let mut need = |layer: Layer, exists: bool| {
            unmet.extend((exists && !self.is_allowed_by(layer)).then_some(layer));
        };
        let limits = |layer: Layer| self.is_limited(layer, is_named);
        need(Layer::Boundary, !policies.boundary.is_empty() && limits(Layer::Boundary));
        need(Layer::Session, !policies.session.is_empty() && limits(Layer::Session));
        if !self.asked.party.is_service_linked() {
            if self.asked.party.account().is_some() {
                (0..policies.scp.len()).for_each(|level| need(Layer::Scp(level), true));
            }
            (0..policies.rcp.len()).for_each(|level| need(Layer::Rcp(level), true));
        }
        need(Layer::Endpoint, !policies.endpoint.is_empty());
    }
}

/// Actions of KMS that are about no key (service authorization reference, `list_awskeymanagementservice`).
const WITHOUT_KEY: [&str; 11] = [
    "kms:connectcustomkeystore",
    "kms:createcustomkeystore",
    "kms:createkey",
    "kms:deletecustomkeystore",
    "kms:describecustomkeystores",
    "kms:disconnectcustomkeystore",
    "kms:generaterandom",
    "kms:listaliases",
    "kms:listkeys",
    "kms:listretirablegrants",
    "kms:updatecustomkeystore",
];

/// Whether a call to KMS is about a key; both in lower case but the resource.
pub(crate) fn is_about_a_key(action: &str, resource: &str) -> bool {
    let is_alias = resource.split(':').nth(5).is_some_and(|rest| rest.starts_with("alias/"));
    !is_alias && !WITHOUT_KEY.contains(&action)
}

/// Whether a role's trust decides: assuming it, and what may only be said while assuming it. Each is an action of its
/// own, which the trust has to allow (IAM user guide, `id_session-tags`, `id_credentials_temp_control-access_monitor`).
pub(crate) fn is_judged_by_trust(action: &str, resource: &str) -> bool {
    let of_session = matches!(action, "sts:tagsession" | "sts:setsourceidentity" | "sts:setcontext");
    action.starts_with("sts:assumerole") || of_session && !resource.contains(":federated-user/")
}

impl Rule {
    /// How the statement, in a policy of this kind, applies to the request, if at all.
    fn applies(&self, layer: Layer, asked: &Asked<'_>) -> Option<Reach> {
        if !self.has_action(&asked.action) {
            return None;
        }
        let reach = self.means(layer, &asked.party)?;
        let fits = self.is_about_resource(asked) && self.holds(asked);
        fits.then_some(reach)
    }

    /// How the one who asks is meant; identity policies and their like mean whoever has them.
    pub(crate) fn means(&self, layer: Layer, party: &Party) -> Option<Reach> {
        match layer {
            Layer::Resource | Layer::Rcp(_) => self.reach(party),
            // An account in an endpoint's policy is its root user alone.
            Layer::Endpoint => self.reach(party).filter(|reach| *reach > Reach::Account),
            _ => self.principal.is_none().then_some(Reach::Exact),
        }
    }

    /// An absent resource is the one the policy is attached to, but for a key it is none.
    pub(crate) fn is_about_resource(&self, asked: &Asked<'_>) -> bool {
        match self.resource {
            Some(_) => self.has_resource(&asked.request.resource, asked),
            None => !asked.is_to("kms:"),
        }
    }

    /// Whether all tests hold; one with an unknown operator holds for a denial alone.
    pub(crate) fn holds(&self, asked: &Asked<'_>) -> bool {
        let holds = |test: &crate::comparison::Test| test.holds(asked.found(&test.key), asked);
        self.condition.iter().all(|test| holds(test).unwrap_or(self.effect == Effect::Deny))
    }
}

#[cfg(test)]
mod tests;
