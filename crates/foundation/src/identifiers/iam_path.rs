//! The path of IAM objects.

use std::fmt;
use std::str::FromStr;

/// `/`, or visible ASCII characters between two slashes, at most 512 in all (IAM API reference, `CreateRole`, `Path`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IamPath(String);

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIamPath {
    /// A slash is missing at an end.
    #[error("`{text}` must begin and end with `/`")]
    Ends {
        /// What was given.
        text: String,
    },
    /// A character that paths do not have.
    #[error("`{text}` contains {character:?}; a path has letters, digits and punctuation, no spaces")]
    Character {
        /// What was given.
        text: String,
        /// The first offender.
        character: char,
    },
    /// Two slashes in a row.
    #[error("`{text}` contains `//`")]
    DoubleSlash {
        /// What was given.
        text: String,
    },
    /// Longer than 512.
    #[error("it has {length} characters and may have 512")]
    Length {
        /// Its characters.
        length: usize,
    },
    /// A path that only service-linked roles have.
    #[error("`{text}` is reserved for service-linked roles")]
    Reserved {
        /// What was given.
        text: String,
    },
}

impl Default for IamPath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl IamPath {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IamPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for IamPath {
    type Err = InvalidIamPath;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let owned = || text.to_owned();
        if !text.starts_with('/') || !text.ends_with('/') {
            return Err(InvalidIamPath::Ends { text: owned() });
        }
        if let Some(character) =
            text.chars().find(|c| !c.is_ascii_graphic() || matches!(c, '*' | '?' | '$' | '{' | '}'))
        {
            return Err(InvalidIamPath::Character { text: owned(), character });
        }
        if text.contains("//") {
            return Err(InvalidIamPath::DoubleSlash { text: owned() });
        }
        if text.len() > 512 {
            return Err(InvalidIamPath::Length { length: text.len() });
        }
        if text.starts_with("/aws-service-role/") || text.starts_with("/aws-reserved/") {
            return Err(InvalidIamPath::Reserved { text: owned() });
        }
        Ok(Self(owned()))
    }
}
