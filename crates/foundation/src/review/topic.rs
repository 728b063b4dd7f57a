//! Whether a topic of the user's own hears what happens, judged by its policy and its key's. Pure.

use policy::{Decision, Policies, Policy, Principal, Request, Verdict, evaluate};
use terraform::Diagnostic;

use crate::identifiers::Caller;
use crate::settings::Monitoring;

/// A topic that the settings name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnTopic {
    /// Its ARN.
    pub arn: String,
    /// The ARN of an alarm that has to reach it, where one stands.
    pub alarm: Option<String>,
}

/// What was read of such a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicFacts {
    /// Its policy.
    pub policy: Document,
    /// The key that it names, and that key's policy; none where it is not encrypted.
    pub key: Option<(String, Document)>,
}

/// What was read of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// The document.
    Text(String),
    /// There is no such topic or key.
    Absent,
    /// The key is one of AWS's own, and so is its policy.
    Aws,
    /// The key cannot be used: its state.
    Unusable(String),
    /// It may not be read.
    Unread {
        /// The action that allows it.
        operation: String,
        /// Why not, in AWS's word.
        code: String,
    },
}

/// A service that publishes.
struct Publisher<'a> {
    /// As policies name it.
    service: &'static str,
    /// As people do.
    name: &'static str,
    /// What it sends, beside the keys that policies know of every call.
    source: Option<&'a str>,
}

impl Monitoring {
    /// The settings' own topic; `alarm` is the ARN of an alarm of theirs.
    pub fn own_topic(&self, alarm: impl FnOnce() -> String) -> Option<OwnTopic> {
        let arn = self.alerts.topic()?.to_string();
        Some(OwnTopic { arn, alarm: self.has_alarm().then(alarm) })
    }
}

/// An error for each policy that stops a service, and a warning for each that cannot be read.
pub fn unheard(topic: &OwnTopic, facts: &TopicFacts, caller: &Caller) -> Vec<Diagnostic> {
    if facts.policy == Document::Absent {
        let detail = format!("`monitoring` sends its alerts to `{}`, and there is no such topic.", topic.arn);
        return vec![about(Diagnostic::error("The topic of the alerts does not exist", detail))];
    }
    let account = caller.account_id.as_str();
    let events = Publisher { service: "events.amazonaws.com", name: "EventBridge", source: None };
    let alarms = topic.alarm.as_deref().map(|alarm| Publisher {
        service: "cloudwatch.amazonaws.com",
        name: "CloudWatch",
        source: Some(alarm),
    });
    let publishers: Vec<Publisher<'_>> = std::iter::once(events).chain(alarms).collect();
    let mut found = of_topic(topic, &facts.policy, &publishers, account);
    if let Some((key, policy)) = &facts.key {
        found.extend(of_key(topic, key, policy, &publishers, account));
    }
    found
}

fn of_topic(
    topic: &OwnTopic,
    document: &Document,
    publishers: &[Publisher<'_>],
    account: &str,
) -> Vec<Diagnostic> {
    let policy = match read(document, &format!("the policy of the topic `{}`", topic.arn)) {
        Ok(policy) => policy,
        Err(finding) => return vec![finding],
    };
    let refused = |publisher: &Publisher<'_>| {
        let request = asked(publisher, "sns:Publish", &topic.arn, account);
        let reason = refusal(&policy, &request)?;
        let detail = format!(
            "{} cannot publish to the topic `{}`: {reason}. Its messages would vanish without an error.",
            publisher.name, topic.arn
        );
        let finding = Diagnostic::error("Nobody would hear of the alerts", detail);
        Some(about(finding).hint(format!(
            "add to the topic's policy: {{\"Effect\": \"Allow\", \"Principal\": {{\"Service\": \"{}\"}}, \
             \"Action\": \"sns:Publish\", \"Resource\": \"{}\"}}",
            publisher.service, topic.arn
        )))
    };
    publishers.iter().filter_map(refused).collect()
}

/// SNS needs these two of the key for whoever publishes (SNS developer guide, "Enable compatibility between event sources
/// from AWS services and encrypted topics").
const USES: [&str; 2] = ["kms:GenerateDataKey", "kms:Decrypt"];

