use engine::Goal;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::*;
use crate::views::sample::{World, address, applied, empty, foundation};

/// The messages without what is the same in each.
fn told(messages: &[Message]) -> String {
    let line = |message: &Message| {
        let mut value: Value = serde_json::from_str(&message.to_line("T")).unwrap();
        let fields = value.as_object_mut().unwrap();
        for name in ["@module", "@timestamp", "@level"] {
            fields.shift_remove(name);
        }
        for field in ["change", "hook"] {
            if let Some(field) = fields.get_mut(field).and_then(Value::as_object_mut) {
                field.shift_remove("resource");
            }
        }
        format!("{value}\n")
    };
    messages.iter().map(line).collect()
}

fn with_settings(world: World, settings: Value) -> World {
    World { blueprint: foundation(settings), ..world }
}

#[test]
fn drift_changes_counts_and_outputs() {
    let mut world = applied(json!({}));
    world.observation.objects.insert(address("aws_iam_role.eks_service"), engine::Observed::Absent);
    let world = with_settings(world, json!({"enable_fargate": false, "kms_deletion_window_in_days": 20}));
    assert_snapshot!(told(&plan(&world.plan(Goal::Apply))), @r#"
    {"@message":"aws_iam_role.eks_service: Drift detected (delete)","change":{"action":"delete"},"type":"resource_drift"}
    {"@message":"aws_kms_key.main: Plan to update","change":{"action":"update"},"type":"planned_change"}
    {"@message":"aws_iam_role.eks_service: Plan to create","change":{"action":"create"},"type":"planned_change"}
    {"@message":"aws_iam_role.eks_fargate: Plan to delete","change":{"action":"delete","reason":"delete_because_no_resource_config"},"type":"planned_change"}
    {"@message":"aws_iam_role_policy_attachment.eks_fargate_pod_execution_role_policy: Plan to delete","change":{"action":"delete","reason":"delete_because_no_resource_config"},"type":"planned_change"}
    {"@message":"Permission changes: 3","permission_changes":[{"direction":"loss","effect":"Allow","principal":"eks-fargate-pods.amazonaws.com","actions":["sts:AssumeRole"],"resources":[],"conditions":{"ArnLike":{"aws:SourceArn":["arn:aws:eks:us-east-1:123456789012:fargateprofile/*/*"]}},"marks":[],"sid":null,"address":"aws_iam_role.eks_fargate","witness":null,"undecided":[]},{"direction":"loss","effect":"Allow","principal":"arn:aws:iam::123456789012:role/genai-artos-production-eks-fargate-role","actions":["ecr:BatchCheckLayerAvailability","ecr:BatchGetImage","ecr:GetAuthorizationToken","ecr:GetDownloadUrlForLayer"],"resources":["*"],"conditions":{},"marks":[],"sid":null,"address":"aws_iam_role_policy_attachment.eks_fargate_pod_execution_role_policy","witness":null,"undecided":[]},{"direction":"gain","effect":"Allow","principal":"eks.amazonaws.com","actions":["sts:AssumeRole"],"resources":[],"conditions":{"StringEquals":{"aws:SourceAccount":["123456789012"]}},"marks":[],"sid":null,"address":"aws_iam_role.eks_service","witness":{"principal":"eks.amazonaws.com","action":"sts:AssumeRole","resource":"arn:aws:iam::123456789012:role/other","resource_account":"123456789012","context":{"aws:SourceAccount":"123456789012"}},"undecided":[]}],"type":"permission_changes"}
    {"@message":"Plan: 1 to add, 1 to change, 2 to destroy.","changes":{"add":1,"change":1,"import":0,"remove":2,"action_invocation":0,"operation":"plan"},"type":"change_summary"}
    {"@message":"Outputs: 10","outputs":{"aws_account_id":{"sensitive":false,"action":"noop"},"cloudtrail_arn":{"sensitive":false,"action":"noop"},"cloudtrail_bucket_name":{"sensitive":false,"action":"noop"},"eks_fargate_role_arn":{"sensitive":false,"action":"delete"},"eks_node_group_role_arn":{"sensitive":false,"action":"noop"},"eks_service_role_arn":{"sensitive":false,"action":"update"},"kms_alias_name":{"sensitive":false,"action":"noop"},"kms_key_arn":{"sensitive":false,"action":"noop"},"kms_key_id":{"sensitive":false,"action":"noop"},"rds_enhanced_monitoring_role_arn":{"sensitive":false,"action":"noop"}},"type":"outputs"}
    "#);
}

#[test]
fn a_plan_that_was_counted_when_it_was_made() {
    let world = applied(json!({}));
    let destroy = told(&saved_plan(&world.plan(Goal::Destroy { delete_key: true })));
    assert_eq!(
        destroy.lines().count(),
        14,
        "all but the bucket and its settings, and the deployment's record"
    );
    assert_snapshot!(destroy.lines().last().unwrap(), @r#"{"@message":"aws_kms_key.main: Plan to delete","change":{"action":"delete"},"type":"planned_change"}"#);
    assert_eq!(told(&saved_plan(&world.plan(Goal::Apply))), "");
    let first = plan(&empty(json!({})).plan(Goal::Apply));
    assert_eq!(first.len(), 21 + 3);
}

#[test]
fn a_run_that_failed_says_what_to_do_next() {
    let world = empty(json!({}));
    let plan = world.plan(Goal::Apply);
    let step =
        |address: &str, action| Step { address: crate::views::sample::address(address), action, id: None };
    let error = engine::CloudError {
        operation: "iam:CreateRole".to_owned(),
        kind: engine::CloudErrorKind::Refused,
        code: Some("LimitExceeded".to_owned()),
        message: "no more roles".to_owned(),
        request_id: Some("r-1".to_owned()),
        status: Some(409),
    };
    let roles = ["aws_iam_role.eks_service", "aws_iam_role.eks_fargate"];
    let report = engine::Report {
        done: vec![step("aws_kms_key.main", Action::Create)],
        failed: roles.map(|role| (step(role, Action::Create), error.clone())).into(),
        ..engine::Report::default()
    };
    let summary = crate::views::summary::Summary {
        plan: &plan,
        report: &report,
        outputs: &world.state.outputs,
        today: None,
        unsaved: None,
        circumstances: &crate::error::Circumstances::default(),
        typed: &crate::typed::Typed::default(),
    };
    let told = told(&conclusion(&summary));
    let lines: Vec<&str> = told.lines().collect();
    for (line, role) in lines.iter().zip(roles) {
        assert!(line.contains(&format!("Error: Creating {role} failed")), "{told}");
        assert!(line.contains(&format!("\"address\":\"{role}\"")) && line.contains("r-1"), "{told}");
    }
    assert_eq!(
        lines[2],
        r#"{"@message":"Done before that and recorded: 1 added, 0 changed, 0 destroyed.","type":"log"}"#
    );
    assert_eq!(
        lines[3],
        r#"{"@message":"When that is seen to, run underpin apply again: it goes on from here.","type":"log"}"#
    );
}
