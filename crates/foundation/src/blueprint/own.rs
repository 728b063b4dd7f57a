//! What is the user's own within the foundation's policies, and whether it fits there.

use std::collections::BTreeSet;

use policy::{Element, Kind, Policy, Rule, Statement, lint};
use serde::{Deserialize, Serialize};
use terraform::{Address, Diagnostic, Value};

use super::{Blueprint, blueprint, drafted};
use crate::addresses::{bucket, key};
use crate::identifiers::{Arn, Caller};
use crate::resource::Resource;
use crate::settings::{BUCKET_POLICY_STATEMENTS, KEY_POLICY_STATEMENTS, Profile, SettingValue, Settings};

/// A statement of the settings' in a policy of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnStatement {
    /// The resource whose policy it stands in.
    pub address: Address,
    /// The setting that has it.
    pub setting: String,
    /// Its name.
    pub sid: String,
}

/// The resources whose policies the settings add statements to: type, setting, kind of policy.
const POLICIES: [(&str, &str, Kind); 2] = [
    ("aws_kms_key", KEY_POLICY_STATEMENTS, Kind::Key),
    ("aws_s3_bucket_policy", BUCKET_POLICY_STATEMENTS, Kind::Bucket),
];

/// The statements that are the user's own.
pub(super) fn own_statements(settings: &Settings) -> Vec<OwnStatement> {
    let mut all = Vec::new();
    for (resource_type, setting, _) in POLICIES {
        let whole = if resource_type == key().resource_type() { key() } else { bucket() };
        let statements = settings.statements().into_iter().filter(|(name, _)| *name == setting);
        let sids = statements.flat_map(|(_, statements)| statements).filter_map(|one| one.sid.clone());
        all.extend(sids.map(|sid| OwnStatement {
            address: Address::new(resource_type, whole.name()),
            setting: setting.to_owned(),
            sid,
        }));
    }
    all
}

/// Statements that have a name of ours or are about another bucket, and policies that are longer than AWS takes. `values`
/// gives the places.
pub fn statement_problems(
    settings: &Settings,
    caller: Option<&Caller>,
    values: &[SettingValue],
) -> Vec<Diagnostic> {
    let Some(caller) = caller.cloned().or_else(|| presumed(settings)) else { return Vec::new() };
    let blueprint = blueprint(settings, &caller);
    let mut problems = Vec::new();
    for (resource_type, setting, kind) in POLICIES {
        let Some((_, own)) = settings.statements().into_iter().find(|(name, _)| *name == setting) else {
            continue;
        };
        let Some(policy) = blueprint.only(resource_type).and_then(planned_policy) else { continue };
        for (index, statement) in own.iter().enumerate() {
            let sid = statement.sid.as_deref().unwrap_or_default();
            if blueprint.statement_names.contains(sid) {
                problems.extend(Settings::problem(
                    values,
                    (setting, Some(index)),
                    format!("`{sid}` is the name of a statement of underpin's"),
                    "give the statement another Sid".to_owned(),
                ));
            }
        }
        if kind == Kind::Bucket {
            problems.extend(elsewhere(&blueprint, own, values));
        }
        for finding in lint(&policy, kind, None).into_iter().filter(|one| one.rule == Rule::TooLarge) {
            let longest = settings.principals().into_iter().max_by_key(|(_, arns)| arns.len());
            let name = longest.filter(|(_, arns)| arns.len() > 20).map_or(setting, |(name, _)| name);
            problems.extend(Settings::problem(
                values,
                (name, None),
                format!(
                    "the policy of the {} {}",
                    if kind == Kind::Key { "key" } else { "log bucket" },
                    finding.message
                ),
                "list fewer principals, or fewer and shorter statements".to_owned(),
            ));
        }
    }
    problems
}

/// An account of which nothing is known, in the partition of the region: policies are as long for any.
fn presumed(settings: &Settings) -> Option<Caller> {
    let account_id = "000000000000".parse().ok()?;
    Some(Caller { account_id, partition: settings.aws_region.partition() })
}

