//! Random policies for property tests, over few enough names that they often overlap.

mod rewriting;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

pub(crate) use self::rewriting::rewritten;
use crate::{Conditions, Context, Effect, Element, Policy, Principal, Request, Statement, Version};

const ACCOUNT: &str = "123456789012";

/// Any policy of the vocabulary.
pub(crate) fn policies() -> impl Strategy<Value = Policy> {
    (
        option::of(select(vec![Version::V2008, Version::V2012])),
        option::of("[a-z]{0,2}"),
        vec(statements(), 0..5),
    )
        .prop_map(|(version, id, statements)| Policy { version, id, statements })
}

/// Any statement of the vocabulary.
pub(crate) fn statements() -> impl Strategy<Value = Statement> {
    (
        option::of("[A-Z]{0,2}"),
        select(vec![Effect::Allow, Effect::Deny]),
        option::weighted(0.9, elements(principals())),
        option::weighted(0.95, elements(select(ACTIONS.to_vec()).prop_map(String::from))),
        option::weighted(0.9, elements(select(RESOURCES.to_vec()).prop_map(String::from))),
        conditions(),
    )
        .prop_map(|(sid, effect, principal, action, resource, condition)| Statement {
            sid,
            effect,
            principal,
            action,
            resource,
            condition,
        })
}

fn elements<T: Clone + std::fmt::Debug + 'static>(
    items: impl Strategy<Value = T>,
) -> impl Strategy<Value = Element<T>> {
    let form = select(vec![Element::Only, Element::Only, Element::Only, Element::Only, Element::AllBut]);
    (form, vec(items, 1..4), prop::bool::weighted(0.03)).prop_map(|(form, mut items, is_empty)| {
        if is_empty {
            items.clear();
        }
        form(items)
    })
}

/// The actions that policies and requests name.
pub(crate) const ACTIONS: [&str; 9] = [
    "*",
    "kms:*",
    "kms:Decrypt",
    "kms:decrypt",
    "kms:GenerateDataKey*",
    "kms:GenerateDataKeyPair",
    "kms:?ecrypt",
    "s3:GetObject",
    "s3:Get*",
];

/// The resources that policies name.
pub(crate) const RESOURCES: [&str; 9] = [
    "*",
    "arn:aws:s3:::logs",
    "arn:aws:s3:::logs/*",
    "arn:aws:s3:::logs/AWSLogs/?",
    "arn:aws:s3:::${aws:username}",
    "arn:aws:s3:::${aws:username}/*",
    "arn:aws:s3:::${$}{aws:username}",
    "${aws_kms_key.main.arn}",
    "arn:aws:s3:::${*}",
];

/// The principals that policies name.
pub(crate) fn principals() -> impl Strategy<Value = Principal> {
    select(vec![
        Principal::Everyone,
        Principal::aws("*"),
        Principal::aws(ACCOUNT),
        Principal::aws(format!("arn:aws:iam::{ACCOUNT}:root")),
        Principal::aws(format!("arn:aws:iam::{ACCOUNT}:role/team/Admin")),
        Principal::aws(format!("arn:aws:iam::{ACCOUNT}:role/Reader")),
        Principal::aws(format!("arn:aws:sts::{ACCOUNT}:assumed-role/Admin/one")),
        Principal::aws(format!("arn:aws:iam::{ACCOUNT}:user/Ada")),
        Principal::aws("AROAQRSTUVWXYZ234567A"),
        Principal::service("cloudtrail.amazonaws.com"),
        Principal::service("eks.amazonaws.com"),
        Principal::Federated("cognito-identity.amazonaws.com".to_owned()),
        Principal::CanonicalUser("79a59df900b949e5".to_owned()),
    ])
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let test = (
        select(vec![
            ("StringEquals", "aws:SourceAccount", vec![ACCOUNT, "210987654321"]),
            ("StringNotEquals", "aws:SourceAccount", vec![ACCOUNT, "210987654321"]),
            (
                "ArnLike",
                "aws:SourceArn",
                vec!["arn:aws:eks:*:*:cluster/*", "arn:aws:eks:us-east-1:*:cluster/a"],
            ),
            ("StringLikeIfExists", "aws:PrincipalTag/team", vec!["${aws:username}", "a*"]),
            ("ForAnyValue:StringEquals", "aws:TagKeys", vec!["a", "b"]),
            ("ForAllValues:StringNotLike", "aws:TagKeys", vec!["a*", "b"]),
            ("Bool", "aws:SecureTransport", vec!["true", "false"]),
            ("Null", "aws:SourceAccount", vec!["true", "false"]),
            ("NumericLessThan", "s3:max-keys", vec!["10", "7"]),
            ("StringEqualz", "aws:SourceAccount", vec![ACCOUNT, "x"]),
        ]),
        0..4_usize,
    );
    vec(test, 0..3).prop_map(|tests| {
        let mut conditions = Conditions::default();
        for ((operator, key, values), choice) in tests {
            let values = values.into_iter().enumerate().filter(|(index, _)| choice >> index & 1 == 1);
            conditions.add(operator, key, values.map(|(_, value)| value));
        }
        conditions
    })
}

