use proptest::prelude::*;

use crate::sample::policies;
use crate::{Conditions, Effect, Element, Policy, Principal, Reason, Statement, Version};

const KEY_POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Id": "key",
  "Statement": [
    {
      "Sid": "Enable IAM User Permissions",
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
      "Action": "kms:*",
      "Resource": ["*"]
    },
    {
      "Effect": "Deny",
      "NotPrincipal": {"Service": ["a.amazonaws.com", "b.amazonaws.com"], "Federated": "saml"},
      "NotAction": ["kms:Decrypt", "kms:Encrypt"],
      "NotResource": "arn:aws:kms:*:*:key/1",
      "Condition": {
        "Bool": {"aws:SecureTransport": false, "kms:GrantIsForAWSResource": "true"},
        "NumericLessThan": {"s3:max-keys": [10, "7.5"]}
      }
    }
  ]
}"#;

#[test]
fn a_policy_is_read_into_its_parts() {
    let policy = Policy::parse(KEY_POLICY).unwrap();
    let mut condition = Conditions::default();
    condition.add("Bool", "aws:SecureTransport", ["false"]);
    condition.add("Bool", "kms:GrantIsForAWSResource", ["true"]);
    condition.add("NumericLessThan", "s3:max-keys", ["10", "7.5"]);
    let expected = Policy {
        version: Some(Version::V2012),
        id: Some("key".to_owned()),
        statements: vec![
            Statement::allow()
                .sid("Enable IAM User Permissions")
                .principals([Principal::aws("arn:aws:iam::123456789012:root")])
                .actions(["kms:*"])
                .resources(["*"]),
            Statement {
                sid: None,
                effect: Effect::Deny,
                principal: Some(Element::AllBut(vec![
                    Principal::service("a.amazonaws.com"),
                    Principal::service("b.amazonaws.com"),
                    Principal::Federated("saml".to_owned()),
                ])),
                action: Some(Element::AllBut(vec!["kms:Decrypt".to_owned(), "kms:Encrypt".to_owned()])),
                resource: Some(Element::AllBut(vec!["arn:aws:kms:*:*:key/1".to_owned()])),
                condition,
            },
        ],
    };
    assert_eq!(policy, expected);
}

#[test]
fn a_policy_is_written_compactly_in_the_usual_order() {
    let written = Policy::parse(KEY_POLICY).unwrap().to_json();
    insta::assert_snapshot!(written.replace("},{\"Effect", "},\n{\"Effect"), @r#"
    {"Version":"2012-10-17","Id":"key","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"kms:*","Resource":"*"},
    {"Effect":"Deny","NotPrincipal":{"Service":["a.amazonaws.com","b.amazonaws.com"],"Federated":"saml"},"NotAction":["kms:Decrypt","kms:Encrypt"],"NotResource":"arn:aws:kms:*:*:key/1","Condition":{"Bool":{"aws:SecureTransport":"false","kms:GrantIsForAWSResource":"true"},"NumericLessThan":{"s3:max-keys":["10","7.5"]}}}]}
    "#);
}

#[test]
fn a_built_policy_is_written_as_one_would_by_hand() {
    let policy = Policy::new([
        Statement::allow()
            .sid("AWSCloudTrailWrite")
            .principals([Principal::service("cloudtrail.amazonaws.com")])
            .actions(["s3:PutObject"])
            .resources(["arn:aws:s3:::logs/AWSLogs/123456789012/*"])
            .when("StringEquals", "s3:x-amz-acl", ["bucket-owner-full-control"])
            .when("StringEquals", "aws:SourceArn", ["arn:aws:cloudtrail:us-east-1:123456789012:trail/main"])
            .when("stringequals", "S3:X-AMZ-ACL", ["private"]),
        Statement::deny()
            .principals([Principal::Everyone])
            .actions(["s3:*"])
            .resources(["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"]),
        Statement::allow().principals([Principal::Everyone, Principal::aws("123456789012")]),
    ]);
    insta::assert_snapshot!(policy.to_json().replace("},{", "},\n{"), @r#"
    {"Version":"2012-10-17","Statement":[{"Sid":"AWSCloudTrailWrite","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/AWSLogs/123456789012/*","Condition":{"StringEquals":{"s3:x-amz-acl":["bucket-owner-full-control","private"],"aws:SourceArn":"arn:aws:cloudtrail:us-east-1:123456789012:trail/main"}}},
    {"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::logs","arn:aws:s3:::logs/*"]},
    {"Effect":"Allow","Principal":{"AWS":["*","123456789012"]}}]}
    "#);
}

