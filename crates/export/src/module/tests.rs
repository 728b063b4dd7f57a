//! The example and everything switched on, for both kinds of provider and in all partitions.

mod oracle;
mod provider_6;

use std::collections::BTreeSet;

use foundation::settings::declaration;
use foundation::{Partition, Settings, blueprint};
use proptest::prelude::*;
use serde_json::{Value, json};
use terraform::backend::Kind;

use super::*;
use crate::sample::state;
use foundation::testing::{caller, everything, settings};

/// All files of a module, one after the other.
fn rendered(settings: &Settings, partition: Partition, provider: Provider) -> String {
    let (caller, state) = (caller(partition), state());
    let recorded = json!({"bucket": "artos-terraform-state", "key": "global/terraform.tfstate", "region": "us-east-1", "use_lockfile": true});
    let stored = StoredState::new(Kind::S3, recorded.as_object().unwrap(), "default");
    let subject = Subject { settings, caller: &caller, state: Some(&state) };
    let files = module(&Module { subject, stored: Some(&stored), provider, imports: true }).unwrap();
    files.iter().map(|file| format!("=== {}\n{}", file.name, file.text)).collect()
}

#[test]
fn the_example() {
    let settings = settings(json!({}));
    insta::assert_snapshot!("example", rendered(&settings, Partition::Aws, Provider::Six));
    insta::assert_snapshot!("example_provider_3", rendered(&settings, Partition::Aws, Provider::Three));
}

#[test]
fn everything_switched_on() {
    insta::assert_snapshot!("everything", rendered(&settings(everything()), Partition::Aws, Provider::Six));
    insta::assert_snapshot!(
        "everything_provider_3",
        rendered(&settings(everything()), Partition::Aws, Provider::Three)
    );
}

#[test]
fn a_selector_that_the_provider_does_not_show_is_left_out() {
    let settings = settings(json!({"cloudtrail_s3_data_events": {"scope": "none"}}));
    for provider in [Provider::Three, Provider::Five, Provider::Six] {
        let text = rendered(&settings, Partition::Aws, provider);
        assert!(!text.contains("event_selector {") && text.contains("# event_selector: left out."), "{text}");
    }
}

#[test]
fn other_partitions_differ_in_values_only() {
    let commercial = rendered(&settings(json!({})), Partition::Aws, Provider::Six);
    for (region, partition) in [("us-gov-west-1", Partition::AwsUsGov), ("cn-north-1", Partition::AwsCn)] {
        let other = rendered(&settings(json!({"aws_region": region})), partition, Provider::Six);
        let differing: Vec<&str> = commercial
            .lines()
            .zip(other.lines())
            .filter(|(commercial, other)| commercial != other)
            .map(|(_, other)| other)
            .collect();
        assert_eq!(differing.len(), 1, "{differing:#?}");
        assert!(differing[0].starts_with("aws_region") && differing[0].ends_with(&format!("\"{region}\"")));
    }
}

#[test]
fn a_bucket_without_a_name_is_not_exported() {
    let (settings, caller) = (settings(json!({})), caller(Partition::Aws));
    let subject = Subject { settings: &settings, caller: &caller, state: None };
    let asked = Module { subject, stored: None, provider: Provider::Six, imports: false };
    assert_eq!(module(&asked), Err(Unnamed));
    let chosen = foundation::testing::settings(json!({"cloudtrail_bucket_suffix": "audit"}));
    let subject = Subject { settings: &chosen, ..subject };
    let files = module(&Module { subject, ..asked }).unwrap();
    assert!(files[0].text.contains("terraform_data.deployment.id"));
    assert!(files.iter().all(|file| file.name != "backend.tf" && file.name != "imports.tf"));
}

#[test]
fn what_a_user_wrote_is_never_taken_for_a_part_of_a_name() {
    let settings = settings(json!({
        "project_name": "zq0",
        "environment": "zq",
        "tags": {"name": "zq0-zq", "account": "770000000000", "region": "us-east-10"},
        "cloudtrail_access_log_bucket": "zq0-zq-logs",
    }));
    let text = rendered(&settings, Partition::Aws, Provider::Six);
    for written in ["\"zq0-zq\"", "\"770000000000\"", "\"us-east-10\"", "\"zq0-zq-logs\""] {
        assert!(text.contains(written), "{written}");
    }
}

#[test]
fn the_region_of_a_users_text_is_never_taken_for_the_deployments() {
    for (region, partition) in [
        ("us-east-1", Partition::Aws),
        ("us-gov-west-1", Partition::AwsUsGov),
        ("cn-north-1", Partition::AwsCn),
        ("eusc-de-east-1", Partition::AwsEusc),
    ] {
        let note = format!("in {region} alone");
        let settings = settings(json!({"aws_region": region, "tags": {"note": note}}));
        assert!(rendered(&settings, partition, Provider::Six).contains(&format!("\"{note}\"")), "{region}");
    }
}

