//! EventBridge: rules of the default bus and their targets, in this region or in the one of IAM's events, and the words
//! they share.

use aws_sdk_eventbridge::config::{Builder, Region};
use terraform::Attributes;

use crate::account::Account;
use crate::attributes::text;

pub(crate) mod rule;
pub(crate) mod target;

/// EventBridge's name for what is not there.
const GONE: &[&str] = &["ResourceNotFoundException"];
/// EventBridge: two changes of one rule at once.
const BUSY: &[&str] = &["ConcurrentModificationException"];
/// EventBridge: the same, or the rule, its target or its role was made a moment ago.
const RULE_NEW: &[&str] = &["ConcurrentModificationException", "ResourceNotFoundException"];

/// Where a rule is: in the region of its ARN, in the planned one, or where everything else is.
pub(crate) fn region(account: &Account, attributes: &Attributes) -> String {
    let of_arn = text(attributes, "arn").filter(|arn| arn.contains(":rule/"));
    let of_arn = of_arn.and_then(|arn| arn.split(':').nth(3));
    of_arn.or(text(attributes, "region")).unwrap_or(&account.place.region).to_owned()
}

/// What sends a call to a region.
fn to(region: &str) -> Builder {
    Builder::new().region(Region::new(region.to_owned()))
}
