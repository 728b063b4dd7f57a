//! Whether one statement is about everything another is about.

use std::collections::HashSet;
use std::hash::Hash;

use crate::condition::{ConditionTest, Conditions};
use crate::pattern::Pattern;
use crate::principal::Principal;
use crate::statement::{Effect, Element, Statement};

impl Statement {
    /// Whether this tidy statement applies to every request to which `other`, tidy too, applies, with the same effect.
    ///
    /// Never wrongly true. False where only several statements together cover the other.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.effect == other.effect
            && self.covers_principals(other)
            && self.covers_actions(other)
            && self.covers_resources(other)
            && covers_conditions(&self.condition, &other.condition)
    }

    fn covers_principals(&self, other: &Self) -> bool {
        let effect = match self.principal {
            Some(Element::Only(_)) => self.effect,
            // An account in `NotPrincipal` spares the account alone, not everyone in it.
            Some(Element::AllBut(_)) | None => Effect::Allow,
        };
        let subject = |principal| Subject { principal, effect };
        match (&self.principal, &other.principal) {
            (None, None) => true,
            (Some(mine), Some(theirs)) => mine == theirs || covers(&mine.map(subject), &theirs.map(subject)),
            _ => false,
        }
    }

    /// A statement without action is about nothing, and not asked.
    fn covers_actions(&self, other: &Self) -> bool {
        let lower = |action: &String| action.to_ascii_lowercase();
        let (Some(mine), Some(theirs)) = (&self.action, &other.action) else { return false };
        let (mine, theirs) = (mine.map(lower), theirs.map(lower));
        let wildcards = |actions: &Element<String>| actions.map(|action| Pattern::wildcards(action));
        mine == theirs || covers(&wildcards(&mine), &wildcards(&theirs))
    }

    /// An absent resource is the one the policy is attached to (for KMS: none), which `*` includes.
    fn covers_resources(&self, other: &Self) -> bool {
        match (&self.resource, &other.resource) {
            (None, None) => true,
            (None, Some(_)) | (Some(Element::AllBut(_)), None) => false,
            (Some(mine), None) => resource_patterns(mine).items().iter().any(Pattern::is_everything),
            (Some(mine), Some(theirs)) => {
                mine == theirs || covers(&resource_patterns(mine), &resource_patterns(theirs))
            }
        }
    }
}

fn resource_patterns(resources: &Element<String>) -> Element<Pattern<'_>> {
    resources.map(|resource| Pattern::with_variables(resource))
}

/// Something that stands for a set: of principals, actions or resources.
trait Extent: Eq + Hash {
    /// Whether `other` lies within; never wrongly true.
    fn covers(&self, other: &Self) -> bool;
    /// Whether the two have something in common; never wrongly false.
    fn overlaps(&self, other: &Self) -> bool;
    /// Whether nothing lies outside; never wrongly true.
    fn is_everything(&self) -> bool;
    /// Whether it covers nothing but its equals; never wrongly true.
    fn is_single(&self) -> bool;
}

impl Extent for Pattern<'_> {
    fn covers(&self, other: &Self) -> bool {
        self.covers(other)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.overlaps(other)
    }

    fn is_everything(&self) -> bool {
        self.is_everything()
    }

    fn is_single(&self) -> bool {
        self.is_single()
    }
}

/// A tidy principal in a statement of this effect.
#[derive(PartialEq, Eq, Hash)]
struct Subject<'a> {
    principal: &'a Principal,
    effect: Effect,
}

impl Subject<'_> {
    /// An account that is denied takes everyone in it along; one that is allowed hands on to its own policies
    /// (IAM user guide, `reference_policies_elements_principal`).
    fn covers_as(&self, other: &Self, effect: Effect) -> bool {
        let (mine, theirs) = (self.principal, other.principal);
        *mine == Principal::Everyone
            || mine.is_or_issued(theirs)
            || effect == Effect::Deny && mine.is_account() && mine.account() == theirs.account()
    }
}

impl Extent for Subject<'_> {
    fn covers(&self, other: &Self) -> bool {
        self.covers_as(other, self.effect)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.covers_as(other, Effect::Deny) || other.covers_as(self, Effect::Deny)
    }

    fn is_everything(&self) -> bool {
        *self.principal == Principal::Everyone
    }

    fn is_single(&self) -> bool {
        !matches!(self.principal, Principal::Everyone | Principal::Aws(_))
    }
}

fn covers<T: Extent>(mine: &Element<T>, theirs: &Element<T>) -> bool {
    match (mine, theirs) {
        (Element::Only(mine), Element::Only(theirs)) => all_within(theirs, mine),
        (Element::Only(mine), Element::AllBut(_)) => mine.iter().any(T::is_everything),
        (Element::AllBut(mine), Element::Only(theirs)) => {
            theirs.iter().all(|item| !mine.iter().any(|excluded| excluded.overlaps(item)))
        }
        (Element::AllBut(mine), Element::AllBut(theirs)) => all_within(mine, theirs),
    }
}

/// Whether each of `inner` lies within one of `outer`.
fn all_within<T: Extent>(inner: &[T], outer: &[T]) -> bool {
    let equals: HashSet<&T> = outer.iter().collect();
    let wide: Vec<&T> = outer.iter().filter(|item| !item.is_single()).collect();
    inner.iter().all(|item| equals.contains(item) || wide.iter().any(|one| one.covers(item)))
}

/// Whether `mine` hold whenever `theirs` do: each of mine follows from one of theirs.
fn covers_conditions(mine: &Conditions, theirs: &Conditions) -> bool {
    mine.tests().iter().all(|test| theirs.tests().iter().any(|stricter| follows(test, stricter)))
}

/// Whether `test` holds whenever `stricter` does: same operator and key, and further values only loosen it (or, for
/// a negated operator, fewer values do).
fn follows(test: &ConditionTest, stricter: &ConditionTest) -> bool {
    if !test.is_about(&stricter.operator, &stricter.key) {
        return false;
    }
    let within = |inner: &[String], outer: &[String]| inner.iter().all(|value| outer.contains(value));
    let operator = test.operator.to_ascii_lowercase();
    if operator.contains("not") {
        within(&test.values, &stricter.values)
    } else {
        within(&stricter.values, &test.values)
    }
}
