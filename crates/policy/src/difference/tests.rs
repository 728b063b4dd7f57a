use serde_json::{Value, json};

use crate::{Direction, Effect, Policy, difference};

const ROLE: &str = "arn:aws:iam::123456789012:role/eks";
const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:123456789012:trail/main";

fn policy(statements: &Value) -> Policy {
    Policy::parse(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap()
}

/// The sentences of a difference.
fn sentences(before: &Value, after: &Value) -> Vec<String> {
    difference(Some(&policy(before)), Some(&policy(after))).iter().map(ToString::to_string).collect()
}

fn allow(principal: Value, action: Value) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"})
}

fn allow_if(principal: Value, action: Value, condition: Value) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", "Condition": condition})
}

fn cloudtrail() -> Value {
    json!({"Service": "cloudtrail.amazonaws.com"})
}

#[test]
fn a_new_policy_is_gained_and_a_removed_one_lost() {
    let policy = policy(&json!([
        {"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"},
        {"Sid": "CloudTrailEncrypt", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": ["kms:GenerateDataKey*", "kms:DescribeKey"], "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceArn": TRAIL}}},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    ]));
    let lines = |before, after| {
        let changes = difference(before, after);
        changes.iter().map(|change| format!("{change}\n")).collect::<String>()
    };
    insta::assert_snapshot!(lines(None, Some(&policy)), @"
    account 123456789012 gains kms:* on *
    cloudtrail.amazonaws.com gains kms:DescribeKey, kms:GenerateDataKey* on * if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/main
    everyone is denied s3:* on arn:aws:s3:::b, arn:aws:s3:::b/* if aws:SecureTransport = false
    ");
    insta::assert_snapshot!(lines(Some(&policy), None), @"
    account 123456789012 loses kms:* on *
    cloudtrail.amazonaws.com loses kms:DescribeKey, kms:GenerateDataKey* on * if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/main
    everyone is no longer denied s3:* on arn:aws:s3:::b, arn:aws:s3:::b/* if aws:SecureTransport = false
    ");
    assert!(lines(Some(&policy), Some(&policy)).is_empty());
    assert!(lines(None, None).is_empty());
    let changes = difference(None, Some(&policy));
    assert_eq!(changes[1].sids, ["CloudTrailEncrypt"]);
    assert_eq!(changes.iter().map(super::PermissionChange::widens).collect::<Vec<_>>(), [true, true, false]);
    let changes = difference(Some(&policy), None);
    assert_eq!((changes[2].direction, changes[2].effect), (Direction::Lose, Effect::Deny));
    assert_eq!(changes.iter().map(super::PermissionChange::widens).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn what_is_only_arranged_otherwise_is_no_change() {
    let aws = |names: Value| json!({"AWS": names});
    let cases = [
        (
            json!([allow(aws(json!([ROLE, "123456789012"])), json!(["kms:Encrypt", "kms:Decrypt"]))]),
            json!([
                allow(aws(json!(ROLE)), json!("kms:Encrypt")),
                allow(aws(json!("arn:aws:iam::123456789012:root")), json!(["kms:encrypt", "kms:Decrypt"])),
                allow(aws(json!([ROLE])), json!(["kms:Decrypt", "kms:Decrypt"])),
            ]),
        ),
        (
            json!([allow(json!("*"), json!("kms:*"))]),
            json!([
                allow(json!("*"), json!("kms:*")),
                allow(aws(json!(ROLE)), json!(["kms:Decrypt", "KMS:Generate*"]))
            ]),
        ),
        (
            json!([allow(cloudtrail(), json!("kms:Decrypt"))]),
            json!([
                allow(cloudtrail(), json!("kms:Decrypt")),
                allow_if(
                    cloudtrail(),
                    json!("kms:Decrypt"),
                    json!({"StringEquals": {"aws:SourceArn": TRAIL}})
                ),
            ]),
        ),
        (
            json!([allow_if(
                cloudtrail(),
                json!("kms:*"),
                json!({"StringEquals": {"aws:SourceAccount": ["1", "2"]}})
            )]),
            json!([
                allow_if(
                    cloudtrail(),
                    json!("kms:Decrypt"),
                    json!({"stringequals": {"aws:sourceaccount": "1"}, "Bool": {"a:b": true}})
                ),
                allow_if(
                    cloudtrail(),
                    json!("kms:*"),
                    json!({"StringEquals": {"aws:SourceAccount": ["2", "1"]}})
                ),
            ]),
        ),
        (
            json!([{"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]),
            json!([{"Sid": "B", "Effect": "Allow", "Action": "s3:*", "Resource": ["*", "arn:aws:s3:::a/*"]}]),
        ),
        (json!([]), json!([{"Effect": "Allow", "Principal": "*", "Resource": "*"}])),
        (json!([]), json!([allow(aws(json!([])), json!("kms:*"))])),
    ];
    for (before, after) in cases {
        assert_eq!(sentences(&before, &after), [""; 0], "{before} to {after}");
        assert_eq!(sentences(&after, &before), [""; 0], "{after} to {before}");
    }
}

#[test]
fn changes_are_said_in_a_line() {
    let restricted = json!({"StringEquals": {"aws:SourceArn": TRAIL}});
    let cases = [
        // Someone comes, someone goes.
        (
            json!([allow(json!({"Service": "eks.amazonaws.com"}), json!("kms:Decrypt"))]),
            json!([allow(
                json!({"Service": ["rds.amazonaws.com", "a.amazonaws.com"]}),
                json!("kms:Decrypt")
            )]),
            vec![
                "eks.amazonaws.com loses kms:Decrypt on *",
                "a.amazonaws.com, rds.amazonaws.com gain kms:Decrypt on *",
            ],
        ),
        // A condition comes, and goes.
        (
            json!([allow(cloudtrail(), json!(["kms:Decrypt", "kms:Encrypt"]))]),
            json!([allow_if(cloudtrail(), json!(["kms:Decrypt", "kms:Encrypt"]), restricted.clone())]),
            vec![
                "cloudtrail.amazonaws.com loses kms:Decrypt, kms:Encrypt on *; \
                 keeps it if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/main",
            ],
        ),
        (
            json!([allow_if(cloudtrail(), json!("kms:Decrypt"), restricted.clone())]),
            json!([allow(cloudtrail(), json!("kms:Decrypt"))]),
            vec![
                "cloudtrail.amazonaws.com gains kms:Decrypt on *; \
                 had it if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/main",
            ],
        ),
        // A wildcard narrows, and widens.
        (
            json!([allow(json!({"AWS": ROLE}), json!("kms:*"))]),
            json!([allow(json!({"AWS": ROLE}), json!(["kms:Decrypt", "kms:Encrypt", "s3:GetObject"]))]),
            vec![
                "arn:aws:iam::123456789012:role/eks loses kms:* on *; keeps kms:Decrypt, kms:Encrypt",
                "arn:aws:iam::123456789012:role/eks gains s3:GetObject on *",
            ],
        ),
        (
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/x"}]),
            json!([{"Effect": "Allow", "Action": ["s3:GetObject", "s3:*"], "Resource": "arn:aws:s3:::a/*"}]),
            vec!["gains s3:* on arn:aws:s3:::a/*; had s3:GetObject on arn:aws:s3:::a/x"],
        ),
        (
            json!([allow(json!("*"), json!("kms:Decrypt"))]),
            json!([allow(json!({"AWS": [ROLE, "123456789012"]}), json!("kms:Decrypt"))]),
            vec![
                "everyone loses kms:Decrypt on *; account 123456789012, arn:aws:iam::123456789012:role/eks keep it",
            ],
        ),
        // Denials; an account that is denied includes its roles, one that is allowed does not.
        (
            json!([{"Effect": "Deny", "Principal": {"AWS": ROLE}, "Action": "s3:*", "Resource": "*"}]),
            json!([{"Effect": "Deny", "Principal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*"}]),
            vec![
                "account 123456789012 is denied s3:* on *; \
                 arn:aws:iam::123456789012:role/eks was already denied it",
            ],
        ),
        (
            json!([allow(json!({"AWS": ROLE}), json!("s3:*"))]),
            json!([allow(json!({"AWS": "123456789012"}), json!("s3:*"))]),
            vec![
                "arn:aws:iam::123456789012:role/eks loses s3:* on *",
                "account 123456789012 gains s3:* on *",
            ],
        ),
        // Two statements that gain the same say it once.
        (
            json!([]),
            json!([
                {"Sid": "A", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
                {"Sid": "B", "Effect": "Allow", "Action": ["s3:get*", "s3:GetObject"], "Resource": "*"},
            ]),
            vec!["gains s3:Get* on *"],
        ),
        // To spare an account is not to spare its roles, nor the other way round.
        (
            json!([{"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*"}]),
            json!([{"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "Action": "s3:*", "Resource": "*"}]),
            vec![
                "everyone but account 123456789012 is no longer denied s3:* on *",
                "everyone but arn:aws:iam::123456789012:role/eks is denied s3:* on *",
            ],
        ),
        // Exclusions and absent elements.
        (
            json!([{"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "NotAction": ["a:b", "a:c"], "NotResource": "x"}]),
            json!([{"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "NotAction": "a:*", "NotResource": "x"}]),
            vec![
                "everyone but arn:aws:iam::123456789012:role/eks is no longer denied all actions but a:b, a:c on all but x; \
                 is still denied all actions but a:*",
            ],
        ),
        (
            json!([{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]),
            json!([{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]),
            vec!["ec2.amazonaws.com gains sts:TagSession"],
        ),
        // Changed values of one test: more values loosen, and with a negated operator tighten.
        (
            json!([allow_if(json!("*"), json!("a:b"), json!({"StringEquals": {"a:k": ["1", "2"]}}))]),
            json!([allow_if(json!("*"), json!("a:b"), json!({"StringEquals": {"a:k": "1"}}))]),
            vec!["everyone loses a:b on * if a:k = 1 or 2; keeps it if a:k = 1"],
        ),
        (
            json!([allow_if(json!("*"), json!("a:b"), json!({"StringNotEquals": {"a:k": ["1", "2"]}}))]),
            json!([allow_if(json!("*"), json!("a:b"), json!({"StringNotEquals": {"a:k": "1"}}))]),
            vec!["everyone gains a:b on * if a:k != 1; had it if a:k != 1 or 2"],
        ),
    ];
    for (before, after, expected) in cases {
        assert_eq!(sentences(&before, &after), expected, "{before} to {after}");
    }
}

#[test]
fn conditions_are_said_in_words() {
    let said = |condition: Value| {
        let after = json!([allow_if(json!("*"), json!("a:b"), condition)]);
        let lines = sentences(&json!([]), &after).join("");
        lines.strip_prefix("everyone gains a:b on * if ").unwrap().to_owned()
    };
    for (condition, expected) in [
        (json!({"Null": {"k": true}}), "k is absent"),
        (json!({"Null": {"k": "false"}}), "k is present"),
        (json!({"ArnLike": {"k": ["a", "b"]}}), "k like a or b"),
        (json!({"ArnNotEquals": {"k": "a"}}), "k not like a"),
        (json!({"StringLikeIfExists": {"k": "a"}}), "k like a (where present)"),
        (json!({"StringEqualsIgnoreCase": {"k": "a"}}), "k =~ a"),
        (json!({"ForAllValues:StringEquals": {"k": ["a", "b"]}}), "every k = a or b"),
        (json!({"ForAnyValue:StringNotLike": {"k": "a"}}), "any k not like a"),
        (json!({"NumericLessThanEquals": {"k": 7}}), "k <= 7"),
        (json!({"DateGreaterThan": {"k": "2026-01-01"}}), "k > 2026-01-01"),
        (json!({"NotIpAddress": {"k": "10.0.0.0/8"}}), "k not in 10.0.0.0/8"),
        (json!({"Bool": {"k": false}, "StringEquals": {"j": "a"}}), "k = false and j = a"),
        (json!({"Strange": {"k": "a"}}), "k Strange a"),
    ] {
        assert_eq!(said(condition.clone()), expected, "{condition}");
    }
}

#[test]
fn a_policy_too_large_to_expand_is_compared_by_statements() {
    let many = |prefix: &str, count: usize| (0..count).map(|n| format!("{prefix}{n}")).collect::<Vec<_>>();
    let before = json!([{"Effect": "Allow", "Action": many("a:B", 300), "Resource": many("r", 300)}]);
    let mut reversed = many("a:b", 300);
    reversed.reverse();
    let same = json!([{"Effect": "Allow", "Action": reversed, "Resource": many("r", 300)}]);
    assert_eq!(sentences(&before, &same), [""; 0]);
    let less = json!([{"Effect": "Allow", "Action": many("a:B", 299), "Resource": many("r", 300)}]);
    assert_eq!(sentences(&before, &less).len(), 1);
    assert_eq!(sentences(&less, &before).len(), 1);
}
