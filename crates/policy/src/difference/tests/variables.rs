//! Differences of policies with policy variables and patterns that overlap, held against what the evaluator decides.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::difference::Court;
use crate::{Element, Principal, Request, Statement};

/// Pieces of resources and values: short ones, so that they meet.
const PIECES: [&str; 9] = [
    "${aws:PrincipalTag/t}",
    "${aws:PrincipalTag/u}",
    "${aws:PrincipalTag/t, 'a'}",
    "a",
    "b",
    "ab",
    "/",
    "*",
    "?",
];
/// What requests have in their places.
const TEXTS: [&str; 12] = ["", "a", "b", "ab", "ba", "a/", "/b", "a/b", "/", "aab", "b/a", "c"];
const KEYS: [&str; 3] = ["aws:PrincipalTag/t", "aws:PrincipalTag/u", "aws:ResourceTag/k"];
const OPERATORS: [&str; 9] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIfExists",
    "StringNotLikeIfExists",
    "ForAnyValue:StringLike",
    "ForAllValues:StringLike",
    "ForAnyValue:StringNotEquals",
];

fn texts() -> impl Strategy<Value = String> {
    vec(select(&PIECES[..]), 1..4).prop_map(|pieces| pieces.concat())
}

fn conditions() -> impl Strategy<Value = Option<(String, String, Vec<String>)>> {
    let test = (select(&OPERATORS[..]), select(&KEYS[..]), vec(texts(), 1..3));
    let test = test.prop_map(|(operator, key, values)| (operator.to_owned(), key.to_owned(), values));
    let null = (select(&KEYS[..]), any::<bool>());
    let null = null.prop_map(|(key, absent)| ("Null".to_owned(), key.to_owned(), vec![absent.to_string()]));
    prop_oneof![3 => Just(None), 2 => test.prop_map(Some), 1 => null.prop_map(Some)]
}

fn statements() -> impl Strategy<Value = Statement> {
    let resources = vec(texts().prop_map(|text| format!("arn:aws:s3:::{text}")), 1..4);
    (0..6_u8, vec(select(&["s3:GetObject", "s3:PutObject"][..]), 1..3), resources, conditions()).prop_map(
        |(form, actions, resources, condition)| {
            let statement = if form == 0 { Statement::deny() } else { Statement::allow() };
            let mut statement = statement.actions(actions).resources(resources.clone());
            if form == 5 {
                statement.resource = Some(Element::AllBut(resources));
            }
            match condition {
                Some((operator, key, values)) => statement.when(&operator, &key, values),
                None => statement,
            }
        },
    )
}

fn requests() -> impl Strategy<Value = Request> {
    let value = || prop_oneof![1 => Just(None), 4 => select(&TEXTS[..]).prop_map(Some)];
    let resource = vec(select(&TEXTS[..]), 1..3).prop_map(|texts| format!("arn:aws:s3:::{}", texts.concat()));
    (resource, any::<bool>(), [value(), value(), value()]).prop_map(|(resource, reads, values)| {
        let mut request = Request::new(
            Principal::aws("arn:aws:iam::123456789012:role/somebody"),
            if reads { "s3:GetObject" } else { "s3:PutObject" },
            resource,
            "123456789012",
        );
        for (key, value) in KEYS.iter().zip(values) {
            if let Some(value) = value {
                request = request.with(key, [value]);
            }
        }
        request
    })
}

/// A policy, and another that has some of its statements.
fn pairs() -> impl Strategy<Value = (Policy, Policy)> {
    (vec(statements(), 1..4), vec(statements(), 0..2), 0..4_usize, any::<bool>()).prop_map(
        |(old, more, gone, turned)| {
            let mut new = old.clone();
            if gone < new.len() {
                new.remove(gone);
            }
            new.extend(more);
            let (old, new) = (Policy::new(old), Policy::new(new));
            if turned { (new, old) } else { (old, new) }
        },
    )
}

