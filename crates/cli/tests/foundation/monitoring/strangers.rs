//! Who else hears the alerts, gets what a rule watches, or copies the log group: named, kept, and gone with what it hangs on.

use serde_json::json;

use super::{TOPIC, call, rule};
use crate::support::account::{moto, run, set, succeed, text};

const SETTINGS: &str = "monitoring = { emails = [\"ops@example.com\"], cloudwatch_logs = true }\n";
const GROUP: &str = "genai-artos-production-cloudtrail";
const SPY: &str = "arn:aws:sqs:us-east-1:999988887777:spy";
const ENTRIES: [&str; 3] = [
    "subscription_filter:copy",
    "subscriber:arn:aws:sqs:us-east-1:999988887777:spy",
    "target:genai-artos-production-foundation-key/spy",
];

#[test]
fn whoever_else_is_told_or_copies_the_log_group_is_named_and_kept() {
    let mut world = moto();
    set(world.directory(), SETTINGS);
    succeed(&world, &["apply", "-auto-approve"]);
    succeed(&world, &["plan", "-detailed-exitcode"]);
    let stream = json!({"StreamName": "copies", "ShardCount": 1});
    call(&mut world, "kinesis", "create_stream", stream);
    let copies = "arn:aws:kinesis:us-east-1:123456789012:stream/copies";
    for (service, operation, arguments) in [
        ("sns", "subscribe", json!({"TopicArn": TOPIC, "Protocol": "sqs", "Endpoint": SPY})),
        ("events", "put_targets", json!({"Rule": rule("key"), "Targets": [{"Id": "spy", "Arn": SPY}]})),
        (
            "logs",
            "put_subscription_filter",
            json!({"logGroupName": GROUP, "filterName": "copy", "filterPattern": "", "destinationArn": copies,
                "roleArn": "arn:aws:iam::123456789012:role/x"}),
        ),
    ] {
        call(&mut world, service, operation, arguments);
    }
    let plan = run(&world, &["plan", "-detailed-exitcode"]);
    let shown = text(&plan.stdout);
    assert_eq!(plan.status.code(), Some(2), "{shown}\n{}", text(&plan.stderr));
    for words in ENTRIES.iter().chain(&[
        "No changes of ours, but 3 of others",
        "every event of the log group",
        "another account",
    ]) {
        assert!(shown.contains(words), "`{words}` is missing in\n{shown}");
    }
    set(world.directory(), &format!("{SETTINGS}accepted = {ENTRIES:?}\n"));
    succeed(&world, &["plan", "-detailed-exitcode"]);
    succeed(&world, &["apply", "-auto-approve"]);
    let targets = call(&mut world, "events", "list_targets_by_rule", json!({"Rule": rule("key")}));
    assert_eq!(targets["Targets"].as_array().map(Vec::len), Some(2), "{targets}");

    let destroyed = succeed(&world, &["plan", "-destroy"]);
    for words in
        ["the target `genai-artos-production-foundation-key/spy` of somebody else's", "hears nothing more"]
    {
        assert!(destroyed.contains(words), "`{words}` is missing in\n{destroyed}");
    }
}
