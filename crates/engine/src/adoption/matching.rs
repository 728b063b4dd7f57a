//! Finds the foundation's objects among those that a Terraform state records. Pure.

use foundation::{AccountId, Blueprint, Region, Resource, Role, addresses, kinds};
use terraform::state::{Instance, Mode, State};
use terraform::{Address, Attributes, Diagnostic, Value};

use super::{Adoptee, Evidence};
use crate::template;

/// The account and region that everything must be in.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The account.
    pub account_id: &'a AccountId,
    /// The region of what is regional.
    pub region: &'a Region,
}

/// An object of the state.
struct Candidate<'a> {
    resource_type: &'a str,
    address: String,
    attributes: &'a Attributes,
    tainted: bool,
}

/// What the parts of the foundation are known by.
struct Landmarks {
    key: Option<(Value, Evidence)>,
    bucket: Option<(String, Evidence)>,
}

/// The objects of `state` that are what the blueprint asks for.
///
/// # Errors
/// Several objects for one resource, and objects of another account or region: all at once.
pub fn matches(
    state: &State,
    blueprint: &Blueprint,
    place: Place<'_>,
) -> Result<Vec<Adoptee>, Vec<Diagnostic>> {
    let candidates = candidates(state);
    let landmarks = landmarks(&candidates, blueprint, place)?;
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for resource in &blueprint.resources {
        let Some(evidence) = evidence(resource, &landmarks) else { continue };
        let fitting = candidates.iter().filter(|candidate| fits(candidate, resource, &landmarks));
        match one(&resource.address, fitting.collect(), place) {
            Ok(Some(candidate)) => found.push(Adoptee {
                address: resource.address.clone(),
                from: Some(candidate.address.clone()),
                attributes: candidate.attributes.clone(),
                tainted: candidate.tainted,
                evidence,
            }),
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// All current objects of the AWS provider.
fn candidates(state: &State) -> Vec<Candidate<'_>> {
    let managed = state
        .resources
        .iter()
        .filter(|resource| resource.mode == Mode::Managed && resource.provider.contains("/hashicorp/aws\"]"));
    managed
        .flat_map(|resource| {
            let current = resource.instances.iter().filter(|instance| instance.deposed.is_none());
            current.map(|instance: &Instance| Candidate {
                resource_type: &resource.resource_type,
                address: instance.address_in(&resource.address()),
                attributes: &instance.attributes,
                tainted: instance.tainted,
            })
        })
        .collect()
}

/// The key is what the alias points to, the bucket what the trail delivers into. Without alias or trail the other
/// leads to them, as far as it goes.
fn landmarks(
    candidates: &[Candidate<'_>],
    blueprint: &Blueprint,
    place: Place<'_>,
) -> Result<Landmarks, Vec<Diagnostic>> {
    let named = |resource_type: &str| {
        let Some(resource) = blueprint.only(resource_type) else { return Ok(None) };
        let fitting = candidates.iter().filter(|candidate| is_called(candidate, resource));
        one(&resource.address, fitting.collect(), place).map_err(|problem| vec![problem])
    };
    let (alias, trail) = (named("aws_kms_alias")?, named("aws_cloudtrail")?);
    let of =
        |candidate: &Candidate<'_>, name: &str| candidate.attributes.get(name).cloned().unwrap_or_default();
    let name = |candidate: &Candidate<'_>| text(candidate.attributes, "name").unwrap_or_default().to_owned();
    let key = alias.map(|alias| (of(alias, "target_key_id"), Evidence::Alias(name(alias))));
    let key = key.or_else(|| trail.map(|trail| (of(trail, "kms_key_id"), Evidence::TrailKey(name(trail)))));
    let bucket = trail.and_then(|trail| {
        let bucket = text(trail.attributes, "s3_bucket_name")?.to_owned();
        Some((bucket, Evidence::TrailBucket(name(trail))))
    });
    let bucket = match bucket {
        Some(bucket) => Some(bucket),
        None => bucket_without_trail(candidates, blueprint)?,
    };
    Ok(Landmarks { key: key.filter(|(key, _)| !key.is_null()), bucket })
}

/// The bucket whose policy names our trail, or that is called as ours would be.
fn bucket_without_trail(
    candidates: &[Candidate<'_>],
    blueprint: &Blueprint,
) -> Result<Option<(String, Evidence)>, Vec<Diagnostic>> {
    let trail = blueprint.only("aws_cloudtrail").and_then(|trail| text(&trail.arguments, "name"));
    let Some(bucket) = blueprint.only("aws_s3_bucket") else { return Ok(None) };
    let prefix = text(&bucket.arguments, "bucket").unwrap_or_default().split("${").next().unwrap_or_default();
    let end = format!(":trail/{}\"", trail.unwrap_or_default());
    let mut found: Vec<(String, Evidence)> = Vec::new();
    for candidate in candidates {
        let Some(name) = text(candidate.attributes, "bucket") else { continue };
        let by_policy = text(candidate.attributes, "policy").is_some_and(|policy| policy.contains(&end));
        let evidence = match candidate.resource_type {
            "aws_s3_bucket" | "aws_s3_bucket_policy" if by_policy => Evidence::BucketPolicy,
            "aws_s3_bucket" if name.starts_with(prefix) => Evidence::Name,
            _ => continue,
        };
        if !found.iter().any(|(known, _)| known == name) {
            found.push((name.to_owned(), evidence));
        }
    }
    match found.as_slice() {
        [_, _, ..] => {
            let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
            Err(vec![ambiguous(&bucket.address, &names)])
        }
        _ => Ok(found.pop()),
    }
}

/// Why a candidate that fits is the one; `None` for what is not taken from a state.
fn evidence(resource: &Resource, landmarks: &Landmarks) -> Option<Evidence> {
    let address = &resource.address;
    let bucket = landmarks.bucket.as_ref();
    match address.resource_type() {
        "terraform_data" => None,
        "aws_kms_key" => landmarks.key.as_ref().map(|(_, evidence)| evidence.clone()),
        "aws_s3_bucket" => bucket.map(|(_, evidence)| evidence.clone()),
        part => match addresses::parent_type(part) {
            Some("aws_s3_bucket") => bucket.map(|(name, _)| Evidence::PartOf(name.clone())),
            Some(_) => text(&resource.arguments, "role").map(|role| Evidence::PartOf(role.to_owned())),
            None => Some(Evidence::Name),
        },
    }
}

fn fits(candidate: &Candidate<'_>, resource: &Resource, landmarks: &Landmarks) -> bool {
    let wanted = resource.address.resource_type();
    if candidate.resource_type != wanted {
        return false;
    }
    match (wanted, &landmarks.key, &landmarks.bucket) {
        ("aws_kms_key", Some((key, _)), _) => {
            ["key_id", "arn", "id"].iter().any(|name| candidate.attributes.get(*name) == Some(key))
        }
        ("aws_kms_key", None, _) => false,
        (_, _, Some((bucket, _))) if wanted.starts_with("aws_s3_bucket") => {
            ["bucket", "id"].iter().any(|name| text(candidate.attributes, name) == Some(bucket))
        }
        _ => is_called(candidate, resource),
    }
}

/// Whether everything that names an object is as desired. A path is no part of a name.
fn is_called(candidate: &Candidate<'_>, resource: &Resource) -> bool {
    let Some(schema) = kinds::schema_of(resource.address.resource_type()) else { return false };
    let mut naming = schema
        .attributes
        .iter()
        .filter(|attribute| attribute.role == Role::Identity && attribute.name != "path")
        .peekable();
    candidate.resource_type == schema.resource_type
        && naming.peek().is_some()
        && naming.all(|attribute| {
            let desired = resource.arguments.get(attribute.name).filter(|value| template::is_known(value));
            desired.is_some() && candidate.attributes.get(attribute.name) == desired
        })
}

/// The one candidate; those of other accounts and regions do not count unless there is no other.
fn one<'a, 'b>(
    address: &Address,
    candidates: Vec<&'a Candidate<'b>>,
    place: Place<'_>,
) -> Result<Option<&'a Candidate<'b>>, Diagnostic> {
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|candidate| strangeness(candidate, place).is_none());
    match (here.as_slice(), elsewhere.first()) {
        ([], None) => Ok(None),
        ([], Some(candidate)) => Err(strange(address, candidate, place)),
        ([candidate], _) => Ok(Some(candidate)),
        (several, _) => {
            let addresses: Vec<&str> = several.iter().map(|candidate| candidate.address.as_str()).collect();
            Err(ambiguous(address, &addresses))
        }
    }
}

/// Where an object is, if that is another account or region.
fn strangeness(candidate: &Candidate<'_>, place: Place<'_>) -> Option<String> {
    let arn = text(candidate.attributes, "arn").unwrap_or_default();
    let parts: Vec<&str> = arn.split(':').collect();
    let part = |index: usize| parts.get(index).copied().filter(|part| !part.is_empty());
    let bucket_region =
        text(candidate.attributes, "region").filter(|_| candidate.resource_type == "aws_s3_bucket");
    let other_account = part(4).filter(|account| *account != place.account_id.as_str());
    let other_region = part(3).or(bucket_region).filter(|region| *region != place.region.as_str());
    let account = other_account.map(|account| format!("account {account}"));
    account.or_else(|| other_region.map(|region| format!("region {region}")))
}

fn strange(address: &Address, candidate: &Candidate<'_>, place: Place<'_>) -> Diagnostic {
    let detail = format!(
        "{} would be {address}, but it is in {}, and the settings and credentials are for account {} and region {}.",
        candidate.address,
        strangeness(candidate, place).unwrap_or_default(),
        place.account_id,
        place.region
    );
    Diagnostic::error("The state is of another account or region", detail)
        .about(address.to_string())
        .hint("use that account's credentials and its settings, or another state")
}

fn ambiguous(address: &Address, candidates: &[&str]) -> Diagnostic {
    let detail =
        format!("Each of these could be {address}: {}. Only one of them can be.", candidates.join(", "));
    Diagnostic::error("More than one object fits", detail).about(address.to_string()).hint(format!(
        "take the others out of the state (AWS is not touched): terraform state rm '{}'",
        candidates.last().copied().unwrap_or_default().replace('\'', r"'\''")
    ))
}

fn text<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}
