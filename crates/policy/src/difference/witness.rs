//! A concrete request for each gain.

use std::cell::RefCell;
use std::collections::HashMap;

use super::Witness;
use super::decide::Court;
use super::deeds::Deeds;
use super::frame::Frame;
use super::gains::Gained;
use super::people::Person;
use super::region::{Points, Region};
use super::space::{DEEDS, PEOPLE, THINGS};
use super::things::Thing;
use crate::arn::Arn;
use crate::party::Party;
use crate::pattern::Glob;
use crate::prepared::Prepared;
use crate::principal::Principal;
use crate::reference::reference;
use crate::request::{Context, Request};

/// Looks for requests that one policy refuses and the next allows.
pub(super) struct Finder<'a> {
    before: &'a Prepared,
    after: &'a Prepared,
    frame: Frame<'a>,
    /// By account of the resource.
    courts: RefCell<HashMap<String, Court>>,
}

/// Who asks, for what is of which account, with which keys.
struct Asked<'a> {
    principal: Option<&'a Principal>,
    account: &'a str,
    context: &'a Context,
}

/// How many principals, actions and resources of a part are tried.
const TRIED: [usize; 3] = [4, 400, 8];

impl<'a> Finder<'a> {
    pub(super) fn new(before: &'a Prepared, after: &'a Prepared, frame: Frame<'a>) -> Self {
        Self { before, after, frame, courts: RefCell::default() }
    }

    /// A request out of these parts that is refused before and allowed after; one that AWS may really see if there is
    /// one: the action takes such a resource, and has the condition keys.
    pub(super) fn find(&self, parts: &[(&Gained<'_>, Region)]) -> Option<Witness> {
        let find = |is_real: bool| parts.iter().find_map(|(case, part)| self.find_in(case, part, is_real));
        find(true).or_else(|| find(false))
    }

    fn find_in(&self, case: &Gained<'_>, part: &Region, is_real: bool) -> Option<Witness> {
        let context = context(case, part);
        for person in self.people(case, part).into_iter().take(TRIED[PEOPLE]) {
            let context = self.with_person(case, person, &context);
            let principal = person.map(|person| &person.principal);
            for account in self.accounts(case, person) {
                let asked = Asked { principal, account: &account, context: &context };
                if let Some(witness) = self.find_for(&asked, case, part, is_real) {
                    return Some(witness);
                }
            }
        }
        None
    }

    fn find_for(
        &self,
        asked: &Asked<'_>,
        case: &Gained<'_>,
        part: &Region,
        is_real: bool,
    ) -> Option<Witness> {
        for action in actions(case, part).take(TRIED[DEEDS]) {
            if is_real && !has_keys(&action, asked.context) {
                continue;
            }
            let things = points(part, THINGS).filter_map(|point| case.space.things.get(point));
            for thing in things.take(TRIED[THINGS]) {
                let (resource, fits) = resource(&action, thing, asked.account, &self.frame.filling.word);
                if is_real && !fits {
                    continue;
                }
                // What a new service's action is about may be more than the reference tells.
                let resource = if is_real || !thing.is_open { resource } else { "*".to_owned() };
                let request = self.request(asked, &action, resource);
                if self.shows(&request) {
                    return Some(self.witness(request));
                }
            }
        }
        None
    }

    /// Those who may show it: where everyone gains, strangers first.
    fn people<'b>(&self, case: &'b Gained<'b>, part: &'b Region) -> Vec<Option<&'b Person>> {
        if !case.space.has_people {
            return vec![None];
        }
        let stranger = Some(self.frame.filling.account.as_str());
        let is_known = |person: &Option<&Person>| {
            person.is_some_and(|person| person.party != Party::Everyone && person.party.account() != stranger)
        };
        let mut people: Vec<_> =
            points(part, PEOPLE).filter_map(|point| case.space.people.get(point).map(Some)).collect();
        if people.iter().any(|person| !is_known(person)) {
            people.sort_by_key(is_known);
        }
        people
    }

    /// The accounts that the resource may be of: the policy's, or the one that variables stand for, or that of who asks, or
    /// another one.
    fn accounts(&self, case: &Gained<'_>, person: Option<&Person>) -> Vec<String> {
        if let Some(known) = self.frame.owner.or(case.space.account_of_resource()) {
            return vec![known.to_owned()];
        }
        let own = person.and_then(|person| person.party.account());
        let mut accounts: Vec<String> = own.map(str::to_owned).into_iter().collect();
        if own != Some(&self.frame.filling.account) {
            accounts.push(self.frame.filling.account.clone());
        }
        accounts
    }

    /// The keys that follow from who asks, where the policy does not say who.
    fn with_person(&self, case: &Gained<'_>, person: Option<&Person>, context: &Context) -> Context {
        let mut context = context.clone();
        if let Some(person) = person.filter(|_| !self.frame.kind.has_principals()) {
            for key in &case.space.person_keys {
                context.set(case.space.spelled(key), person.value(key));
            }
        }
        context
    }

