//! When two policies mean the same: both are brought into one canonical form.
//!
//! | rule | source |
//! |---|---|
//! | the order of statements, principals, actions, resources, conditions and values does not matter, nor do repetitions | IAM user guide, policy grammar: all are sets |
//! | a list of one is the element itself, a single statement a list of one | IAM user guide, policy grammar |
//! | `"*"` is `{"AWS":"*"}`; an account id is its root ARN | IAM user guide, `reference_policies_elements_principal` |
//! | actions, condition operators and condition keys ignore case | IAM user guide, `reference_policies_elements_action`, `…_condition` |
//! | `true`, `7` are `"true"`, `"7"`; `Bool` and `Null` ignore case | IAM user guide, policy grammar |
//! | in a statement about KMS actions alone, a role's session is the role (KMS rewrites it; a session's ARN has no path, so paths do not matter there) | terraform-provider-aws issues 39788, 30232 |
//! | no version is `2008-10-17`, whose only difference is that `${aws:username}` is text: written as `${$}{aws:username}` | IAM user guide, `reference_policies_elements_version` |
//! | an empty `Sid` or `Id` is none; other names are part of what a policy means to its readers | – |

use crate::condition::{ConditionTest, Conditions};
use crate::document::{Policy, Version};
use crate::pattern::{Piece, pieces};
use crate::statement::{Element, Statement};

/// A principal that is no more: AWS shows the id it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrphanedPrincipal {
    /// The statement's place in the policy, from 0.
    pub statement: usize,
    /// The statement's name.
    pub sid: Option<String>,
    /// `AROA…` (a role) or `AIDA…` (a user).
    pub id: String,
}

impl Policy {
    /// The one form of all policies that mean the same.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let tidy = self.tidy();
        let statements = tidy.statements.into_iter().map(canonical_statement).collect();
        Self { statements: sorted(statements), ..tidy }
    }

    /// The same without the names of policy and statements, which are no part of what it grants.
    #[must_use]
    pub fn unnamed(&self) -> Self {
        let mut unnamed = self.clone();
        unnamed.id = None;
        for statement in &mut unnamed.statements {
            statement.sid = None;
        }
        unnamed
    }

    /// Whether both grant and deny the same under the same names.
    pub fn means_the_same(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }

    /// The principals that were deleted since the policy was written, in order.
    ///
    /// Whoever takes their name again does not get their permissions.
    pub fn orphaned_principals(&self) -> Vec<OrphanedPrincipal> {
        let mut orphans = Vec::new();
        for (index, statement) in self.statements.iter().enumerate() {
            let principals = statement.principal.as_ref().map_or(&[][..], Element::items);
            for principal in principals.iter().filter(|principal| principal.is_orphan()) {
                orphans.push(OrphanedPrincipal {
                    statement: index,
                    sid: statement.sid.clone(),
                    id: principal.entry().1.to_owned(),
                });
            }
        }
        orphans
    }

    /// Canonical but for what only a reader sees: the case of letters, paths of roles, the order of statements.
    pub(crate) fn tidy(&self) -> Self {
        let escape = self.version.unwrap_or(Version::V2008) == Version::V2008;
        Self {
            version: Some(Version::V2012),
            id: self.id.clone().filter(|id| !id.is_empty()),
            statements: self.statements.iter().map(|statement| tidy_statement(statement, escape)).collect(),
        }
    }
}

fn tidy_statement(statement: &Statement, escape: bool) -> Statement {
    let is_kms = statement.is_about_kms();
    let text = |text: &String| if escape { escape_variables(text) } else { text.clone() };
    Statement {
        sid: statement.sid.clone().filter(|sid| !sid.is_empty()),
        effect: statement.effect,
        principal: map_element(statement.principal.as_ref(), |principal| {
            principal.issuer().filter(|_| is_kms).unwrap_or_else(|| principal.tidy())
        }),
        action: map_element(statement.action.as_ref(), String::clone),
        resource: map_element(statement.resource.as_ref(), text),
        condition: statement.condition.map_sorted(|test| ConditionTest {
            values: sorted(test.values.iter().map(text).collect()),
            ..test.clone()
        }),
    }
}

fn canonical_statement(statement: Statement) -> Statement {
    let is_kms = statement.is_about_kms();
    Statement {
        principal: map_element(statement.principal.as_ref(), |principal| {
            if is_kms { principal.without_path() } else { principal.clone() }
        }),
        action: map_element(statement.action.as_ref(), |action| action.to_ascii_lowercase()),
        condition: canonical_conditions(&statement.condition),
        ..statement
    }
}

fn canonical_conditions(conditions: &Conditions) -> Conditions {
    conditions.map_sorted(|test| {
        let operator = test.operator.to_ascii_lowercase();
        let values = match operator.trim_end_matches("ifexists").rsplit(':').next() {
            Some("bool" | "null") => test.values.iter().map(|value| value.to_ascii_lowercase()).collect(),
            _ => test.values.clone(),
        };
        ConditionTest { key: test.key.to_ascii_lowercase(), operator, values: sorted(values) }
    })
}

impl Statement {
    /// Whether the statement lists KMS actions and nothing else.
    pub(crate) fn is_about_kms(&self) -> bool {
        let is_kms =
            |action: &String| action.get(..4).is_some_and(|service| service.eq_ignore_ascii_case("kms:"));
        match &self.action {
            Some(Element::Only(actions)) => !actions.is_empty() && actions.iter().all(is_kms),
            Some(Element::AllBut(_)) | None => false,
        }
    }
}

fn map_element<T, U: Ord>(element: Option<&Element<T>>, change: impl Fn(&T) -> U) -> Option<Element<U>> {
    let element = element?;
    Some(element.with(sorted(element.items().iter().map(change).collect())))
}

/// A list as a set.
fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items.dedup();
    items
}

/// Text of version `2008-10-17` as `2012-10-17` writes it.
pub(crate) fn escape_variables(text: &str) -> String {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Escape(char) => format!("${{$}}{{{char}}}"),
            Piece::Variable(name) => format!("${{$}}{{{name}}}"),
        })
        .collect()
}

#[cfg(test)]
mod tests;
