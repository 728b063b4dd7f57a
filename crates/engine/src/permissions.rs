//! Who can do what after a plan that could not before, and the other way round: everything that changes it, whichever
//! attribute decides it. Pure.

mod foreign;
mod gate;
mod logs;
mod policies;
mod roles;

use foundation::{Compare, Power, Schema, guarded, kinds};
use policy::{Direction, Effect, Kind, Mark, PermissionChange};
use serde_json::json;
use terraform::{Address, Attributes, Value};

use crate::plan::{Action, Change, Plan};
use crate::template::is_known;

pub use self::gate::{Gate, widening};
pub use self::policies::{lines, of_policies};
use self::roles::Role;

/// A change of what somebody can do, as a sentence and as data.
#[derive(Clone, Debug, PartialEq)]
pub struct Permission {
    /// What it is about.
    pub subject: Subject,
    /// The resource whose change brings it about.
    pub address: Address,
    /// More, less, or both.
    pub sign: Sign,
    /// What is dangerous about it, the worst first.
    pub marks: Vec<Mark>,
    /// What changes.
    pub sentence: String,
    /// The same as data, gain by gain and loss by loss.
    pub entries: Vec<Entry>,
    /// The entry of `accepted` that names it, where it is somebody else's and stands already.
    pub accepted_by: Option<String>,
}

/// What is protected by a policy, or acts under one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The key at an address.
    Key(String),
    /// The role of a name.
    Role(String),
    /// The managed policy of a name.
    Policy(String),
    /// The bucket of a name.
    Bucket(String),
    /// The topic of an ARN, or whose policy is at an address.
    Topic(String),
    /// The trail of a name.
    Trail(String),
}

/// Whether somebody can do more or less than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// More.
    Gain,
    /// Something else.
    Both,
    /// Less.
    Loss,
}

/// One gain or loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Whether somebody can do more.
    pub is_gain: bool,
    /// Whether an `Allow` or a `Deny` comes or goes.
    pub effect: Effect,
    /// Who; `null` for whoever a policy is attached to or has the action anyway.
    pub principal: Value,
    /// What.
    pub actions: Vec<String>,
    /// On what.
    pub resources: Vec<String>,
    /// Under which conditions, as a policy writes them.
    pub conditions: Value,
    /// What is dangerous about it.
    pub marks: Vec<Mark>,
    /// The name of the statement.
    pub sid: Value,
    /// A request that was refused before and is allowed after, where a policy decides it.
    pub witness: Value,
    /// Why it is not known whether it is so; empty if it is.
    pub undecided: Vec<String>,
}

/// Everything that a plan changes, the most dangerous first.
pub fn permissions(plan: &Plan) -> Vec<Permission> {
    let roles = roles::Roles::of(plan);
    let guarded = guarded_by(plan);
    let mut all: Vec<Permission> = Vec::new();
    for change in &plan.changes {
        let Some(schema) = kinds::schema_of(change.address.resource_type()) else { continue };
        for part in parts(change, schema, &roles, &guarded) {
            all.extend(of_part(&part));
        }
    }
    all.extend(foreign::of_findings(plan));
    all.sort_by_key(|permission| (permission.subject.clone(), permission.rank()));
    all
}

/// What the audit logs hang on, as it is and as it shall be.
fn guarded_by(plan: &Plan) -> Vec<String> {
    let objects = plan.changes.iter().flat_map(|change| {
        let states = [change.before.as_ref(), change.after.as_ref()];
        states.into_iter().flatten().map(|object| (change.address.resource_type(), object))
    });
    objects.flat_map(|(kind, object)| guarded(kind, object, plan.caller.partition)).collect()
}

/// What becomes of one object, or of one of the two that a replacement is about.
struct Part<'a> {
    change: &'a Change,
    schema: &'static Schema,
    before: Option<&'a Attributes>,
    after: Option<&'a Attributes>,
    /// The role that it is, or whose part it is.
    role: Option<Role>,
    /// Whether the role is another one after the change.
    moves: bool,
    plan: &'a Plan,
    /// What holds the audit logs.
    guarded: &'a [String],
}

