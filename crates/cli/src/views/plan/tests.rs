//! Plans of the document's example as people see them.

mod destroy;
mod replacement;

use insta::assert_snapshot;
use serde_json::json;
use time::macros::date;

use super::*;
use crate::views::sample::{World, address, applied, empty};

fn shown(plan: &Plan) -> String {
    render(
        plan,
        &PlanContext { today: Some(date!(2026 - 11 - 22)), ..PlanContext::default() },
        Palette::PLAIN,
    )
}

fn shown_apply(world: &World) -> String {
    shown(&world.plan(Goal::Apply))
}

/// The same world under other settings.
fn with_settings(mut world: World, changes: serde_json::Value) -> World {
    world.blueprint = crate::views::sample::foundation(changes);
    world
}

#[test]
fn a_first_apply() {
    assert_snapshot!("first_apply", shown_apply(&empty(json!({"artos_ecr_aws_account": "210987654321"}))));
}

#[test]
fn no_changes() {
    assert_snapshot!(shown_apply(&applied(json!({}))), @r"No changes. Your infrastructure matches the configuration.");
}

#[test]
fn updates_of_every_kind() {
    let changed = with_settings(
        applied(json!({"cloudtrail_log_retention_days": 30, "artos_ecr_aws_account": "210987654321"})),
        json!({
            "cloudtrail_log_retention_days": 60,
            "artos_ecr_aws_account": "210987654321",
            "ecr_repository_prefixes": ["development", "staging"],
            "kms_deletion_window_in_days": 30,
            "kms_allow_cloudwatch_logs": false,
            "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/Boundary",
            "cloudtrail_s3_data_events": {"scope": "buckets", "buckets": ["uploads"]},
            "tags": {"system_owner": "someone@company.com"},
        }),
    );
    assert_snapshot!(shown_apply(&changed), @r#"
    underpin will perform these actions:

      ~ update in place

      ~ aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab
          policy                   -1 (see Permissions)
          deletion_window_in_days  7 -> 30
      ~ aws_iam_role.eks_service  genai-artos-production-eks-service-role
      ~ aws_iam_role.eks_node_group  genai-artos-production-eks-node-group-role
      ~ aws_iam_role_policy.node_group_cross_account_ecr  cross-account-ecr of genai-artos-production-eks-node-group-role
          policy  ~1 (see Permissions)
      ~ aws_iam_role.eks_fargate  genai-artos-production-eks-fargate-role
      ~ aws_iam_role_policy.fargate_cross_account_ecr  cross-account-ecr of genai-artos-production-eks-fargate-role
          policy  ~1 (see Permissions)
      ~ aws_iam_role.rds_enhanced_monitoring  genai-artos-production-rds-enhanced-monitoring-role
      ~ aws_s3_bucket.cloudtrail  genai-artos-production-cloudtrail-logs-1a2b3c4d
      ~ aws_s3_bucket_lifecycle_configuration.cloudtrail
          rule.expiration.days  30 -> 60
          rule.noncurrent_version_expiration.noncurrent_days  30 -> 60
      ~ aws_cloudtrail.main  genai-artos-production-cloudtrail
          event_selector.data_resource.values  - "arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/", + "arn:aws:s3:::uploads/"

        Tags of 7 objects: aws_kms_key.main, aws_iam_role.eks_service, aws_iam_role.eks_node_group, aws_iam_role.eks_fargate, aws_iam_role.rds_enhanced_monitoring, aws_s3_bucket.cloudtrail, aws_cloudtrail.main
          tags.system_owner  "platform-team@company.com" -> "someone@company.com"
          tags.cost_center   "engineering" -> null

        The same for 4 objects: aws_iam_role.eks_service, aws_iam_role.eks_node_group, aws_iam_role.eks_fargate, aws_iam_role.rds_enhanced_monitoring
          permissions_boundary  null -> "arn:aws:iam::123456789012:policy/Boundary"

    Permissions (+ someone can do more, - less, ~ otherwise):

      Key aws_kms_key.main
        - logs.us-east-1.amazonaws.com loses kms:Decrypt, kms:Describe*, kms:Encrypt, kms:GenerateDataKey*, kms:ReEncrypt* if kms:EncryptionContext:aws:logs:arn like arn:aws:logs:us-east-1:123456789012:*

      Role genai-artos-production-eks-fargate-role
        ~ ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:DescribeImages, ecr:DescribeRepositories, ecr:GetDownloadUrlForLayer on arn:aws:ecr:*:210987654321:repository/thirdparty/* -> arn:aws:ecr:*:210987654321:repository/staging/* (inline policy cross-account-ecr)
        - the permissions boundary arn:aws:iam::123456789012:policy/Boundary bounds it: loses whatever that does not allow

      Role genai-artos-production-eks-node-group-role
        ~ ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:DescribeImages, ecr:DescribeRepositories, ecr:GetDownloadUrlForLayer on arn:aws:ecr:*:210987654321:repository/thirdparty/* -> arn:aws:ecr:*:210987654321:repository/staging/* (inline policy cross-account-ecr)
        - the permissions boundary arn:aws:iam::123456789012:policy/Boundary bounds it: loses whatever that does not allow

      Role genai-artos-production-eks-service-role
        - the permissions boundary arn:aws:iam::123456789012:policy/Boundary bounds it: loses whatever that does not allow

      Role genai-artos-production-rds-enhanced-monitoring-role
        - the permissions boundary arn:aws:iam::123456789012:policy/Boundary bounds it: loses whatever that does not allow

      Bucket genai-artos-production-cloudtrail-logs-1a2b3c4d
        - logs, those there are included: S3 deletes them 60 days after they were written (before: S3 deletes them 30 days after they were written)

    Plan: 0 to add, 10 to change, 0 to destroy.
    "#);
}

#[test]
fn drift_of_every_kind() {
    let mut world = applied(json!({"exclusive_role_policies": true}));
    world.drift("aws_kms_key.main", "enable_key_rotation", json!(false));
    world.drift("aws_cloudtrail.main", "enable_logging", json!(false));
    world.vanish("aws_iam_role_policy_attachment.eks_cni_policy");
    world.drift(
        "aws_iam_role.eks_service",
        "managed_policy_arns",
        json!([
            "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
            "arn:aws:iam::aws:policy/AdministratorAccess"
        ]),
    );
    world.drift("aws_iam_role.eks_service", "inline_policy_names", json!(["backdoor"]));
    let policy = world.text("aws_kms_key.main", "policy");
    let widened = policy.replacen(
        "\"Statement\":[",
        r#""Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"kms:Decrypt","Resource":"*"},"#,
        1,
    );
    world.drift("aws_kms_key.main", "policy", json!(widened));
    world.drift(
        "aws_s3_bucket_policy.cloudtrail",
        "policy",
        json!("{\"Version\":\"2012-10-17\",\"Statement\":[]}"),
    );
    assert_snapshot!(shown_apply(&world), @r#"
    Changed outside of underpin since the last apply (recorded -> now):

      ~ aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab
          enable_key_rotation  true -> false
          policy
            + [another account] account 999999999999 gains kms:Decrypt
      ~ aws_iam_role.eks_service  genai-artos-production-eks-service-role
          + has been given the managed policy AdministratorAccess
          + has been given the inline policy backdoor
      - aws_iam_role_policy_attachment.eks_cni_policy  AmazonEKS_CNI_Policy on genai-artos-production-eks-node-group-role
          it is gone
      ~ aws_s3_bucket_policy.cloudtrail
          policy
            - cloudtrail.amazonaws.com loses s3:GetBucketAcl on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail
            - cloudtrail.amazonaws.com loses s3:PutObject on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/AWSLogs/123456789012/* if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail and s3:x-amz-acl = bucket-owner-full-control
            + [everyone, all actions, can change this policy, can delete logs] everyone is no longer denied s3:* on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d, arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/* if aws:SecureTransport = false
      ~ aws_cloudtrail.main  genai-artos-production-cloudtrail
          enable_logging  true -> false

    Applying this plan puts it back.

    underpin will perform these actions:

      + create
      ~ update in place

      ~ aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab
          enable_key_rotation  false -> true
          policy               -1 (see Permissions)
      ~ aws_iam_role.eks_service  genai-artos-production-eks-service-role
          managed_policy_arns  - "arn:aws:iam::aws:policy/AdministratorAccess"
          inline_policy_names  - "backdoor"
      + aws_iam_role_policy_attachment.eks_cni_policy  AmazonEKS_CNI_Policy on genai-artos-production-eks-node-group-role
      ~ aws_s3_bucket_policy.cloudtrail
          policy  +2 -1 (see Permissions)
      ~ aws_cloudtrail.main  genai-artos-production-cloudtrail
          enable_logging  false -> true

    Permissions (+ someone can do more, - less, ~ otherwise):

      Key aws_kms_key.main
        - account 999999999999 loses kms:Decrypt

      Role genai-artos-production-eks-node-group-role
        + gains all of the managed policy AmazonEKS_CNI_Policy (v6 of 2026-03-04): ec2 14 (AssignPrivateIpAddresses, AttachNetworkInterface, CreateNetworkInterface and 5 more)

      Role genai-artos-production-eks-service-role
        - loses all of the managed policy AdministratorAccess
        - loses all of the inline policy backdoor

      Bucket genai-artos-production-cloudtrail-logs-1a2b3c4d
        + cloudtrail.amazonaws.com gains s3:GetBucketAcl on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail
        + cloudtrail.amazonaws.com gains s3:PutObject on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/AWSLogs/123456789012/* if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail and s3:x-amz-acl = bucket-owner-full-control
        - everyone is denied s3:* on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d, arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/* if aws:SecureTransport = false

    What goes with these changes:

      ! aws_kms_key.main: what somebody else wrote into the key's policy goes: a statement without a name.

    If that is wanted, the settings keep it:

        key_policy_statements = [
          {
            Sid    = "Kept1"
            Effect = "Allow"
            Principal = {
              AWS = "arn:aws:iam::999999999999:root"
            }
            Action   = "kms:Decrypt"
            Resource = "*"
          },
        ]

    Plan: 1 to add, 4 to change, 0 to destroy.
    "#);
    assert_snapshot!(shown(&world.plan(Goal::Refresh)), @r"
    Changed outside of underpin since the last apply (recorded -> now):

      ~ aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab
          enable_key_rotation  true -> false
          policy
            + [another account] account 999999999999 gains kms:Decrypt
      - aws_iam_role_policy_attachment.eks_cni_policy  AmazonEKS_CNI_Policy on genai-artos-production-eks-node-group-role
          it is gone
      ~ aws_s3_bucket_policy.cloudtrail
          policy
            - cloudtrail.amazonaws.com loses s3:GetBucketAcl on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail
            - cloudtrail.amazonaws.com loses s3:PutObject on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/AWSLogs/123456789012/* if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail and s3:x-amz-acl = bucket-owner-full-control
            + [everyone, all actions, can change this policy, can delete logs] everyone is no longer denied s3:* on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d, arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/* if aws:SecureTransport = false
      ~ aws_cloudtrail.main  genai-artos-production-cloudtrail
          enable_logging  true -> false

    You can apply this plan to record what changed outside of underpin, without changing anything in AWS.
    ");
}

#[test]
fn what_a_crash_left_is_recorded() {
    let mut world = applied(json!({}));
    world.forget("aws_kms_key.main");
    world.forget("aws_iam_role.eks_service");
    world.drift("aws_iam_role.eks_service", "description", json!("half made"));
    assert_snapshot!(shown_apply(&world), @r#"
    underpin will perform these actions:

      ~ update in place
      = found: there already, as after a run that was cut off; only recorded

      = aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab
      ~ aws_iam_role.eks_service  genai-artos-production-eks-service-role
          found: there already, as after a run that was cut off; recorded as well
          description  "half made" -> "Lets the EKS control plane manage resources of its clusters"

    Plan: 2 to import, 0 to add, 1 to change, 0 to destroy.
    "#);
}

#[test]
fn a_key_that_waits_for_its_deletion_is_kept() {
    let mut world = applied(json!({}));
    world.drift("aws_kms_key.main", "is_enabled", json!(false));
    let text = shown_apply(&world);
    let plan = text.split("in place\n\n").nth(1).unwrap();
    assert_snapshot!(plan, @r"
      ~ aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab
          enables the key; if its deletion is scheduled, that is cancelled first
          is_enabled  false -> true

    Permissions (+ someone can do more, - less, ~ otherwise):

      Key aws_kms_key.main
        + whom its policy allows to use it can do so again: it was disabled

    Plan: 0 to add, 1 to change, 0 to destroy.
    ");
}

#[test]
fn only_outputs_change() {
    let mut world = applied(json!({"enable_fargate": false}));
    world.state.outputs.remove("kms_key_arn");
    world.state.outputs.get_mut("aws_account_id").unwrap().value = json!("210987654321");
    for name in ["eks_fargate_role_arn", "of_somebody_else"] {
        world.state.outputs.insert(name.to_owned(), terraform::state::Output::of(json!("x")).unwrap());
    }
    assert_snapshot!(shown_apply(&world), @r#"
    Changes to Outputs:
      ~ aws_account_id       = "210987654321" -> "123456789012"
      - eks_fargate_role_arn = "x" -> null
      + kms_key_arn          = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

    You can apply this plan to save these new output values to the state, without changing anything in AWS.
    "#);
}

#[test]
fn warnings_and_the_saved_plan_stand_at_the_end() {
    let mut world = empty(json!({}));
    world.blueprint.resources.retain(|resource| resource.address == address("terraform_data.deployment"));
    world.blueprint.outputs.clear();
    let mut plan = world.plan(Goal::Apply);
    plan.targeted = true;
    let warnings = [Diagnostic::warning("No registry account", "Nodes cannot pull images.").hint("set it")];
    let context =
        PlanContext { warnings: &warnings, saved_to: Some("tf plan.out"), ..PlanContext::default() };
    assert_snapshot!(render(&plan, &context, Palette::PLAIN), @r#"
    underpin will perform these actions:

      + create

      + terraform_data.deployment
          draws the identity that everything made here carries as a tag, and the suffix of the bucket's name

    Warning: No registry account

    Nodes cannot pull images.

    help: set it

    Warning: Resource targeting is in effect

    With -target, what else the settings ask for is left out. Outputs are not recorded either.

    Plan: 1 to add, 0 to change, 0 to destroy.

    Saved the plan to: tf plan.out

    To perform exactly these actions, run the following command to apply:
        underpin apply "tf plan.out"
    "#);
    let context = PlanContext { saved_to: Some("x"), in_automation: true, ..PlanContext::default() };
    assert!(render(&plan, &context, Palette::PLAIN).ends_with("destroy.\n\nSaved the plan to: x\n"));
}

#[test]
fn colour_changes_no_letter() {
    let mut world = applied(json!({"exclusive_role_policies": true}));
    world.drift("aws_kms_key.main", "enable_key_rotation", json!(false));
    world.vanish("aws_iam_role.eks_fargate");
    let plan = world.plan(Goal::Apply);
    let context = PlanContext { width: Some(100), ..PlanContext::default() };
    let (plain, coloured) =
        (render(&plan, &context, Palette::PLAIN), render(&plan, &context, Palette::new(true)));
    assert!(!plain.contains('\u{1b}'));
    assert_ne!(plain, coloured);
    assert_eq!(crate::views::sample::without_colour(&coloured), plain);
}

#[test]
fn sentences_are_wrapped_to_the_terminal() {
    let plan = empty(json!({})).plan(Goal::Apply);
    let text = render(&plan, &PlanContext { width: Some(80), ..PlanContext::default() }, Palette::PLAIN);
    let permissions = text.split("Permissions (").nth(1).unwrap();
    let end = permissions.split("\nPlan:").next().unwrap();
    let breakable = |line: &&str| line.trim().split(' ').count() > 2;
    assert!(end.lines().filter(breakable).all(|line| line.chars().count() <= 80), "{end}");
    assert!(shown(&plan).lines().any(|line| line.chars().count() > 120));
}

#[test]
fn imports_are_counted_as_terraform_counts_them() {
    let counts = Counts { import: 2, add: 26, change: 0, destroy: 1 };
    assert_eq!(count(&counts), "Plan: 2 to import, 26 to add, 0 to change, 1 to destroy.");
    assert_eq!(count(&Counts { import: 0, ..counts }), "Plan: 26 to add, 0 to change, 1 to destroy.");
}
