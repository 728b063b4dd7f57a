//! The arguments of the backends: names, types, and what has become of the old ones.

use serde_json::Value;

use super::Kind;
use crate::hcl_text::quoted;
use crate::types::{ObjectAttribute, Type};

/// An argument of a backend, or an attribute of an argument that is an object.
#[derive(Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub form: Form,
    /// Whether it should still be used.
    pub status: Status,
    /// Whether its value is a secret, which is neither shown nor recorded.
    pub is_secret: bool,
}

/// The type of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A string.
    Text,
    /// A bool.
    Bool,
    /// A whole number.
    Number,
    /// A set of strings.
    Texts,
    /// A map of strings.
    TextMap,
    /// An object with these attributes.
    Object(&'static [Argument]),
}

/// Whether an argument should still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Yes, and it may be left out.
    Optional,
    /// Yes, and it must be given.
    Required,
    /// It works; another one has taken its place.
    Deprecated {
        /// The other one, `endpoints.s3` for an attribute.
        instead: &'static str,
    },
}

impl Argument {
    const fn new(name: &'static str, form: Form) -> Self {
        Self { name, form, status: Status::Optional, is_secret: false }
    }

    const fn text(name: &'static str) -> Self {
        Self::new(name, Form::Text)
    }

    const fn flag(name: &'static str) -> Self {
        Self::new(name, Form::Bool)
    }

    const fn texts(name: &'static str) -> Self {
        Self::new(name, Form::Texts)
    }

    const fn required(name: &'static str) -> Self {
        Self { status: Status::Required, ..Self::text(name) }
    }

    const fn secret(name: &'static str) -> Self {
        Self { is_secret: true, ..Self::text(name) }
    }

    const fn deprecated(name: &'static str, instead: &'static str) -> Self {
        Self { status: Status::Deprecated { instead }, ..Self::text(name) }
    }
}

impl Form {
    /// The type constraint.
    pub fn constraint(self) -> Type {
        match self {
            Self::Text => Type::String,
            Self::Bool => Type::Bool,
            Self::Number => Type::Number,
            Self::Texts => Type::set(Type::String),
            Self::TextMap => Type::map(Type::String),
            Self::Object(attributes) => Type::Object(
                attributes
                    .iter()
                    .map(|attribute| ObjectAttribute {
                        name: attribute.name.to_owned(),
                        attribute_type: attribute.form.constraint(),
                        default: (attribute.status != Status::Required).then_some(Value::Null),
                    })
                    .collect(),
            ),
        }
    }
}

/// The arguments of a kind of backend, in byte order of their names.
pub fn arguments(kind: Kind) -> &'static [Argument] {
    match kind {
        Kind::Local => LOCAL,
        Kind::S3 => S3,
    }
}

/// What to write in place of an argument that Terraform has removed.
pub(super) fn removed(name: &str) -> Option<&'static str> {
    match name {
        "role_arn" | "session_name" | "external_id" => {
            Some("it belongs into the object assume_role: assume_role = { role_arn = \"…\" }")
        }
        "assume_role_duration_seconds" => Some("write assume_role = { role_arn = \"…\", duration = \"1h\" }"),
        "assume_role_policy"
        | "assume_role_policy_arns"
        | "assume_role_tags"
        | "assume_role_transitive_tag_keys" => {
            Some("it belongs into the object assume_role, without the prefix \"assume_role_\"")
        }
        "lock_table" => {
            Some("write use_lockfile = true, or dynamodb_table for a table that is in use already")
        }
        _ => None,
    }
}

const LOCAL: &[Argument] = &[Argument::text("path"), Argument::text("workspace_dir")];

