//! States in, matches out.

use foundation::testing::{self, over};
use serde_json::{Value, json};

use super::*;
use foundation::Blueprint;
use terraform::{Diagnostic, State};

const NAME: &str = "genai-artos-production";

fn drawn(changes: &Value) -> Blueprint {
    testing::drawn(over(json!({"tags": {"cost_center": "engineering"}}), changes.clone()))
}

/// A state of entries `(module, type, name, key, attributes)`.
fn state(entries: Value) -> State {
    let resources: Vec<Value> = entries
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let mut instance = json!({"schema_version": 0, "attributes": entry[4]});
            if !entry[3].is_null() {
                instance["index_key"] = entry[3].clone();
            }
            let mut resource = json!({
                "mode": "managed", "type": entry[1], "name": entry[2], "instances": [instance],
                "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
            });
            if !entry[0].is_null() {
                resource["module"] = entry[0].clone();
            }
            resource
        })
        .collect();
    let state = json!({"version": 4, "serial": 3, "lineage": "l", "outputs": {}, "resources": resources});
    State::parse(state.to_string().as_bytes()).unwrap()
}

fn arn(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:us-east-1:123456789012:{resource}")
}

fn alias() -> Value {
    json!(["module.kms", "aws_kms_alias", "a", null, {"id": "alias/x", "name": format!("alias/{NAME}-kms-key"), "target_key_id": "k-1"}])
}

fn key(id: &str) -> Value {
    json!([null, "aws_kms_key", "k", id, {"id": id, "key_id": id, "arn": arn("kms", &format!("key/{id}"))}])
}

fn trail(bucket: &str) -> Value {
    json!(["module.audit[0]", "aws_cloudtrail", "t", null, {
        "id": "t", "name": format!("{NAME}-cloudtrail"), "s3_bucket_name": bucket, "kms_key_id": arn("kms", "key/k-2"),
        "arn": arn("cloudtrail", &format!("trail/{NAME}-cloudtrail")),
    }])
}

fn bucket(kind: &str, name: &str, more: Value) -> Value {
    let mut attributes = json!({"id": name, "bucket": name});
    attributes.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!(["module.audit[0]", kind, name, null, attributes])
}

fn found(state: &State, blueprint: &Blueprint) -> Result<Vec<String>, Vec<Diagnostic>> {
    let (account_id, region) = ("123456789012".parse().unwrap(), "us-east-1".parse().unwrap());
    let place = Place { account_id: &account_id, region: &region };
    let line =
        |adoptee: Adoptee| format!("{} <- {} {:?}", adoptee.address, adoptee.from.unwrap(), adoptee.evidence);
    matches(state, blueprint, place).map(|found| found.into_iter().map(line).collect())
}

fn hints(problems: Result<Vec<String>, Vec<Diagnostic>>) -> Vec<String> {
    problems
        .unwrap_err()
        .into_iter()
        .map(|problem| format!("{}: {}", problem.summary, problem.detail))
        .collect()
}

#[test]
fn the_alias_leads_to_the_key_and_the_trail_to_the_bucket_whatever_their_addresses() {
    let entries = json!([
        alias(),
        key("k-1"),
        key("k-2"),
        trail("legacy"),
        bucket("aws_s3_bucket", "legacy", json!({"region": "us-east-1"})),
        bucket("aws_s3_bucket", "genai-artos-production-cloudtrail-logs-1", json!({})),
        bucket("aws_s3_bucket_policy", "legacy", json!({"policy": "{}"})),
        bucket("aws_s3_bucket_versioning", "other", json!({})),
    ]);
    let lines = found(&state(entries), &drawn(&json!({}))).unwrap();
    let trail = format!("{NAME}-cloudtrail");
    assert_eq!(
        lines,
        [
            format!("aws_kms_key.main <- aws_kms_key.k[\"k-1\"] Lead(\"alias/{NAME}-kms-key points to it\")"),
            "aws_kms_alias.main <- module.kms.aws_kms_alias.a Name".to_owned(),
            format!("aws_s3_bucket.cloudtrail <- module.audit[0].aws_s3_bucket.legacy Lead(\"the trail {trail} delivers into it\")"),
            "aws_s3_bucket_policy.cloudtrail <- module.audit[0].aws_s3_bucket_policy.legacy PartOf(\"legacy\")".to_owned(),
            "aws_cloudtrail.main <- module.audit[0].aws_cloudtrail.t Name".to_owned(),
        ]
    );
}

