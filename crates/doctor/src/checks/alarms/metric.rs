//! The alarms on metrics, and whether the heartbeat arrives.

use crate::case::{Case, moment};
use crate::check::Check;
use crate::facts::{AlarmFacts, AlertFacts, Read};
use crate::targets::AlertTargets;

/// The alarm that waits for the heartbeat.
const HEARTBEAT: &str = "cloudtrail_logging_disabled";

pub(super) fn checks(case: &Case<'_>, facts: &AlertFacts, targets: &AlertTargets) -> Vec<Check> {
    let mut found = Vec::new();
    for (part, name) in &targets.alarms {
        let Some(read) = facts.alarms.get(part) else { continue };
        found.push(standing(case, (part, name), read, &targets.topic));
        if let (HEARTBEAT, Read::Found(alarm)) = (part.as_str(), read) {
            found.push(heartbeat(case, alarm));
        }
    }
    found
}

/// Whether an alarm is there and tells.
fn standing(case: &Case<'_>, (part, name): (&str, &str), read: &Read<AlarmFacts>, topic: &str) -> Check {
    let id = format!("alarms.metric/{part}");
    let failed = |cause: String| {
        Check::fail(id.clone(), format!("Nobody is told by the alarm {name}"))
            .cause(cause)
            .remedy(case.apply())
    };
    match read {
        Read::Refused(refusal) => {
            Check::unknown(id, refusal, &format!("whether the alarm {name} tells anybody"))
        }
        Read::Absent => failed("there is no such alarm".to_owned()),
        Read::Found(alarm) if !alarm.acts => failed("its actions are disabled".to_owned()),
        Read::Found(alarm) if !alarm.actions.iter().any(|action| action == topic) => {
            failed(format!("it does not tell {topic}"))
        }
        Read::Found(_) => Check::pass(id, format!("The alarm {name} tells the topic")),
    }
}

/// Whether somebody publishes how the trail is.
fn heartbeat(case: &Case<'_>, alarm: &AlarmFacts) -> Check {
    const ID: &str = "alarms.heartbeat";
    let since = alarm.since.map(|at| format!("since {}", moment(at)));
    let run = case.underpin("trail heartbeat");
    match alarm.state.as_str() {
        "ALARM" => Check::fail(ID, "The heartbeat of the trail does not arrive")
            .cause(alarm.reason.clone())
            .evidence(since)
            .remedy([run, "then see why cron or CI does not run it every 15 minutes".to_owned()])
            .explained_by(["trail.logging", "trail.present"]),
        "OK" => Check::pass(ID, "The heartbeat of the trail arrives").evidence(since),
        other => Check::warn(ID, "Whether the heartbeat of the trail arrives is not known yet")
            .cause(format!("the alarm's state is {other}: {}", alarm.reason))
            .evidence(since)
            .remedy([run]),
    }
}