const S3: &[Argument] = &[
    Argument::secret("access_key"),
    Argument::text("acl"),
    Argument::texts("allowed_account_ids"),
    Argument::new("assume_role", Form::Object(ASSUME_ROLE)),
    Argument::new("assume_role_with_web_identity", Form::Object(WEB_IDENTITY)),
    Argument::required("bucket"),
    Argument::text("custom_ca_bundle"),
    Argument::deprecated("dynamodb_endpoint", "endpoints.dynamodb"),
    Argument::deprecated("dynamodb_table", "use_lockfile"),
    Argument::text("ec2_metadata_service_endpoint"),
    Argument::text("ec2_metadata_service_endpoint_mode"),
    Argument::flag("encrypt"),
    Argument::deprecated("endpoint", "endpoints.s3"),
    Argument::new("endpoints", Form::Object(ENDPOINTS)),
    Argument::texts("forbidden_account_ids"),
    Argument { form: Form::Bool, ..Argument::deprecated("force_path_style", "use_path_style") },
    Argument::text("http_proxy"),
    Argument::text("https_proxy"),
    Argument::deprecated("iam_endpoint", "endpoints.iam"),
    Argument::flag("insecure"),
    Argument::required("key"),
    Argument::text("kms_key_id"),
    Argument::new("max_retries", Form::Number),
    Argument::text("no_proxy"),
    Argument::text("profile"),
    Argument::text("region"),
    Argument::text("retry_mode"),
    Argument::secret("secret_key"),
    Argument::texts("shared_config_files"),
    Argument::deprecated("shared_credentials_file", "shared_credentials_files"),
    Argument::texts("shared_credentials_files"),
    Argument::flag("skip_credentials_validation"),
    Argument::flag("skip_metadata_api_check"),
    Argument::flag("skip_region_validation"),
    Argument::flag("skip_requesting_account_id"),
    Argument::flag("skip_s3_checksum"),
    Argument::secret("sse_customer_key"),
    Argument::deprecated("sts_endpoint", "endpoints.sts"),
    Argument::text("sts_region"),
    Argument::secret("token"),
    Argument::flag("use_dualstack_endpoint"),
    Argument::flag("use_fips_endpoint"),
    Argument::flag("use_lockfile"),
    Argument::flag("use_path_style"),
    Argument::text("workspace_key_prefix"),
];

const ASSUME_ROLE: &[Argument] = &[
    Argument::text("duration"),
    Argument::text("external_id"),
    Argument::text("policy"),
    Argument::texts("policy_arns"),
    Argument::required("role_arn"),
    Argument::text("session_name"),
    Argument::text("source_identity"),
    Argument::new("tags", Form::TextMap),
    Argument::texts("transitive_tag_keys"),
];

const WEB_IDENTITY: &[Argument] = &[
    Argument::text("duration"),
    Argument::text("policy"),
    Argument::texts("policy_arns"),
    Argument::required("role_arn"),
    Argument::text("session_name"),
    Argument::secret("web_identity_token"),
    Argument::text("web_identity_token_file"),
];

const ENDPOINTS: &[Argument] = &[
    Argument::text("dynamodb"),
    Argument::text("iam"),
    Argument::text("s3"),
    Argument::text("sso"),
    Argument::text("sts"),
];

/// What to say about an argument that does not exist.
pub(super) fn hint(name: &str, known: &[Argument]) -> Option<String> {
    if let Some(instead) = removed(name) {
        return Some(instead.to_owned());
    }
    let known = known.iter().map(|argument| argument.name);
    crate::similar(name, known).map(|meant| format!("did you mean \"{meant}\"?"))
}

/// What to write in place of a value of another type.
pub(super) fn fitting(form: Form, value: &Value) -> Option<String> {
    match (form, value) {
        (Form::Bool, _) => Some("write true or false".to_owned()),
        (Form::Texts, Value::String(text)) => Some(format!("write {}", list(text))),
        (Form::Texts, Value::Number(number)) => Some(format!("write {}", list(&number.to_string()))),
        _ => None,
    }
}

/// A list of what stands between the commas.
pub(super) fn list(value: &str) -> String {
    let items: Vec<String> = value.split(',').map(|item| quoted(item.trim())).collect();
    format!("[{}]", items.join(", "))
}