#[test]
fn rules_of_iams_home_stay_without_the_forwarding_and_name_no_partition() {
    let monitoring = json!({"emails": ["ops@example.com"], "global_events": false});
    let text = rendered(&settings(json!({"monitoring": monitoring})), Partition::Aws, Provider::Six);
    let rules = text.split_once("\"aws_cloudwatch_event_rule\" \"roles\"");
    assert!(rules.is_some() && !text.contains("\"global_events\""));
    assert!(!text.contains("arn:aws:"), "{text}");
}

/// A policy or value with the module's symbols replaced by what they stand for.
fn real(node: &pattern::Node, settings: &Settings, partition: Partition) -> Value {
    use pattern::Node;
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => json!(value),
        Node::Number(number) => number.parse().unwrap(),
        Node::Text(parts) => Value::from(real_text(parts, settings, partition)),
        Node::List(items) => items.iter().map(|item| real(item, settings, partition)).collect(),
        Node::Object(fields) => {
            fields.iter().map(|(name, field)| (name.clone(), real(field, settings, partition))).collect()
        }
        Node::Policy(policy) => Value::from(real(policy, settings, partition).to_string()),
    }
}

fn real_text(parts: &[pattern::Part], settings: &Settings, partition: Partition) -> String {
    use pattern::{Part, Symbol};
    let bucket = settings.name.bucket_name("${terraform_data.deployment.output}");
    let symbol = |symbol: &Symbol| match symbol {
        Symbol::Name => settings.name.joined(""),
        Symbol::AccountId => "123456789012".to_owned(),
        Symbol::Partition => partition.to_string(),
        Symbol::Region => settings.aws_region.to_string(),
        Symbol::DnsSuffix => partition.dns_suffix().to_owned(),
        Symbol::RegistryAccountId => settings.artos_ecr_aws_account.as_ref().unwrap().to_string(),
        Symbol::TrailArn => format!(
            "arn:{partition}:cloudtrail:{}:123456789012:trail/{}",
            settings.aws_region,
            settings.name.joined("-cloudtrail")
        ),
        Symbol::Attribute(address, attribute) => match (address.to_string().as_str(), attribute.as_str()) {
            ("aws_s3_bucket.cloudtrail", "id") => bucket.clone(),
            ("aws_s3_bucket.cloudtrail", "arn") => format!("arn:{partition}:s3:::{bucket}"),
            (role, "name") if role.starts_with("aws_iam_role.") => {
                let end = address.name().replace('_', "-");
                settings.name.joined(&format!("-{end}-role"))
            }
            _ => format!("${{{address}.{attribute}}}"),
        },
    };
    parts
        .iter()
        .map(|part| match part {
            Part::Literal(literal) => literal.clone(),
            Part::Symbol(of) => symbol(of),
        })
        .collect()
}

