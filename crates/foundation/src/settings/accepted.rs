//! The setting `accepted`.

use terraform::Value;
use terraform::types::PathStep;

use super::reader::{Problem, Reader, text};
use crate::accepted::{Accepted, InvalidEntry};
use crate::finding::Topic;

/// The setting's name.
const NAME: &str = "accepted";
/// The attributes of an entry that is an object.
const ATTRIBUTES: [&str; 3] = ["what", "until", "reason"];

/// Reads `accepted`; `None` where it is not set.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Vec<Accepted>> {
    let value = reader.value(NAME)?;
    let Some(items) = value.as_array() else {
        reader.problem(NAME, &[], Problem::new("a list of entries is required"));
        return None;
    };
    let mut accepted = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = [PathStep::Index(index)];
        let entry = match item {
            Value::Object(fields) => object(fields),
            Value::String(what) => entry(what),
            _ => Err(Problem::new("an entry is neither a string nor an object")),
        };
        accepted.extend(reader.taken(NAME, &path, entry));
    }
    Some(accepted)
}

fn object(fields: &serde_json::Map<String, Value>) -> Result<Accepted, Problem> {
    if let Some(unknown) = fields.keys().find(|name| !ATTRIBUTES.contains(&name.as_str())) {
        let reason = format!(
            "an entry has no attribute `{unknown}`; its attributes are `{}`",
            ATTRIBUTES.join("`, `")
        );
        return Err(Problem::new(reason));
    }
    let field = |name: &str| fields.get(name).filter(|value| !value.is_null()).map(text).transpose();
    let what =
        field("what")?.ok_or_else(|| Problem::new("an entry lacks `what`, the finding that it accepts"))?;
    let until = field("until")?;
    if let Some(until) = until.as_ref().filter(|until| !is_date(until)) {
        let problem = Problem::new(format!("`until` is `{until}`, and no day"));
        return Err(problem.instead("write the last day on which the entry counts, such as \"2027-06-30\""));
    }
    Ok(Accepted { until, reason: field("reason")?, ..entry(&what)? })
}

fn entry(what: &str) -> Result<Accepted, Problem> {
    Accepted::parse(what).map_err(|error| {
        let problem = Problem::new(error.to_string());
        let kinds = || Topic::ALL.map(Topic::name);
        match &error {
            InvalidEntry::Form(_) => {
                problem.instead("write an entry as the plan prints it, such as \"alias:alias/backup\"")
            }
            InvalidEntry::Everything(_) => problem.instead(
                "name the object, or a part of its name: \"role_policy:arn:aws:iam::aws:policy/Amazon*\"",
            ),
            InvalidEntry::Kind(kind) => {
                let near = terraform::similar(kind, kinds());
                match near {
                    Some(near) => {
                        problem.instead(format!("write \"{}\"", what.replacen(kind.as_str(), near, 1)))
                    }
                    None => problem
                        .instead(format!("write one of these before the colon: {}", kinds().join(", "))),
                }
            }
        }
    })
}

/// Whether a text is a day, `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-').map(|part| (part.len(), part.parse::<u32>().ok()));
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let (Some((4, Some(year))), Some((2, Some(month))), Some((2, Some(day))), None) =
        (year, month, day, parts.next())
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (1..=12).contains(&month) && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Settings;
    use crate::testing::{example, settings};

    #[test]
    fn entries_are_texts_or_objects() {
        let accepted = settings(json!({"accepted": [
            "alias:alias/backup",
            {"what": "grant:0f1e", "until": "2027-06-30", "reason": "the migration"},
        ]}))
        .accepted
        .unwrap();
        let entries: Vec<_> = accepted.iter().map(|entry| (entry.entry(), entry.until.as_deref())).collect();
        assert_eq!(
            entries,
            [("alias:alias/backup".to_owned(), None), ("grant:0f1e".to_owned(), Some("2027-06-30"))]
        );
        assert_eq!(settings(json!({"accepted": []})).accepted, Some(Vec::new()));
        assert_eq!(settings(json!({})).accepted, None);
    }

    #[test]
    fn what_is_no_entry_is_refused_with_what_to_write() {
        for (entry, reason, hint) in [
            (json!("grant:*"), "names every object of its kind", "a part of its name"),
            (json!("grants:x"), "`grants` is no kind of finding", "write \"grant:x\""),
            (json!("wish:x"), "`wish` is no kind of finding", "role_policy, boundary"),
            (json!("grant"), "no entry of the form KIND:OBJECT", "as the plan prints it"),
            (json!({"what": "grant:x", "until": "tomorrow"}), "no day", "2027-06-30"),
            (json!({"what": "grant:x", "until": "2027-02-29"}), "no day", "2027-06-30"),
            (json!({"what": "grant:x", "until": "2027-06-31"}), "no day", "2027-06-30"),
            (json!({"what": "grant:x", "who": "me"}), "no attribute `who`", "accepted = ["),
            (json!({"until": "2027-06-30"}), "lacks `what`", "accepted = ["),
            (json!(7), "neither a string nor an object", "accepted = ["),
        ] {
            let problems = Settings::from_values(&example(json!({"accepted": [entry]}))).unwrap_err();
            let [problem] = problems.as_slice() else { panic!("{problems:?}") };
            assert!(problem.detail.contains(reason), "{problem:?}");
            assert!(problem.hint.as_ref().unwrap().contains(hint), "{problem:?}");
        }
    }
}
