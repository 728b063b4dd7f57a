//! Finds the foundation's objects in the account: what is called as the settings say, and what that leads to.

use foundation::settings::DEPLOYMENT;
use foundation::{Blueprint, Resource, Role, addresses, kinds};
use futures::stream::{self, StreamExt};
use serde_json::json;
use terraform::{Address, Attributes, State, Value};

use super::{Adoptee, Evidence};
use crate::cloud::{Cloud, CloudError};
use crate::observation::{ReadFailure, recorded};
use crate::template;

/// Adds to `adoptees` what they and the records of `state` lead to: the key that the alias points to and the bucket that
/// the trail delivers into. With `by_name` also everything in the account that is called as the blueprint says.
///
/// # Errors
/// All reads that failed.
pub async fn discover(
    cloud: &dyn Cloud,
    state: &State,
    blueprint: &Blueprint,
    adoptees: &mut Vec<Adoptee>,
    by_name: bool,
) -> Result<(), Vec<ReadFailure>> {
    let known = |adoptees: &[Adoptee], address: &Address| {
        let adopted = adoptees.iter().find(|adoptee| adoptee.address == *address);
        adopted.map(|adoptee| adoptee.attributes.clone()).or_else(|| recorded(state, address))
    };
    if by_name {
        let searches = blueprint
            .resources
            .iter()
            .filter(|resource| is_found_by_name(resource) && known(adoptees, &resource.address).is_none());
        let searches = searches.map(|resource| (resource.address.clone(), names(resource), Evidence::Name));
        let found = read_all(cloud, searches.collect()).await?;
        adoptees.extend(found);
    }
    let of_type = |resource_type| blueprint.only(resource_type).map(|resource| &resource.address);
    let mut led_to = Vec::new();
    let alias = of_type("aws_kms_alias").and_then(|alias| known(adoptees, alias));
    let trail = of_type("aws_cloudtrail").and_then(|trail| known(adoptees, trail));
    if let Some(key) = of_type("aws_kms_key").filter(|key| known(adoptees, key).is_none()) {
        let by_alias = alias.as_ref().and_then(|alias| lead(alias, "target_key_id", Evidence::Alias));
        let by_trail = || trail.as_ref().and_then(|trail| lead(trail, "kms_key_id", Evidence::TrailKey));
        led_to.extend(
            by_alias.or_else(by_trail).map(|(id, evidence)| (key.clone(), one("key_id", &id), evidence)),
        );
    }
    if let Some(bucket) = of_type("aws_s3_bucket").filter(|bucket| known(adoptees, bucket).is_none()) {
        let by_trail = trail.as_ref().and_then(|trail| lead(trail, "s3_bucket_name", Evidence::TrailBucket));
        led_to.extend(by_trail.map(|(name, evidence)| (bucket.clone(), one("bucket", &name), evidence)));
    }
    let found = read_all(cloud, led_to).await?;
    adoptees.extend(found);
    Ok(())
}

/// The log buckets that a destroy left, whose names begin as the settings say and whose tags name a deployment.
///
/// # Errors
/// The buckets cannot be listed, or one of them cannot be read.
pub async fn retained(cloud: &dyn Cloud, blueprint: &Blueprint) -> Result<Vec<Adoptee>, CloudError> {
    let bucket = addresses::bucket();
    let resource = blueprint.resources.iter().find(|resource| resource.address == bucket);
    let name = resource.and_then(|resource| resource.arguments.get("bucket")?.as_str()).unwrap_or_default();
    let Some((beginning, _)) = name.split_once("${") else { return Ok(Vec::new()) };
    let buckets = cloud.list(&bucket, beginning).await?;
    let adoptee = |attributes: Attributes| {
        let identity = attributes.get("tags")?.get(DEPLOYMENT)?.as_str()?.to_owned();
        let evidence = Evidence::Identity(identity);
        Some(Adoptee { address: bucket.clone(), from: None, attributes, tainted: false, evidence })
    };
    Ok(buckets.into_iter().filter_map(adoptee).collect())
}

/// What an object names in an attribute, and by what that is known.
fn lead(from: &Attributes, attribute: &str, evidence: fn(String) -> Evidence) -> Option<(String, Evidence)> {
    let name = from.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let text = from.get(attribute)?.as_str().filter(|text| !text.is_empty())?;
    Some((text.to_owned(), evidence(name)))
}

/// Reads objects by what names them.
async fn read_all(
    cloud: &dyn Cloud,
    searches: Vec<(Address, Attributes, Evidence)>,
) -> Result<Vec<Adoptee>, Vec<ReadFailure>> {
    /// How many reads at once.
    const PARALLEL: usize = 10;
    let reads = searches.into_iter().map(async |(address, names, evidence)| {
        let answer = cloud.read(&address, &names).await;
        (address, evidence, answer)
    });
    let answers: Vec<(Address, Evidence, Result<Option<Attributes>, CloudError>)> =
        stream::iter(reads).buffered(PARALLEL).collect().await;
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for (address, evidence, answer) in answers {
        match answer {
            Ok(attributes) => found.extend(attributes.map(|attributes| Adoptee {
                address,
                from: None,
                attributes,
                tainted: false,
                evidence,
            })),
            Err(error) => failures.push(ReadFailure { address, error }),
        }
    }
    if failures.is_empty() { Ok(found) } else { Err(failures) }
}

/// Whether an object is found by its name alone. What belongs to another is found with that; what serves everybody in
/// the account is not taken over.
fn is_found_by_name(resource: &Resource) -> bool {
    let resource_type = resource.address.resource_type();
    !matches!(
        resource_type,
        "terraform_data" | "aws_kms_key" | "aws_s3_bucket" | "aws_iam_service_linked_role"
    ) && addresses::parent_type(resource_type).is_none()
}

/// What names an object, as far as it is known.
fn names(resource: &Resource) -> Attributes {
    let Some(schema) = kinds::schema_of(resource.address.resource_type()) else { return Attributes::new() };
    let naming = schema.attributes.iter().filter(|attribute| attribute.role == Role::Identity);
    naming
        .filter_map(|attribute| {
            let value = resource.arguments.get(attribute.name).filter(|value| template::is_known(value))?;
            Some((attribute.name.to_owned(), value.clone()))
        })
        .collect()
}

fn one(name: &str, value: &str) -> Attributes {
    std::iter::once((name.to_owned(), json!(value))).collect()
}