#[test]
fn without_alias_the_trail_leads_to_the_key_and_without_trail_a_policy_to_the_bucket() {
    let lines = found(&state(json!([key("k-1"), key("k-2"), trail("gone")])), &drawn(&json!({}))).unwrap();
    assert!(
        lines[0].starts_with("aws_kms_key.main <- aws_kms_key.k[\"k-2\"] Lead(\"the trail "),
        "{lines:?}"
    );
    let policy =
        format!("{{\"aws:SourceArn\":\"{}\"}}", arn("cloudtrail", &format!("trail/{NAME}-cloudtrail")));
    let entries = json!([
        bucket("aws_s3_bucket", "audit", json!({})),
        bucket("aws_s3_bucket_policy", "audit", json!({"policy": policy})),
    ]);
    let lines = found(&state(entries), &drawn(&json!({}))).unwrap();
    assert_eq!(
        lines[0],
        "aws_s3_bucket.cloudtrail <- module.audit[0].aws_s3_bucket.audit Lead(\"its policy lets our trail write\")"
    );
}

#[test]
fn roles_and_attachments_are_known_by_their_names_and_unrelated_ones_are_not() {
    let role = format!("{NAME}-eks-service-role");
    let attachment = |role: &str, policy: &str| json!([null, "aws_iam_role_policy_attachment", policy, 0, {"role": role, "policy_arn": format!("arn:aws:iam::aws:policy/{policy}")}]);
    let entries = json!([
        [null, "aws_iam_role", "a", null, {"id": role, "name": role, "path": "/platform/", "arn": format!("arn:aws:iam::123456789012:role/{role}")}],
        [null, "aws_iam_role", "b", null, {"id": "else", "name": "else", "path": "/"}],
        attachment(&role, "AmazonEKSClusterPolicy"),
        attachment("else", "AmazonEKS_CNI_Policy"),
    ]);
    assert_eq!(
        found(&state(entries), &drawn(&json!({}))).unwrap(),
        [
            "aws_iam_role.eks_service <- aws_iam_role.a Name".to_owned(),
            format!(
                "aws_iam_role_policy_attachment.eks_cluster_policy <- aws_iam_role_policy_attachment.AmazonEKSClusterPolicy[0] PartOf(\"{role}\")"
            ),
        ]
    );
}

#[test]
fn two_that_fit_and_objects_of_other_places_are_refused() {
    let twice = json!([alias(), [null, "aws_kms_alias", "b", null, alias()[4]]]);
    let said = hints(found(&state(twice), &drawn(&json!({}))));
    assert!(said[0].contains("module.kms.aws_kms_alias.a, aws_kms_alias.b"), "{said:?}");
    let prefix = format!("{NAME}-cloudtrail-logs-");
    let buckets = json!([
        bucket("aws_s3_bucket", &format!("{prefix}1"), json!({})),
        bucket("aws_s3_bucket", &format!("{prefix}2"), json!({})),
    ]);
    assert!(hints(found(&state(buckets), &drawn(&json!({}))))[0].starts_with("More than one object fits"));
    let role = format!("{NAME}-eks-service-role");
    let elsewhere =
        json!([[null, "aws_iam_role", "a", null, {"name": role, "arn": "arn:aws:iam::999999999999:role/x"}]]);
    let said = hints(found(&state(elsewhere), &drawn(&json!({}))));
    assert!(said[0].contains("it is in account 999999999999"), "{said:?}");
}

fn adoptee(address: &str, from: &str, attributes: Value) -> Adoptee {
    Adoptee {
        address: address.parse().unwrap(),
        from: Some(from.to_owned()),
        attributes: attributes.as_object().unwrap().clone(),
        tainted: false,
        evidence: Evidence::Name,
    }
}

