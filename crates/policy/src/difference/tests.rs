mod gains;
mod hidden;
mod variables;

use serde_json::{Value, json};

use crate::{Attachment, Direction, Effect, Kind, PermissionChange, Policy, difference};

const ROLE: &str = "arn:aws:iam::123456789012:role/eks";
const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:123456789012:trail/main";

fn policy(statements: &Value) -> Policy {
    Policy::parse(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap()
}

/// The changes to a policy of the kind that its actions tell.
fn changed(before: Option<&Policy>, after: Option<&Policy>) -> Vec<PermissionChange> {
    let kinds =
        [after, before].into_iter().flatten().filter(|policy| !policy.statements.is_empty()).map(Kind::guess);
    let kind = kinds.into_iter().next().unwrap_or(Kind::Identity);
    difference(before, after, Attachment::to(kind))
}

/// The sentences of a difference.
fn sentences(before: &Value, after: &Value) -> Vec<String> {
    changed(Some(&policy(before)), Some(&policy(after))).iter().map(ToString::to_string).collect()
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
        {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    ]));
    let lines = |before, after| {
        let changes = changed(before, after);
        changes.iter().map(|change| format!("{change}\n")).collect::<String>()
    };
    insta::assert_snapshot!(lines(None, Some(&policy)), @"
    account 123456789012 gains kms:* on *
    cloudtrail.amazonaws.com gains kms:DescribeKey, kms:GenerateDataKey* on * if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/main
    everyone is denied kms:* on * if aws:SecureTransport = false
    ");
    insta::assert_snapshot!(lines(Some(&policy), None), @"
    account 123456789012 loses kms:* on *
    cloudtrail.amazonaws.com loses kms:DescribeKey, kms:GenerateDataKey* on * if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/main
    ");
    assert!(lines(Some(&policy), Some(&policy)).is_empty());
    assert!(lines(None, None).is_empty());
    let changes = changed(None, Some(&policy));
    assert_eq!(changes[1].sids, ["CloudTrailEncrypt"]);
    assert_eq!(changes.iter().map(PermissionChange::widens).collect::<Vec<_>>(), [true, true, false]);
    let changes = changed(Some(&policy), None);
    assert_eq!((changes[1].direction, changes[1].effect), (Direction::Lose, Effect::Allow));
    assert!(!changes.iter().any(PermissionChange::widens));
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
            json!([allow(json!({"AWS": ROLE}), json!(["kms:Decrypt", "kms:Encrypt"]))]),
            vec!["arn:aws:iam::123456789012:role/eks loses kms:* on *; keeps kms:Decrypt, kms:Encrypt"],
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
        // To spare an account spares its root user; to spare a role spares nobody, since its account is not spared.
        (
            json!([{"Effect": "Deny", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*"}]),
            json!([{"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "Action": "s3:*", "Resource": "*"}]),
            vec![
                "everyone but arn:aws:iam::123456789012:role/eks is denied s3:* on *; \
                 everyone but account 123456789012 was already denied it",
            ],
        ),
        // Exclusions and absent elements.
        (
            json!([{"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "NotAction": ["s3:GetObject", "s3:GetBucketAcl"], "NotResource": "x"}]),
            json!([{"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "NotAction": "s3:Get*", "NotResource": "x"}]),
            vec![
                "everyone but arn:aws:iam::123456789012:role/eks is no longer denied all actions but s3:GetBucketAcl, s3:GetObject on all but x; \
                 is still denied all actions but s3:Get*",
            ],
        ),
        (
            json!([{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]),
            json!([{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]),
            vec!["ec2.amazonaws.com gains sts:TagSession"],
        ),
        // Changed values of one test: more values loosen, and with a negated operator tighten.
        (
            json!([allow_if(
                json!("*"),
                json!("s3:GetObject"),
                json!({"StringEquals": {"a:k": ["1", "2"]}})
            )]),
            json!([allow_if(json!("*"), json!("s3:GetObject"), json!({"StringEquals": {"a:k": "1"}}))]),
            vec!["everyone loses s3:GetObject on * if a:k = 1 or 2; keeps it if a:k = 1"],
        ),
        (
            json!([allow_if(
                json!("*"),
                json!("s3:GetObject"),
                json!({"StringNotEquals": {"a:k": ["1", "2"]}})
            )]),
            json!([allow_if(json!("*"), json!("s3:GetObject"), json!({"StringNotEquals": {"a:k": "1"}}))]),
            vec!["everyone gains s3:GetObject on * if a:k != 1; had it if a:k != 1 or 2"],
        ),
    ];
    for (before, after, expected) in cases {
        assert_eq!(sentences(&before, &after), expected, "{before} to {after}");
    }
}

#[test]
fn conditions_are_said_in_words() {
    let said = |condition: Value| {
        let after = json!([allow_if(json!("*"), json!("s3:GetObject"), condition)]);
        let lines = sentences(&json!([]), &after).join("");
        lines.strip_prefix("everyone gains s3:GetObject on * if ").unwrap().to_owned()
    };
    for (condition, expected) in [
        (json!({"Null": {"k": true}}), "k is absent"),
        (json!({"Null": {"k": "false"}}), "k is present"),
        (json!({"ArnLike": {"k": ["arn:a:s3:::b", "arn:a:s3:::c"]}}), "k like arn:a:s3:::b or arn:a:s3:::c"),
        (json!({"ArnNotEquals": {"k": "a"}}), "k not like a"),
        (json!({"StringLikeIfExists": {"k": "a"}}), "k like a (where present)"),
        (json!({"StringEqualsIgnoreCase": {"k": "a"}}), "k =~ a"),
        (json!({"ForAllValues:StringEquals": {"k": ["a", "b"]}}), "every k = a or b"),
        (json!({"ForAnyValue:StringNotLike": {"k": "a"}}), "any k not like a"),
        (json!({"NumericLessThanEquals": {"k": 7}}), "k <= 7"),
        (json!({"DateGreaterThan": {"k": "2026-01-01"}}), "k > 2026-01-01"),
        (json!({"NotIpAddress": {"k": "10.0.0.0/8"}}), "k not in 10.0.0.0/8"),
        (json!({"Bool": {"k": false}, "StringEquals": {"j": "a"}}), "k = false and j = a"),
    ] {
        assert_eq!(said(condition.clone()), expected, "{condition}");
    }
}

#[test]
fn a_large_policy_is_compared_as_exactly_as_a_small_one() {
    let many = |prefix: &str, count: usize| (0..count).map(|n| format!("{prefix}{n}")).collect::<Vec<_>>();
    let before = json!([{"Effect": "Allow", "Action": many("s3:B", 300), "Resource": many("r", 300)}]);
    let mut reversed = many("s3:b", 300);
    reversed.reverse();
    let same = json!([{"Effect": "Allow", "Action": reversed, "Resource": many("r", 300)}]);
    assert_eq!(sentences(&before, &same), [""; 0]);
    let less = json!([{"Effect": "Allow", "Action": many("s3:B", 299), "Resource": many("r", 300)}]);
    assert_eq!(sentences(&before, &less).len(), 1);
    assert_eq!(sentences(&less, &before).len(), 1);
}

const KEY_ADMINISTRATION: [&str; 3] = ["kms:PutKeyPolicy", "kms:Enable*", "kms:TagResource"];

fn key_with_administrators(count: usize) -> Value {
    let administrators: Vec<String> =
        (0..count).map(|number| format!("arn:aws:iam::123456789012:role/admin-{number}")).collect();
    json!([
        allow(json!({"AWS": "arn:aws:iam::123456789012:root"}), json!("kms:*")),
        allow(json!({"Service": "eks.amazonaws.com"}), json!(["kms:Decrypt", "kms:Encrypt"])),
        allow(json!({"AWS": administrators}), json!(KEY_ADMINISTRATION)),
    ])
}

#[test]
fn of_many_administrators_only_the_new_ones_gain() {
    let lines = sentences(&key_with_administrators(55), &key_with_administrators(66));
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0].matches(":role/admin-").count(), 11);
    assert!(lines[0].ends_with(" gain kms:Enable*, kms:PutKeyPolicy, kms:TagResource on *"), "{lines:?}");
}

/// Pairs of conditions of which the first holds only where the second does.
#[test]
fn a_narrower_condition_gains_nothing() {
    for (narrow, wide) in [
        (
            json!({"StringEquals": {"aws:SourceAccount": "1"}}),
            json!({"StringLike": {"aws:SourceAccount": "*"}}),
        ),
        (
            json!({"StringEquals": {"aws:SourceArn": TRAIL}}),
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:123456789012:trail/*"}}),
        ),
        (json!({"StringEquals": {"a:k": "x"}}), json!({"StringEqualsIfExists": {"a:k": "x"}})),
        (json!({"StringEquals": {"a:k": "x"}}), json!({"Null": {"a:k": "false"}})),
        (json!({"StringEquals": {"a:k": "x"}}), json!({"StringNotEquals": {"a:k": ["y", "z"]}})),
        (json!({"StringEquals": {"a:k": "x"}}), json!({"StringEqualsIgnoreCase": {"a:k": "X"}})),
        (json!({"StringLike": {"a:k": ["ab*", "b?"]}}), json!({"StringLike": {"a:k": ["a*", "b*"]}})),
        (
            json!({"StringLike": {"a:k": "a*z"}}),
            json!({"StringLike": {"a:k": ["a*", "b*"]}, "StringNotLike": {"a:k": "*y"}}),
        ),
        (
            json!({"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}),
            json!({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"]}}),
        ),
        (
            json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            json!({"NotIpAddress": {"aws:SourceIp": "192.168.0.0/16"}}),
        ),
        (
            json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            json!({"IpAddress": {"aws:SourceIp": ["10.0.0.0/9", "10.128.0.0/9"]}}),
        ),
        (json!({"NumericLessThan": {"a:k": 5}}), json!({"NumericLessThanEquals": {"a:k": "5"}})),
        (json!({"NumericEquals": {"a:k": 7}}), json!({"NumericGreaterThan": {"a:k": 6.5}})),
        (
            json!({"DateLessThan": {"aws:CurrentTime": "2026-01-01"}}),
            json!({"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}),
        ),
        (
            json!({"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}}),
            json!({"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}}),
        ),
        (
            json!({"StringEquals": {"aws:SourceArn": TRAIL}}),
            json!({"StringEquals": {"aws:SourceAccount": "123456789012"}}),
        ),
        (
            json!({"ArnEquals": {"aws:PrincipalArn": ROLE}}),
            json!({"StringEquals": {"aws:PrincipalAccount": "123456789012"}}),
        ),
        (
            json!({"Bool": {"aws:SecureTransport": true}}),
            json!({"BoolIfExists": {"aws:SecureTransport": "TRUE"}}),
        ),
    ] {
        let everyone =
            |condition: &Value| json!([allow_if(json!("*"), json!("kms:Decrypt"), condition.clone())]);
        let changes = changed(Some(&policy(&everyone(&wide))), Some(&policy(&everyone(&narrow))));
        assert!(changes.iter().all(|change| !change.widens()), "{wide} to {narrow}: {changes:?}");
        let back = changed(Some(&policy(&everyone(&narrow))), Some(&policy(&everyone(&wide))));
        let widening: Vec<_> = back.iter().filter(|change| change.widens()).collect();
        assert!(widening.iter().all(|change| change.witness.is_some()), "{narrow} to {wide}: {back:?}");
        // The two halves of a network are the network.
        assert_eq!(widening.is_empty(), wide.to_string().contains("10.128"), "{narrow} to {wide}: {back:?}");
    }
}

#[test]
fn a_denial_that_cancels_changes_nothing() {
    let foreign = json!({"AWS": "arn:aws:iam::999988887777:root"});
    let deny = json!({"Effect": "Deny", "Principal": foreign, "Action": "kms:Decrypt", "Resource": "*"});
    let before =
        json!([allow(cloudtrail(), json!("kms:Decrypt")), allow(foreign, json!("kms:Decrypt")), deny]);
    let after = json!([allow(cloudtrail(), json!("kms:Decrypt"))]);
    assert_eq!(sentences(&before, &after), [""; 0]);
    assert_eq!(sentences(&after, &before), [""; 0]);
}
