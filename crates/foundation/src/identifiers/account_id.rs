//! The number of an AWS account.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Twelve digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(String);

/// Text that is no account id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an AWS account id: it must have twelve digits")]
pub struct InvalidAccountId {
    /// What was given.
    pub text: String,
}

super::text_newtype!(AccountId, InvalidAccountId);

impl FromStr for AccountId {
    type Err = InvalidAccountId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidAccountId { text: text.to_owned() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_digits_and_nothing_else() {
        assert_eq!("012345678901".parse::<AccountId>().unwrap().as_str(), "012345678901");
        for bad in ["", "12345678901", "1234567890123", "1234-5678-9012", "12345678901a", "１２３４"] {
            assert!(bad.parse::<AccountId>().is_err(), "{bad}");
        }
    }
}
