use proptest::collection::vec;
use proptest::prelude::*;

use super::{Decision, Layer, Policies, evaluate};
use crate::difference::Court;
use crate::sample::{policies, requests, rewritten, statements};
use crate::{
    Attachment, Context, Effect, Element, Kind, PermissionChange, Policy, Prepared, Principal, Request,
    Statement, difference, missing,
};

/// Whose resources the policies are of.
const ACCOUNT: &str = "123456789012";

fn decide(policy: &Policy, request: &Request) -> Decision {
    // An identity policy that allows everything makes delegation by the resource policy count.
    let anything = [Policy::new([Statement::allow().actions(["*"]).resources(["*"])]).prepare()];
    decide_with(&anything, policy, request)
}

/// Without any identity policy.
fn decide_alone(policy: &Policy, request: &Request) -> Decision {
    decide_with(&[], policy, request)
}

fn decide_with(identity: &[Prepared], resource: &Policy, request: &Request) -> Decision {
    let resource = resource.prepare();
    evaluate(&Policies { identity, resource: Some(&resource), ..Policies::default() }, request).decision
}

fn without_principals(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    for statement in &mut policy.statements {
        statement.principal = None;
    }
    policy
}

/// The policy with something taken away or put in, often to no effect.
fn altered(policy: &Policy, statement: Statement, rng: &mut impl Rng) -> Policy {
    let mut policy = policy.clone();
    let place = rng.next_u32() as usize % (policy.statements.len() + 1);
    match policy.statements.get_mut(place) {
        None => policy.statements.push(statement),
        Some(old) => match rng.next_u32() % 8 {
            0 => *old = statement,
            1 => old.condition = statement.condition,
            2 => old.action = statement.action,
            3 => old.resource = statement.resource,
            4 => old.principal = statement.principal,
            5 => drop_item(&mut old.action),
            6 => drop_item(&mut old.resource),
            _ => {
                policy.statements.remove(place);
            }
        },
    }
    policy
}

fn drop_item<T>(element: &mut Option<Element<T>>) {
    if let Some(Element::Only(items) | Element::AllBut(items)) = element {
        items.pop();
    }
}

/// Whether someone can have policies of their own, boundaries included.
fn is_of_iam(principal: &Principal) -> bool {
    matches!(principal, Principal::Aws(arn) if !arn.ends_with(":root"))
}

