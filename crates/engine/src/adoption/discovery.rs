//! Finds the foundation's objects in the account: what is called as the settings say, and what that leads to.

use foundation::settings::DEPLOYMENT;
use foundation::{Blueprint, FoundBy, Lead, Resource, addresses, kinds};
use futures::stream::{self, StreamExt};
use serde_json::json;
use terraform::{Address, Attributes, State};

use super::{Adoptee, Evidence, lead};
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
    let mut led_to = Vec::new();
    for resource in blueprint.resources.iter().filter(|resource| known(adoptees, &resource.address).is_none())
    {
        let FoundBy::Leads { names: [name, ..], leads } = found_by(resource) else { continue };
        let found = leads.iter().find_map(|lead| match lead {
            Lead::Named { by, attribute, says } => {
                follow(&known(adoptees, &blueprint.only(by)?.address)?, attribute, says)
            }
            Lead::Likeness { .. } => None,
        });
        led_to.extend(found.map(|(value, evidence)| (resource.address.clone(), one(name, &value), evidence)));
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
fn follow(from: &Attributes, attribute: &str, says: &str) -> Option<(String, Evidence)> {
    let text = from.get(attribute)?.as_str().filter(|text| !text.is_empty())?;
    Some((text.to_owned(), lead(says, from)))
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
    let schema = kinds::schema_of(resource.address.resource_type());
    schema.is_some_and(|schema| schema.found_by == FoundBy::Name && schema.part_of.is_none())
}

fn found_by(resource: &Resource) -> FoundBy {
    kinds::schema_of(resource.address.resource_type()).map_or(FoundBy::Nothing, |schema| schema.found_by)
}

/// What names an object, as far as it is known.
fn names(resource: &Resource) -> Attributes {
    let Some(schema) = kinds::schema_of(resource.address.resource_type()) else { return Attributes::new() };
    schema
        .naming()
        .filter_map(|attribute| {
            let value = resource.arguments.get(attribute.name).filter(|value| template::is_known(value))?;
            Some((attribute.name.to_owned(), value.clone()))
        })
        .collect()
}

fn one(name: &str, value: &str) -> Attributes {
    std::iter::once((name.to_owned(), json!(value))).collect()
}
