//! How runs end.

use engine::CloudErrorKind;
use insta::assert_snapshot;
use serde_json::json;
use time::macros::date;

use super::*;
use crate::views::sample::{World, address, applied, empty, outputs};

fn step(of: &str, action: Action) -> Step {
    Step { address: address(of), action, id: None }
}

fn denied(operation: &str) -> CloudError {
    CloudError {
        operation: operation.to_owned(),
        kind: CloudErrorKind::AccessDenied,
        code: Some("AccessDenied".to_owned()),
        message: "User is not authorized.".to_owned(),
        request_id: Some("7a62c49f".to_owned()),
        status: Some(403),
    }
}

fn shown(plan: &Plan, report: &Report, unsaved: Option<Unsaved<'_>>) -> String {
    let outputs =
        outputs(&[("kms_key_arn", "arn:aws:kms:us-east-1:123456789012:key/1234"), ("kms_key_id", "1234")]);
    let today = Some(date!(2026 - 11 - 22));
    let circumstances = &Circumstances::default();
    let summary =
        Summary { plan, report, outputs: &outputs, today, unsaved, circumstances, typed: &Typed::default() };
    let (output, errors) = (summary.output(Palette::PLAIN, None), summary.errors(Palette::PLAIN, None));
    assert!(output.is_empty() != errors.is_empty(), "{output}{errors}");
    output + &errors
}

fn plan(world: &World, goal: Goal) -> Plan {
    world.plan(goal)
}

