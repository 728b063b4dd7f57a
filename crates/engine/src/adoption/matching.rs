//! Finds the foundation's objects among those that a Terraform state records. Pure.

use std::collections::BTreeMap;

use foundation::{AccountId, Blueprint, FoundBy, Lead, Region, Resource, kinds};
use terraform::state::{Instance, Mode, State};
use terraform::{Address, Attributes, Diagnostic, Value};

use super::{Adoptee, Evidence, lead};
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

/// What objects that have no name of their own are known by: a name and why it is the one, by type.
type Landmarks = BTreeMap<&'static str, (String, Evidence)>;

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

/// What leads to the objects that others know: the key is what the alias points to, the bucket what the trail delivers
/// into.
fn landmarks(
    candidates: &[Candidate<'_>],
    blueprint: &Blueprint,
    place: Place<'_>,
) -> Result<Landmarks, Vec<Diagnostic>> {
    let mut landmarks = Landmarks::new();
    for resource in &blueprint.resources {
        let Some(schema) = kinds::schema_of(resource.address.resource_type()) else { continue };
        let FoundBy::Leads { names, leads } = schema.found_by else { continue };
        for lead in leads {
            let found = match lead {
                Lead::Named { by, attribute, says } => {
                    named(candidates, blueprint.only(by), attribute, says, place)?
                }
                Lead::Likeness { policy, of, arn, says } => {
                    let other = blueprint.only(of).and_then(|other| text(&other.arguments, "name"));
                    let likeness = Likeness {
                        resource,
                        names,
                        policy,
                        arn: format!(":{arn}{}\"", other.unwrap_or_default()),
                        says,
                    };
                    likeness.among(candidates)?
                }
            };
            if let Some(found) = found {
                landmarks.insert(schema.resource_type, found);
                break;
            }
        }
    }
    Ok(landmarks)
}

/// What an attribute of another object of ours names.
fn named(
    candidates: &[Candidate<'_>],
    by: Option<&Resource>,
    attribute: &str,
    says: &str,
    place: Place<'_>,
) -> Result<Option<(String, Evidence)>, Vec<Diagnostic>> {
    let Some(by) = by else { return Ok(None) };
    let fitting = candidates.iter().filter(|candidate| is_called(candidate, by));
    let other = one(&by.address, fitting.collect(), place).map_err(|problem| vec![problem])?;
    Ok(other.and_then(|other| {
        let name = text(other.attributes, attribute)?.to_owned();
        Some((name, lead(says, other.attributes)))
    }))
}

/// What an object of ours is like where nothing names it.
struct Likeness<'a> {
    resource: &'a Resource,
    names: &'static [&'static str],
    policy: &'static str,
    /// How the ARN of what its policy names ends.
    arn: String,
    says: &'static str,
}

impl Likeness<'_> {
    /// The object whose policy names what ours has to let in, or that is called as ours would be.
    fn among(&self, candidates: &[Candidate<'_>]) -> Result<Option<(String, Evidence)>, Vec<Diagnostic>> {
        let mut found: Vec<(String, Evidence)> = Vec::new();
        for candidate in candidates {
            let Some((name, evidence)) = self.of(candidate) else { continue };
            if !found.iter().any(|(known, _)| *known == name) {
                found.push((name, evidence));
            }
        }
        match found.as_slice() {
            [_, _, ..] => {
                let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
                Err(vec![ambiguous(&self.resource.address, &names)])
            }
            _ => Ok(found.pop()),
        }
    }

    /// The name of the object that a candidate is, or whose part it is, and why it is ours.
    fn of(&self, candidate: &Candidate<'_>) -> Option<(String, Evidence)> {
        let wanted = self.resource.address.resource_type();
        let schema = kinds::schema_of(candidate.resource_type)?;
        let is_itself = candidate.resource_type == wanted;
        let attribute = match schema.naming_whole() {
            _ if is_itself => self.names.first().copied()?,
            Some(attribute) if schema.part_of == Some(wanted) => attribute.name,
            _ => return None,
        };
        let name = text(candidate.attributes, attribute)?;
        let policy = text(candidate.attributes, self.policy);
        let prefix = text(&self.resource.arguments, attribute).unwrap_or_default();
        let prefix = prefix.split("${").next().unwrap_or_default();
        if policy.is_some_and(|policy| policy.contains(&self.arn)) {
            Some((name.to_owned(), Evidence::Lead(self.says.to_owned())))
        } else {
            (is_itself && name.starts_with(prefix)).then(|| (name.to_owned(), Evidence::Name))
        }
    }
}

/// Why a candidate that fits is the one; `None` for what is not taken from a state.
fn evidence(resource: &Resource, landmarks: &Landmarks) -> Option<Evidence> {
    let schema = kinds::schema_of(resource.address.resource_type())?;
    if let (Some(whole), Some(attribute)) = (schema.part_of, schema.naming_whole()) {
        let by_name = || text(&resource.arguments, attribute.name).map(str::to_owned);
        let name = match is_led_to(whole) {
            true => landmarks.get(whole).map(|(name, _)| name.clone()),
            false => by_name(),
        };
        return name.map(Evidence::PartOf);
    }
    match schema.found_by {
        FoundBy::Nothing => None,
        FoundBy::Leads { .. } => landmarks.get(schema.resource_type).map(|(_, evidence)| evidence.clone()),
        FoundBy::Name | FoundBy::Record => Some(Evidence::Name),
    }
}

fn fits(candidate: &Candidate<'_>, resource: &Resource, landmarks: &Landmarks) -> bool {
    let Some(schema) = kinds::schema_of(resource.address.resource_type()) else { return false };
    if candidate.resource_type != schema.resource_type {
        return false;
    }
    let known_as = |whole: &str, names: &[&str]| {
        let wanted = landmarks.get(whole).map(|(name, _)| name.as_str());
        wanted.is_some() && names.iter().any(|name| text(candidate.attributes, name) == wanted)
    };
    match (schema.found_by, schema.part_of, schema.naming_whole()) {
        (FoundBy::Leads { names, .. }, ..) => known_as(schema.resource_type, names),
        (_, Some(whole), Some(attribute)) if is_led_to(whole) => known_as(whole, &[attribute.name, "id"]),
        _ => is_called(candidate, resource),
    }
}

/// Whether objects of a type are found by what others say of them.
fn is_led_to(resource_type: &str) -> bool {
    kinds::schema_of(resource_type).is_some_and(|schema| matches!(schema.found_by, FoundBy::Leads { .. }))
}

/// Whether everything that names an object is as desired. A path is no part of a name.
fn is_called(candidate: &Candidate<'_>, resource: &Resource) -> bool {
    let Some(schema) = kinds::schema_of(resource.address.resource_type()) else { return false };
    let mut naming = schema.naming().peekable();
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
    let says_its_region =
        kinds::schema_of(candidate.resource_type).is_some_and(|schema| schema.attribute("region").is_some());
    let own_region = text(candidate.attributes, "region").filter(|_| says_its_region);
    let other_account = part(4).filter(|account| *account != place.account_id.as_str());
    let other_region = part(3).or(own_region).filter(|region| *region != place.region.as_str());
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
