//! The settings: declared in one table, read from evaluated values, checked all at once.

mod accepted;
mod checks;
mod cloudtrail;
mod deployment_name;
mod ignored_tags;
mod monitoring;
mod profile;
mod reader;
mod reference;
mod spelling;
mod statements;
mod table;
mod tags;
#[cfg(test)]
pub(crate) mod tests;
mod undeclared;
mod value;
mod variables;

use std::collections::BTreeMap;

use policy::{Kind, Statement};
use terraform::types::PathStep;
use terraform::{Diagnostic, Severity, State};

use crate::accepted::Accepted;
use crate::addresses::deployment;
use crate::identifiers::{AccountId, Arn, BucketName, Caller, IamPath, Region};
use crate::kinds::s3::bucket_object_lock_configuration::ObjectLock;
use crate::kinds::terraform_data;

pub use cloudtrail::{BucketSuffix, DataEvents};
pub use deployment_name::DeploymentName;
pub use ignored_tags::IgnoredTags;
pub use monitoring::{Alerts, Email, Insight, Monitoring};
pub use profile::Profile;
pub use reference::reference_page;
pub use spelling::meant;
pub(crate) use statements::{BUCKET_ARN, BUCKET_POLICY_STATEMENTS, KEY_POLICY_STATEMENTS};
pub use table::{DECLARATIONS, Declaration, declaration, similar};
pub use tags::{DEPLOYMENT, MANAGED_BY, UNDERPIN, has_label, is_label, labelled};
pub use value::{Locate, Origin, SettingValue};
pub use variables::{default_of, variables};

use reader::{Problem, Reader};

/// All settings, each checked; fields are called as the settings are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `project_name` and `environment`.
    pub name: DeploymentName,
    /// The region of everything regional.
    pub aws_region: Region,
    /// Further regions with clusters and databases that use the roles.
    pub additional_regions: Vec<Region>,
    /// Only compared with the backend.
    pub terraform_state_bucket: BucketName,
    /// The user's tags, without ours.
    pub tags: BTreeMap<String, String>,
    /// Tags that others write.
    pub ignore_tags: IgnoredTags,
    /// What is made and kept where other settings do not say.
    pub profile: Profile,
    /// The registry's account.
    pub artos_ecr_aws_account: Option<AccountId>,
    /// In the user's order; never empty.
    pub ecr_repository_prefixes: Vec<String>,
    /// 7 to 30.
    pub kms_deletion_window_in_days: u32,
    /// 90 to 2560.
    pub kms_rotation_period_in_days: u32,
    /// IAM users, roles and account roots.
    pub kms_key_administrators: Vec<Arn>,
    /// IAM users, roles and account roots that use the key.
    pub key_user_arns: Vec<Arn>,
    /// IAM users, roles and account roots that read the logs.
    pub log_reader_arns: Vec<Arn>,
    /// The user's own statements in the key's policy, each with a Sid.
    pub key_policy_statements: Vec<Statement>,
    /// The same in the log bucket's.
    pub bucket_policy_statements: Vec<Statement>,
    /// Whether CloudWatch Logs may use the key.
    pub kms_allow_cloudwatch_logs: bool,
    /// Whether Auto Scaling may use the key.
    pub kms_allow_autoscaling: bool,
    /// Whether service principals act for this account only.
    pub restrict_service_principals: bool,
    /// Whether there is a Fargate role.
    pub enable_fargate: bool,
    /// Whether there is an instance profile.
    pub create_node_instance_profile: bool,
    /// Whether there is a policy for those who read the logs.
    pub create_log_reader_policy: bool,
    /// The ARN of an IAM policy.
    pub permissions_boundary_arn: Option<Arn>,
    /// The path of roles and instance profile.
    pub iam_path: IamPath,
    /// Whether other policies on our roles are drift.
    pub exclusive_role_policies: bool,
    /// Which object events are recorded.
    pub cloudtrail_s3_data_events: DataEvents,
    /// The chosen end of the bucket's name.
    pub cloudtrail_bucket_suffix: Option<BucketSuffix>,
    /// At least 1.
    pub cloudtrail_log_retention_days: Option<u32>,
    /// Default retention.
    pub cloudtrail_object_lock: Option<ObjectLock>,
    /// Where access logs go.
    pub cloudtrail_access_log_bucket: Option<BucketName>,
    /// Who is told when the foundation is touched.
    pub monitoring: Option<Monitoring>,
    /// The findings that are known and wanted; `None` where nothing is said about any.
    pub accepted: Option<Vec<Accepted>>,
    /// The log bucket that was taken over under another name than the settings give one: no setting, but recorded
    /// ([`Settings::for_state`]).
    pub adopted_bucket: Option<BucketName>,
}

