//! How an apply or a destroy went, as messages.

use engine::{Action, Goal};
use serde_json::{Map, json};
use terraform::state::Output;
use terraform::ui_stream::{self, Changes, Message};
use terraform::{Value, json};

use crate::views::summary::Summary;

/// The counts and the outputs; or what failed, what was not begun, and what to do next.
pub(crate) fn conclusion(summary: &Summary<'_>) -> Vec<Message> {
    let destroys = matches!(summary.plan.goal, Goal::Destroy { .. });
    if summary.went_wrong() {
        let findings = summary.findings_by_address();
        let remarks = summary.remarks();
        return findings
            .iter()
            .map(ui_stream::diagnostic)
            .chain(remarks.iter().map(|remark| ui_stream::log(remark)))
            .collect();
    }
    let report = summary.report;
    let changes = Changes {
        add: report.count(Action::Create),
        change: report.count(Action::Update),
        import: report.imported,
        remove: report.count(Action::Delete),
    };
    let mut messages: Vec<Message> = summary.kept().iter().map(|kept| ui_stream::log(kept)).collect();
    let operation = if destroys { "destroy" } else { "apply" };
    messages.push(ui_stream::change_summary(&summary.sentence(), changes, operation));
    if !summary.outputs.is_empty() {
        let outputs: Map<String, Value> =
            summary.outputs.iter().map(|(name, stored)| (name.clone(), output(stored))).collect();
        messages.push(ui_stream::outputs(outputs));
    }
    messages
}

/// Type and value; a sensitive value is not told.
fn output(stored: &Output) -> Value {
    let mut output = json!({ "sensitive": stored.sensitive, "type": stored.value_type });
    if let Some(fields) = output.as_object_mut().filter(|_| !stored.sensitive) {
        fields.insert("value".to_owned(), json::sorted(&stored.value));
    }
    output
}
