//! What a destroy leaves in AWS, why, and what it costs.

use engine::{Action, Change, Goal, Plan};
use foundation::{Removal, addresses, kinds};
use time::{Date, Duration};

use super::name;
use crate::text::counted;
use crate::views::palette::{Label, Palette};

/// What is kept. A key whose deletion is scheduled is not.
pub(crate) fn changes(plan: &Plan) -> Vec<&Change> {
    let kept = |change: &&Change| change.action == Action::Retain && scheduled(change).is_none();
    plan.changes.iter().filter(kept).collect()
}

/// The block about what is kept; empty when there is nothing to say.
pub(crate) fn block(plan: &Plan, palette: Palette) -> String {
    let kept = changes(plan);
    if kept.is_empty() {
        return String::new();
    }
    let title =
        palette.paint(Label::Strong, "Kept in AWS and in the state, so that a later apply goes on with it:");
    let mut text = format!("{title}\n\n{}", list(&kept, palette));
    if plan.goal == (Goal::Destroy { delete_key: false })
        && kept.iter().any(|change| deletion(change).is_some())
    {
        text.push_str("\nTo have the key deleted too, run: underpin destroy -delete-key\n");
    }
    text.push('\n');
    text
}

/// The kept resources, one by one where there is something to say.
pub(crate) fn list(kept: &[&Change], palette: Palette) -> String {
    let mut text = String::new();
    let mut rest = 0;
    for change in kept {
        let Some(reason) = reason(change) else {
            rest += 1;
            continue;
        };
        let attributes = change.after.as_ref().or(change.before.as_ref());
        let name = attributes.and_then(|attributes| name::object(&change.address, attributes));
        let name = name.map(|name| format!("  {name}")).unwrap_or_default();
        let address = palette.paint(Label::Strong, &change.address.to_string());
        text.push_str(&format!("{} {address}{name}\n      {reason}\n", palette.paint(Label::Keep, "  .")));
    }
    if rest > 0 {
        text.push_str(&format!(
            "{} the bucket's {}\n",
            palette.paint(Label::Keep, "  ."),
            counted(rest, "setting")
        ));
    }
    text
}

/// From when the logs cannot be read any more, in sentences; `None` when no key is deleted. `answered` is what AWS said when
/// it was told to delete the key.
pub(crate) fn unreadable(plan: &Plan, answered: Option<&str>, today: Option<Date>) -> Option<String> {
    let goes = |change: &Change| match change.action {
        Action::Delete => true,
        Action::Retain => scheduled(change).is_some(),
        _ => false,
    };
    let key = plan.changes.iter().find(|change| deletion(change).is_some() && goes(change))?;
    let bucket = plan.changes.iter().find(|change| change.address == addresses::bucket());
    let bucket = bucket.and_then(|change| name::object(&change.address, change.before.as_ref()?));
    let logs = bucket.map_or_else(|| "the logs".to_owned(), |bucket| format!("the logs in {bucket}"));
    let scheduled = scheduled(key);
    let said = answered.and_then(|date| date.split('T').next()).or(scheduled);
    let date = said
        .map(str::to_owned)
        .or_else(|| Some(deletion_date(key, today.filter(|_| !plan.unasked))?.to_string()));
    let until = date.map_or_else(
        || {
            let days = counted(window(key) as usize, "day");
            let sooner = if plan.unasked {
                ", or sooner if it is scheduled already, for AWS was not asked"
            } else {
                ""
            };
            format!("{days} after its deletion is scheduled{sooner}")
        },
        |date| format!("from {date} on"),
    );
    let already = scheduled.map_or("", |_| "The deletion of the key is scheduled already. ");
    Some(format!(
        "{already}The key is deleted for good {until}; then nobody can read {logs}, nor anything else it encrypted (EBS \
         volumes, databases, secrets). Before that day, `underpin apply` cancels the deletion."
    ))
}

/// The day for which the deletion of an object is scheduled, as AWS says.
fn scheduled(change: &Change) -> Option<&str> {
    let (date, _) = deletion(change)?;
    change.before.as_ref()?.get(date)?.as_str()?.split('T').next()
}

/// The day that a deletion scheduled today takes effect.
fn deletion_date(change: &Change, today: Option<Date>) -> Option<Date> {
    today?.checked_add(Duration::days(i64::from(window(change))))
}

/// The days between the request and the deletion: KMS takes 30 when nothing is said.
fn window(change: &Change) -> u32 {
    let days = deletion(change).and_then(|(_, window)| change.before.as_ref()?.get(window)?.as_u64());
    days.and_then(|days| u32::try_from(days).ok()).unwrap_or(30)
}

/// The attributes that say when an object is deleted and how long AWS waits, for what is deleted on request.
fn deletion(change: &Change) -> Option<(&'static str, &'static str)> {
    match removal(change)? {
        Removal::Scheduled { date, window, .. } => Some((date, window)),
        Removal::Deleted | Removal::Retained { .. } | Removal::Shared { .. } => None,
    }
}

fn removal(change: &Change) -> Option<Removal> {
    kinds::schema_of(change.address.resource_type()).map(|schema| schema.removal)
}

/// Why something is kept and what it costs; `None` for the settings of a bucket, which cost nothing.
fn reason(change: &Change) -> Option<&'static str> {
    match removal(change)? {
        Removal::Retained { because } | Removal::Scheduled { because, .. } | Removal::Shared { because } => {
            Some(because)
        }
        Removal::Deleted => None,
    }
}