/// The names that statements of ours have, in this profile and in the other, whatever is switched on.
pub(super) fn statement_names(settings: &Settings, caller: &Caller) -> BTreeSet<String> {
    let anybody = || vec![Arn::iam(caller.partition, &caller.account_id, "root")];
    let drawn = [Profile::Hardened, Profile::Document].map(|profile| {
        let everything = Settings {
            profile,
            kms_allow_autoscaling: true,
            kms_allow_cloudwatch_logs: true,
            kms_key_administrators: anybody(),
            key_user_arns: anybody(),
            log_reader_arns: anybody(),
            key_policy_statements: Vec::new(),
            bucket_policy_statements: Vec::new(),
            ..settings.clone()
        };
        drafted(&everything, caller).into_resources().0
    });
    let policies = drawn.iter().flatten().filter(|resource| {
        POLICIES.iter().any(|(resource_type, ..)| *resource_type == resource.address.resource_type())
    });
    policies
        .filter_map(planned_policy)
        .flat_map(|policy| policy.statements)
        .filter_map(|statement| statement.sid)
        .collect()
}

fn planned_policy(resource: &Resource) -> Option<Policy> {
    Policy::parse(resource.arguments.get("policy")?.as_str()?).ok()
}

/// Resources of another bucket, which S3 refuses in a bucket's policy. A name that is still to be drawn is none to compare.
fn elsewhere(blueprint: &Blueprint, own: &[Statement], values: &[SettingValue]) -> Vec<Diagnostic> {
    let named = blueprint.resource(&bucket()).and_then(|bucket| bucket.arguments.get("bucket"));
    let Some(name) = named.and_then(Value::as_str).filter(|name| !name.contains("${")) else {
        return Vec::new();
    };
    let is_elsewhere = |resource: &&String| {
        let of = resource.split_once(":s3:::").map(|(_, path)| path.split('/').next().unwrap_or(path));
        of.is_some_and(|of| of != name && !of.contains(['*', '?', '$']))
    };
    let mut problems = Vec::new();
    for (index, statement) in own.iter().enumerate() {
        let resources = statement.resource.as_ref().map_or(&[][..], Element::items);
        for resource in resources.iter().filter(is_elsewhere) {
            problems.extend(Settings::problem(
                values,
                (BUCKET_POLICY_STATEMENTS, Some(index)),
                format!("`{resource}` is not in the log bucket, which is called `{name}`"),
                "write \"$${aws_s3_bucket.cloudtrail.arn}\" for the log bucket, or its ARN".to_owned(),
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::identifiers::Partition;
    use crate::testing::{example, settings};

    fn problems(changes: &Value) -> Vec<String> {
        let caller = Caller { account_id: "123456789012".parse().unwrap(), partition: Partition::Aws };
        let problems =
            statement_problems(&settings(changes.clone()), Some(&caller), &example(changes.clone()));
        problems.into_iter().map(|problem| problem.detail).collect()
    }

    fn deny(sid: &str, resource: &str) -> Value {
        json!({"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": resource})
    }

    #[test]
    fn names_of_ours_and_other_buckets_are_refused() {
        for (statement, expected) in [
            (
                deny("AWSCloudTrailWrite", "arn:aws:s3:::genai-artos-production-cloudtrail-logs-x/*"),
                "a statement of underpin's",
            ),
            (deny("Mine", "arn:aws:s3:::other/*"), "`arn:aws:s3:::other/*` is not in the log bucket"),
        ] {
            let changes = json!({"cloudtrail_bucket_suffix": "x", "bucket_policy_statements": [statement]});
            let problems = problems(&changes);
            assert!(problems.len() == 1 && problems[0].contains(expected), "{problems:?}");
        }
        let fits = deny("Mine", "${aws_s3_bucket.cloudtrail.arn}/*");
        let none: [String; 0] = [];
        assert_eq!(problems(&json!({"bucket_policy_statements": [fits]})), none);
    }

    #[test]
    fn a_policy_that_aws_would_find_too_long_is_refused() {
        let arns: Vec<String> =
            (0..900).map(|n| format!("arn:aws:iam::123456789012:role/reader-{n}")).collect();
        let problems = problems(&json!({"log_reader_arns": arns}));
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("AWS allows 32768"), "{problems:?}");
    }
}