#[test]
fn in_place_entries_move_what_depends_on_them_follows_and_an_occupied_address_is_refused() {
    let mut before = state(json!([key("k-1"), key("k-2"), bucket("aws_s3_bucket", "uploads", json!({}))]));
    before.resources[1].instances[0].dependencies = vec!["aws_kms_key.k".to_owned(), "data.x.y".to_owned()];
    before.resources[0].instances[0].other.insert("private".to_owned(), json!("bnVsbA=="));
    before.resources[0].instances[0].other.insert("create_before_destroy".to_owned(), json!(true));
    let adoptees = [adoptee("aws_kms_key.main", "aws_kms_key.k[\"k-1\"]", key("k-1")[4].clone())];
    let record = json!({"id": "d", "input": {"bucket_name": "audit"}, "output": {"bucket_name": "audit"}});
    let record = record.as_object().unwrap();
    let blueprint = drawn(&json!({}));
    let moved = transfer(&before, &adoptees, Origin::InPlace, record.clone(), &blueprint).unwrap();
    let at = |state: &State| -> Vec<String> {
        let mut all: Vec<String> = state
            .resources
            .iter()
            .flat_map(|resource| {
                resource
                    .instances
                    .iter()
                    .map(|instance| instance.address_in(&resource.address()))
                    .collect::<Vec<_>>()
            })
            .collect();
        all.sort();
        all
    };
    assert_eq!(
        at(&moved),
        [
            "aws_kms_key.k[\"k-2\"]",
            "aws_kms_key.main",
            "module.audit[0].aws_s3_bucket.uploads",
            "terraform_data.deployment"
        ]
    );
    let uploads = moved.resources.iter().find(|resource| resource.name == "uploads").unwrap();
    assert_eq!(uploads.instances[0].dependencies, ["aws_kms_key.main", "data.x.y"]);
    let key = moved.instance(&"aws_kms_key.main".parse().unwrap()).unwrap();
    assert_eq!(key.attributes["deletion_window_in_days"], 7, "what the state does not know is as desired");
    assert_eq!(
        (&key.other["private"], &key.other["create_before_destroy"]),
        (&json!("bnVsbA=="), &json!(true))
    );
    let record = &moved.instance(&"terraform_data.deployment".parse().unwrap()).unwrap().attributes;
    assert_eq!(record["output"]["type"], json!(["object", {"bucket_name": "string"}]));

    let again = transfer(&moved, &adoptees, Origin::Elsewhere, record.clone(), &blueprint);
    assert!(again.unwrap_err()[0].hint.as_ref().unwrap().contains("terraform state mv aws_kms_key.main"));
}

#[test]
fn what_is_somebody_elses_at_an_address_of_ours_is_refused_in_a_state_that_was_never_ours() {
    let role = format!("{NAME}-eks-service-role");
    let entry =
        |name: &str, id: &str| json!([null, "aws_iam_role", name, null, {"id": id, "name": id, "path": "/"}]);
    let before =
        state(json!([alias(), entry("eks_service", "someone-elses-role"), entry("eks_fargate", &role)]));
    let adoptees = [
        adoptee("aws_kms_alias.main", "module.kms.aws_kms_alias.a", alias()[4].clone()),
        adoptee("aws_iam_role.eks_fargate", "aws_iam_role.eks_fargate", json!({"id": role, "name": role})),
    ];
    let record = json!({"id": "d", "input": {"bucket_name": "b"}, "output": {"bucket_name": "b"}});
    let record = record.as_object().unwrap();
    for origin in [Origin::InPlace, Origin::Elsewhere] {
        let refused = transfer(&before, &adoptees, origin, record.clone(), &drawn(&json!({}))).unwrap_err();
        let stranger = refused.iter().find(|problem| problem.detail.contains("someone-elses-role")).unwrap();
        let hint = stranger.hint.as_ref().unwrap();
        assert!(hint.ends_with("mv aws_iam_role.eks_service aws_iam_role.eks_service_other"), "{hint}");
        assert_eq!(refused.len(), if origin == Origin::InPlace { 1 } else { 2 }, "{refused:?}");
    }
}
