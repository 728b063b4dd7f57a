//! The rules that the arguments of a backend have to keep, with Terraform's words.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Kind;
use super::argument::{Argument, Form, Status, arguments, fitting, hint};
use super::setting::{Setting, text};
use super::without_credentials;
use crate::types::PathStep;
use crate::{Diagnostic, Location};

/// Arguments of which only one may be given.
const EXCLUSIVE: [(&str, &str); 4] = [
    ("kms_key_id", "sse_customer_key"),
    ("allowed_account_ids", "forbidden_account_ids"),
    ("force_path_style", "use_path_style"),
    ("shared_credentials_file", "shared_credentials_files"),
];

/// What is wrong with a value, if anything.
type Check = fn(&str) -> Option<String>;
pub(super) type Settings = BTreeMap<String, Setting>;
pub(super) type Values<'a> = BTreeMap<&'a str, Value>;

/// Collects what is wrong with the arguments.
pub(super) struct Checker {
    kind: Kind,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

impl Checker {
    /// For a kind of backend.
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, errors: Vec::new(), warnings: Vec::new() }
    }

    /// The errors and the warnings.
    pub(super) fn into_findings(self) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        (self.errors, self.warnings)
    }

    /// Reports an argument that does not exist.
    pub(super) fn unknown(&mut self, name: &str, setting: &Setting) {
        let place = setting.name_location();
        self.unsupported(name, arguments(self.kind), place);
    }

    fn unsupported(&mut self, name: &str, known: &[Argument], place: Option<Location>) {
        let detail = format!("An argument named \"{name}\" is not expected here.");
        let error = Diagnostic::error("Unsupported argument", detail).at(place);
        self.errors.push(match hint(name, known) {
            Some(hint) => error.hint(hint),
            None => error,
        });
    }

    /// The value in the argument's type; warns if the argument is deprecated.
    pub(super) fn converted(&mut self, argument: &Argument, setting: &Setting) -> Option<Value> {
        if let Status::Deprecated { instead } = argument.status {
            let detail = format!(
                "The parameter \"{}\" is deprecated. Use parameter \"{instead}\" instead.",
                argument.name
            );
            let warning = Diagnostic::warning("Deprecated Parameter", detail);
            self.warnings.push(warning.at(setting.name_location()));
        }
        let mut is_known = true;
        if let (Form::Object(attributes), Value::Object(fields)) = (argument.form, &setting.value) {
            for name in fields.keys() {
                if attributes.iter().all(|attribute| attribute.name != name) {
                    is_known = false;
                    self.unsupported(name, attributes, setting.location(&[PathStep::Key(name.clone())]));
                }
            }
        }
        match argument.form.constraint().convert(&setting.value) {
            Ok(Value::Null) => None,
            Ok(value) => is_known.then_some(value),
            Err(error) => {
                let detail = format!("Inappropriate value for attribute \"{}\": {error}.", argument.name);
                let place = match argument.is_secret {
                    true => setting.name_location(),
                    false => setting.location(&error.path),
                };
                let mut error = Diagnostic::error("Incorrect attribute value type", detail).at(place);
                error.hint = (!argument.is_secret).then(|| fitting(argument.form, &setting.value)).flatten();
                self.errors.push(error);
                None
            }
        }
    }

    /// Checks the arguments of the S3 backend with each other and with S3's rules.
    pub(super) fn s3(&mut self, settings: &Settings, values: &Values<'_>) {
        for argument in arguments(Kind::S3) {
            if argument.status == Status::Required && !settings.contains_key(argument.name) {
                let detail = format!("The attribute \"{}\" is required by the backend.", argument.name);
                let error = Diagnostic::error("Missing Required Value", detail);
                self.errors.push(error.hint(format!(
                    "write {} = \"…\" in a backend file and pass it with -backend-config=FILE",
                    argument.name
                )));
            }
        }
        for (one, other) in EXCLUSIVE {
            if let (Some(_), Some(setting)) = (settings.get(one), settings.get(other)) {
                let detail = format!("Only one of {one}, {other} can be set.");
                self.add("Invalid Attribute Combination", detail, setting.name_location());
            }
        }
        let checks: [(&str, Check); 9] = [
            ("bucket", not_empty),
            ("key", object_key),
            ("workspace_key_prefix", key_prefix),
            ("kms_key_id", kms_key_id),
            ("sse_customer_key", customer_key),
            ("retry_mode", retry_mode),
            ("ec2_metadata_service_endpoint_mode", endpoint_mode),
            ("http_proxy", proxy),
            ("https_proxy", proxy),
        ];
        for (name, check) in checks {
            let Some(Value::String(value)) = values.get(name) else {
                continue;
            };
            if let Some(detail) = check(value) {
                let setting = settings.get(name);
                let place = match name {
                    "sse_customer_key" | "http_proxy" | "https_proxy" => {
                        setting.and_then(Setting::name_location)
                    }
                    _ => setting.and_then(|setting| setting.location(&[])),
                };
                self.add(&format!("Invalid {name} value"), detail, place);
            }
        }
        self.regions(settings, values);
        self.retries(settings, values);
        self.keys(settings);
        self.accounts(settings, values);
        self.endpoints(settings, values);
        self.roles(settings, values);
    }

    fn regions(&mut self, settings: &Settings, values: &Values<'_>) {
        if values.get("skip_region_validation") == Some(&Value::Bool(true)) {
            return;
        }
        for name in ["region", "sts_region"] {
            let Some(region) = text(values.get(name)).filter(|region| !is_region(region)) else {
                continue;
            };
            let place = settings.get(name).and_then(|setting| setting.location(&[]));
            let error =
                Diagnostic::error("Invalid region value", format!("Invalid AWS Region: {region}")).at(place);
            let hint = "write a region such as us-east-1, or set skip_region_validation = true for one that is not known here";
            self.errors.push(error.hint(hint));
        }
    }

    fn retries(&mut self, settings: &Settings, values: &Values<'_>) {
        let Some(value) = values.get("max_retries") else {
            return;
        };
        if value.as_u64().is_none_or(|retries| u32::try_from(retries).is_err()) {
            let place = settings.get("max_retries").and_then(|setting| setting.location(&[]));
            self.add("Invalid max_retries value", format!("{value} is no whole number from 0 on."), place);
        }
    }

    /// An access key is of use only together with a secret key, and a token only with both.
    fn keys(&mut self, settings: &Settings) {
        for (one, other) in
            [("access_key", "secret_key"), ("secret_key", "access_key"), ("token", "access_key")]
        {
            if let (Some(setting), None) = (settings.get(one), settings.get(other)) {
                let detail = format!("\"{one}\" needs \"{other}\" beside it.");
                self.add("Invalid Attribute Combination", detail, setting.name_location());
            }
        }
    }

    /// An id that is none would match no account, or be overlooked.
    fn accounts(&mut self, settings: &Settings, values: &Values<'_>) {
        for name in ["allowed_account_ids", "forbidden_account_ids"] {
            for id in values.get(name).and_then(Value::as_array).into_iter().flatten() {
                let id = id.as_str().unwrap_or_default();
                if id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()) {
                    continue;
                }
                let place = settings.get(name).and_then(|setting| setting.location(&[]));
                let detail = format!("\"{id}\" is not an AWS account id, which has twelve digits.");
                let error = Diagnostic::error("Invalid account ID", detail).at(place);
                self.errors.push(error.hint(format!("write {name} = [\"123456789012\"]")));
            }
        }
    }

    fn endpoints(&mut self, settings: &Settings, values: &Values<'_>) {
        let pairs = [
            ("endpoint", "s3"),
            ("dynamodb_endpoint", "dynamodb"),
            ("iam_endpoint", "iam"),
            ("sts_endpoint", "sts"),
        ];
        let endpoints = values.get("endpoints").and_then(Value::as_object);
        for (flat, attribute) in pairs {
            let nested = text(endpoints.and_then(|endpoints| endpoints.get(attribute)));
            if let (Some(setting), Some(_)) = (settings.get(flat), nested) {
                let detail = format!(
                    "The parameters \"{flat}\" and \"endpoints.{attribute}\" cannot be configured together."
                );
                self.add("Conflicting Parameters", detail, setting.name_location());
            }
        }
        let flat = [
            "endpoint",
            "dynamodb_endpoint",
            "iam_endpoint",
            "sts_endpoint",
            "ec2_metadata_service_endpoint",
        ];
        for name in flat {
            let place = settings.get(name).and_then(|setting| setting.location(&[]));
            self.url(values.get(name), place);
        }
        for (name, value) in endpoints.into_iter().flatten() {
            let path = [PathStep::Key(name.clone())];
            self.url(Some(value), settings.get("endpoints").and_then(|setting| setting.location(&path)));
        }
    }

    fn url(&mut self, value: Option<&Value>, place: Option<Location>) {
        let Some(url) = text(value).filter(|url| !is_url(url)) else {
            return;
        };
        let detail = format!(
            "The value must be a valid URL containing at least a scheme and hostname. Had \"{url}\"."
        );
        let error = Diagnostic::error("Complete URL Expected", detail).at(place);
        self.errors.push(error.hint(format!("write https://{url}")));
    }

    pub(super) fn add(&mut self, summary: &str, detail: String, place: Option<Location>) {
        self.errors.push(Diagnostic::error(summary, detail).at(place));
    }
}

