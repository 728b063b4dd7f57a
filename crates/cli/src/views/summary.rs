//! How an apply or a destroy went: the counts and outputs, or what failed and what to do next.

use std::collections::BTreeMap;

use engine::{Action, CloudError, Goal, Plan, Report, Step, Stop, StoreError};
use terraform::state::Output;
use terraform::{Address, Diagnostic, output};
use time::Date;

use super::diagnostics;
use super::palette::{Label, Palette};
use super::plan::{kept, object_name};
use crate::error::{Circumstances, cloud, listed, store_finding};
use crate::text;
use crate::text::wrap;
use crate::typed::Typed;

/// A finished apply or destroy (`plan.goal` tells which).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summary<'a> {
    /// What was to be done.
    pub plan: &'a Plan,
    /// What was done.
    pub report: &'a Report,
    /// All outputs as recorded now.
    pub outputs: &'a BTreeMap<String, Output>,
    /// Today in UTC, for the date from which logs are unreadable.
    pub today: Option<Date>,
    /// Set when the state could not be written.
    pub unsaved: Option<Unsaved<'a>>,
    /// What hints are made of.
    pub circumstances: &'a Circumstances,
    /// How commands are typed.
    pub typed: &'a Typed,
}

/// A state that could not be written, and where it was put instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsaved<'a> {
    /// Why.
    pub error: &'a StoreError,
    /// Where it belongs: `s3://bucket/key`.
    pub place: &'a str,
    /// The file that holds it now, `errored.tfstate`; `None` when that failed too and the text was printed.
    pub rescue: Option<&'a str>,
}

