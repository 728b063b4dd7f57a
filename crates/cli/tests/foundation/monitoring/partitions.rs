//! GovCloud, China and the European Sovereign Cloud: each a partition of its own, with its own region of IAM's events, or none
//! that is known.

use std::process::Output;

use super::trial::answer_tests;
use super::*;
use crate::support::account::underpin;

/// Runs the binary with a region of the partition as the caller's.
fn run_in(world: &World, region: &str, arguments: &[&str]) -> Output {
    let mut command = underpin().command(world.directory(), &world.proxy().endpoint()).unwrap();
    command.env("AWS_REGION", region).args(arguments).output().unwrap()
}

/// The same, which must end so; answers stdout.
fn ends_with(world: &World, region: &str, arguments: &[&str], code: i32) -> String {
    let output = run_in(world, region, arguments);
    let (said, why) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{region} {arguments:?}\n{said}\n{why}");
    said
}

/// A foundation with monitoring in a region: made, tried, put right, taken away.
fn assert_watched(partition: &str, region: &str, arrive: Option<&str>) {
    let mut world = moto();
    set(world.directory(), &format!("{EMAIL}aws_region = \"{region}\"\n"));
    ends_with(&world, region, &["apply", "-auto-approve"], 0);
    ends_with(&world, region, &["plan", "-detailed-exitcode"], 0);
    let events = format!("events@{region}");
    let rules = call(&mut world, &events, "list_rules", json!({}))["Rules"].clone();
    assert_eq!(rules.as_array().map(Vec::len), Some(RULES.len()), "{rules}");
    let topic = format!("arn:{partition}:sns:{region}:{ACCOUNT}:{NAME}-foundation-alerts");
    let targets = call(&mut world, &events, "list_targets_by_rule", json!({"Rule": rule("roles")}));
    assert_eq!(targets["Targets"][0]["Arn"], topic);
    if let Some(arrive) = arrive {
        let there = format!("events@{arrive}");
        let brought = json!({"Rule": rule("global-events")});
        let brought = call(&mut world, &there, "list_targets_by_rule", brought);
        let bus = format!("arn:{partition}:events:{region}:{ACCOUNT}:event-bus/default");
        assert_eq!(brought["Targets"][0]["Arn"], bus);
    }

    assert_names_its_partition(&world, partition, region);
    let doctor = ends_with(&world, region, &["doctor"], 0);
    let alarms = doctor.lines().find(|line| line.starts_with("alarms ")).unwrap_or_default();
    assert!(alarms.ends_with("checks pass"), "{doctor}");
    answer_tests(&world);
    let tried = ends_with(&world, region, &["monitoring", "test"], 0);
    assert!(tried.contains(&format!("ok    topic {topic}: took the message")), "{tried}");
    assert_eq!(tried.contains("ok    rule global_events: tells of"), arrive.is_some(), "{tried}");
    world.proxy().reset();

    call(&mut world, &events, "disable_rule", json!({"Name": rule("trail")}));
    let shown = ends_with(&world, region, &["plan", "-detailed-exitcode"], 2);
    assert!(shown.contains("aws_cloudwatch_event_rule.trail"), "{shown}");
    ends_with(&world, region, &["apply", "-auto-approve"], 0);
    ends_with(&world, region, &["plan", "-detailed-exitcode"], 0);
    ends_with(&world, region, &["destroy", "-auto-approve"], 0);
    for place in [Some(region), arrive].into_iter().flatten() {
        let left = call(&mut world, &format!("events@{place}"), "list_rules", json!({}));
        assert_eq!(left["Rules"], json!([]), "{place}");
    }
}

/// Whatever is said, on either stream: no ARN of another partition, and no regional name that ends as another's.
fn assert_names_its_partition(world: &World, partition: &str, region: &str) {
    let suffix = match partition {
        "aws-cn" => "amazonaws.com.cn",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    };
    let reader = format!("-var=key_user_arns=[\"arn:{partition}:iam::999988887777:role/backup\"]");
    let lines: [&[&str]; 10] = [
        &["plan", "-json", &reader],
        &["plan", "-destroy", "-delete-key"],
        &["show", "-json"],
        &["doctor", "-json"],
        &["trail", "status"],
        &["trail", "verify"],
        &["export", "cloudformation"],
        &["policy", "explain", "aws_kms_key.main"],
        &[
            "policy",
            "simulate",
            "-principal=aws_iam_role.eks_node_group",
            "-action=kms:Decrypt",
            "-resource=aws_kms_key.main",
        ],
        &["validate", "-var=kms_key_administrators=[\"123456789012\"]"],
    ];
    for line in lines {
        let output = run_in(world, region, line);
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(said.len() > 100 && !said.contains("arn:aws:"), "{line:?}\n{said}");
        for (at, begin) in said.match_indices(&format!("{region}.")) {
            let rest = said.get(at + begin.len()..).unwrap();
            assert!(!rest.starts_with("amazonaws") || rest.starts_with(suffix), "{line:?}\n{said}");
        }
    }
}

#[test]
fn govcloud_is_watched_where_iams_events_arrive_and_elsewhere() {
    assert_watched("aws-us-gov", "us-gov-west-1", None);
    assert_watched("aws-us-gov", "us-gov-east-1", Some("us-gov-west-1"));
}

#[test]
fn china_is_watched_in_the_region_of_the_deployment() {
    assert_watched("aws-cn", "cn-north-1", None);
}

#[test]
fn the_european_sovereign_cloud_is_watched_in_the_region_of_the_deployment() {
    assert_watched("aws-eusc", "eusc-de-east-1", None);
}
