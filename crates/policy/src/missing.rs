//! Why nothing allows a request, and the smallest change that would.

use crate::canonical::escape_variables;
use crate::comparison::Test;
use crate::condition::ConditionTest;
use crate::evaluate::{Layer, Policies, PolicyPlace, is_judged_by_trust};
use crate::party::Party;
use crate::prepared::{Prepared, Rule};
use crate::principal::Principal;
use crate::request::{Asked, Request};
use crate::statement::{Effect, Statement};

/// A word that a request lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The kind of policies that does not allow.
    pub layer: Layer,
    /// The smallest statement that would allow it there.
    pub statement: Statement,
    /// The statements there that allow all but one thing of the request.
    pub near: Vec<Near>,
}

/// A statement that nearly allows a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// Where it stands.
    pub policy: PolicyPlace,
    /// Its place in that policy, from 0.
    pub statement: usize,
    /// Its name.
    pub sid: Option<String>,
    /// What does not fit.
    pub lacks: Lack,
}

/// The one thing of a request that a statement does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// Someone else is meant.
    Principal,
    /// Another action is meant.
    Action,
    /// Another resource is meant.
    Resource,
    /// These tests fail.
    Condition(Vec<FailedTest>),
}

/// A condition test that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedTest {
    /// The test.
    pub test: ConditionTest,
    /// The request's values; none if it does not have the key.
    pub found: Vec<String>,
}

/// What a request that is denied without a denial lacks; nothing for any other.
///
/// If each statement is added to a policy of its kind, the request is allowed.
///
/// ```
/// use policy::{Layer, Policies, Principal, Request, missing};
///
/// let role = Principal::aws("arn:aws:iam::123456789012:role/ci");
/// let request = Request::new(role, "s3:GetObject", "arn:aws:s3:::logs/a", "123456789012");
/// let missing = missing(&Policies::default(), &request);
/// assert_eq!(missing[0].layer, Layer::Identity);
/// assert_eq!(missing[0].statement.action.as_ref().unwrap().items(), ["s3:GetObject"]);
/// ```
pub fn missing(policies: &Policies<'_>, request: &Request) -> Vec<Missing> {
    let asked = Asked::new(request);
    let verdict = crate::evaluate(policies, request);
    let word = |layer: Layer| Missing {
        layer,
        statement: smallest(layer, &asked),
        near: documents(policies, layer)
            .iter()
            .enumerate()
            .flat_map(|(index, policy)| near(policy, PolicyPlace { layer, index, is_grant: false }, &asked))
            .collect(),
    };
    verdict.unmet.into_iter().map(word).collect()
}

fn documents<'a>(policies: &Policies<'a>, layer: Layer) -> &'a [Prepared] {
    match layer {
        Layer::Identity => policies.identity,
        Layer::Resource => policies.resource.map_or(&[], std::slice::from_ref),
        Layer::Boundary => policies.boundary,
        Layer::Session => policies.session,
        Layer::Scp(level) => policies.scp.get(level).map_or(&[], Vec::as_slice),
        Layer::Rcp(level) => policies.rcp.get(level).map_or(&[], Vec::as_slice),
        Layer::Endpoint => policies.endpoint,
    }
}

/// The statement that allows this request in a policy of this kind and as little else as possible.
fn smallest(layer: Layer, asked: &Asked<'_>) -> Statement {
    let request = asked.request;
    let statement = Statement::allow().actions([request.action.clone()]);
    let resource = escape_variables(&request.resource);
    match layer {
        Layer::Resource if is_judged_by_trust(&asked.action, &request.resource) => {
            statement.principals([grantee(asked)])
        }
        Layer::Resource if asked.is_to("kms:") => statement.principals([grantee(asked)]).resources(["*"]),
        Layer::Resource => statement.principals([grantee(asked)]).resources([resource]),
        Layer::Rcp(_) | Layer::Endpoint => statement.principals([Principal::Everyone]).resources([resource]),
        _ => statement.resources([resource]),
    }
}

/// Who asks, as a resource's policy names them: of a session, the role, if its path is known.
fn grantee(asked: &Asked<'_>) -> Principal {
    let role = asked.request.context.values("aws:principalarn");
    match (&asked.party, role) {
        (Party::Session { role, .. }, [arn]) if arn.ends_with(&format!("/{}", role.name)) => {
            Principal::aws(arn)
        }
        _ => asked.request.principal.clone(),
    }
}

fn near<'a>(
    policy: &'a Prepared,
    place: PolicyPlace,
    asked: &'a Asked<'_>,
) -> impl Iterator<Item = Near> + 'a {
    policy.rules.iter().enumerate().filter_map(move |(statement, rule)| {
        let lacks = lack(rule, place.layer, asked)?;
        Some(Near { policy: place, statement, sid: rule.sid.clone(), lacks })
    })
}

/// The one thing that does not fit.
fn lack(rule: &Rule, layer: Layer, asked: &Asked<'_>) -> Option<Lack> {
    if rule.effect == Effect::Deny {
        return None;
    }
    let failed: Vec<FailedTest> = rule.condition.iter().filter_map(|test| failure(test, asked)).collect();
    let principal = rule.means(layer, &asked.party).is_none().then_some(Lack::Principal);
    let action = (!rule.has_action(&asked.action)).then_some(Lack::Action);
    let resource = (!rule.is_about_resource(asked)).then_some(Lack::Resource);
    let condition = (!failed.is_empty()).then_some(Lack::Condition(failed));
    let mut lacks = [principal, action, resource, condition].into_iter().flatten();
    let first = lacks.next()?;
    lacks.next().is_none().then_some(first)
}

fn failure(test: &Test, asked: &Asked<'_>) -> Option<FailedTest> {
    let found = asked.found(&test.key);
    let fails = test.holds(found, asked) != Some(true);
    fails.then(|| FailedTest { test: test.source.clone(), found: found.to_vec() })
}
