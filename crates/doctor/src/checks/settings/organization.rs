//! What the organization forbids, as far as a member account can know: the calls that it refused.

use std::collections::BTreeMap;

use crate::case::{Case, moment};
use crate::check::{Check, slug};
use crate::facts::{Denial, Event, Read, RefusalKind};

const ID: &str = "settings.scp";

pub(super) fn checks(case: &Case<'_>) -> Vec<Check> {
    let unread = case.facts.history.get("changes").and_then(Read::refusal);
    if let Some(refusal) = unread.filter(|refusal| refusal.kind != RefusalKind::Unreachable) {
        let unknown = Check::unknown(ID, refusal, "which calls the organization refused lately");
        return vec![unknown.explained_by(["kms.denied"])];
    }
    let histories: Vec<_> = case.facts.history.values().filter_map(Read::found).collect();
    let events = || histories.iter().flat_map(|history| &history.events);
    let refused = |event: &&Event| {
        event.is_denied() && matches!(event.denial(), Denial::ServiceControl | Denial::ResourceControl)
    };
    let mut last: BTreeMap<String, &Event> = BTreeMap::new();
    for event in events().filter(refused) {
        let known = last.entry(event.action()).or_insert(event);
        if known.at < event.at {
            *known = event;
        }
    }
    last.retain(|action, refusal| {
        !events()
            .any(|event| event.action() == *action && event.error_code.is_none() && event.at > refusal.at)
    });
    if last.is_empty() {
        let seen = "an account cannot read the organization's policies; no call of the looked-up hours was refused by one";
        return vec![Check::pass(ID, "No service control policy refused a call lately").evidence([seen])];
    }
    last.into_iter().map(|(action, event)| refusal(&action, event)).collect()
}

fn refusal(action: &str, event: &Event) -> Check {
    let request = event.request_id.as_deref().map(|id| format!(", request {id}")).unwrap_or_default();
    Check::fail(
        format!("{ID}/{}", slug(action)),
        format!("The organization does not let this account {action}"),
    )
    .cause(event.error_message.clone().unwrap_or_else(|| "a service control policy denies it".to_owned()))
    .evidence([format!("{} by {}{request}", moment(event.at), event.caller)])
    .remedy(["no credentials of this account may: ask whoever runs the organization to allow it"])
}
