//! What goes wrong around the foundation: a lock table, a state, a subscription, a registry.

use harness::{STATE_BUCKET, STATE_KEY};
use serde_json::{Value, json};

use super::{Fault, fault};
use crate::doctor::clinic::{LOGS, Patient, policy};
use crate::support::account::succeed;

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:genai-artos-production-foundation-alerts";
const HOST: &str = "999988887777.dkr.ecr.us-east-1.amazonaws.com";

/// What only a state that can be read tells: whose region it is, and which key is meant where the alias names another.
const WITHOUT_STATE: &[&str] = &["settings.region", "kms.alias"];

fn advanced(patient: &mut Patient, fields: &Value) {
    let objects = json!([{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        {"Field": "resources.ARN", "StartsWith": [format!("arn:aws:s3:::{LOGS}/")]}]);
    let selectors =
        json!({"AdvancedEventSelectors": [{"FieldSelectors": fields}, {"FieldSelectors": objects}]});
    patient.trail("put_event_selectors", selectors);
}

/// The statement that lets a service use the key for alerts goes.
fn without(patient: &mut Patient, sid: &str) {
    patient.key_policy(|statements| {
        let before = statements.len();
        statements.retain(|statement| statement["Sid"] != sid);
        assert_eq!(statements.len() + 1, before, "no statement {sid}");
    });
}

pub(super) fn faults() -> Vec<Fault> {
    let mut all = of_what_is_recorded();
    all.extend(of_the_alerts().into_iter().map(Fault::where_everything_is));
    all.extend(of_pulls());
    all.extend(of_the_state());
    all
}

fn of_what_is_recorded() -> Vec<Fault> {
    vec![
        fault(
            "management events that only write",
            &["selectors"],
            |it| {
                advanced(
                    it,
                    &json!([{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "readOnly", "Equals": ["false"]}]),
                );
            },
            "trail.selectors",
        ),
        fault(
            "management events without those of KMS",
            &["selectors"],
            |it| {
                advanced(
                    it,
                    &json!([{"Field": "eventCategory", "Equals": ["Management"]},
                    {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}]),
                );
            },
            "trail.selectors",
        ),
    ]
}

fn of_the_alerts() -> Vec<Fault> {
    vec![
        fault(
            "EventBridge may not use the key of the topic",
            &["key policy"],
            |it| without(it, "Allow EventBridge to publish alerts"),
            "kms.policy/allow-eventbridge-to-publish-alerts",
        ),
        fault(
            "CloudWatch may not use the key of the topic",
            &["key policy"],
            |it| without(it, "Allow CloudWatch to publish alerts"),
            "kms.policy/allow-cloudwatch-to-publish-alerts",
        ),
        fault(
            "a rule tells another topic",
            &["rule"],
            |it| {
                let rule = "genai-artos-production-foundation-trail";
                let other = it.call("sns", "create_topic", json!({"Name": "elsewhere"}))["TopicArn"].clone();
                it.call(
                    "events",
                    "put_targets",
                    json!({"Rule": rule, "Targets": [{"Id": "foundation-alerts", "Arn": other}]}),
                );
            },
            "alarms.target/trail",
        ),
        fault(
            "the topic's policy is for rules of another region",
            &["topic"],
            |it| {
                let there =
                    json!({"ArnLike": {"aws:SourceArn": "arn:aws:events:eu-west-1:123456789012:rule/*"}});
                let document = json!({"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish", "Resource": TOPIC, "Condition": there},
                    {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish", "Resource": TOPIC}]});
                it.call("sns", "set_topic_attributes", json!({"TopicArn": TOPIC, "AttributeName": "Policy", "AttributeValue": document.to_string()}));
            },
            "alarms.publish/eventbridge",
        ),
        fault(
            "a subscription lets nothing through",
            &["subscription"],
            |it| {
                let listed = it.call("sns", "list_subscriptions_by_topic", json!({"TopicArn": TOPIC}));
                let arn = listed["Subscriptions"][0]["SubscriptionArn"].clone();
                it.call(
                    "sns",
                    "set_subscription_attributes",
                    json!({"SubscriptionArn": arn, "AttributeName": "FilterPolicy",
                    "AttributeValue": "{\"severity\": [\"critical\"]}"}),
                );
            },
            "alarms.subscriber/",
        ),
    ]
}

fn of_pulls() -> Vec<Fault> {
    vec![
        fault(
            "the owner allows another role of this account",
            &["image"],
            |it| {
                let role = json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/builder"}, "Action": "ecr:*"});
                it.write("owner.json", &policy(&role));
                it.ask("-repository-policy=owner.json");
            },
            "ecr.owner",
        ),
        fault(
            "the owner allows the account from an endpoint of its own",
            &["image"],
            |it| {
                let pull = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
                let document = json!({"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": pull},
                    {"Sid": "ByEndpoint", "Effect": "Deny", "Principal": "*", "Action": pull,
                     "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "999988887777"}}}]});
                it.write("owner.json", &document.to_string());
                it.ask("-repository-policy=owner.json");
            },
            "ecr.owner",
        ),
        fault(
            "an image by the name of its host alone",
            &["image"],
            |it| it.ask(format!("-image={HOST}/developmentapi:1")),
            "ecr.image",
        ),
    ]
}

/// A lock table, and a state that is locked with it.
fn with_table(patient: &mut Patient) {
    table(patient, "LockID");
    let line = [
        "init",
        "-input=false",
        "-reconfigure",
        "-backend-config=backend-global-production-us-east-1.hcl",
        "-backend-config=dynamodb_table=locks",
        "-backend-config=use_lockfile=true",
    ];
    succeed(&patient.world, &line);
}

fn table(patient: &mut Patient, key: &str) {
    let hash = json!({"AttributeName": key, "KeyType": "HASH"});
    let id = json!({"AttributeName": key, "AttributeType": "S"});
    let table = json!({"TableName": "locks", "KeySchema": [hash], "AttributeDefinitions": [id], "BillingMode": "PAY_PER_REQUEST"});
    patient.call("dynamodb", "create_table", table);
}

fn of_the_state() -> Vec<Fault> {
    vec![
        fault(
            "a lock table with a key of another name",
            &["state lock", "state digest"],
            |it| {
                with_table(it);
                it.call("dynamodb", "delete_table", json!({"TableName": "locks"}));
                table(it, "LockId");
            },
            "state.lock",
        )
        .hiding(WITHOUT_STATE)
        .until("the backend names the new table"),
        fault(
            "a lock table that is gone",
            &["state lock", "state digest"],
            |it| {
                with_table(it);
                it.call("dynamodb", "delete_table", json!({"TableName": "locks"}));
            },
            "state.lock",
        )
        .hiding(WITHOUT_STATE),
        fault(
            "a state that records another account's objects",
            &["everything"],
            |it| {
                let object = it.call("s3", "get_object", json!({"Bucket": STATE_BUCKET, "Key": STATE_KEY}));
                let body = object["Body"].as_str().unwrap().replace("123456789012", "999988887777");
                it.bucket("put_object", STATE_BUCKET, json!({"Key": STATE_KEY, "Body": body}));
            },
            "settings.account",
        ),
        fault(
            "a state that is no JSON",
            &["state", "state others"],
            |it| it.bucket("put_object", STATE_BUCKET, json!({"Key": STATE_KEY, "Body": "<html>"})),
            "state.record",
        )
        .hiding(WITHOUT_STATE),
    ]
}
