//! IAM: roles, their policies, and what gives them to somebody.

pub mod instance_profile;
pub mod policy;
pub mod role;
pub mod role_policy;
pub mod role_policy_attachment;
pub mod service_linked_role;
