//! A statement, and how one is built.

use serde_json::{Map, Value};

use crate::condition::{Conditions, one_or_many};
use crate::principal::Principal;

/// What a statement does to the requests it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Allows them, unless another statement denies them.
    Allow,
    /// Denies them, whatever else allows them.
    Deny,
}

impl Effect {
    /// As written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// An element with its `Not` form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Element<T> {
    /// `Principal`, `Action`, `Resource`: any of these.
    Only(Vec<T>),
    /// `NotPrincipal`, `NotAction`, `NotResource`: anything but these.
    AllBut(Vec<T>),
}

impl<T> Element<T> {
    /// What is listed, in either form.
    pub fn items(&self) -> &[T] {
        match self {
            Self::Only(items) | Self::AllBut(items) => items,
        }
    }

    /// The same form, over other items.
    pub(crate) fn with<U>(&self, items: Vec<U>) -> Element<U> {
        match self {
            Self::Only(_) => Element::Only(items),
            Self::AllBut(_) => Element::AllBut(items),
        }
    }

    /// The same form, each item changed.
    pub(crate) fn map<'a, U>(&'a self, change: impl FnMut(&'a T) -> U) -> Element<U> {
        self.with(self.items().iter().map(change).collect())
    }
}

/// A statement of a policy.
///
/// An element that is `None` is absent: identity policies have no principal, trust and repository policies no
/// resource, and KMS takes statements without action or resource, which then do nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Statement {
    /// The statement's name.
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// Whom it is about.
    pub principal: Option<Element<Principal>>,
    /// Which actions: `kms:Decrypt`, `s3:Get*`.
    pub action: Option<Element<String>>,
    /// Which resources: ARNs with wildcards, or `*`.
    pub resource: Option<Element<String>>,
    /// When.
    pub condition: Conditions,
}

impl Statement {
    /// A statement that allows; add what and to whom.
    pub fn allow() -> Self {
        Self::new(Effect::Allow)
    }

    /// A statement that denies; add what and to whom.
    pub fn deny() -> Self {
        Self::new(Effect::Deny)
    }

    fn new(effect: Effect) -> Self {
        Self {
            sid: None,
            effect,
            principal: None,
            action: None,
            resource: None,
            condition: Conditions::default(),
        }
    }

    /// The same, named.
    #[must_use]
    pub fn sid(mut self, sid: impl Into<String>) -> Self {
        self.sid = Some(sid.into());
        self
    }

    /// The same, about these principals.
    #[must_use]
    pub fn principals(mut self, principals: impl IntoIterator<Item = Principal>) -> Self {
        self.principal = Some(Element::Only(principals.into_iter().collect()));
        self
    }

    /// The same, about these actions.
    #[must_use]
    pub fn actions<A: Into<String>>(mut self, actions: impl IntoIterator<Item = A>) -> Self {
        self.action = Some(Element::Only(actions.into_iter().map(Into::into).collect()));
        self
    }

    /// The same, about these resources.
    #[must_use]
    pub fn resources<R: Into<String>>(mut self, resources: impl IntoIterator<Item = R>) -> Self {
        self.resource = Some(Element::Only(resources.into_iter().map(Into::into).collect()));
        self
    }

    /// The same, with one more test that must hold: `.when("StringEquals", "aws:SourceAccount", [account])`.
    #[must_use]
    pub fn when<V: Into<String>>(
        mut self,
        operator: impl Into<String>,
        key: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        self.condition.add(operator, key, values);
        self
    }

    /// Compact JSON, as [`Policy::to_json`](crate::Policy::to_json) writes it.
    pub fn to_json(&self) -> String {
        self.to_value().to_string()
    }

    /// The JSON object, keys in AWS's usual order.
    pub(crate) fn to_value(&self) -> Value {
        let mut object = Map::new();
        if let Some(sid) = &self.sid {
            object.insert("Sid".to_owned(), sid.as_str().into());
        }
        object.insert("Effect".to_owned(), self.effect.name().into());
        insert(&mut object, "Principal", self.principal.as_ref(), principals_value);
        insert(&mut object, "Action", self.action.as_ref(), strings_value);
        insert(&mut object, "Resource", self.resource.as_ref(), strings_value);
        if !self.condition.is_empty() {
            object.insert("Condition".to_owned(), self.condition.to_value());
        }
        Value::Object(object)
    }
}

fn insert<T>(
    object: &mut Map<String, Value>,
    name: &str,
    element: Option<&Element<T>>,
    value: fn(&[T]) -> Value,
) {
    match element {
        None => {}
        Some(Element::Only(items)) => {
            object.insert(name.to_owned(), value(items));
        }
        Some(Element::AllBut(items)) => {
            object.insert(format!("Not{name}"), value(items));
        }
    }
}

fn strings_value(items: &[String]) -> Value {
    one_or_many(items.iter().map(String::as_str))
}

/// `"*"`, or an object from kind to names, kinds in the order first given.
fn principals_value(principals: &[Principal]) -> Value {
    if let [Principal::Everyone] = principals {
        return "*".into();
    }
    let mut kinds: Vec<(&str, Vec<&str>)> = Vec::new();
    for principal in principals {
        let (kind, name) = principal.entry();
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, names)) => names.push(name),
            None => kinds.push((kind, vec![name])),
        }
    }
    kinds
        .into_iter()
        .map(|(kind, names)| (kind.to_owned(), one_or_many(names.into_iter())))
        .collect::<Map<String, Value>>()
        .into()
}
