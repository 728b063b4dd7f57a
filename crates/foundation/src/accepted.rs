//! The setting `accepted`: which findings are known and wanted.

use crate::finding::{Finding, Topic};

/// An entry of `accepted`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// What sort of thing.
    pub topic: Topic,
    /// Its name; `*` and `?` stand for any characters and any one.
    pub object: String,
    /// The last day on which it counts, `YYYY-MM-DD`.
    pub until: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Why a text is no entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEntry {
    /// It has no colon.
    #[error("`{0}` is no entry of the form KIND:OBJECT")]
    Form(String),
    /// The part before the colon is none that there is.
    #[error("`{0}` is no kind of finding")]
    Kind(String),
    /// It would accept everything of a kind, also what is made tomorrow.
    #[error("`{0}` names every object of its kind, also those of tomorrow")]
    Everything(String),
}

impl Accepted {
    /// An entry without an end.
    ///
    /// # Errors
    /// The text is none.
    pub fn parse(text: &str) -> Result<Self, InvalidEntry> {
        let (kind, object) = text.split_once(':').ok_or_else(|| InvalidEntry::Form(text.to_owned()))?;
        let topic = Topic::named(kind).ok_or_else(|| InvalidEntry::Kind(kind.to_owned()))?;
        if object.is_empty() {
            return Err(InvalidEntry::Form(text.to_owned()));
        }
        if object.chars().all(|character| character == '*') {
            return Err(InvalidEntry::Everything(text.to_owned()));
        }
        Ok(Self { topic, object: object.to_owned(), until: None, reason: None })
    }

    /// As it is written.
    pub fn entry(&self) -> String {
        format!("{}:{}", self.topic.name(), self.object)
    }

    /// Whether it names the finding.
    pub fn names(&self, finding: &Finding) -> bool {
        finding.objects.iter().any(|object| self.accepts(finding.topic, object))
    }

    /// Whether it names what is called so.
    pub fn accepts(&self, topic: Topic, object: &str) -> bool {
        self.topic == topic && self.takes(object)
    }

    /// Whether its object stands for this name, whatever sort of thing that is.
    pub fn takes(&self, name: &str) -> bool {
        matches(&self.object, name)
    }

    /// Whether it is over on that day. Dates of this form are in the order of their letters.
    pub fn is_over(&self, today: Option<&str>) -> bool {
        matches!((&self.until, today), (Some(until), Some(today)) if until.as_str() < today)
    }
}

/// Whether a text is as the pattern says: `*` is any characters, `?` is any one.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut position) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(character) = text.get(position) {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, position));
                at += 1;
            }
            Some(wanted) if wanted == character || *wanted == '?' => {
                at += 1;
                position += 1;
            }
            _ => {
                let Some((star_at, taken)) = star else { return false };
                star = Some((star_at, taken + 1));
                (at, position) = (star_at + 1, taken + 1);
            }
        }
    }
    pattern.iter().skip(at).all(|character| *character == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::FindingKind;

    fn finding(topic: Topic, objects: &[&str]) -> Finding {
        let address = "aws_kms_key.main".parse().unwrap();
        let finding = Finding::new(FindingKind::Foreign, (topic, ""), &address, "");
        Finding { objects: objects.iter().map(|object| (*object).to_owned()).collect(), ..finding }
    }

    #[test]
    fn entries_name_findings_by_any_of_their_names() {
        let grant = finding(Topic::Grant, &["0f1e", "arn:aws:iam::123456789012:role/ci"]);
        for (entry, expected) in [
            ("grant:0f1e", true),
            ("grant:arn:aws:iam::123456789012:role/*", true),
            ("grant:arn:*:role/c?", true),
            ("grant:*ci", true),
            ("grant:0f1", false),
            ("grant:0f1e?", false),
            ("alias:0f1e", false),
            ("grant:*role*x", false),
        ] {
            assert_eq!(Accepted::parse(entry).unwrap().names(&grant), expected, "{entry}");
        }
    }

    #[test]
    fn what_names_nothing_or_everything_is_refused() {
        for (text, expected) in [
            ("grant", "`grant` is no entry of the form KIND:OBJECT"),
            ("grant:", "`grant:` is no entry of the form KIND:OBJECT"),
            ("grants:x", "`grants` is no kind of finding"),
            ("grant:*", "`grant:*` names every object of its kind, also those of tomorrow"),
            ("grant:**", "`grant:**` names every object of its kind, also those of tomorrow"),
        ] {
            assert_eq!(Accepted::parse(text).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn what_a_finding_prints_names_it() {
        for object in ["cleanup", "*", "**", "a*", "arn:aws:iam::aws:policy/A"] {
            let finding = finding(Topic::LifecycleRule, &[object]);
            assert!(Accepted::parse(&finding.entry()).unwrap().names(&finding), "{object}");
        }
    }

    #[test]
    fn an_entry_is_over_on_the_day_after() {
        let until = |until: Option<&str>| Accepted {
            until: until.map(str::to_owned),
            ..Accepted::parse("alias:a").unwrap()
        };
        assert!(!until(Some("2026-12-31")).is_over(Some("2026-12-31")));
        assert!(until(Some("2026-12-31")).is_over(Some("2027-01-01")));
        assert!(!until(Some("2026-12-31")).is_over(None) && !until(None).is_over(Some("2026-12-31")));
    }

    #[test]
    fn every_topic_has_a_name_of_its_own() {
        for topic in Topic::ALL {
            assert_eq!(Topic::named(topic.name()), Some(topic));
        }
    }
}
