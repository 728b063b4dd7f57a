//! Random policies for property tests, over few enough names that they often overlap.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{Conditions, Effect, Element, Policy, Principal, Statement, Version};

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
        select(vec![Effect::Allow, Effect::Allow, Effect::Deny]),
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

fn elements<T: Clone + std::fmt::Debug>(
    items: impl Strategy<Value = T>,
) -> impl Strategy<Value = Element<T>> {
    (prop::bool::weighted(0.85), vec(items, 0..4)).prop_map(|(only, items)| match only {
        true => Element::Only(items),
        false => Element::AllBut(items),
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
