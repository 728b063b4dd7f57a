//! The rules for the attributes of a role that the backend assumes, with Terraform's words.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::{Map, Value};

use super::check::{Checker, Settings, Values, is_arn};
use super::role::parse_duration;
use super::setting::text;
use crate::Location;
use crate::types::PathStep;

/// The attributes of a role that have a length and, mostly, an alphabet.
const TEXTS: [(&str, RangeInclusive<usize>, &str); 4] = [
    ("external_id", 2..=1224, "=,.@:/-_+"),
    ("session_name", 2..=64, "=,.@-_"),
    ("source_identity", 2..=64, "=,.@-_"),
    ("web_identity_token", 4..=20_000, ""),
];

impl Checker {
    /// Checks `assume_role` and `assume_role_with_web_identity`.
    pub(super) fn roles(&mut self, settings: &Settings, values: &Values<'_>) {
        for name in ["assume_role", "assume_role_with_web_identity"] {
            let (Some(setting), Some(Value::Object(role))) = (settings.get(name), values.get(name)) else {
                continue;
            };
            let at = |attribute: &str| setting.location(&[PathStep::Key(attribute.to_owned())]);
            let role_arn = text(role.get("role_arn")).unwrap_or_default();
            self.arn(&role_arn, at("role_arn"));
            if let Some(duration) = text(role.get("duration")) {
                self.duration(&duration, at("duration"));
            }
            self.session(role, &at);
            let tokens = ["web_identity_token", "web_identity_token_file"];
            let given = tokens.iter().filter(|token| text(role.get(**token)).is_some()).count();
            if name != "assume_role" && given != 1 {
                let detail = format!("Exactly one of {} must be set.", tokens.join(", "));
                self.add("Invalid Attribute Combination", detail, setting.name_location());
            }
        }
    }

    /// Checks what describes and limits the session.
    fn session(&mut self, role: &Map<String, Value>, at: &dyn Fn(&str) -> Option<Location>) {
        for (name, lengths, punctuation) in TEXTS {
            let Some(Value::String(value)) = role.get(name) else {
                continue;
            };
            let length = value.chars().count();
            if !lengths.contains(&length) {
                let (least, most) = (lengths.start(), lengths.end());
                let detail =
                    format!("The length of {name} must be between {least} and {most}, had {length}.");
                self.add("Invalid Value Length", detail, at(name));
                continue;
            }
            let is_plain = |c: char| c.is_ascii_alphanumeric() || punctuation.contains(c);
            if !punctuation.is_empty() && !value.chars().all(is_plain) {
                let detail = format!(
                    "The value of {name} may have letters, digits and {punctuation} only, had \"{value}\"."
                );
                self.add("Invalid Value", detail, at(name));
            }
        }
        for arn in role.get("policy_arns").and_then(Value::as_array).into_iter().flatten() {
            self.arn(arn.as_str().unwrap_or_default(), at("policy_arns"));
        }
        if let Some(Value::String(policy)) = role.get("policy")
            && let Err(error) = serde_json::from_str::<Map<String, Value>>(policy)
        {
            self.add(
                "Invalid JSON Document",
                format!("The policy is not a JSON object: {error}."),
                at("policy"),
            );
        }
    }

    fn arn(&mut self, arn: &str, place: Option<Location>) {
        if !is_arn(arn) {
            self.add("Invalid ARN", format!("The value \"{arn}\" cannot be parsed as an ARN."), place);
        }
    }

    fn duration(&mut self, duration: &str, place: Option<Location>) {
        const SHORTEST: Duration = Duration::from_secs(15 * 60);
        const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);
        let detail = match parse_duration(duration) {
            None => {
                format!("The value \"{duration}\" cannot be parsed as a duration such as \"1h\" or \"90m\".")
            }
            Some(duration) if (SHORTEST..=LONGEST).contains(&duration) => return,
            Some(_) => format!("Duration must be between 15m and 12h, had {duration}."),
        };
        self.add("Invalid Duration", detail, place);
    }
}
