//! Actions that stand for all actions, as far as policies can tell them apart.

use std::collections::{HashMap, HashSet};

use super::frame::Frame;
use super::refined::Refined;
use super::region::Points;
use super::sharp::marked_services;
use crate::arn::Arn;
use crate::evaluate::{is_about_a_key, is_judged_by_trust};
use crate::kind::Kind;
use crate::pattern::Glob;
use crate::prepared::{Rule, action_glob};
use crate::reference::{Action, reference};
use crate::statement::Element;

/// The actions that fit the same patterns; real ones, and such that a policy writes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deeds {
    /// Those that AWS has.
    pub known: Vec<&'static Action>,
    /// Those that only a policy has.
    pub written: Vec<String>,
    /// Whether they are of KMS, for which a statement without resource is about nothing.
    is_kms: bool,
}

/// The axis of what is asked to be done, and the points on it of each item of each rule.
pub(super) struct Actions {
    pub axis: Vec<Deeds>,
    pub by_rule: Vec<Vec<Points>>,
}

/// One of these.
#[derive(Clone, Copy)]
pub(super) enum Deed<'a> {
    /// That AWS has.
    Known(&'static Action),
    /// That only a policy has.
    Written(&'a str),
}

impl Deed<'_> {
    /// As AWS writes it: `s3:GetObject`.
    pub(super) fn name(self) -> String {
        match self {
            Self::Known(action) => format!("{}:{}", action.service, action.name),
            Self::Written(name) => name.to_owned(),
        }
    }

    pub(super) fn service(self) -> String {
        self.name().split(':').next().unwrap_or_default().to_ascii_lowercase()
    }
}

impl Deeds {
    /// Those that AWS has, of such with the same resource types and condition keys the first; and what is written.
    pub(super) fn distinct(&self) -> impl Iterator<Item = Deed<'_>> {
        let mut seen = HashSet::new();
        let known = self.known.iter().filter(move |action| seen.insert((action.service, action.takes())));
        known.map(|action| Deed::Known(action)).chain(self.written.iter().map(|name| Deed::Written(name)))
    }

    /// Whether one of these, in lower case, is among them.
    pub(super) fn has_one_of(&self, names: &[&str]) -> bool {
        let is_known = |name: &str| {
            let split = name.split_once(':');
            self.known.iter().any(|action| split == Some((action.service, action.lower())))
        };
        names.iter().any(|name| {
            is_known(name) || self.written.iter().any(|written| written.eq_ignore_ascii_case(name))
        })
    }
}

impl Actions {
    /// Of some rules.
    pub(super) fn new(rules: &[&Rule], frame: Frame<'_>) -> Self {
        let mut patterns: Vec<&str> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for action in rules.iter().filter_map(|rule| rule.source.action.as_ref()).flat_map(Element::items) {
            places.entry(action.to_ascii_lowercase()).or_insert_with(|| {
                patterns.push(action);
                patterns.len() - 1
            });
        }
        let lacks_resource = rules.iter().any(|rule| rule.resource.is_none());
        let (axis, fitting): (Vec<Deeds>, Vec<Vec<usize>>) =
            deeds(&patterns, frame.kind, lacks_resource, &services_of_resources(rules)).into_iter().unzip();
        let by_pattern = Points::by_pattern(&fitting, patterns.len());
        let of = |action: &String| by_pattern.get(*places.get(&action.to_ascii_lowercase())?).cloned();
        let mut actions = Self { axis, by_rule: Vec::new() };
        actions.by_rule = rules.iter().map(|rule| actions.items(rule, of)).collect();
        actions
    }

    /// The deeds at these points, and none in place of all others.
    pub(super) fn picked(self, kept: &[usize]) -> Vec<Deeds> {
        let mut axis: Vec<Option<Deeds>> = self.axis.into_iter().map(Some).collect();
        let picked = kept.iter().filter_map(|point| axis.get_mut(*point)?.take());
        picked.chain([Deeds { known: Vec::new(), written: Vec::new(), is_kms: false }]).collect()
    }

    fn items(&self, rule: &Rule, of: impl Fn(&String) -> Option<Points>) -> Vec<Points> {
        let size = self.axis.len();
        let mut items = Points::of_element(rule.source.action.as_ref(), size, of);
        if rule.resource.is_none() {
            let effective = Points::new(size, |point| self.axis.get(point).is_some_and(|one| !one.is_kms));
            items.iter_mut().for_each(|points| *points = points.and(&effective));
        }
        items
    }
}

