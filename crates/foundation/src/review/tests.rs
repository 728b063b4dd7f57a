//! What each fact comes to.

mod healthy;

use serde_json::json;

use super::fact::{Age, Delivered, Delivery, Grant, LifecycleRule};
use super::*;
use crate::testing::settings;
use crate::{Caller, Partition, blueprint};

const ACCOUNT: &str = "123456789012";
/// A rule that deletes logs, and that was found when the bucket was taken over.
const ADOPTED: &str = "lifecycle_rule:as-found";
const NODE: &str = "genai-artos-production-eks-node-group-role";

fn drawn(changes: Value) -> Blueprint {
    let caller = Caller { account_id: ACCOUNT.parse().unwrap(), partition: Partition::Aws };
    blueprint(&settings(changes), &caller)
}

fn objects(objects: Value) -> BTreeMap<Address, Attributes> {
    let objects = objects.as_object().unwrap().iter();
    objects.map(|(address, value)| (address.parse().unwrap(), value.as_object().unwrap().clone())).collect()
}

/// What a review of these objects and facts says.
fn reviewed(
    changes: Value,
    observed: Value,
    recorded: Value,
    facts: Vec<(&str, Fact)>,
) -> (Review, Vec<Diagnostic>) {
    let mut by_address: BTreeMap<Address, Vec<Fact>> = BTreeMap::new();
    for (address, fact) in facts {
        by_address.entry(address.parse().unwrap()).or_default().push(fact);
    }
    let (observed, recorded) = (objects(observed), objects(recorded));
    let today = Some("2026-11-28");
    let adopted = BTreeMap::from([(addresses::bucket(), BTreeSet::from([ADOPTED.to_owned()]))]);
    let facts = Some(&by_address);
    let seen = Reviewed { observed: &observed, recorded: &recorded, facts, today, adopted: &adopted };
    let review = review(&drawn(changes), &seen);
    let warnings = review.warnings();
    (review, warnings)
}

fn lines(review: &Review) -> Vec<String> {
    review.findings.iter().map(|finding| format!("{:?} {}", finding.kind, finding.entry())).collect()
}

fn of(changes: Value, address: &str, fact: Fact) -> Vec<String> {
    lines(&reviewed(changes, json!({}), json!({}), vec![(address, fact)]).0)
}

fn rule(id: &str) -> LifecycleRule {
    LifecycleRule { id: id.to_owned(), enabled: true, ..LifecycleRule::default() }
}

#[test]
fn rules_that_delete_logs_are_drift_and_others_are_not() {
    let expiring = |days| LifecycleRule { expiration: Some(Age::Days(days)), ..rule("cleanup") };
    let drift = ["Drift lifecycle_rule:cleanup"].as_slice();
    let foreign = ["Foreign lifecycle_rule:cleanup"].as_slice();
    let kept = json!({"cloudtrail_log_retention_days": 400});
    let cases: Vec<(Value, LifecycleRule, &[&str])> = vec![
        (json!({}), expiring(1), drift),
        (
            json!({}),
            LifecycleRule { prefix: "AWSLogs/123456789012/CloudTrail/".to_owned(), ..expiring(9999) },
            drift,
        ),
        (json!({}), LifecycleRule { prefix: "AWSLogs".to_owned(), ..expiring(1) }, drift),
        (json!({}), LifecycleRule { prefix: "tmp/".to_owned(), ..expiring(1) }, foreign),
        (json!({}), LifecycleRule { only: vec!["with the tag `a`".to_owned()], ..expiring(1) }, drift),
        (
            json!({}),
            LifecycleRule { expiration: Some(Age::Date("2030-01-01".to_owned())), ..rule("cleanup") },
            drift,
        ),
        (json!({}), LifecycleRule { noncurrent_expiration: Some((1, None)), ..rule("cleanup") }, drift),
        (
            json!({}),
            LifecycleRule { transitions: vec![(Age::Days(1), "GLACIER".to_owned())], ..rule("cleanup") },
            foreign,
        ),
        (json!({}), LifecycleRule { enabled: false, ..expiring(1) }, &[]),
        (json!({}), rule("aborts-uploads-only"), &[]),
        (kept.clone(), expiring(399), drift),
        (kept.clone(), expiring(400), foreign),
        (kept.clone(), LifecycleRule { id: "expire-logs".to_owned(), ..expiring(1) }, &[]),
    ];
    for (changes, rule, expected) in cases {
        let text = format!("{changes} {rule:?}");
        assert_eq!(of(changes, "aws_s3_bucket.cloudtrail", Fact::LifecycleRule(rule)), expected, "{text}");
    }
}

