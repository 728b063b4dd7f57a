//! Values, and the symbols in their texts.

use terraform::Address;

/// A value with symbols in its texts.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Nothing.
    Null,
    /// A bool.
    Bool(bool),
    /// A number, as JSON writes it.
    Number(String),
    /// Text.
    Text(Vec<Part>),
    /// A list.
    List(Vec<Node>),
    /// An object or map, in order.
    Object(Vec<(String, Node)>),
    /// An IAM policy, which is JSON in a string.
    Policy(Box<Node>),
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As it stands.
    Literal(String),
    /// What a symbol stands for.
    Symbol(Symbol),
}

/// What a text may depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// `{project}-{environment}`.
    Name,
    /// The account.
    AccountId,
    /// The partition.
    Partition,
    /// The region.
    Region,
    /// The end of the partition's service names.
    DnsSuffix,
    /// The account of the image registry.
    RegistryAccountId,
    /// The ARN of the trail.
    TrailArn,
    /// An attribute of a resource.
    Attribute(Address, String),
}

impl Node {
    /// The field of an object that is not null.
    pub fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => {
                fields.iter().find(|(field, node)| field == name && *node != Self::Null).map(|(_, node)| node)
            }
            _ => None,
        }
    }

    /// The items of a list.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The one block of a list of blocks.
    pub fn block(&self, name: &str) -> Option<&Self> {
        self.field(name)?.items().first()
    }

    /// Everything that the value refers to.
    pub fn references(&self, into: &mut Vec<Address>) {
        match self {
            Self::Text(parts) => into.extend(parts.iter().filter_map(|part| match part {
                Part::Symbol(Symbol::Attribute(address, _)) => Some(address.clone()),
                _ => None,
            })),
            Self::List(items) => items.iter().for_each(|item| item.references(into)),
            Self::Object(fields) => fields.iter().for_each(|(_, field)| field.references(into)),
            Self::Policy(policy) => policy.references(into),
            Self::Null | Self::Bool(_) | Self::Number(_) => {}
        }
    }
}