/// Settings of many kinds.
fn some_settings() -> impl Strategy<Value = (Settings, Partition)> {
    let names = ("[a-z][a-z0-9]{0,8}", "[a-z][a-z0-9]{0,8}");
    let switches = proptest::array::uniform8(any::<bool>());
    let tags = proptest::collection::btree_map("[a-zA-Z]{1,8}", "[ -#&-~]{0,12}", 0..4);
    let place = prop_oneof![
        Just(("us-east-1", Partition::Aws)),
        Just(("cn-north-1", Partition::AwsCn)),
        Just(("us-gov-west-1", Partition::AwsUsGov)),
    ];
    (names, switches, tags, place, "[0-9]{12}").prop_filter_map("valid settings", |(names, on, tags, place, registry)| {
        let (region, partition) = place;
        let tags: serde_json::Map<_, _> = tags
            .into_iter()
            .map(|(key, value)| (key.to_lowercase(), Value::from(value.replace(|c: char| !c.is_alphanumeric() && !" _.:/=+-@".contains(c), "-"))))
            .collect();
        let when = |on: bool, value: Value| if on { value } else { Value::Null };
        let values = json!({
            "project_name": names.0,
            "environment": names.1,
            "aws_region": region,
            "tags": tags,
            "artos_ecr_aws_account": when(on[0], json!(registry)),
            "kms_key_administrators": when(on[1], json!([format!("arn:{partition}:iam::123456789012:role/{}-{}", names.0, names.1)])),
            "kms_allow_autoscaling": on[2],
            "create_node_instance_profile": on[3],
            "exclusive_role_policies": on[4],
            "enable_fargate": on[5],
            "cloudtrail_object_lock": when(on[6], json!({"mode": "COMPLIANCE", "days": 30})),
            "cloudtrail_log_retention_days": when(on[6], json!(400)),
            "cloudtrail_access_log_bucket": when(on[7], json!("access-logs")),
            "cloudtrail_s3_data_events": if on[7] { json!({"scope": "all-buckets"}) } else { json!({"scope": "trail-bucket"}) },
            "terraform_state_bucket": "state-bucket",
        });
        let values: Vec<_> = values
            .as_object()?
            .iter()
            .map(|(name, value)| foundation::SettingValue::new(name, value.clone(), foundation::Origin::File))
            .collect();
        Some((Settings::from_values(&values).ok()?.0, partition))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// With its symbols replaced the pattern is the blueprint.
    #[test]
    fn the_pattern_is_the_blueprint((settings, partition) in some_settings()) {
        let caller = caller(partition);
        let subject = Subject { settings: &settings, caller: &caller, state: None };
        let drawn = pattern::draw(&subject);
        let expected = blueprint(&settings, &caller);
        prop_assert_eq!(drawn.resources.len(), expected.resources.len());
        for (pattern, expected) in drawn.resources.iter().zip(&expected.resources) {
            prop_assert_eq!(&pattern.address, &expected.address);
            for (name, node) in &pattern.arguments {
                prop_assert_eq!(&real(node, &settings, partition), &expected.arguments[name], "{}.{}", pattern.address, name);
            }
            prop_assert_eq!(pattern.arguments.len(), expected.arguments.len());
        }
        for (name, node) in &drawn.outputs {
            prop_assert_eq!(&real(node, &settings, partition), &expected.outputs[name].value);
        }
    }

    /// Every argument of every resource stands in the module, as an argument or in a remark.
    #[test]
    fn nothing_is_left_out((settings, partition) in some_settings()) {
        let (caller, state) = (caller(partition), state());
        let subject = Subject { settings: &settings, caller: &caller, state: Some(&state) };
        let files = module(&Module { subject, stored: None, provider: Provider::Six, imports: false }).unwrap();
        let text: String = files.iter().map(|file| file.text.as_str()).collect();
        for resource in &blueprint(&settings, &caller).resources {
            let header = format!("resource \"{}\" \"{}\" {{\n", resource.address.resource_type(), resource.address.name());
            let (_, block) = text.split_once(&header).expect("the resource");
            let (block, _) = block.split_once("\n}\n").expect("the end of the resource");
            let words: BTreeSet<&str> = block.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            for (name, value) in &resource.arguments {
                let unset = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
                prop_assert!(unset || words.contains(name.as_str()), "{}.{}", resource.address, name);
            }
        }
        for line in text.lines().filter_map(|line| line.strip_prefix("variable \"")) {
            let name = line.trim_end_matches("\" {");
            prop_assert!(declaration(name).is_some());
            let uses = text.matches(&format!("var.{name}")).count();
            prop_assert!(uses > 0, "{} is not used", name);
        }
    }
}

#[test]
fn the_documents_profile_keeps_what_is_recorded_of_what_it_leaves_open() {
    let settings = settings(json!({"profile": "document"}));
    let caller = caller(Partition::Aws);
    let mut state = state();
    let files = |state: &terraform::State| {
        let subject = Subject { settings: &settings, caller: &caller, state: Some(state) };
        let module = Module { subject, stored: None, provider: Provider::Six, imports: false };
        super::module(&module).unwrap().iter().map(|file| file.text.clone()).collect::<String>()
    };
    let bare = files(&state);
    assert!(!bare.contains("aws_s3_bucket_public_access_block") && !bare.contains("Lets the EKS"), "{bare}");
    let recorded = [
        ("aws_s3_bucket_public_access_block.cloudtrail", json!({"bucket": "b", "block_public_acls": true})),
        ("aws_iam_role.eks_service", json!({"description": "of the team", "managed_policy_arns": ["a"]})),
        ("aws_cloudtrail.main", json!({"enable_log_file_validation": true, "sns_topic_name": ""})),
        (
            "aws_kms_key.main",
            json!({"tags": {"team": "a"}, "policy": r#"{"Version":"2012-10-17","Statement":{"Sid":"Theirs","Effect":"Allow","Action":"kms:*","Resource":"*","Principal":"*"}}"#}),
        ),
    ];
    for (address, attributes) in recorded {
        let instance =
            terraform::state::Instance::new(0, attributes.as_object().unwrap().clone(), Vec::new());
        state.record(
            &address.parse().unwrap(),
            "provider[\"registry.terraform.io/hashicorp/aws\"]",
            instance,
        );
    }
    let kept = files(&state);
    for part in [
        "block_public_acls = true",
        "\"of the team\"",
        "enable_log_file_validation    = true",
        "\"Theirs\"",
        "= var.tags\n",
    ] {
        assert!(kept.contains(part), "`{part}` is missing in\n{kept}");
    }
    assert!(!kept.contains("managed_policy_arns") && !kept.contains("sns_topic_name"), "{kept}");

    let key = json!({"tags": {"managed-by": "terraform"}});
    state.record(
        &"aws_kms_key.main".parse().unwrap(),
        "provider[\"registry.terraform.io/hashicorp/aws\"]",
        terraform::state::Instance::new(0, key.as_object().unwrap().clone(), Vec::new()),
    );
    assert!(
        files(&state).contains("merge(var.tags, {\n    \"managed-by\" = \"terraform\"\n  })"),
        "{}",
        files(&state)
    );
}
