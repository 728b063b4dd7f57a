//! The module's variables, their values, and what it requires.

use foundation::Settings;
use foundation::settings::{IgnoredTags, declaration};
use terraform::Value;

use super::resource::is_elsewhere;
use super::{Module, Provider};
use crate::hcl::{Body, Expression};
use crate::pattern::Pattern;

/// The settings that the module takes, in order.
const VARIABLES: [&str; 8] = [
    "project_name",
    "environment",
    "aws_region",
    "tags",
    "cloudtrail_bucket_suffix",
    "kms_deletion_window_in_days",
    "kms_rotation_period_in_days",
    "artos_ecr_aws_account",
];

/// Whether a module refers to a setting.
fn is_used(name: &str, module: &Module<'_>) -> bool {
    match name {
        "kms_rotation_period_in_days" => module.provider != Provider::Three,
        "cloudtrail_bucket_suffix" => module.subject.adopted_bucket().is_none(),
        "artos_ecr_aws_account" => module.subject.settings.artos_ecr_aws_account.is_some(),
        _ => true,
    }
}

/// The declarations.
pub(super) fn variables(module: &Module<'_>) -> Body {
    let used = VARIABLES.into_iter().filter(|name| is_used(name, module));
    used.filter_map(declaration).fold(Body::new(), |body, declaration| {
        let meaning = match declaration.name {
            "kms_deletion_window_in_days" => "Days between the deletion of the key and its end",
            _ => declaration.meaning,
        };
        let variable = Body::new()
            .attribute("description", Expression::text(meaning))
            .attribute("type", Expression::verbatim(declaration.type_expression));
        body.block(&["variable", declaration.name], variable)
    })
}

/// The values.
pub(super) fn values(module: &Module<'_>, suffix: Option<&str>) -> Body {
    let settings = module.subject.settings;
    let used = VARIABLES.into_iter().filter(|name| is_used(name, module));
    used.fold(Body::new(), |body, name| {
        body.attribute(name, Expression::from(&value(settings, suffix, name)))
    })
}

/// The value of a setting.
fn value(settings: &Settings, suffix: Option<&str>, name: &str) -> Value {
    match name {
        "project_name" => settings.name.project().into(),
        "environment" => settings.name.environment().into(),
        "aws_region" => settings.aws_region.as_str().into(),
        "tags" => {
            settings.tags.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect()
        }
        "cloudtrail_bucket_suffix" => suffix.into(),
        "kms_deletion_window_in_days" => settings.kms_deletion_window_in_days.into(),
        "kms_rotation_period_in_days" => settings.kms_rotation_period_in_days.into(),
        "artos_ecr_aws_account" => {
            settings.artos_ecr_aws_account.as_ref().map(|account| account.as_str()).into()
        }
        _ => Value::Null,
    }
}

/// The tags that are left to others.
fn ignored_tags(ignored: &IgnoredTags) -> Body {
    let lists = [("keys", &ignored.keys), ("key_prefixes", &ignored.key_prefixes)];
    lists.into_iter().filter(|(_, keys)| !keys.is_empty()).fold(Body::new(), |body, (name, keys)| {
        body.attribute(name, Expression::List(keys.iter().map(|key| Expression::text(key)).collect()))
    })
}

/// The releases that the module needs: of Terraform for `terraform_data` and for what the backend uses, of the provider
/// for `rotation_period_in_days`, and the account that it is for.
pub(super) fn versions(module: &Module<'_>, pattern: &Pattern) -> Body {
    let terraform = match module.stored {
        Some(stored) if stored.arguments.contains_key("use_lockfile") => ">= 1.10",
        _ if module.imports => ">= 1.5",
        _ => ">= 1.4",
    };
    let aws = match module.provider {
        Provider::Six => ">= 6.22, < 7.0",
        Provider::Five => ">= 5.60, < 6.0",
        Provider::Three => "~> 3.39",
    };
    let requirement = vec![
        ("source".to_owned(), Expression::text("hashicorp/aws")),
        ("version".to_owned(), Expression::text(aws)),
    ];
    let account = Expression::text(module.subject.caller.account_id.as_str());
    let ignored = &module.subject.settings.ignore_tags;
    let provider = |region: Expression| {
        let provider = Body::new()
            .attribute("region", region)
            .attribute("allowed_account_ids", Expression::List(vec![account.clone()]));
        if ignored.is_empty() { provider } else { provider.block(&["ignore_tags"], ignored_tags(ignored)) }
    };
    let body = Body::new()
        .block(
            &["terraform"],
            Body::new().attribute("required_version", Expression::text(terraform)).block(
                &["required_providers"],
                Body::new().attribute("aws", Expression::Object(requirement)),
            ),
        )
        .block(&["provider", "aws"], provider(Expression::verbatim("var.aws_region")));
    let elsewhere = module.subject.caller.partition.global_events_region();
    match elsewhere.filter(|_| pattern.resources.iter().any(is_elsewhere)) {
        Some(region) => {
            let alias =
                provider(Expression::text(region)).attribute("alias", Expression::text("global_events"));
            body.block(&["provider", "aws"], alias)
        }
        None => body,
    }
}
