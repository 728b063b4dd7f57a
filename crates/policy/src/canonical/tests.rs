use proptest::prelude::*;
use serde_json::{Value, json};

use crate::sample::{policies, rewritten};
use crate::{OrphanedPrincipal, Policy};

/// A policy with the parts that tables vary.
fn policy(statement: &Value) -> Policy {
    Policy::parse(&json!({"Version": "2012-10-17", "Statement": statement}).to_string()).unwrap()
}

fn key_statement() -> Value {
    json!({
        "Sid": "Use", "Effect": "Allow", "Principal": {"AWS": "123456789012"},
        "Action": ["kms:Decrypt", "kms:Encrypt"], "Resource": "*",
        "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}, "StringLike": {"kms:ViaService": ["a", "b"]}},
    })
}

fn changed(key: &str, value: Value) -> Value {
    let mut statement = key_statement();
    statement[key] = value;
    statement
}

#[test]
fn spellings_of_one_meaning() {
    let root = |partition: &str| json!({"AWS": [format!("arn:{partition}:iam::123456789012:root")]});
    let cases = [
        changed("Principal", root("aws")),
        changed("Principal", root("aws-cn")),
        changed("Principal", root("aws-us-gov")),
        changed("Principal", json!({"AWS": ["123456789012", "arn:aws:iam::123456789012:root"]})),
        changed("Action", json!(["KMS:encrypt", "kms:decrypt", "kms:Decrypt"])),
        changed("Resource", json!(["*", "*"])),
        changed(
            "Condition",
            json!({"stringlike": {"KMS:ViaService": ["b", "a", "b"]}, "BOOL": {"kms:grantisforawsresource": [true]}}),
        ),
        changed(
            "Condition",
            json!({"StringLike": {"kms:ViaService": ["a", "b"]}, "Bool": {"kms:GrantIsForAWSResource": "True"}}),
        ),
        json!([key_statement(), key_statement()]),
    ];
    for case in cases {
        assert!(policy(&key_statement()).means_the_same(&policy(&case)), "{case}");
    }
}

#[test]
fn other_meanings() {
    let cases = [
        changed("Sid", json!("use")),
        changed("Sid", json!("")),
        changed("Effect", json!("Deny")),
        changed("Principal", json!({"AWS": "210987654321"})),
        changed("Principal", json!({"Service": "123456789012"})),
        changed("Principal", json!({"CanonicalUser": "123456789012"})),
        changed("Principal", json!({"AWS": "arn:aws:iam::123456789012:user/root"})),
        changed("Principal", json!("*")),
        changed("Principal", json!({"AWS": []})),
        changed("Action", json!("kms:Decrypt")),
        changed("Action", json!("kms:*")),
        changed("Resource", json!("arn:aws:kms:us-east-1:123456789012:key/A")),
        changed("Condition", json!({})),
        changed("Condition", json!({"Bool": {"kms:GrantIsForAWSResource": "true"}})),
        changed(
            "Condition",
            json!({"Bool": {"kms:GrantIsForAWSResource": "false"}, "StringLike": {"kms:ViaService": ["a", "b"]}}),
        ),
        changed(
            "Condition",
            json!({"Bool": {"kms:GrantIsForAWSResource": "true"}, "StringLike": {"kms:ViaService": ["A", "b"]}}),
        ),
        changed(
            "Condition",
            json!({"Bool": {"kms:GrantIsForAWSResource": "true"}, "StringEquals": {"kms:ViaService": ["a", "b"]}}),
        ),
        changed(
            "Condition",
            json!({"Bool": {"kms:GrantIsForAWSResource": "true"}, "StringLikeIfExists": {"kms:ViaService": ["a", "b"]}}),
        ),
        json!([key_statement(), changed("Sid", json!("Again"))]),
        json!([]),
    ];
    for case in cases {
        assert!(!policy(&key_statement()).means_the_same(&policy(&case)), "{case}");
    }
    for element in ["Principal", "Action", "Resource"] {
        let mut negated = key_statement();
        let value = negated.as_object_mut().unwrap().remove(element).unwrap();
        assert!(!policy(&key_statement()).means_the_same(&policy(&negated)), "without {element}");
        negated[format!("Not{element}")] = value;
        assert!(!policy(&key_statement()).means_the_same(&policy(&negated)), "not {element}");
    }
}

#[test]
fn everyone_has_two_spellings_and_resources_have_one() {
    let with = |principal: Value| policy(&changed("Principal", principal));
    assert!(with(json!("*")).means_the_same(&with(json!({"AWS": "*"}))));
    assert!(!with(json!("*")).means_the_same(&with(json!({"Service": "*"}))));
    let on = |resource: &str| policy(&changed("Resource", json!(resource)));
    assert!(!on("arn:aws:s3:::Logs").means_the_same(&on("arn:aws:s3:::logs")));
}

