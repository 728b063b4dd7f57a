//! Deployments whose state is lost are taken up again by the identity that their objects carry.

use harness::{Fault, Matching, Rule, When, World};
use serde_json::{Value, json};

use super::{BUCKET, addresses_of_nothing, by_hand, is_empty};
use crate::foundation::export::{expect, handed_over, terraform};
use crate::support::account::{NAME, moto, run, succeed, text};

/// The deployment whose state is lost.
const LOST: &str = "0b5e45f5-4c55-4b0e-9d0e-6f4b6c1d2e3f";

/// Another one.
const OTHER: &str = "8c760c0a-c22c-4a79-b175-fea8c468300a";

/// What a command is refused with, on one line.
fn refusal(world: &World, arguments: &[&str]) -> String {
    let refused = run(world, arguments);
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stdout));
    text(&refused.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn another_deployments_objects_are_refused_unless_its_state_is_lost() {
    let mut world = moto();
    let tags = json!([{"Key": "underpin:deployment", "Value": LOST}]);
    by_hand(&mut world, BUCKET, &tags);
    let said = refusal(&world, &["adopt", "-auto-approve"]);
    assert!(said.contains(&format!("underpin adopt -deployment={LOST}")), "{said}");
    let said = refusal(&world, &["adopt", "-auto-approve", &format!("-deployment={OTHER}")]);
    assert!(said.contains(&format!("is tagged underpin:deployment = {OTHER}")), "{said}");
    assert!(said.contains(&format!("they carry {LOST} (aws_iam_role.")), "{said}");
    assert!(said.contains(&format!("help: underpin adopt -deployment={LOST}")), "{said}");
    assert!(addresses_of_nothing(&world), "nothing is written");
    succeed(&world, &["adopt", "-auto-approve", &format!("-deployment={LOST}")]);
    let record = succeed(&world, &["state", "show", "terraform_data.deployment"]);
    assert!(record.contains(&format!("\"{LOST}\"")) && record.contains("\"9f3c11aa\""), "{record}");
}

#[test]
fn an_identity_that_no_object_carries_is_refused() {
    let mut world = moto();
    by_hand(&mut world, BUCKET, &json!([]));
    let said = refusal(&world, &["adopt", "-auto-approve", &format!("-deployment={OTHER}")]);
    assert!(said.contains("No object carries this deployment's identity"), "{said}");
    assert!(said.contains("none of those that were found has this tag"), "{said}");
    assert!(said.contains("leave out -deployment: underpin adopt"), "{said}");
    assert!(addresses_of_nothing(&world), "nothing is written");
}

#[test]
fn a_lost_deployments_bucket_that_no_trail_leads_to_is_found_by_its_tag() {
    let mut world = moto();
    by_hand(&mut world, BUCKET, &json!([{"Key": "underpin:deployment", "Value": LOST}]));
    world.aws().call("cloudtrail", "delete_trail", json!({"Name": format!("{NAME}-cloudtrail")})).unwrap();
    let (prefix, suffix) = BUCKET.split_at(BUCKET.len() - "9f3c11aa".len());
    let (another, third) = (format!("{prefix}another"), format!("{prefix}third"));
    let make = |world: &mut World, bucket: &str| {
        world.aws().call("s3", "create_bucket", json!({"Bucket": bucket})).unwrap();
    };
    let tag = |world: &mut World, bucket: &str, id: &str| {
        let tags = json!({"TagSet": [{"Key": "underpin:deployment", "Value": id}]});
        world.aws().call("s3", "put_bucket_tagging", json!({"Bucket": bucket, "Tagging": tags})).unwrap();
    };
    make(&mut world, &another);
    make(&mut world, &third);
    tag(&mut world, BUCKET, LOST);
    tag(&mut world, &third, OTHER);
    let lost = format!("-deployment={LOST}");
    let shown = |arguments: &[&str]| {
        let shown = succeed(&world, &[&["adopt", &lost, "-dry-run"], arguments].concat());
        shown.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let found = shown(&[]);
    assert!(found.contains(&format!("= aws_s3_bucket.cloudtrail {BUCKET}")), "{found}");
    assert!(found.contains(&format!("its tag underpin:deployment is {LOST}")), "{found}");
    assert!(!found.contains("was not found"), "{found}");

    let list = Matching::action("s3", "ListBuckets");
    world.proxy().arm(Rule::new(Fault::Refuse(403, "AccessDenied"), list, When::Always));
    let asked = shown(&[]);
    assert!(asked.contains("The log bucket was not found"), "{asked}");
    assert!(asked.contains(&format!("{prefix}SUFFIX (aws s3 ls)")), "{asked}");
    let chosen = shown(&[&format!("-var=cloudtrail_bucket_suffix={suffix}")]);
    assert!(!chosen.contains("was not found") && chosen.contains(BUCKET), "{chosen}");
    world.proxy().reset();

    tag(&mut world, &another, LOST);
    let said = refusal(&world, &["adopt", &lost, "-auto-approve"]);
    assert!(said.contains("The deployment has more than one log bucket"), "{said}");
    let hint = format!(
        "underpin adopt {lost} -var=cloudtrail_bucket_suffix=9f3c11aa or -var=cloudtrail_bucket_suffix=another"
    );
    assert!(said.contains(&hint), "{said}");
    assert!(addresses_of_nothing(&world), "nothing is written");
}

#[test]
fn where_there_is_nothing_nothing_is_adopted_or_written() {
    let world = moto();
    for (given, said) in [
        (&["adopt", "-auto-approve"] as &[&str], "check project_name"),
        (&["adopt", "-dry-run"], "check project_name"),
        (&["adopt", "-auto-approve", &format!("-deployment={OTHER}")], "cloudtrail_bucket_suffix"),
    ] {
        let error = refusal(&world, given);
        assert!(
            error.contains("There is nothing to take over") && error.contains(said),
            "{given:?}\n{error}"
        );
        assert!(addresses_of_nothing(&world), "nothing is written");
    }
}

#[test]
fn terraform_goes_on_with_what_underpin_made_destroys_it_and_underpin_begins_again_with_what_is_left() {
    let world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let (key, bucket) = (
        succeed(&world, &["output", "-raw", "kms_key_id"]),
        succeed(&world, &["output", "-raw", "cloudtrail_bucket_name"]),
    );
    let record = succeed(&world, &["state", "pull"]);
    let record: Value = serde_json::from_str(&record).unwrap();
    let record =
        record["resources"].as_array().unwrap().iter().find(|found| found["name"] == "deployment").unwrap();
    let id = record["instances"][0]["attributes"]["id"].as_str().unwrap();
    let module = handed_over(&world);
    let tfvars = module.path().join("terraform.tfvars");
    let changed = std::fs::read_to_string(&tfvars).unwrap().replace("\"engineering\"", "\"finance\"");
    std::fs::write(&tfvars, changed).unwrap();
    let terraform = || terraform(&world, module.path());
    let applied = expect(&terraform().args(["apply", "-auto-approve", "-no-color"]).output().unwrap());
    assert!(applied.contains("0 added, 7 changed, 0 destroyed."), "{applied}");
    let retained = ["aws_kms_key.main", "aws_s3_bucket.cloudtrail"];
    expect(&terraform().args(["state", "rm", "-no-color"]).args(retained).output().unwrap());
    expect(&terraform().args(["destroy", "-auto-approve", "-no-color"]).output().unwrap());

    // The state is empty, and with it the deployment's identity is gone; the tags still have it.
    let said = refusal(&world, &["adopt", "-auto-approve"]);
    assert!(said.contains(&format!("there is a log bucket {bucket} of deployment {id}")), "{said}");
    succeed(&world, &["adopt", &format!("-deployment={id}"), "-auto-approve"]);
    succeed(&world, &["apply", "-auto-approve"]);
    is_empty(&run(&world, &["plan", "-detailed-exitcode"]));
    assert_eq!(succeed(&world, &["output", "-raw", "kms_key_id"]), key);
    assert_eq!(succeed(&world, &["output", "-raw", "cloudtrail_bucket_name"]), bucket);
}