/// A change as its parts. What belongs to a role that becomes another one ends with the old and begins with the new.
fn parts<'a>(
    change: &'a Change,
    schema: &'static Schema,
    roles: &roles::Roles<'a>,
    guarded: &'a [String],
) -> Vec<Part<'a>> {
    let plan = roles.plan;
    let part =
        |before, after, role, moves| Part { change, schema, before, after, role, moves, plan, guarded };
    let (before, after) = match change.action {
        Action::NoOp | Action::Retain | Action::Forget => return Vec::new(),
        // A retained object that is replaced stays as it is, and one that is scheduled for deletion loses its use.
        Action::Replace if change.retain => (None, change.after.as_ref()),
        Action::Delete if change.retain => (change.before.as_ref(), change.before.as_ref()),
        _ => (change.before.as_ref(), change.after.as_ref()),
    };
    let old = before.and_then(|before| roles.before(schema, before));
    let new = after.and_then(|after| roles.after(schema, after));
    match (&old, &new) {
        (Some(one), Some(other)) if one.arn != other.arn => {
            vec![part(before, None, old, true), part(None, after, new, true)]
        }
        _ => vec![part(before, after, new.or(old), false)],
    }
}

fn of_part(part: &Part<'_>) -> Vec<Permission> {
    let mut all = Vec::new();
    if part.moves {
        all.extend(roles::moved(part));
    }
    for attribute in part.schema.attributes {
        if let Compare::Policy(kind) = attribute.compare {
            all.extend(policies::of_attribute(part, attribute.name, kind));
        }
        match attribute.power {
            Some(Power::Boundary) => all.extend(roles::boundary(part, attribute.name)),
            Some(Power::Managed) => all.extend(roles::managed(part, attribute.name)),
            Some(Power::OnlyManaged) => all.extend(roles::taken_away(part, attribute.name, "managed policy")),
            Some(Power::OnlyInline) => all.extend(roles::taken_away(part, attribute.name, "inline policy")),
            Some(Power::InstanceRole) => all.extend(roles::instances(part, attribute.name)),
            Some(power) if !part.whole_is_new() => {
                all.extend(logs::of_attribute(part, attribute.name, power));
            }
            Some(_) => {}
            None => {}
        }
    }
    all
}

impl Part<'_> {
    /// Whether it is a part of what the plan makes: nobody had anything there that could be lost.
    fn whole_is_new(&self) -> bool {
        let whole = self.plan.changes.iter().find(|change| {
            Some(change.address.resource_type()) == self.schema.part_of
                && self.change.depends_on.contains(&change.address)
        });
        whole.is_some_and(|whole| matches!(whole.action, Action::Create | Action::Replace))
    }

    /// A value before and after.
    fn values(&self, name: &str) -> (Option<&Value>, Option<&Value>) {
        (value_of(self.before, name), value_of(self.after, name))
    }

    /// A text before and after.
    fn texts(&self, name: &str) -> (Option<&str>, Option<&str>) {
        let (before, after) = self.values(name);
        (text_of(before), text_of(after))
    }

    /// A text as it will be, or as it was.
    fn text(&self, name: &str) -> Option<String> {
        let (before, after) = self.texts(name);
        after.or(before).map(str::to_owned)
    }

    /// What a sentence about it stands under.
    fn subject(&self) -> Subject {
        if let Some(role) = &self.role {
            return Subject::Role(role.name.clone());
        }
        let whole = self.schema.naming_whole().and_then(|attribute| self.text(attribute.name));
        match self.schema.policies().next().map(|(_, kind)| kind) {
            Some(Kind::Key) => Subject::Key(self.change.address.to_string()),
            // An ARN that AWS has not given yet names nobody.
            Some(Kind::Topic) => match whole.filter(|arn| is_known(&Value::from(arn.as_str()))) {
                Some(arn) => Subject::Topic(arn),
                None => Subject::Topic(self.change.address.to_string()),
            },
            Some(Kind::Identity) => Subject::Policy(self.text("name").unwrap_or_default()),
            _ => Subject::Bucket(whole.unwrap_or_default()),
        }
    }

    fn permission(&self, sign: Sign, sentence: String, entries: Vec<Entry>) -> Permission {
        let mut marks: Vec<Mark> = entries
            .iter()
            .filter(|entry| entry.is_gain)
            .flat_map(|entry| entry.marks.iter().copied())
            .collect();
        marks.sort_unstable();
        marks.dedup();
        Permission {
            subject: self.subject(),
            address: self.change.address.clone(),
            sign,
            marks,
            sentence,
            entries,
            accepted_by: None,
        }
    }

    /// A change that no policy document decides.
    fn stated(&self, is_gain: bool, sentence: String, entry: Stated<'_>) -> Permission {
        let sign = if is_gain { Sign::Gain } else { Sign::Loss };
        let entry = Entry {
            is_gain,
            effect: Effect::Allow,
            principal: entry.principal.map(Value::from).unwrap_or_default(),
            actions: entry.actions.iter().map(|action| (*action).to_owned()).collect(),
            resources: entry.resources,
            conditions: json!({}),
            marks: entry.marks.iter().copied().filter(|_| is_gain).collect(),
            sid: Value::Null,
            witness: Value::Null,
            undecided: Vec::new(),
        };
        self.permission(sign, sentence, vec![entry])
    }

    /// What may be a gain of anybody's for all that is known.
    fn undecided(&self, sentence: String) -> Permission {
        self.permission(Sign::Gain, sentence.clone(), vec![Entry::unknown(sentence)])
    }
}

