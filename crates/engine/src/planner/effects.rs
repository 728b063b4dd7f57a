//! What changes do to what is not ours: said before they are done.

use foundation::{Finding, Review, Topic};
use terraform::Value;

use crate::observation::Observation;
use crate::plan::{Action, Change, Effect};

/// What the changes do beside themselves. What goes with an object of ours is no finding any more.
pub(super) fn effects(changes: &[Change], observation: &Observation, review: &mut Review) -> Vec<Effect> {
    let mut effects: Vec<Effect> =
        changes.iter().filter_map(|change| cancelled(change, observation)).collect();
    let mut stays = |finding: &Finding| {
        let change = changes.iter().find(|change| change.address == finding.address);
        let effect = change.filter(|change| goes(change)).and_then(|change| gone_with(change, finding));
        let stays = effect.is_none();
        effects.extend(effect);
        stays
    };
    review.findings.retain(&mut stays);
    review.accepted.retain(&mut stays);
    effects
}

/// Whether the object itself is removed.
fn goes(change: &Change) -> bool {
    matches!(change.action, Action::Delete | Action::Replace) && !change.retain
}

/// What is lost with an object.
fn gone_with(change: &Change, finding: &Finding) -> Option<Effect> {
    let object = finding.object();
    let again = change.action == Action::Replace;
    let sentence = match finding.topic {
        Topic::InstanceProfile => {
            let back = if again { ", and the new one is not put in" } else { "" };
            format!(
                "the role is taken out of the instance profile `{object}`{back}: its instances lose the role's permissions"
            )
        }
        Topic::RolePolicy => {
            let back = if again { ", and the new one does not get it" } else { "" };
            format!("the policy `{object}` of somebody else's goes with the role{back}")
        }
        Topic::Boundary => {
            let back = if again { ", and the new one does not get it" } else { "" };
            format!("the permissions boundary `{object}` of somebody else's goes with the role{back}")
        }
        Topic::Selector | Topic::LogGroup | Topic::Topic | Topic::Insights => {
            format!("what the trail does for others goes with it: {}", finding.sentence)
        }
        Topic::Target => format!("the target `{object}` of somebody else's goes with the rule"),
        Topic::Subscriber => format!("`{object}` hears nothing more: the subscription goes with the topic"),
        _ => return None,
    };
    Some(Effect { address: change.address.clone(), sentence, kept_by: None })
}

/// A deletion that is scheduled and that making the key usable cancels.
fn cancelled(change: &Change, observation: &Observation) -> Option<Effect> {
    let date = observation.attributes(&change.address)?.get("deletion_date").and_then(Value::as_str)?;
    let enables = change.after.as_ref()?.get("is_enabled").and_then(Value::as_bool) == Some(true);
    let sentence = match change.action {
        Action::Update if enables => {
            format!("the key's deletion is scheduled for {date}; this cancels it, and the key works again")
        }
        _ => return None,
    };
    Some(Effect { address: change.address.clone(), sentence, kept_by: None })
}
