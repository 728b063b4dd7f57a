//! Who is a stranger is decided by what a statement lets somebody do, not by how it is written.

use serde_json::{Value, json};

use crate::sample::{World, everything};

/// What each statement lets in: the stranger's name, or nobody.
fn statements() -> Vec<(Value, Option<&'static str>)> {
    let everyone_if = |condition: Value| json!({"Principal": {"AWS": "*"}, "Condition": condition});
    vec![
        (json!({"Principal": "*"}), Some("everyone")),
        (json!({"NotPrincipal": {"AWS": "arn:aws:iam::123456789012:root"}}), Some("everyone")),
        (json!({"Principal": {"AWS": "arn:aws:iam::999988887777:root"}}), Some("999988887777")),
        (
            json!({"Principal": {"AWS": ["arn:aws:iam::123456789012:role/own", "999988887777"]}}),
            Some("999988887777"),
        ),
        (json!({"Principal": {"AWS": "arn:aws:iam::123456789012:role/own"}}), None),
        (everyone_if(json!({"StringEquals": {"aws:PrincipalAccount": "123456789012"}})), None),
        (everyone_if(json!({"StringLike": {"aws:PrincipalAccount": "123456789012"}})), None),
        (everyone_if(json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}})), None),
        (
            everyone_if(json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}})),
            Some("everyone"),
        ),
        (
            everyone_if(json!({"StringEquals": {"aws:PrincipalAccount": "999988887777"}})),
            Some("others, under a condition"),
        ),
        (everyone_if(json!({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}})), Some("everyone")),
    ]
}

fn allowing(part: &Value, action: &str) -> Value {
    let mut statement = json!({"Sid": "Added", "Effect": "Allow", "Action": action, "Resource": "*"});
    let members = part.as_object().unwrap().clone();
    statement.as_object_mut().unwrap().extend(members);
    statement
}

#[test]
fn a_stranger_at_the_key_is_whoever_a_statement_lets_in() {
    for (part, stranger) in statements() {
        let mut world = World::new(&everything());
        let statement = allowing(&part, "kms:Decrypt");
        World::statements(&mut world.facts.key.policy, |statements| statements.push(statement));
        let report = world.report();
        let title =
            report.checks.iter().find(|check| check.id == "kms.strangers/added").map(|check| &check.title);
        let wanted = stranger.map(|name| match name {
            "everyone" => "Everyone may use the key".to_owned(),
            name => format!("Somebody of another account may use the key: {name}"),
        });
        assert_eq!(title, wanted.as_ref(), "{part}");
    }
}

#[test]
fn a_stranger_at_the_bucket_is_whoever_a_statement_lets_in() {
    for (part, stranger) in statements() {
        let mut world = World::new(&everything());
        let mut statement = allowing(&part, "s3:GetObject");
        statement["Resource"] = json!(format!("arn:aws:s3:::{}/*", world.bucket().name));
        World::statements(&mut world.bucket().policy, |statements| statements.push(statement));
        let report = world.report();
        let check = report.checks.iter().find(|check| check.id == "trail.bucket-policy").unwrap();
        let wanted = match stranger {
            Some(name) => format!("The log bucket's policy lets others in: {name}"),
            None => {
                "The log bucket's policy is not what the settings say; CloudTrail still delivers".to_owned()
            }
        };
        assert_eq!(check.title, wanted, "{part}");
    }
}

#[test]
fn a_denial_takes_a_stranger_back() {
    let mut world = World::new(&everything());
    World::statements(&mut world.facts.key.policy, |statements| {
        statements.push(allowing(&json!({"Principal": {"AWS": "999988887777"}}), "kms:Decrypt"));
        statements.push(json!({"Sid": "Own", "Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}}));
    });
    let report = world.report();
    assert!(report.checks.iter().all(|check| !check.id.starts_with("kms.strangers/")), "{report:#?}");
}

#[test]
fn a_state_is_open_to_everyone_if_a_statement_lets_everyone_in() {
    for (part, stranger) in statements() {
        let mut world = World::new(&everything());
        let mut statement = allowing(&part, "s3:GetObject");
        let bucket = world.state_bucket();
        statement["Resource"] = json!(format!("arn:aws:s3:::{}/*", bucket.name));
        bucket.public_access = crate::facts::Read::Absent;
        World::statements(&mut bucket.policy, |statements| statements.push(statement));
        let report = world.report();
        let check = report.checks.iter().find(|check| check.id == "state.private").unwrap();
        let is_open = check.title.starts_with("Everyone can read the state");
        assert_eq!(is_open, stranger == Some("everyone"), "{part}");
    }
}
