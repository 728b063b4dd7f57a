//! Whatever fails, wherever: the next apply ends with the resources of an undisturbed run.

use std::sync::Arc;
use std::time::Duration;

use engine::{
    Action, Drift, Goal, Lease, LockOptions, Options, Progress, Run, Session, SessionError, StateStore, Stop,
    refresh,
};
use foundation::addresses::is_retained;
use serde_json::json;
use terraform::Address;
use terraform::lock::LockInfo;
use tokio::sync::watch;

use super::cloud::Fault;
use super::world::{APPLY, DESTROY, Silent, World, changed, everything};

#[tokio::test]
async fn a_first_apply_is_followed_by_no_changes_and_no_write() {
    for settings in [json!({}), everything(), json!({"cloudtrail_bucket_suffix": "audit"})] {
        let world = World::new(settings);
        let (report, written) = world.run(&APPLY).await;
        assert!(report.is_complete(), "{report:?}");
        assert!(
            written.writes < report.done.len() / 2 + 3,
            "{} writes for {} steps",
            written.writes,
            report.done.len()
        );
        let bytes = world.store.bytes().unwrap();
        let plan = world.plan(&APPLY).await;
        assert_eq!(changed(&plan), []);
        assert!(!plan.is_applyable(), "{:?}", plan.outputs);
        let (_, written) = world.carry_out(&plan).await;
        assert_eq!(written.writes, 0);
        assert_eq!(world.store.bytes().unwrap(), bytes);
    }
}

#[tokio::test]
async fn what_is_generated_is_saved_before_anything_is_made() {
    let world = World::new(json!({}));
    world.store.refuse_from(1);
    let (report, written) = world.run(&APPLY).await;
    assert!(written.error.is_some());
    assert_eq!(world.cloud.calls(), ["create terraform_data.deployment"]);
    assert!(!report.is_complete());
}

#[tokio::test]
async fn the_next_apply_finishes_what_a_fault_at_any_call_left() {
    let undisturbed = World::new(everything());
    let (report, _) = undisturbed.run(&APPLY).await;
    let calls = report.done.len();
    let expected = undisturbed.result();
    for fault in [Fault::Refuse, Fault::LoseAnswer] {
        for n in 1..=calls {
            let world = World::new(everything());
            world.cloud.fail_at(n, fault);
            let (report, _) = world.run(&APPLY).await;
            assert_eq!(report.failed.len(), 1, "{fault:?} at call {n}");
            let (report, _) = world.run(&APPLY).await;
            assert!(report.is_complete(), "{fault:?} at call {n}: {report:?}");
            assert_eq!(world.result(), expected, "{fault:?} at call {n}");
            assert_eq!(changed(&world.plan(&APPLY).await), [], "{fault:?} at call {n}");
        }
    }
}

#[tokio::test]
async fn the_next_apply_finishes_what_a_refused_write_left() {
    let undisturbed = World::new(everything());
    let (_, written) = undisturbed.run(&APPLY).await;
    let expected = undisturbed.result();
    for n in 1..=written.writes {
        let world = World::new(everything());
        world.store.refuse_from(n);
        let (_, written) = world.run(&APPLY).await;
        assert!(written.error.is_some());
        world.store.mend();
        let (report, _) = world.run(&APPLY).await;
        assert!(report.is_complete(), "write {n}: {report:?}");
        assert_eq!(world.result(), expected, "write {n}");
    }
}

#[tokio::test]
async fn destroy_leaves_only_what_is_retained_and_apply_takes_it_up_again() {
    let world = World::new(everything());
    world.run(&APPLY).await;
    let before = world.result();
    let (report, _) = world.run(&DESTROY).await;
    assert!(report.is_complete(), "{report:?}");
    let left: Vec<_> =
        world.cloud.objects().into_keys().map(|key| key.split(' ').next().unwrap().to_owned()).collect();
    assert!(
        left.contains(&"aws_kms_key".to_owned()) && left.contains(&"aws_s3_bucket".to_owned()),
        "{left:?}"
    );
    let gone = [
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_iam_role_policy_attachment",
        "aws_cloudtrail",
        "aws_kms_alias",
    ];
    assert!(left.iter().all(|kind| !gone.contains(&kind.as_str())), "{left:?}");
    assert!(world.state().outputs.is_empty());
    assert_eq!(changed(&world.plan(&DESTROY).await), []);
    world.run(&APPLY).await;
    assert_eq!(world.result(), before);
    let keys = world.cloud.calls().iter().filter(|call| *call == "create aws_kms_key.main").count();
    assert_eq!(keys, 1);
}