fn not_empty(value: &str) -> Option<String> {
    value.is_empty().then(|| "The value cannot be empty or all whitespace.".to_owned())
}

fn object_key(value: &str) -> Option<String> {
    not_empty(value).or_else(|| key_prefix(value))
}

fn key_prefix(value: &str) -> Option<String> {
    if value.starts_with('/') || value.ends_with('/') {
        return Some("The value must not start or end with \"/\".".to_owned());
    }
    value.contains("//").then(|| "Value must not contain \"//\".".to_owned())
}

fn kms_key_id(value: &str) -> Option<String> {
    let id = if value.starts_with("arn:") {
        is_arn(value)
            .then(|| value.splitn(6, ':').last())
            .flatten()
            .map(|resource| resource.strip_prefix("key/").unwrap_or(resource))
    } else {
        Some(value)
    };
    let is_hex = |text: &str| text.chars().all(|c| c.is_ascii_hexdigit());
    let is_id = id.is_some_and(|id| match (id.strip_prefix("alias/"), id.strip_prefix("mrk-")) {
        (Some(alias), _) => !alias.is_empty(),
        (_, Some(digits)) => digits.len() == 32 && is_hex(digits),
        _ => {
            let groups: Vec<&str> = id.split('-').collect();
            let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
            lengths == [8, 4, 4, 4, 12] && groups.into_iter().all(is_hex)
        }
    });
    (!is_id).then(|| format!("Value must be a valid KMS Key ID, alias or ARN, got \"{value}\"."))
}

