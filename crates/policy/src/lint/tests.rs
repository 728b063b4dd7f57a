use serde_json::{Value, json};

use super::{Rule, lint};
use crate::{Kind, Policy};

/// The findings about one statement: rule, path and suggestion.
fn found(kind: Kind, statement: Value) -> Vec<String> {
    let policy =
        Policy::parse(&json!({"Version": "2012-10-17", "Statement": statement}).to_string()).unwrap();
    lint(&policy, kind, Some("123456789012"))
        .into_iter()
        .map(|finding| {
            let suggestion = finding.suggestion.map(|text| format!(" -> {text}")).unwrap_or_default();
            format!("{} {}{suggestion}", finding.rule.name(), finding.path)
        })
        .collect()
}

fn identity(action: Value, condition: Value) -> Vec<String> {
    found(
        Kind::Identity,
        json!([{"Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition}]),
    )
}

#[test]
fn names_that_aws_does_not_have() {
    assert_eq!(
        identity(json!("s3:GetObjct"), json!({})),
        ["unknown-action Statement[0].Action -> s3:GetObject"]
    );
    assert_eq!(
        identity(json!("s4:GetObject"), json!({}))[0].split(" ->").next(),
        Some("unknown-action Statement[0].Action")
    );
    assert_eq!(identity(json!("s3:Xyz*"), json!({})), ["unknown-action Statement[0].Action"]);
    assert_eq!(identity(json!(["s3:Get*", "ec2:describeinstances"]), json!({})), [""; 0]);
    assert_eq!(
        identity(json!("s3:GetObject"), json!({"StringEquals": {"aws:SourceAcount": "1"}})),
        ["unknown-condition-key Statement[0].Condition.StringEquals.aws:SourceAcount -> aws:SourceAccount"]
    );
    assert_eq!(
        identity(
            json!("kms:Decrypt"),
            json!({"StringEquals": {"kms:EncryptionContext:a": "1", "kms:ViaService": "x"}})
        ),
        [""; 0]
    );
    assert_eq!(
        identity(json!("s3:ListAllMyBuckets"), json!({"StringEquals": {"s3:prefix": "x"}})),
        ["condition-key-not-sent Statement[0].Condition.StringEquals.s3:prefix"]
    );
    assert_eq!(
        identity(json!("s3:GetObject"), json!({"StringEqualz": {"aws:SourceAccount": "1"}})),
        ["unknown-operator Statement[0].Condition.StringEqualz"]
    );
    assert_eq!(
        identity(
            json!("s3:GetObject"),
            json!({"Bool": {"aws:SecureTransport": "yes"}, "IpAddress": {"aws:SourceIp": "10/8"}})
        ),
        [
            "wrong-type Statement[0].Condition.Bool.aws:SecureTransport",
            "wrong-type Statement[0].Condition.IpAddress.aws:SourceIp"
        ]
    );
}

#[test]
fn dangers() {
    let key = |principal: Value, action: &str| {
        found(
            Kind::Key,
            json!([
                {"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "kms:*", "Resource": "*"},
                {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"},
            ]),
        )
    };
    assert_eq!(key(json!("*"), "kms:Decrypt"), ["public Statement[1].Principal"]);
    assert_eq!(
        key(json!({"AWS": "999988887777"}), "kms:Decrypt"),
        ["another-account Statement[1].Principal"]
    );
    assert_eq!(
        key(json!({"Service": "rds.amazonaws.com"}), "kms:Decrypt"),
        ["confused-deputy Statement[1].Principal"]
    );
    assert_eq!(
        key(json!({"AWS": "AROAQRSTUVWXYZ234567A"}), "kms:Decrypt"),
        ["deleted-principal Statement[1].Principal"]
    );
    assert_eq!(identity(json!("iam:PassRole"), json!({})), ["privilege-escalation Statement[0].Action"]);
    let role = json!({"AWS": "arn:aws:iam::123456789012:role/App"});
    let statement =
        |action: &str| json!([{"Effect": "Allow", "Principal": role, "Action": action, "Resource": "*"}]);
    assert_eq!(found(Kind::Key, statement("kms:Decrypt")), ["lock-out "]);
    assert_eq!(found(Kind::Key, statement("kms:*")), [""; 0]);
    let mut with_a_second_factor = statement("kms:*");
    with_a_second_factor[0]["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    assert_eq!(found(Kind::Key, with_a_second_factor.clone()), [""; 0]);
    with_a_second_factor[0]["Condition"] = json!({"StringEquals": {"aws:SourceAccount": "123456789012"}});
    assert_eq!(found(Kind::Key, with_a_second_factor), ["lock-out "], "only services say so");
    assert_eq!(found(Kind::Key, json!([{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "kms:*", "Resource": "*"}])).last().unwrap(), "lock-out ");
}

#[test]
fn what_names_nothing_never_matches() {
    let empty = json!([{"Effect": "Allow", "Principal": {"AWS": []}, "Action": [], "Resource": []}]);
    let findings = found(Kind::Bucket, empty);
    for element in ["Principal", "Action", "Resource"] {
        assert!(findings.contains(&format!("never-matches Statement[0].{element}")), "{findings:?}");
    }
    let all_but_nothing = json!([{"Effect": "Allow", "NotAction": [], "Resource": "*"}]);
    assert!(
        !found(Kind::Identity, all_but_nothing).iter().any(|finding| finding.starts_with("never-matches"))
    );
}

#[test]
fn shapes() {
    assert_eq!(
        found(
            Kind::Identity,
            json!([
                {"Sid": "A", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"},
                {"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject"},
            ])
        ),
        [
            "duplicate-sid Statement[1].Sid",
            "wrong-element Statement[0].Principal",
            "wrong-element Statement[1]",
        ]
    );
    let large: Vec<String> = (0..900).map(|number| format!("s3:GetObject{number}")).collect();
    let policy = Policy::parse(
        &json!({"Statement": {"Effect": "Allow", "Action": large, "Resource": "*"}}).to_string(),
    )
    .unwrap();
    assert!(lint(&policy, Kind::Identity, None).iter().any(|finding| finding.rule == Rule::TooLarge));
}

#[test]
fn variables_that_are_none() {
    let resource = |text: &str| {
        found(
            Kind::Identity,
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::b/{text}")}]),
        )
    };
    let malformed = "malformed-variable Statement[0].Resource";
    for (text, suggestion) in [
        ("${aws:username, guest}", " -> ${aws:username, 'guest'}"),
        ("${aws:username,\"guest\"}", " -> ${aws:username, 'guest'}"),
        ("${aws:username, 'guest}", " -> ${aws:username, 'guest'}"),
        ("${username}", " -> ${aws:username}"),
        ("${Username}x", " -> ${aws:Username}"),
        ("${team}", ""),
        ("${}", ""),
        ("${aws:username", ""),
        ("${aws:${aws:username}}", ""),
        ("${aws:TagKeys}", ""),
    ] {
        assert_eq!(resource(text), [format!("{malformed}{suggestion}")], "{text}");
    }
    assert_eq!(
        resource("${aws:usernme}"),
        ["unknown-condition-key Statement[0].Resource -> ${aws:username}"]
    );
    for text in [
        "${aws:username}",
        "${aws:username, 'guest'}",
        "${aws:PrincipalTag/a b,'x'}",
        "${*}${?}${$}",
        "$100",
        "${s3:prefix}",
    ] {
        assert_eq!(resource(text), [""; 0], "{text}");
    }
    let elsewhere = json!([{"Effect": "Allow", "Action": "s3:${aws:username}", "Resource": "*"}]);
    assert!(found(Kind::Identity, elsewhere).contains(&"malformed-variable Statement[0].Action".to_owned()));
    let old = Policy::parse(
        &json!({"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:username}"}})
            .to_string(),
    )
    .unwrap();
    assert_eq!(lint(&old, Kind::Identity, None)[0].rule, Rule::MalformedVariable);
}

#[test]
fn lock_outs_of_every_kind() {
    let lockouts = |kind: Kind, statements: Value| {
        let all = found(kind, statements);
        all.into_iter().filter(|one| one.starts_with("lock-out")).collect::<Vec<_>>()
    };
    let account = json!({"AWS": "arn:aws:iam::123456789012:root"});
    let cloudtrail = json!({"Service": "cloudtrail.amazonaws.com"});
    let allow = |principal: &Value, action: &str, resource: &str| json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource});
    let deny = |principal: Value, action: &str, condition: Value| json!({"Effect": "Deny", "Principal": principal, "Action": action, "Resource": "*", "Condition": condition});
    let key = |more: Value| {
        json!([allow(&account, "kms:*", "*"), allow(&cloudtrail, "kms:GenerateDataKey*", "*"), more])
    };
    assert_eq!(lockouts(Kind::Key, json!([allow(&json!("*"), "kms:*", "*")])), [""; 0]);
    assert_eq!(lockouts(Kind::Key, key(allow(&account, "kms:*", "*"))), [""; 0]);
    assert_eq!(
        lockouts(Kind::Key, key(deny(cloudtrail.clone(), "kms:GenerateDataKey", json!({})))),
        ["lock-out Statement[2]"]
    );
    assert_eq!(
        lockouts(Kind::Key, key(deny(json!("*"), "kms:Decrypt", json!({})))),
        ["lock-out Statement[2]"]
    );
    assert_eq!(lockouts(Kind::Key, key(deny(json!("*"), "kms:Put*", json!({})))), ["lock-out Statement[2]"]);
    let tls = json!({"Bool": {"aws:SecureTransport": "false"}});
    let bucket = |more: Value| {
        json!([
            allow(&cloudtrail, "s3:GetBucketAcl", "arn:aws:s3:::logs"),
            allow(&cloudtrail, "s3:PutObject", "arn:aws:s3:::logs/*"),
            more
        ])
    };
    assert_eq!(lockouts(Kind::Bucket, bucket(deny(json!("*"), "s3:*", tls.clone()))), [""; 0]);
    assert_eq!(
        lockouts(Kind::Bucket, bucket(deny(json!("*"), "s3:Get*", json!({})))),
        ["lock-out Statement[2]"; 2]
    );
    assert_eq!(
        lockouts(Kind::Bucket, bucket(deny(json!("*"), "s3:PutObject", json!({})))),
        ["lock-out Statement[2]"]
    );
    assert_eq!(
        lockouts(Kind::Bucket, json!([allow(&cloudtrail, "s3:PutObject", "arn:aws:s3:::logs/*")])),
        ["lock-out "]
    );
    let others = json!({"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}, "Bool": {"aws:PrincipalIsAWSService": "false"}});
    assert_eq!(lockouts(Kind::Bucket, bucket(deny(json!("*"), "s3:*", others))), [""; 0]);
    let trust = |principal: Value, condition: Value| json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition});
    let eks = json!({"Service": "eks.amazonaws.com"});
    let source = json!({"StringEquals": {"aws:SourceAccount": "123456789012"}});
    assert_eq!(lockouts(Kind::Trust, json!([trust(eks.clone(), source.clone())])), [""; 0]);
    assert_eq!(lockouts(Kind::Trust, json!([trust(account.clone(), json!({}))])), [""; 0]);
    let contradiction =
        json!({"StringEquals": {"aws:SourceAccount": "1"}, "StringNotEquals": {"aws:SourceAccount": "1"}});
    assert_eq!(lockouts(Kind::Trust, json!([trust(eks.clone(), contradiction)])), ["lock-out "; 2]);
    let denied = json!({"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Condition": {"Null": {"aws:PrincipalTag/a": "true"}}});
    assert_eq!(
        lockouts(Kind::Trust, json!([trust(eks, source), denied])).first().map(String::as_str),
        Some("lock-out Statement[1]")
    );
    let organization = json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}});
    assert_eq!(
        lockouts(Kind::Bucket, bucket(deny(json!("*"), "s3:*", organization))),
        ["lock-out Statement[2]"; 2],
        "no service is of an organization"
    );
    let bounded = |effect: &str, action: &str| json!({"Effect": effect, "Action": action, "Resource": "*"});
    assert_eq!(lockouts(Kind::Boundary, json!([bounded("Deny", "iam:*")])), ["lock-out "]);
    assert_eq!(
        lockouts(Kind::Boundary, json!([bounded("Allow", "s3:*"), bounded("Deny", "*")])),
        ["lock-out "]
    );
    assert_eq!(
        lockouts(Kind::Boundary, json!([bounded("Allow", "s3:*"), bounded("Deny", "s3:Put*")])),
        [""; 0]
    );
}