    fn request(&self, asked: &Asked<'_>, action: &str, resource: String) -> Request {
        let Asked { principal, account, context } = *asked;
        let role = || Principal::aws(format!("arn:aws:iam::{account}:role/{}", self.frame.filling.word));
        let of_resource = Arn::parse(&resource).map(|arn| arn.account).filter(|account| !account.is_empty());
        Request {
            principal: principal.cloned().unwrap_or_else(role),
            action: action.to_owned(),
            account: of_resource.unwrap_or(account).to_owned(),
            context: context.clone(),
            resource,
        }
    }

    fn shows(&self, request: &Request) -> bool {
        let mut courts = self.courts.borrow_mut();
        let court = courts
            .entry(request.account.clone())
            .or_insert_with_key(|account| Court::new(self.frame.kind, account));
        court.gains(self.before, self.after, request)
    }

    fn witness(&self, request: Request) -> Witness {
        let Request { principal, action, resource, account, context } = request;
        let principal = self.frame.kind.has_principals().then_some(principal);
        Witness { principal, action, resource, account, context }
    }
}

fn points(part: &Region, axis: usize) -> impl Iterator<Item = usize> {
    part.0.get(axis).map(Points::iter).into_iter().flatten()
}

fn actions(case: &Gained<'_>, part: &Region) -> impl Iterator<Item = String> {
    points(part, DEEDS).filter_map(|point| case.space.deeds.get(point)).flat_map(Deeds::names)
}

/// The first values of each condition key.
fn context(case: &Gained<'_>, part: &Region) -> Context {
    let mut context = Context::default();
    for (axis, points) in case.space.keys.iter().zip(part.0.iter().skip(THINGS + 1)) {
        let point = points.iter().next().and_then(|point| axis.points.get(point));
        for (key, values) in axis.keys.iter().zip(point.into_iter().flatten()) {
            if !values.is_empty() {
                context.set(case.space.spelled(key), values.iter().cloned());
            }
        }
    }
    context
}

/// A resource for an action, out of those that a point stands for, and whether the action takes such.
fn resource(action: &str, thing: &Thing, account: &str, word: &str) -> (String, bool) {
    let service = action.split(':').next().unwrap_or_default();
    let types = reference().action(action).and_then(|action| action.resource_types());
    let Some(types) = types else {
        return (if thing.is_open { "*".to_owned() } else { thing.text.clone() }, true);
    };
    let templates: Vec<&str> = types.filter_map(|name| reference().resource_type(service, name)).collect();
    match (templates.first(), thing.is_open) {
        (None, true) => ("*".to_owned(), true),
        (None, false) => (thing.text.clone(), false),
        (Some(template), true) => (instance(template, account, word), true),
        (Some(_), false) => {
            let fits = templates.iter().any(|template| pattern(template).matches(&thing.text));
            (thing.text.clone(), fits)
        }
    }
}

/// The pattern of a resource type: `arn:*:s3:::*`.
fn pattern(template: &str) -> Glob {
    Glob::wildcards(&replaced(template, |_| "*"))
}

/// An ARN of a resource type.
fn instance(template: &str, account: &str, word: &str) -> String {
    replaced(template, |name| match name {
        "Partition" => "aws",
        "Region" => "us-east-1",
        "Account" => account,
        "KeyId" => "1234abcd-12ab-34cd-56ef-1234567890ab",
        _ => word,
    })
}

/// A template with something in the place of each `${Name}`.
fn replaced<'a>(template: &str, value: impl Fn(&str) -> &'a str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(value(name));
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// Whether requests for the action have these condition keys, as far as the reference tells.
fn has_keys(action: &str, context: &Context) -> bool {
    let Some(keys) = reference().action(action).and_then(|action| action.condition_keys()) else {
        return true;
    };
    let is_known = |key: &str| {
        let is_global = key.starts_with("aws:")
            && !["aws:requesttag/", "aws:resourcetag/", "aws:tagkeys"].iter().any(|tag| key.starts_with(tag));
        is_global || keys.clone().any(|known| is_key(known, key))
    };
    context.entries().all(|(key, _)| is_known(&key.to_ascii_lowercase()))
}

/// Whether a key, in lower case, is the one that the reference calls `kms:EncryptionContext:${EncryptionContextKey}`
/// or `s3:ExistingObjectTag/<key>`.
pub(crate) fn is_key(known: &str, key: &str) -> bool {
    let start = known.find(['$', '<']).unwrap_or(known.len());
    let fixed = known.get(..start).unwrap_or(known).to_ascii_lowercase();
    if start == known.len() { fixed == key } else { key.len() > fixed.len() && key.starts_with(&fixed) }
}
