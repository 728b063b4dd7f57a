//! What `state rm` and `state mv` name: a module, a resource, or one instance of a resource.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use super::syntax::{is_identifier, is_module_path};
use super::{Instance, Mode, Resource, index_key};
use crate::Address;

/// The address of something in a state: `module.m`, `aws_kms_key.main`, `module.m["k"].data.t.n[0]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The module path with its instance keys, as a state has it; `None` for the root module.
    pub module: Option<String>,
    /// The resource in it; `None` for the module itself.
    pub object: Option<Object>,
}

/// A resource, or one instance of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// `managed` or `data`.
    pub mode: Mode,
    /// The resource type.
    pub resource_type: String,
    /// The name within its type.
    pub name: String,
    /// The instance key, when one instance is named.
    pub key: Option<Value>,
}

/// Text that is no such address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not the address of a resource, an instance or a module, such as `aws_kms_key.main` or `module.m`"
)]
pub struct InvalidTarget(String);

impl Target {
    /// Whether an instance of `resource` is meant, or lies in what is meant.
    pub fn contains(&self, resource: &Resource, instance: &Instance) -> bool {
        match &self.object {
            Some(object) => {
                self.is_resource(resource) && (object.key.is_none() || object.key == instance.index_key)
            }
            None => self.is_around(resource),
        }
    }

    /// Whether the resource is the one that is named, or has the instance that is named.
    pub fn is_resource(&self, resource: &Resource) -> bool {
        self.object.as_ref().is_some_and(|object| {
            self.module == resource.module
                && object.mode == resource.mode
                && object.resource_type == resource.resource_type
                && object.name == resource.name
        })
    }

    /// Whether the resource is in the named module, in a module below it, or in an instance of it.
    fn is_around(&self, resource: &Resource) -> bool {
        let named = self.module.as_deref().unwrap_or_default();
        let rest = resource.module.as_deref().and_then(|module| module.strip_prefix(named));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }

    /// The address in the root module without instance key, if it is one of a managed resource.
    pub fn address(&self) -> Option<Address> {
        let object = self.object.as_ref().filter(|object| object.mode == Mode::Managed)?;
        let is_plain = self.module.is_none() && object.key.is_none();
        is_plain.then(|| Address::new(object.resource_type.as_str(), object.name.as_str()))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let module = self.module.as_deref().unwrap_or_default();
        let Some(object) = &self.object else { return f.write_str(module) };
        let dot = if module.is_empty() { "" } else { "." };
        let data = if object.mode == Mode::Data { "data." } else { "" };
        write!(f, "{module}{dot}{data}{}.{}", object.resource_type, object.name)?;
        match &object.key {
            Some(key) => f.write_str(&index_key::text(key)),
            None => Ok(()),
        }
    }
}

impl FromStr for Target {
    type Err = InvalidTarget;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || InvalidTarget(text.to_owned());
        let (steps, rest) = modules(text).ok_or_else(wrong)?;
        let module = steps.iter().map(Step::text).collect::<Vec<_>>().join(".");
        if !is_module_path(&module) {
            return Err(wrong());
        }
        if rest.is_empty() && !module.is_empty() {
            return Ok(Self { module: Some(module), object: None });
        }
        let (mode, rest) = match rest.strip_prefix("data.") {
            Some(rest) => (Mode::Data, rest),
            None => (Mode::Managed, rest),
        };
        let (resource_type, rest) = identifier(rest).ok_or_else(wrong)?;
        let (name, rest) = rest.strip_prefix('.').and_then(identifier).ok_or_else(wrong)?;
        let (key, rest) = index_key::read(rest).ok_or_else(wrong)?;
        if !rest.is_empty() {
            return Err(wrong());
        }
        let (resource_type, name) = (resource_type.to_owned(), name.to_owned());
        let module = (!module.is_empty()).then_some(module);
        Ok(Self { module, object: Some(Object { mode, resource_type, name, key }) })
    }
}

/// One module of a module path.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) key: Option<Value>,
}

impl Step {
    fn text(&self) -> String {
        let key = self.key.as_ref().map(index_key::text).unwrap_or_default();
        format!("module.{}{key}", self.name)
    }
}

/// The modules that a text starts with, and what follows them behind a dot; `None` for a module that is none.
pub(super) fn modules(text: &str) -> Option<(Vec<Step>, &str)> {
    let (mut steps, mut rest) = (Vec::new(), text);
    while let Some(inside) = rest.strip_prefix("module.") {
        let (name, tail) = identifier(inside)?;
        let (key, tail) = index_key::read(tail)?;
        steps.push(Step { name: name.to_owned(), key });
        if tail.is_empty() {
            return Some((steps, tail));
        }
        rest = tail.strip_prefix('.').filter(|rest| !rest.is_empty())?;
    }
    Some((steps, rest))
}

/// The identifier that a text starts with, and what follows it.
fn identifier(text: &str) -> Option<(&str, &str)> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    is_identifier(name).then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_written_alike() {
        for text in [
            "aws_kms_key.main",
            "aws_x.y[0]",
            "aws_x.y[\"a.b[c]\\\"d\"]",
            "data.aws_x.y",
            "module.m",
            "module.m[0].module.n[\"k\"]",
            "module.m[\"k\"].data.aws_x.y[3]",
            r#"x.y["$${a} %%{b} $ % $$$${"]"#,
            r#"module.m["\u2028\u00a0é\u200b😀e"].x.y["t\tn\n\\"]"#,
            r#"x.y["\U000e0001"]"#,
        ] {
            assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "x",
            "x.",
            ".y",
            "x.y.z",
            "x.y[",
            "x.y[]",
            "x.y[a]",
            "x.y[-1]",
            "x.y[1.5]",
            "x.y[0",
            "x.y[0]z",
            "module",
            "module.",
            "module.m.",
            "module.m.x",
            "data.x",
            "x y.z",
            "x.y[true]",
            "x.y[\"a]",
            "x.y[\"${a}\"]",
            "x.y[\"%{a}\"]",
            "x.y[\"a\nb\"]",
            "x.y[\"\\u12\"]",
            "x.y[\"\\u+123\"]",
            "x.y[\"\\/\"]",
            "x.y[+1]",
            "x.y[01]",
        ] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
        let deep = vec!["module.m"; 101].join(".");
        assert!(deep.parse::<Target>().is_err() && format!("{deep}.x.y").parse::<Target>().is_err());
    }

    #[test]
    fn only_a_plain_resource_has_an_address_of_the_root_module() {
        let address = |text: &str| text.parse::<Target>().unwrap().address();
        assert_eq!(address("aws_x.y"), Some(Address::new("aws_x", "y")));
        for text in ["aws_x.y[0]", "data.aws_x.y", "module.m.aws_x.y", "module.m"] {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
