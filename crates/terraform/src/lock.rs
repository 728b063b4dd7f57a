//! The record of who holds a state lock, as Terraform writes it.

use std::fmt;

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::json;

/// What Go writes for a time that was never set.
const ZERO_TIME: &str = "0001-01-01T00:00:00Z";

/// Terraform's lock record; field names are its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockInfo {
    /// A UUID.
    pub id: String,
    /// `OperationTypeApply` and the like.
    pub operation: String,
    /// Free text, empty in Terraform.
    pub info: String,
    /// `user@host`.
    pub who: String,
    /// The writer's version.
    pub version: String,
    /// RFC 3339, UTC, nanoseconds.
    pub created: String,
    /// `BUCKET/KEY`, or the state file's path.
    pub path: String,
}

/// A lock record that cannot be read; Terraform cannot read or force-unlock it either.
#[derive(Debug, thiserror::Error)]
pub enum LockInfoError {
    /// The bytes are no JSON object.
    #[error("the lock record is not a JSON object: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A field has another type than text.
    #[error("field `{0}` of the lock record is not a string")]
    NotText(&'static str),
    /// `Created` is no RFC 3339 time.
    #[error("`Created` of the lock record is `{0}`, which is not an RFC 3339 time")]
    Created(String),
}

impl LockInfo {
    /// The record as one line of JSON without a final newline, byte for byte as Terraform writes it.
    ///
    /// No time of creation is Go's zero time: neither program could read an empty text there.
    pub fn to_json(&self) -> String {
        let created = if self.created.is_empty() { ZERO_TIME } else { &self.created };
        let fields = [
            ("ID", self.id.as_str()),
            ("Operation", &self.operation),
            ("Info", &self.info),
            ("Who", &self.who),
            ("Version", &self.version),
            ("Created", created),
            ("Path", &self.path),
        ];
        json::compact(&Value::Object(
            fields.into_iter().map(|(name, text)| (name.to_owned(), Value::from(text))).collect(),
        ))
    }

    /// Reads a record; further fields are ignored, missing ones are empty, names match in any case.
    ///
    /// # Errors
    /// Bytes that Terraform could not decode either.
    pub fn from_json(bytes: &[u8]) -> Result<Self, LockInfoError> {
        let fields: Map<String, Value> = serde_json::from_slice(bytes)?;
        let info = Self {
            id: text(&fields, "ID")?,
            operation: text(&fields, "Operation")?,
            info: text(&fields, "Info")?,
            who: text(&fields, "Who")?,
            version: text(&fields, "Version")?,
            created: text(&fields, "Created")?,
            path: text(&fields, "Path")?,
        };
        if field(&fields, "Created").is_some_and(|value| !value.is_null()) && created(&info.created).is_none()
        {
            return Err(LockInfoError::Created(info.created));
        }
        Ok(info)
    }
}

fn field<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields
        .get(name)
        .or_else(|| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

fn text(fields: &Map<String, Value>, name: &'static str) -> Result<String, LockInfoError> {
    match field(fields, name) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(LockInfoError::NotText(name)),
    }
}

fn created(text: &str) -> Option<OffsetDateTime> {
    let upper_case = text.get(10..11) == Some("T") && !text.ends_with('z');
    upper_case.then(|| OffsetDateTime::parse(text, &Rfc3339).ok()).flatten()
}

/// `2026-11-22 05:29:32.523178921 +0000 UTC`, the way Terraform prints a time.
fn human_time(text: &str) -> String {
    let Some(at) = created(text) else {
        return if text.is_empty() { "0001-01-01 00:00:00 +0000 UTC".to_owned() } else { text.to_owned() };
    };
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    let fraction = format!(".{:09}", at.nanosecond());
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    let (offset_hours, offset_minutes, _) = at.offset().as_hms();
    let sign = if at.offset().is_negative() { '-' } else { '+' };
    let offset = format!("{sign}{:02}{:02}", offset_hours.unsigned_abs(), offset_minutes.unsigned_abs());
    let zone = if at.offset().is_utc() { "UTC" } else { &offset };
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction} {offset} {zone}")
}