fn reads(effect: &str, resources: &[&str]) -> Value {
    json!({"Effect": effect, "Action": "s3:GetObject", "Resource": resources})
}

/// Variables that come together in no statement need not be combined, nor patterns that only come together.
#[test]
fn many_variables_and_patterns_are_decided_where_they_do_not_meet() {
    let place = |number: usize| {
        format!("arn:aws:s3:::${{aws:PrincipalTag/t{number}}}/${{aws:PrincipalTag/u{number}}}/*")
    };
    let places: Vec<String> = (0..20).map(place).collect();
    let parts: Vec<String> = (0..40).map(|number| format!("arn:aws:s3:::apis/*/part{number}/*")).collect();
    let statements =
        |places: &[String]| places.iter().map(|place| reads("Allow", &[place])).collect::<Vec<_>>();
    let all: Vec<&str> = parts.iter().map(String::as_str).collect();
    let cases = [
        (json!(statements(&places[1..])), json!(statements(&places)), 1),
        (json!([reads("Allow", &all[1..])]), json!([reads("Allow", &all)]), 1),
        (
            json!([reads("Allow", &["arn:aws:s3:::apis/*"])]),
            json!([reads("Allow", &["arn:aws:s3:::apis/*"]), reads("Allow", &all)]),
            0,
        ),
        (json!([]), json!([reads("Allow", &all)]), 1),
    ];
    for (before, after, gains) in cases {
        let changes =
            difference(Some(&policy(&before)), Some(&policy(&after)), Attachment::to(Kind::Identity));
        assert_eq!(changes.len(), gains, "{changes:?}");
        assert!(
            changes.iter().all(|change| change.witness.is_some() && !change.is_undecided()),
            "{changes:?}"
        );
    }
}

/// Values of variables by which something is gained, and which no other text has: nothing, a length, another variable's.
#[test]
fn a_variable_may_be_what_no_text_says() {
    let tag = |name: &str| format!("${{aws:PrincipalTag/{name}}}");
    let at = |path: &str| format!("arn:aws:s3:::{path}");
    let under = |condition: Value| {
        let mut statement = reads("Allow", &["*"]);
        statement["Condition"] = condition;
        statement
    };
    let of_t = at(&tag("t"));
    let cases = [
        (json!([]), json!([reads("Allow", &[&of_t]), reads("Deny", &[&at("??*")])])),
        (
            json!([reads("Allow", &[&of_t]), reads("Deny", &["*"])]),
            json!([reads("Allow", &[&of_t]), reads("Deny", &[&at("?*")])]),
        ),
        (json!([]), json!([under(json!({"StringLike": {"aws:PrincipalTag/t": tag("t") + &tag("u")}}))])),
        (
            json!([]),
            json!([under(json!({
                "StringNotEquals": {"aws:ResourceTag/k": tag("t")},
                "StringEquals": {"aws:ResourceTag/l": tag("t")},
            }))]),
        ),
        (
            json!([reads("Deny", &[&at(&tag("u"))]), reads("Allow", &[&of_t])]),
            json!([reads("Allow", &[&of_t])]),
        ),
    ];
    assert_gained(&cases);
}

fn assert_gained(cases: &[(Value, Value)]) {
    for (before, after) in cases {
        let changes = difference(Some(&policy(before)), Some(&policy(after)), Attachment::to(Kind::Identity));
        let gain = changes.iter().find(|change| change.widens());
        assert!(gain.is_some_and(|gain| gain.witness.is_some()), "{before} to {after}: {changes:?}");
    }
}

