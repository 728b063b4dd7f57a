//! Policy variables that are none, or never have a value (IAM user guide, `reference_policies_variables`).

use super::conditions::unknown_key;
use super::{Finding, Place, Rule};
use crate::document::{Policy, Version};
use crate::pattern::Variable;
use crate::principal::Principal;
use crate::statement::Element;

/// The global keys that have several values, which no variable can stand for.
const SEVERAL: [&str; 7] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
];

/// What is wrong with the variables of a statement.
pub(super) fn of_statement(place: &Place<'_>, policy: &Policy) -> Vec<Finding> {
    let has_variables = policy.version == Some(Version::V2012);
    let mut findings = Vec::new();
    for (element, text) in open_texts(place) {
        for written in Written::all(&text) {
            let finding =
                if has_variables { wrong(place, &element, written) } else { old(place, &element, written) };
            findings.extend(finding);
        }
    }
    for (element, text) in closed_texts(place) {
        let fixed = Written::all(&text).into_iter().find_map(Written::key);
        findings.extend(fixed.map(|key| {
            let message = format!(
                "`${{{key}}}` is plain text here: variables count in resources and condition values alone"
            );
            place.finding(Rule::MalformedVariable, &element, message)
        }));
    }
    findings
}

/// Texts in which variables count, with the elements they stand in.
fn open_texts(place: &Place<'_>) -> Vec<(String, String)> {
    let statement = place.statement;
    let mut texts = named(statement.resource.as_ref(), "Resource", Clone::clone);
    for test in statement.condition.tests() {
        let element = format!("Condition.{}.{}", test.operator, test.key);
        texts.extend(test.values.iter().map(|value| (element.clone(), value.clone())));
    }
    texts.retain(|(_, text)| text.contains("${"));
    texts
}

/// Texts in which they do not.
fn closed_texts(place: &Place<'_>) -> Vec<(String, String)> {
    let statement = place.statement;
    let mut texts = named(statement.action.as_ref(), "Action", Clone::clone);
    texts.extend(named(statement.principal.as_ref(), "Principal", |principal: &Principal| {
        principal.entry().1.to_owned()
    }));
    texts
}

fn named<T>(element: Option<&Element<T>>, name: &str, text: impl Fn(&T) -> String) -> Vec<(String, String)> {
    let name = match element {
        Some(Element::AllBut(_)) => format!("Not{name}"),
        _ => name.to_owned(),
    };
    element.map_or(&[][..], Element::items).iter().map(|item| (name.clone(), text(item))).collect()
}

/// What stands behind a `${`.
#[derive(Clone, Copy)]
enum Written<'a> {
    /// Up to its `}`.
    Closed(&'a str),
    /// All that is left: there is none.
    Open(&'a str),
}

impl<'a> Written<'a> {
    fn all(text: &'a str) -> Vec<Self> {
        let mut all = Vec::new();
        let mut rest = text;
        while let Some((_, after)) = rest.split_once("${") {
            match after.split_once('}') {
                Some((inside, behind)) if !inside.contains("${") => {
                    all.push(Self::Closed(inside));
                    rest = behind;
                }
                _ => {
                    let (inside, _) = after.split_once("${").unwrap_or((after, ""));
                    all.push(Self::Open(inside));
                    rest = after;
                }
            }
        }
        all
    }

    /// The key, if it would be a variable.
    fn key(self) -> Option<&'a str> {
        match self {
            Self::Closed(inside) if inside.contains(':') => Some(Variable::parse(inside).key),
            _ => None,
        }
    }
}

/// A variable of a policy whose version has none.
fn old(place: &Place<'_>, element: &str, written: Written<'_>) -> Option<Finding> {
    let key = written.key()?;
    let message = format!("`${{{key}}}` is plain text here: variables need `\"Version\": \"2012-10-17\"`");
    Some(place.finding(Rule::MalformedVariable, element, message))
}

fn wrong(place: &Place<'_>, element: &str, written: Written<'_>) -> Option<Finding> {
    let malformed = |message: String| place.finding(Rule::MalformedVariable, element, message);
    let inside = match written {
        Written::Open(inside) => {
            return Some(malformed(format!("`${{{inside}` has no `}}`, and is plain text")));
        }
        Written::Closed("*" | "?" | "$") => return None,
        Written::Closed(inside) => inside,
    };
    let Some(key) = written.key() else {
        let mut finding = malformed(format!(
            "`${{{inside}}}` is no variable, and plain text: it lacks what is before the colon"
        ));
        let global = format!("aws:{inside}");
        finding.suggestion = unknown_key(&global).is_none().then(|| format!("${{{global}}}"));
        return Some(finding);
    };
    if let Some((_, default)) = inside.split_once(',')
        && Variable::parse(inside).default.is_none()
    {
        let mut finding =
            malformed(format!("the default value of `${{{inside}}}` has to stand in single quotes"));
        finding.suggestion = Some(format!("${{{key}, '{}'}}", default.trim().trim_matches(['\'', '"'])));
        return Some(finding);
    }
    let lower = key.to_ascii_lowercase();
    if SEVERAL.contains(&lower.as_str()) {
        let message =
            format!("`{key}` may have several values, so that `${{{key}}}` has none and nothing matches");
        return Some(place.finding(Rule::MalformedVariable, element, message));
    }
    let unknown = unknown_key(&lower)?;
    let mut finding = place.finding(
        Rule::UnknownKey,
        element,
        format!("AWS has no condition key `{key}` that `${{{key}}}` could stand for"),
    );
    finding.suggestion = unknown.similar.map(|one| format!("${{{one}}}"));
    Some(finding)
}
