//! A role as it stands.

use std::collections::BTreeMap;

use super::Read;

/// What was read of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleFacts {
    /// Its name.
    pub name: String,
    /// The role itself.
    pub record: Read<RoleRecord>,
    /// The ARNs of the managed policies that are attached.
    pub attached: Read<Vec<String>>,
    /// The inline policies by name.
    pub inline: Read<BTreeMap<String, Read<String>>>,
    /// The instance profiles that it is in, for a role that instances use.
    pub instance_profiles: Option<Read<Vec<String>>>,
}

/// What `iam:GetRole` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRecord {
    /// Its ARN.
    pub arn: String,
    /// `AROA…`, another one each time a role of this name is made.
    pub unique_id: String,
    /// Its trust policy.
    pub trust: String,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
}
