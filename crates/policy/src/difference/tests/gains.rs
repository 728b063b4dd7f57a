//! What is dangerous about a gain, and the request that shows it.

use super::*;

#[test]
fn gains_are_marked() {
    let marks = |statement: Value| {
        let after = policy(&json!([statement]));
        let changes = difference(None, Some(&after), Attachment::to(Kind::guess(&after)).of("123456789012"));
        changes.iter().flat_map(|change| &change.marks).map(|mark| mark.name()).collect::<Vec<_>>().join(" ")
    };
    let foreign = json!({"AWS": "arn:aws:iam::999988887777:role/KeyAdmin"});
    let org = |operator: &str| json!({operator: {"aws:PrincipalOrgPaths": "o-ours/r-1/*"}});
    assert_eq!(marks(allow(foreign.clone(), json!("kms:Decrypt"))), "account");
    assert_eq!(marks(allow(foreign, json!("kms:*"))), "account wildcard self protection");
    assert_eq!(marks(allow(json!("*"), json!("kms:Decrypt"))), "public");
    assert_eq!(marks(allow(json!({"AWS": ROLE}), json!("kms:Put*"))), "self");
    assert_eq!(marks(allow(json!({"AWS": ROLE}), json!("kms:Decrypt"))), "");
    assert_eq!(marks(allow_if(json!("*"), json!("kms:Decrypt"), org("ForAllValues:StringLike"))), "public");
    assert_eq!(marks(allow_if(json!("*"), json!("kms:Decrypt"), org("ForAnyValue:StringLike"))), "account");
    let identity = |action: &str| json!({"Effect": "Allow", "Action": action, "Resource": "*"});
    assert_eq!(marks(identity("iam:Pass*")), "escalation");
    assert_eq!(marks(identity("s3:*")), "wildcard protection");
    assert_eq!(marks(identity("*")), "wildcard escalation protection");
    assert_eq!(marks(identity("s3:GetObject")), "");
}

#[test]
fn only_what_reaches_the_audit_logs_endangers_them() {
    let logs =
        ["arn:aws:s3:::audit/AWSLogs/log.json.gz", "arn:aws:logs:us-east-1:123456789012:log-group:audit"];
    let logs = logs.map(str::to_owned);
    let marks = |action: &str, resource: Value, known: bool| {
        let after = policy(&json!([{"Effect": "Allow", "Action": action, "Resource": resource}]));
        let attachment = Attachment::to(Kind::Identity);
        let attachment = if known { attachment.guarding(&logs) } else { attachment };
        let changes = difference(None, Some(&after), attachment);
        changes.iter().flat_map(|change| &change.marks).map(|mark| mark.name()).collect::<Vec<_>>().join(" ")
    };
    let rds = json!("arn:aws:logs:*:*:log-group:RDS*");
    assert_eq!(marks("logs:PutRetentionPolicy", rds.clone(), true), "");
    assert_eq!(marks("logs:PutRetentionPolicy", rds, false), "protection");
    assert_eq!(marks("logs:PutRetentionPolicy", json!("arn:aws:logs:*:*:log-group:a*"), true), "protection");
    assert_eq!(marks("s3:DeleteObject", json!("arn:aws:s3:::other/*"), true), "");
    assert_eq!(
        marks("s3:DeleteObject", json!(["arn:aws:s3:::other/*", "arn:aws:s3:::au*"]), true),
        "protection"
    );
    assert_eq!(marks("s3:DeleteObject", json!("arn:aws:s3:::${aws:username}/*"), true), "protection");
}