fn value_of<'a>(object: Option<&'a Attributes>, name: &str) -> Option<&'a Value> {
    object?.get(name).filter(|value| !value.is_null())
}

fn text_of(value: Option<&Value>) -> Option<&str> {
    value?.as_str().filter(|text| !text.is_empty())
}

/// What is to be said of a change that no policy document decides.
struct Stated<'a> {
    principal: Option<String>,
    actions: &'a [&'a str],
    resources: Vec<String>,
    marks: &'a [Mark],
}

impl Permission {
    /// Gains before losses, marked ones before others.
    fn rank(&self) -> (Sign, bool, Vec<Mark>) {
        (self.sign, self.marks.is_empty(), self.marks.clone())
    }
}

impl Entry {
    /// A gain of whomever, of whatever, that cannot be ruled out.
    fn unknown(why: String) -> Self {
        Self {
            is_gain: true,
            effect: Effect::Allow,
            principal: Value::Null,
            actions: Vec::new(),
            resources: Vec::new(),
            conditions: json!({}),
            marks: Vec::new(),
            sid: Value::Null,
            witness: Value::Null,
            undecided: vec![why],
        }
    }

    /// A change of a policy; `principal` is whom it is attached to where it names none.
    pub fn of(change: &PermissionChange, principal: Option<&str>) -> Self {
        let texts = |items: &Option<policy::Element<String>>| match items {
            Some(policy::Element::Only(items)) => items.clone(),
            Some(policy::Element::AllBut(items)) => items.iter().map(|item| format!("!{item}")).collect(),
            None => Vec::new(),
        };
        let named: Option<Vec<String>> =
            change.scope.principals.as_ref().map(|principals| match principals {
                policy::Element::Only(items) => items.iter().map(policies::written).collect(),
                policy::Element::AllBut(items) => {
                    items.iter().map(|item| format!("!{}", policies::written(item))).collect()
                }
            });
        let principal = match named.as_deref() {
            Some([one]) => Value::from(one.as_str()),
            Some(several) => several.into(),
            None => principal.map(Value::from).unwrap_or_default(),
        };
        Self {
            is_gain: change.widens(),
            effect: change.effect,
            principal,
            actions: texts(&change.scope.actions),
            resources: texts(&change.scope.resources),
            conditions: policies::conditions(&change.scope.conditions),
            marks: change.marks.clone(),
            sid: match change.sids.as_slice() {
                [] => Value::Null,
                [one] => Value::from(one.as_str()),
                several => Value::from(several.join(", ")),
            },
            witness: change.witness.as_ref().map(policies::witness).unwrap_or_default(),
            undecided: change.undecided.iter().map(ToString::to_string).collect(),
        }
    }

    /// As it stands in `permission_changes`.
    pub fn to_json(&self, address: Option<&Address>) -> Value {
        json!({
            "direction": if self.is_gain { "gain" } else { "loss" },
            "effect": self.effect.name(),
            "principal": self.principal,
            "actions": self.actions,
            "resources": self.resources,
            "conditions": self.conditions,
            "marks": self.marks.iter().map(|mark| mark.name()).collect::<Vec<_>>(),
            "sid": self.sid,
            "address": address.map(ToString::to_string),
            "witness": self.witness,
            "undecided": self.undecided,
        })
    }
}

/// `permission_changes` of a plan.
pub fn permission_changes(plan: &Plan) -> Value {
    let all = permissions(plan);
    let entries = all.iter().flat_map(|permission| {
        permission.entries.iter().map(|entry| entry.to_json(Some(&permission.address)))
    });
    entries.collect()
}

/// Whether a policy change makes it possible to do more.
fn sign_of(change: &PermissionChange) -> Sign {
    if change.widens() { Sign::Gain } else { Sign::Loss }
}

/// Whether the new policy has what the old one had not.
fn is_new(change: &PermissionChange) -> bool {
    change.direction == Direction::Gain
}
