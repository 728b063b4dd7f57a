//! The name of an S3 bucket.

use std::net::Ipv4Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A name that S3 accepts for a general purpose bucket (S3 user guide, "General purpose bucket naming rules").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BucketName(String);

/// Text that is no bucket name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBucketName {
    /// Shorter than 3 or longer than 63.
    #[error("a bucket name must have 3 to 63 characters, `{text}` has {length}")]
    Length {
        /// What was given.
        text: String,
        /// Its characters.
        length: usize,
    },
    /// A character that bucket names do not have.
    #[error(
        "bucket name `{text}` contains {character:?}; only lower-case letters, digits, `-` and `.` are allowed"
    )]
    Character {
        /// What was given.
        text: String,
        /// The first offender.
        character: char,
    },
    /// It begins or ends with `-` or `.`, or has two dots in a row.
    #[error("bucket name `{text}` must begin and end with a letter or digit and must not contain `..`")]
    Ends {
        /// What was given.
        text: String,
    },
    /// It looks like an IP address.
    #[error("bucket name `{text}` has the form of an IP address")]
    IpAddress {
        /// What was given.
        text: String,
    },
    /// A beginning or end that AWS keeps for itself.
    #[error("bucket name `{text}` has `{reserved}`, which AWS reserves")]
    Reserved {
        /// What was given.
        text: String,
        /// The beginning or end.
        reserved: &'static str,
    },
}

super::text_newtype!(BucketName, InvalidBucketName);

/// The most characters a bucket name may have.
pub(crate) const MAXIMUM_LENGTH: usize = 63;

/// Beginnings that AWS reserves.
pub(crate) const RESERVED_PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];

/// Ends that AWS reserves.
pub(crate) const RESERVED_SUFFIXES: [&str; 6] =
    ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an"];

impl FromStr for BucketName {
    type Err = InvalidBucketName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let owned = || text.to_owned();
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if let Some(character) = text.chars().find(|&c| !(allowed(c) || c == '-' || c == '.')) {
            return Err(InvalidBucketName::Character { text: owned(), character });
        }
        if !(3..=MAXIMUM_LENGTH).contains(&text.len()) {
            return Err(InvalidBucketName::Length { text: owned(), length: text.len() });
        }
        if !text.starts_with(allowed) || !text.ends_with(allowed) || text.contains("..") {
            return Err(InvalidBucketName::Ends { text: owned() });
        }
        if text.parse::<Ipv4Addr>().is_ok() {
            return Err(InvalidBucketName::IpAddress { text: owned() });
        }
        let prefix = RESERVED_PREFIXES.into_iter().find(|prefix| text.starts_with(prefix));
        let suffix = RESERVED_SUFFIXES.into_iter().find(|suffix| text.ends_with(suffix));
        match prefix.or(suffix) {
            Some(reserved) => Err(InvalidBucketName::Reserved { text: owned(), reserved }),
            None => Ok(Self(owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_within_the_rules_are_taken() {
        for good in ["abc", "artos-terraform-state", "1.2.3", "a".repeat(63).as_str()] {
            assert!(good.parse::<BucketName>().is_ok(), "{good}");
        }
    }

    #[test]
    fn names_outside_the_rules_are_refused_with_their_reason() {
        use InvalidBucketName as E;
        let text = String::from;
        let table = [
            ("ab", E::Length { text: text("ab"), length: 2 }),
            ("Abc", E::Character { text: text("Abc"), character: 'A' }),
            ("s3://abc", E::Character { text: text("s3://abc"), character: ':' }),
            ("-abc", E::Ends { text: text("-abc") }),
            ("abc.", E::Ends { text: text("abc.") }),
            ("a..b", E::Ends { text: text("a..b") }),
            ("192.168.5.4", E::IpAddress { text: text("192.168.5.4") }),
            ("xn--abc", E::Reserved { text: text("xn--abc"), reserved: "xn--" }),
            ("logs-s3alias", E::Reserved { text: text("logs-s3alias"), reserved: "-s3alias" }),
            ("logs-an", E::Reserved { text: text("logs-an"), reserved: "-an" }),
        ];
        for (given, error) in table {
            assert_eq!(given.parse::<BucketName>(), Err(error), "{given}");
        }
        assert!("a".repeat(64).parse::<BucketName>().is_err());
    }
}