fn of_key(
    topic: &OwnTopic,
    key: &str,
    document: &Document,
    publishers: &[Publisher<'_>],
    account: &str,
) -> Vec<Diagnostic> {
    let unheard = |detail: String| about(Diagnostic::error("Nobody would hear of the alerts", detail));
    let policy = match document {
        Document::Aws => {
            let detail = format!(
                "The topic `{}` is encrypted with `{key}`, a key of AWS's own, with which no service can publish.",
                topic.arn
            );
            return vec![unheard(detail).hint("encrypt the topic with a key of yours, or with none")];
        }
        Document::Absent => {
            let detail =
                format!("The topic `{}` is encrypted with `{key}`, and there is no such key.", topic.arn);
            return vec![unheard(detail)];
        }
        Document::Unusable(state) => {
            let detail = format!(
                "The topic `{}` is encrypted with `{key}`, which cannot be used: its state is {state}.",
                topic.arn
            );
            return vec![unheard(detail)];
        }
        _ => match read(document, &format!("the policy of `{key}`, the key of the topic `{}`", topic.arn)) {
            Ok(policy) => policy,
            Err(finding) => return vec![finding],
        },
    };
    let refused = |publisher: &Publisher<'_>| {
        let refusal = |action: &str| {
            let request = asked(publisher, action, "*", account)
                .with("kms:EncryptionContext:aws:sns:topicArn", [topic.arn.as_str()]);
            Some((action.to_owned(), refusal(&policy, &request)?))
        };
        let (action, reason) = USES.into_iter().find_map(refusal)?;
        let detail = format!(
            "{} cannot use `{key}`, the key of the topic `{}`, for {action}: {reason}. Its messages would vanish without an error.",
            publisher.name, topic.arn
        );
        Some(unheard(detail).hint(format!(
            "add to the key's policy: {{\"Effect\": \"Allow\", \"Principal\": {{\"Service\": \"{}\"}}, \
             \"Action\": [\"kms:GenerateDataKey*\", \"kms:Decrypt\"], \"Resource\": \"*\"}}",
            publisher.service
        )))
    };
    publishers.iter().filter_map(refused).collect()
}

/// What a service asks. EventBridge says nothing of where an event comes from (EventBridge user guide, "Amazon SNS
/// permissions"); CloudWatch names alarm and account (SNS developer guide, "Services that support aws:SourceOwner").
fn asked(publisher: &Publisher<'_>, action: &str, resource: &str, account: &str) -> Request {
    let request = Request::new(Principal::service(publisher.service), action, resource, account)
        .with("aws:SecureTransport", ["true"]);
    match publisher.source {
        Some(source) => request
            .with("aws:SourceArn", [source])
            .with("aws:SourceAccount", [account])
            .with("aws:SourceOwner", [account]),
        None => request,
    }
}

/// Why a policy refuses; `None`: it does not.
fn refusal(policy: &Policy, request: &Request) -> Option<String> {
    let resource = policy.prepare();
    let verdict =
        |request: &Request| evaluate(&Policies { resource: Some(&resource), ..Policies::default() }, request);
    let now = verdict(request);
    if now.is_allowed() {
        return None;
    }
    if now.decision == Decision::ExplicitDeny {
        return Some(format!("{} denies it", statement(&now)));
    }
    let account = request.account.as_str();
    let told = request.clone().with("aws:SourceAccount", [account]).with("aws:SourceOwner", [account]);
    let told = verdict(&told);
    Some(match told.is_allowed() {
        true => {
            format!("{} allows it under a condition on something that it does not send", statement(&told))
        }
        false => "no statement of the policy allows it".to_owned(),
    })
}

fn statement(verdict: &Verdict) -> String {
    match verdict.deciding.first() {
        Some(deciding) => match &deciding.sid {
            Some(sid) => format!("statement `{sid}`"),
            None => format!("statement {}", deciding.statement + 1),
        },
        None => "the policy".to_owned(),
    }
}

/// A policy that was read, or a warning that it was not.
fn read(document: &Document, what: &str) -> Result<Policy, Diagnostic> {
    let unknown = |why: &str| {
        let detail = format!("{what} {why}, so it is not known whether the alerts would be heard.");
        let detail = detail.replacen("the", "The", 1);
        about(Diagnostic::warning("Whether anybody would hear of the alerts is not known", detail))
            .hint("underpin monitoring test")
    };
    match document {
        Document::Text(text) => Policy::parse(text).map_err(|_| unknown("is not understood")),
        Document::Unread { operation, code } => {
            Err(unknown(&format!("may not be read ({operation} was refused: {code})")))
        }
        Document::Absent | Document::Aws | Document::Unusable(_) => Err(unknown("is not there")),
    }
}

