//! Whatever the settings were and are: an apply leaves nothing to do.

use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::{Value, json};

use super::world::{APPLY, World, changed, everything};

/// Any mixture of the optional settings.
fn some_settings() -> impl Strategy<Value = Value> {
    let options: Vec<(String, Value)> = [
        everything(),
        json!({
            "enable_fargate": false, "restrict_service_principals": false, "kms_allow_cloudwatch_logs": false,
            "cloudtrail_bucket_suffix": "audit", "iam_path": "/platform/", "kms_rotation_period_in_days": 90,
            "cloudtrail_s3_data_events": {"scope": "none"},
        }),
    ]
    .into_iter()
    .flat_map(|settings| settings.as_object().cloned().unwrap_or_default())
    .collect();
    let count = options.len();
    subsequence(options, 0..=count).prop_map(|chosen| Value::Object(chosen.into_iter().collect()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_plan_after_an_apply_is_empty_whatever_the_settings_were_and_are(
        before in some_settings(),
        after in some_settings(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut world = World::new(before);
            for settings in [world.settings.clone(), after] {
                world.settings = settings;
                let (report, _) = world.run(&APPLY).await;
                assert!(report.is_complete(), "{report:?}");
                let plan = world.plan(&APPLY).await;
                assert_eq!(changed(&plan), []);
                assert!(!plan.is_applyable(), "{:?}", plan.outputs);
            }
        });
    }
}
