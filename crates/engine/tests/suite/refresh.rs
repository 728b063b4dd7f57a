//! A refresh only records what there is.

use engine::{Goal, Options};
use serde_json::json;
use terraform::Address;

use super::world::{APPLY, DESTROY, World, changed, everything};

const REFRESH: Options =
    Options { goal: Goal::Refresh, targets: Vec::new(), replace: Vec::new(), today: None };

#[tokio::test]
async fn nothing_is_recorded_where_nothing_is() {
    let world = World::new(json!({}));
    let plan = world.plan(&REFRESH).await;
    assert!(!plan.is_applyable() && plan.changes.is_empty(), "{:?}", plan.changes);
    let (_, written) = world.carry_out(&plan).await;
    assert_eq!((written.writes, world.store.bytes()), (0, None));
}

#[tokio::test]
async fn what_is_gone_is_forgotten_and_made_again_by_the_next_apply_or_left_by_a_destroy() {
    for (lost, object, output) in [
        ("aws_kms_key.main", "aws_kms_key ", "kms_key_arn"),
        (
            "aws_iam_role.eks_service",
            "aws_iam_role \"genai-artos-production-eks-service-role\"",
            "eks_service_role_arn",
        ),
        ("aws_s3_bucket.cloudtrail", "aws_s3_bucket ", "cloudtrail_bucket_name"),
    ] {
        for next in [&APPLY, &DESTROY] {
            let world = World::new(everything());
            world.run(&APPLY).await;
            world.cloud.meddle(|objects| objects.retain(|key, _| !key.starts_with(object)));
            let plan = world.plan(&REFRESH).await;
            assert!(plan.has_drift() && plan.is_applyable() && changed(&plan).is_empty(), "{lost}");
            let (report, _) = world.carry_out(&plan).await;
            assert!(report.is_complete(), "{report:?}");
            let (kind, name) = lost.split_once('.').unwrap();
            let state = world.state();
            assert!(state.instance(&Address::new(kind, name)).is_none(), "{lost} is still recorded");
            let text = String::from_utf8(world.store.bytes().unwrap()).unwrap();
            assert!(!text.contains("${aws_"), "{lost}: {text}");
            let known = state.outputs.get(output).is_none_or(|output| output.value.is_string());
            assert!(known, "{output}");
            let (report, _) = world.run(next).await;
            assert!(report.is_complete(), "{lost}: {report:?}");
            if next.goal == Goal::Apply {
                assert_eq!(changed(&world.plan(&APPLY).await), [], "{lost}");
            }
        }
    }
}