#[test]
fn a_rule_is_told_by_what_it_does() {
    let cleanup = LifecycleRule { expiration: Some(Age::Days(1)), ..rule("cleanup") };
    let facts = vec![("aws_s3_bucket.cloudtrail", Fact::LifecycleRule(cleanup))];
    let (review, _) = reviewed(json!({}), json!({}), json!({}), facts);
    let sentences: Vec<_> = review.findings.iter().map(|finding| finding.sentence.as_str()).collect();
    assert_eq!(sentences, ["a lifecycle rule `cleanup`, not underpin's, deletes every log after 1 day"]);
}

#[test]
fn grants_by_which_services_work_are_counted_and_others_are_named() {
    let grantees = |grantees: &[&str]| {
        let facts = grantees.iter().map(|grantee| {
            let grant = Grant { id: "0f1e".to_owned(), grantee: (*grantee).to_owned(), ..Grant::default() };
            ("aws_kms_key.main", Fact::Grant(grant))
        });
        reviewed(json!({}), json!({}), json!({}), facts.collect()).0
    };
    let ordinary = [
        "rds.us-east-1.amazonaws.com",
        "rds.amazonaws.com",
        "dynamodb.cn-north-1.amazonaws.com.cn",
        "arn:aws:sts::123456789012:assumed-role/aws:ec2-infrastructure/i-0123456789abcdef0",
        "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
        "arn:aws:sts::123456789012:assumed-role/AWSServiceRoleForAmazonEKS/session",
        "arn:aws:iam::123456789012:role/genai-artos-production-eks-service-role",
        "arn:aws:sts::123456789012:assumed-role/genai-artos-production-eks-node-group-role/i-0",
    ];
    let review = grantees(&ordinary);
    assert_eq!((lines(&review).len(), review.ordinary_grants), (0, ordinary.len()), "{review:?}");
    for foreign in [
        "arn:aws:iam::999988887777:root",
        "arn:aws:iam::999988887777:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
        "arn:aws:iam::999988887777:role/genai-artos-production-eks-service-role",
        "arn:aws:sts::999988887777:assumed-role/aws:ec2-infrastructure/i-0",
        "arn:aws:iam::123456789012:role/ci",
        "arn:aws:iam::123456789012:user/rds.amazonaws.com",
        "arn:aws:iam::123456789012:root",
        "AIDAEXAMPLE",
        "",
    ] {
        assert_eq!(lines(&grantees(&[foreign])), ["Foreign grant:0f1e"], "{foreign}");
    }
}

#[test]
fn a_grant_says_whose_it_is_and_whether_it_can_be_handed_on() {
    let grant = Grant {
        id: "0f1e".to_owned(),
        grantee: "arn:aws:iam::999988887777:root".to_owned(),
        operations: vec!["Decrypt".to_owned(), "CreateGrant".to_owned()],
        constrained: false,
        created: Some("2026-11-01".to_owned()),
    };
    let arn = "arn:aws-cn:kms:cn-north-1:123456789012:key/k-1";
    let observed = json!({"aws_kms_key.main": {"key_id": "k-1", "arn": arn}});
    let (review, _) =
        reviewed(json!({}), observed, json!({}), vec![("aws_kms_key.main", Fact::Grant(grant))]);
    let [finding] = review.findings.as_slice() else { panic!("{review:?}") };
    assert_eq!(
        finding.sentence,
        "`arn:aws:iam::999988887777:root` of another account, 999988887777, may use the key by a grant since 2026-11-01: \
         Decrypt, CreateGrant; CreateGrant among them: it can hand the key on"
    );
    assert_eq!(
        finding.hint.as_deref(),
        Some("aws kms revoke-grant --key-id k-1 --grant-id 0f1e --region cn-north-1")
    );
}

