//! One resource of a plan: sign, address, name in AWS, and the attributes that matter.

use engine::{Action, Change, Reason};
use foundation::{Compare, Removal, Schema, kinds};
use policy::Kind;
use terraform::{Address, Attributes, Value};

use super::name;
use super::permissions;
use super::rows::{INDENT, table};
use super::shared::Shared;
use super::value::{LeafChange, changed_leaves, leaves, text};
use crate::views::palette::{Label, Palette};

/// What a change looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// Made.
    Create,
    /// Changed in place.
    Update,
    /// Left in AWS and recorded no longer.
    Forget,
    /// Removed and made again.
    Replace,
    /// Made, while the old object stays in AWS.
    CreateBeside,
    /// Removed.
    Destroy,
    /// Scheduled for deletion.
    Schedule,
    /// Only recorded.
    Import,
}

impl Sign {
    /// The sign of a change; `None` for one that nobody has to see.
    pub(super) fn of(change: &Change) -> Option<Self> {
        Some(match change.action {
            Action::NoOp if change.import => Self::Import,
            Action::NoOp | Action::Retain => return None,
            Action::Forget => Self::Forget,
            Action::Create => Self::Create,
            Action::Update => Self::Update,
            Action::Replace if change.retain => Self::CreateBeside,
            Action::Replace => Self::Replace,
            Action::Delete if change.retain && change.before.is_some() => Self::Schedule,
            Action::Delete => Self::Destroy,
        })
    }

    fn text(self) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Update => "~",
            Self::Forget => ".",
            Self::Replace => "-/+",
            Self::CreateBeside => "+/.",
            Self::Destroy | Self::Schedule => "-",
            Self::Import => "=",
        }
    }

    fn label(self) -> Label {
        match self {
            Self::Create | Self::CreateBeside => Label::Add,
            Self::Update => Label::Change,
            Self::Replace | Self::Destroy | Self::Schedule => Label::Remove,
            Self::Forget | Self::Import => Label::Keep,
        }
    }

    /// What it means, for the legend.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update in place",
            Self::Forget => "leave in AWS, recorded no longer",
            Self::Replace => "destroy, then create a replacement",
            Self::CreateBeside => "create a new one, leave the old one in AWS",
            Self::Destroy => "destroy",
            Self::Schedule => "schedule for deletion",
            Self::Import => "found: there already, as after a run that was cut off; only recorded",
        }
    }

    /// The sign in its colour, right-aligned to three columns.
    pub(super) fn paint(self, palette: Palette) -> String {
        format!("{:1$}{2}", "", 3 - self.text().len(), palette.paint(self.label(), self.text()))
    }
}

/// A resource's lines.
pub(super) fn render(
    change: &Change,
    sign: Sign,
    common_tags: Option<&Value>,
    shared: &Shared,
    palette: Palette,
) -> String {
    let shown = match sign {
        Sign::Create | Sign::Replace | Sign::CreateBeside => change.after.as_ref(),
        Sign::Update | Sign::Forget | Sign::Destroy | Sign::Schedule | Sign::Import => change.before.as_ref(),
    };
    let mut lines = heading(&change.address, shown.or(change.before.as_ref()), sign, palette);
    if let Some(note) = note(change, sign) {
        lines.push_str(&format!("{:INDENT$}{}\n", "", palette.paint(Label::Faint, &note)));
    }
    lines.push_str(&match sign {
        Sign::Create => created(change, common_tags),
        Sign::Update => table(shared.without(changed(change))),
        Sign::Replace | Sign::CreateBeside => table(changed(change)),
        Sign::Forget | Sign::Destroy | Sign::Schedule | Sign::Import => String::new(),
    });
    lines
}

/// The first line: sign, address, name in AWS.
pub(super) fn heading(
    address: &Address,
    attributes: Option<&Attributes>,
    sign: Sign,
    palette: Palette,
) -> String {
    let name = attributes.and_then(|attributes| name::object(address, attributes));
    let name = name.map(|name| format!("  {name}")).unwrap_or_default();
    format!("{} {}{name}\n", sign.paint(palette), palette.paint(Label::Strong, &address.to_string()))
}

/// What has to be said about a change beyond its attributes.
fn note(change: &Change, sign: Sign) -> Option<String> {
    let schema = schema(&change.address);
    let note = match sign {
        Sign::Create => schema?.making?,
        Sign::Update if change.import => {
            "found: there already, as after a run that was cut off; recorded as well"
        }
        Sign::Update => schema?
            .attributes
            .iter()
            .filter(|attribute| is_changed(change, attribute.name))
            .find_map(|attribute| attribute.changing)?,
        Sign::Replace => match change.reason? {
            Reason::Tainted => "tainted: the state says that it was not made well",
            Reason::Requested => "as asked for with -replace",
            Reason::Dependency => "because what it depends on is replaced",
            Reason::Identity | Reason::Undesired => return None,
        },
        Sign::CreateBeside => {
            let old = name::object(&change.address, change.before.as_ref()?)?;
            return Some(format!(
                "the old one, {old}, stays in AWS with all that is in it; it is recorded no longer"
            ));
        }
        Sign::Forget => match schema?.removal {
            Removal::Retained { because } | Removal::Shared { because } => because,
            Removal::Deleted | Removal::Scheduled { .. } => return None,
        },
        Sign::Destroy if change.before.is_none() => "it is gone from AWS already; only its record is removed",
        _ => return None,
    };
    Some(note.to_owned())
}

