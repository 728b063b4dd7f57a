//! One attribute of a kind.

use policy::Kind;

/// One attribute of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// The provider's name for it.
    pub name: &'static str,
    /// What it is for.
    pub role: Role,
    /// When two values are equal.
    pub compare: Compare,
    /// What values it has.
    pub form: Form,
    /// Whether it stays unset although AWS could decide it, because no configuration of ours sets it.
    pub stays_unset: bool,
    /// Whether a resource of its own holds it, so that its being empty here says nothing.
    pub held_elsewhere: bool,
    /// The attribute whose value it always has.
    pub follows: Option<&'static str>,
    /// What its value names.
    pub refers_to: Option<Reference>,
    /// The value that a new object has anyway when nothing is said.
    pub usual: Option<Usual>,
    /// Fields of its blocks that the provider does not know.
    pub unknown_fields: &'static [&'static str],
    /// What a change of it means beyond the value.
    pub changing: Option<&'static str>,
    /// What it decides about what somebody can do.
    pub power: Option<Power>,
    /// Whether it is written for machines, and other attributes say to people what it is for.
    pub for_machines: bool,
}

/// What an attribute is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Set by us, changed in place.
    Argument,
    /// Set by us, and what an object is called: another value is another object.
    Identity,
    /// Set by us when an object is made: another value takes another object, which may be called the same.
    Fixed,
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
    Policy(Kind),
    /// Nothing observed beyond what is desired (what is missing, other resources add).
    NothingBeyond,
}

/// What an attribute decides about what somebody can do, beside the policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// The ARN of the policy that bounds a role.
    Boundary,
    /// The ARN of a managed policy that the whole has.
    Managed,
    /// The ARNs of the only managed policies that a role has.
    OnlyManaged,
    /// The names of the only inline policies that a role has.
    OnlyInline,
    /// The name of the role that instances can be given.
    InstanceRole,
    /// Whether a key can be used.
    KeyUse,
    /// For how long nobody can delete new objects: blocks with a default retention.
    Retention,
    /// When objects are deleted: blocks with an expiration.
    Expiry,
    /// Whether old versions are kept: blocks with a status.
    Versions,
    /// Whether something public is refused.
    PublicAccess,
    /// Who owns objects, and so whether ACLs count: blocks with an ownership.
    Ownership,
}

/// What values an attribute has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One, or a list of plain values.
    Value,
    /// A map.
    Map,
    /// Nested blocks: unset, they are recorded as `[]`, not `null`.
    Blocks,
    /// One of any type, which a state stores together with the type.
    Any,
}

/// An attribute of another resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The other's type.
    pub resource_type: &'static str,
    /// Which of its attributes.
    pub attribute: &'static str,
}

/// A value that goes without saying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usual {
    /// A bool.
    Bool(bool),
    /// A number.
    Number(u32),
    /// A text.
    Text(&'static str),
}

impl Usual {
    /// Whether it is this value.
    pub fn is(self, value: &serde_json::Value) -> bool {
        match self {
            Self::Bool(usual) => value.as_bool() == Some(usual),
            Self::Number(usual) => value.as_u64() == Some(usual.into()),
            Self::Text(usual) => value.as_str() == Some(usual),
        }
    }
}

/// Set by us, changed in place.
pub(crate) const fn argument(name: &'static str) -> Attribute {
    attribute(name, Role::Argument, Compare::Exact)
}

/// An IAM policy that is set by us and changed in place.
pub(crate) const fn policy(name: &'static str, kind: Kind) -> Attribute {
    attribute(name, Role::Argument, Compare::Policy(kind))
}

/// Set by us, and what an object is called.
pub(crate) const fn identity(name: &'static str) -> Attribute {
    attribute(name, Role::Identity, Compare::Exact)
}

/// Set by us when an object is made.
pub(crate) const fn fixed(name: &'static str) -> Attribute {
    attribute(name, Role::Fixed, Compare::Exact)
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

/// The provider's second record of an object's tags.
pub(crate) const fn tags_all() -> Attribute {
    let mut attribute = computed("tags_all").form(Form::Map);
    attribute.follows = Some("tags");
    attribute
}

pub(crate) const fn attribute(name: &'static str, role: Role, compare: Compare) -> Attribute {
    Attribute {
        name,
        role,
        compare,
        form: Form::Value,
        stays_unset: false,
        held_elsewhere: false,
        follows: None,
        refers_to: None,
        usual: None,
        unknown_fields: &[],
        changing: None,
        power: None,
        for_machines: false,
    }
}

impl Attribute {
    /// The same with values of another form.
    pub(crate) const fn form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// The same as nested blocks.
    pub(crate) const fn blocks(self) -> Self {
        self.form(Form::Blocks)
    }

    /// The same with fields in its blocks that the provider does not know.
    pub(crate) const fn unknown_fields(mut self, fields: &'static [&'static str]) -> Self {
        self.unknown_fields = fields;
        self
    }

    /// The same, unset unless a configuration sets it.
    pub(crate) const fn unset(mut self) -> Self {
        self.stays_unset = true;
        self
    }

    /// The same, held by a resource of its own.
    pub(crate) const fn elsewhere(mut self) -> Self {
        self.held_elsewhere = true;
        self
    }

    /// The same, always with the value of another attribute.
    pub(crate) const fn follows(mut self, name: &'static str) -> Self {
        self.follows = Some(name);
        self
    }

    /// The same as the name of another resource.
    pub(crate) const fn refers_to(mut self, resource_type: &'static str, attribute: &'static str) -> Self {
        self.refers_to = Some(Reference { resource_type, attribute });
        self
    }

    /// The same, with a value that goes without saying.
    pub(crate) const fn usually(mut self, usual: Usual) -> Self {
        self.usual = Some(usual);
        self
    }

    /// The same, written for machines.
    pub(crate) const fn for_machines(mut self) -> Self {
        self.for_machines = true;
        self
    }

    /// The same, with what it decides about what somebody can do.
    pub(crate) const fn power(mut self, power: Power) -> Self {
        self.power = Some(power);
        self
    }

    /// The same, with what a change of it means.
    pub(crate) const fn changing(mut self, meaning: &'static str) -> Self {
        self.changing = Some(meaning);
        self
    }
}