/// Terraform's `Lock Info:` block, without a final newline.
impl fmt::Display for LockInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = [
            ("ID:", self.id.as_str()),
            ("Path:", self.path.as_str()),
            ("Operation:", self.operation.as_str()),
            ("Who:", self.who.as_str()),
            ("Version:", self.version.as_str()),
            ("Created:", &human_time(&self.created)),
            ("Info:", self.info.as_str()),
        ];
        f.write_str("Lock Info:")?;
        for (label, value) in lines {
            write!(f, "\n  {label:<10} {value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WRITTEN: &str = r#"{"ID":"875b93c4-7a34-22e3-04a0-a880c079f3e6","Operation":"OperationTypeApply","Info":"","Who":"root@vm","Version":"1.15.5","Created":"2026-11-22T05:29:32.523178921Z","Path":"wtf-state/global/production/us-east-1/terraform.tfstate"}"#;

    #[test]
    fn round_trip_changes_no_byte() {
        let info = LockInfo::from_json(WRITTEN.as_bytes()).unwrap();
        assert_eq!(info.who, "root@vm");
        assert_eq!(info.to_json(), WRITTEN);
    }

    #[test]
    fn escapes_html() {
        let info = LockInfo { info: "<a&b>".to_owned(), ..LockInfo::default() };
        assert!(info.to_json().contains(r#""Info":"\u003ca\u0026b\u003e""#));
        assert_eq!(LockInfo::from_json(info.to_json().as_bytes()).unwrap().info, "<a&b>");
    }

    #[test]
    fn no_time_of_creation_is_written_as_go_writes_it() {
        let written = LockInfo::from_json(b"{}").unwrap().to_json();
        assert!(written.contains(r#""Created":"0001-01-01T00:00:00Z""#), "{written}");
        let again = LockInfo::from_json(written.as_bytes()).unwrap();
        assert_eq!(again.to_json(), written);
        assert!(again.to_string().contains("  Created:   0001-01-01 00:00:00 +0000 UTC"));
    }

    #[test]
    fn decoding_is_tolerant_where_terraform_is() {
        let decode = |text: &str| LockInfo::from_json(text.as_bytes());
        assert_eq!(decode("{}").unwrap(), LockInfo::default());
        assert_eq!(decode(r#"{"ID":"x","Lease":3}"#).unwrap().id, "x");
        assert_eq!(decode(r#"{"id":"x","Who":null}"#).unwrap().id, "x");
        assert_eq!(
            decode(r#"{"Created":"2026-11-22T05:29:32+02:00"}"#).unwrap().created,
            "2026-11-22T05:29:32+02:00"
        );
        for undecodable in [
            "",
            "[]",
            "null",
            "not json",
            r#"{"ID":1}"#,
            r#"{"Created":""}"#,
            r#"{"Created":"2026-11-22 05:29:32Z"}"#,
            r#"{"Created":"2026-11-22t05:29:32z"}"#,
            r#"{"Created":"yesterday"}"#,
        ] {
            assert!(decode(undecodable).is_err(), "{undecodable}");
        }
    }

    #[test]
    fn prints_terraforms_block() {
        let info = LockInfo::from_json(WRITTEN.as_bytes()).unwrap();
        let expected = [
            "Lock Info:",
            "  ID:        875b93c4-7a34-22e3-04a0-a880c079f3e6",
            "  Path:      wtf-state/global/production/us-east-1/terraform.tfstate",
            "  Operation: OperationTypeApply",
            "  Who:       root@vm",
            "  Version:   1.15.5",
            "  Created:   2026-11-22 05:29:32.523178921 +0000 UTC",
            "  Info:      ",
        ];
        assert_eq!(info.to_string(), expected.join("\n"));
    }

    #[test]
    fn prints_times_as_go_does() {
        for (text, printed) in [
            ("2026-11-22T05:29:32.5Z", "2026-11-22 05:29:32.5 +0000 UTC"),
            ("2026-11-22T05:29:32.100Z", "2026-11-22 05:29:32.1 +0000 UTC"),
            ("2026-11-22T05:29:32Z", "2026-11-22 05:29:32 +0000 UTC"),
            ("2026-11-22T05:29:32-03:30", "2026-11-22 05:29:32 -0330 -0330"),
            ("", "0001-01-01 00:00:00 +0000 UTC"),
        ] {
            assert_eq!(human_time(text), printed);
        }
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = LockInfo::from_json(&bytes);
        }

        #[test]
        fn mutated_records_never_panic(at in 0..WRITTEN.len(), byte in any::<u8>()) {
            let mut bytes = WRITTEN.as_bytes().to_vec();
            bytes[at] = byte;
            if let Ok(info) = LockInfo::from_json(&bytes) {
                let _ = info.to_string();
            }
        }
    }
}
