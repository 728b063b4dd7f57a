//! Faults of the chain from an event to an address.

use serde_json::json;

use super::{Fault, fault};
use crate::Status;
use crate::facts::{OtherKey, Read};
use crate::sample::{World, everything};

const TRAIL: &[&str] = &["rule of the trail"];
const KEY: &[&str] = &["rule of the key"];
const TOPIC: &[&str] = &["topic"];
const SUBSCRIBERS: &[&str] = &["subscribers"];
const ALARM: &[&str] = &["alarm"];

/// Changes the topic's policy.
fn statements(world: &mut World, change: impl FnOnce(&mut Vec<serde_json::Value>)) {
    let mut policy = Read::Found(world.topic().policy.clone());
    World::statements(&mut policy, change);
    world.topic().policy = policy.found().unwrap().clone();
}

/// A key that is not the deployment's, and lets services use it.
fn other_key(services: &[&str], state: &str) -> OtherKey {
    let statement =
        json!({"Effect": "Allow", "Principal": {"Service": services}, "Action": "kms:*", "Resource": "*"});
    OtherKey {
        arn: "arn:aws:kms:us-east-1:123456789012:key/other".to_owned(),
        state: state.to_owned(),
        policy: json!({"Version": "2012-10-17", "Statement": [statement]}).to_string(),
    }
}

fn confirmed(world: &mut World, confirmed: bool) {
    let Read::Found(subscribers) = &mut world.alerts().subscribers else { panic!("no subscribers") };
    subscribers.first_mut().unwrap().confirmed = confirmed;
}

pub(super) fn faults() -> Vec<Fault> {
    let mut all = of_rules();
    all.extend(of_the_topic());
    all.extend(of_whom_it_tells());
    all
}

fn of_rules() -> Vec<Fault> {
    vec![
        fault(
            "no rule of the trail",
            TRAIL,
            |world| {
                world.alerts().rules.insert("trail".to_owned(), Read::Absent);
            },
            "alarms.rule/trail",
        ),
        fault(
            "the rule of the trail is disabled",
            TRAIL,
            |world| world.rule("trail").enabled = false,
            "alarms.rule/trail",
        ),
        fault(
            "the rule of the key looks for other events",
            KEY,
            |world| world.rule("key").pattern = json!({"source": ["aws.nobody"]}).to_string(),
            "alarms.rule/key",
        ),
        fault(
            "the rule of the roles has no target",
            &["rule of the roles"],
            |world| world.rule("roles").targets = Read::Found(Vec::new()),
            "alarms.target/roles",
        ),
        fault(
            "the rule of the log bucket tells another topic",
            &["rule of the log bucket"],
            |world| {
                let other = "arn:aws:sns:us-east-1:123456789012:other".to_owned();
                world.rule("log_bucket").targets = Read::Found(vec![other]);
            },
            "alarms.target/log_bucket",
        ),
    ]
}

