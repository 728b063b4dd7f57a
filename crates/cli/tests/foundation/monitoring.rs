//! Who is told: made, put right after a change by others, withdrawn; and which events are told, as a matcher that is not
//! ours judges them.

mod partitions;
mod patterns;
mod regions;
mod silenced;
mod strangers;
mod taken_over;
mod trial;

use harness::{Answer, Fault, Verdict, World};
use serde_json::{Value, json};

use super::export::{handed_over, terraform};
use crate::support::account::{
    ACCOUNT, MinistackAccount, NAME, list, moto, oracles, refuse, run, set, statement, succeed, text,
};

const EMAIL: &str = "monitoring = { emails = [\"ops@example.com\"] }\n";
const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:genai-artos-production-foundation-alerts";
const RULES: [&str; 6] = ["alarms", "key", "log-bucket", "role-use", "roles", "trail"];

fn watched() -> World {
    let world = moto();
    set(world.directory(), EMAIL);
    succeed(&world, &["apply", "-auto-approve"]);
    world
}

fn call(world: &mut World, service: &str, operation: &str, arguments: Value) -> Value {
    world.aws().call(service, operation, arguments).unwrap()
}

fn rule(end: &str) -> String {
    format!("{NAME}-foundation-{end}")
}

#[test]
fn the_topic_is_encrypted_and_told_by_eventbridge_alone_and_every_rule_has_words() {
    let mut world = watched();
    let topic = call(&mut world, "sns", "get_topic_attributes", json!({"TopicArn": TOPIC}));
    let key = succeed(&world, &["output", "-raw", "kms_key_arn"]);
    assert_eq!(topic["Attributes"]["KmsMasterKeyId"], key);
    let policy: Value = serde_json::from_str(topic["Attributes"]["Policy"].as_str().unwrap()).unwrap();
    let publish = statement(&policy, "AllowEventBridge");
    assert_eq!(policy["Statement"].as_array().unwrap().len(), 1);
    assert_eq!(publish["Principal"], json!({"Service": "events.amazonaws.com"}));
    assert_eq!((list(&publish["Action"]), publish.get("Condition")), (vec!["sns:Publish".to_owned()], None));
    let subscribed = call(&mut world, "sns", "list_subscriptions_by_topic", json!({"TopicArn": TOPIC}));
    assert_eq!(subscribed["Subscriptions"][0]["Endpoint"], "ops@example.com");
    let key = call(&mut world, "kms", "get_key_policy", json!({"KeyId": key, "PolicyName": "default"}));
    let key: Value = serde_json::from_str(key["Policy"].as_str().unwrap()).unwrap();
    let use_of_key = statement(&key, "Allow EventBridge to publish alerts");
    assert_eq!(use_of_key.get("Condition"), None, "with a condition messages vanish");

    for end in RULES {
        let rule = rule(end);
        let described = call(&mut world, "events", "describe_rule", json!({"Name": rule}));
        assert_eq!(described["State"], "ENABLED", "{end}");
        assert!(!described["EventPattern"].as_str().unwrap().contains("${"), "{end}");
        let targets = call(&mut world, "events", "list_targets_by_rule", json!({"Rule": rule}));
        assert_eq!(targets["Targets"][0]["Arn"], TOPIC, "{end}");
        let words = &targets["Targets"][0]["InputTransformer"];
        let template = words["InputTemplate"].as_str().unwrap();
        for name in words["InputPathsMap"].as_object().unwrap().keys() {
            assert!(template.contains(&format!("<{name}>")), "{end}: {name}");
        }
        assert!(template.contains("underpin plan") && template.contains("aws cloudtrail lookup-events"));
        assert!(!template.contains("${"), "{end}: {template}");
    }
    succeed(&world, &["plan", "-detailed-exitcode"]);
}

