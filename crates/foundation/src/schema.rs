//! What the engine must know about a resource kind: which attributes are set, which identify, which are computed,
//! and when two values of one attribute mean the same.

/// A resource kind, named and shaped as the Terraform provider names and shapes it.
#[derive(Debug)]
pub struct Schema {
    /// The Terraform resource type.
    pub resource_type: &'static str,
    /// Who provides it in Terraform.
    pub provider: Provider,
    /// The provider's schema version, written into state.
    pub schema_version: u64,
    /// All attributes that we set, read or record.
    pub attributes: &'static [Attribute],
    /// Whether the next step may start only once this object is safely in the state (generated values).
    pub record_before_use: bool,
}

/// The provider string of a state entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// `registry.terraform.io/hashicorp/aws`.
    Aws,
    /// `terraform.io/builtin/terraform`.
    Builtin,
}

impl Provider {
    /// Its address.
    pub fn address(self) -> &'static str {
        match self {
            Self::Aws => "registry.terraform.io/hashicorp/aws",
            Self::Builtin => "terraform.io/builtin/terraform",
        }
    }

    /// As a module calls it.
    pub fn local_name(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Builtin => "terraform",
        }
    }

    /// As a state names it.
    pub fn state_name(self) -> &'static str {
        match self {
            Self::Aws => r#"provider["registry.terraform.io/hashicorp/aws"]"#,
            Self::Builtin => r#"provider["terraform.io/builtin/terraform"]"#,
        }
    }
}

/// One attribute of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// The provider's name for it.
    pub name: &'static str,
    /// What it is for.
    pub role: Role,
    /// When two values are equal.
    pub compare: Compare,
}

/// What an attribute is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Set by us, changed in place.
    Argument,
    /// Set by us; another value is another object.
    Identity,
    /// Decided by AWS and recorded.
    Computed,
    /// Ours alone, AWS cannot be asked for it (`force_destroy`); compared with the record.
    Recorded,
    /// Set and read by us, but absent from the provider's schema, so never written into state.
    Unrecorded,
}

/// When two values of an attribute mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// The same JSON value; `null`, `""`, `[]` and `{}` are the same absence.
    Exact,
    /// The same members in any order.
    Set,
    /// The same IAM policy by meaning.
    Policy,
    /// Nothing observed beyond what is desired (what is missing, other resources add).
    NothingBeyond,
}

impl Schema {
    /// The attribute called `name`.
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// Whether the attribute called `name` identifies an object.
    pub fn identifies(&self, name: &str) -> bool {
        self.attribute(name).is_some_and(|attribute| attribute.role == Role::Identity)
    }
}

/// A schema of the AWS provider.
pub(crate) const fn aws(resource_type: &'static str, attributes: &'static [Attribute]) -> Schema {
    Schema { resource_type, provider: Provider::Aws, schema_version: 0, attributes, record_before_use: false }
}

/// Set by us, changed in place.
pub(crate) const fn argument(name: &'static str) -> Attribute {
    attribute(name, Role::Argument, Compare::Exact)
}

/// An IAM policy that is set by us and changed in place.
pub(crate) const fn policy(name: &'static str) -> Attribute {
    attribute(name, Role::Argument, Compare::Policy)
}

/// Set by us; another value is another object.
pub(crate) const fn identity(name: &'static str) -> Attribute {
    attribute(name, Role::Identity, Compare::Exact)
}

/// Decided by AWS, or never set by us.
pub(crate) const fn computed(name: &'static str) -> Attribute {
    attribute(name, Role::Computed, Compare::Exact)
}

/// Ours alone.
pub(crate) const fn kept(name: &'static str) -> Attribute {
    attribute(name, Role::Recorded, Compare::Exact)
}

/// Unknown to the provider.
pub(crate) const fn unrecorded(name: &'static str) -> Attribute {
    attribute(name, Role::Unrecorded, Compare::Exact)
}

pub(crate) const fn attribute(name: &'static str, role: Role, compare: Compare) -> Attribute {
    Attribute { name, role, compare }
}
