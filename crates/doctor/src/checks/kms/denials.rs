//! Calls on the key that were denied lately: by whom, why, and whether they still would be.

use std::collections::BTreeMap;

use super::blame::{OF_KEY, blamed, live_policy};
use super::history::{SOURCE, denied};
use crate::case::{Case, moment};
use crate::check::{Check, slug};
use crate::facts::{Denial, Event, Read, RefusalKind};
use crate::judge::{Answer, Asked};
use crate::permission::{cure, party, sentence};

const ID: &str = "kms.denied";

pub(super) fn checks(case: &Case<'_>) -> Vec<Check> {
    if case.key().is_none() {
        return Vec::new();
    }
    let history = match case.facts.history.get(SOURCE) {
        None | Some(Read::Absent) => return Vec::new(),
        Some(Read::Refused(refusal)) if refusal.kind == RefusalKind::Unreachable => {
            let title = "Denied calls are not known: CloudTrail's event history does not answer";
            let remedy = ["try again later, or give a mirror of the logs: -from=DIR"];
            return vec![Check::warn(ID, title).cause(refusal.sentence()).remedy(remedy)];
        }
        Some(Read::Refused(refusal)) => {
            return vec![Check::unknown(ID, refusal, "which calls on the key were denied lately")];
        }
        Some(Read::Found(history)) => history,
    };
    let mut groups: BTreeMap<(String, String), Vec<&Event>> = BTreeMap::new();
    for event in denied(case) {
        groups.entry((event.caller.clone(), event.action())).or_default().push(event);
    }
    let mut past = 0;
    let mut found = BTreeMap::new();
    for ((caller, action), events) in &groups {
        match still_denied(case, caller, action, events) {
            None => past += events.len(),
            Some(check) => {
                found.entry(check.id.clone()).or_insert(check);
            }
        }
    }
    if found.is_empty() {
        let reach = history.reaches_back_to.map_or_else(
            || "as far back as there are events".to_owned(),
            |at| format!("since {}", moment(at)),
        );
        let looked = format!("{}: {} events {reach}", history.source, history.events.len());
        let counted = (past > 0).then(|| format!("{past} denied calls that would be allowed now"));
        return vec![
            Check::pass(ID, "No denied call on the key would be denied again")
                .evidence([looked])
                .evidence(counted),
        ];
    }
    found.into_values().collect()
}

/// The check of a caller who would be denied again.
fn still_denied(case: &Case<'_>, caller: &str, action: &str, events: &[&Event]) -> Option<Check> {
    let last = events.first()?;
    let asked = Asked::new(case, action, case.key_arn()).with("kms:CallerAccount", case.account());
    let live = live_policy(case).ok()?;
    let id = format!("{ID}/{}", slug(caller.rsplit('/').next().unwrap_or(caller)));
    let wanted = case.wanted_policy("aws_kms_key", "main", "policy");
    let judged = party(case, caller).map(|party| (party.may(Some(&live), &asked), party));
    let (stop, because) = match judged {
        Ok((Answer::Allowed, _)) => return None,
        Ok((Answer::Stopped(stop), party)) => {
            let because = blamed(case, &stop, &party, &asked, wanted.as_ref());
            (stop, because)
        }
        Ok((Answer::Open(refusal), _)) | Err(refusal) => {
            let unknown =
                Check::unknown(id, &refusal, &format!("whether {caller} would be denied {action} again"));
            return Some(unknown.evidence([evidence(last, events.len())]));
        }
    };
    if caller.ends_with(".amazonaws.com") && last.denial() == Denial::Unsaid {
        // The context of a service's call is not in its event; the service's own check evaluates it in full.
        return None;
    }
    let title = format!("{caller} cannot {action} with the key");
    let check = if case.is_of_account(caller) { Check::fail(id, title) } else { Check::warn(id, title) };
    Some(
        check
            .cause(sentence(&stop, OF_KEY))
            .evidence([evidence(last, events.len())])
            .remedy(cure(case, &stop, caller, action))
            .explained_by(super::UNUSABLE)
            .explained_by(because),
    )
}

fn evidence(last: &Event, count: usize) -> String {
    let request = last.request_id.as_deref().map(|id| format!(", request {id}")).unwrap_or_default();
    let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
    format!(
        "{} denied {times}, last at {}{request}; AWS names {}",
        last.action(),
        moment(last.at),
        last.denial().name()
    )
}
