//! What policies decide about a request, and which statements decide it.

use crate::arn::Arn;
use crate::condition::Conditions;
use crate::document::Policy;
use crate::pattern::Pattern;
use crate::principal::Principal;
use crate::request::{Context, Request};
use crate::statement::{Effect, Element, Statement};

/// The policies that have a say in a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Policies<'a> {
    /// Those of the one who asks.
    pub identity: &'a [Policy],
    /// That of what is asked for: a key, bucket, repository, or a role's trust.
    pub resource: Option<&'a Policy>,
}

/// A decision and its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Allowed or denied.
    pub decision: Decision,
    /// The statements that decide; none for [`Decision::ImplicitDeny`], nor where an account's root user acts in its
    /// own account.
    pub deciding: Vec<Deciding>,
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

/// One of [`Policies`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyPlace {
    /// That of `identity` with this index.
    Identity(usize),
    /// That of the resource.
    Resource,
}

/// How a resource policy's principal is the one who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// It is the account, whose own policies decide further.
    Account,
    /// It is the one who asks.
    Direct,
}

/// A statement that applies to the request.
struct Applying {
    reach: Reach,
    effect: Effect,
    deciding: Deciding,
}

/// Decides as IAM does (IAM user guide, `reference_policies_evaluation-logic`): a denial wins; a resource policy that
/// names the one who asks suffices within an account; keys and roles must allow in their own policy; across accounts
/// both sides must. A statement with an unknown operator denies, but never allows.
///
/// Permissions boundaries, session policies and organisations' policies are not asked.
pub fn evaluate(policies: &Policies<'_>, request: &Request) -> Verdict {
    let requester = request.principal.tidy();
    let request = Request { principal: requester, ..request.clone() };
    let mut applying = Vec::new();
    for (index, policy) in policies.identity.iter().enumerate() {
        applying.extend(applying_statements(policy, PolicyPlace::Identity(index), &request));
    }
    if let Some(policy) = policies.resource {
        applying.extend(applying_statements(policy, PolicyPlace::Resource, &request));
    }
    let (denials, allowances): (Vec<_>, Vec<_>) =
        applying.into_iter().partition(|statement| statement.effect == Effect::Deny);
    if !denials.is_empty() {
        return Verdict { decision: Decision::ExplicitDeny, deciding: deciding(denials) };
    }
    let (resource, identity): (Vec<_>, Vec<_>) =
        allowances.into_iter().partition(|statement| statement.deciding.policy == PolicyPlace::Resource);
    match allowing(resource, identity, &request) {
        Some(statements) => Verdict { decision: Decision::Allow, deciding: deciding(statements) },
        None => Verdict { decision: Decision::ImplicitDeny, deciding: Vec::new() },
    }
}

/// The statements that together allow, if they do.
fn allowing(resource: Vec<Applying>, identity: Vec<Applying>, request: &Request) -> Option<Vec<Applying>> {
    let account = request.principal.account();
    let may_act = !identity.is_empty() || request.principal.is_account();
    let is_own = account == Some(&request.account);
    let is_named = resource.iter().any(|statement| statement.reach == Reach::Direct);
    let needs_own_word =
        is_action_of(&request.action, "kms:") || is_action_of(&request.action, "sts:assumerole");
    let allowed = match account {
        None => is_named,
        Some(_) if is_own && is_named => true,
        Some(_) if is_own => may_act && (!needs_own_word || !resource.is_empty()),
        Some(_) => may_act && !resource.is_empty(),
    };
    let mut statements = resource;
    if is_own && is_named {
        statements.retain(|statement| statement.reach == Reach::Direct);
    }
    statements.extend(identity);
    allowed.then_some(statements)
}

fn deciding(statements: Vec<Applying>) -> Vec<Deciding> {
    statements.into_iter().map(|statement| statement.deciding).collect()
}

