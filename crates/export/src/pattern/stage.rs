//! The stand-ins that the blueprint is drawn for.

use foundation::addresses::bucket;
use foundation::settings::DeploymentName;
use foundation::{AccountId, Blueprint, Caller, Region, Settings};
use terraform::Value;

use super::Subject;
use super::node::Symbol;

/// A text and what it stands for.
pub(super) type StandIn = (String, Symbol);

/// Settings and caller with stand-ins in them.
pub(super) struct Stage {
    pub(super) settings: Settings,
    pub(super) caller: Caller,
    name: String,
    registry: Option<String>,
}

impl Stage {
    pub(super) fn new(subject: &Subject<'_>) -> Self {
        let taken = format!("{:?}{:?}", subject.settings, subject.caller);
        let mut settings = subject.settings.clone();
        let mut caller = subject.caller.clone();
        let project = unused(&taken, |n| format!("zq{n}"));
        settings.cloudtrail_bucket_suffix = None;
        if let Ok(name) = DeploymentName::new(&project, "zq") {
            settings.name = name;
        }
        let prefix = caller.partition.region_prefix().unwrap_or("us-");
        let region = unused(&taken, |n| format!("{prefix}east-{}", 10 + n));
        // Where IAM's events arrive at home the setting says nothing, but the stand-in is elsewhere.
        let home = caller.partition.global_events_region() == Some(settings.aws_region.as_str());
        if let Some(monitoring) = settings.monitoring.as_mut().filter(|_| home) {
            monitoring.global_events = true;
        }
        if let Ok(region) = region.parse::<Region>() {
            settings.aws_region = region;
        }
        let account = unused(&taken, |n| format!("{:012}", 770_000_000_000_u64 + u64::from(n)));
        if let Ok(account) = account.parse::<AccountId>() {
            caller.account_id = account;
        }
        let registry = unused(&taken, |n| format!("{:012}", 880_000_000_000_u64 + u64::from(n)));
        let registry = settings.artos_ecr_aws_account.as_ref().map(|_| registry);
        if let Some(Ok(account)) = registry.as_ref().map(|account| account.parse::<AccountId>()) {
            settings.artos_ecr_aws_account = Some(account);
        }
        let name = settings.name.joined("");
        Self { settings, caller, name, registry }
    }

    /// Whether an ARN is the user's, who is quoted as is.
    pub(super) fn is_given(&self, arn: &str) -> bool {
        let settings = &self.settings;
        let topic = settings.monitoring.as_ref().and_then(|monitoring| monitoring.alerts.topic());
        let principals = settings.principals().into_iter().flat_map(|(_, arns)| arns);
        let listed = principals.chain(&settings.permissions_boundary_arn).chain(topic);
        let statements = settings.statements().into_iter().flat_map(|(_, statements)| statements);
        listed.into_iter().any(|given| given.to_string() == arn)
            || statements.into_iter().any(|statement| statement.to_json().contains(&format!("\"{arn}\"")))
    }

    pub(super) fn trail_arn(&self) -> String {
        format!(
            "arn:{}:cloudtrail:{}:{}:trail/{}-cloudtrail",
            self.caller.partition, self.settings.aws_region, self.caller.account_id, self.name
        )
    }

    /// All stand-ins, longest first.
    pub(super) fn stand_ins(&self, drawn: &Blueprint) -> Vec<StandIn> {
        let of = |attribute: &str| Symbol::Attribute(bucket(), attribute.to_owned());
        let mut stand_ins = vec![
            (self.name.clone(), Symbol::Name),
            (self.caller.account_id.to_string(), Symbol::AccountId),
            (self.settings.aws_region.to_string(), Symbol::Region),
            (self.trail_arn(), Symbol::TrailArn),
        ];
        stand_ins.extend(self.registry.iter().map(|account| (account.clone(), Symbol::RegistryAccountId)));
        let named = drawn.resource(&bucket()).and_then(|bucket| bucket.arguments.get("bucket"));
        if let Some(name) = named.and_then(Value::as_str) {
            stand_ins.push((format!("arn:{}:s3:::{name}", self.caller.partition), of("arn")));
            stand_ins.push((name.to_owned(), of("id")));
        }
        stand_ins.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        stand_ins
    }
}

/// The first text of a series that occurs nowhere in what is taken.
fn unused(taken: &str, series: impl Fn(u32) -> String) -> String {
    (0..).map(series).find(|text| !taken.contains(text.as_str())).unwrap_or_default()
}
