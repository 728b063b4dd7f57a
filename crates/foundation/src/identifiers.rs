//! AWS's identifiers as types: what holds one of these has been checked.

mod account_id;
mod arn;
mod bucket_name;
mod iam_path;
mod partition;
mod region;

pub use account_id::{AccountId, InvalidAccountId};
pub use arn::{Arn, InvalidArn};
pub use bucket_name::{BucketName, InvalidBucketName};
pub use iam_path::{IamPath, InvalidIamPath};
pub use partition::{Partition, UnsupportedPartition};
pub use region::{InvalidRegion, Region};

use serde::{Deserialize, Serialize};

/// Who is asking: the answer of `sts:GetCallerIdentity`, as far as the foundation depends on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The account.
    pub account_id: AccountId,
    /// The partition, from the caller's ARN.
    pub partition: Partition,
}

/// Gives a text newtype its text: `Display`, `as_str`, and serde as a plain string through `FromStr`.
macro_rules! text_newtype {
    ($name:ident, $error:ty) => {
        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
    };
}
use text_newtype;
