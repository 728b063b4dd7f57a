//! What happens to the outputs.

use std::collections::BTreeMap;

use terraform::plan_json::Change;
use terraform::state::Output as Stored;
use terraform::state_json::Output;
use terraform::{Value, json};

use crate::plan::{OutputChange, Plan};
use crate::template;

/// What becomes of each.
pub(super) fn changes(plan: &Plan) -> BTreeMap<String, Change> {
    let change = |change: &OutputChange| {
        let unknown = change.after.as_ref().is_some_and(|after| !template::is_known(after));
        let actions: &[&str] = match (&change.before, &change.after) {
            (before, after) if before == after => &["no-op"],
            (None, _) => &["create"],
            (_, None) => &["delete"],
            _ => &["update"],
        };
        Change {
            actions,
            before: json::sorted(&change.before.clone().unwrap_or_default()),
            after: (!unknown).then(|| json::sorted(&change.after.clone().unwrap_or_default())),
            after_unknown: Value::Bool(unknown),
            before_sensitive: Value::Bool(false),
            after_sensitive: Value::Bool(false),
            ..Change::default()
        }
    };
    plan.all_outputs().into_iter().map(|(name, output)| (name.clone(), change(&output))).collect()
}

/// What there will be. One that goes is left out.
pub(super) fn planned(plan: &Plan) -> BTreeMap<String, Output> {
    plan.all_outputs()
        .into_iter()
        .filter(|(_, change)| change.before.is_none() || change.after.is_some())
        .map(|(name, change)| (name.clone(), output(plan, name, change.after.unwrap_or_default(), true)))
        .collect()
}

/// What there is; as in Terraform, new values are there already as far as they are known.
pub(super) fn prior(plan: &Plan) -> BTreeMap<String, Output> {
    let value = |change: OutputChange| change.after.filter(template::is_known).or(change.before);
    plan.all_outputs()
        .into_iter()
        .filter_map(|(name, change)| Some((name.clone(), output(plan, name, value(change)?, false))))
        .collect()
}

fn output(plan: &Plan, name: &str, value: Value, type_first: bool) -> Output {
    let value = template::is_known(&value).then(|| {
        let declared = plan.expressions.get(name).map(|expression| expression.value_type.clone());
        let implied = || Stored::of(value.clone()).map(|stored| stored.value_type);
        let value_type = if value.is_null() { None } else { declared.or_else(implied) };
        (json::sorted(&value), value_type.unwrap_or_else(|| Value::from("dynamic")))
    });
    Output { sensitive: false, value, type_first }
}
