//! A concrete request for each gain.

use std::cell::RefCell;
use std::collections::HashMap;

use super::Witness;
use super::decide::Court;
use super::deeds::{Deed, Deeds};
use super::family::Place;
use super::frame::Frame;
use super::gains::Gained;
use super::people::Person;
use super::receivable::{Real, Resources};
use super::region::{Points, Region};
use super::space::{DEEDS, PEOPLE, THINGS};
use crate::arn::{Arn, is_account_id};
use crate::party::Party;
use crate::prepared::Prepared;
use crate::principal::Principal;
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

/// How many principals of a part are tried.
const PRINCIPALS: usize = 4;

/// How many requests for each of them.
const REQUESTS: usize = 1000;

impl<'a> Finder<'a> {
    pub(super) fn new(before: &'a Prepared, after: &'a Prepared, frame: Frame<'a>) -> Self {
        Self { before, after, frame, courts: RefCell::default() }
    }

    /// A request out of these parts that is refused before and allowed after; one that AWS may really see if there is
    /// one: the action takes such a resource, and has the condition keys.
    pub(super) fn find(&self, parts: &[(&Gained<'_>, Region)]) -> Option<Witness> {
        let find = |real: Real| parts.iter().find_map(|(case, part)| self.find_in(case, part, real));
        Real::ALL.into_iter().find_map(find)
    }

    fn find_in(&self, case: &Gained<'_>, part: &Region, real: Real) -> Option<Witness> {
        let context = context(case, part);
        for person in self.people(case, part).into_iter().take(PRINCIPALS) {
            let context = self.with_person(case, person, &context);
            let principal = person.map(|person| &person.principal);
            for account in self.accounts(case, person) {
                let asked = Asked { principal, account: &account, context: &context };
                if let Some(witness) = self.find_for(&asked, case, part, real) {
                    return Some(witness);
                }
            }
        }
        None
    }

    fn find_for(&self, asked: &Asked<'_>, case: &Gained<'_>, part: &Region, real: Real) -> Option<Witness> {
        let things = points(part, THINGS).filter_map(|point| case.space.things.get(point));
        let mut resources = Resources::new(things, asked.account, &self.frame.filling.word);
        let deeds = points(part, DEEDS).filter_map(|point| case.space.deeds.get(point));
        let requests = deeds.flat_map(Deeds::distinct).flat_map(|deed| {
            let those = resources.of(deed, asked.context, real).into_iter();
            those.map(move |resource| self.request(asked, deed, resource))
        });
        let mut tried = requests.take(REQUESTS);
        tried.find(|request| self.shows(request)).map(|request| self.witness(self.at_home(request)))
    }

    /// The same request in the partition that the policies name, if it shows the gain there too: what they leave open is
    /// filled in for the commercial regions.
    fn at_home(&self, request: Request) -> Request {
        let Place { partition, region } = self.frame.filling.place;
        if partition == Place::COMMERCIAL.partition {
            return request;
        }
        let moved = |text: &str| match text.strip_prefix("arn:aws:") {
            Some(rest) => {
                let rest = rest.replacen(":us-east-1:", &format!(":{region}:"), 1);
                format!("arn:{partition}:{rest}")
            }
            None => text.to_owned(),
        };
        let mut home = Request { resource: moved(&request.resource), ..request.clone() };
        if let Principal::Aws(text) = &request.principal {
            home.principal = Principal::aws(moved(text));
        }
        for (key, values) in request.context.entries() {
            home.context.set(key, values.iter().map(|value| moved(value)));
        }
        if self.shows(&home) { home } else { request }
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

    fn request(&self, asked: &Asked<'_>, deed: Deed<'_>, resource: String) -> Request {
        let Asked { principal, account, context } = *asked;
        let role = || Principal::aws(format!("arn:aws:iam::{account}:role/{}", self.frame.filling.word));
        let of_resource = Arn::parse(&resource).map(|arn| arn.account).filter(|account| !account.is_empty());
        Request {
            principal: principal.cloned().unwrap_or_else(role),
            action: deed.name(),
            account: of_resource.unwrap_or(account).to_owned(),
            context: context.clone(),
            resource,
        }
    }

    fn shows(&self, request: &Request) -> bool {
        // The account of a resource is the one that its ARN names.
        let is_named = |account: &&str| is_account_id(account) && *account != self.frame.filling.account;
        let own = Arn::parse(&request.resource).map(|arn| arn.account).filter(is_named);
        let told = request.context.values("aws:resourceaccount").first();
        if own.zip(told).is_some_and(|(own, told)| own != told) {
            return false;
        }
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
