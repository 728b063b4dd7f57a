//! The address of a managed resource of the root module, `TYPE.NAME`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `TYPE.NAME`, for example `aws_kms_key.main`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Address {
    resource_type: String,
    name: String,
}

/// Text that is no resource address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a resource address such as `aws_kms_key.main`")]
pub struct InvalidAddress(String);

impl Address {
    /// The address of resource `name` of type `resource_type`.
    pub fn new(resource_type: impl Into<String>, name: impl Into<String>) -> Self {
        Self { resource_type: resource_type.into(), name: name.into() }
    }

    /// The Terraform resource type, for example `aws_kms_key`.
    pub fn resource_type(&self) -> &str {
        &self.resource_type
    }

    /// The name within its type, for example `main`.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.resource_type, self.name)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

impl TryFrom<String> for Address {
    type Error = InvalidAddress;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let identifier = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        };
        match text.split_once('.') {
            Some((resource_type, name)) if identifier(resource_type) && identifier(name) => {
                Ok(Self::new(resource_type, name))
            }
            _ => Err(InvalidAddress(text.to_owned())),
        }
    }
}
