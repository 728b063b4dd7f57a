//! SNS.

pub mod topic;
pub mod topic_policy;
pub mod topic_subscription;