impl Summary<'_> {
    /// For stdout; empty when something went wrong.
    pub(crate) fn output(&self, palette: Palette, width: Option<usize>) -> String {
        if self.went_wrong() {
            return String::new();
        }
        match self.plan.goal {
            Goal::Destroy { .. } => self.destroyed(palette, width),
            Goal::Apply | Goal::Refresh => self.applied(palette),
        }
    }

    /// For stderr; empty when everything went well. The last line says what to do next.
    pub(crate) fn errors(&self, palette: Palette, width: Option<usize>) -> String {
        if !self.went_wrong() {
            return String::new();
        }
        let mut text = format!("\n{}", diagnostics::render(&self.findings(), palette, width));
        for sentence in self.not_begun() {
            text.push_str(&format!("{}\n\n", wrap(&sentence, width)));
        }
        text.push_str(&format!("{}\n", self.done_before()));
        text.push_str(&format!("{}\n", palette.paint(Label::Strong, &self.next_step())));
        text
    }

    /// What went wrong, for people: steps that failed alike together.
    pub(crate) fn findings(&self) -> Vec<Diagnostic> {
        let failures = self.failures(&self.circumstances());
        self.typed.findings(self.with_the_rest(failures))
    }

    /// What went wrong, for programs: one finding for each step, about its address.
    pub(crate) fn findings_by_address(&self) -> Vec<Diagnostic> {
        let circumstances = self.circumstances();
        let failures = self.report.failed.iter().map(|(step, error)| Diagnostic {
            subject: Some(step.address.to_string()),
            ..self.failure(&[step], error, &circumstances)
        });
        self.typed.findings(self.with_the_rest(failures.collect()))
    }

    fn circumstances(&self) -> Circumstances {
        Circumstances { command: self.command().to_owned(), ..self.circumstances.clone() }
    }

    /// The steps that failed, and what else went wrong.
    fn with_the_rest(&self, mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        findings.extend(self.unsaved.map(|unsaved| unsaved.finding(&self.circumstances())));
        if findings.is_empty() {
            findings.extend(self.halted());
        }
        findings
    }

    /// What else has to be said after something went wrong: what was not begun, what was done, what to do next.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let mut remarks = self.not_begun();
        remarks.extend([self.done_before(), self.next_step()]);
        remarks
    }

    /// What stays although it was to be destroyed, a sentence each.
    pub(crate) fn kept(&self) -> Vec<String> {
        let kept = kept::changes(self.plan).into_iter();
        let kept: Vec<String> = kept.map(|change| change.address.to_string()).collect();
        let still =
            (!kept.is_empty()).then(|| format!("Still in AWS and in the state: {}.", kept.join(", ")));
        still.into_iter().chain(self.unreadable()).collect()
    }

    /// From when the logs cannot be read any more.
    fn unreadable(&self) -> Option<String> {
        kept::unreadable(self.plan, self.report.key_deletion.as_deref(), self.today)
    }

    /// `Apply complete! Resources: 28 added, 0 changed, 0 destroyed.`
    pub(crate) fn sentence(&self) -> String {
        match self.plan.goal {
            Goal::Destroy { .. } => {
                format!("Destroy complete! Resources: {} destroyed.", self.report.count(Action::Delete))
            }
            Goal::Apply | Goal::Refresh => {
                format!("Apply complete! Resources: {}.", self.counts().join(", "))
            }
        }
    }

    /// Whether anything failed or was left undone.
    pub(crate) fn went_wrong(&self) -> bool {
        !self.report.is_complete() || self.unsaved.is_some()
    }

    fn command(&self) -> &'static str {
        match self.plan.goal {
            Goal::Destroy { delete_key: false } => "destroy",
            Goal::Destroy { delete_key: true } => "destroy -delete-key",
            Goal::Refresh => "apply -refresh-only",
            Goal::Apply => "apply",
        }
    }

    /// `28 added`, `0 changed`, `0 destroyed`, as Terraform counts.
    fn counts(&self) -> Vec<String> {
        let counted = |action, word| format!("{} {word}", self.report.count(action));
        let imported = (self.report.imported > 0).then(|| format!("{} imported", self.report.imported));
        let rest = [
            counted(Action::Create, "added"),
            counted(Action::Update, "changed"),
            counted(Action::Delete, "destroyed"),
        ];
        imported.into_iter().chain(rest).collect()
    }

    fn applied(&self, palette: Palette) -> String {
        let mut text = format!("\n{}\n", palette.paint(Label::Success, &self.sentence()));
        if !self.outputs.is_empty() {
            let title = palette.paint(Label::Success, "Outputs:");
            text.push_str(&format!("\n{title}\n\n{}\n", output::human(self.outputs)));
        }
        text
    }

    fn destroyed(&self, palette: Palette, width: Option<usize>) -> String {
        let kept = kept::changes(self.plan);
        let mut text = String::from("\n");
        if !kept.is_empty() {
            let title = palette.paint(Label::Strong, "Still in AWS and in the state:");
            text.push_str(&format!("{title}\n\n{}\n", kept::list(&kept, palette)));
        }
        if let Some(sentence) = self.unreadable() {
            text.push_str(&format!("{}\n\n", palette.paint(Label::Remove, &wrap(&sentence, width))));
        }
        text.push_str(&format!("{}\n", palette.paint(Label::Success, &self.sentence())));
        text
    }

    fn done_before(&self) -> String {
        let recorded = if self.unsaved.is_some() { "" } else { " and recorded" };
        format!("Done before that{recorded}: {}.", self.counts().join(", "))
    }

    /// One finding for the steps that failed alike.
    fn failures(&self, circumstances: &Circumstances) -> Vec<Diagnostic> {
        let failures = self.report.failed.iter().map(|(step, error)| (step, error));
        cloud::grouped(failures)
            .into_iter()
            .map(|(steps, error)| self.failure(&steps, error, circumstances))
            .collect()
    }

    fn failure(&self, steps: &[&Step], error: &CloudError, circumstances: &Circumstances) -> Diagnostic {
        let finding = cloud::finding(error, circumstances);
        let (doing, subject) = match steps {
            [step] => {
                let change = self.plan.changes.iter().find(|change| change.address == step.address);
                let name = change.and_then(object_name).or_else(|| step.id.clone());
                (format!("{} {} failed", gerund(step.action), step.address), name)
            }
            _ => {
                let addresses: Vec<&Address> = steps.iter().map(|step| &step.address).collect();
                (text::counted(steps.len(), "step") + " failed", Some(listed(&addresses)))
            }
        };
        Diagnostic { summary: format!("{doing}: {}", finding.summary), subject, ..finding }
    }

    /// Why the run ended where no step failed; a lost lock is told of when it is given back.
    fn halted(&self) -> Option<Diagnostic> {
        let why = match &self.report.stopped {
            Some(Stop::LockLost(_)) => return None,
            Some(Stop::LockUnconfirmed) => "The state lock could not be confirmed",
            Some(Stop::Interrupted) | None => "The run was interrupted",
        };
        Some(Diagnostic::error(why, "What was running has ended, and the rest was not begun."))
    }

    /// What was not begun, by reason.
    fn not_begun(&self) -> Vec<String> {
        let mut reasons: BTreeMap<Option<&Address>, Vec<&Address>> = BTreeMap::new();
        for (address, because) in &self.report.skipped {
            reasons.entry(because.as_ref()).or_default().push(address);
        }
        reasons
            .into_iter()
            .map(|(because, addresses)| {
                let because = match because {
                    Some(failed) => format!("because {failed} failed"),
                    None if self.unsaved.is_some() => "because the state could not be saved".to_owned(),
                    None => self.stop().to_owned(),
                };
                let addresses: Vec<String> = addresses.iter().map(|address| address.to_string()).collect();
                format!("Not begun, {because}: {}.", addresses.join(", "))
            })
            .collect()
    }

    fn stop(&self) -> &'static str {
        match &self.report.stopped {
            Some(Stop::LockLost(_)) => "because the state lock was lost",
            Some(Stop::LockUnconfirmed) => {
                "because the store did not answer in time whether the state lock is still held"
            }
            Some(Stop::Interrupted) | None => "because the run was interrupted",
        }
    }

    fn next_step(&self) -> String {
        let again = format!("underpin {} again", self.command());
        let stays = self.report.failed.iter().any(|(_, error)| cloud::stays(error));
        let run = if stays { "When that is seen to, run" } else { "Run" };
        let found = self.unsaved.is_some() && !self.report.done.is_empty();
        let how = if found {
            "it finds by their tags the objects that this run made."
        } else {
            "it goes on from here."
        };
        self.typed.here(&format!("{run} {again}: {how}")).into_owned()
    }
}

