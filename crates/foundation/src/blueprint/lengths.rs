//! What would be longer than AWS takes, and which setting makes it so.

use terraform::{Diagnostic, Value};

use super::Blueprint;

/// A text of a resource that grows with a setting: type, attribute, the most characters, and the setting.
///
/// IAM user guide, `reference_iam-quotas`; KMS developer guide, `resource-limits`; EventBridge user guide, `eb-quota`.
const LIMITS: [(&str, &str, usize, &str); 4] = [
    ("aws_iam_role", "assume_role_policy", 2_048, "additional_regions"),
    ("aws_iam_role_policy", "policy", 10_240, "ecr_repository_prefixes"),
    ("aws_kms_key", "policy", 32_768, "kms_key_administrators"),
    ("aws_cloudwatch_event_rule", "event_pattern", 2_048, "iam_path"),
];

/// How long what is generated becomes.
fn generated(reference: &str) -> usize {
    let longest = match reference {
        "terraform_data.deployment.output" => "0a1b2c3d",
        "terraform_data.deployment.id" => "01234567-89ab-cdef-0123-456789abcdef",
        _ => "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
    };
    longest.len()
}

/// An error for each setting that makes something too long: nothing is made before it is shorter.
pub(super) fn too_long(blueprint: &Blueprint) -> Vec<Diagnostic> {
    LIMITS
        .iter()
        .filter_map(|(kind, attribute, most, setting)| {
            let resources = blueprint.resources.iter().filter(|one| one.address.resource_type() == *kind);
            let lengths = resources.filter_map(|one| {
                let text = one.arguments.get(*attribute).and_then(Value::as_str)?;
                Some((length(text), &one.address))
            });
            let (length, address) = lengths.max_by_key(|(length, _)| *length)?;
            (length > *most).then(|| {
                let detail = format!(
                    "With this value {attribute} of {address} has {length} characters, and AWS takes {most}. Nothing was made."
                );
                Diagnostic::error("Too long for AWS", detail)
                    .about(*setting)
                    .hint(format!("make {setting} shorter, or list less in it"))
            })
        })
        .collect()
}

/// The characters of a text when everything in it is known.
fn length(text: &str) -> usize {
    let mut length = 0;
    let mut rest = text;
    while let Some((before, reference)) = rest.split_once("${") {
        let (reference, after) = reference.split_once('}').unwrap_or(("", ""));
        length += before.chars().count() + generated(reference);
        rest = after;
    }
    length + rest.chars().count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::blueprint::blueprint;
    use crate::identifiers::{Caller, Partition};
    use crate::testing::settings;

    #[test]
    fn what_aws_would_refuse_names_its_setting() {
        let caller = Caller { account_id: "123456789012".parse().unwrap(), partition: Partition::Aws };
        let regions =
            ["ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "ap-southeast-2", "eu-central-1"];
        let regions: Vec<&str> = regions.into_iter().cycle().take(20).collect();
        let administrators: Vec<String> = (0..600)
            .map(|number| format!("arn:aws:iam::123456789012:role/administrators/{number:030}"))
            .collect();
        for (changes, named) in [
            (json!({}), None),
            (json!({"additional_regions": ["us-west-2", "eu-west-1", "eu-central-1"]}), None),
            (json!({"additional_regions": regions}), Some("additional_regions")),
            (json!({"kms_key_administrators": administrators}), Some("kms_key_administrators")),
        ] {
            let problems = blueprint(&settings(changes), &caller).too_long();
            let subjects: Vec<_> = problems.iter().map(|problem| problem.subject.as_deref()).collect();
            assert_eq!(subjects, named.map(Some).into_iter().collect::<Vec<_>>(), "{problems:?}");
        }
    }
}