/// What stands for anything has nothing in common with a pattern, a value is handed on, and somebody has it.
#[test]
fn what_stands_for_anything_fits_no_pattern() {
    let tag = |name: &str| format!("${{aws:PrincipalTag/{name}}}");
    let at = |path: &str| format!("arn:aws:s3:::{path}");
    let under = |effect: &str, resource: &str, condition: Value| {
        let mut statement = reads(effect, &[resource]);
        statement["Condition"] = condition;
        statement
    };
    let only = |path: &str| json!({"Effect": "Deny", "Action": "s3:GetObject", "NotResource": at(path)});
    let named = |path: &str| reads("Allow", &[&at(path)]);
    let of_t = named(&format!("b/{}", tag("t")));
    let mut cases: Vec<(Value, Value)> = Vec::new();
    for letter in 'a'..='z' {
        let begun = named(&format!("b/{letter}*"));
        cases.push((json!([begun]), json!([begun, of_t])));
        let other = json!({
            "StringNotLike": {"aws:PrincipalTag/t": [format!("{letter}*"), format!("*{letter}")]},
            "Null": {"aws:PrincipalTag/t": "false"},
        });
        cases.push((json!([]), json!([under("Allow", "*", other)])));
    }
    let spelled = |effect: &str, value: &str| {
        under(effect, "*", json!({"StringEqualsIgnoreCase": {"aws:ResourceTag/team": value}}))
    };
    let team = |condition: Value| under("Allow", "*", condition);
    let tagged = team(json!({"Null": {"aws:ResourceTag/team": "false"}}));
    let same = json!({"StringEquals": {"aws:PrincipalTag/t": tag("u")}});
    cases.extend([
        (json!([spelled("Deny", "Blue")]), json!([spelled("Deny", "Blue"), spelled("Allow", &tag("t"))])),
        (json!([team(json!({"StringLike": {"aws:ResourceTag/team": "?*"}}))]), json!([tagged])),
        (json!([only("b/a*c/x")]), json!([only("b/a*c/x"), named(&format!("b/{}/x", tag("t")))])),
        (json!([only("b/??????")]), json!([only("b/??????"), of_t])),
        (json!([only("home/admin/*")]), json!([only("home/admin/*"), named("home/${aws:username}/*")])),
        (
            json!([only("b/admin")]),
            json!([only("b/admin"), under("Allow", &at(&format!("b/{}", tag("t"))), same)]),
        ),
    ]);
    assert_gained(&cases);
}

/// Patterns of who asks whose wildcard takes the account, the type or more.
#[test]
fn whoever_a_pattern_of_an_arn_lets_in_is_found() {
    let trusting = |pattern: &str| {
        json!([{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole",
            "Condition": {"ArnLike": {"aws:PrincipalArn": pattern}}}])
    };
    let account = "arn:aws:iam::111122223333:";
    let own = ["*", "*/bob", "r*"].map(|rest| format!("{account}{rest}"));
    for pattern in own.iter().map(String::as_str).chain(["arn:aws:iam::*:role/ci-*"]) {
        let of = Attachment::to(Kind::Trust).of("123456789012");
        let changes = difference(None, Some(&policy(&trusting(pattern))), of);
        assert!(changes.iter().any(|change| change.witness.is_some()), "{pattern}: {changes:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whoever_can_do_more_or_less_by_the_value_of_a_variable_is_told(
        (before, after) in pairs(),
        requests in vec(requests(), 400),
    ) {
        let changes = difference(Some(&before), Some(&after), Attachment::to(Kind::Identity));
        let widens = changes.iter().any(PermissionChange::widens);
        let narrows = changes.iter().any(|change| !change.widens());
        let (old, new) = (before.prepare(), after.prepare());
        let court = Court::new(Kind::Identity, "123456789012");
        for request in &requests {
            let (was, is) = (court.allows(&old, request, false), court.allows(&new, request, false));
            let context = || format!("{request:?} {} to {}", before.to_json(), after.to_json());
            prop_assert!(widens || was || !is, "{}", context());
            prop_assert!(narrows || !was || is, "{}", context());
        }
        for change in changes.iter().filter(|change| change.widens()) {
            let is_shown = change.witness.is_some() || change.is_undecided();
            prop_assert!(is_shown || change.effect == Effect::Deny, "{change} {} to {}", before.to_json(), after.to_json());
        }
    }
}