#[test]
fn a_good_apply() {
    let plan = plan(&empty(json!({})), Goal::Apply);
    let done = vec![step("aws_kms_key.main", Action::Create), step("aws_kms_alias.main", Action::Update)];
    let report = Report { done, ..Report::default() };
    assert_snapshot!(shown(&plan, &report, None), @r#"

    Apply complete! Resources: 1 added, 1 changed, 0 destroyed.

    Outputs:

    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234"
    kms_key_id = "1234"
    "#);
    let imported = Report { imported: 2, ..Report::default() };
    assert!(
        shown(&plan, &imported, None).contains("Resources: 2 imported, 0 added, 0 changed, 0 destroyed.")
    );
}

#[test]
fn a_good_destroy() {
    let world = applied(json!({}));
    let report = Report { done: vec![step("aws_cloudtrail.main", Action::Delete)], ..Report::default() };
    assert_snapshot!(shown(&plan(&world, Goal::Destroy { delete_key: false }), &report, None), @r"

    Still in AWS and in the state:

      . aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab
          without it the logs cannot be read; about 1 USD a month, and 1 USD more for each of its first two rotations
      . aws_s3_bucket.cloudtrail  genai-artos-production-cloudtrail-logs-1a2b3c4d
          the audit logs, which underpin never deletes; S3 storage, about 0.023 USD per GB and month (us-east-1)
      . terraform_data.deployment  5c1f2a52-6d0a-4b0e-9c39-0d5a1f4b7e21
          the identity by which a later apply knows them; costs nothing
      . the bucket's 5 settings

    Destroy complete! Resources: 1 destroyed.
    ");
    assert_snapshot!(shown(&plan(&world, Goal::Destroy { delete_key: true }), &report, None), @r"

    Still in AWS and in the state:

      . aws_s3_bucket.cloudtrail  genai-artos-production-cloudtrail-logs-1a2b3c4d
          the audit logs, which underpin never deletes; S3 storage, about 0.023 USD per GB and month (us-east-1)
      . terraform_data.deployment  5c1f2a52-6d0a-4b0e-9c39-0d5a1f4b7e21
          the identity by which a later apply knows them; costs nothing
      . the bucket's 5 settings

    The key is deleted for good from 2026-11-29 on; then nobody can read the logs in genai-artos-production-cloudtrail-logs-1a2b3c4d, nor anything else it encrypted (EBS volumes, databases, secrets). Before that day, `underpin apply` cancels the deletion.

    Destroy complete! Resources: 1 destroyed.
    ");
}

#[test]
fn a_failure_names_what_failed_and_what_waits_for_it() {
    let plan = plan(&empty(json!({})), Goal::Apply);
    let skipped = |of: &str, because: &str| (address(of), Some(address(because)));
    let report = Report {
        done: vec![step("terraform_data.deployment", Action::Create)],
        failed: vec![
            (step("aws_kms_key.main", Action::Create), denied("kms:CreateKey")),
            (step("aws_iam_role.eks_service", Action::Create), denied("iam:CreateRole")),
            (step("aws_iam_role.eks_fargate", Action::Create), denied("iam:CreateRole")),
        ],
        skipped: vec![
            skipped("aws_kms_alias.main", "aws_kms_key.main"),
            skipped("aws_cloudtrail.main", "aws_kms_key.main"),
            skipped("aws_iam_role_policy_attachment.eks_cluster_policy", "aws_iam_role.eks_service"),
        ],
        ..Report::default()
    };
    assert_snapshot!(shown(&plan, &report, None), @r"

    Error: Creating aws_kms_key.main failed: Access denied to kms:CreateKey

    kms:CreateKey: AccessDenied (HTTP 403): User is not authorized.
    Request id: 7a62c49f

    help: use credentials that may do `kms:CreateKey` (with it: kms:TagResource, kms:PutKeyPolicy), or ask for that; who you are: aws sts get-caller-identity

    Error: 2 steps failed: Access denied to iam:CreateRole
      with aws_iam_role.eks_service, aws_iam_role.eks_fargate

    iam:CreateRole: AccessDenied (HTTP 403): User is not authorized.
    Request id: 7a62c49f

    help: use credentials that may do `iam:CreateRole` (with it: iam:TagRole), or ask for that; who you are: aws sts get-caller-identity

    Not begun, because aws_iam_role.eks_service failed: aws_iam_role_policy_attachment.eks_cluster_policy.

    Not begun, because aws_kms_key.main failed: aws_kms_alias.main, aws_cloudtrail.main.

    Done before that and recorded: 1 added, 0 changed, 0 destroyed.
    When that is seen to, run underpin apply again: it goes on from here.
    ");
}

#[test]
fn an_interrupted_destroy() {
    let plan = plan(&applied(json!({})), Goal::Destroy { delete_key: true });
    let report = Report {
        skipped: vec![(address("aws_kms_key.main"), None)],
        stopped: Some(Stop::Interrupted),
        ..Report::default()
    };
    assert_snapshot!(shown(&plan, &report, None), @r"

    Error: The run was interrupted

    What was running has ended, and the rest was not begun.

    Not begun, because the run was interrupted: aws_kms_key.main.

    Done before that and recorded: 0 added, 0 changed, 0 destroyed.
    Run underpin destroy -delete-key again: it goes on from here.
    ");
}

#[test]
fn a_state_that_could_not_be_saved() {
    let plan = plan(&empty(json!({})), Goal::Apply);
    let report = Report { done: vec![step("aws_kms_key.main", Action::Create)], ..Report::default() };
    let error = StoreError::Cloud(denied("s3:PutObject"));
    let place = "s3://artos-terraform-state/global/terraform.tfstate";
    let rescued = Unsaved { error: &error, place, rescue: Some("errored.tfstate") };
    assert_snapshot!(shown(&plan, &report, Some(rescued)), @r"

    Error: Failed to save the state

    s3://artos-terraform-state/global/terraform.tfstate: Access denied to s3:PutObject.

    What was done since the last write is recorded in the file errored.tfstate here.

    help: the next run needs no help; to bring the record back all the same, when nobody else has written the state meanwhile: underpin state push errored.tfstate

    Done before that: 1 added, 0 changed, 0 destroyed.
    Run underpin apply again: it finds by their tags the objects that this run made.
    ");
    let lost = Unsaved { place: "terraform.tfstate", rescue: None, ..rescued };
    let text = shown(&plan, &report, Some(lost));
    assert!(text.contains("save that text") && text.contains("state push SAVED-TEXT"), "{text}");
    let nothing_done = shown(&plan, &Report::default(), Some(rescued));
    assert!(nothing_done.ends_with("again: it goes on from here.\n"), "{nothing_done}");
    let moved = shown(&plan, &report, Some(Unsaved { error: &StoreError::Moved, ..rescued }));
    assert!(moved.contains("do not write over it") && !moved.contains("state push"), "{moved}");
}