#[tokio::test]
async fn destroy_keeps_what_is_retained_whatever_the_settings_are_then() {
    let mut world = World::new(everything());
    world.run(&APPLY).await;
    let kept = |world: &World| -> Vec<_> {
        let state = world.state();
        let attributes = |address: &Address| state.instance(address).map(|found| found.attributes.clone());
        let addresses = state.resources.iter().map(|found| Address::new(&found.resource_type, &found.name));
        addresses.filter(is_retained).map(|address| (address.clone(), attributes(&address))).collect()
    };
    let before = kept(&world);
    world.settings = json!({});
    let plan = world.plan(&DESTROY).await;
    let lost = plan.changes.iter().filter(|change| change.action == Action::Delete);
    assert!(lost.clone().all(|change| !is_retained(&change.address)), "{:?}", lost.collect::<Vec<_>>());
    world.carry_out(&plan).await;
    assert_eq!(kept(&world), before);
}

#[tokio::test]
async fn the_role_of_a_service_is_left_to_the_account_when_it_is_not_wanted_any_more() {
    let mut world = World::new(json!({"kms_allow_autoscaling": true}));
    world.run(&APPLY).await;
    world.settings = json!({});
    let plan = world.plan(&APPLY).await;
    let address = "aws_iam_service_linked_role.autoscaling";
    assert!(changed(&plan).contains(&(address.to_owned(), Action::Forget)), "{:?}", changed(&plan));
    assert_eq!(plan.counts().destroy, 0);
    world.carry_out(&plan).await;
    assert!(world.state().instance(&address.parse().unwrap()).is_none());
    assert!(world.result().0.keys().any(|key| key.starts_with("aws_iam_service_linked_role ")));
    assert_eq!(changed(&world.plan(&APPLY).await), []);
}

#[tokio::test]
async fn what_a_cut_off_run_made_and_is_not_wanted_any_more_is_removed() {
    let calls = {
        let undisturbed = World::new(everything());
        undisturbed.run(&APPLY).await;
        undisturbed.cloud.calls()
    };
    for address in ["aws_iam_role.eks_fargate", "aws_iam_instance_profile.eks_node_group"] {
        let made = calls.iter().position(|call| *call == format!("create {address}")).unwrap();
        for next in [APPLY, DESTROY] {
            let mut world = World::new(everything());
            world.cloud.fail_at(made + 1, Fault::LoseAnswer);
            world.run(&APPLY).await;
            assert!(world.state().instance(&address.parse().unwrap()).is_none(), "{address} is recorded");
            world.settings["enable_fargate"] = json!(false);
            world.settings["create_node_instance_profile"] = json!(false);
            let (report, _) = world.run(&next).await;
            assert!(report.is_complete(), "{address}: {report:?}");
            let (kind, _) = address.split_once('.').unwrap();
            let left: Vec<_> = world.cloud.objects().into_keys().collect();
            let is_it = |object: &String| object.starts_with(kind) && object.contains("fargate");
            assert!(!left.iter().any(is_it), "{left:?}");
            assert!(!left.iter().any(|object| object.starts_with("aws_iam_instance_profile")), "{left:?}");
        }
    }
}