/// Whoever can do more, or less, must stand in the difference, and only they.
fn assert_truthful(
    before: &Policy,
    after: &Policy,
    requests: &[Request],
    kind: Kind,
) -> Result<(), TestCaseError> {
    let changes = difference(Some(before), Some(after), Attachment::to(kind).of(ACCOUNT));
    let widens = changes.iter().any(PermissionChange::widens);
    let narrows = changes.iter().any(|change| !change.widens());
    let (old, new) = (before.prepare(), after.prepare());
    let may_have = |request: &&Request| {
        let is_to = |service: &str| request.action.starts_with(&format!("{service}:"));
        let is_here = !kind.is_of_resource() || request.account == ACCOUNT;
        is_here
            && (kind.has_principals() || is_of_iam(&request.principal))
            && kind.service().is_none_or(is_to)
    };
    for request in requests.iter().filter(may_have) {
        let court = Court::new(kind, &request.account);
        let (was, is) = (court.allows(&old, request, false), court.allows(&new, request, false));
        let context = || format!("{kind} {request:?} {} to {}", before.to_json(), after.to_json());
        prop_assert!(widens || was || !is, "{}", context());
        prop_assert!(narrows || !was || is, "{}", context());
    }
    for change in changes.iter().filter(|change| change.widens()) {
        let is_decided = change.effect == Effect::Allow || kind.must_allow();
        let context = || format!("{kind} {change} {} to {}", before.to_json(), after.to_json());
        prop_assert!(change.witness.is_some() || !is_decided, "{}", context());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_difference_tells_of_everyone_who_can_do_more_or_less(
        (before, after, requests) in (policies(), statements(), vec(requests(), 16))
            .prop_perturb(|(before, statement, requests), mut rng| {
                let after = altered(&before, statement, &mut rng);
                (before, after, requests)
            })
    ) {
        for kind in [Kind::Key, Kind::Bucket, Kind::Rcp, Kind::Endpoint] {
            assert_truthful(&before, &after, &requests, kind)?;
            assert_truthful(&after, &before, &requests, kind)?;
        }
        let (before, after) = (without_principals(&before), without_principals(&after));
        for kind in [Kind::Identity, Kind::Boundary, Kind::Scp, Kind::Session] {
            assert_truthful(&before, &after, &requests, kind)?;
        }
    }

    #[test]
    fn what_means_the_same_decides_the_same(
        (policy, text, requests) in (policies(), vec(requests(), 8))
            .prop_perturb(|(policy, requests), mut rng| {
                let text = rewritten(&policy, &mut rng);
                (policy, text, requests)
            })
    ) {
        let read_back = Policy::parse(&text).unwrap();
        for request in &requests {
            prop_assert_eq!(decide(&policy, request), decide(&read_back, request), "{:?} {}", request, text);
            // Canonical form drops the path of a role in a key's policy: KMS puts the role for its session.
            let has_path = request.principal == Principal::aws("arn:aws:iam::123456789012:role/team/Admin");
            let canonical = if has_path { policy.clone() } else { policy.canonical() };
            prop_assert_eq!(decide(&policy, request), decide(&canonical, request), "{:?} {}", request, text);
        }
    }

    #[test]
    fn a_further_denial_never_widens(policy in policies(), statement in statements(), requests in vec(requests(), 8)) {
        let mut denying = policy.clone();
        denying.statements.push(Statement { effect: Effect::Deny, ..statement.clone() });
        let mut allowing = policy.clone();
        allowing.statements.push(Statement { effect: Effect::Allow, ..statement });
        for request in &requests {
            let decision = decide(&policy, request);
            prop_assert!(decide(&denying, request) != Decision::Allow || decision == Decision::Allow);
            prop_assert!(decision != Decision::Allow || decide(&allowing, request) == Decision::Allow);
            prop_assert!(decision != Decision::ExplicitDeny || decide(&allowing, request) == decision);
        }
    }

    #[test]
    fn deciding_statements_decide_alone(policy in policies(), request in requests()) {
        let prepared = policy.prepare();
        let verdict = evaluate(&Policies { resource: Some(&prepared), ..Policies::default() }, &request);
        let is_deciding = |index: usize| verdict.deciding.iter().any(|deciding| deciding.statement == index);
        let mut alone = policy.clone();
        let statements = std::mem::take(&mut alone.statements);
        alone.statements = statements.into_iter().enumerate().filter(|(index, _)| is_deciding(*index)).map(|(_, statement)| statement).collect();
        prop_assert_eq!(verdict.decision, decide_alone(&alone, &request));
        prop_assert_eq!(verdict.deciding.len(), alone.statements.len());
        prop_assert!(verdict.decision != Decision::ExplicitDeny || !verdict.deciding.is_empty());
        prop_assert!(verdict.decision != Decision::ImplicitDeny || verdict.deciding.is_empty());
    }

    #[test]
    fn what_is_missing_would_allow(
        (identity, resource, boundary, session, scp, rcp, request) in
            (vec(policies(), 0..2), policies(), vec(policies(), 0..2), vec(policies(), 0..2), vec(policies(), 0..2), vec(policies(), 0..2), requests())
    ) {
        let unnamed = |policies: &[Policy]| policies.iter().map(|policy| without_principals(policy).prepare()).collect::<Vec<_>>();
        let all = |policies: &[Policy]| policies.iter().map(|policy| vec![policy.prepare()]).collect::<Vec<_>>();
        let mut held = Held {
            identity: unnamed(&identity),
            resource: resource.prepare(),
            boundary: unnamed(&boundary),
            session: unnamed(&session),
            scp: unnamed(&scp).into_iter().map(|policy| vec![policy]).collect(),
            rcp: all(&rcp),
        };
        let decision = evaluate(&held.policies(), &request).decision;
        let missing = missing(&held.policies(), &request);
        prop_assert_eq!(missing.is_empty(), decision != Decision::ImplicitDeny);
        for missing in &missing {
            held.add(missing.layer, Policy::new([missing.statement.clone()]).prepare());
        }
        let expected = if decision == Decision::ImplicitDeny { Decision::Allow } else { decision };
        prop_assert_eq!(evaluate(&held.policies(), &request).decision, expected, "{:?}", missing);
    }
}

/// Policies of every kind, to which some can be added.
struct Held {
    identity: Vec<Prepared>,
    resource: Prepared,
    boundary: Vec<Prepared>,
    session: Vec<Prepared>,
    scp: Vec<Vec<Prepared>>,
    rcp: Vec<Vec<Prepared>>,
}

impl Held {
    fn policies(&self) -> Policies<'_> {
        Policies {
            identity: &self.identity,
            resource: Some(&self.resource),
            boundary: &self.boundary,
            session: &self.session,
            scp: &self.scp,
            rcp: &self.rcp,
            ..Policies::default()
        }
    }

    fn add(&mut self, layer: Layer, policy: Prepared) {
        match layer {
            Layer::Identity => self.identity.push(policy),
            Layer::Resource => self.resource.rules.extend(policy.rules),
            Layer::Boundary => self.boundary.push(policy),
            Layer::Session => self.session.push(policy),
            Layer::Scp(level) => self.scp[level].push(policy),
            Layer::Rcp(level) => self.rcp[level].push(policy),
            Layer::Endpoint => panic!("no endpoint here"),
        }
    }
}

/// The sampled vocabulary would be worthless if most decisions were the same.
#[test]
fn the_samples_meet_every_decision() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut counts = [0; 3];
    for _ in 0..3000 {
        let (policy, request) = (policies(), requests()).new_tree(&mut runner).unwrap().current();
        counts[decide(&policy, &request) as usize] += 1;
    }
    assert!(counts.iter().all(|count| *count >= 100), "{counts:?}");
}

#[test]
fn an_unknown_operator_denies_but_never_allows() {
    let request = Request {
        principal: Principal::service("eks.amazonaws.com"),
        action: "s3:GetObject".to_owned(),
        resource: "arn:aws:s3:::logs/a".to_owned(),
        account: "123456789012".to_owned(),
        context: Context::default(),
    };
    let statement = |effect| {
        let statement = Statement { effect, ..Statement::allow() };
        statement.principals([Principal::Everyone]).actions(["*"]).resources(["*"]).when(
            "StringEqualz",
            "a:k",
            ["x"],
        )
    };
    assert_eq!(decide(&Policy::new([statement(Effect::Allow)]), &request), Decision::ImplicitDeny);
    assert_eq!(decide(&Policy::new([statement(Effect::Deny)]), &request), Decision::ExplicitDeny);
}
