//! What AWS's own managed policies allow that the foundation attaches: built in, because a plan says what an attachment
//! means before it is made. `cargo xtask managed-policies` writes the documents anew.

use policy::Policy;
use serde_json::Value;

const DATA: &str = include_str!("../data/managed_policies.json");

/// A managed policy of AWS's as it was when this program was made.
#[derive(Clone, Debug, PartialEq)]
pub struct ManagedPolicy {
    /// The version that was the default: `v6`.
    pub version: String,
    /// The day it was made, `YYYY-MM-DD`.
    pub updated: String,
    /// What it allows.
    pub document: Policy,
}

/// The policy of an ARN, if it is one that the foundation attaches.
pub fn managed_policy(arn: &str) -> Option<ManagedPolicy> {
    let (of_aws, name) = arn.split_once(":policy/")?;
    if !of_aws.ends_with(":iam::aws") {
        return None;
    }
    // A test reads the data: it cannot be broken here.
    let data: Value = serde_json::from_str(DATA).ok()?;
    let policy = data.get("policies")?.get(name)?;
    let text = |field: &str| policy.get(field).and_then(Value::as_str).map(str::to_owned);
    Some(ManagedPolicy {
        version: text("version")?,
        updated: text("updated")?,
        document: Policy::parse(&policy.get("document")?.to_string()).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::settings;
    use crate::{Caller, Partition, blueprint};

    #[test]
    fn what_is_attached_is_known() {
        for partition in Partition::ALL {
            let caller = Caller { account_id: "123456789012".parse().unwrap(), partition };
            let resources = blueprint(&settings(json!({})), &caller).resources;
            let attached: Vec<&str> = resources
                .iter()
                .filter_map(|resource| resource.arguments.get("policy_arn")?.as_str())
                .collect();
            assert_eq!(attached.len(), 7);
            assert!(attached.iter().all(|arn| managed_policy(arn).is_some()), "{attached:?}");
        }
        assert_eq!(managed_policy("arn:aws:iam::123456789012:policy/AmazonEKSClusterPolicy"), None);
        assert_eq!(managed_policy("arn:aws:iam::aws:policy/AdministratorAccess"), None);
    }
}