fn is_action_of(action: &str, prefix: &str) -> bool {
    action.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn applying_statements(policy: &Policy, place: PolicyPlace, request: &Request) -> Vec<Applying> {
    let applying = |(index, statement): (usize, &Statement)| {
        let reach = match place {
            PolicyPlace::Identity(_) => statement.principal.is_none().then_some(Reach::Direct),
            PolicyPlace::Resource => reach(statement, &request.principal),
        }?;
        statement.is_about(request).then(|| Applying {
            reach,
            effect: statement.effect,
            deciding: Deciding { policy: place, statement: index, sid: statement.sid.clone() },
        })
    };
    policy.tidy().statements.iter().enumerate().filter_map(applying).collect()
}

impl Statement {
    /// Whether action, resource and conditions of this tidy statement fit.
    fn is_about(&self, request: &Request) -> bool {
        self.has_action(&request.action)
            && self.has_resource(request)
            && holds(&self.condition, &request.context, self.effect)
    }

    fn has_action(&self, action: &str) -> bool {
        let action = action.to_ascii_lowercase();
        let action = Pattern::literal(&action);
        let fits = |pattern: &String| Pattern::wildcards(&pattern.to_ascii_lowercase()).covers(&action);
        self.action.as_ref().is_some_and(|actions| actions.has(fits))
    }

    /// An absent resource is the one the policy is attached to, but for a key it is none.
    fn has_resource(&self, request: &Request) -> bool {
        let wanted = Pattern::literal(&request.resource);
        let fits = |text: &String| {
            Pattern::with_variables(text)
                .resolved(&request.context)
                .is_some_and(|pattern| pattern.covers(&wanted))
        };
        match &self.resource {
            Some(resources) => resources.has(fits),
            None => !is_action_of(&request.action, "kms:"),
        }
    }
}

impl<T> Element<T> {
    /// Whether something is meant, given which items are it.
    fn has(&self, is_it: impl Fn(&T) -> bool) -> bool {
        match self {
            Self::Only(items) => items.iter().any(is_it),
            Self::AllBut(items) => !items.iter().any(is_it),
        }
    }
}

/// How the statement's principal, if at all, is `requester`.
fn reach(statement: &Statement, requester: &Principal) -> Option<Reach> {
    match (statement.principal.as_ref()?, statement.effect) {
        (Element::Only(named), effect) => {
            named.iter().filter_map(|principal| reach_of(principal, requester, effect)).max()
        }
        // Everyone whom the one who asks acts for must be spared: account, role and session. AWS may look at any.
        (Element::AllBut(spared), Effect::Deny) => {
            let all = identities(requester).iter().all(|identity| is_listed(spared, identity));
            (!all).then_some(Reach::Direct)
        }
        (Element::AllBut(spared), Effect::Allow) => {
            let any = identities(requester).iter().any(|identity| is_listed(spared, identity));
            (!any).then_some(Reach::Direct)
        }
    }
}

fn reach_of(principal: &Principal, requester: &Principal, effect: Effect) -> Option<Reach> {
    if *principal == Principal::Everyone || principal.is_or_issued(requester) {
        Some(Reach::Direct)
    } else if principal.is_account() && principal.account() == requester.account() {
        Some(if effect == Effect::Deny { Reach::Direct } else { Reach::Account })
    } else {
        None
    }
}

fn is_listed(principals: &[Principal], identity: &Principal) -> bool {
    principals.iter().any(|principal| *principal == Principal::Everyone || principal.is_or_issued(identity))
}

/// The one who asks, its role if it is a session, and its account.
fn identities(requester: &Principal) -> Vec<Principal> {
    let mut identities = vec![requester.clone()];
    identities.extend(requester.issuer());
    if let Principal::Aws(arn) = requester
        && let Some(arn) = Arn::parse(arn)
    {
        identities.push(Principal::aws(arn.account));
    }
    identities
}

/// Whether all tests hold; one with an unknown operator holds for a denial alone.
fn holds(conditions: &Conditions, context: &Context, effect: Effect) -> bool {
    conditions.tests().iter().all(|test| test.holds(context).unwrap_or(effect == Effect::Deny))
}

#[cfg(test)]
mod tests;
