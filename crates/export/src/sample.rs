//! Settings and states for tests.

use foundation::addresses::deployment;
use serde_json::json;
use terraform::State;
use terraform::state::Instance;

/// A state that records only the deployment.
pub(crate) fn state() -> State {
    let mut state = State::empty("lineage");
    let suffix = json!({"value": "1a2b3c4d", "type": "string"});
    let record = json!({"id": "4aaa0000-1111-2222-3333-444455556666", "input": suffix, "output": suffix, "triggers_replace": null});
    let record = record.as_object().unwrap().clone();
    state.record(
        &deployment(),
        "provider[\"terraform.io/builtin/terraform\"]",
        Instance::new(0, record, Vec::new()),
    );
    state
}
