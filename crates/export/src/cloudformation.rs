//! The foundation as a CloudFormation template.
//!
//! What a stack may choose are parameters, with the settings as defaults; the rest of the settings is fixed in the
//! template. The stack carries no deployment identity: what it makes is its own, and underpin does not take it for its own.

mod event_pattern;
mod kinds;
mod monitoring;
mod parameters;
mod properties;
mod resources;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod yaml;

use foundation::settings::{MANAGED_BY, has_label};
use foundation::{AccountId, Caller, Settings};

use crate::pattern::{self, Pattern, Subject};
use parameters::HAS_FARGATE;
use resources::Resources;
use text::{Writer, camel_case};
use value::Value;

/// How a template is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Syntax {
    /// For people.
    #[default]
    Yaml,
    /// For programs.
    Json,
}

/// Writes the template of the settings, with a final newline. It names no account and no partition.
pub fn template(settings: &Settings, syntax: Syntax) -> Option<String> {
    let any = UNNAMED.parse::<AccountId>().ok()?;
    let caller = &Caller { account_id: any.clone(), partition: settings.aws_region.partition() };
    let complete = complete(settings, any);
    let mut pattern = pattern::draw(&Subject { settings: &complete, caller, state: None });
    pattern.resources.retain(|resource| !ELSEWHERE.contains(&resource.address.name()));
    let topic = settings.monitoring.as_ref().and_then(|monitoring| monitoring.alerts.topic());
    let topic = topic.map(ToString::to_string);
    let resources = Resources {
        pattern: &pattern,
        writer: Writer { trail_arn: &pattern.trail_arn, alert_topic: topic.as_deref() },
        tags: tags(settings),
    };
    let document = Value::map([
        ("AWSTemplateFormatVersion", "2010-09-09".into()),
        ("Description", description(settings).into()),
        ("Parameters", parameters::parameters(settings)),
        ("Conditions", parameters::conditions(settings)),
        ("Resources", resources.all()),
        ("Outputs", outputs(&pattern)),
    ]);
    Some(match syntax {
        Syntax::Yaml => yaml::document(&document),
        Syntax::Json => terraform::json::pretty(&document.to_json()) + "\n",
    })
}

/// The names of what brings IAM's events from another region: a stack makes everything in its own.
const ELSEWHERE: [&str; 2] = ["global_events", "events_forwarding"];

/// What the template is, and what it leaves out.
fn description(settings: &Settings) -> &'static str {
    let tells_of_roles = settings.monitoring.as_ref().is_some_and(|monitoring| monitoring.tampering);
    if tells_of_roles {
        "The global foundation: encryption key, roles of EKS and RDS, audit trail, alerts. IAM's events arrive in one region of \
         the partition, and a stack makes nothing outside of its own: elsewhere RolesRule sees none. Written by underpin."
    } else {
        "The global foundation: encryption key, roles of EKS and RDS, audit trail. Written by underpin."
    }
}

/// An account that a stack's own takes the place of.
const UNNAMED: &str = "000000000000";

/// The settings with everything switched on that a parameter can switch off.
fn complete(settings: &Settings, registry: AccountId) -> Settings {
    let mut complete = settings.clone();
    complete.enable_fargate = true;
    complete.create_node_instance_profile = true;
    complete.create_log_reader_policy = true;
    complete.exclusive_role_policies = false;
    complete.permissions_boundary_arn = None;
    complete.cloudtrail_log_retention_days = Some(1);
    if let Some(monitoring) = &mut complete.monitoring {
        // What a stack does not make it has nothing to take away from.
        monitoring.cloudwatch_logs = monitoring.cloudwatch_logs.filter(|wanted| *wanted);
        monitoring.trail_topic = monitoring.trail_topic.filter(|wanted| *wanted);
        monitoring.global_events = true;
    }
    complete.artos_ecr_aws_account.get_or_insert(registry);
    complete
}

/// The user's tags, and who manages it unless they say it.
fn tags(settings: &Settings) -> Value {
    let tag = |key: &str, value: &str| Value::map([("Key", key.into()), ("Value", value.into())]);
    let user = settings.tags.iter().map(|(key, value)| tag(key, value));
    let ours = tag(MANAGED_BY, "cloudformation");
    let ours = Some(ours).filter(|_| !has_label(&settings.tags));
    Value::List(user.chain(ours).collect())
}

/// The outputs under names that other stacks import.
fn outputs(pattern: &Pattern) -> Value {
    let writer = Writer { trail_arn: &pattern.trail_arn, alert_topic: None };
    let output = |(name, node): (&String, &pattern::Node)| {
        let export = format!("${{ProjectName}}-${{Environment}}-{}", name.replace('_', "-"));
        let mut fields = vec![
            ("Value".to_owned(), writer.value(node)),
            ("Export".to_owned(), Value::map([("Name", Value::Short("Sub", export))])),
        ];
        if name == "eks_fargate_role_arn" {
            fields.insert(0, ("Condition".to_owned(), HAS_FARGATE.into()));
        }
        (camel_case(name), Value::Map(fields))
    };
    Value::Map(pattern.outputs.iter().map(output).collect())
}