#[test]
fn what_a_setting_owns_is_no_finding() {
    let logging = |bucket: &str| Fact::AccessLogging { bucket: bucket.to_owned(), prefix: "x".to_owned() };
    let bucket = "aws_s3_bucket.cloudtrail";
    assert_eq!(of(json!({}), bucket, logging("stranger")), ["Foreign access_logging:stranger"]);
    assert_eq!(
        of(json!({"cloudtrail_access_log_bucket": "ours-here"}), bucket, logging("ours-here")),
        [""; 0]
    );
    let retention = || Fact::Retention { mode: "COMPLIANCE".to_owned(), period: "3650 days".to_owned() };
    assert_eq!(of(json!({}), bucket, retention()), ["Foreign retention:COMPLIANCE-3650-days"]);
    let lock = json!({"cloudtrail_object_lock": {"mode": "GOVERNANCE", "days": 30}});
    assert_eq!(of(lock, bucket, retention()), [""; 0]);
    let alias = |name: &str| Fact::Alias(name.to_owned());
    assert_eq!(of(json!({}), "aws_kms_key.main", alias("alias/another")), ["Foreign alias:alias/another"]);
    assert_eq!(of(json!({}), "aws_kms_key.main", alias("alias/genai-artos-production-kms-key")), [""; 0]);
    let profile = |name: &str| Fact::InstanceProfile { name: name.to_owned(), created: None };
    let node = "aws_iam_role.eks_node_group";
    assert_eq!(of(json!({}), node, profile(NODE)), [format!("Foreign instance_profile:{NODE}")]);
    assert_eq!(of(json!({"create_node_instance_profile": true}), node, profile(NODE)), [""; 0]);
}

#[test]
fn a_public_acl_is_drift_and_another_accounts_is_foreign() {
    let acl = |grantee: &str| Fact::Acl { grantee: grantee.to_owned(), permission: "READ".to_owned() };
    let bucket = "aws_s3_bucket.cloudtrail";
    for (grantee, expected) in [
        ("http://acs.amazonaws.com/groups/global/AllUsers", "Drift acl:AllUsers/READ"),
        ("http://acs.amazonaws.com/groups/global/AuthenticatedUsers", "Drift acl:AuthenticatedUsers/READ"),
        (
            "http://acs.amazonaws.com/groups/s3/LogDelivery",
            "Foreign acl:http://acs.amazonaws.com/groups/s3/LogDelivery/READ",
        ),
        ("79a59df900b949e5", "Foreign acl:79a59df900b949e5/READ"),
    ] {
        assert_eq!(of(json!({}), bucket, acl(grantee)), [expected]);
    }
}

#[test]
fn only_an_answer_that_lets_customer_keys_in_is_drift() {
    let bucket = "aws_s3_bucket.cloudtrail";
    let blocked =
        |types: &[&str]| Fact::BlockedEncryption(types.iter().map(|blocked| (*blocked).to_owned()).collect());
    assert_eq!(of(json!({}), bucket, blocked(&["NONE"])), ["Drift encryption:SSE-C"]);
    assert_eq!(of(json!({}), bucket, blocked(&["SSE-C"])), [""; 0]);
}

#[test]
fn failed_deliveries_are_told_with_their_likely_cause() {
    for (what, error, cause) in [
        (Delivered::Logs, "KMS.DisabledException", "the key is disabled"),
        (Delivered::Logs, "KMS.NotFoundException", "the key is gone"),
        (Delivered::Logs, "NoSuchBucket", "the bucket is gone"),
        (Delivered::Digests, "AccessDenied", "the bucket's policy"),
        (Delivered::Topic, "AuthorizationError", "the topic's policy"),
        (Delivered::LogGroup, "ResourceNotFoundException", "what it delivers to is gone"),
        (Delivered::Logs, "SomethingNew", "underpin knows no more about it"),
    ] {
        let fact = Fact::Delivery(Delivery { what, error: error.to_owned(), when: None });
        let (review, _) = reviewed(json!({}), json!({}), json!({}), vec![("aws_cloudtrail.main", fact)]);
        let [finding] = review.findings.as_slice() else { panic!("{review:?}") };
        assert_eq!(finding.kind, FindingKind::Ill);
        assert!(finding.sentence.contains(cause), "{}", finding.sentence);
    }
}

fn node_role() -> Value {
    json!({"aws_iam_role.eks_node_group": {
        "managed_policy_arns": ["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"],
        "inline_policy_names": ["backdoor", "cross-account-ecr"],
        "permissions_boundary": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    }})
}

