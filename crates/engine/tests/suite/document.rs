//! Plans as Terraform's JSON documents.

use engine::document::document;
use engine::{Basis, Goal, Options, PlanFile, PlanFileError};
use serde_json::{Value, json};

use super::world::{APPLY, DESTROY, World, everything};

/// The document of what a plan says now.
async fn shown(world: &World, options: &Options) -> Value {
    let basis = Basis {
        caller: None,
        profile: None,
        account_id: "123456789012".to_owned(),
        region: "us-east-1".to_owned(),
        workspace: "default".to_owned(),
        state: "terraform.tfstate".to_owned(),
        timestamp: "2026-11-22T05:39:23Z".to_owned(),
        offline: false,
        variables: [("environment".to_owned(), json!("production"))].into(),
        resources: world.blueprint().resources,
    };
    let saved = PlanFile::new(world.plan(options).await, basis);
    let read = PlanFile::parse(&saved.to_bytes().unwrap()).unwrap();
    assert_eq!(read, saved, "a plan is read as it was written");
    let mut damaged = saved.to_bytes().unwrap();
    let digit = damaged.windows(12).position(|digits| digits == b"123456789012").unwrap();
    damaged[digit] = b'2';
    assert!(matches!(PlanFile::parse(&damaged), Err(PlanFileError::Damaged)));
    serde_json::from_str(&document(&read).to_line().unwrap()).unwrap()
}

/// The entry of an address in a list of the document.
fn entry<'a>(list: &'a Value, address: &str) -> &'a Value {
    list.as_array().unwrap().iter().find(|entry| entry["address"] == address).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_first_plan() {
    let document = shown(&World::new(json!({})), &APPLY).await;
    let names = "format_version terraform_version variables planned_values resource_changes output_changes prior_state \
                 configuration relevant_attributes permission_changes timestamp applyable complete errored";
    assert_eq!(keys(&document).join(" "), names);
    assert_eq!(document["format_version"], "1.2");
    assert_eq!(document["variables"], json!({"environment": {"value": "production"}}));
    let policy = entry(&document["resource_changes"], "aws_s3_bucket_policy.cloudtrail");
    let unknown = json!({"bucket": true, "id": true, "policy": true});
    assert_eq!(
        policy["change"],
        json!({"actions": ["create"], "before": null, "after": {}, "after_unknown": unknown,
               "before_sensitive": false, "after_sensitive": {}})
    );
    let trail = &entry(&document["resource_changes"], "aws_cloudtrail.main")["change"];
    let selector = json!([{"data_resource": [{"type": "AWS::S3::Object"}], "include_management_events": true,
                           "read_write_type": "All"}]);
    assert_eq!(trail["after"]["event_selector"], selector);
    assert_eq!(trail["after_unknown"]["event_selector"], json!([{"data_resource": [{"values": true}]}]));
    assert_eq!(trail["after_sensitive"]["event_selector"], json!([{"data_resource": [{"values": []}]}]));
    assert_eq!(
        (&trail["after"]["insight_selector"], &trail["after"]["sns_topic_name"]),
        (&json!([]), &Value::Null)
    );
    let arn = &document["output_changes"]["kms_key_arn"];
    assert_eq!((&arn["after_unknown"], arn.get("after")), (&json!(true), None));
    let planned = &document["planned_values"];
    assert_eq!(planned["outputs"]["kms_key_arn"], json!({"sensitive": false}));
    assert_eq!(planned["root_module"]["resources"].as_array().unwrap().len(), 21);
    let configuration = &document["configuration"]["root_module"];
    assert_eq!(keys(configuration), ["outputs", "resources", "variables"]);
    let versioning = entry(&configuration["resources"], "aws_s3_bucket_versioning.cloudtrail");
    let references = json!(["aws_s3_bucket.cloudtrail.bucket", "aws_s3_bucket.cloudtrail"]);
    assert_eq!(
        versioning["expressions"],
        json!({"bucket": {"references": references},
               "versioning_configuration": [{"status": {"constant_value": "Enabled"}}]})
    );
    let attachment = entry(&configuration["resources"], "aws_iam_role_policy_attachment.eks_cni_policy");
    assert_eq!(attachment["expressions"]["role"]["references"][1], "aws_iam_role.eks_node_group");
    assert_eq!(attachment.get("depends_on"), None);
    assert_eq!(configuration["variables"]["environment"].get("default"), None);
    assert_eq!(configuration["variables"]["kms_deletion_window_in_days"]["default"], 7);
}

#[tokio::test]
async fn nothing_changes() {
    let world = World::new(everything());
    world.run(&APPLY).await;
    let document = shown(&world, &APPLY).await;
    assert_eq!((&document["applyable"], document.get("relevant_attributes")), (&json!(false), None));
    for change in document["resource_changes"].as_array().unwrap() {
        let change = &change["change"];
        assert_eq!((&change["actions"], &change["after_unknown"]), (&json!(["no-op"]), &json!({})));
        assert_eq!(
            (&change["before"], &change["before_sensitive"]),
            (&change["after"], &change["after_sensitive"])
        );
    }
    let outputs = document["output_changes"].as_object().unwrap();
    assert_eq!(outputs.len(), 10);
    assert!(outputs.values().all(|change| change["actions"] == json!(["no-op"])), "{outputs:?}");
    let prior = &document["prior_state"]["values"];
    assert_eq!(keys(&prior["outputs"]["kms_key_arn"]), ["sensitive", "value", "type"]);
    assert_eq!(keys(&document["planned_values"]["outputs"]["kms_key_arn"]), ["sensitive", "type", "value"]);
    let alias = entry(&prior["root_module"]["resources"], "aws_kms_alias.main");
    let needed =
        json!(["aws_iam_service_linked_role.autoscaling", "aws_kms_key.main", "terraform_data.deployment"]);
    assert_eq!(alias["depends_on"], needed);
}

