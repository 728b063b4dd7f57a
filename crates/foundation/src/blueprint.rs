//! What the foundation shall be: resources, their arguments and order, and the outputs.

mod bucket;
mod deliveries;
mod draft;
mod key;
mod lengths;
mod monitoring;
mod outputs;
mod own;
mod patterns;
mod roles;
#[cfg(test)]
mod tests;
mod trail;

use std::collections::{BTreeMap, BTreeSet};

use terraform::{Address, Diagnostic};

use crate::accepted::Accepted;
use crate::addresses::deployment;
use crate::identifiers::{Caller, Region};
use crate::kinds::terraform_data::DeploymentRecord;
use crate::resource::{OutputExpression, Resource};
use crate::review::topic::OwnTopic;
use crate::settings::{BucketSuffix, IgnoredTags, Profile, Settings};

pub use own::{OwnStatement, statement_problems};
pub(crate) use roles::CROSS_ACCOUNT_ECR;

use draft::Draft;

/// The whole foundation as a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Blueprint {
    /// Whose it is.
    pub caller: Caller,
    /// The region of everything regional.
    pub region: Region,
    /// All resources; every one stands after those it depends on.
    pub resources: Vec<Resource>,
    /// What other settings would make beside them, as far as it carries the deployment's tag: a run that was cut off before
    /// the settings were changed may have left it.
    pub withdrawn: Vec<Resource>,
    /// The outputs, `null` ones included.
    pub outputs: BTreeMap<String, OutputExpression>,
    /// What a plan should warn about.
    pub warnings: Vec<Diagnostic>,
    /// How closely what exists must follow it.
    pub profile: Profile,
    /// The topic of the user's own that the alerts go to.
    pub own_topic: Option<OwnTopic>,
    /// The findings that are known and wanted; `None` where the settings say nothing about any.
    pub accepted: Option<Vec<Accepted>>,
    /// Tags that are left to others.
    pub ignore_tags: IgnoredTags,
    /// The statements of policies that are the user's own.
    pub own_statements: Vec<OwnStatement>,
    /// The names of the statements that are underpin's, also of those that other settings would write.
    pub statement_names: BTreeSet<String>,
}

impl Blueprint {
    /// The resource at an address.
    pub fn resource(&self, address: &Address) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.address == *address)
    }

    /// What AWS would refuse for its length, by which of the settings it is drawn from makes it so long.
    pub fn too_long(&self, settings: &Settings) -> Vec<Diagnostic> {
        lengths::too_long(self, settings)
    }

    /// The entries of `accepted` that are not over on that day.
    pub fn standing(&self, today: Option<&str>) -> impl Iterator<Item = &Accepted> {
        self.accepted.iter().flatten().filter(move |entry| !entry.is_over(today))
    }

    /// The resource of a type that there is one of.
    pub fn only(&self, resource_type: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.address.resource_type() == resource_type)
    }
}

/// Everything that follows from the settings for a caller whose partition the settings' region lies in
/// ([`Settings::check_caller`]).
pub fn blueprint(settings: &Settings, caller: &Caller) -> Blueprint {
    let draft = drafted(settings, caller);
    let outputs = outputs::outputs(&draft);
    let alarm = || draft.arn("cloudwatch", &format!("alarm:{}", draft.heartbeat_alarm()));
    let own_topic = settings.monitoring.as_ref().and_then(|monitoring| monitoring.own_topic(alarm));
    let (resources, withdrawn) = draft.into_resources();
    Blueprint {
        caller: caller.clone(),
        region: settings.aws_region.clone(),
        withdrawn,
        outputs,
        warnings: warnings(settings),
        profile: settings.profile,
        own_topic,
        accepted: settings.accepted.clone(),
        ignore_tags: settings.ignore_tags.clone(),
        own_statements: own::own_statements(settings),
        statement_names: own::statement_names(settings, caller),
        resources,
    }
}

fn drafted<'a>(settings: &'a Settings, caller: &'a Caller) -> Draft<'a> {
    let mut draft = Draft::new(settings, caller);
    let suffix = settings.cloudtrail_bucket_suffix.as_ref().map(BucketSuffix::as_str);
    let record = DeploymentRecord { suffix, bucket: settings.adopted_bucket.as_ref() };
    draft.add(deployment(), record.arguments(), Vec::new());
    key::draft(&mut draft);
    roles::draft(&mut draft);
    bucket::draft(&mut draft);
    deliveries::draft(&mut draft);
    trail::draft(&mut draft);
    monitoring::draft(&mut draft);
    draft
}

/// What every plan with these settings should warn about.
fn warnings(settings: &Settings) -> Vec<Diagnostic> {
    if settings.artos_ecr_aws_account.is_some() {
        return Vec::new();
    }
    let roles =
        if settings.enable_fargate { "the node group and Fargate roles" } else { "the node group role" };
    let warning = Diagnostic::warning(
        "No account of the image registry",
        format!(
            "`artos_ecr_aws_account` is not set, so {roles} get no inline policy `cross-account-ecr`. \
             Pulling images still works where the registry's repository policies allow this account."
        ),
    );
    vec![
        warning
            .about("artos_ecr_aws_account")
            .hint("write artos_ecr_aws_account = \"TWELVE DIGITS\", the account that owns the registry"),
    ]
}
