//! Mistakes and dangers in a policy.

mod conditions;
mod dangers;
mod denials;
mod lockouts;
mod shape;
mod variables;

use crate::document::Policy;
use crate::kind::Kind;
use crate::statement::Statement;

/// A mistake or a danger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule: `unknown-action`.
    pub rule: Rule,
    /// The element: `Statement[0].Action`; the whole policy if empty.
    pub path: String,
    /// The name of the statement.
    pub sid: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to write instead, if that is certain.
    pub suggestion: Option<String>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// AWS refuses it, or it does not do what it says.
    Error,
    /// It is dangerous.
    Warning,
    /// It is worth a look.
    Note,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident $name:literal $severity:ident,)*) => {
        /// A rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$doc])* $rule,)*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &[Self] = &[$(Self::$rule,)*];

            /// As written.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$rule => $name,)*
                }
            }

            /// How bad a finding of it is.
            pub fn severity(self) -> Severity {
                match self {
                    $(Self::$rule => Severity::$severity,)*
                }
            }
        }
    };
}

rules! {
    /// AWS has no such action.
    UnknownAction "unknown-action" Error,
    /// AWS has no such condition key.
    UnknownKey "unknown-condition-key" Error,
    /// AWS has no such condition operator.
    UnknownOperator "unknown-operator" Error,
    /// No request for the actions has the condition key.
    KeyNotSent "condition-key-not-sent" Warning,
    /// A value that the operator cannot compare.
    WrongType "wrong-type" Error,
    /// A policy variable that is none, or never has a value.
    MalformedVariable "malformed-variable" Warning,
    /// A statement that is about no request.
    NeverMatches "never-matches" Warning,
    /// Two statements with one name.
    DuplicateSid "duplicate-sid" Error,
    /// An element that this kind of policy must or must not have.
    WrongElement "wrong-element" Error,
    /// Longer than AWS allows.
    TooLarge "too-large" Error,
    /// Everyone is allowed something.
    Public "public" Warning,
    /// Another account is allowed something.
    AnotherAccount "another-account" Note,
    /// Whoever has the policy can give itself more.
    Escalation "privilege-escalation" Warning,
    /// A service may act for anybody.
    ConfusedDeputy "confused-deputy" Warning,
    /// Nobody could do what somebody must be able to: change the key's policy, read, deliver or encrypt logs, assume the role,
    /// anything within the boundary.
    LockOut "lock-out" Error,
    /// A principal that is no more.
    DeletedPrincipal "deleted-principal" Warning,
    /// What cannot be told.
    Undecided "undecided" Warning,
}

/// The findings about a policy of this kind, in the order of its statements; `account` is whose resource it is of.
///
/// ```
/// use policy::{Kind, Policy, lint};
///
/// let policy = Policy::parse(r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObjct", "Resource": "*"}}"#)?;
/// let findings = lint(&policy, Kind::Identity, None);
/// assert_eq!(findings[0].rule.name(), "unknown-action");
/// assert_eq!(findings[0].suggestion.as_deref(), Some("s3:GetObject"));
/// # Ok::<(), policy::PolicyError>(())
/// ```
pub fn lint(policy: &Policy, kind: Kind, account: Option<&str>) -> Vec<Finding> {
    let mut findings = shape::of_policy(policy, kind);
    for (index, statement) in policy.statements.iter().enumerate() {
        let place = Place { index, statement, kind };
        findings.extend(shape::of_statement(&place));
        findings.extend(conditions::of_statement(&place));
        findings.extend(variables::of_statement(&place, policy));
    }
    findings.extend(dangers::of_policy(policy, kind, account));
    findings.extend(lockouts::of_policy(policy, kind, account));
    findings
}

/// A statement, and where it stands.
struct Place<'a> {
    index: usize,
    statement: &'a Statement,
    kind: Kind,
}

impl Place<'_> {
    fn finding(&self, rule: Rule, element: &str, message: String) -> Finding {
        let dot = if element.is_empty() { "" } else { "." };
        Finding {
            rule,
            path: format!("Statement[{}]{dot}{element}", self.index),
            sid: self.statement.sid.clone(),
            message,
            suggestion: None,
        }
    }
}

/// The name that was probably meant.
fn similar<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_ascii_lowercase();
    let (length, limit) = (typed.chars().count(), 1 + typed.len() / 6);
    // As many characters more or less are as many changes.
    let near = known.filter(|name| name.chars().count().abs_diff(length) <= limit);
    let distances = near.map(|name| (strsim::damerau_levenshtein(&typed, &name.to_ascii_lowercase()), name));
    distances
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests;
