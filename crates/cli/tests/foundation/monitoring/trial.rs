//! `monitoring test`: what works, what does not, and what these credentials may not try.

use super::*;

#[test]
fn rules_topic_and_subscribers_are_tried() {
    let mut account = MinistackAccount::start();
    set(account.directory.path(), "monitoring = { emails = [\"ops@example.com\"], heartbeat = true }\n");
    account.succeed(&["apply", "-auto-approve"]);
    let tried = account.succeed(&["monitoring", "test"]);
    for name in ["trail", "key", "log_bucket", "roles", "alarms", "role_use"] {
        assert!(tried.contains(&format!("ok    rule {name}: tells of")), "{tried}");
    }
    assert!(
        tried.contains("ok    alarm cloudtrail_logging_disabled: tells the topic when it rings"),
        "{tried}"
    );
    assert!(tried.contains(&format!("ok    topic {TOPIC}: took the message")), "{tried}");
    assert!(tried.contains("ops@example.com is told"), "{tried}");
    let off = json!({"Name": rule("trail"), "EventPattern": "{\"source\": [\"aws.nobody\"]}"});
    account.aws.call("events", "put_rule", off).unwrap();
    account.aws.call("events", "disable_rule", json!({"Name": rule("key")})).unwrap();
    let alarm = json!({"AlarmNames": [format!("{NAME}-cloudtrail-logging-disabled")]});
    account.aws.call("cloudwatch", "disable_alarm_actions", alarm).unwrap();
    let failed = account.command().args(["monitoring", "test"]).output().unwrap();
    let (said, why) = (text(&failed.stdout), text(&failed.stderr));
    assert_eq!(failed.status.code(), Some(1), "{said}\n{why}");
    assert!(said.contains("FAIL  rule trail: does not tell of StopLogging"), "{said}");
    assert!(said.contains("FAIL  rule key: is disabled"), "{said}");
    assert!(said.contains("FAIL  alarm cloudtrail_logging_disabled: does nothing when it rings"), "{said}");
    assert!(why.contains("3 of"), "{why}");
}

/// Neither emulator knows TestMetricFilter, and moto's TestEventPattern answers nothing: the proxy answers both, a filter's as
/// AWS would for the event that it is tried with.
pub(super) fn answer_tests(world: &World) {
    world.proxy().on(|call| {
        let answer =
            |body: Value| Verdict::Answer(Answer::new(200, "application/x-amz-json-1.1", body.to_string()));
        match call.action.as_str() {
            "TestEventPattern" => answer(json!({"Result": true})),
            "TestMetricFilter" => {
                let asked: Value = serde_json::from_str(&call.body).unwrap();
                let event: Value =
                    serde_json::from_str(asked["logEventMessages"][0].as_str().unwrap()).unwrap();
                let names = |field: &str| {
                    asked["filterPattern"].as_str().unwrap().contains(event[field].as_str().unwrap())
                };
                let counted = names("eventName")
                    || names("eventSource")
                    || event["errorCode"] == "AccessDenied"
                    || event["userIdentity"]["type"] == "Root";
                let matches = if counted { json!([{"eventNumber": 1}]) } else { json!([]) };
                answer(json!({"matches": matches}))
            }
            _ => Verdict::Pass,
        }
    });
}

