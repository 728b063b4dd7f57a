//! The setting `monitoring`.

use std::fmt;

use terraform::Value;
use terraform::types::PathStep;

use crate::identifiers::Arn;

use super::reader::{Problem, Reader, boolean, number, text};

const NAME: &str = "monitoring";
const ATTRIBUTES: [&str; 11] = [
    "emails",
    "sns_topic_arn",
    "tampering",
    "role_use",
    "global_events",
    "heartbeat",
    "cloudwatch_logs",
    "cis_alarms",
    "log_group_retention_days",
    "insights",
    "trail_topic",
];

/// For how many days CloudWatch Logs can keep events (CloudWatch Logs API reference, `PutRetentionPolicy`).
const RETENTIONS: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// The retention where nothing is said.
const USUAL_RETENTION: u32 = 365;

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
    /// Whether the trail also writes into a log group of ours; `None` leaves what others set.
    pub cloudwatch_logs: Option<bool>,
    /// Whether alarms of the CIS benchmark stand on the log group, which is ours then.
    pub cis_alarms: bool,
    /// Days until the log group's events expire: one of AWS's values.
    pub log_group_retention_days: u32,
    /// The only Insights of the trail, each once; `None` leaves what others set.
    pub insights: Option<Vec<Insight>>,
    /// Whether the trail tells a topic of ours of every new log file; `None` leaves what others set.
    pub trail_topic: Option<bool>,
}

impl Monitoring {
    /// Whether an alarm of CloudWatch stands, which has to reach the topic.
    pub fn has_alarm(&self) -> bool {
        self.heartbeat || self.cis_alarms || self.has_role_use_alarm()
    }

    /// Whether an alarm watches in all regions who takes our roles: only the log group sees them.
    pub fn has_role_use_alarm(&self) -> bool {
        self.role_use && self.cloudwatch_logs == Some(true)
    }
}

/// What CloudTrail finds unusual (CloudTrail API reference, `InsightSelector`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Insight {
    /// How often write calls are made.
    ApiCallRate,
    /// How often calls fail.
    ApiErrorRate,
}

impl Insight {
    const ALL: [Self; 2] = [Self::ApiCallRate, Self::ApiErrorRate];

    /// AWS's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ApiCallRate => "ApiCallRateInsight",
            Self::ApiErrorRate => "ApiErrorRateInsight",
        }
    }

    fn read(text: &str) -> Result<Self, Problem> {
        let named = Self::ALL.into_iter().find(|insight| insight.name() == text);
        named.ok_or_else(|| {
            Problem::new(format!("`{text}` is not a type of Insights"))
                .instead(format!("write {}", Self::ALL.map(|one| format!("\"{}\"", one.name())).join(" or ")))
        })
    }
}

impl fmt::Display for Insight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
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

/// Reads `monitoring`. `logs_may_use_key` is whether CloudWatch Logs may use the key.
pub(super) fn read(reader: &mut Reader<'_>, logs_may_use_key: bool) -> Option<Monitoring> {
    let object = reader.object(NAME, &ATTRIBUTES)?;
    let given = |name: &str| object.get(name).filter(|value| !value.is_null());
    let emails = match given("emails") {
        Some(list) => reader.items(NAME, &path("emails"), list, email)?,
        None => Vec::new(),
    };
    refuse_repeated(reader, "emails", &emails, "list every address once");
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
    let cloudwatch_logs = choice(reader, given("cloudwatch_logs"), "cloudwatch_logs")?;
    let trail_topic = choice(reader, given("trail_topic"), "trail_topic")?;
    let cis_alarms = switch(reader, given("cis_alarms"), "cis_alarms", false)?;
    let log_group_retention_days = match given("log_group_retention_days") {
        Some(days) => reader.taken(NAME, &path("log_group_retention_days"), retention(days))?,
        None => USUAL_RETENTION,
    };
    let insights = insights(reader, given("insights"))?;
    if cloudwatch_logs == Some(true) && !logs_may_use_key {
        let reason = "CloudWatch Logs encrypts the log group with the key, and `kms_allow_cloudwatch_logs` does not let it";
        let instead = "write kms_allow_cloudwatch_logs = true, or leave out cloudwatch_logs";
        reader.problem(NAME, &path("cloudwatch_logs"), Problem::new(reason).instead(instead));
    }
    if cis_alarms && cloudwatch_logs != Some(true) {
        let reason = "the alarms count events in the trail's log group, and there is none of ours";
        let instead = "write cloudwatch_logs = true beside it, or leave out cis_alarms";
        reader.problem(NAME, &path("cis_alarms"), Problem::new(reason).instead(instead));
    }
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
    Some(Monitoring {
        alerts,
        tampering,
        role_use,
        global_events,
        heartbeat,
        cloudwatch_logs,
        cis_alarms,
        log_group_retention_days,
        insights,
        trail_topic,
    })
}

/// Refuses what a list names more than once.
fn refuse_repeated<T: fmt::Display + PartialEq>(
    reader: &mut Reader<'_>,
    attribute: &str,
    items: &[T],
    instead: &str,
) {
    let repeated = |(index, item): &(usize, &T)| items.iter().take(*index).any(|other| other == *item);
    for (index, item) in items.iter().enumerate().filter(repeated) {
        let at = [path(attribute), vec![PathStep::Index(index)]].concat();
        reader.problem(NAME, &at, Problem::new(format!("`{item}` is listed twice")).instead(instead));
    }
}

/// The Insights in AWS's order; the outer `None` is a problem.
fn insights(reader: &mut Reader<'_>, value: Option<&Value>) -> Option<Option<Vec<Insight>>> {
    let Some(list) = value else { return Some(None) };
    let mut insights = reader.items(NAME, &path("insights"), list, Insight::read)?;
    refuse_repeated(reader, "insights", &insights, "list every type once");
    insights.sort();
    Some(Some(insights))
}

/// A number of days that CloudWatch Logs takes.
fn retention(value: &Value) -> Result<u32, Problem> {
    let days = number(value, (1, 3653))?;
    if RETENTIONS.contains(&days) {
        return Ok(days);
    }
    let longer = RETENTIONS.into_iter().find(|known| *known > days).unwrap_or(USUAL_RETENTION);
    let problem = Problem::new(format!("CloudWatch Logs cannot keep events for {days} days"));
    Err(problem.instead(format!("write {longer}, the next that it knows")))
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

/// A switch that leaves things as they are unless it says something; the outer `None` is a problem.
fn choice(reader: &mut Reader<'_>, value: Option<&Value>, attribute: &str) -> Option<Option<bool>> {
    match value {
        Some(value) => reader.taken(NAME, &path(attribute), boolean(value)).map(Some),
        None => Some(None),
    }
}

/// What SNS takes for an address: an unquoted name, `@` and a domain, no longer than mail servers take (RFC 5321, 4.5.3.1; of
/// the whole, erratum 1690). Some providers give names with dots in places that RFC 5322 does not allow.
fn email(text: &str) -> Result<Email, Problem> {
    let is_name = |name: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
        (1..=64).contains(&name.len()) && name.chars().all(allowed)
    };
    let is_label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    match text.split_once('@') {
        Some((name, domain))
            if text.len() <= 254
                && is_name(name)
                && domain.contains('.')
                && domain.split('.').all(is_label) =>
        {
            Ok(Email(text.to_owned()))
        }
        _ => Err(Problem::new(format!("`{text}` is not an e-mail address"))
            .instead("write an address such as \"security@company.com\"")),
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
