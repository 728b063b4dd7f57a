//! What changed outside of underpin: recorded, and now.

use engine::{Action, Change, Drift, Goal, Plan};
use foundation::Compare;
use terraform::{Address, Attributes, Value};

use super::permissions::{self, Sentence};
use super::resource::{Sign, compare, difference, heading};
use super::rows::{INDENT, table};
use super::shared::Shared;
use crate::views::palette::{Label, Palette};

/// The block about drift; empty when there is none.
pub(super) fn block(plan: &Plan, palette: Palette, width: Option<usize>) -> String {
    let drifted: Vec<&Change> = plan.changes.iter().filter(|change| has_drifted(change)).collect();
    if drifted.is_empty() {
        return String::new();
    }
    let title =
        palette.paint(Label::Strong, "Changed outside of underpin since the last apply (recorded -> now):");
    let mut text = format!("{title}\n\n");
    let shared = Shared::of(drifted.iter().filter_map(|change| match &change.drift {
        Some(Drift::Changed(attributes)) => Some((&change.address, rows(&change.address, attributes))),
        Some(Drift::Deleted(_)) | None => None,
    }));
    for change in &drifted {
        text.push_str(&match &change.drift {
            Some(Drift::Deleted(recorded)) => gone(change, recorded, palette),
            Some(Drift::Changed(attributes)) => different(change, attributes, &shared, (palette, width)),
            None => different(change, &[], &shared, (palette, width)),
        });
    }
    text.push_str(&shared.block());
    match consequence(plan.goal, &drifted) {
        Some(consequence) => text.push_str(&format!("\n{consequence}\n\n")),
        None => text.push('\n'),
    }
    text
}

/// What is different of an object, policies aside.
fn rows(address: &Address, attributes: &[(String, Value, Value)]) -> Vec<(String, String)> {
    let rows = attributes.iter().map(|(name, recorded, now)| (compare(address, name), name, recorded, now));
    let plain = rows.filter(|(compare, ..)| !matches!(compare, Compare::Policy(_)));
    plain.flat_map(|(compare, name, recorded, now)| difference(compare, name, recorded, now)).collect()
}

/// Policies that somebody gave a role which shall have none but ours are drift too, recorded or not.
fn has_drifted(change: &Change) -> bool {
    change.drift.is_some() || !change.import && !permissions::foreign_policies(change).is_empty()
}

fn different(
    change: &Change,
    attributes: &[(String, Value, Value)],
    shared: &Shared,
    (palette, width): (Palette, Option<usize>),
) -> String {
    let mut lines = heading(&change.address, change.before.as_ref(), Sign::Update, palette);
    for (name, recorded, now) in attributes {
        let compare = compare(&change.address, name);
        if let Compare::Policy(kind) = compare
            && let Some(sentences) = permissions::of_policies(kind, Some(recorded), Some(now))
        {
            lines.push_str(&format!("{:INDENT$}{name}\n", ""));
            for sentence in &sentences {
                lines.push_str(&permissions::line(sentence, INDENT + 2, palette, width));
            }
        } else {
            lines.push_str(&table(shared.without(difference(compare, name, recorded, now))));
        }
    }
    for policy in permissions::foreign_policies(change) {
        let sentence = Sentence {
            sign: engine::permissions::Sign::Gain,
            marks: Vec::new(),
            text: format!("has been given the {policy}"),
        };
        lines.push_str(&permissions::line(&sentence, INDENT, palette, width));
    }
    lines
}

fn gone(change: &Change, recorded: &Attributes, palette: Palette) -> String {
    let attributes = change.after.as_ref().unwrap_or(recorded);
    let line = heading(&change.address, Some(attributes), Sign::Destroy, palette);
    format!("{}{:INDENT$}it is gone\n", line, "")
}

/// What the plan does about it.
fn consequence(goal: Goal, drifted: &[&Change]) -> Option<&'static str> {
    let repaired = drifted
        .iter()
        .filter(|change| !matches!(change.action, Action::NoOp | Action::Retain | Action::Forget))
        .count();
    match goal {
        Goal::Destroy { .. } | Goal::Refresh => None,
        Goal::Apply if repaired == drifted.len() => Some("Applying this plan puts it back."),
        Goal::Apply if repaired == 0 => Some("It agrees with the settings; only the record changes."),
        Goal::Apply => {
            Some("Applying this plan puts back what does not agree with the settings, and records the rest.")
        }
    }
}
