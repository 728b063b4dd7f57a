//! A plan as messages: drift, what is planned resource by resource, the counts, the outputs.

use engine::permissions::permission_changes;
use engine::{Action, Change, Counts, Drift, OutputChange, Plan, Reason};
use serde_json::{Map, json};
use terraform::Value;
use terraform::ui_stream::{self, Changes, Message};

use crate::views::plan::count;

/// A plan that was just made.
pub(crate) fn plan(plan: &Plan) -> Vec<Message> {
    let mut messages = saved_plan(plan);
    messages.push(ui_stream::permission_changes(permission_changes(plan)));
    let counts = plan.counts();
    messages.push(ui_stream::change_summary(&count(&counts), changes(counts), "plan"));
    let outputs: Map<String, Value> =
        plan.all_outputs().into_iter().map(|(name, change)| (name.clone(), output(&change))).collect();
    if !outputs.is_empty() {
        messages.push(ui_stream::outputs(outputs));
    }
    messages
}

/// A plan that was counted when it was made.
pub(crate) fn saved_plan(plan: &Plan) -> Vec<Message> {
    let drifted = plan.changes.iter().filter_map(|change| {
        let action = match change.drift.as_ref()? {
            Drift::Deleted(_) => "delete",
            Drift::Changed(_) => "update",
        };
        Some(ui_stream::resource_drift(&change.address, action))
    });
    let planned = plan.changes.iter().filter_map(|change| {
        let id = change.before.as_ref().and_then(|before| before.get("id")).and_then(Value::as_str);
        let importing = id.filter(|_| change.import);
        Some(ui_stream::planned_change(&change.address, action(change)?, reason(change), importing))
    });
    drifted.chain(planned).collect()
}

/// The counts by their names in a stream.
fn changes(counts: Counts) -> Changes {
    let Counts { import, add, change, destroy } = counts;
    Changes { add, change, import, remove: destroy }
}

/// What is done; `None` when nothing is.
fn action(change: &Change) -> Option<&'static str> {
    match change.action {
        Action::NoOp if change.import => Some("import"),
        Action::NoOp | Action::Retain => None,
        Action::Forget => Some("remove"),
        Action::Create => Some("create"),
        Action::Update => Some("update"),
        Action::Replace => Some("replace"),
        Action::Delete => Some("delete"),
    }
}

fn reason(change: &Change) -> Option<&'static str> {
    Some(match change.reason? {
        Reason::Tainted => "tainted",
        Reason::Identity => "cannot_update",
        Reason::Requested => "requested",
        Reason::Dependency => "replace_triggered_by",
        Reason::Undesired => "delete_because_no_resource_config",
    })
}

fn output(change: &OutputChange) -> Value {
    let action = match (&change.before, &change.after) {
        (before, after) if before == after => "noop",
        (None, _) => "create",
        (_, None) => "delete",
        _ => "update",
    };
    json!({ "sensitive": false, "action": action })
}
