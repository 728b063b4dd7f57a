//! Whoever is told is not silenced where everything is still there: by a text in place of the event, or by a filter.

use harness::{Fault, Matching, Rule, When};
use serde_json::json;

use super::{EMAIL, TOPIC, call, rule, watched};
use crate::support::account::{moto, run, set, succeed, text};

#[test]
fn a_text_in_place_of_the_event_and_a_filter_are_drift() {
    let mut world = watched();
    let target = json!({"Id": "foundation-alerts", "Arn": TOPIC, "Input": "\"all is well\""});
    call(&mut world, "events", "put_targets", json!({"Rule": rule("log-bucket"), "Targets": [target]}));
    let told = call(&mut world, "sns", "list_subscriptions_by_topic", json!({"TopicArn": TOPIC}));
    let subscription = told["Subscriptions"][0]["SubscriptionArn"].clone();
    let filter = json!({"SubscriptionArn": subscription, "AttributeName": "FilterPolicy",
        "AttributeValue": "{\"a\": [\"b\"]}"});
    call(&mut world, "sns", "set_subscription_attributes", filter);

    let plan = run(&world, &["plan", "-detailed-exitcode"]);
    let shown = text(&plan.stdout);
    assert_eq!(plan.status.code(), Some(2), "{shown}\n{}", text(&plan.stderr));
    for part in ["aws_cloudwatch_event_target.log_bucket", "all is well", "filter_policy", "2 to change"] {
        assert!(shown.contains(part), "`{part}` is missing in\n{shown}");
    }
    succeed(&world, &["apply", "-auto-approve"]);
    succeed(&world, &["plan", "-detailed-exitcode"]);
}

/// Looks alike, and tells nobody: EventBridge gives up at once, and the alarm looks at a unit in which nobody publishes.
#[test]
fn impatience_and_another_unit_are_drift() {
    let mut world = moto();
    set(world.directory(), "monitoring = { emails = [\"ops@example.com\"], heartbeat = true }\n");
    succeed(&world, &["apply", "-auto-approve"]);
    let key = json!({"Rule": rule("key")});
    let mut target = call(&mut world, "events", "list_targets_by_rule", key)["Targets"][0].clone();
    target["RetryPolicy"] = json!({"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60});
    call(&mut world, "events", "put_targets", json!({"Rule": rule("key"), "Targets": [target]}));
    let alarms = call(&mut world, "cloudwatch", "describe_alarms", json!({}));
    let alarm = &alarms["MetricAlarms"][0];
    let mut put = json!({"Unit": "Bytes"});
    for name in [
        "AlarmName",
        "AlarmDescription",
        "ActionsEnabled",
        "AlarmActions",
        "OKActions",
        "Namespace",
        "MetricName",
        "Dimensions",
        "Statistic",
        "ComparisonOperator",
        "Threshold",
        "Period",
        "EvaluationPeriods",
        "DatapointsToAlarm",
        "TreatMissingData",
    ] {
        put[name] = alarm[name].clone();
    }
    call(&mut world, "cloudwatch", "put_metric_alarm", put);

    let plan = run(&world, &["plan", "-detailed-exitcode"]);
    let shown = text(&plan.stdout);
    assert_eq!(plan.status.code(), Some(2), "{shown}\n{}", text(&plan.stderr));
    for part in
        ["aws_cloudwatch_event_target.key", "retry_policy", "unit", "\"Bytes\" -> null", "2 to change"]
    {
        assert!(shown.contains(part), "`{part}` is missing in\n{shown}");
    }
    succeed(&world, &["apply", "-auto-approve"]);
    succeed(&world, &["plan", "-detailed-exitcode"]);
}

/// What EventBridge cannot deliver goes to somebody else, and messages come from a name that nobody knows.
#[test]
fn another_sender_and_a_queue_for_what_is_not_delivered_are_drift() {
    let mut world = watched();
    let key = json!({"Rule": rule("key")});
    let mut target = call(&mut world, "events", "list_targets_by_rule", key)["Targets"][0].clone();
    target["DeadLetterConfig"] = json!({"Arn": "arn:aws:sqs:us-east-1:999988887777:spy"});
    call(&mut world, "events", "put_targets", json!({"Rule": rule("key"), "Targets": [target]}));
    let sender = json!({"TopicArn": TOPIC, "AttributeName": "DisplayName", "AttributeValue": "Lottery"});
    call(&mut world, "sns", "set_topic_attributes", sender);

    let plan = run(&world, &["plan", "-detailed-exitcode"]);
    let shown = text(&plan.stdout);
    assert_eq!(plan.status.code(), Some(2), "{shown}\n{}", text(&plan.stderr));
    for part in ["dead_letter_config.arn", "999988887777:spy", "display_name", "Lottery", "2 to change"] {
        assert!(shown.contains(part), "`{part}` is missing in\n{shown}");
    }
    succeed(&world, &["apply", "-auto-approve"]);
    succeed(&world, &["plan", "-detailed-exitcode"]);
    let topic = call(&mut world, "sns", "get_topic_attributes", json!({"TopicArn": TOPIC}));
    assert_eq!(topic["Attributes"]["DisplayName"], "");
}

#[test]
fn what_no_setting_asks_for_and_nobody_may_look_for_is_named_and_stops_nothing() {
    let world = watched();
    let look = Matching::action("monitoring", "DescribeAlarms");
    world.proxy().arm(Rule::new(Fault::Refuse(403, "AccessDenied"), look, When::Always));
    let plan = run(&world, &["plan", "-detailed-exitcode"]);
    let shown = text(&plan.stdout);
    assert_eq!(plan.status.code(), Some(2), "{shown}\n{}", text(&plan.stderr));
    assert!(
        shown.contains("No changes of ours, but 1 of others: denied:cloudwatch:DescribeAlarms."),
        "{shown}"
    );
    assert!(shown.contains("what an earlier run may have left there cannot be seen"), "{shown}");
    set(world.directory(), &format!("{EMAIL}accepted = [\"denied:cloudwatch:DescribeAlarms\"]\n"));
    succeed(&world, &["plan", "-detailed-exitcode"]);
}
