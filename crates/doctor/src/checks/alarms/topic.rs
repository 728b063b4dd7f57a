//! The topic: there, open to those who publish, readable with its key, and heard by somebody.

use policy::{Policy, Principal, Statement};

use crate::case::Case;
use crate::check::{Check, slug};
use crate::facts::{AlertFacts, OtherKey, Read, Subscriber, TopicFacts};
use crate::judge::{Answer, Asked, Party, Stop, unreadable};
use crate::permission::sentence;
use crate::remedy::aws;
use crate::targets::AlertTargets;

/// A service that publishes to the topic.
struct Publisher {
    /// The instance of its checks.
    part: &'static str,
    /// As people call it.
    name: &'static str,
    /// As policies do.
    service: &'static str,
    /// The alarm that it sends from.
    alarm: Option<String>,
}

/// What a publisher needs of the topic's key.
const USES: [&str; 2] = ["kms:GenerateDataKey", "kms:Decrypt"];

pub(super) fn checks(case: &Case<'_>, facts: &AlertFacts, targets: &AlertTargets) -> Vec<Check> {
    const ID: &str = "alarms.topic";
    let topic = match &facts.topic {
        Read::Refused(refusal) => {
            return vec![Check::unknown(ID, refusal, "who may send alerts to the topic")];
        }
        Read::Absent => {
            let absent = Check::fail(ID, "Nobody is told of anything: the topic does not exist")
                .cause(format!("there is no topic {}", targets.topic))
                .remedy(case.apply());
            return vec![absent];
        }
        Read::Found(topic) => topic,
    };
    let mut found = vec![Check::pass(ID, format!("The topic {} exists", targets.topic))];
    for publisher in publishers(case, targets) {
        found.push(publishing(case, &publisher, topic, targets));
        found.extend(encrypting(case, &publisher, topic, targets));
    }
    found.extend(unusable(case, topic, targets));
    if targets.is_ours && topic.key.is_none() {
        let open = Check::warn("alarms.encryption", "Alerts wait for their delivery unencrypted");
        found.push(open.cause(format!("the topic {} has no key", targets.topic)).remedy(case.apply()));
    }
    found.extend(subscribers(case, &facts.subscribers, targets));
    found
}

fn publishers(case: &Case<'_>, targets: &AlertTargets) -> Vec<Publisher> {
    let events =
        Publisher { part: "eventbridge", name: "EventBridge", service: "events.amazonaws.com", alarm: None };
    let alarm = targets.alarms.first().map(|(_, name)| Publisher {
        part: "cloudwatch",
        name: "CloudWatch",
        service: "cloudwatch.amazonaws.com",
        alarm: Some(case.arn(&format!("cloudwatch:{}:{}:alarm:{name}", case.region(), case.account()))),
    });
    std::iter::once(events).chain(alarm).collect()
}

impl Publisher {
    /// EventBridge says nothing of where an event comes from; CloudWatch names alarm and account (SNS developer guide,
    /// "Services that support aws:SourceOwner").
    fn asked(&self, case: &Case<'_>, action: &str, resource: &str) -> Asked {
        let asked = Asked::new(case, action, resource);
        match &self.alarm {
            Some(alarm) => asked
                .with("aws:SourceArn", alarm.clone())
                .with("aws:SourceAccount", case.account())
                .with("aws:SourceOwner", case.account()),
            None => asked,
        }
    }
}

fn publishing(case: &Case<'_>, publisher: &Publisher, topic: &TopicFacts, targets: &AlertTargets) -> Check {
    let id = format!("alarms.publish/{}", publisher.part);
    let policy = match Policy::parse(&topic.policy) {
        Ok(policy) => policy,
        Err(error) => {
            let refusal = unreadable("of the topic", &error.to_string());
            return Check::unknown(id, &refusal, "who may send alerts to the topic");
        }
    };
    let asked = publisher.asked(case, "sns:Publish", &targets.topic);
    match Party::service(publisher.service).may(Some(&policy), &asked) {
        Answer::Allowed => Check::pass(id, format!("{} may publish to the topic", publisher.name)),
        Answer::Open(refusal) => Check::unknown(id, &refusal, "who may send alerts to the topic"),
        Answer::Stopped(stop) => Check::fail(id, format!("{} cannot publish to the topic", publisher.name))
            .cause(sentence(&stop, "the topic's policy"))
            .evidence([format!("sns:GetTopicAttributes: {}", topic.policy)])
            .remedy(opening(case, publisher, (&policy, &stop), targets)),
    }
}

/// What lets a service publish: an apply, or for a topic of the user's own its whole policy with a statement more.
fn opening(
    case: &Case<'_>,
    publisher: &Publisher,
    (policy, stop): (&Policy, &Stop),
    targets: &AlertTargets,
) -> Vec<String> {
    if targets.is_ours {
        return case.apply().into();
    }
    if matches!(stop, Stop::Denied { .. }) {
        return vec![format!("ask whoever owns the topic {} to take the denial away", targets.topic)];
    }
    let mut opened = policy.clone();
    let publish = Statement::allow().principals([Principal::service(publisher.service)]);
    opened.statements.push(publish.actions(["sns:Publish"]).resources([targets.topic.as_str()]));
    vec![aws(&[
        "sns",
        "set-topic-attributes",
        "--topic-arn",
        &targets.topic,
        "--attribute-name",
        "Policy",
        "--attribute-value",
        &opened.to_json(),
        "--region",
        case.region(),
    ])]
}

/// The topic's key, where it is another than the deployment's: which that is, a state that cannot be read does not tell.
fn other_key<'a>(case: &Case<'_>, topic: &'a TopicFacts) -> Option<(&'a str, &'a Read<OtherKey>)> {
    let (key, read) = (topic.key.as_deref()?, topic.other_key.as_ref()?);
    let is_ours = read.found().is_some_and(|other| other.arn == case.key_arn());
    (!is_ours).then_some((key, read))
}