fn is_changed(change: &Change, name: &str) -> bool {
    change.differences.iter().any(|difference| difference == name)
}

/// The attributes of a new object that are worth a line.
fn created(change: &Change, common_tags: Option<&Value>) -> String {
    let Some(after) = &change.after else { return String::new() };
    let Some(schema) = schema(&change.address) else { return String::new() };
    let worth = |name: &str, value: &Value| {
        let is_said = name == "tags" && Some(value) == common_tags || schema.is_in_title(name);
        let goes_without_saying = schema.attribute(name).is_some_and(|attribute| {
            attribute.follows.is_some()
                || attribute.for_machines
                || attribute.usual.is_some_and(|usual| usual.is(value))
                || matches!(attribute.compare, Compare::Policy(_))
        });
        !is_said && !goes_without_saying
    };
    let rows = after
        .iter()
        .filter(|(name, value)| worth(name, value))
        .flat_map(|(name, value)| leaves(name, value))
        .map(|leaf| (leaf.path, text(&leaf.value)))
        .collect();
    table(rows)
}

/// The attributes of an object that change, before and after, as rows.
pub(super) fn changed(change: &Change) -> Vec<(String, String)> {
    let value = |attributes: &Option<Attributes>, name: &str| {
        attributes.as_ref().and_then(|attributes| attributes.get(name).cloned()).unwrap_or(Value::Null)
    };
    let mut rows = Vec::new();
    let schema = schema(&change.address);
    let beside = change.retain && change.action == Action::Replace;
    let part = schema.filter(|schema| beside && schema.part_of.is_some());
    // The part of a new object beside an old one differs in what names the whole, and in policies that name it.
    let of_whole = |name: &String| {
        let attribute = part.and_then(|schema| schema.attribute(name));
        attribute.is_some_and(|attribute| {
            attribute.refers_to.is_some() || matches!(attribute.compare, Compare::Policy(_))
        })
    };
    for name in change.differences.iter().filter(|name| !of_whole(name)) {
        let (before, after) = (value(&change.before, name), value(&change.after, name));
        let replaces = schema.is_some_and(|schema| schema.replaces(name));
        let forces = if replaces && change.action == Action::Replace { "  # forces replacement" } else { "" };
        let differences = difference(compare(&change.address, name), name, &before, &after);
        rows.extend(differences.into_iter().map(|(path, text)| (path, format!("{text}{forces}"))));
    }
    rows
}

/// One attribute's change as rows.
pub(super) fn difference(
    compare: Compare,
    name: &str,
    before: &Value,
    after: &Value,
) -> Vec<(String, String)> {
    match compare {
        Compare::Policy(kind) => vec![(name.to_owned(), policy_difference(kind, before, after))],
        Compare::NothingBeyond => vec![(name.to_owned(), members(before, after, false))],
        Compare::Exact | Compare::Set => changed_leaves(name, before, after)
            .into_iter()
            .map(|change| {
                let text = leaf_difference(&change);
                (change.path, text)
            })
            .collect(),
    }
}

fn leaf_difference(change: &LeafChange) -> String {
    match (&change.before, &change.after) {
        (Some(before @ Value::Array(_)), Some(after @ Value::Array(_))) => members(before, after, true),
        (before, after) => {
            let shown = |value: &Option<Value>| value.as_ref().map_or_else(|| "null".to_owned(), text);
            format!("{} -> {}", shown(before), shown(after))
        }
    }
}

/// What of a list goes and what comes.
fn members(before: &Value, after: &Value, additions: bool) -> String {
    let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (before, after) = (items(before), items(after));
    let gone = before.iter().filter(|item| !after.contains(item)).map(|item| format!("- {}", text(item)));
    let come = after
        .iter()
        .filter(|item| additions && !before.contains(item))
        .map(|item| format!("+ {}", text(item)));
    let changes: Vec<String> = gone.chain(come).collect();
    if changes.is_empty() { "(another order)".to_owned() } else { changes.join(", ") }
}

/// How much a policy changes; the sentences stand under "Permissions".
fn policy_difference(kind: Kind, before: &Value, after: &Value) -> String {
    match permissions::of_policies(kind, Some(before), Some(after)) {
        None => "replaces what cannot be read as a policy".to_owned(),
        Some(sentences) if sentences.is_empty() => "other words, the same permissions".to_owned(),
        Some(sentences) => {
            let count = |sign| sentences.iter().filter(|sentence| sentence.sign == sign).count();
            let parts = [
                (count(engine::permissions::Sign::Gain), "+"),
                (count(engine::permissions::Sign::Both), "~"),
                (count(engine::permissions::Sign::Loss), "-"),
            ];
            let parts: Vec<String> = parts
                .iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, sign)| format!("{sign}{count}"))
                .collect();
            format!("{} (see Permissions)", parts.join(" "))
        }
    }
}

/// When two values of an attribute mean the same.
pub(super) fn compare(address: &Address, name: &str) -> Compare {
    schema(address)
        .and_then(|schema| schema.attribute(name))
        .map_or(Compare::Exact, |attribute| attribute.compare)
}

fn schema(address: &Address) -> Option<&'static Schema> {
    kinds::schema_of(address.resource_type())
}
