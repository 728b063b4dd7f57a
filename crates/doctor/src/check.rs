//! One check: what was looked at, how it stands, why, and what to type.

use foundation::kinds::read_along;

use crate::facts::{Refusal, RefusalKind};

/// How a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It works.
    Pass,
    /// It works, and is weaker than it should be.
    Warn,
    /// It could not be looked at.
    Unknown,
    /// Something does not work, or stops on a known date.
    Fail,
}

impl Status {
    /// As JSON names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Unknown => "unknown",
            Self::Fail => "fail",
        }
    }
}

/// A check that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// `kms.state`, or `ecr.pull/eks_node_group` where there are several of a kind.
    pub id: String,
    /// How it stands.
    pub status: Status,
    /// What works or does not, in the user's words.
    pub title: String,
    /// Why: the statement, the attribute, the object.
    pub cause: String,
    /// What was read.
    pub evidence: Vec<String>,
    /// What to do, in order; what begins with `aws ` or `underpin ` is one command that works as it stands.
    pub remedy: Vec<String>,
    /// The check that names what this one is only a symptom of.
    pub because_of: Option<String>,
    /// Which checks, if they do not pass, explain this one: an id, or the beginning of ids when it ends with `/`.
    pub(crate) explained_by: Vec<String>,
    /// The call without whose answer it is undecided.
    pub unanswered: Option<String>,
}

impl Check {
    fn new(id: impl Into<String>, status: Status, title: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            status,
            title: title.into(),
            cause: String::new(),
            evidence: Vec::new(),
            remedy: Vec::new(),
            because_of: None,
            explained_by: Vec::new(),
            unanswered: None,
        }
    }

    pub(crate) fn pass(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self::new(id, Status::Pass, title)
    }

    pub(crate) fn warn(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self::new(id, Status::Warn, title)
    }

    pub(crate) fn fail(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self::new(id, Status::Fail, title)
    }

    /// What could not be looked at, and what that hides.
    pub(crate) fn unknown(id: impl Into<String>, refusal: &Refusal, hides: &str) -> Self {
        let how = if refusal.kind == RefusalKind::Denied { "was refused" } else { "failed" };
        let title = format!("Could not look: {} {how}", refusal.operation);
        Self { unanswered: Some(refusal.operation.clone()), ..Self::new(id, Status::Unknown, title) }
            .cause(refusal.sentence())
            .evidence([format!("this hides {hides}")])
            .remedy([advice(refusal)])
            .explained_by(reasons(refusal))
    }

    /// What is not set up, and what would.
    pub(crate) fn not_set_up(id: impl Into<String>, what: &str, by: impl Into<String>) -> Self {
        Self::pass(id, format!("Not set up: {what}")).evidence([by.into()])
    }

    pub(crate) fn cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = cause.into();
        self
    }

    pub(crate) fn evidence<T: Into<String>>(mut self, evidence: impl IntoIterator<Item = T>) -> Self {
        self.evidence.extend(evidence.into_iter().map(Into::into));
        self
    }

    pub(crate) fn remedy<T: Into<String>>(mut self, remedy: impl IntoIterator<Item = T>) -> Self {
        self.remedy.extend(remedy.into_iter().map(Into::into));
        self
    }

    pub(crate) fn explained_by<T: Into<String>>(mut self, ids: impl IntoIterator<Item = T>) -> Self {
        self.explained_by.extend(ids.into_iter().map(Into::into));
        self
    }

    /// The id without its instance: `ecr.pull`.
    pub fn kind(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }
}

/// What lets doctor look the next time.
fn advice(refusal: &Refusal) -> String {
    match refusal.kind {
        RefusalKind::Denied => {
            let also: Vec<&str> = read_along(&refusal.operation).collect();
            let along =
                if also.is_empty() { String::new() } else { format!(" (with it: {})", also.join(", ")) };
            format!("allow {}{along} to whoever runs doctor", refusal.operation)
        }
        RefusalKind::Credentials | RefusalKind::Clock => {
            "repair the credentials or the clock first".to_owned()
        }
        RefusalKind::Unreachable => {
            "try again later; if it stays so, look at what answers in AWS's place".to_owned()
        }
        RefusalKind::Throttled => {
            "wait a minute, then look again: the account makes too many calls".to_owned()
        }
        RefusalKind::Other => format!("look at what {} answers", refusal.operation),
    }
}

/// What explains a refusal. Bad credentials look like any other denial where an answer has no body, as to `HEAD`.
fn reasons(refusal: &Refusal) -> [String; 3] {
    let refused = format!("settings.scp/{}", slug(&refusal.operation));
    ["settings.clock".to_owned(), "settings.credentials".to_owned(), refused]
}

/// Text as a part of an id: lower case, everything but letters, digits, `_` and `.` a hyphen.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars() {
        match character {
            'a'..='z' | '0'..='9' | '_' | '.' => slug.push(character),
            'A'..='Z' => slug.push(character.to_ascii_lowercase()),
            _ if slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.trim_matches('-').to_owned()
}
