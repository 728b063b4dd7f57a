//! What `-json` prints while plan, apply and destroy run: Terraform's messages, from the same values as the text.

mod outcome;
mod plan;
#[cfg(test)]
mod tests;

use engine::{Action, Step};
use terraform::ui_stream::{Deed, Hook, Message};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

pub(crate) use self::outcome::conclusion;
pub(crate) use self::plan::{plan, saved_plan};

/// RFC 3339 with microseconds.
const TIMESTAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// A message as a line of now.
pub(crate) fn line(message: &Message) -> String {
    message.to_line(&OffsetDateTime::now_utc().format(TIMESTAMP).unwrap_or_default())
}

/// What a step does to which object.
pub(crate) fn hook(step: &Step) -> Hook<'_> {
    Hook { address: &step.address, deed: deed(step.action), id: step.id.as_deref() }
}

/// What is done to an object by an action, in Terraform's words.
pub(crate) fn deed(action: Action) -> Deed {
    match action {
        Action::Create | Action::Replace => Deed::Create,
        Action::Delete => Deed::Delete,
        Action::Update | Action::NoOp | Action::Retain | Action::Forget => Deed::Update,
    }
}
