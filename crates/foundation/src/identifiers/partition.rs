//! AWS's partitions: separate worlds with their own regions, ARNs and domain names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A partition that underpin supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Partition {
    /// The commercial regions.
    Aws,
    /// China.
    AwsCn,
    /// The European Sovereign Cloud.
    AwsEusc,
    /// GovCloud (US).
    AwsUsGov,
}

/// The name of no partition that underpin supports.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("partition `{name}` is not supported: it must be `aws`, `aws-cn`, `aws-eusc` or `aws-us-gov`")]
pub struct UnsupportedPartition {
    /// What was given.
    pub name: String,
}

impl Partition {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Aws, Self::AwsCn, Self::AwsEusc, Self::AwsUsGov];

    /// The second field of its ARNs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsEusc => "aws-eusc",
            Self::AwsUsGov => "aws-us-gov",
        }
    }

    /// The end of its regional service principals and endpoints.
    pub fn dns_suffix(self) -> &'static str {
        match self {
            Self::Aws | Self::AwsUsGov => "amazonaws.com",
            Self::AwsCn => "amazonaws.com.cn",
            Self::AwsEusc => "amazonaws.eu",
        }
    }

    /// The region in which the events of global services such as IAM arrive (AWS general reference, "Global services";
    /// EventBridge user guide, "Events from AWS services"); `None` where AWS does not document one.
    pub fn global_events_region(self) -> Option<&'static str> {
        match self {
            Self::Aws => Some("us-east-1"),
            Self::AwsCn | Self::AwsEusc => None,
            Self::AwsUsGov => Some("us-gov-west-1"),
        }
    }

    /// How the names of its regions begin; `None` for the commercial ones, which share no beginning.
    pub fn region_prefix(self) -> Option<&'static str> {
        match self {
            Self::Aws => None,
            Self::AwsCn => Some("cn-"),
            Self::AwsEusc => Some("eusc-"),
            Self::AwsUsGov => Some("us-gov-"),
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Partition {
    type Err = UnsupportedPartition;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|partition| partition.name() == name)
            .ok_or_else(|| UnsupportedPartition { name: name.to_owned() })
    }
}

impl TryFrom<String> for Partition {
    type Error = UnsupportedPartition;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

impl From<Partition> for String {
    fn from(partition: Partition) -> Self {
        partition.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_others_are_refused() {
        for partition in Partition::ALL {
            assert_eq!(partition.name().parse(), Ok(partition));
        }
        assert!("aws-iso".parse::<Partition>().is_err());
        assert!("AWS".parse::<Partition>().is_err());
    }
}
