use proptest::collection::vec;
use proptest::prelude::*;

use super::{Decision, Policies, evaluate};
use crate::sample::{policies, requests, rewritten, statements};
use crate::{Context, Effect, Element, PermissionChange, Policy, Principal, Request, Statement, difference};

fn decide(policy: &Policy, request: &Request) -> Decision {
    // An identity policy that allows everything makes delegation by the resource policy count.
    let anything = [Policy::new([Statement::allow().actions(["*"]).resources(["*"])])];
    evaluate(&Policies { identity: &anything, resource: Some(policy) }, request).decision
}

/// As the identity policy, where the key lets its account decide.
fn decide_by_identity(policy: &Policy, request: &Request) -> Decision {
    let delegating = Policy::new([Statement::allow()
        .principals([Principal::aws(request.account.clone())])
        .actions(["*"])
        .resources(["*"])]);
    let policies = Policies { identity: std::slice::from_ref(policy), resource: Some(&delegating) };
    evaluate(&policies, request).decision
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

/// Whoever can do more, or less, must stand in the difference.
fn assert_truthful(
    before: &Policy,
    after: &Policy,
    requests: &[Request],
    decide: fn(&Policy, &Request) -> Decision,
) -> Result<(), TestCaseError> {
    let changes = difference(Some(before), Some(after));
    let widens = changes.iter().any(PermissionChange::widens);
    let narrows = changes.iter().any(|change| !change.widens());
    for request in requests {
        let (was, is) = (decide(before, request), decide(after, request));
        let context = || format!("{request:?} {} to {}", before.to_json(), after.to_json());
        prop_assert!(widens || is != Decision::Allow || was == is, "{}", context());
        prop_assert!(narrows || was != Decision::Allow || was == is, "{}", context());
        prop_assert!(!changes.is_empty() || was == is, "{}", context());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_difference_tells_of_everyone_who_can_do_more_or_less(
        (before, after, requests) in (policies(), statements(), vec(requests(), 16))
            .prop_perturb(|(before, statement, requests), mut rng| {
                let after = altered(&before, statement, &mut rng);
                (before, after, requests)
            })
    ) {
        assert_truthful(&before, &after, &requests, decide)?;
        assert_truthful(&after, &before, &requests, decide)?;
        let (before, after) = (without_principals(&before), without_principals(&after));
        assert_truthful(&before, &after, &requests, decide_by_identity)?;
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
            let canonical = policy.canonical();
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
        let verdict = evaluate(&Policies { identity: &[], resource: Some(&policy) }, &request);
        let is_deciding = |index: usize| verdict.deciding.iter().any(|deciding| deciding.statement == index);
        let mut alone = policy.clone();
        let statements = std::mem::take(&mut alone.statements);
        alone.statements = statements.into_iter().enumerate().filter(|(index, _)| is_deciding(*index)).map(|(_, statement)| statement).collect();
        let again = evaluate(&Policies { identity: &[], resource: Some(&alone) }, &request);
        prop_assert_eq!(verdict.decision, again.decision);
        prop_assert_eq!(verdict.deciding.len(), alone.statements.len());
        prop_assert!(verdict.decision != Decision::ExplicitDeny || !verdict.deciding.is_empty());
        prop_assert!(verdict.decision != Decision::ImplicitDeny || verdict.deciding.is_empty());
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