#[tokio::test]
async fn a_key_that_waits_for_its_deletion_is_enabled_again() {
    let world = World::new(json!({}));
    world.run(&APPLY).await;
    let delete_key = Options { goal: Goal::Destroy { delete_key: true }, ..DESTROY };
    world.run(&delete_key).await;
    assert!(world.cloud.calls().contains(&"delete aws_kms_key.main".to_owned()));
    let plan = world.plan(&APPLY).await;
    let key = plan.changes.iter().find(|change| change.address.resource_type() == "aws_kms_key").unwrap();
    assert_eq!(
        (key.action, key.differences.as_slice()),
        (Action::Update, ["is_enabled".to_owned()].as_slice())
    );
    world.carry_out(&plan).await;
    assert_eq!(changed(&world.plan(&APPLY).await), []);
}

#[tokio::test]
async fn a_key_that_waits_for_its_deletion_is_not_scheduled_again() {
    let world = World::new(json!({}));
    world.run(&APPLY).await;
    let delete_key = Options { goal: Goal::Destroy { delete_key: true }, ..DESTROY };
    world.run(&delete_key).await;
    world.cloud.meddle(|objects| {
        let key = objects.iter_mut().find(|(key, _)| key.starts_with("aws_kms_key ")).unwrap().1;
        key.insert("deletion_date".to_owned(), json!("2026-11-29T00:00:00Z"));
    });
    assert_eq!(changed(&world.plan(&delete_key).await), []);
    world.run(&delete_key).await;
    let key = world.state().instance(&"aws_kms_key.main".parse().unwrap()).unwrap().attributes.clone();
    assert!(!key.contains_key("deletion_date"));
}

#[tokio::test]
async fn drift_is_found_and_mended() {
    let world = World::new(json!({}));
    world.run(&APPLY).await;
    let whole = world.result();
    world.cloud.meddle(|objects| {
        objects.retain(|key, _| !key.starts_with("aws_iam_role \"genai-artos-production-eks-service-role\""));
        for (key, attributes) in objects.iter_mut() {
            if key.starts_with("aws_kms_key ") {
                attributes.insert("enable_key_rotation".to_owned(), json!(false));
            }
        }
    });
    let plan = world.plan(&APPLY).await;
    let key = plan.changes.iter().find(|change| change.address.resource_type() == "aws_kms_key").unwrap();
    assert_eq!(
        key.drift,
        Some(Drift::Changed(vec![("enable_key_rotation".to_owned(), json!(true), json!(false))]))
    );
    let role = Address::new("aws_iam_role", "eks_service");
    let role = plan.changes.iter().find(|change| change.address == role).unwrap();
    assert_eq!(role.action, Action::Create);
    assert!(
        matches!(&role.drift, Some(Drift::Deleted(recorded)) if recorded.contains_key("arn")),
        "{role:?}"
    );
    world.carry_out(&plan).await;
    assert_eq!(world.result(), whole);
}

#[tokio::test]
async fn a_renamed_project_replaces_roles_and_keeps_the_old_log_bucket() {
    let mut world = World::new(json!({}));
    world.run(&APPLY).await;
    world.settings = json!({"project_name": "renamed"});
    let (report, _) = world.run(&APPLY).await;
    assert!(report.is_complete(), "{report:?}");
    let objects = world.cloud.objects();
    let of = |prefix: &str| objects.keys().filter(|key| key.starts_with(prefix)).count();
    assert_eq!(of("aws_s3_bucket "), 2);
    assert_eq!(of("aws_s3_bucket_public_access_block "), 2);
    assert_eq!(of("aws_iam_role "), 4);
    assert_eq!(of("aws_kms_key "), 1);
    assert_eq!(changed(&world.plan(&APPLY).await), []);
}

#[tokio::test]
async fn what_hangs_on_a_replaced_role_is_replaced_with_it() {
    let mut world = World::new(everything());
    world.run(&APPLY).await;
    world.settings["iam_path"] = json!("/platform/");
    let plan = world.plan(&APPLY).await;
    let replaced = |kind: &str| {
        plan.changes
            .iter()
            .filter(|change| change.address.resource_type() == kind)
            .all(|change| change.action == Action::Replace)
    };
    for kind in
        ["aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_instance_profile"]
    {
        assert!(replaced(kind), "{kind}");
    }
    world.carry_out(&plan).await;
    assert_eq!(changed(&world.plan(&APPLY).await), []);
}