#[test]
fn filters_and_alarms_of_the_log_group_are_tried() {
    let mut world = moto();
    let everything = "cloudwatch_logs = true, cis_alarms = true";
    set(world.directory(), &format!("monitoring = {{ emails = [\"ops@example.com\"], {everything} }}\n"));
    succeed(&world, &["apply", "-auto-approve"]);
    answer_tests(&world);
    let tried = succeed(&world, &["monitoring", "test"]);
    for line in [
        "ok    filter role_use_eks_fargate: counts AssumeRole",
        "ok    filter cis_keys: counts DisableKey",
        "ok    filter cis_failed_sign_in: counts ConsoleLogin",
        "ok    alarm role_use: tells the topic when it rings",
        "ok    alarm cis_root_use: tells the topic when it rings",
    ] {
        assert!(tried.contains(line), "{line} is missing in\n{tried}");
    }
    assert_eq!(tried.matches("ok    filter ").count(), 19, "{tried}");
    assert_eq!(tried.matches("ok    alarm ").count(), 16, "{tried}");

    let name = |end: &str| format!("{NAME}-{end}");
    let group = format!("{NAME}-cloudtrail");
    let gone = json!({"logGroupName": group, "filterName": name("cis-keys")});
    call(&mut world, "logs", "delete_metric_filter", gone);
    call(&mut world, "cloudwatch", "delete_alarms", json!({"AlarmNames": [name("role-use")]}));
    let failed = run(&world, &["monitoring", "test"]);
    let said = text(&failed.stdout);
    assert_eq!(failed.status.code(), Some(1), "{said}");
    assert!(said.contains("FAIL  filter cis_keys: is gone"), "{said}");
    assert!(said.contains("FAIL  alarm role_use: is gone"), "{said}");
}

#[test]
fn what_credentials_may_not_try_is_said() {
    let world = moto();
    set(world.directory(), "monitoring = { emails = [\"ops@example.com\"] }\n");
    succeed(&world, &["apply", "-auto-approve"]);
    world.proxy().on(|call| match call.action.as_str() {
        "TestEventPattern" => Verdict::Fault(Fault::Refuse(400, "AccessDeniedException")),
        _ => Verdict::Pass,
    });
    let tried = succeed(&world, &["monitoring", "test"]);
    let line = "----  rule trail: these credentials may not try it (events:TestEventPattern)";
    assert!(tried.contains(line), "{tried}");
    world.proxy().on(|call| match call.action.as_str() {
        "Publish" | "ListSubscriptionsByTopic" => Verdict::Fault(Fault::Refuse(403, "AuthorizationError")),
        "TestEventPattern" => Verdict::Fault(Fault::Refuse(400, "AccessDeniedException")),
        _ => Verdict::Pass,
    });
    let tried = succeed(&world, &["monitoring", "test"]);
    for line in [
        format!("----  topic {TOPIC}: these credentials may not try it (sns:Publish)"),
        "----  whom the topic tells: these credentials may not try it (sns:ListSubscriptionsByTopic)"
            .to_owned(),
    ] {
        assert!(tried.contains(&line), "{tried}");
    }
}

/// One path that AWS refuses for good hides none of the others.
#[test]
fn a_topic_that_is_gone_and_a_filter_that_is_refused_fail_beside_what_works() {
    let mut world = moto();
    let settings = "monitoring = { emails = [\"ops@example.com\"], cloudwatch_logs = true }\n";
    set(world.directory(), settings);
    succeed(&world, &["apply", "-auto-approve"]);
    call(&mut world, "sns", "delete_topic", json!({"TopicArn": TOPIC}));
    world.proxy().on(|call| match call.action.as_str() {
        "TestEventPattern" => {
            let body = json!({"Result": true}).to_string();
            Verdict::Answer(Answer::new(200, "application/x-amz-json-1.1", body))
        }
        "TestMetricFilter" => Verdict::Fault(Fault::Refuse(400, "InvalidParameterException")),
        _ => Verdict::Pass,
    });
    let failed = run(&world, &["monitoring", "test"]);
    let said = text(&failed.stdout);
    assert_eq!(failed.status.code(), Some(1), "{said}");
    for line in [
        "ok    rule key: tells of DisableKey".to_owned(),
        "FAIL  filter role_use_eks_service: AWS refuses it (logs:TestMetricFilter: InvalidParameterException)"
            .to_owned(),
        format!("FAIL  topic {TOPIC}: AWS refuses it (sns:Publish: NotFound"),
        "FAIL  whom the topic tells: AWS refuses it (sns:ListSubscriptionsByTopic: NotFound".to_owned(),
    ] {
        assert!(said.contains(&line), "`{line}` is missing in\n{said}");
    }
}
