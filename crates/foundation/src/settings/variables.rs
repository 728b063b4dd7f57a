//! The settings as Terraform's variables: every declared one with its value, defaults included.

use std::collections::BTreeMap;

use terraform::types::{ObjectAttribute, Type};
use terraform::{Value, tfvars};

use super::{DECLARATIONS, Declaration, SettingValue};

/// The value of every setting, converted to its type; `null` where none was given and none is the default.
pub fn variables(values: &[SettingValue]) -> BTreeMap<String, Value> {
    let value = |declaration: &Declaration| {
        let given = values.iter().find(|value| value.name == declaration.name);
        match given.filter(|given| !given.value.is_null()) {
            Some(given) => converted(declaration, &given.value),
            None => default_of(declaration).unwrap_or_default(),
        }
    };
    DECLARATIONS.iter().map(|declaration| (declaration.name.to_owned(), value(declaration))).collect()
}

/// The default of a setting; `None` when it must be set.
pub fn default_of(declaration: &Declaration) -> Option<Value> {
    let parsed = tfvars::parse_value(declaration.default?, declaration.name);
    Some(parsed.map(|assignment| converted(declaration, &assignment.value)).unwrap_or_default())
}

/// The value in its declared type; a value of another type was refused before and stays as it is.
fn converted(declaration: &Declaration, value: &Value) -> Value {
    value_type(declaration.name, declaration.type_expression).convert(value).unwrap_or_else(|_| value.clone())
}

/// The type of a setting.
fn value_type(name: &str, type_expression: &str) -> Type {
    match (name, type_expression) {
        ("cloudtrail_s3_data_events", _) => Type::Object(vec![
            ObjectAttribute::required("scope", Type::String),
            ObjectAttribute::optional("buckets", Type::list(Type::String)),
        ]),
        ("cloudtrail_object_lock", _) => Type::Object(vec![
            ObjectAttribute::required("mode", Type::String),
            ObjectAttribute::required("days", Type::Number),
        ]),
        ("ignore_tags", _) => Type::Object(vec![
            ObjectAttribute::optional("keys", Type::list(Type::String)),
            ObjectAttribute::optional("key_prefixes", Type::list(Type::String)),
        ]),
        ("monitoring", _) => Type::Object(vec![
            ObjectAttribute::optional("emails", Type::list(Type::String)),
            ObjectAttribute::optional("sns_topic_arn", Type::String),
            ObjectAttribute::optional("tampering", Type::Bool),
            ObjectAttribute::optional("role_use", Type::Bool),
            ObjectAttribute::optional("global_events", Type::Bool),
        ]),
        (_, "string") => Type::String,
        (_, "number") => Type::Number,
        (_, "bool") => Type::Bool,
        (_, "list(string)") => Type::list(Type::String),
        (_, "map(string)") => Type::map(Type::String),
        _ => Type::Any,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::Origin;

    #[test]
    fn defaults_are_there_and_values_have_their_types() {
        let value = |name: &str, value: Value| SettingValue::new(name, value, Origin::File);
        let variables = variables(&[
            value("project_name", json!("p")),
            value("kms_deletion_window_in_days", json!("20")),
            value("enable_fargate", json!("false")),
            value("artos_ecr_aws_account", Value::Null),
            value("not_declared", json!("x")),
        ]);
        for (name, expected) in [
            ("project_name", json!("p")),
            ("kms_deletion_window_in_days", json!(20)),
            ("enable_fargate", json!(false)),
            ("artos_ecr_aws_account", Value::Null),
            ("ecr_repository_prefixes", json!(["development", "thirdparty"])),
            ("cloudtrail_s3_data_events", json!({"scope": "trail-bucket", "buckets": null})),
            ("iam_path", json!("/")),
            ("cloudtrail_object_lock", Value::Null),
        ] {
            assert_eq!(variables.get(name), Some(&expected), "{name}");
        }
        assert_eq!(variables.len(), DECLARATIONS.len());
    }

    #[test]
    fn every_type_and_default_is_understood() {
        for declaration in DECLARATIONS {
            let any = value_type(declaration.name, declaration.type_expression) == Type::Any;
            assert_eq!(any, declaration.type_expression == "any", "{declaration:?}");
            let default = default_of(declaration);
            let null = declaration.default == Some("null");
            assert_eq!(default.is_none(), declaration.default.is_none(), "{declaration:?}");
            assert!(null || default.is_none_or(|default| !default.is_null()), "{declaration:?}");
        }
    }
}