#[tokio::test]
async fn resources_of_somebody_else_are_neither_adopted_nor_touched() {
    let world = World::new(json!({}));
    let other = World::new(json!({}));
    other.run(&APPLY).await;
    let role = other.cloud.objects().into_iter().find(|(key, _)| key.starts_with("aws_iam_role ")).unwrap();
    world.cloud.meddle(|objects| drop(objects.insert(role.0.clone(), role.1.clone())));
    let (session, blueprint) = (world.session().await, world.blueprint());
    let observation = refresh(&world.cloud, &session.state, &blueprint, 8).await.unwrap();
    let problems = engine::plan(&blueprint, &session.state, &observation, &APPLY).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].summary.ends_with("exists already and is not ours"), "{problems:?}");

    let mut state = other.state();
    let foreign = Address::new("aws_iam_role", "of_the_user");
    let ours = state.instance(&Address::new("aws_iam_role", "eks_service")).unwrap().clone();
    state.record(&foreign, "provider[\"registry.terraform.io/hashicorp/aws\"]", ours);
    other.store.overwrite(&state.to_bytes());
    assert_eq!(changed(&other.plan(&APPLY).await), []);
    other.run(&DESTROY).await;
    assert!(other.state().instance(&foreign).is_some());
}

#[tokio::test]
async fn a_stopped_run_begins_nothing_new_and_says_so() {
    let world = World::new(json!({}));
    let plan = world.plan(&APPLY).await;
    let journal = world.session().await.journal();
    let (stopper, stop) = watch::channel(false);
    struct StopAtRole(watch::Sender<bool>);
    impl Progress for StopAtRole {
        fn event(&self, event: &engine::Event) {
            if matches!(event, engine::Event::Completed(step) if step.address.resource_type() == "aws_iam_role")
            {
                let _ = self.0.send(true);
            }
        }
    }
    let progress = StopAtRole(stopper);
    let run = Run {
        cloud: &world.cloud,
        journal: &journal,
        progress: &progress,
        parallelism: 2,
        stop,
        lease: Lease::unlimited(),
    };
    let report = engine::apply::apply(&plan, &run).await;
    journal.close().await.unwrap();
    assert!(
        report.stopped == Some(Stop::Interrupted) && !report.skipped.is_empty() && report.failed.is_empty(),
        "{report:?}"
    );
    let recorded = world.state().resources.len();
    assert_eq!(recorded, report.done.len());
    let (report, _) = world.run(&APPLY).await;
    assert!(report.is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_run_that_lost_its_lock_begins_nothing_new_and_says_so() {
    let world = World::new(json!({}));
    let plan = world.plan(&APPLY).await;
    let options = LockOptions { lock: true, timeout: Duration::ZERO };
    let store: Arc<dyn StateStore> = world.store.clone();
    let unconfirmed = Session::open(store, options, LockInfo::default(), "lineage", &|_| {}).await.unwrap();
    let session = unconfirmed.confirm(async |_| Ok::<_, SessionError>(())).await.0;
    tokio::task::yield_now().await;
    world.store.usurp("theirs");
    tokio::time::advance(Duration::from_secs(120)).await;
    let journal = session.journal();
    let (_stop, stop) = watch::channel(false);
    let run = Run {
        cloud: &world.cloud,
        journal: &journal,
        progress: &Silent,
        parallelism: 10,
        stop,
        lease: session.lease(),
    };
    let report = engine::apply::apply(&plan, &run).await;
    let written = journal.close().await.unwrap();
    assert!(
        matches!(&report.stopped, Some(Stop::LockLost(loss)) if loss.holder.as_ref().unwrap().id == "theirs")
    );
    assert!(report.done.is_empty() && report.failed.is_empty() && !report.skipped.is_empty());
    assert_eq!((written.writes, world.cloud.objects().len()), (0, 0));
}

#[tokio::test]
async fn recorded_arns_tell_the_account() {
    let world = World::new(json!({}));
    world.run(&APPLY).await;
    let mut state = world.state();
    let role = Address::new("aws_iam_role", "eks_service");
    let mut instance = state.instance(&role).unwrap().clone();
    let arn = json!("arn:aws-cn:iam::123456789012:role/r");
    for resource in std::mem::take(&mut state.resources) {
        let address = Address::new(&resource.resource_type, &resource.name);
        if address.resource_type() == "aws_s3_bucket" {
            state.resources.push(resource);
        }
    }
    assert_eq!(engine::observation::recorded_account(&state), None, "the ARN of a bucket has no account");
    instance.attributes.insert("arn".to_owned(), arn);
    state.record(&role, "provider[\"registry.terraform.io/hashicorp/aws\"]", instance);
    assert_eq!(engine::observation::recorded_account(&state).as_deref(), Some("123456789012"));
}

#[tokio::test]
async fn a_target_leaves_out_the_rest_and_all_outputs() {
    let world = World::new(json!({}));
    let role: Address = "aws_iam_role.eks_service".parse().unwrap();
    let targeted = |replace: Vec<Address>| Options { targets: vec![role.clone()], replace, ..APPLY };
    let plan = world.plan(&targeted(Vec::new())).await;
    let made = ["terraform_data.deployment", "aws_iam_role.eks_service"];
    assert_eq!(changed(&plan), made.map(|address| (address.to_owned(), Action::Create)));
    assert!(plan.outputs.is_empty() && plan.is_applyable(), "{:?}", plan.outputs);
    world.carry_out(&plan).await;
    assert!(world.state().outputs.is_empty());

    world.run(&APPLY).await;
    let elsewhere = world.plan(&targeted(vec!["aws_iam_role.eks_fargate".parse().unwrap()])).await;
    assert!(!elsewhere.is_applyable(), "{:?}", elsewhere.outputs);
    let destroy = world.plan(&Options { goal: DESTROY.goal, ..targeted(Vec::new()) }).await;
    assert!(destroy.outputs.is_empty(), "{:?}", destroy.outputs);
    world.carry_out(&destroy).await;
    assert_eq!(world.state().outputs.len(), 10);
}

#[tokio::test]
async fn nobody_waits_for_the_rest_of_an_object_that_is_begun() {
    let world = World::new(json!({}));
    world.cloud.begins_keys();
    let (report, _) = world.run(&APPLY).await;
    assert!(report.is_complete());
    let calls = world.cloud.calls();
    let at = |call: &str| calls.iter().position(|made| made == call).unwrap();
    assert!(at("create aws_kms_key.main") < at("update aws_kms_key.main"));
    assert_eq!(report.done.iter().filter(|step| step.address.resource_type() == "aws_kms_key").count(), 1);
    assert!(world.plan(&APPLY).await.changes.iter().all(|change| change.action == Action::NoOp));
}

#[tokio::test]
async fn an_object_whose_rest_failed_is_recorded_and_finished_by_the_next_run() {
    let (undisturbed, world) = (World::new(json!({})), World::new(json!({})));
    undisturbed.cloud.begins_keys();
    undisturbed.run(&APPLY).await;
    let rest = undisturbed.cloud.calls().iter().position(|call| call == "update aws_kms_key.main").unwrap();
    world.cloud.begins_keys();
    world.cloud.fail_at(rest + 1, Fault::Refuse);
    let (report, _) = world.run(&APPLY).await;
    let failed: Vec<String> = report.failed.iter().map(|(step, _)| step.address.to_string()).collect();
    assert_eq!((failed, report.skipped.len()), (vec!["aws_kms_key.main".to_owned()], 0));
    let plan = world.plan(&APPLY).await;
    let changed: Vec<_> = plan.changes.iter().filter(|change| change.action != Action::NoOp).collect();
    assert_eq!(changed.len(), 1);
    assert_eq!(
        (changed[0].action, changed[0].differences.join(" ")),
        (Action::Update, "enable_key_rotation".to_owned())
    );
    assert!(world.run(&APPLY).await.0.is_complete());
    assert_eq!(world.cloud.objects().len(), undisturbed.cloud.objects().len());
}