#[test]
fn policies_and_boundaries_of_others_are_foreign_or_drift_where_roles_are_exclusive() {
    let boundary = "Foreign boundary:arn:aws:iam::aws:policy/ReadOnlyAccess";
    let found =
        |changes: Value, recorded: Value| lines(&reviewed(changes, node_role(), recorded, Vec::new()).0);
    let registry = json!({"artos_ecr_aws_account": "210987654321"});
    let admin = "role_policy:arn:aws:iam::aws:policy/AdministratorAccess";
    let foreign = format!("Foreign {admin}");
    assert_eq!(found(registry, json!({})), [foreign.as_str(), "Foreign role_policy:backdoor", boundary]);
    assert_eq!(
        found(json!({}), json!({})),
        [foreign.as_str(), "Foreign role_policy:backdoor", "Foreign role_policy:cross-account-ecr", boundary]
    );
    let exclusive = found(json!({"exclusive_role_policies": true}), json!({}));
    assert_eq!(exclusive.first(), Some(&format!("Drift {admin}")));
    let bound = json!({"aws_iam_role.eks_node_group": {"permissions_boundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}});
    assert!(!found(json!({}), bound).contains(&boundary.to_owned()), "what is recorded is ours");
}

#[test]
fn what_the_trail_does_for_others_is_named() {
    let trail = json!({"aws_cloudtrail.main": {
        "cloud_watch_logs_group_arn": "arn:aws:logs:us-east-1:123456789012:log-group:audit:*",
        "sns_topic_name": "new-logs",
        "event_selector": [{"read_write_type": "All", "include_management_events": true,
            "data_resource": [{"type": "AWS::Lambda::Function", "values": ["arn:aws:lambda"]}]}],
        "advanced_event_selector": [],
    }});
    let recorded = json!({"aws_cloudtrail.main": {"sns_topic_name": "new-logs"}});
    let found = |recorded: Value| lines(&reviewed(json!({}), trail.clone(), recorded, Vec::new()).0);
    let (selector, group, topic) =
        ("Foreign selector:arn:aws:lambda", "Foreign log_group:audit", "Foreign topic:new-logs");
    assert_eq!(found(json!({})), [selector, group, topic]);
    assert_eq!(found(recorded), [selector, group]);
}

#[test]
fn insights_are_somebody_elses_unless_a_setting_or_the_record_says_ours() {
    let rate = || vec![("aws_cloudtrail.main", Fact::Insights("ApiCallRateInsight".to_owned()))];
    let monitoring =
        |insights: Value| json!({"monitoring": {"emails": ["ops@example.com"], "insights": insights}});
    let foreign = ["Foreign insights:ApiCallRateInsight"];
    let found = |changes: Value, recorded: Value| {
        lines(&reviewed(changes, json!({}), recorded, rate()).0)
            .into_iter()
            .filter(|line| line.contains("insights:"))
            .collect::<Vec<_>>()
    };
    assert_eq!(found(json!({}), json!({})), foreign);
    assert_eq!(found(monitoring(Value::Null), json!({})), foreign);
    assert_eq!(found(monitoring(json!([])), json!({})), Vec::<String>::new(), "none are wanted: repaired");
    assert_eq!(found(monitoring(json!(["ApiErrorRateInsight"])), json!({})), Vec::<String>::new());
    let recorded =
        json!({"aws_cloudtrail.main": {"insight_selector": [{"insight_type": "ApiCallRateInsight"}]}});
    assert_eq!(found(json!({}), recorded), Vec::<String>::new(), "ours, and withdrawn");
}

#[test]
fn a_recorded_key_that_is_gone_is_ill() {
    let recorded = json!({"aws_kms_key.main": {"key_id": "k-1"}});
    assert_eq!(lines(&reviewed(json!({}), json!({}), recorded, Vec::new()).0), ["Ill key:k-1"]);
}

#[test]
fn accepted_findings_are_counted_and_entries_that_name_nothing_are_reported() {
    let changes = json!({"accepted": [
        "role_policy:arn:aws:iam::aws:policy/Admin*",
        format!("role_policy:{NODE}/backdoor"),
        "alias:alias/gone",
        {"what": "boundary:arn:aws:iam::aws:policy/ReadOnlyAccess", "until": "2026-11-27", "reason": "a trial"},
    ], "artos_ecr_aws_account": "210987654321"});
    let (review, warnings) = reviewed(changes, node_role(), json!({}), Vec::new());
    assert_eq!(review.accepted.len(), 2);
    assert_eq!(lines(&review), ["Foreign boundary:arn:aws:iam::aws:policy/ReadOnlyAccess"]);
    let details: Vec<_> = warnings.iter().map(|warning| warning.detail.as_str()).collect();
    assert_eq!(
        details,
        [
            "`boundary:arn:aws:iam::aws:policy/ReadOnlyAccess` was accepted until 2026-11-27, and counts no longer. Its reason was: a trial",
            "`alias:alias/gone` names nothing that this review found.",
        ]
    );
}

#[test]
fn denied_reads_are_named_with_what_they_hide() {
    let denied = Fact::Denied {
        permission: "kms:ListGrants".to_owned(),
        hides: "who may use the key by a grant".to_owned(),
    };
    let facts = vec![("aws_kms_key.main", denied)];
    let (review, _) = reviewed(json!({}), json!({}), json!({}), facts.clone());
    assert_eq!(lines(&review), ["Foreign denied:kms:ListGrants"]);
    assert_eq!(
        review.findings[0].sentence,
        "kms:ListGrants was denied: who may use the key by a grant cannot be seen"
    );
    let accepted = json!({"accepted": ["denied:kms:ListGrants"]});
    assert_eq!(reviewed(accepted, json!({}), json!({}), facts).0.findings, []);
}

#[test]
fn whoever_else_is_told_is_named_and_our_own_are_not() {
    let monitored = || json!({"monitoring": {"emails": ["ops@example.com"], "cloudwatch_logs": true}});
    let told = |protocol: &str, endpoint: &str| Fact::Subscriber {
        protocol: protocol.to_owned(),
        endpoint: endpoint.to_owned(),
    };
    let topic = "aws_sns_topic.foundation_alerts";
    assert!(of(monitored(), topic, told("email", "ops@example.com")).is_empty());
    assert_eq!(
        of(monitored(), topic, told("https", "https://spy.example/x")),
        ["Foreign subscriber:https://spy.example/x"]
    );
    assert_eq!(
        of(monitored(), topic, told("sms", "ops@example.com")),
        ["Foreign subscriber:ops@example.com"]
    );
    let target = |id: &str| Fact::Target { id: id.to_owned(), arn: "arn:aws:sqs:us-east-1:1:q".to_owned() };
    let rule = "aws_cloudwatch_event_rule.key";
    assert!(of(monitored(), rule, target("foundation-alerts")).is_empty());
    assert_eq!(of(monitored(), rule, target("spy")), ["Foreign target:/spy"]);
    let copy = |pattern: &str| Fact::SubscriptionFilter {
        name: "copy".to_owned(),
        pattern: pattern.to_owned(),
        destination: "arn:aws:logs:us-east-1:999988887777:destination:d".to_owned(),
    };
    let group = "aws_cloudwatch_log_group.cloudtrail";
    for pattern in ["", "{$.a=1}"] {
        assert_eq!(of(monitored(), group, copy(pattern)), ["Foreign subscription_filter:copy"]);
    }
}

#[test]
fn what_was_taken_over_is_kept_until_the_settings_say_what_is_accepted() {
    let bucket = "aws_s3_bucket.cloudtrail";
    let found = |changes: Value| {
        let rules = ["as-found", "later"].map(|id| {
            let rule = LifecycleRule { expiration: Some(Age::Days(1)), ..rule(id) };
            (bucket, Fact::LifecycleRule(rule))
        });
        lines(&reviewed(changes, json!({}), json!({}), rules.into()).0)
    };
    assert_eq!(found(json!({})), ["Drift lifecycle_rule:later", "Foreign lifecycle_rule:as-found"]);
    let repaired = ["Drift lifecycle_rule:as-found", "Drift lifecycle_rule:later"];
    assert_eq!(found(json!({"accepted": []})), repaired);
    assert_eq!(found(json!({"accepted": [ADOPTED]})), ["Drift lifecycle_rule:later"]);
}

#[test]
fn where_aws_was_not_asked_nothing_is_found_and_no_entry_is_doubted() {
    let (observed, recorded) = (objects(node_role()), objects(json!({})));
    let adopted = &BTreeMap::new();
    let seen = Reviewed { observed: &observed, recorded: &recorded, facts: None, today: None, adopted };
    let blueprint = drawn(json!({"accepted": ["alias:alias/gone"]}));
    assert_eq!(review(&blueprint, &seen), Review::default());
}

#[test]
fn deleted_principals_of_the_key_policy_are_named() {
    let orphaned = |principal: &str| {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "Allow Key Administrators", "Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:Put*", "Resource": "*"},
        ]});
        orphans(&drawn(json!({})), &objects(json!({"aws_kms_key.main": {"policy": policy.to_string()}})))
            .len()
    };
    assert_eq!(orphaned("AROAEXAMPLEEXAMPLE123"), 1);
    assert_eq!(orphaned("arn:aws:iam::123456789012:role/KeyAdmin"), 0);
}
