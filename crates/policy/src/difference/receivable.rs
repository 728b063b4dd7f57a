//! What AWS could receive, as far as the reference tells: an action with a resource of a type that it takes, and with
//! condition keys that it has.

use std::collections::HashMap;

use super::deeds::Deed;
use super::things::Thing;
use crate::arn::Arn;
use crate::condition_key::is_key;
use crate::reference::{Action, reference};
use crate::request::Context;
use crate::resource_type::ResourceType;

/// How many resources are answered for an action.
const MOST: usize = 8;

/// A key as AWS's examples have it.
const KEY_ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

/// How much of a request must be such that AWS could receive it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Real {
    /// The resource is of a type that the action takes, and the action has the condition keys.
    Whole,
    /// The resource is.
    Resource,
    /// Nothing: of a new service there may be more than is known.
    Nothing,
}

impl Real {
    /// The most first.
    pub(super) const ALL: [Self; 3] = [Self::Whole, Self::Resource, Self::Nothing];
}

/// Resources for actions, out of those that some points stand for.
pub(super) struct Resources<'a> {
    things: Vec<&'a Thing>,
    /// The account that they are of, where that is open.
    account: &'a str,
    /// Their names, where these are open.
    word: &'a str,
    /// By service and resource types.
    taken: HashMap<(&'static str, &'static str), Vec<String>>,
    /// By service, where it does not matter what the action takes.
    any: HashMap<String, Vec<String>>,
}

impl<'a> Resources<'a> {
    pub(super) fn new(things: impl Iterator<Item = &'a Thing>, account: &'a str, word: &'a str) -> Self {
        Self { things: things.collect(), account, word, taken: HashMap::new(), any: HashMap::new() }
    }

    /// Those that a request for an action can have; with these condition keys.
    pub(super) fn of(&mut self, deed: Deed<'_>, context: &Context, real: Real) -> Vec<String> {
        if real == Real::Nothing {
            return self.any(&deed.service());
        }
        let Deed::Known(known) = deed else { return self.near(deed) };
        if real == Real::Whole && !has_keys(known, context) {
            return Vec::new();
        }
        let Some(types) = known.types() else { return self.near(deed) };
        if let Some(resources) = self.taken.get(&(known.service, types)) {
            return resources.clone();
        }
        let names = known.resource_types().into_iter().flatten();
        let all: Vec<&ResourceType> =
            names.filter_map(|name| reference().type_of(known.service, name)).collect();
        let resources: Vec<String> =
            self.things.iter().filter_map(|thing| self.taken(thing, &all)).take(MOST).collect();
        self.taken.insert((known.service, types), resources.clone());
        resources
    }

    /// Those that the points stand for, whatever the action takes: what is open and what is of its service first.
    fn any(&mut self, service: &str) -> Vec<String> {
        if let Some(resources) = self.any.get(service) {
            return resources.clone();
        }
        let mut things = self.things.clone();
        things.sort_by_key(|thing| (!thing.is_open, !is_of_service(&thing.text, service)));
        let text = |thing: &Thing| if thing.is_open { "*".to_owned() } else { thing.text.clone() };
        let resources: Vec<String> = things.into_iter().map(text).take(MOST).collect();
        self.any.insert(service.to_owned(), resources.clone());
        resources
    }

    /// What an action may take of which the reference tells no more than its service.
    fn near(&mut self, deed: Deed<'_>) -> Vec<String> {
        let service = deed.service();
        let mut resources = self.any(&service);
        resources.retain(|text| text == "*" || is_of_service(text, &service));
        resources
    }

    /// A resource of one of these types, none being `*`, that a point stands for.
    fn taken(&self, thing: &Thing, types: &[&ResourceType]) -> Option<String> {
        if types.is_empty() {
            return thing.is_open.then(|| "*".to_owned());
        }
        let is_taken = |text: &String| types.iter().any(|known| known.has(text));
        if !thing.is_open && is_taken(&thing.text) {
            return Some(thing.text.clone());
        }
        let below = Some(format!("{}/{}", thing.text, self.word)).filter(is_taken);
        let instances = types.iter().flat_map(|known| self.instances(known, thing));
        below.into_iter().chain(instances).find(|text| thing.stands_for(text))
    }

    /// ARNs of a type, first such as are where the thing is.
    fn instances(&self, known: &ResourceType, thing: &Thing) -> Vec<String> {
        let mut instances = vec![known.instance(self.account, KEY_ID, self.word)];
        let named = known.instance(self.account, self.word, self.word);
        if !instances.contains(&named) {
            instances.push(named);
        }
        if thing.is_open {
            return instances;
        }
        let near = instances.iter().filter_map(|text| at_place_of(&thing.text, text));
        near.filter(|text| known.has(text)).chain(instances.clone()).collect()
    }
}

fn is_of_service(text: &str, service: &str) -> bool {
    Arn::parse(text).is_some_and(|arn| arn.service == service)
}

/// What one ARN names, where another has its own.
fn at_place_of(place: &str, named: &str) -> Option<String> {
    let (arn, named) = (Arn::parse(place)?, Arn::parse(named)?);
    let head = place.strip_suffix(arn.resource)?;
    Some(format!("{head}{}", named.resource))
}

/// Whether requests for the action have these condition keys, as far as the reference tells.
fn has_keys(action: &Action, context: &Context) -> bool {
    let Some(keys) = action.condition_keys() else { return true };
    let is_known = |key: &str| {
        let is_global = key.starts_with("aws:")
            && !["aws:requesttag/", "aws:resourcetag/", "aws:tagkeys"].iter().any(|tag| key.starts_with(tag));
        is_global || keys.clone().any(|known| is_key(known, key))
    };
    context.entries().all(|(key, _)| is_known(&key.to_ascii_lowercase()))
}