/// Requests that the policies may be about.
pub(crate) fn requests() -> impl Strategy<Value = Request> {
    let requesters = select(vec![
        Principal::Everyone,
        Principal::aws(format!("arn:aws:iam::{ACCOUNT}:root")),
        Principal::aws(format!("arn:aws:iam::{ACCOUNT}:role/team/Admin")),
        Principal::aws(format!("arn:aws:sts::{ACCOUNT}:assumed-role/Admin/one")),
        Principal::aws(format!("arn:aws:sts::{ACCOUNT}:assumed-role/Admin/two")),
        Principal::aws(format!("arn:aws:sts::{ACCOUNT}:assumed-role/Reader/one")),
        Principal::aws(format!("arn:aws:iam::{ACCOUNT}:user/Ada")),
        Principal::aws("arn:aws:iam::210987654321:user/Ada"),
        Principal::service("cloudtrail.amazonaws.com"),
        Principal::service("eks.amazonaws.com"),
        Principal::Federated("cognito-identity.amazonaws.com".to_owned()),
    ]);
    let actions =
        select(vec!["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKeyPair", "s3:GetObject", "s3:PutObject"]);
    let resources = select(vec![
        "arn:aws:s3:::logs",
        "arn:aws:s3:::logs/AWSLogs/1",
        "arn:aws:s3:::Ada",
        "arn:aws:s3:::Ada/x",
        "arn:aws:s3:::${aws:username}",
        "arn:aws:s3:::*",
        "${aws_kms_key.main.arn}",
    ]);
    let accounts = select(vec![ACCOUNT, ACCOUNT, "210987654321"]);
    (requesters, actions, resources, accounts, contexts()).prop_map(
        |(principal, action, resource, account, context)| Request {
            principal,
            action: action.to_owned(),
            resource: resource.to_owned(),
            account: account.to_owned(),
            context,
        },
    )
}

/// Keys that follow from who asks, such as `aws:username`, which only IAM users have, are not among them: a request that
/// gives one to somebody else does not exist (IAM user guide, `reference_policies_condition-keys`).
fn contexts() -> impl Strategy<Value = Context> {
    let entry = select(vec![
        ("aws:SourceAccount", vec![ACCOUNT]),
        ("aws:SourceAccount", vec!["210987654321"]),
        ("aws:SourceArn", vec!["arn:aws:eks:us-east-1:1:cluster/a"]),
        ("aws:SourceArn", vec!["arn:aws:eks:us-east-1:1:addon/a"]),
        ("aws:PrincipalTag/team", vec!["Ada"]),
        ("aws:PrincipalTag/team", vec!["ab"]),
        ("aws:TagKeys", vec!["a"]),
        ("aws:TagKeys", vec!["b", "c"]),
        ("aws:TagKeys", vec!["ab", "b"]),
        ("aws:SecureTransport", vec!["true"]),
        ("aws:SecureTransport", vec!["false"]),
        ("s3:max-keys", vec!["8"]),
        ("s3:max-keys", vec!["5"]),
    ]);
    vec(entry, 0..6).prop_map(|entries| {
        let mut context = Context::default();
        for (key, values) in entries {
            context.set(key, values);
        }
        context
    })
}
