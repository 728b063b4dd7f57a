//! What is dangerous about a gain is marked, however it is dressed up.

use serde_json::{Value, json};

use super::place::Place;

/// The marks of what somebody gains by a statement.
fn marks(kind: &str, mut statement: Value) -> Vec<String> {
    statement["Effect"] = json!("Allow");
    let policy = |statements: &[Value]| json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let place = Place::with(&[("before.json", &policy(&[])), ("after.json", &policy(&[statement]))]);
    let kind = format!("-kind={kind}");
    let line = ["policy", "diff", "-json", "-account=123456789012", &kind, "before.json", "after.json"];
    let output = place.command(&line).output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let gains = told["permission_changes"].as_array().unwrap().iter();
    let gains: Vec<&Value> = gains.filter(|change| change["direction"] == "gain").collect();
    assert!(gains.iter().all(|gain| gain["witness"].is_object()), "{told}");
    let marks = gains.iter().flat_map(|gain| gain["marks"].as_array().unwrap());
    marks.map(|mark| mark.as_str().unwrap().to_owned()).collect()
}

fn assumed(principal: Value, action: &str, condition: Value) -> Vec<String> {
    marks("trust", json!({"Principal": principal, "Action": action, "Condition": condition}))
}

#[test]
fn everyone_is_everyone_under_a_condition_that_anybody_can_meet() {
    let anybody = |condition: Value| assumed(json!({"AWS": "*"}), "sts:AssumeRole", condition);
    for condition in [
        json!({}),
        json!({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}),
        json!({"IpAddress": {"aws:SourceIp": "::/0"}}),
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin"}}),
        json!({"StringLike": {"aws:PrincipalAccount": "????????????"}}),
        json!({"StringLike": {"aws:PrincipalOrgID": "o-*"}}),
        json!({"Null": {"aws:PrincipalOrgID": "false"}}),
        json!({"StringEquals": {"sts:ExternalId": "x"}}),
        json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}),
    ] {
        assert_eq!(anybody(condition.clone()), ["public"], "{condition}");
    }
    for condition in [
        json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::999988887777:role/*"}}),
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}),
    ] {
        assert_eq!(anybody(condition.clone()), ["account"], "{condition}");
    }
}

#[test]
fn a_provider_of_anybodys_identities_lets_everyone_in_unless_it_says_whom() {
    let github = "token.actions.githubusercontent.com";
    let provider = json!({"Federated": format!("arn:aws:iam::123456789012:oidc-provider/{github}")});
    let by = |condition: Value| assumed(provider.clone(), "sts:AssumeRoleWithWebIdentity", condition);
    let audience = json!({(format!("{github}:aud")): "sts.amazonaws.com"});
    let repository = json!({(format!("{github}:sub")): "repo:artos/*"});
    assert_eq!(by(json!({})), ["public"]);
    assert_eq!(by(json!({"StringEquals": audience})), ["public"]);
    assert_eq!(by(json!({"StringEquals": audience, "StringLike": repository})), [""; 0]);
    let subject = |value: &str| by(json!({"StringLike": {(format!("{github}:sub")): value}}));
    for anybody in ["*", "repo:*", "repo:*/deploy:ref:refs/heads/main", "*:artos"] {
        assert_eq!(subject(anybody), ["public"], "{anybody}");
    }
    for somebody in ["repo:artos/*", "repo:artos*", "system:serviceaccount:*", "build-*", "42"] {
        assert_eq!(subject(somebody), [""; 0], "{somebody}");
    }
    let elsewhere = json!({"Federated": "arn:aws:iam::999988887777:saml-provider/x"});
    assert_eq!(assumed(elsewhere, "sts:AssumeRoleWithSAML", json!({})), ["account"]);
}

#[test]
fn all_actions_are_also_the_dangerous_ones() {
    assert_eq!(
        marks("identity", json!({"Action": "*", "Resource": "*"})),
        ["wildcard", "escalation", "protection"]
    );
    assert_eq!(
        marks("identity", json!({"NotAction": "iam:*", "Resource": "*"})),
        ["wildcard", "escalation", "protection"],
        "sts:AssumeRole is left"
    );
    let whose = json!({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"});
    assert_eq!(
        marks(
            "bucket",
            json!({"Principal": whose, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"})
        ),
        ["account"]
    );
}