#[test]
fn a_session_is_its_role_where_kms_rewrites_it() {
    let session = json!({"AWS": "arn:aws:sts::123456789012:assumed-role/Admin/ada"});
    let other_session = json!({"AWS": "arn:aws:sts::123456789012:assumed-role/Other/ada"});
    let role = json!({"AWS": "arn:aws:iam::123456789012:role/team/Admin"});
    let with = |principal: &Value, action: &Value| {
        policy(&json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}))
    };
    for (actions, is_kms) in [
        (json!("kms:Decrypt"), true),
        (json!(["KMS:Decrypt", "kms:*"]), true),
        (json!("s3:GetObject"), false),
        (json!(["kms:Decrypt", "s3:GetObject"]), false),
        (json!("*"), false),
        (json!([]), false),
    ] {
        assert_eq!(with(&session, &actions).means_the_same(&with(&role, &actions)), is_kms, "{actions}");
        assert!(!with(&other_session, &actions).means_the_same(&with(&role, &actions)), "{actions}");
    }
    let all_but = |principal: &Value| {
        policy(
            &json!({"Effect": "Allow", "Principal": principal, "NotAction": "kms:Decrypt", "Resource": "*"}),
        )
    };
    assert!(!all_but(&session).means_the_same(&all_but(&role)));
}

#[test]
fn the_version_matters_where_a_policy_variable_is_used() {
    let cases = [
        ("arn:aws:s3:::logs", true),
        ("${aws_kms_key.main.arn}", true),
        ("arn:aws:s3:::${", true),
        ("arn:aws:s3:::${aws:username}", false),
        ("arn:aws:s3:::${a ${aws:username, 'none'}", false),
        ("arn:aws:s3:::${*}", false),
    ];
    for (text, expected) in cases {
        let statements = [
            json!([{"Effect": "Allow", "Action": "s3:*", "Resource": text}]),
            json!([{"Effect": "Allow", "Action": "s3:*", "Condition": {"StringLike": {"aws:userid": text}}}]),
        ];
        for statement in statements {
            let of = |version: &str| {
                Policy::parse(&json!({"Version": version, "Statement": statement}).to_string()).unwrap()
            };
            let without = Policy::parse(&json!({"Statement": statement}).to_string()).unwrap();
            assert_eq!(of("2008-10-17").means_the_same(&of("2012-10-17")), expected, "{statement}");
            assert_eq!(without.means_the_same(&of("2012-10-17")), expected, "{statement}");
            assert!(without.means_the_same(&of("2008-10-17")), "{statement}");
        }
    }
    let written_out =
        Policy::parse(r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"${$}{aws:x}"}}"#);
    let plain = Policy::parse(r#"{"Statement":{"Effect":"Allow","Resource":"${aws:x}"}}"#);
    assert!(written_out.unwrap().means_the_same(&plain.unwrap()));
}

#[test]
fn empty_names_are_none() {
    let named = Policy::parse(r#"{"Id":"","Statement":{"Sid":"","Effect":"Allow"}}"#).unwrap();
    let unnamed = Policy::parse(r#"{"Statement":{"Effect":"Allow"}}"#).unwrap();
    assert!(named.means_the_same(&unnamed));
    let other = Policy::parse(r#"{"Id":"x","Statement":{"Effect":"Allow"}}"#).unwrap();
    assert!(!other.means_the_same(&unnamed));
}

#[test]
fn deleted_principals_are_found() {
    let policy = policy(&json!([
        {"Sid": "Whole", "Effect": "Allow", "Principal": {"AWS": ["123456789012", "arn:aws:iam::123456789012:role/AROA"]}},
        {"Sid": "Gone", "Effect": "Allow", "Principal": {
            "AWS": ["AROAQRSTUVWXYZ234567A", "arn:aws:iam::123456789012:role/x", "AIDAQRSTUVWXYZ234567B"],
            "Service": "AROAQRSTUVWXYZ234567A",
        }},
        {"Effect": "Deny", "NotPrincipal": {"AWS": "AIDAQRSTUVWXYZ234567B"}},
        {"Effect": "Allow", "Principal": {"AWS": ["AROA", "AROAqrstuvwxyz234567a", "ASIAQRSTUVWXYZ234567A"]}},
    ]));
    let orphan = |statement, sid: Option<&str>, id: &str| OrphanedPrincipal {
        statement,
        sid: sid.map(str::to_owned),
        id: id.to_owned(),
    };
    assert_eq!(
        policy.orphaned_principals(),
        [
            orphan(1, Some("Gone"), "AROAQRSTUVWXYZ234567A"),
            orphan(1, Some("Gone"), "AIDAQRSTUVWXYZ234567B"),
            orphan(2, None, "AIDAQRSTUVWXYZ234567B"),
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_rewriting_changes_the_meaning((policy, text) in policies().prop_perturb(|policy, mut rng| {
        let text = rewritten(&policy, &mut rng);
        (policy, text)
    })) {
        let read_back = Policy::parse(&text).unwrap();
        prop_assert!(policy.means_the_same(&read_back), "{} and {text}", policy.to_json());
        prop_assert!(read_back.means_the_same(&policy));
        prop_assert!(crate::difference(Some(&policy), Some(&read_back), crate::Attachment::to(crate::Kind::Bucket)).is_empty());
        prop_assert_eq!(policy.canonical().to_json(), read_back.canonical().to_json());
    }

    #[test]
    fn the_canonical_form_is_its_own(policy in policies()) {
        let canonical = policy.canonical();
        prop_assert_eq!(canonical.canonical(), canonical.clone());
        prop_assert!(canonical.means_the_same(&policy));
    }
}