#[test]
fn what_others_do_to_the_alerts_is_found_and_put_right() {
    let mut world = watched();
    let open = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": TOPIC},
    ]});
    let policy = json!({"TopicArn": TOPIC, "AttributeName": "Policy", "AttributeValue": open.to_string()});
    let remove = json!({"Rule": rule("log-bucket"), "Ids": ["foundation-alerts"]});
    call(&mut world, "events", "remove_targets", remove);
    let told = call(&mut world, "sns", "list_subscriptions_by_topic", json!({"TopicArn": TOPIC}));
    let subscription = told["Subscriptions"][0]["SubscriptionArn"].clone();
    let arguments: [(&str, &str, Value, &str); 8] = [
        ("events", "disable_rule", json!({"Name": rule("trail")}), "aws_cloudwatch_event_rule.trail"),
        (
            "events",
            "remove_targets",
            json!({"Rule": rule("key"), "Ids": ["foundation-alerts"]}),
            "aws_cloudwatch_event_target.key",
        ),
        (
            "events",
            "put_rule",
            json!({"Name": rule("roles"), "EventPattern": "{\"source\": [\"aws.nobody\"]}"}),
            "aws_cloudwatch_event_rule.roles",
        ),
        (
            "events",
            "put_targets",
            json!({"Rule": rule("alarms"), "Targets": [
                {"Id": "foundation-alerts", "Arn": "arn:aws:sns:us-east-1:123456789012:other"},
            ]}),
            "aws_cloudwatch_event_target.alarms",
        ),
        ("sns", "set_topic_attributes", policy, "aws_sns_topic_policy.foundation_alerts"),
        (
            "sns",
            "set_topic_attributes",
            json!({"TopicArn": TOPIC, "AttributeName": "KmsMasterKeyId", "AttributeValue": ""}),
            "aws_sns_topic.foundation_alerts",
        ),
        (
            "sns",
            "unsubscribe",
            json!({"SubscriptionArn": subscription}),
            "+ aws_sns_topic_subscription.foundation_alerts_",
        ),
        (
            "events",
            "delete_rule",
            json!({"Name": rule("log-bucket")}),
            "+ aws_cloudwatch_event_rule.log_bucket",
        ),
    ];
    for (service, operation, arguments, _) in arguments.clone() {
        call(&mut world, service, operation, arguments);
    }
    let plan = run(&world, &["plan", "-detailed-exitcode"]);
    let shown = text(&plan.stdout);
    assert_eq!(plan.status.code(), Some(2), "{shown}\n{}", text(&plan.stderr));
    for (_, operation, _, address) in &arguments {
        assert!(shown.contains(address), "{operation}: {address} is missing in\n{shown}");
    }
    succeed(&world, &["apply", "-auto-approve"]);
    succeed(&world, &["plan", "-detailed-exitcode"]);
    let described = call(&mut world, "events", "describe_rule", json!({"Name": rule("trail")}));
    assert_eq!(described["State"], "ENABLED");
}

#[test]
fn withdrawn_and_destroyed_it_leaves_nothing() {
    let mut world = watched();
    set(world.directory(), "");
    succeed(&world, &["apply", "-auto-approve"]);
    assert_eq!(call(&mut world, "events", "list_rules", json!({}))["Rules"], json!([]));
    assert_eq!(call(&mut world, "sns", "list_topics", json!({}))["Topics"], json!([]));
    succeed(&world, &["plan", "-detailed-exitcode"]);
    set(world.directory(), EMAIL);
    succeed(&world, &["apply", "-auto-approve"]);
    succeed(&world, &["destroy", "-auto-approve"]);
    assert_eq!(call(&mut world, "events", "list_rules", json!({}))["Rules"], json!([]));
    assert_eq!(call(&mut world, "sns", "list_topics", json!({}))["Topics"], json!([]));
}

#[test]
fn a_topic_of_the_users_own_is_told_and_left_alone() {
    let mut world = moto();
    let topic = call(&mut world, "sns", "create_topic", json!({"Name": "security"}));
    let arn = topic["TopicArn"].as_str().unwrap().to_owned();
    let open = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish", "Resource": arn},
    ]});
    let policy = json!({"TopicArn": arn, "AttributeName": "Policy", "AttributeValue": open.to_string()});
    call(&mut world, "sns", "set_topic_attributes", policy);
    set(world.directory(), &format!("monitoring = {{ sns_topic_arn = \"{arn}\", role_use = false }}\n"));
    succeed(&world, &["apply", "-auto-approve"]);
    let targets = call(&mut world, "events", "list_targets_by_rule", json!({"Rule": rule("trail")}));
    assert_eq!(targets["Targets"][0]["Arn"], arn);
    assert_eq!(call(&mut world, "events", "list_rules", json!({}))["Rules"].as_array().unwrap().len(), 5);
    succeed(&world, &["destroy", "-auto-approve"]);
    assert_eq!(call(&mut world, "sns", "list_topics", json!({}))["Topics"].as_array().unwrap().len(), 1);
}

