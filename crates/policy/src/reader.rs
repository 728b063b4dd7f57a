//! From JSON to a typed policy, with the path of what is wrong.

use std::collections::HashSet;
use std::fmt;

use crate::condition::{ConditionTest, Conditions};
use crate::document::{Policy, Version};
use crate::error::{PolicyError, Reason};
use crate::json::Node;
use crate::principal::Principal;
use crate::statement::{Effect, Element, Statement};

const STRINGS: &str = "a string or a list of strings";

impl Policy {
    /// Reads a policy from JSON text.
    ///
    /// # Errors
    /// The first thing that is not policy language, with its path: unknown elements, wrong types, duplicate keys, a
    /// text longer than [`Policy::MAX_BYTES`].
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        read_policy(text)
    }
}

/// Reads a whole policy.
fn read_policy(text: &str) -> Result<Policy, PolicyError> {
    let root = Path(String::new());
    if text.len() > Policy::MAX_BYTES {
        return Err(root.error(Reason::TooLarge { bytes: text.len(), limit: Policy::MAX_BYTES }));
    }
    if text.starts_with('\u{feff}') {
        let problem =
            "it begins with a byte order mark (U+FEFF), which JSON has not: save it without".to_owned();
        return Err(root.error(Reason::Syntax { line: 1, column: 1, problem }));
    }
    let node: Node = serde_json::from_str(text).map_err(|error| {
        root.error(Reason::Syntax { line: error.line(), column: error.column(), problem: error.to_string() })
    })?;
    let mut policy = Policy { version: None, id: None, statements: Vec::new() };
    let mut has_statement = false;
    for (key, value) in root.object(&node)? {
        let path = root.key(key);
        match key.as_str() {
            "Version" => policy.version = Some(read_version(&path, value)?),
            "Id" => policy.id = Some(path.text(value)?.to_owned()),
            "Statement" => {
                policy.statements = read_statements(&path, value)?;
                has_statement = true;
            }
            _ => return Err(root.unknown(key)),
        }
    }
    if !has_statement {
        return Err(root.error(Reason::Missing { element: "Statement" }));
    }
    Ok(policy)
}

fn read_version(path: &Path, node: &Node) -> Result<Version, PolicyError> {
    let text = path.text(node)?;
    [Version::V2008, Version::V2012]
        .into_iter()
        .find(|version| version.name() == text)
        .ok_or_else(|| path.unknown_value(text, "2012-10-17 or 2008-10-17"))
}

/// A list of statements, or one alone.
fn read_statements(path: &Path, node: &Node) -> Result<Vec<Statement>, PolicyError> {
    match node {
        Node::Object(_) => Ok(vec![read_statement(path, node)?]),
        Node::List(list) => {
            list.iter().enumerate().map(|(index, item)| read_statement(&path.index(index), item)).collect()
        }
        _ => Err(path.wrong_type("a list of objects", node)),
    }
}

fn read_statement(path: &Path, node: &Node) -> Result<Statement, PolicyError> {
    let mut effect = None;
    let mut statement = Statement::allow();
    for (key, value) in path.object(node)? {
        let inner = path.key(key);
        match key.as_str() {
            "Sid" => statement.sid = Some(inner.text(value)?.to_owned()),
            "Effect" => effect = Some(read_effect(&inner, value)?),
            "Principal" | "NotPrincipal" => {
                let items = read_principals(&inner, value)?;
                set_element(path, &mut statement.principal, "Principal", key, items)?;
            }
            "Action" | "NotAction" => {
                let items = read_strings(&inner, value)?;
                set_element(path, &mut statement.action, "Action", key, items)?;
            }
            "Resource" | "NotResource" => {
                let items = read_strings(&inner, value)?;
                set_element(path, &mut statement.resource, "Resource", key, items)?;
            }
            "Condition" => statement.condition = read_conditions(&inner, value)?,
            _ => return Err(path.unknown(key)),
        }
    }
    statement.effect = effect.ok_or_else(|| path.error(Reason::Missing { element: "Effect" }))?;
    Ok(statement)
}

fn set_element<T>(
    path: &Path,
    slot: &mut Option<Element<T>>,
    element: &'static str,
    key: &str,
    items: Vec<T>,
) -> Result<(), PolicyError> {
    if slot.is_some() {
        return Err(path.error(Reason::Conflict { element }));
    }
    *slot = Some(if key == element { Element::Only(items) } else { Element::AllBut(items) });
    Ok(())
}

fn read_effect(path: &Path, node: &Node) -> Result<Effect, PolicyError> {
    match path.text(node)? {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        other => Err(path.unknown_value(other, "Allow or Deny")),
    }
}