/// Whether a publisher can use the topic's key, where it is another than the deployment's: that one has checks of its own.
fn encrypting(
    case: &Case<'_>,
    publisher: &Publisher,
    topic: &TopicFacts,
    targets: &AlertTargets,
) -> Option<Check> {
    let (key, read) = other_key(case, topic)?;
    let id = format!("alarms.encryption/{}", publisher.part);
    let hides = format!("whether {} can use the key of the topic", publisher.name);
    let policy = match read {
        Read::Refused(refusal) => return Some(Check::unknown(id, refusal, &hides)),
        Read::Absent => None,
        Read::Found(other) => match Policy::parse(&other.policy) {
            Ok(policy) => Some(policy),
            Err(error) => {
                let refusal = unreadable("of the topic's key", &error.to_string());
                return Some(Check::unknown(id, &refusal, &hides));
            }
        },
    };
    let failed = |cause: String| {
        let title = format!("{} cannot publish to the topic: it cannot use the topic's key", publisher.name);
        let remedy = match targets.is_ours {
            true => case.apply().into(),
            false => vec![format!(
                "let {} do kms:GenerateDataKey* and kms:Decrypt in the policy of {key}, a key of your own",
                publisher.service
            )],
        };
        Check::fail(id.clone(), title).cause(cause).remedy(remedy).explained_by(["alarms.encryption"])
    };
    let Some(policy) = policy else { return Some(failed(format!("there is no key {key}"))) };
    let party = Party::service(publisher.service);
    for action in USES {
        let asked = publisher
            .asked(case, action, "*")
            .with("kms:EncryptionContext:aws:sns:topicArn", targets.topic.clone());
        match party.may(Some(&policy), &asked) {
            Answer::Allowed => {}
            Answer::Open(refusal) => return Some(Check::unknown(id, &refusal, &hides)),
            Answer::Stopped(stop) => {
                let whose = format!("the policy of {key}");
                return Some(failed(format!("{action}: {}", sentence(&stop, &whose))));
            }
        }
    }
    Some(Check::pass(id, format!("{} can use the key of the topic", publisher.name)))
}

/// Whether the topic's key, where it is another than the deployment's, is in a state in which nobody can use it.
fn unusable(case: &Case<'_>, topic: &TopicFacts, targets: &AlertTargets) -> Option<Check> {
    let (key, read) = other_key(case, topic)?;
    let other = read.found().filter(|other| other.state != "Enabled")?;
    let enable = || aws(&["kms", "enable-key", "--key-id", &other.arn, "--region", case.region()]);
    let remedy = match (targets.is_ours, other.state.as_str()) {
        (true, _) => case.apply().into(),
        (false, "Disabled") => vec![format!("if {key} should be used, after asking whose it is:"), enable()],
        (false, _) => vec![format!("let the topic have another key than {key}")],
    };
    let title = "Alerts vanish: the topic's key cannot be used";
    let check =
        Check::fail("alarms.encryption", title).cause(format!("{key} is in the state {}", other.state));
    Some(check.remedy(remedy))
}

fn subscribers(case: &Case<'_>, read: &Read<Vec<Subscriber>>, targets: &AlertTargets) -> Vec<Check> {
    const ID: &str = "alarms.subscriber";
    let subscribers = match read {
        Read::Refused(refusal) => return vec![Check::unknown(ID, refusal, "whom the topic tells")],
        Read::Absent => &Vec::new(),
        Read::Found(subscribers) => subscribers,
    };
    if targets.emails.is_empty() {
        return vec![own(subscribers, &targets.topic)];
    }
    targets.emails.iter().map(|email| address(case, email, subscribers)).collect()
}

/// Whether a topic of the user's own tells anybody.
fn own(subscribers: &[Subscriber], topic: &str) -> Check {
    const ID: &str = "alarms.subscriber";
    let confirmed = subscribers.iter().filter(|subscriber| subscriber.confirmed).count();
    if confirmed > 0 {
        return Check::pass(ID, format!("The topic tells {confirmed} subscribers"));
    }
    let cause = match subscribers.len() {
        0 => format!("the topic {topic} has no subscriber"),
        waiting => format!("{waiting} subscribers of the topic {topic} have not confirmed"),
    };
    Check::fail(ID, "The topic tells nobody").cause(cause).remedy(["ask whoever owns the topic to subscribe"])
}

fn address(case: &Case<'_>, email: &str, subscribers: &[Subscriber]) -> Check {
    let id = format!("alarms.subscriber/{}", slug(email));
    let failed = |cause: String| Check::fail(id.clone(), format!("{email} is told nothing")).cause(cause);
    match subscribers.iter().find(|subscriber| subscriber.endpoint == email) {
        Some(Subscriber { confirmed: true, filter, .. }) => match filter {
            Read::Absent => Check::pass(id, format!("{email} is told")),
            Read::Refused(refusal) => {
                Check::unknown(id, refusal, &format!("whether {email} is told of everything"))
            }
            Read::Found(filter) => Check::fail(id, format!("{email} is not told of everything"))
                .cause(format!("its subscription has the filter policy {filter}, which alerts do not pass"))
                .remedy(case.apply()),
        },
        Some(_) => failed("it has not followed the link in AWS's e-mail".to_owned()).remedy([
            "follow the link in the e-mail of no-reply@sns.amazonaws.com; after three days AWS forgets it, and the next \
             apply sends another",
        ]),
        None => failed("it is not subscribed".to_owned()).remedy(case.apply()),
    }
}
