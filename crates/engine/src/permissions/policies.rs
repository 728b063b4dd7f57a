//! What changes by policy documents.

use policy::{
    Attachment, Conditions, Element, Kind, Mark, PermissionChange, Policy, Principal, Scope, Witness,
    difference,
};
use serde_json::json;
use terraform::{Attributes, Value};

use super::{Entry, Part, Permission, Sign, is_new, sign_of};

/// What a policy in an attribute decides otherwise.
pub(super) fn of_attribute(part: &Part<'_>, name: &str, kind: Kind) -> Vec<Permission> {
    let (before, after) = part.values(name);
    let account = part.plan.caller.account_id.as_str();
    let Some(changes) = of_policies(before, after, Attachment::to(kind).of(account).guarding(part.guarded))
    else {
        let sentence = "the policy there is now cannot be read, so what its replacement changes is not known";
        return vec![part.undecided(sentence.to_owned())];
    };
    // An inline policy is named beside what it changes: a role has several.
    let source = match (kind, part.schema.part_of) {
        (Kind::Identity, Some(_)) => part.text("name").map(|name| format!(" (inline policy {name})")),
        _ => None,
    };
    let attached = part.role.as_ref().filter(|_| kind == Kind::Identity).map(|role| role.arn.as_str());
    in_lines(changes)
        .into_iter()
        .map(|line| {
            let entries = line.changes.iter().map(|change| Entry::of(change, attached)).collect();
            let own = own_setting(part, &line.changes).map(|setting| format!(" ({setting})"));
            let sentence =
                format!("{}{}{}", line.text, source.as_deref().unwrap_or_default(), own.unwrap_or_default());
            part.permission(line.sign, sentence, entries)
        })
        .collect()
}

/// The setting whose statements alone these changes are about.
fn own_setting<'a>(part: &Part<'a>, changes: &[PermissionChange]) -> Option<&'a str> {
    let mut own = part.plan.own_statements.iter().filter(|own| own.address == part.change.address).peekable();
    let setting = own.peek()?.setting.as_str();
    let names: Vec<&String> = own.map(|own| &own.sid).collect();
    let sids = || changes.iter().flat_map(|change| &change.sids);
    (sids().next().is_some() && sids().all(|sid| names.contains(&sid))).then_some(setting)
}

/// What a change of one policy text means; `None` when one of them cannot be read as a policy.
pub fn of_policies(
    before: Option<&Value>,
    after: Option<&Value>,
    attachment: Attachment<'_>,
) -> Option<Vec<PermissionChange>> {
    let read = |value: Option<&Value>| match value.and_then(Value::as_str) {
        Some(text) => Policy::parse(text).map(Some),
        None => Ok(None),
    };
    let (before, after) = (read(before).ok()?, read(after).ok()?);
    Some(difference(before.as_ref(), after.as_ref(), attachment))
}

/// Changes of a policy as lines: the sign, what is dangerous, and the sentence.
pub fn lines(changes: Vec<PermissionChange>) -> Vec<(Sign, Vec<Mark>, String)> {
    let marks = |line: &Line| {
        let gains = line.changes.iter().filter(|change| change.widens());
        gains.flat_map(|change| change.marks.iter().copied()).collect()
    };
    in_lines(changes).into_iter().map(|line| (line.sign, marks(&line), line.text)).collect()
}

/// Changes that are one thing to a reader: what some principals had, and what they have instead.
struct Line {
    sign: Sign,
    text: String,
    changes: Vec<PermissionChange>,
}

fn in_lines(changes: Vec<PermissionChange>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut rest: Vec<PermissionChange> = changes.into_iter().map(without_everything).collect();
    while !rest.is_empty() {
        let first = rest.remove(0);
        let fits = |other: &PermissionChange| {
            !other.is_undecided()
                && !first.is_undecided()
                && other.scope.principals == first.scope.principals
                && other.effect == first.effect
                && is_new(other) != is_new(&first)
                && first.kept.is_empty()
                && other.kept.is_empty()
                && (other.scope.actions == first.scope.actions
                    || other.scope.conditions == first.scope.conditions)
        };
        match rest.iter().position(fits) {
            Some(at) => {
                let second = rest.remove(at);
                let (old, new) = if is_new(&first) { (second, first) } else { (first, second) };
                lines.push(Line { sign: Sign::Both, text: instead(&old, &new), changes: vec![old, new] });
            }
            None => {
                let text = first.to_string();
                lines.push(Line { sign: sign_of(&first), text, changes: vec![first] });
            }
        }
    }
    lines
}

