//! Statements of somebody else's that a plan takes out of a policy, and the setting that keeps them.

use foundation::settings::DEPLOYMENT;
use foundation::{Blueprint, kinds};
use policy::{Policy, Statement};
use terraform::{Address, Attributes, State, Value};

use crate::observation::recorded;
use crate::plan::{Action, Change, Effect};

/// The settings that hold statements, by the type of the resource whose policy they stand in.
const SETTINGS: [(&str, &str, &str); 2] = [
    ("aws_kms_key", "key_policy_statements", "the key's policy"),
    ("aws_s3_bucket_policy", "bucket_policy_statements", "the log bucket's policy"),
];

/// What the changes take out of policies that somebody else wrote into them.
pub(super) fn taken_out(changes: &[Change], blueprint: &Blueprint, state: &State) -> Vec<Effect> {
    changes.iter().filter_map(|change| of_change(change, blueprint, state)).collect()
}

fn of_change(change: &Change, blueprint: &Blueprint, state: &State) -> Option<Effect> {
    let (_, setting, whose) =
        SETTINGS.into_iter().find(|(resource_type, ..)| *resource_type == change.address.resource_type())?;
    if change.action != Action::Update || !change.differences.iter().any(|name| name == "policy") {
        return None;
    }
    let before = policy(change.before.as_ref()?)?;
    let after = policy(change.after.as_ref()?)?;
    let written = recorded(state, &change.address).filter(|_| is_marked(state, &change.address));
    let written = written.and_then(|record| policy(&record));
    let stays = |statement: &Statement| {
        let named = |sid: &String| blueprint.statement_names.contains(sid);
        let within = |policy: &Policy| policy.statements.iter().any(|one| same(one, statement));
        statement.sid.as_ref().is_some_and(named) || within(&after) || written.as_ref().is_some_and(within)
    };
    let going: Vec<&Statement> = before.statements.iter().filter(|statement| !stays(statement)).collect();
    if going.is_empty() {
        return None;
    }
    let own = blueprint.own_statements.iter().filter(|own| own.setting == setting);
    let own = own.filter_map(|own| {
        after.statements.iter().find(|statement| statement.sid.as_deref() == Some(own.sid.as_str()))
    });
    let kept: Vec<Statement> = own.cloned().chain(named(&going, &before)).collect();
    let value = serde_json::from_str(&Policy::new(kept).to_json()).ok()?;
    let value: Value = Value::get(&value, "Statement")?.clone();
    let names: Vec<String> = going.iter().map(|statement| name(statement)).collect();
    let sentence = format!("what somebody else wrote into {whose} goes: {}", names.join(", "));
    Some(Effect { address: change.address.clone(), sentence, kept_by: Some((setting.to_owned(), value)) })
}

/// The statements under names by which the settings can keep them.
fn named<'a>(going: &'a [&Statement], before: &'a Policy) -> impl Iterator<Item = Statement> + 'a {
    let taken = |name: &str| before.statements.iter().any(|one| one.sid.as_deref() == Some(name));
    let mut free = (1..).map(|number| format!("Kept{number}")).filter(move |name| !taken(name));
    going.iter().map(move |statement| {
        let mut statement = (*statement).clone();
        if statement.sid.as_deref().is_none_or(str::is_empty) {
            statement.sid = free.next();
        }
        statement
    })
}

fn name(statement: &Statement) -> String {
    match statement.sid.as_deref().filter(|sid| !sid.is_empty()) {
        Some(sid) => format!("statement `{sid}`"),
        None => "a statement without a name".to_owned(),
    }
}

/// Whether two statements say the same, whatever they are called.
fn same(one: &Statement, other: &Statement) -> bool {
    let alone = |statement: &Statement| Policy::new([statement.clone()]).unnamed();
    alone(one).means_the_same(&alone(other))
}

fn policy(attributes: &Attributes) -> Option<Policy> {
    Policy::parse(attributes.get("policy")?.as_str()?).ok()
}

/// Whether underpin wrote what the state records: it or what it is a part of carries the deployment's mark.
fn is_marked(state: &State, address: &Address) -> bool {
    let marked = |address: &Address| {
        let record = recorded(state, address)?;
        let tags = record.get("tags_all").or_else(|| record.get("tags"))?;
        Some(tags.get(DEPLOYMENT).is_some())
    };
    let whole = kinds::schema_of(address.resource_type()).and_then(|schema| schema.part_of);
    let whole = whole.map(|resource_type| Address::new(resource_type, address.name()));
    marked(whole.as_ref().unwrap_or(address)).unwrap_or_default()
}
