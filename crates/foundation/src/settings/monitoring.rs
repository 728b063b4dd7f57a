//! The setting `monitoring`.

use std::fmt;

use terraform::Value;
use terraform::types::PathStep;

use crate::identifiers::Arn;

use super::reader::{Problem, Reader, boolean, text};

const NAME: &str = "monitoring";
const ATTRIBUTES: [&str; 6] =
    ["emails", "sns_topic_arn", "tampering", "role_use", "global_events", "heartbeat"];

/// Who is told when somebody touches the foundation, and of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitoring {
    /// Where alerts go.
    pub alerts: Alerts,
    /// Whether changes of the foundation are told.
    pub tampering: bool,
    /// Whether it is told who else takes our roles.
    pub role_use: bool,
    /// Whether IAM's events are brought from where they arrive.
    pub global_events: bool,
    /// Whether an alarm waits for what `underpin trail heartbeat` publishes.
    pub heartbeat: bool,
}

impl Monitoring {
    /// Whether an alarm of CloudWatch stands, which has to reach the topic.
    pub fn has_alarm(&self) -> bool {
        self.heartbeat
    }
}

/// Where alerts go: nobody hears of a topic that tells nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alerts {
    /// To a topic of ours that tells these addresses, at least one.
    Emails(Vec<Email>),
    /// To a topic of the user's.
    Topic(Arn),
}

impl Alerts {
    /// The user's topic.
    pub fn topic(&self) -> Option<&Arn> {
        match self {
            Self::Emails(_) => None,
            Self::Topic(topic) => Some(topic),
        }
    }
}

/// An e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Email(String);

impl Email {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads `monitoring`.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Monitoring> {
    let object = reader.object(NAME, &ATTRIBUTES)?;
    let given = |name: &str| object.get(name).filter(|value| !value.is_null());
    let emails = match given("emails") {
        Some(list) => reader.items(NAME, &path("emails"), list, email)?,
        None => Vec::new(),
    };
    for (index, email) in emails
        .iter()
        .enumerate()
        .filter(|(index, email)| emails.iter().take(*index).any(|other| other == *email))
    {
        let at = [path("emails"), vec![PathStep::Index(index)]].concat();
        let problem = Problem::new(format!("`{email}` is listed twice")).instead("list every address once");
        reader.problem(NAME, &at, problem);
    }
    let has_emails = given("emails").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    let topic = match given("sns_topic_arn") {
        Some(arn) => {
            let arn = text(arn).and_then(|arn| topic_arn(&arn));
            Some(reader.taken(NAME, &path("sns_topic_arn"), arn)?)
        }
        None => None,
    };
    let tampering = switch(reader, given("tampering"), "tampering", true)?;
    let role_use = switch(reader, given("role_use"), "role_use", true)?;
    let global_events = switch(reader, given("global_events"), "global_events", true)?;
    let heartbeat = switch(reader, given("heartbeat"), "heartbeat", false)?;
    let alerts = match (has_emails, topic) {
        (false, Some(topic)) => Alerts::Topic(topic),
        (true, None) => Alerts::Emails(emails),
        (false, None) => {
            let problem =
                Problem::new("it names no e-mail address and no topic, so nobody would hear of anything");
            reader.problem(
                NAME,
                &[],
                problem.instead("write emails = [\"security@company.com\"], or sns_topic_arn = \"ARN\""),
            );
            return None;
        }
        (true, Some(_)) => {
            let problem = Problem::new(
                "`emails` and `sns_topic_arn` are both given, and who hears of your own topic is yours to say",
            );
            reader.problem(NAME, &[], problem.instead("leave out one of them"));
            return None;
        }
    };
    Some(Monitoring { alerts, tampering, role_use, global_events, heartbeat })
}

fn path(attribute: &str) -> Vec<PathStep> {
    vec![PathStep::Key(attribute.to_owned())]
}

/// A switch, and what it is when nothing is said.
fn switch(reader: &mut Reader<'_>, value: Option<&Value>, attribute: &str, usual: bool) -> Option<bool> {
    match value {
        Some(value) => reader.taken(NAME, &path(attribute), boolean(value)),
        None => Some(usual),
    }
}

/// What SNS takes for an address: something, `@` and a domain, and no blanks.
fn email(text: &str) -> Result<Email, Problem> {
    let instead = "write an address such as \"security@company.com\"";
    let parts = text.split_once('@');
    let plain =
        text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | ',' | ';' | '(' | ')'));
    match parts {
        Some((name, domain))
            if plain && !name.is_empty() && domain.contains('.') && !domain.contains('@') =>
        {
            Ok(Email(text.to_owned()))
        }
        _ => Err(Problem::new(format!("`{text}` is not an e-mail address")).instead(instead)),
    }
}

/// The ARN of a topic that EventBridge can publish to: not a FIFO topic.
fn topic_arn(text: &str) -> Result<Arn, Problem> {
    let instead = "write an ARN such as \"arn:aws:sns:us-east-1:123456789012:security-alerts\"";
    let arn: Arn = text
        .parse()
        .map_err(|error: crate::identifiers::InvalidArn| Problem::new(error.to_string()).instead(instead))?;
    if arn.service() != "sns" || arn.resource().contains(':') {
        return Err(Problem::new(format!("`{text}` is not the ARN of an SNS topic")).instead(instead));
    }
    if arn.resource().ends_with(".fifo") {
        let problem = Problem::new(format!("`{text}` is a FIFO topic, which tells nobody by e-mail"));
        return Err(problem.instead("name a standard topic"));
    }
    Ok(arn)
}