#[test]
fn the_alarm_that_waits_for_the_heartbeat_is_made_put_right_and_withdrawn() {
    let mut world = moto();
    set(world.directory(), "monitoring = { emails = [\"ops@example.com\"], heartbeat = true }\n");
    succeed(&world, &["apply", "-auto-approve"]);
    succeed(&world, &["plan", "-detailed-exitcode"]);
    let name = format!("{NAME}-cloudtrail-logging-disabled");
    let alarms = |world: &mut World| {
        call(world, "cloudwatch", "describe_alarms", json!({"AlarmNames": [name]}))["MetricAlarms"].clone()
    };
    let alarm = alarms(&mut world)[0].clone();
    assert_eq!(
        json!([alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"], alarm["AlarmActions"]]),
        json!([
            "CloudTrailMetrics",
            "IsLogging",
            [{"Name": "TrailName", "Value": format!("{NAME}-cloudtrail")}],
            [TOPIC],
        ])
    );
    assert_eq!(
        json!([
            alarm["Period"],
            alarm["EvaluationPeriods"],
            alarm["DatapointsToAlarm"],
            alarm["TreatMissingData"]
        ]),
        json!([900, 3, 2, "breaching"])
    );
    let tags =
        call(&mut world, "cloudwatch", "list_tags_for_resource", json!({"ResourceARN": alarm["AlarmArn"]}));
    assert!(tags["Tags"].as_array().unwrap().iter().any(|tag| tag["Key"] == "underpin:deployment"), "{tags}");
    let topic = call(&mut world, "sns", "get_topic_attributes", json!({"TopicArn": TOPIC}));
    let policy: Value = serde_json::from_str(topic["Attributes"]["Policy"].as_str().unwrap()).unwrap();
    assert_eq!(statement(&policy, "AllowCloudWatch")["Principal"]["Service"], "cloudwatch.amazonaws.com");

    let quiet = json!({
        "AlarmName": name, "Namespace": "CloudTrailMetrics", "MetricName": "IsLogging", "Statistic": "Minimum",
        "ComparisonOperator": "LessThanThreshold", "Threshold": 0.0, "Period": 900, "EvaluationPeriods": 3,
        "ActionsEnabled": false, "TreatMissingData": "notBreaching",
    });
    call(&mut world, "cloudwatch", "put_metric_alarm", quiet);
    let plan = run(&world, &["plan", "-detailed-exitcode"]);
    let shown = text(&plan.stdout);
    assert_eq!(plan.status.code(), Some(2), "{shown}");
    for changed in
        ["threshold", "actions_enabled", "treat_missing_data", "alarm_actions", "datapoints_to_alarm"]
    {
        assert!(shown.contains(changed), "{changed} is missing in\n{shown}");
    }
    succeed(&world, &["apply", "-auto-approve"]);
    succeed(&world, &["plan", "-detailed-exitcode"]);
    assert_eq!(alarms(&mut world)[0]["TreatMissingData"], "breaching");
    call(&mut world, "cloudwatch", "delete_alarms", json!({"AlarmNames": [name]}));
    succeed(&world, &["apply", "-auto-approve"]);
    assert_eq!(alarms(&mut world)[0]["Threshold"], 1.0);
    set(world.directory(), EMAIL);
    succeed(&world, &["apply", "-auto-approve"]);
    assert_eq!(alarms(&mut world), json!([]));
    succeed(&world, &["plan", "-detailed-exitcode"]);
}

#[test]
fn the_heartbeat_is_published_and_says_when_the_trail_does_not_record() {
    let mut world = watched();
    let published = |world: &mut World| {
        let metrics = call(world, "cloudwatch", "list_metrics", json!({"Namespace": "CloudTrailMetrics"}));
        metrics["Metrics"].as_array().unwrap().iter().map(|one| one["MetricName"].clone()).collect::<Vec<_>>()
    };
    let said = succeed(&world, &["trail", "heartbeat"]);
    assert!(
        said.contains(&format!("{NAME}-cloudtrail to CloudTrailMetrics in us-east-1: IsLogging 1")),
        "{said}"
    );
    assert!(published(&mut world).contains(&json!("IsLogging")));
    let arn = format!("arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/{NAME}-cloudtrail");
    call(&mut world, "cloudtrail", "stop_logging", json!({"Name": arn}));
    let stopped = run(&world, &["trail", "heartbeat", "-trail", &arn]);
    assert_eq!(stopped.status.code(), Some(1));
    assert!(text(&stopped.stdout).contains("IsLogging 0"), "{}", text(&stopped.stdout));
    assert!(text(&stopped.stderr).contains("The trail does not record"), "{}", text(&stopped.stderr));
}

#[test]
fn a_topic_of_the_users_own_that_would_not_hear_is_refused_with_the_reason() {
    let mut world = moto();
    let arn = call(&mut world, "sns", "create_topic", json!({"Name": "security"}))["TopicArn"]
        .as_str()
        .unwrap()
        .to_owned();
    set(world.directory(), &format!("monitoring = {{ sns_topic_arn = \"{arn}\", heartbeat = true }}\n"));
    let policy = |service: &str| json!({"Sid": service, "Effect": "Allow", "Principal": {"Service": service}, "Action": "sns:Publish", "Resource": arn});
    let put = |world: &mut World, name: &str, value: &str| {
        let arguments = json!({"TopicArn": arn, "AttributeName": name, "AttributeValue": value});
        call(world, "sns", "set_topic_attributes", arguments);
    };
    let refused =
        refuse(&world, &["plan"], &["Nobody would hear of the alerts", "EventBridge cannot publish"]);
    assert!(!refused.contains("CloudWatch cannot"), "the default policy lets CloudWatch publish: {refused}");
    let statements = |services: &[&str]| {
        let statements: Vec<Value> = services.iter().map(|service| policy(service)).collect();
        json!({"Version": "2012-10-17", "Statement": statements}).to_string()
    };
    put(&mut world, "Policy", &statements(&["events.amazonaws.com"]));
    refuse(&world, &["apply", "-auto-approve"], &["CloudWatch cannot publish"]);
    assert_eq!(call(&mut world, "events", "list_rules", json!({}))["Rules"], json!([]));
    put(&mut world, "Policy", &statements(&["events.amazonaws.com", "cloudwatch.amazonaws.com"]));
    let key =
        call(&mut world, "kms", "create_key", json!({}))["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
    put(&mut world, "KmsMasterKeyId", &key);
    refuse(&world, &["plan"], &["EventBridge cannot use", "kms:GenerateDataKey"]);
    // AWS makes this key when it is first used; until then there is none.
    put(&mut world, "KmsMasterKeyId", "alias/aws/sns");
    refuse(&world, &["plan"], &["`alias/aws/sns`, a key of AWS's own"]);
    put(&mut world, "KmsMasterKeyId", &key);
    let denied = |call: &harness::Call| match (call.service.as_str(), call.action.as_str()) {
        ("kms", "GetKeyPolicy") if call.body.contains("security") => Verdict::Pass,
        ("sns", "GetTopicAttributes") => Verdict::Fault(Fault::Refuse(403, "AuthorizationError")),
        _ => Verdict::Pass,
    };
    world.proxy().on(denied);
    let unread = run(&world, &["plan"]);
    assert!(unread.status.success(), "{}", text(&unread.stderr));
    let said = [text(&unread.stdout), text(&unread.stderr)].concat();
    assert!(said.contains("Whether anybody would hear of the alerts is not known"), "{said}");
}

#[test]
fn an_address_that_waits_is_named_and_is_no_drift() {
    let world = watched();
    world.proxy().on(|call| match call.action.as_str() {
        "GetSubscriptionAttributes" => Verdict::Answer(Answer::new(200, "text/xml", PENDING)),
        _ => Verdict::Pass,
    });
    let plan = run(&world, &["plan", "-detailed-exitcode"]);
    let said = [text(&plan.stdout), text(&plan.stderr)].concat();
    assert_eq!(plan.status.code(), Some(0), "{said}");
    assert!(said.contains("ops@example.com has not followed the link in AWS's e-mail"), "{said}");
}

/// What SNS answers of a subscription that nobody confirmed.
const PENDING: &str = "<GetSubscriptionAttributesResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\
    <GetSubscriptionAttributesResult><Attributes>\
    <entry><key>TopicArn</key><value>arn:aws:sns:us-east-1:123456789012:genai-artos-production-foundation-alerts</value></entry>\
    <entry><key>Protocol</key><value>email</value></entry>\
    <entry><key>Endpoint</key><value>ops@example.com</value></entry>\
    <entry><key>Owner</key><value>123456789012</value></entry>\
    <entry><key>PendingConfirmation</key><value>true</value></entry>\
    <entry><key>ConfirmationWasAuthenticated</key><value>false</value></entry>\
    <entry><key>RawMessageDelivery</key><value>false</value></entry>\
    </Attributes></GetSubscriptionAttributesResult>\
    <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetSubscriptionAttributesResponse>";

#[test]
fn terraform_goes_on_with_rules_topic_and_alarm() {
    let world = moto();
    set(world.directory(), "monitoring = { emails = [\"ops@example.com\"], heartbeat = true }\n");
    succeed(&world, &["apply", "-auto-approve"]);
    let module = handed_over(&world);
    let plan =
        terraform(&world, module.path()).args(["plan", "-no-color", "-detailed-exitcode"]).output().unwrap();
    assert!(text(&plan.stdout).contains("No changes."), "{}\n{}", text(&plan.stdout), text(&plan.stderr));
}

/// How many calls a run makes.
fn calls(world: &World, arguments: &[&str]) -> usize {
    let before = world.proxy().journal().len();
    succeed(world, arguments);
    world.proxy().journal().len() - before
}

#[test]
fn what_it_takes_in_calls_is_bounded() {
    let (plain, watched) = (moto(), moto());
    set(watched.directory(), EMAIL);
    let more = |arguments: &[&str]| calls(&watched, arguments) - calls(&plain, arguments);
    let (made, read) = (more(&["apply", "-auto-approve"]), more(&["plan"]));
    println!("apply {made} more, plan {read} more");
    assert!(made <= 35 && read <= 20, "apply {made} more, plan {read} more");
}

/// An event as CloudTrail hands it to EventBridge.
fn event(service: &str, name: &str, request: Value, more: Value) -> Value {
    let mut detail = json!({
        "eventVersion": "1.11",
        "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/admin/eve", "accountId": ACCOUNT},
        "eventTime": "2026-11-28T03:00:00Z",
        "eventSource": format!("{service}.amazonaws.com"),
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.9",
        "userAgent": "aws-cli/2.31.0",
        "requestParameters": request,
        "responseElements": null,
        "eventID": "01234567-89ab-cdef-0123-456789abcdef",
        "readOnly": false,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "eventCategory": "Management",
    });
    for (field, value) in more.as_object().unwrap() {
        detail[field] = value.clone();
    }
    json!({
        "version": "0", "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "detail-type": "AWS API Call via CloudTrail",
        "source": format!("aws.{service}"), "account": ACCOUNT, "time": "2026-11-28T03:00:00Z", "region": "us-east-1", "resources": [],
        "detail": detail,
    })
}

#[test]
fn a_monitoring_that_nobody_hears_is_refused() {
    let world = moto();
    for (value, said) in [
        ("{}", "names no e-mail address and no topic"),
        ("{ emails = [] }", "names no e-mail address and no topic"),
        ("{ emails = [\"ops\"] }", "`ops` is not an e-mail address"),
        ("{ emails = [\"mailto:ops@b.de\"] }", "is not an e-mail address"),
        ("{ emails = [\"ops@b..de\"] }", "is not an e-mail address"),
        (&format!("{{ emails = [\"{}@b.de\"] }}", "o".repeat(65)), "is not an e-mail address"),
        ("{ emails = [\"a@b.de\", \"a@b.de\"] }", "listed twice"),
        (
            "{ emails = [\"a@b.de\"], sns_topic_arn = \"arn:aws:sns:us-east-1:123456789012:t\" }",
            "are both given",
        ),
        ("{ sns_topic_arn = \"arn:aws:sqs:us-east-1:123456789012:t\" }", "is not the ARN of an SNS topic"),
        ("{ sns_topic_arn = \"arn:aws:sns:eu-west-1:123456789012:t\" }", "is not a topic of account"),
        ("{ emails = [\"a@b.de\"], mail = true }", "it has no attribute `mail`"),
    ] {
        set(world.directory(), &format!("monitoring = {value}\n"));
        let refused = run(&world, &["plan"]);
        let shown = text(&refused.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        let shown = shown.replace("│ ", "").replace("| ", "");
        assert_eq!(refused.status.code(), Some(1), "{value}");
        assert!(shown.contains(said), "{value}: {shown}");
    }
}
