//! `profile = "document"`: what was taken over keeps its tags, and all that underpin makes carries ours.

use engine::{Action, Options};
use foundation::settings::{DEPLOYMENT, MANAGED_BY};
use serde_json::{Value, json};
use terraform::{Address, Attributes};

use super::world::{APPLY, World, changed, everything};

const BUCKET: &str = "aws_s3_bucket.cloudtrail";

/// A world as after an adoption: everything is there and recorded, and nothing carries our tags.
async fn adopted(settings: Value) -> World {
    let world = World::new(settings);
    world.run(&APPLY).await;
    world.cloud.meddle(|objects| objects.values_mut().for_each(take_tags_off));
    let mut state = world.state();
    for instance in state.resources.iter_mut().flat_map(|resource| &mut resource.instances) {
        take_tags_off(&mut instance.attributes);
    }
    world.store.overwrite(&state.to_bytes());
    world
}

fn take_tags_off(attributes: &mut Attributes) {
    for name in ["tags", "tags_all"] {
        if let Some(tags) = attributes.get_mut(name).and_then(Value::as_object_mut) {
            tags.retain(|tag, _| ![DEPLOYMENT, MANAGED_BY].contains(&tag.as_str()));
        }
    }
}

/// The objects whose keys begin so, with whether each carries the deployment's identity.
fn marked(world: &World, beginning: &str) -> Vec<(String, bool)> {
    let objects = world.cloud.objects().into_iter().filter(|(key, _)| key.starts_with(beginning));
    objects.map(|(key, attributes)| (key, attributes["tags"].get(DEPLOYMENT).is_some())).collect()
}

fn document() -> Value {
    json!({"profile": "document"})
}

#[tokio::test]
async fn what_was_taken_over_is_left_as_it_is_and_what_takes_its_place_is_marked() {
    let mut world = adopted(document()).await;
    assert_eq!(changed(&world.plan(&APPLY).await), []);
    world.settings["tags"] = json!({"cost_center": "finance"});
    world.run(&APPLY).await;
    let role = "aws_iam_role \"genai-artos-production-eks-service-role\"";
    assert_eq!(marked(&world, role).iter().map(|(_, marked)| *marked).collect::<Vec<_>>(), [false]);

    let replace = vec![Address::new("aws_iam_role", "eks_service")];
    let (report, _) = world.run(&Options { replace, ..APPLY }).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(marked(&world, role).iter().map(|(_, marked)| *marked).collect::<Vec<_>>(), [true]);
    assert_eq!(changed(&world.plan(&APPLY).await), []);

    world.settings["project_name"] = json!("renamed");
    let (report, _) = world.run(&APPLY).await;
    assert!(report.is_complete(), "{report:?}");
    for kind in ["aws_iam_role ", "aws_cloudtrail ", "aws_s3_bucket "] {
        let new: Vec<_> =
            marked(&world, kind).into_iter().filter(|(key, _)| key.contains("renamed")).collect();
        assert!(!new.is_empty() && new.iter().all(|(_, marked)| *marked), "{new:?}");
    }
    assert_eq!(changed(&world.plan(&APPLY).await), []);
}

#[tokio::test]
async fn the_label_of_what_was_taken_over_is_its_own_unless_the_settings_have_one() {
    for label in [MANAGED_BY, "Managed-By"] {
        let mut world = adopted(document()).await;
        let labelled = |attributes: &mut Attributes| {
            for name in ["tags", "tags_all"] {
                if let Some(tags) = attributes.get_mut(name).and_then(Value::as_object_mut) {
                    tags.insert(label.to_owned(), json!("terraform"));
                }
            }
        };
        world.cloud.meddle(|objects| objects.values_mut().for_each(labelled));
        let mut state = world.state();
        let instances = state.resources.iter_mut().flat_map(|resource| &mut resource.instances);
        instances.for_each(|instance| labelled(&mut instance.attributes));
        world.store.overwrite(&state.to_bytes());
        assert_eq!(changed(&world.plan(&APPLY).await), [], "{label}");

        world.settings["tags"] = json!({"cost_center": "engineering", label: "terraform"});
        assert_eq!(changed(&world.plan(&APPLY).await), [], "{label}");
        world.settings["tags"] = json!({"cost_center": "engineering", label: "underpin-team"});
        let (report, _) = world.run(&APPLY).await;
        assert!(report.is_complete(), "{report:?}");
        let labels: Vec<_> =
            world.cloud.objects().values().filter_map(|object| object.get("tags").cloned()).collect();
        assert!(!labels.is_empty() && labels.iter().all(|tags| tags[label] == "underpin-team"), "{labels:?}");
    }
}

#[tokio::test]
async fn a_bucket_that_was_cut_off_before_its_tags_is_given_them() {
    let untagged = |world: &World| {
        world.cloud.meddle(|objects| {
            let bucket = objects.iter_mut().find(|(key, _)| key.starts_with("aws_s3_bucket ")).unwrap().1;
            bucket.insert("tags".to_owned(), json!({}));
            bucket.insert("tags_all".to_owned(), json!({}));
        });
    };
    for settings in [document(), json!({"profile": "document", "cloudtrail_bucket_suffix": "audit"})] {
        for recorded in [true, false] {
            let world = World::new(settings.clone());
            world.run(&APPLY).await;
            untagged(&world);
            let mut state = world.state();
            let bucket: Address = BUCKET.parse().unwrap();
            if recorded {
                let resource = state.resources.iter_mut().find(|resource| resource.is_at(&bucket)).unwrap();
                resource.instances[0].attributes.insert("tags".to_owned(), json!({}));
            } else {
                state.forget(&bucket);
            }
            world.store.overwrite(&state.to_bytes());
            let plan = world.plan(&APPLY).await;
            assert_eq!(changed(&plan), [(BUCKET.to_owned(), Action::Update)], "{settings} {recorded}");
            world.carry_out(&plan).await;
            assert!(marked(&world, "aws_s3_bucket ").iter().all(|(_, marked)| *marked));
            assert_eq!(changed(&world.plan(&APPLY).await), []);
        }
    }
}

#[tokio::test]
async fn optional_settings_of_a_bucket_that_is_left_are_left_with_it() {
    let mut world = World::new(everything());
    world.run(&APPLY).await;
    let before = world.cloud.objects();
    world.settings["profile"] = json!("document");
    world.settings["cloudtrail_bucket_suffix"] = json!("another");
    let plan = world.plan(&APPLY).await;
    for kind in ["aws_s3_bucket_public_access_block", "aws_s3_bucket_ownership_controls"] {
        let change = plan.changes.iter().find(|change| change.address.resource_type() == kind).unwrap();
        assert_eq!((change.action, &change.after), (Action::Forget, &None), "{kind}");
    }
    let (report, _) = world.carry_out(&plan).await;
    assert!(report.is_complete(), "{report:?}");
    let after = world.cloud.objects();
    for kind in ["aws_s3_bucket_public_access_block ", "aws_s3_bucket_ownership_controls "] {
        let of = |objects: &std::collections::BTreeMap<String, Attributes>| -> Vec<_> {
            objects.clone().into_iter().filter(|(key, _)| key.starts_with(kind)).collect()
        };
        assert_eq!(of(&after), of(&before));
        assert!(world.state().resources.iter().all(|resource| resource.resource_type != kind.trim()));
    }
    let plan = world.plan(&APPLY).await;
    assert_eq!(changed(&plan), []);
    assert!(!plan.is_applyable());
}