#[tokio::test]
async fn drift_replacement_and_what_is_no_longer_wanted() {
    let mut world = World::new(json!({}));
    world.run(&APPLY).await;
    world.settings = json!({"cloudtrail_bucket_suffix": "audit", "enable_fargate": false});
    world.cloud.meddle(|objects| {
        objects.retain(|key, _| !key.starts_with("aws_iam_role \"genai-artos-production-eks-service-role\""));
        for (_, attributes) in objects.iter_mut().filter(|(key, _)| key.starts_with("aws_kms_key ")) {
            attributes.insert("enable_key_rotation".to_owned(), json!(false));
            for tags in ["tags", "tags_all"] {
                attributes.get_mut(tags).unwrap()["strange"] = json!("x");
            }
        }
    });
    let replace = vec!["aws_kms_alias.main".parse().unwrap()];
    let document = shown(&world, &Options { replace, ..APPLY }).await;
    let changes = &document["resource_changes"];
    let action = |address: &str| {
        let entry = entry(changes, address);
        (entry["change"]["actions"].clone(), entry["action_reason"].clone())
    };
    let replaced = json!(["delete", "create"]);
    assert_eq!(action("aws_kms_alias.main"), (replaced, json!("replace_by_request")));
    let forgotten = json!(["create", "forget"]);
    assert_eq!(action("aws_s3_bucket.cloudtrail"), (forgotten, json!("replace_because_cannot_update")));
    let bucket = &entry(changes, "aws_s3_bucket.cloudtrail")["change"];
    assert_eq!(bucket["replace_paths"], json!([["bucket"]]));
    let gone = json!("delete_because_no_resource_config");
    assert_eq!(action("aws_iam_role.eks_fargate"), (json!(["delete"]), gone));
    let fargate = &entry(changes, "aws_iam_role.eks_fargate")["change"];
    assert_eq!(
        (&fargate["after"], &fargate["after_unknown"], &fargate["after_sensitive"]),
        (&Value::Null, &json!({}), &json!(false))
    );
    assert_eq!(action("aws_iam_role.eks_service"), (json!(["create"]), Value::Null));
    let drift = &document["resource_drift"];
    let role = &entry(drift, "aws_iam_role.eks_service")["change"];
    assert_eq!((&role["actions"], &role["after"]), (&json!(["delete"]), &Value::Null));
    assert_eq!(role["before"]["name"], "genai-artos-production-eks-service-role");
    let key = &entry(drift, "aws_kms_key.main")["change"];
    assert_eq!(key["actions"], json!(["update"]));
    assert_eq!(
        (&key["before"]["enable_key_rotation"], &key["after"]["enable_key_rotation"]),
        (&json!(true), &json!(false))
    );
    for tags in ["tags", "tags_all"] {
        let of = |side: &str| key[side][tags].get("strange").cloned();
        assert_eq!((of("before"), of("after")), (None, Some(json!("x"))), "{tags}");
    }
    let output = &document["output_changes"]["eks_fargate_role_arn"];
    assert_eq!((&output["actions"], &output["after"]), (&json!(["delete"]), &Value::Null));
}

#[tokio::test]
async fn destroying_keeps_what_is_retained() {
    let world = World::new(json!({}));
    world.run(&APPLY).await;
    let document = shown(&world, &DESTROY).await;
    let action = |address: &str| entry(&document["resource_changes"], address)["change"]["actions"].clone();
    assert_eq!(action("aws_cloudtrail.main"), json!(["delete"]));
    assert_eq!(action("aws_kms_key.main"), json!(["no-op"]));
    assert_eq!(document["planned_values"].get("outputs"), None);
    let delete_key = Options { goal: Goal::Destroy { delete_key: true }, ..DESTROY };
    let document = shown(&world, &delete_key).await;
    let key = entry(&document["resource_changes"], "aws_kms_key.main");
    assert_eq!((&key["change"]["actions"], key.get("action_reason")), (&json!(["delete"]), None));
}

#[tokio::test]
async fn what_an_earlier_run_made_is_imported_and_secrets_of_others_are_left_out() {
    let world = World::new(json!({}));
    world.run(&APPLY).await;
    let mut state = world.state();
    let alias = "aws_kms_alias.main".parse().unwrap();
    state.forget(&alias);
    let mut secret = terraform::state::Output::of(json!("hunter2")).unwrap();
    secret.sensitive = true;
    state.outputs.insert("password".to_owned(), secret);
    world.store.overwrite(&state.to_bytes());
    let document = shown(&world, &APPLY).await;
    let change = &entry(&document["resource_changes"], "aws_kms_alias.main")["change"];
    assert_eq!(change["actions"], json!(["no-op"]));
    assert_eq!(change["importing"]["id"], change["before"]["id"]);
    assert!(change["before"]["id"].is_string(), "{change}");
    assert_eq!(document["applyable"], true);
    assert!(!document.to_string().contains("hunter2"));
}
