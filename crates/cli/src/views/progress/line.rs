//! The lines themselves, in Terraform's words.

use std::time::Duration;

use engine::{Action, Step};

use crate::text::{clean, span};
use crate::views::palette::{Label, Palette};
use crate::views::stream::deed;

/// `[7/21] aws_kms_key.main: Creation complete after 1s`: the line of the step that was the seventh of 21 to end.
pub(super) fn counted(line: &str, (ended, total): (usize, usize)) -> String {
    format!("[{ended}/{}] {line}", total.max(ended))
}

/// `aws_kms_key.main: Creating...`
pub(super) fn started(step: &Step, palette: Palette) -> String {
    format!("{}: {}...", address(step, palette), deed(step.action).doing())
}

/// `aws_kms_key.main: Still creating... [00m10s elapsed]`
pub(super) fn still(step: &Step, elapsed: Duration, palette: Palette) -> String {
    let doing = deed(step.action).doing().to_lowercase();
    let (minutes, seconds) = (elapsed.as_secs() / 60, elapsed.as_secs() % 60);
    format!("{}: Still {doing}... [{minutes:02}m{seconds:02}s elapsed]", address(step, palette))
}

/// `aws_kms_key.main: Creation complete after 1s [id=1234abcd]`
pub(super) fn completed(step: &Step, elapsed: Duration, palette: Palette) -> String {
    // Only a new object has an id that nobody knows yet, and only one that was drawn says more than its name.
    let drawn = step.id.as_deref().is_some_and(|id| uuid::Uuid::try_parse(id).is_ok());
    let id = if step.action == Action::Create && drawn { id(step) } else { String::new() };
    format!("{}: {} complete after {}{id}", address(step, palette), deed(step.action).noun(), span(elapsed))
}

/// `aws_kms_key.main: Creation errored after 4s`
pub(super) fn failed(step: &Step, elapsed: Duration, palette: Palette) -> String {
    let errored = format!("{} errored", deed(step.action).noun());
    format!("{}: {} after {}", address(step, palette), palette.paint(Label::Error, &errored), span(elapsed))
}

/// The line that moves: `aws_kms_key.main: Creating... 3s`
pub(super) fn running(step: &Step, elapsed: Duration, palette: Palette) -> String {
    format!("{}: {}... {}", address(step, palette), deed(step.action).doing(), span(elapsed))
}

fn address(step: &Step, palette: Palette) -> String {
    palette.paint(Label::Strong, &step.address.to_string())
}

fn id(step: &Step) -> String {
    step.id.as_deref().map(|id| format!(" [id={}]", clean(id))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(action: Action, id: Option<&str>) -> Step {
        Step { address: "aws_kms_key.main".parse().unwrap(), action, id: id.map(str::to_owned) }
    }

    const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    #[test]
    fn lines_are_terraforms() {
        let seconds = Duration::from_secs;
        let palette = Palette::PLAIN;
        let create = step(Action::Create, None);
        let created = step(Action::Create, Some(KEY));
        let update = step(Action::Update, Some("1234abcd"));
        let delete = step(Action::Delete, Some("1234abcd"));
        for (line, expected) in [
            (started(&create, palette), "aws_kms_key.main: Creating..."),
            (still(&create, seconds(10), palette), "aws_kms_key.main: Still creating... [00m10s elapsed]"),
            (
                completed(&created, seconds(1), palette),
                "aws_kms_key.main: Creation complete after 1s [id=1234abcd-12ab-34cd-56ef-1234567890ab]",
            ),
            (failed(&create, seconds(4), palette), "aws_kms_key.main: Creation errored after 4s"),
            (started(&update, palette), "aws_kms_key.main: Modifying..."),
            (still(&update, seconds(130), palette), "aws_kms_key.main: Still modifying... [02m10s elapsed]"),
            (completed(&update, seconds(0), palette), "aws_kms_key.main: Modifications complete after 0s"),
            (started(&delete, palette), "aws_kms_key.main: Destroying..."),
            (completed(&delete, seconds(64), palette), "aws_kms_key.main: Destruction complete after 1m4s"),
            (failed(&delete, seconds(3700), palette), "aws_kms_key.main: Destruction errored after 1h1m40s"),
            (counted("x: Creation complete after 1s", (7, 21)), "[7/21] x: Creation complete after 1s"),
            (running(&create, seconds(3), palette), "aws_kms_key.main: Creating... 3s"),
        ] {
            assert_eq!(line, expected);
        }
    }

    #[test]
    fn colour_changes_no_letter() {
        let step = step(Action::Create, Some("x\u{1b}[2J"));
        let coloured = failed(&step, Duration::ZERO, Palette::new(true));
        assert!(coloured.contains("\u{1b}[1;31m"));
        assert!(!completed(&step, Duration::ZERO, Palette::PLAIN).contains('\u{1b}'));
    }
}