#[test]
fn statements_that_lack_elements_are_read() {
    for text in [
        r#"{"Statement":[]}"#,
        r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"ecr:BatchGetImage"}}"#,
        r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"}}]}"#,
        r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":[],"Condition":{}}]}"#,
    ] {
        assert!(Policy::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn what_is_no_policy_is_refused_with_path_and_reason() {
    let in_statement =
        |text: &str| format!(r#"{{"Statement":[{{"Effect":"Allow"}},{{"Effect":"Deny",{text}}}]}}"#);
    let cases = [
        (
            "\u{feff}{}".to_owned(),
            "policy: is not JSON: it begins with a byte order mark (U+FEFF), which JSON has not: save it without",
        ),
        (String::new(), "policy: is not JSON: EOF while parsing a value at line 1 column 0"),
        ("{} {}".to_owned(), "policy: is not JSON: trailing characters at line 1 column 4"),
        ("[]".to_owned(), "policy: is a list, expected an object"),
        ("{}".to_owned(), "policy: lacks `Statement`"),
        (r#"{"Statement":7}"#.to_owned(), "Statement: is a number, expected a list of objects"),
        (r#"{"Statement":[null]}"#.to_owned(), "Statement[0]: is null, expected an object"),
        (r#"{"Statement":{}}"#.to_owned(), "Statement: lacks `Effect`"),
        (r#"{"Statement":[{"Sid":"a"}]}"#.to_owned(), "Statement[0]: lacks `Effect`"),
        (r#"{"Statement":[],"Statement":[]}"#.to_owned(), "policy: has the key `Statement` twice"),
        (r#"{"Statement":[],"statement":[]}"#.to_owned(), "policy: has the unknown element `statement`"),
        (
            r#"{"Version":"2012-10-18","Statement":[]}"#.to_owned(),
            "Version: is `2012-10-18`, expected 2012-10-17 or 2008-10-17",
        ),
        (r#"{"Id":{},"Statement":[]}"#.to_owned(), "Id: is an object, expected a string"),
        (
            r#"{"Statement":{"Effect":"allow"}}"#.to_owned(),
            "Statement.Effect: is `allow`, expected Allow or Deny",
        ),
        (in_statement(r#""Sid":null"#), "Statement[1].Sid: is null, expected a string"),
        (in_statement(r#""Effect":"Deny""#), "Statement[1]: has the key `Effect` twice"),
        (in_statement(r#""Actions":"a:b""#), "Statement[1]: has the unknown element `Actions`"),
        (
            in_statement(r#""Action":["a:b",[]]"#),
            "Statement[1].Action[1]: is a list, expected a string or a list of strings",
        ),
        (
            in_statement(r#""NotAction":"a:b","Action":"a:b""#),
            "Statement[1]: has both `Action` and `NotAction`",
        ),
        (
            in_statement(r#""Resource":true"#),
            "Statement[1].Resource: is a boolean, expected a string or a list of strings",
        ),
        (
            in_statement(r#""Principal":"123456789012""#),
            "Statement[1].Principal: is `123456789012`, expected `*` or an object",
        ),
        (in_statement(r#""Principal":{"aws":"*"}"#), "Statement[1].Principal: has the unknown element `aws`"),
        (
            in_statement(r#""Principal":{"AWS":"1","AWS":"2"}"#),
            "Statement[1].Principal: has the key `AWS` twice",
        ),
        (
            in_statement(r#""Condition":{"Bool":{"k":true},"bool":{"j":true}}"#),
            "Statement[1].Condition: has the key `bool` twice",
        ),
        (
            in_statement(r#""Condition":{"Bool":{"k":true,"K":true}}"#),
            "Statement[1].Condition.Bool: has the key `K` twice",
        ),
        (
            in_statement(r#""Condition":{"Bool":{"aws:k":["a",{}]}}"#),
            "Statement[1].Condition.Bool.aws:k[1]: is an object, expected a string, a boolean, a number or a list of these",
        ),
        (
            in_statement(r#""Condition":{"Bool":"k"}"#),
            "Statement[1].Condition.Bool: is a string, expected an object",
        ),
    ];
    for (text, expected) in cases {
        let error = Policy::parse(&text).expect_err(&text);
        assert_eq!(error.to_string(), expected, "{text}");
    }
}

#[test]
fn size_and_nesting_are_bounded() {
    let shell = r#"{"Statement":[],"Id":""}"#.len();
    let of_length = |length: usize| format!(r#"{{"Statement":[],"Id":"{}"}}"#, "x".repeat(length - shell));
    assert!(Policy::parse(&of_length(Policy::MAX_BYTES)).is_ok());
    let error = Policy::parse(&of_length(Policy::MAX_BYTES + 1)).unwrap_err();
    assert_eq!(error.reason, Reason::TooLarge { bytes: 524_289, limit: 524_288 });
    for open in ["[", r#"{"a":"#] {
        let error = Policy::parse(&open.repeat(20_000)).unwrap_err();
        assert!(matches!(error.reason, Reason::Syntax { line: 1, .. }), "{error}");
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back_with_the_same_meaning(policy in policies()) {
        let text = policy.to_json();
        let again = Policy::parse(&text).unwrap();
        prop_assert!(policy.means_the_same(&again), "{text}");
        prop_assert_eq!(again.to_json(), text);
    }

    #[test]
    fn no_text_brings_the_reader_down(text in r#"[\{\}\[\]":,*a-zA-Z0-9\\ ]{0,60}"#, cut in 0..1000_usize, with in any::<char>()) {
        let _ = Policy::parse(&text);
        let mut mangled: Vec<char> = KEY_POLICY.chars().collect();
        let place = cut % mangled.len();
        mangled[place] = with;
        let _ = Policy::parse(&mangled.iter().collect::<String>());
        mangled.remove(place);
        let _ = Policy::parse(&mangled.into_iter().collect::<String>());
    }
}
