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
    /// Who is told, if the settings ask for it.
    pub alerts: Option<AlertTargets>,
}

/// The chain from an event to an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertTargets {
    /// The topic's ARN.
    pub topic: String,
    /// Whether the topic is the deployment's.
    pub is_ours: bool,
    /// The addresses that the settings name.
    pub emails: Vec<String>,
    /// The rules of EventBridge.
    pub rules: Vec<RuleTarget>,
    /// The alarms on metrics: the names of their addresses, and their own.
    pub alarms: Vec<(String, String)>,
}

/// A rule to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleTarget {
    /// The name of its address: `log_bucket`.
    pub part: String,
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
}

impl AlertTargets {
    /// What follows from settings and their blueprint.
    fn new(settings: &Settings, blueprint: &Blueprint) -> Option<Self> {
        let monitoring = settings.monitoring.as_ref()?;
        let of = |kind: &'static str| {
            blueprint.resources.iter().filter(move |found| found.address.resource_type() == kind)
        };
        let text = |resource: &foundation::Resource, name: &str| {
            resource.arguments.get(name).and_then(|value| value.as_str()).map(str::to_owned)
        };
        let rule = |rule: &foundation::Resource| {
            Some(RuleTarget {
                part: rule.address.name().to_owned(),
                name: text(rule, "name")?,
                region: text(rule, "region").unwrap_or_else(|| settings.aws_region.to_string()),
            })
        };
        let own = monitoring.alerts.topic().map(ToString::to_string);
        let topic = match &own {
            Some(arn) => arn.clone(),
            None => {
                let name = text(blueprint.resource(&foundation::addresses::alert_topic())?, "name")?;
                let caller = &blueprint.caller;
                let region = settings.aws_region.as_str();
                format!("arn:{}:sns:{region}:{}:{name}", caller.partition, caller.account_id)
            }
        };
        Some(Self {
            topic,
            is_ours: own.is_none(),
            emails: of("aws_sns_topic_subscription").filter_map(|one| text(one, "endpoint")).collect(),
            rules: of("aws_cloudwatch_event_rule").filter_map(rule).collect(),
            alarms: of("aws_cloudwatch_metric_alarm")
                .filter_map(|alarm| Some((alarm.address.name().to_owned(), text(alarm, "alarm_name")?)))
                .collect(),
        })
    }
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
            alerts: AlertTargets::new(settings, blueprint),
        }
    }
}
