//! `underpin policy lint`: lock-outs of every kind, and variables that are none.

use serde_json::{Value, json};

use super::place::Place;

/// The findings of `policy lint -json` about these statements: rule, path, suggestion.
fn found(kind: &str, statements: Value) -> Vec<(String, String, Value)> {
    let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let place = Place::with(&[("policy.json", &policy)]);
    let kind = format!("-kind={kind}");
    let line = ["policy", "lint", "-json", "-account=123456789012", &kind, "policy.json"];
    let output = place.command(&line).output().unwrap();
    let findings: Value = serde_json::from_slice(&output.stdout).unwrap();
    let is_error = |finding: &Value| finding["severity"] == "error";
    assert_eq!(output.status.code() == Some(1), findings.as_array().unwrap().iter().any(is_error));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = findings.as_array().unwrap().iter();
    findings
        .map(|finding| (text(&finding["rule"]), text(&finding["path"]), finding["suggestion"].clone()))
        .collect()
}

#[test]
fn a_lock_out_of_any_kind_is_an_error_at_the_denial_that_causes_it() {
    let trail = json!({"Service": "cloudtrail.amazonaws.com"});
    let allow = |principal: &Value, action: &str, resource: &str| json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource});
    let deny = |action: &str, condition: Value| json!({"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*", "Condition": condition});
    let key = [
        allow(&json!({"AWS": "arn:aws:iam::123456789012:root"}), "kms:*", "*"),
        allow(&trail, "kms:GenerateDataKey*", "*"),
    ];
    let bucket = [
        allow(&trail, "s3:GetBucketAcl", "arn:aws:s3:::logs"),
        allow(&trail, "s3:PutObject", "arn:aws:s3:::logs/*"),
    ];
    let trust = [
        json!({"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}),
    ];
    let boundary = [json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})];
    let mut assume = deny("sts:AssumeRole", json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}));
    assume.as_object_mut().unwrap().remove("Resource");
    let mut nothing = deny("*", json!({}));
    nothing.as_object_mut().unwrap().remove("Principal");
    let insecure = json!({"Bool": {"aws:SecureTransport": "false"}});
    let cases = [
        ("key", &key[..], deny("kms:Put*", json!({})), deny("kms:*", insecure.clone())),
        ("key", &key[..], deny("kms:GenerateDataKey", json!({})), deny("kms:CreateGrant", json!({}))),
        ("bucket", &bucket[..], deny("s3:GetObject", json!({})), deny("s3:*", insecure.clone())),
        ("bucket", &bucket[..], deny("s3:Put*", json!({})), deny("s3:PutBucketAcl", json!({}))),
        ("trust", &trust[..], assume, trust[0].clone()),
        ("boundary", &boundary[..], nothing, boundary[0].clone()),
    ];
    for (kind, statements, locking, harmless) in cases {
        let with = |one: &Value| json!([statements, std::slice::from_ref(one)].concat());
        let lockouts = |one: &Value| {
            let all = found(kind, with(one)).into_iter();
            all.filter(|(rule, ..)| rule == "lock-out").map(|(_, path, _)| path).collect::<Vec<_>>()
        };
        let at = if kind == "boundary" { String::new() } else { format!("Statement[{}]", statements.len()) };
        assert!(lockouts(&locking).contains(&at), "{kind}: {locking}: {:?}", lockouts(&locking));
        assert_eq!(lockouts(&harmless), [""; 0], "{kind}: {harmless}");
    }
}

