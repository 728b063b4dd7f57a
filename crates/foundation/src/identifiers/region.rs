//! The name of an AWS region.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Partition;

/// A region name of AWS's form, such as `us-east-1` or `us-gov-west-1`, in a supported partition.
///
/// Whether AWS has opened a region of that name is not known here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

/// Text that is no region name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRegion {
    /// It names an availability zone.
    #[error("`{zone}` is an availability zone, not a region")]
    AvailabilityZone {
        /// What was given.
        zone: String,
        /// The region it lies in.
        region: String,
    },
    /// It is of another form.
    #[error("`{text}` is not the name of an AWS region")]
    Form {
        /// What was given.
        text: String,
    },
    /// It lies in a partition that is not supported.
    #[error(
        "region `{region}` lies in a partition that is not supported (supported: `aws`, `aws-cn`, `aws-eusc`, `aws-us-gov`)"
    )]
    Unsupported {
        /// What was given.
        region: String,
    },
}

super::text_newtype!(Region, InvalidRegion);

impl Region {
    /// The partition that a region of this name lies in.
    pub fn partition(&self) -> Partition {
        Partition::ALL
            .into_iter()
            .find(|partition| partition.region_prefix().is_some_and(|prefix| self.0.starts_with(prefix)))
            .unwrap_or(Partition::Aws)
    }

    /// Whether an account has to enable the region of this name first.
    /// <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html>
    pub fn is_opt_in(name: &str) -> bool {
        OPT_IN.contains(&name)
    }
}

const OPT_IN: [&str; 17] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

/// The parts of a continent after which AWS calls its regions.
const PARTS: [&str; 9] =
    ["central", "east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west"];

/// Whether `text` is of the form `us-east-1`: words of lower-case letters (the first of two to four, the last a part of a
/// continent), then a number.
fn is_region_form(text: &str) -> bool {
    let mut parts = text.split('-').collect::<Vec<_>>();
    let number = parts.pop().unwrap_or_default();
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    (2..=3).contains(&parts.len())
        && parts.iter().all(word)
        && parts.first().is_some_and(|first| (2..=4).contains(&first.len()))
        && parts.last().is_some_and(|last| PARTS.contains(last))
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

impl FromStr for Region {
    type Err = InvalidRegion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if is_region_form(text) {
            let isolated = ["us-iso", "eu-iso"];
            if isolated.iter().any(|prefix| text.starts_with(prefix)) {
                return Err(InvalidRegion::Unsupported { region: text.to_owned() });
            }
            return Ok(Self(text.to_owned()));
        }
        let region = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
        if region.len() + 1 == text.len() && is_region_form(region) {
            return Err(InvalidRegion::AvailabilityZone { zone: text.to_owned(), region: region.to_owned() });
        }
        Err(InvalidRegion::Form { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_know_their_partition() {
        let table = [
            ("us-east-1", Partition::Aws),
            ("ap-southeast-5", Partition::Aws),
            ("mx-central-1", Partition::Aws),
            ("cn-north-1", Partition::AwsCn),
            ("cn-northwest-1", Partition::AwsCn),
            ("us-gov-west-1", Partition::AwsUsGov),
            ("eusc-de-east-1", Partition::AwsEusc),
        ];
        for (name, partition) in table {
            assert_eq!(name.parse::<Region>().unwrap().partition(), partition, "{name}");
        }
    }

    #[test]
    fn other_texts_are_refused_with_their_reason() {
        assert_eq!(
            "us-east-1a".parse::<Region>(),
            Err(InvalidRegion::AvailabilityZone { zone: "us-east-1a".into(), region: "us-east-1".into() })
        );
        assert_eq!(
            "us-iso-east-1".parse::<Region>(),
            Err(InvalidRegion::Unsupported { region: "us-iso-east-1".into() })
        );
        for bad in [
            "",
            "us-east",
            "us_east_1",
            "US-EAST-1",
            "us-east-1ab",
            "-east-1",
            "us--1",
            "east-1",
            "us-east-100",
            "us-easst-1",
            "eu-weast-1",
        ] {
            assert_eq!(bad.parse::<Region>(), Err(InvalidRegion::Form { text: bad.into() }));
        }
    }
}