/// Actions such that whichever patterns an action fits, some of these fit the same, with the patterns, by index.
///
/// The patterns are as written. `lacks_resource`: whether some statement has no resource, which is then told apart for
/// KMS. An action that the reference lacks counts where a policy writes it out: AWS may be younger than the reference. So
/// does what is left of a pattern that no known action fits.
fn deeds(
    patterns: &[&str],
    kind: Kind,
    lacks_resource: bool,
    of_resources: &[&str],
) -> Vec<(Deeds, Vec<usize>)> {
    let only = kind.service();
    let by_service = by_service(patterns);
    let mut classes = Classes::default();
    let mut is_known = vec![false; patterns.len()];
    let mut services = services(patterns, &by_service, only, lacks_resource);
    if by_service.contains_key("") && only.is_none() {
        // Of all that `*` includes, they have what can be done to what is named.
        services.extend(of_resources);
        services.sort_unstable();
        services.dedup();
    }
    for service in services {
        let mut refined = Refined::new(reference().actions(service).unwrap_or_default());
        for of in ["", service] {
            for index in by_service.get(of).into_iter().flatten() {
                let places = fitting(patterns.get(*index).copied().unwrap_or_default(), service);
                is_known.get_mut(*index).into_iter().for_each(|known| *known |= !places.is_empty());
                refined.split(*index, &places);
            }
        }
        for (mut actions, fitting) in refined.classes() {
            if matches!(kind, Kind::Key | Kind::Trust) {
                actions.retain(|action| is_decided(kind, &format!("{service}:{}", action.lower())));
            }
            if actions.is_empty() {
                continue;
            }
            classes.deeds(fitting, lacks_resource && service == "kms", |deeds| deeds.known.extend(actions));
        }
    }
    for (pattern, _) in patterns.iter().zip(&is_known).filter(|(_, known)| !**known) {
        let name = pattern.replace('*', "").replace('?', "x");
        let lower = name.to_ascii_lowercase();
        let Some((service, _)) = lower.split_once(':') else { continue };
        if only.is_none_or(|only| service == only) && is_decided(kind, &lower) {
            let near = ["", service].into_iter().filter_map(|of| by_service.get(of)).flatten();
            let fits =
                |index: &&usize| patterns.get(**index).is_some_and(|one| action_glob(one).matches(&lower));
            let mut fitting: Vec<usize> = near.filter(fits).copied().collect();
            fitting.sort_unstable();
            let is_kms = lacks_resource && service == "kms";
            classes.deeds(fitting, is_kms, |deeds| deeds.written.push(name));
        }
    }
    classes.all
}

/// Whether a policy of this kind decides about an action in lower case: a key's not about calls that are about no key, a
/// role's trust about those alone that assume it.
fn is_decided(kind: Kind, action: &str) -> bool {
    match kind {
        Kind::Key => is_about_a_key(action, ""),
        Kind::Trust => is_judged_by_trust(action, ""),
        _ => true,
    }
}

/// The services whose resources are named.
fn services_of_resources<'a>(rules: &[&'a Rule]) -> Vec<&'a str> {
    let resources = rules.iter().filter_map(|rule| rule.source.resource.as_ref()).flat_map(Element::items);
    let mut services: Vec<&str> =
        resources.filter_map(|text| Arn::parse(text)).map(|arn| arn.service).collect();
    services.sort_unstable();
    services.dedup();
    services.retain(|service| reference().actions(service).is_some());
    services
}

/// The services that the patterns tell from others, and one of those others.
fn services<'a>(
    patterns: &[&str],
    by_service: &'a HashMap<String, Vec<usize>>,
    only: Option<&'a str>,
    lacks_resource: bool,
) -> Vec<&'a str> {
    if let Some(only) = only {
        return vec![only];
    }
    let everywhere = by_service.get("").into_iter().flatten();
    if everywhere.filter_map(|index| patterns.get(*index)).any(|pattern| *pattern != "*") {
        return reference().services().to_vec();
    }
    let mut services: Vec<&str> =
        by_service.keys().map(String::as_str).filter(|name| !name.is_empty()).collect();
    if lacks_resource && !services.contains(&"kms") {
        services.push("kms");
    }
    services.sort_unstable();
    let known = ["ec2", "dynamodb", "lambda", "sqs"].iter().chain(reference().services());
    let elsewhere = known.copied().find(|name| !services.contains(name));
    services.extend(elsewhere);
    // What is dangerous is told by these, whoever names them.
    for name in marked_services() {
        if !services.contains(&name) {
            services.push(name);
        }
    }
    services
}

/// The patterns by the service they are about, in lower case; those that may be about any, under the empty name.
fn by_service(patterns: &[&str]) -> HashMap<String, Vec<usize>> {
    let mut by_service: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, pattern) in patterns.iter().enumerate() {
        let service = pattern.split_once(':').map_or("", |(service, _)| service);
        let service = if service.contains(['*', '?']) { "" } else { service };
        by_service.entry(service.to_ascii_lowercase()).or_default().push(index);
    }
    by_service
}

/// The places of the actions of a service that a pattern fits.
fn fitting(pattern: &str, service: &str) -> Vec<usize> {
    match pattern.split_once(':') {
        Some((own, name)) if own.eq_ignore_ascii_case(service) => {
            reference().fitting(service, &action_glob(name))
        }
        _ if pattern == "*" => reference().fitting(service, &Glob::Everything),
        _ => {
            let mut name = format!("{service}:");
            let begin = pattern.split(['*', '?']).next().unwrap_or_default().to_ascii_lowercase();
            if !name.starts_with(&begin) && !begin.starts_with(&name) {
                return Vec::new();
            }
            let (glob, length) = (action_glob(pattern), name.len());
            let fits = |action: &Action| {
                name.truncate(length);
                name.push_str(action.lower());
                glob.matches(&name)
            };
            let actions = reference().actions(service).unwrap_or_default().iter();
            actions.map(fits).enumerate().filter(|(_, fits)| *fits).map(|(place, _)| place).collect()
        }
    }
}

/// The deeds so far, and what each fits.
#[derive(Default)]
struct Classes {
    all: Vec<(Deeds, Vec<usize>)>,
    places: HashMap<(Vec<usize>, bool), usize>,
}

impl Classes {
    /// Adds to the deeds that fit these patterns.
    fn deeds(&mut self, fitting: Vec<usize>, is_kms: bool, add: impl FnOnce(&mut Deeds)) {
        let place = *self.places.entry((fitting, is_kms)).or_insert_with_key(|(fitting, _)| {
            let deeds = Deeds { known: Vec::new(), written: Vec::new(), is_kms };
            self.all.push((deeds, fitting.clone()));
            self.all.len() - 1
        });
        if let Some((deeds, _)) = self.all.get_mut(place) {
            add(deeds);
        }
    }
}