fn read_principals(path: &Path, node: &Node) -> Result<Vec<Principal>, PolicyError> {
    match node {
        Node::Text(text) if text == "*" => return Ok(vec![Principal::Everyone]),
        Node::Text(text) => return Err(path.unknown_value(text, "`*` or an object")),
        Node::Object(_) => {}
        _ => return Err(path.wrong_type("`*` or an object", node)),
    }
    let mut principals = Vec::new();
    for (key, value) in path.object(node)? {
        let kind = match key.as_str() {
            "AWS" => Principal::Aws,
            "Service" => Principal::Service,
            "Federated" => Principal::Federated,
            "CanonicalUser" => Principal::CanonicalUser,
            _ => return Err(path.unknown(key)),
        };
        principals.extend(read_strings(&path.key(key), value)?.into_iter().map(kind));
    }
    Ok(principals)
}

fn read_conditions(path: &Path, node: &Node) -> Result<Conditions, PolicyError> {
    let mut tests = Vec::new();
    let operators = path.object(node)?;
    path.refuse_duplicates(operators, str::to_ascii_lowercase)?;
    for (operator, keys) in operators {
        let operator_path = path.key(operator);
        let keys = operator_path.object(keys)?;
        operator_path.refuse_duplicates(keys, str::to_ascii_lowercase)?;
        for (key, values) in keys {
            let values = read_condition_values(&operator_path.key(key), values)?;
            tests.push(ConditionTest { operator: operator.clone(), key: key.clone(), values });
        }
    }
    Ok(Conditions::from_distinct(tests))
}

fn read_condition_values(path: &Path, node: &Node) -> Result<Vec<String>, PolicyError> {
    let value = |path: &Path, node: &Node| match node {
        Node::Text(text) | Node::Number(text) => Ok(text.clone()),
        Node::Bool(truth) => Ok(truth.to_string()),
        _ => Err(path.wrong_type("a string, a boolean, a number or a list of these", node)),
    };
    read_list(path, node, value)
}

fn read_strings(path: &Path, node: &Node) -> Result<Vec<String>, PolicyError> {
    let text = |path: &Path, node: &Node| match node {
        Node::Text(text) => Ok(text.clone()),
        _ => Err(path.wrong_type(STRINGS, node)),
    };
    read_list(path, node, text)
}

/// One item, or a list of them.
fn read_list(
    path: &Path,
    node: &Node,
    item: impl Fn(&Path, &Node) -> Result<String, PolicyError>,
) -> Result<Vec<String>, PolicyError> {
    match node {
        Node::List(list) => {
            list.iter().enumerate().map(|(index, node)| item(&path.index(index), node)).collect()
        }
        _ => Ok(vec![item(path, node)?]),
    }
}

/// Where in the policy an element stands; empty for the policy itself.
struct Path(String);

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_empty() { "policy" } else { &self.0 })
    }
}

impl Path {
    fn key(&self, key: &str) -> Self {
        match self.0.as_str() {
            "" => Self(key.to_owned()),
            parent => Self(format!("{parent}.{key}")),
        }
    }

    fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    fn error(&self, reason: Reason) -> PolicyError {
        PolicyError { path: self.to_string(), reason }
    }

    fn unknown(&self, element: &str) -> PolicyError {
        self.error(Reason::UnknownElement { element: element.to_owned() })
    }

    fn unknown_value(&self, value: &str, expected: &'static str) -> PolicyError {
        self.error(Reason::UnknownValue { value: value.to_owned(), expected })
    }

    fn wrong_type(&self, expected: &'static str, node: &Node) -> PolicyError {
        self.error(Reason::WrongType { expected, found: node.type_name() })
    }

    fn text<'a>(&self, node: &'a Node) -> Result<&'a str, PolicyError> {
        match node {
            Node::Text(text) => Ok(text),
            _ => Err(self.wrong_type("a string", node)),
        }
    }

    /// The entries of an object whose keys differ.
    fn object<'a>(&self, node: &'a Node) -> Result<&'a [(String, Node)], PolicyError> {
        let Node::Object(entries) = node else {
            return Err(self.wrong_type("an object", node));
        };
        self.refuse_duplicates(entries, str::to_owned)?;
        Ok(entries)
    }

    /// Refuses two keys that are the same after `fold`.
    fn refuse_duplicates(
        &self,
        entries: &[(String, Node)],
        fold: fn(&str) -> String,
    ) -> Result<(), PolicyError> {
        let mut seen = HashSet::new();
        match entries.iter().find(|(key, _)| !seen.insert(fold(key))) {
            Some((key, _)) => Err(self.error(Reason::DuplicateKey { key: key.clone() })),
            None => Ok(()),
        }
    }
}