impl Unsaved<'_> {
    fn finding(&self, circumstances: &Circumstances) -> Diagnostic {
        let cause = store_finding(self.error, circumstances);
        let (kept, hint) = match self.rescue {
            Some(file) => (
                format!("What was done since the last write is recorded in the file {file} here."),
                self.bring_back(file),
            ),
            None => (
                "The file errored.tfstate could not be written either, so the state was printed: save that text.".to_owned(),
                self.bring_back("SAVED-TEXT"),
            ),
        };
        Diagnostic::error("Failed to save the state", format!("{}: {}.\n\n{kept}", self.place, cause.summary))
            .hint(hint)
    }

    /// The command that puts a rescued state where it belongs.
    fn bring_back(&self, file: &str) -> String {
        if matches!(self.error, StoreError::Moved) {
            return format!(
                "another run wrote the state: do not write over it, and keep {file} until the next apply is through"
            );
        }
        format!(
            "the next run needs no help; to bring the record back all the same, when nobody else has written the state meanwhile: underpin state push {file}"
        )
    }
}

fn gerund(action: Action) -> &'static str {
    match action {
        Action::Create | Action::Replace => "Creating",
        Action::Delete => "Destroying",
        Action::Update | Action::NoOp | Action::Retain | Action::Forget => "Changing",
    }
}

#[cfg(test)]
mod tests;