fn of_the_topic() -> Vec<Fault> {
    vec![
        fault(
            "no topic",
            TOPIC,
            |world| {
                world.alerts().topic = Read::Absent;
            },
            "alarms.topic",
        )
        .hiding(&["alarms.subscriber"]),
        fault(
            "the topic's policy forgot EventBridge",
            TOPIC,
            |world| statements(world, |all| all.retain(|one| one["Sid"] != "AllowEventBridge")),
            "alarms.publish/eventbridge",
        ),
        fault(
            "the topic's policy asks EventBridge for its account",
            TOPIC,
            |world| {
                statements(world, |all| {
                    all[0]["Condition"] = json!({"StringEquals": {"aws:SourceAccount": "123456789012"}});
                });
            },
            "alarms.publish/eventbridge",
        ),
        fault(
            "the topic's policy denies CloudWatch",
            TOPIC,
            |world| {
                statements(world, |all| {
                    all.push(json!({
                        "Sid": "NoAlarms", "Effect": "Deny", "Principal": {"Service": "cloudwatch.amazonaws.com"},
                        "Action": "sns:Publish", "Resource": "*",
                    }));
                });
            },
            "alarms.publish/cloudwatch",
        ),
        fault("the topic is not encrypted", TOPIC, |world| world.topic().key = None, "alarms.encryption"),
        fault(
            "the topic has another key, which lets CloudWatch alone publish",
            TOPIC,
            |world| {
                let topic = world.topic();
                topic.key = Some("alias/other".to_owned());
                topic.other_key = Some(Read::Found(other_key(&["cloudwatch.amazonaws.com"], "Enabled")));
            },
            "alarms.encryption/eventbridge",
        ),
        fault(
            "the topic has another key, which is disabled",
            TOPIC,
            |world| {
                let topic = world.topic();
                topic.key = Some("alias/other".to_owned());
                let publishers = ["events.amazonaws.com", "cloudwatch.amazonaws.com"];
                topic.other_key = Some(Read::Found(other_key(&publishers, "Disabled")));
            },
            "alarms.encryption",
        ),
        fault(
            "the key's policy forgot EventBridge",
            &["key policy"],
            |world| {
                World::statements(&mut world.facts.key.policy, |all| {
                    all.retain(|one| one["Sid"] != "Allow EventBridge to publish alerts");
                });
            },
            "kms.policy/allow-eventbridge-to-publish-alerts",
        ),
        fault(
            "the key's policy forgot CloudWatch",
            &["key policy"],
            |world| {
                World::statements(&mut world.facts.key.policy, |all| {
                    all.retain(|one| one["Sid"] != "Allow CloudWatch to publish alerts");
                });
            },
            "kms.policy/allow-cloudwatch-to-publish-alerts",
        ),
    ]
}

fn of_whom_it_tells() -> Vec<Fault> {
    vec![
        fault(
            "an address has not confirmed",
            SUBSCRIBERS,
            |world| confirmed(world, false),
            "alarms.subscriber/security-example.com",
        ),
        fault(
            "an address is told of one kind of message alone",
            SUBSCRIBERS,
            |world| {
                let Read::Found(subscribers) = &mut world.alerts().subscribers else { panic!("none") };
                subscribers[0].filter = Read::Found(r#"{"severity":["critical"]}"#.to_owned());
            },
            "alarms.subscriber/security-example.com",
        ),
        fault(
            "an address is not subscribed",
            SUBSCRIBERS,
            |world| {
                let Read::Found(subscribers) = &mut world.alerts().subscribers else { panic!("none") };
                subscribers.remove(0);
            },
            "alarms.subscriber/security-example.com",
        ),
        fault(
            "no alarm",
            ALARM,
            |world| {
                for alarm in world.alerts().alarms.values_mut() {
                    *alarm = Read::Absent;
                }
            },
            "alarms.metric/cloudtrail_logging_disabled",
        )
        .hiding(&["alarms.heartbeat"]),
        fault(
            "the alarm's actions are disabled",
            ALARM,
            |world| world.alarm().acts = false,
            "alarms.metric/cloudtrail_logging_disabled",
        ),
        fault(
            "the alarm tells nobody",
            ALARM,
            |world| world.alarm().actions.clear(),
            "alarms.metric/cloudtrail_logging_disabled",
        ),
        fault(
            "no heartbeat arrives",
            ALARM,
            |world| {
                world.alarm().state = "ALARM".to_owned();
                world.alarm().reason = "no datapoints were received for 3 periods".to_owned();
            },
            "alarms.heartbeat",
        ),
        fault(
            "no heartbeat arrived yet",
            ALARM,
            |world| world.alarm().state = "INSUFFICIENT_DATA".to_owned(),
            "alarms.heartbeat",
        ),
    ]
}

#[test]
fn a_chain_that_was_never_made_is_one_cause() {
    for has_topic in [false, true] {
        let mut world = World::new(&everything());
        let alerts = world.alerts();
        alerts.rules.values_mut().for_each(|rule| *rule = Read::Absent);
        alerts.alarms.values_mut().for_each(|alarm| *alarm = Read::Absent);
        if !has_topic {
            (alerts.topic, alerts.subscribers) = (Read::Absent, Read::Absent);
        }
        let report = world.report();
        let causes: Vec<&str> = report.causes(Status::Fail).map(|check| check.id.as_str()).collect();
        let [cause] = causes.as_slice() else { panic!("{causes:?}") };
        assert_eq!(*cause == "alarms.topic", !has_topic, "{cause}");
    }
}