/// What is there instead of what there was: `eks.amazonaws.com: kms:Decrypt if A -> if B`.
fn instead(old: &PermissionChange, new: &PermissionChange) -> String {
    let (lost, gained) = (old.to_string(), new.to_string());
    let (lost, gained): (Vec<&str>, Vec<&str>) = (lost.split(' ').collect(), gained.split(' ').collect());
    // Both begin with the same principals, and then the verb of their direction.
    let who = common(&lost, &gained);
    let rest = |words: &[&str]| words.iter().skip(who + 1).map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let (lost_rest, gained_rest) = (rest(&lost), rest(&gained));
    let same = common(&lost_rest, &gained_rest);
    let words =
        |words: &[String], from: usize| words.iter().skip(from).cloned().collect::<Vec<_>>().join(" ");
    let who: String = lost.iter().take(who).copied().collect::<Vec<_>>().join(" ");
    let who = if who.is_empty() { who } else { format!("{who}: ") };
    let what = lost_rest.iter().take(same).cloned().collect::<Vec<_>>().join(" ");
    let what = if what.is_empty() { what } else { format!("{what} ") };
    format!("{who}{what}{} -> {}", words(&lost_rest, same), words(&gained_rest, same))
}

/// How many items two lists begin with alike.
fn common<T: PartialEq>(one: &[T], other: &[T]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

/// `on *` says nothing in a policy that belongs to one thing.
fn without_everything(mut change: PermissionChange) -> PermissionChange {
    if change.scope.principals.is_some() {
        shorten(&mut change.scope);
        change.kept.iter_mut().for_each(shorten);
    }
    change
}

fn shorten(scope: &mut Scope) {
    let everything = |resources: &Element<String>| *resources == Element::Only(vec!["*".to_owned()]);
    scope.resources = scope.resources.take().filter(|resources| !everything(resources));
}

/// A principal as a policy writes it.
pub(super) fn written(principal: &Principal) -> String {
    match principal {
        Principal::Everyone => "*".to_owned(),
        Principal::Aws(name)
        | Principal::Service(name)
        | Principal::Federated(name)
        | Principal::CanonicalUser(name) => name.clone(),
    }
}

/// Conditions as a policy writes them.
pub(super) fn conditions(conditions: &Conditions) -> Value {
    let mut block = Attributes::new();
    for test in conditions.tests() {
        let operator = block.entry(&test.operator).or_insert_with(|| json!({}));
        if let Some(keys) = operator.as_object_mut() {
            keys.insert(test.key.clone(), test.values.clone().into());
        }
    }
    Value::Object(block)
}

/// A concrete request as data, as `policy simulate -requests` takes it.
pub(super) fn witness(witness: &Witness) -> Value {
    let context: Attributes = witness
        .context
        .entries()
        .map(|(key, values)| {
            let value = match values {
                [one] => Value::from(one.as_str()),
                several => Value::from(several.to_vec()),
            };
            (key.to_owned(), value)
        })
        .collect();
    let mut fields = Attributes::new();
    if let Some(principal) = &witness.principal {
        let asking = match principal {
            Principal::Everyone => "anonymous".to_owned(),
            other => written(other),
        };
        fields.insert("principal".to_owned(), asking.into());
    }
    fields.insert("action".to_owned(), witness.action.as_str().into());
    fields.insert("resource".to_owned(), witness.resource.as_str().into());
    fields.insert("resource_account".to_owned(), witness.account.as_str().into());
    fields.insert("context".to_owned(), Value::Object(context));
    Value::Object(fields)
}