#[test]
fn a_default_value_without_quotes_is_told_how_to_be_written() {
    let resource = |text: &str| {
        found(
            "identity",
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::home/{text}/*")}]),
        )
    };
    let rule = |text: &str| {
        resource(text).into_iter().map(|(rule, _, suggestion)| (rule, suggestion)).collect::<Vec<_>>()
    };
    let malformed = |suggestion: Value| [("malformed-variable".to_owned(), suggestion)];
    assert_eq!(rule("${aws:username, guest}"), malformed(json!("${aws:username, 'guest'}")));
    assert_eq!(rule("${username}"), malformed(json!("${aws:username}")));
    assert_eq!(rule("${aws:username"), malformed(Value::Null));
    assert_eq!(rule("${aws:PrincipalOrgPaths}"), malformed(Value::Null));
    assert_eq!(rule("${aws:usernam}"), [("unknown-condition-key".to_owned(), json!("${aws:username}"))]);
    assert_eq!(rule("${aws:username, 'guest'}"), []);
}

/// What a policy of one kind must not have, though another may.
#[test]
fn every_kind_has_elements_of_its_own() {
    let rules = |kind: &str, statement: Value| -> Vec<String> {
        found(kind, json!([statement])).into_iter().map(|(rule, path, _)| format!("{rule} {path}")).collect()
    };
    // Organizations user guide, RCP syntax; the first is AWS's own RCPFullAWSAccess.
    let rcp = |effect: &str, principal: Value, action: &str| json!({"Effect": effect, "Principal": principal, action: "*", "Resource": "*"});
    let everyone = json!("*");
    assert_eq!(rules("rcp", rcp("Allow", everyone.clone(), "Action")), [""; 0]);
    assert_eq!(rules("rcp", rcp("Deny", json!({"AWS": "*"}), "Action")), [""; 0]);
    let some = json!({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"});
    assert_eq!(rules("rcp", some), ["wrong-element Statement[0].Effect"]);
    let other = json!({"AWS": "999988887777"});
    assert_eq!(rules("rcp", rcp("Deny", other, "Action")), ["wrong-element Statement[0].Principal"]);
    assert_eq!(rules("rcp", rcp("Deny", everyone, "NotAction")), ["wrong-element Statement[0].NotAction"]);
    let all_but =
        json!({"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}, "Action": "*", "Resource": "*"});
    assert_eq!(rules("rcp", all_but), ["wrong-element Statement[0].Principal"]);
    // Since 2025 a service control policy takes all of the language but principals.
    let scp =
        |effect: &str| json!({"Effect": effect, "NotAction": "iam:*", "NotResource": "arn:aws:s3:::logs/*"});
    assert_eq!(rules("scp", scp("Allow")), [""; 0]);
    assert_eq!(rules("scp", scp("Deny")), [""; 0]);
    // IAM takes letters and digits as names, keys and buckets also spaces.
    let named = json!({"Sid": "Read the logs", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"});
    assert_eq!(rules("identity", named.clone()), ["wrong-element Statement[0].Sid"]);
    assert_eq!(rules("session", named.clone()), ["wrong-element Statement[0].Sid"]);
    let mut of_bucket = named;
    of_bucket["Principal"] = json!({"AWS": "123456789012"});
    assert_eq!(rules("bucket", of_bucket), [""; 0]);
}

/// A topic as SNS makes it is nobody's but its owner's, and what only a service brings is no other account.
#[test]
fn a_condition_on_the_own_account_lets_no_other_in() {
    let topic = "arn:aws:sns:us-east-1:123456789012:alerts";
    let rules = |operator: &str, key: &str, account: &str| -> Vec<String> {
        let statement = json!({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["SNS:Publish", "SNS:Subscribe"], "Resource": topic,
            "Condition": {operator: {key: account}}});
        found("topic", json!([statement])).into_iter().map(|(rule, ..)| rule).collect()
    };
    assert_eq!(rules("StringEquals", "AWS:SourceOwner", "123456789012"), [""; 0]);
    assert_eq!(rules("StringEquals", "aws:SourceAccount", "123456789012"), [""; 0]);
    assert_eq!(rules("StringEquals", "AWS:SourceOwner", "999988887777"), ["another-account"]);
    assert_eq!(rules("StringEqualsIfExists", "aws:SourceAccount", "123456789012"), ["public"]);
    assert_eq!(rules("StringNotEquals", "aws:SourceAccount", "999988887777"), ["public"]);
}
