//! What the foundation shall be: resources, their arguments and order, and the outputs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use terraform::{Address, Attributes, Diagnostic, Value};

/// Who is asking: the answer of `sts:GetCallerIdentity`, as far as the foundation depends on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// Twelve digits.
    pub account_id: String,
    /// `aws`, `aws-us-gov`, `aws-cn`.
    pub partition: String,
}

/// The whole foundation as a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Blueprint {
    /// All resources; every one stands after those it depends on.
    pub resources: Vec<Resource>,
    /// The outputs, `null` ones included.
    pub outputs: BTreeMap<String, OutputExpression>,
    /// What a plan should warn about.
    pub warnings: Vec<Diagnostic>,
}

/// One desired resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Where it is recorded.
    pub address: Address,
    /// Its arguments. A string may hold `${TYPE.NAME.ATTRIBUTE}`: the value that attribute has once it is known.
    pub arguments: Attributes,
    /// What must exist first (direct dependencies).
    pub depends_on: Vec<Address>,
    /// Whether `destroy`, or a change of its identity, leaves the object in AWS (the logs, and the key that reads them).
    pub retain: bool,
}

/// An output: a template as in [`Resource::arguments`] and a type in Terraform's notation.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputExpression {
    /// The value or template; `null` is stored as Terraform stores it, not at all.
    pub value: Value,
    /// `"string"` and the like.
    pub value_type: Value,
}