fn about(finding: Diagnostic) -> Diagnostic {
    finding.about("monitoring")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use terraform::Severity;

    use super::*;
    use crate::identifiers::Partition;

    const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:security";

    fn verdicts(policy: Document, key: Option<Document>, alarm: bool) -> Vec<(Severity, String)> {
        let topic = OwnTopic {
            arn: TOPIC.to_owned(),
            alarm: alarm.then(|| "arn:aws:cloudwatch:us-east-1:123456789012:alarm:x".to_owned()),
        };
        let facts = TopicFacts { policy, key: key.map(|key| ("alias/security".to_owned(), key)) };
        let caller = Caller { account_id: "123456789012".parse().unwrap(), partition: Partition::Aws };
        let found = unheard(&topic, &facts, &caller);
        found.into_iter().map(|finding| (finding.severity, finding.detail)).collect()
    }

    fn document(statements: Value) -> Document {
        Document::Text(json!({"Version": "2012-10-17", "Statement": statements}).to_string())
    }

    fn allow(service: &str, action: &str, condition: Value) -> Value {
        json!({
            "Sid": "Publish", "Effect": "Allow", "Principal": {"Service": service}, "Action": action,
            "Resource": "*", "Condition": condition,
        })
    }

    fn publishing() -> Document {
        document(json!([allow("events.amazonaws.com", "sns:Publish", json!({}))]))
    }

    #[test]
    fn a_topic_that_lets_them_publish_is_no_finding() {
        assert_eq!(verdicts(publishing(), None, false), []);
        let both = document(json!([
            allow("events.amazonaws.com", "sns:Publish", json!({})),
            allow(
                "cloudwatch.amazonaws.com",
                "sns:Publish",
                json!({"StringEquals": {"aws:SourceAccount": "123456789012"}})
            ),
        ]));
        assert_eq!(verdicts(both, None, true), []);
        let key = document(json!([allow("events.amazonaws.com", "kms:*", json!({}))]));
        assert_eq!(verdicts(publishing(), Some(key), false), []);
    }

    #[test]
    fn what_stops_them_is_named() {
        let ours = json!({"StringEquals": {"aws:SourceAccount": "123456789012"}});
        let owner = json!({
            "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "SNS:Publish", "Resource": TOPIC,
            "Condition": {"StringEquals": {"AWS:SourceOwner": "123456789012"}},
        });
        let denied = json!({
            "Sid": "Locked", "Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": "*",
        });
        let publish = allow("events.amazonaws.com", "sns:Publish", json!({}));
        for (policy, key, alarm, said) in [
            (Document::Absent, None, false, "there is no such topic"),
            (
                document(json!([allow("s3.amazonaws.com", "sns:Publish", json!({}))])),
                None,
                false,
                "no statement",
            ),
            (document(json!([owner])), None, false, "under a condition on something that it does not send"),
            (
                document(json!([allow("events.amazonaws.com", "sns:Publish", ours.clone())])),
                None,
                false,
                "statement `Publish` allows it under a condition",
            ),
            (document(json!([publish, denied])), None, false, "statement `Locked` denies it"),
            (publishing(), None, true, "CloudWatch cannot publish"),
            (publishing(), Some(Document::Aws), false, "a key of AWS's own"),
            (publishing(), Some(Document::Absent), false, "there is no such key"),
            (publishing(), Some(Document::Unusable("Disabled".to_owned())), false, "its state is Disabled"),
            (
                publishing(),
                Some(document(json!([allow("events.amazonaws.com", "kms:GenerateDataKey*", json!({}))]))),
                false,
                "for kms:Decrypt: no statement",
            ),
            (
                publishing(),
                Some(document(json!([allow("events.amazonaws.com", "kms:*", ours)]))),
                false,
                "for kms:GenerateDataKey: statement `Publish` allows it under a condition",
            ),
        ] {
            let found = verdicts(policy, key, alarm);
            assert_eq!(found.len(), 1, "{said}: {found:?}");
            assert!(found[0].0 == Severity::Error && found[0].1.contains(said), "{said}: {found:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_or_understood_is_a_warning() {
        let unread = || Document::Unread {
            operation: "kms:GetKeyPolicy".to_owned(),
            code: "AccessDeniedException".to_owned(),
        };
        for (policy, key) in
            [(unread(), None), (Document::Text("{".to_owned()), None), (publishing(), Some(unread()))]
        {
            let found = verdicts(policy, key, false);
            assert!(found.len() == 1 && found[0].0 == Severity::Warning, "{found:?}");
        }
    }
}