fn customer_key(value: &str) -> Option<String> {
    let is_base64 = value.strip_suffix('=').is_some_and(|digits| {
        digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
    });
    if value.len() != 44 {
        return Some("sse_customer_key must be 44 characters in length.".to_owned());
    }
    (!is_base64).then(|| "sse_customer_key must be base64 encoded.".to_owned())
}

fn retry_mode(value: &str) -> Option<String> {
    let is_known = matches!(value, "standard" | "adaptive");
    (!is_known).then(|| format!("Value must be one of [standard, adaptive], got \"{value}\"."))
}

fn endpoint_mode(value: &str) -> Option<String> {
    let is_known = ["ipv4", "ipv6"].iter().any(|mode| value.eq_ignore_ascii_case(mode));
    (!is_known).then(|| format!("Value must be one of [IPv4, IPv6], got \"{value}\"."))
}

fn proxy(value: &str) -> Option<String> {
    (!is_url(value)).then(|| {
        let shown = without_credentials(value);
        format!("The value must be a valid URL containing at least a scheme and hostname. Had \"{shown}\".")
    })
}

fn is_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, host)| {
        scheme.chars().all(|c| c.is_ascii_alphanumeric()) && !scheme.is_empty() && !host.is_empty()
    })
}

pub(super) fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", partition, service, _, _, resource]
        if !partition.is_empty() && !service.is_empty() && !resource.is_empty())
}

/// Whether the text has the form of a region, such as `us-gov-east-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    match parts.as_slice() {
        [words @ .., number] => words.len() >= 2 && words.iter().all(is_word) && number.parse::<u8>().is_ok(),
        [] => false,
    }
}