/// The most bytes of all inline policies of a role, whitespace apart (IAM quotas), less what the policy has besides its resources.
const MAXIMUM_PREFIX_BYTES: usize = 10_240 - 600;

impl Settings {
    /// Reads and checks the winning value of every name; a name occurs once.
    ///
    /// Answers the settings with warnings, or, when there is at least one error, all errors and warnings.
    pub fn from_values(values: &[SettingValue]) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let mut reader = Reader::new(values);
        reader.require();
        let settings = Self::read(&mut reader);
        let mut problems = reader.into_problems();
        problems.extend(undeclared::diagnostics(values));
        let failed = problems.iter().any(|problem| problem.severity == Severity::Error);
        match settings {
            Some(settings) if !failed => Ok((settings, problems)),
            _ => Err(problems),
        }
    }

    /// Reads every setting; an answer while problems are recorded holds stand-ins.
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let name = read_name(reader);
        let aws_region = reader.text("aws_region", checks::region);
        let terraform_state_bucket = reader.text("terraform_state_bucket", checks::bucket);
        let tags = tags::read(reader);
        let suffix = "cloudtrail_bucket_suffix";
        let suffix = reader.text(suffix, |text| cloudtrail::bucket_suffix(text, name.as_ref()));
        let access_logs = reader.text("cloudtrail_access_log_bucket", |text| {
            cloudtrail::access_log_bucket(text, name.as_ref(), suffix.as_ref())
        });
        let retention = reader.number("cloudtrail_log_retention_days", (1, i32::MAX.unsigned_abs()));
        let object_lock = cloudtrail::object_lock(reader);
        cloudtrail::warn_of_longer_lock(reader, object_lock.as_ref(), retention);
        let principals =
            |reader: &mut Reader<'_>, name| reader.list(name, checks::principal).unwrap_or_default();
        let profile = reader.text("profile", profile::read).unwrap_or_default();
        let hardened = profile == Profile::Hardened;
        let kms_allow_cloudwatch_logs = reader.switch("kms_allow_cloudwatch_logs", hardened);
        let monitoring = monitoring::read(reader, kms_allow_cloudwatch_logs);
        let accepted = accepted::read(reader);
        let settings = Self {
            ignore_tags: ignored_tags::read(reader, tags.as_ref()),
            kms_key_administrators: principals(reader, "kms_key_administrators"),
            key_user_arns: principals(reader, "key_user_arns"),
            log_reader_arns: principals(reader, "log_reader_arns"),
            key_policy_statements: statements::read(reader, KEY_POLICY_STATEMENTS, Kind::Key),
            bucket_policy_statements: statements::read(reader, BUCKET_POLICY_STATEMENTS, Kind::Bucket),
            additional_regions: reader.list("additional_regions", checks::region).unwrap_or_default(),
            artos_ecr_aws_account: reader.text("artos_ecr_aws_account", checks::account),
            ecr_repository_prefixes: read_prefixes(reader),
            kms_deletion_window_in_days: reader.number("kms_deletion_window_in_days", (7, 30)).unwrap_or(7),
            kms_rotation_period_in_days: reader
                .number("kms_rotation_period_in_days", (90, 2560))
                .unwrap_or(365),
            kms_allow_cloudwatch_logs,
            kms_allow_autoscaling: reader.switch("kms_allow_autoscaling", false),
            restrict_service_principals: reader.switch("restrict_service_principals", hardened),
            enable_fargate: reader.switch("enable_fargate", true),
            create_node_instance_profile: reader.switch("create_node_instance_profile", false),
            create_log_reader_policy: reader.switch("create_log_reader_policy", false),
            permissions_boundary_arn: reader.text("permissions_boundary_arn", checks::policy_arn),
            iam_path: reader.text("iam_path", checks::iam_path).unwrap_or_default(),
            exclusive_role_policies: reader.switch("exclusive_role_policies", false),
            cloudtrail_s3_data_events: cloudtrail::data_events(reader).unwrap_or_default(),
            name: name?,
            aws_region: aws_region?,
            terraform_state_bucket: terraform_state_bucket?,
            tags: tags?,
            profile,
            cloudtrail_bucket_suffix: suffix,
            cloudtrail_log_retention_days: retention,
            cloudtrail_object_lock: object_lock,
            cloudtrail_access_log_bucket: access_logs,
            monitoring,
            accepted,
            adopted_bucket: None,
        };
        Some(settings)
    }

    /// Whether `monitoring` asks for something that is left as it is where nothing is said.
    pub(crate) fn has(&self, asks: impl Fn(&Monitoring) -> Option<bool>) -> bool {
        self.monitoring.as_ref().and_then(asks) == Some(true)
    }

    /// The settings of the deployment that a state records: with the name of its log bucket where no suffix is chosen.
    #[must_use]
    pub fn for_state(&self, state: Option<&State>) -> Self {
        let record = state.and_then(|state| state.instance(&deployment()));
        let adopted = record.and_then(|record| terraform_data::bucket_name(&record.attributes));
        let adopted_bucket = adopted.filter(|_| self.cloudtrail_bucket_suffix.is_none());
        Self { adopted_bucket, ..self.clone() }
    }

    /// Checks what depends on the account: region and ARNs lie in the caller's partition. `values` gives the places.
    pub fn check_caller(&self, caller: &Caller, values: &[SettingValue]) -> Vec<Diagnostic> {
        let mut reader = Reader::new(values);
        let partition = caller.partition;
        let actual = self.aws_region.partition();
        if actual != partition {
            let reason = format!(
                "region `{}` lies in partition `{actual}`, and the credentials belong to account {} of partition `{partition}`",
                self.aws_region, caller.account_id
            );
            let regions = match partition.region_prefix() {
                Some(prefix) => format!(
                    "choose a region that begins with \"{prefix}\", or use credentials of partition `{actual}`"
                ),
                None => format!(
                    "choose a commercial region such as \"us-east-1\", or use credentials of partition `{actual}`"
                ),
            };
            reader.problem("aws_region", &[], Problem::new(reason).instead(regions));
        }
        let foreign = |arn: &Arn| {
            Problem::new(format!(
                "`{arn}` lies in partition `{}`, and the credentials in `{partition}`",
                arn.partition()
            ))
            .instead(format!("write an ARN that begins with \"arn:{partition}:\""))
        };
        for (name, arns) in self.principals() {
            for (index, arn) in arns.iter().enumerate().filter(|(_, arn)| arn.partition() != partition) {
                reader.problem(name, &[PathStep::Index(index)], foreign(arn));
            }
        }
        if let Some(Monitoring { alerts: Alerts::Topic(topic), .. }) = &self.monitoring {
            let place = (topic.partition(), topic.region(), topic.account());
            if place != (partition, self.aws_region.as_str(), caller.account_id.as_str()) {
                let reason = format!(
                    "`{topic}` is not a topic of account {} in {}, and rules tell only topics of their own",
                    caller.account_id, self.aws_region
                );
                let instead = format!(
                    "write \"arn:{partition}:sns:{}:{}:{}\"",
                    self.aws_region,
                    caller.account_id,
                    topic.resource()
                );
                let at = [PathStep::Key("sns_topic_arn".to_owned())];
                reader.problem("monitoring", &at, Problem::new(reason).instead(instead));
            }
        }
        if let Some(arn) = &self.permissions_boundary_arn {
            let own = arn.account() == caller.account_id.as_str() || arn.account() == "aws";
            if arn.partition() != partition {
                reader.problem("permissions_boundary_arn", &[], foreign(arn));
            } else if !own {
                let reason = format!(
                    "`{arn}` is a policy of account {}, and a boundary must be one of account {}",
                    arn.account(),
                    caller.account_id
                );
                let instead =
                    format!("write \"arn:{partition}:iam::{}:{}\"", caller.account_id, arn.resource());
                reader.problem("permissions_boundary_arn", &[], Problem::new(reason).instead(instead));
            }
        }
        reader.into_problems()
    }

    /// The settings that list principals, and what they list.
    pub fn principals(&self) -> [(&'static str, &[Arn]); 3] {
        [
            ("kms_key_administrators", &self.kms_key_administrators),
            ("key_user_arns", &self.key_user_arns),
            ("log_reader_arns", &self.log_reader_arns),
        ]
    }

    /// The settings that list statements, and what they list.
    pub fn statements(&self) -> [(&'static str, &[Statement]); 2] {
        [
            (KEY_POLICY_STATEMENTS, &self.key_policy_statements),
            (BUCKET_POLICY_STATEMENTS, &self.bucket_policy_statements),
        ]
    }

    /// A problem with an item of a setting that is a list. `values` gives the place.
    pub(crate) fn problem(
        values: &[SettingValue],
        (name, index): (&str, Option<usize>),
        reason: String,
        instead: String,
    ) -> Vec<Diagnostic> {
        let mut reader = Reader::new(values);
        let path: Vec<PathStep> = index.map(PathStep::Index).into_iter().collect();
        reader.problem(name, &path, Problem::new(reason).instead(instead));
        reader.into_problems()
    }

    /// Warns when the backend keeps the state in another bucket than the setting says. `values` gives the place.
    pub fn check_state_bucket(&self, backend_bucket: &str, values: &[SettingValue]) -> Option<Diagnostic> {
        let name = "terraform_state_bucket";
        if self.terraform_state_bucket.as_str() == backend_bucket {
            return None;
        }
        let detail = format!(
            "`{name}` is `{}`, and the backend keeps the state in `{backend_bucket}`. The backend decides.",
            self.terraform_state_bucket
        );
        let warning =
            Diagnostic::warning("The state is kept in another bucket than the setting names", detail)
                .at(Reader::new(values).location(name, &[]))
                .about(name);
        Some(
            warning.hint(format!(
                "write {name} = \"{backend_bucket}\", or run init with another -backend-config"
            )),
        )
    }
}

/// Reads `project_name` and `environment`, alone and together.
fn read_name(reader: &mut Reader<'_>) -> Option<DeploymentName> {
    let project = reader.text("project_name", checks::name_part);
    let environment = reader.text("environment", checks::name_part);
    let (project, environment) = (project?, environment?);
    let over = (project.len() + environment.len()).saturating_sub(deployment_name::MAXIMUM_LENGTH);
    let at = if over > 0 && environment.len() > project.len() { "environment" } else { "project_name" };
    let result = DeploymentName::new(&project, &environment).map_err(|error| {
        let problem = Problem::new(error.to_string());
        match over {
            0 => problem.instead("choose another project_name"),
            1 => problem.instead("make project_name or environment one character shorter"),
            over => problem
                .instead(format!("make project_name and environment {over} characters shorter together")),
        }
    });
    reader.taken(at, &[], result)
}

/// Reads `ecr_repository_prefixes`.
fn read_prefixes(reader: &mut Reader<'_>) -> Vec<String> {
    let name = "ecr_repository_prefixes";
    let Some(prefixes) = reader.list(name, checks::repository_prefix) else {
        return vec!["development".to_owned(), "thirdparty".to_owned()];
    };
    if reader.value(name).and_then(|value| value.as_array()).is_some_and(Vec::is_empty) {
        let problem = Problem::new("the list is empty, and a policy must name at least one resource");
        reader.problem(
            name,
            &[],
            problem.instead(
                "list at least one prefix; to leave the policies out, write artos_ecr_aws_account = null",
            ),
        );
    }
    let around = r#""arn:aws-us-gov:ecr:*:123456789012:repository//*","#.len();
    let bytes = prefixes.iter().map(|prefix| prefix.len() + around).sum::<usize>();
    if bytes > MAXIMUM_PREFIX_BYTES {
        let reason = format!(
            "{} prefixes make an inline policy of more than the 10,240 characters that IAM allows a role",
            prefixes.len()
        );
        reader.problem(name, &[], Problem::new(reason).instead("list fewer or shorter prefixes"));
    }
    prefixes
}