#[test]
fn variables_that_are_compared_with_each_other_hide_nothing() {
    let account = json!({"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}});
    let other = json!({"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}});
    let allow = |action: &str, resource: &str, condition: &Value| json!({"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition});
    let named = (0..40).map(|number| format!("arn:aws:sns:*:*:topic-{number}"));
    let mut statements: Vec<Value> = named.map(|topic| allow("sns:Publish", &topic, &account)).collect();
    statements.push(allow("config:TagResource", "*", &other));
    let before = policy(&json!(statements));
    statements
        .push(json!({"Effect": "Allow", "Action": "organizations:DescribeOrganization", "Resource": "*"}));
    let after = policy(&json!(statements));
    let changes = difference(Some(&before), Some(&after), Attachment::to(Kind::Identity));
    assert_eq!(changes.len(), 1, "{changes:?}");
    let witness = changes[0].witness.as_ref().unwrap();
    assert_eq!(witness.action, "organizations:DescribeOrganization");

    let alarms = policy(&json!([{"Effect": "Allow", "Action": "cloudwatch:DescribeAlarms",
        "Resource": "arn:aws:cloudwatch:*:*:alarm:*"}]));
    let all = policy(&json!([{"Effect": "Allow", "Action": "cloudwatch:DescribeAlarms", "Resource": "*"}]));
    let changes = difference(Some(&alarms), Some(&all), Attachment::to(Kind::Identity));
    assert_eq!(changes[0].witness.as_ref().unwrap().resource, "*");
}

#[test]
fn a_gain_has_a_request_that_shows_it() {
    let condition = json!({"StringEquals": {"aws:SourceArn": TRAIL}});
    let after = policy(&json!([allow_if(cloudtrail(), json!("kms:GenerateDataKey*"), condition)]));
    let changes = difference(None, Some(&after), Attachment::to(Kind::Key).of("123456789012"));
    let witness = changes[0].witness.clone().unwrap();
    assert_eq!(witness.principal, Some(crate::Principal::service("cloudtrail.amazonaws.com")));
    assert_eq!(witness.action, "kms:GenerateDataKey");
    assert!(witness.resource.starts_with("arn:aws:kms:us-east-1:123456789012:key/"), "{}", witness.resource);
    assert_eq!(witness.context.values("aws:SourceArn"), [TRAIL]);
}

/// Among the requests that show a gain one is chosen that AWS could receive.
#[test]
fn a_request_that_shows_a_gain_is_one_that_could_come() {
    let shown = |action: &str, resource: Value, condition: Value| {
        let after = policy(
            &json!([{"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}]),
        );
        let changes = difference(None, Some(&after), Attachment::to(Kind::Identity).of("123456789012"));
        let witness = changes[0].witness.clone().unwrap();
        format!("{} on {}", witness.action, witness.resource)
    };
    let plain = |action: &str, resource: &str| shown(action, json!(resource), json!({}));
    // What is in a bucket is no bucket, and the other way round.
    assert_eq!(plain("s3:Delete*", "arn:aws:s3:::logs/*"), "s3:DeleteObject on arn:aws:s3:::logs/other");
    assert_eq!(plain("s3:GetObject", "arn:aws:s3:::logs*"), "s3:GetObject on arn:aws:s3:::logsother/other");
    // A pattern that leaves the type open.
    assert_eq!(
        plain("iam:PassRole", "arn:aws:iam::123456789012:*"),
        "iam:PassRole on arn:aws:iam::123456789012:role/other"
    );
    // An action that is about no resource, beside one that is.
    assert_eq!(plain("ecr:GetAuthorizationToken", "*"), "ecr:GetAuthorizationToken on *");
    assert!(plain("*", "arn:aws:s3:::logs/*").starts_with("s3:"), "{}", plain("*", "arn:aws:s3:::logs/*"));
    // A key that few of the actions have.
    let prefix = json!({"StringEquals": {"s3:prefix": "x"}});
    assert!(shown("s3:*", json!("*"), prefix).starts_with("s3:ListBucket"));
    // A key that a policy names already is not the one.
    let key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let [before, after] = [key, "*"]
        .map(|resource| policy(&json!([{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": resource}])));
    let changes = difference(Some(&before), Some(&after), Attachment::to(Kind::Identity).of("123456789012"));
    assert_eq!(changes[0].witness.clone().unwrap().resource, "arn:aws:kms:us-east-1:123456789012:key/other");
    // Where nothing such could come, one is told all the same.
    assert_eq!(plain("kms:Decrypt", "arn:aws:s3:::logs"), "kms:Decrypt on arn:aws:s3:::logs");
}

#[test]
fn an_arn_tells_its_account() {
    let if_trail = json!({"ArnEquals": {"aws:SourceArn": TRAIL}});
    let deny = json!({"Effect": "Deny", "Principal": {"AWS": ROLE}, "Action": "kms:Decrypt", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:SourceAccount": "999988887777"}}});
    let after = policy(&json!([allow_if(json!("*"), json!("kms:Decrypt"), if_trail), deny]));
    let changes = difference(None, Some(&after), Attachment::to(Kind::Key).of("123456789012"));
    let witness = changes[0].witness.clone().unwrap();
    assert_eq!(witness.context.values("aws:SourceArn"), [TRAIL]);
    assert!(changes[0].widens());
}

#[test]
fn a_gain_of_everyone_is_shown_by_a_stranger() {
    let after =
        json!([allow(json!({"AWS": ROLE}), json!("kms:Encrypt")), allow(json!("*"), json!("kms:Decrypt"))]);
    let changes = difference(None, Some(&policy(&after)), Attachment::to(Kind::Key).of("123456789012"));
    let everyone = changes.iter().find(|change| change.to_string().starts_with("everyone")).unwrap();
    let crate::Principal::Aws(who) = everyone.witness.clone().unwrap().principal.unwrap() else { panic!() };
    assert!(who.starts_with("arn:aws:iam::444455556666:"), "{who}");
}

/// A variable that follows from who asks has, among others, the value of everyone whom a statement names.
#[test]
fn a_variable_hides_nobody_who_is_named() {
    let home = json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:username}/*"});
    for principal in [
        "arn:aws:iam::123456789012:user/Ada",
        "arn:aws:iam::123456789012:role/Admin",
        "arn:aws:iam::999988887777:root",
    ] {
        let more = json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:*", "Resource": "arn:aws:s3:::logs/*"});
        let (before, after) = (policy(&json!([home])), policy(&json!([home, more])));
        let changes =
            difference(Some(&before), Some(&after), Attachment::to(Kind::Bucket).of("123456789012"));
        assert!(changes.iter().any(PermissionChange::widens), "{principal}");
        assert!(changes.iter().all(|change| change.witness.is_some()), "{principal}");
    }
}

/// Each statement about two keys of its own doubles the parts of what it leaves: more than are kept apart.
#[test]
fn what_falls_into_thousands_of_parts_is_decided() {
    let tagged = |number: usize| {
        json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals":
            {(format!("aws:ResourceTag/a{number}")): "x", (format!("aws:ResourceTag/b{number}")): "x"}}})
    };
    let all = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"});
    let many: Vec<Value> = (0..14).map(tagged).collect();
    let changes = changed(Some(&policy(&json!(many))), Some(&policy(&json!([all]))));
    let gains: Vec<&PermissionChange> = changes.iter().filter(|change| change.widens()).collect();
    assert_eq!(gains.len(), 1, "{changes:?}");
    assert!(gains[0].witness.as_ref().unwrap().context.entries().next().is_none());

    let more: Vec<Value> = many.into_iter().chain([all.clone()]).collect();
    assert_eq!(sentences(&json!(more), &json!([all])), [""; 0]);
}

/// An action that two changed statements share, and one of them alone with a third, which did not change.
#[test]
fn what_both_policies_say_elsewhere_is_no_gain() {
    let allow = |actions: Value| json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
    let before = json!([
        allow(json!(["s3:GetObject", "sqs:SendMessage"])),
        allow(json!(["sqs:*", "ec2:RunInstances"])),
        allow(json!("ec2:*"))
    ]);
    let after = json!([
        allow(json!(["s3:GetObject", "sqs:*", "s3:PutObject"])),
        allow(json!(["ec2:*", "sqs:SendMessage"]))
    ]);
    assert_eq!(sentences(&before, &after), ["gains s3:PutObject on *"]);
}

/// A session named in a statement about KMS alone is its role, whatever its path: KMS keeps the role.
#[test]
fn a_session_of_a_key_policy_is_its_role() {
    let session = json!({"AWS": "arn:aws:sts::123456789012:assumed-role/Admin/one"});
    let [before, after] =
        ["*", "kms:*"].map(|action| policy(&json!([allow(session.clone(), json!(action))])));
    let changes = difference(Some(&before), Some(&after), Attachment::to(Kind::Key).of("123456789012"));
    let gain = changes.iter().find(|change| change.widens()).unwrap();
    let who = gain.witness.clone().unwrap().principal.unwrap();
    assert_eq!(who, crate::Principal::aws("arn:aws:iam::123456789012:role/Admin"));
}

#[test]
fn what_a_kind_does_not_decide_is_no_gain() {
    let trusting = |action: &str| json!([{"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": action}]);
    let key = |action: &str| json!([{"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": action, "Resource": "*"}]);
    let changes = |kind: Kind, before: &Value, after: &Value| {
        difference(Some(&policy(before)), Some(&policy(after)), Attachment::to(kind).of("123456789012"))
    };
    // DescribeCustomKeyStores and ListKeys are about no key, GetCallerIdentity is about no role.
    assert_eq!(changes(Kind::Key, &key("kms:DescribeKey"), &key("kms:Describe*")), []);
    assert_eq!(changes(Kind::Key, &json!([]), &key("kms:ListKeys")), []);
    assert_eq!(changes(Kind::Trust, &trusting("sts:AssumeRole"), &trusting("sts:AssumeRol?")), []);
    assert_eq!(changes(Kind::Trust, &json!([]), &trusting("sts:GetCallerIdentity")), []);
    for (kind, before, after) in [
        (Kind::Key, key("kms:DescribeKey"), key("kms:*")),
        (Kind::Trust, trusting("sts:AssumeRole"), trusting("sts:*")),
    ] {
        let changes = changes(kind, &before, &after);
        assert!(changes.iter().any(|change| change.widens() && change.witness.is_some()), "{changes:?}");
    }
}

#[test]
fn a_request_lies_in_the_partition_that_the_policies_name() {
    for (partition, region) in [
        ("aws", "us-east-1"),
        ("aws-cn", "cn-north-1"),
        ("aws-eusc", "eusc-de-east-1"),
        ("aws-us-gov", "us-gov-west-1"),
    ] {
        let root =
            allow(json!({"AWS": format!("arn:{partition}:iam::123456789012:root")}), json!("kms:Decrypt"));
        let everyone = allow(json!("*"), json!("kms:Decrypt"));
        let changes = changed(Some(&policy(&json!([root]))), Some(&policy(&json!([root, everyone]))));
        let witness = changes[0].witness.clone().unwrap();
        let key = format!("arn:{partition}:kms:{region}:");
        assert!(witness.resource.starts_with(&key), "{witness:?}");
        let said = format!("{witness:?}");
        assert!(partition == "aws" || !said.contains("arn:aws:"), "{said}");
    }
    // Where policies name two partitions, nothing says where the rest is.
    let of = |partition: &str| json!({"AWS": format!("arn:{partition}:iam::123456789012:role/x")});
    let both =
        policy(&json!([allow(of("aws"), json!("kms:Decrypt")), allow(of("aws-cn"), json!("kms:Decrypt"))]));
    let changes = changed(None, Some(&both));
    assert!(changes.iter().all(|change| change.witness.as_ref().unwrap().resource.starts_with("arn:aws:")));
}

/// A denial that stood already is not told again beside what it cuts out of a new allowance.
#[test]
fn a_denial_that_stood_is_not_new() {
    let organization = json!({"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}});
    let allowance = json!({"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:Decrypt", "Resource": "*"});
    let [before, after] =
        [json!([organization]), json!([organization, allowance])].map(|statements| policy(&statements));
    let changes = difference(Some(&before), Some(&after), Attachment::to(Kind::Key).of("123456789012"));
    let [gain] = changes.as_slice() else { panic!("{changes:?}") };
    assert!(gain.widens() && gain.witness.is_some(), "{gain:?}");
}
