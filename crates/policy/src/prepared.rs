//! Policies ready to be asked many times.

use crate::comparison::Test;
use crate::document::Policy;
use crate::party::{Party, Reach};
use crate::pattern::{Glob, NoVariables, Variables, has_variable, tokens};
use crate::statement::{Effect, Element, Statement};

/// A policy ready to be asked: patterns, principals and conditions are taken apart once.
///
/// ```
/// use policy::{Policies, Policy, Principal, Request, evaluate};
///
/// let policy = Policy::parse(r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#)?;
/// let identity = [policy.prepare()];
/// let policies = Policies { identity: &identity, ..Policies::default() };
/// let ada = Principal::aws("arn:aws:iam::123456789012:user/Ada");
/// let request = Request::new(ada, "s3:GetObject", "arn:aws:s3:::logs/a", "123456789012");
/// assert!(evaluate(&policies, &request).is_allowed());
/// # Ok::<(), policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    pub(crate) rules: Vec<Rule>,
}

/// A statement ready to be asked.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub sid: Option<String>,
    pub effect: Effect,
    pub principal: Option<Element<Party>>,
    /// In lower case.
    pub action: Option<Element<Glob>>,
    pub resource: Option<Element<Template>>,
    pub condition: Vec<Test>,
    /// The statement, tidy but for its principals.
    pub source: Statement,
}

/// A pattern that may hold policy variables.
#[derive(Clone, Debug)]
pub(crate) enum Template {
    /// The same for every request.
    Fixed(Glob),
    /// One with variables, as written.
    Open(String),
}

impl Policy {
    /// Takes the policy apart, to be asked with [`evaluate`](crate::evaluate).
    pub fn prepare(&self) -> Prepared {
        let tidy = self.tidy();
        let rules = tidy.statements.iter().zip(&self.statements).map(|(tidy, raw)| Rule::new(tidy, raw));
        Prepared { rules: rules.collect() }
    }
}

impl Rule {
    /// From a tidy statement; `raw` has the principals as they were written.
    fn new(tidy: &Statement, raw: &Statement) -> Self {
        let party = if tidy.is_about_kms() { Party::of_key } else { Party::new };
        Self {
            sid: tidy.sid.clone(),
            effect: tidy.effect,
            principal: raw.principal.as_ref().map(|principals| principals.map(party)),
            action: tidy.action.as_ref().map(|actions| actions.map(|text| action_glob(text))),
            resource: tidy.resource.as_ref().map(|resources| resources.map(|text| Template::new(text))),
            condition: tidy.condition.tests().iter().map(Test::new).collect(),
            source: Statement { principal: raw.principal.clone(), ..tidy.clone() },
        }
    }

    /// How the one who asks is meant by this statement of a resource's policy, if at all.
    pub(crate) fn reach(&self, asking: &Party) -> Option<Reach> {
        match self.principal.as_ref()? {
            Element::Only(named) => named.iter().filter_map(|party| party.reach(asking, self.effect)).max(),
            Element::AllBut(spared) => {
                (!asking.is_spared(spared, self.effect)).then_some(asking.as_everyone())
            }
        }
    }

    /// Whether the action, in lower case, is meant. A statement without action is about nothing.
    pub(crate) fn has_action(&self, action: &str) -> bool {
        self.action.as_ref().is_some_and(|actions| actions.has(|glob| glob.matches(action)))
    }

    /// Whether the resource is meant; a statement whose exclusion cannot be resolved is about nothing.
    pub(crate) fn has_resource(&self, resource: &str, variables: &impl Variables) -> bool {
        match &self.resource {
            Some(Element::Only(templates)) => {
                templates.iter().any(|template| template.matches(resource, variables) == Some(true))
            }
            Some(Element::AllBut(templates)) => {
                templates.iter().all(|template| template.matches(resource, variables) == Some(false))
            }
            None => true,
        }
    }
}

/// A pattern of actions, whose case of letters does not matter.
pub(crate) fn action_glob(text: &str) -> Glob {
    Glob::wildcards(&text.to_ascii_lowercase())
}

impl Template {
    pub(crate) fn new(text: &str) -> Self {
        if has_variable(text) {
            return Self::Open(text.to_owned());
        }
        Self::Fixed(Glob::new(tokens(text, &NoVariables).unwrap_or_default()))
    }

    /// Whether the text fits; `None` if a variable has no value.
    pub(crate) fn matches(&self, text: &str, variables: &impl Variables) -> Option<bool> {
        match self {
            Self::Fixed(glob) => Some(glob.matches(text)),
            Self::Open(pattern) => Some(Glob::new(tokens(pattern, variables)?).matches(text)),
        }
    }
}

impl<T> Element<T> {
    /// Whether something is meant, given which items are it.
    pub(crate) fn has(&self, is_it: impl Fn(&T) -> bool) -> bool {
        match self {
            Self::Only(items) => items.iter().any(is_it),
            Self::AllBut(items) => !items.iter().any(is_it),
        }
    }
}
