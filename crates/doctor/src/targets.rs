//! What there is to read for some settings and a recorded state: the names by which the probes ask.

use foundation::{Blueprint, Settings};

use crate::facts::StateRecord;

/// What to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Targets {
    /// The alias, with `alias/`.
    pub alias: String,
    /// The recorded key; without it the alias says which key it is.
    pub key_id: Option<String>,
    /// The roles of the foundation.
    pub roles: Vec<RoleTarget>,
    /// The instance profile, if the settings ask for one.
    pub instance_profile: Option<String>,
    /// The trail.
    pub trail: String,
    /// The log bucket, when it is known; otherwise the trail says which it is.
    pub log_bucket: Option<String>,
}

/// A role to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleTarget {
    /// The name of its address: `eks_node_group`.
    pub part: String,
    /// Its name.
    pub name: String,
}

impl Targets {
    /// What follows from settings, their blueprint, and what a state records.
    pub fn new(settings: &Settings, blueprint: &Blueprint, recorded: Option<&StateRecord>) -> Self {
        let named = |resource_type: &str| {
            let resource = blueprint.only(resource_type);
            resource.and_then(|resource| resource.arguments.get("name")).and_then(|name| name.as_str())
        };
        let roles = blueprint.resources.iter().filter(|role| role.address.resource_type() == "aws_iam_role");
        let roles = roles.filter_map(|role| {
            let name = role.arguments.get("name")?.as_str()?.to_owned();
            Some(RoleTarget { part: role.address.name().to_owned(), name })
        });
        let suffixed = settings
            .cloudtrail_bucket_suffix
            .as_ref()
            .map(|suffix| settings.name.bucket_name(suffix.as_str()));
        let adopted = settings.adopted_bucket.as_ref().map(ToString::to_string);
        Self {
            alias: named("aws_kms_alias").unwrap_or_default().to_owned(),
            key_id: recorded.and_then(|record| record.key_id.clone()),
            roles: roles.collect(),
            instance_profile: named("aws_iam_instance_profile").map(str::to_owned),
            trail: named("aws_cloudtrail").unwrap_or_default().to_owned(),
            log_bucket: adopted.or_else(|| recorded.and_then(|record| record.bucket.clone())).or(suffixed),
        }
    }
}
