//! An adoption: what was found and why, what is missing, what an apply would change and what that is good for.

mod faithful;

use std::path::Path;

use engine::adoption::{Adoptee, Evidence, Outcome};
use engine::{Action, Change, Reason};
use foundation::settings::Profile;
use foundation::{addresses, improvement, kinds};
use terraform::Diagnostic;

pub(crate) use self::faithful::{ACCEPTED, Faithful};

use super::diagnostics;
use super::palette::{Label, Palette};
use super::plan::{self, name};
use crate::text::{clean, counted, fit, wrap, wrap_hanging};
use crate::typed::quoted;

/// How far what is said about an object is indented.
const INDENT: usize = 6;

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AdoptionView<'a> {
    /// What was found.
    pub adoptees: &'a [Adoptee],
    /// What comes of it.
    pub outcome: &'a Outcome,
    /// Where it was found.
    pub source: &'a str,
    /// The profile of the settings. What the document's profile wants otherwise improves nothing.
    pub profile: Profile,
    /// The settings that keep everything as it is.
    pub kept_by: &'a Faithful,
    /// Whether `-faithful` was given.
    pub faithful: bool,
    /// Whether another state goes on recording the objects.
    pub read_only: bool,
    /// The deployment whose state is lost, if `-deployment` was given.
    pub lost: Option<&'a str>,
    /// How the log bucket's name begins.
    pub bucket_prefix: &'a str,
}

/// The adoption before anybody is asked. Ends with a newline.
pub(crate) fn render(view: &AdoptionView<'_>, palette: Palette, width: Option<usize>) -> String {
    let outcome = view.outcome;
    let heading = |text: String| format!("{}\n\n", palette.paint(Label::Strong, &text));
    let mut text = String::new();
    if !view.adoptees.is_empty() {
        text.push_str(&heading(format!("Found in {}:", clean(view.source))));
        for adoptee in view.adoptees {
            text.push_str(&found(adoptee, outcome, palette, width));
        }
        text.push('\n');
    }
    if !outcome.parts.is_empty() {
        text.push_str(&heading("Found with them in the account:".to_owned()));
        let parts = outcome.plan.changes.iter().filter(|change| outcome.parts.contains(&change.address));
        parts.for_each(|change| text.push_str(&line(change, Label::Keep, "=", palette)));
        text.push('\n');
    }
    text.push_str(&missing(view, palette));
    text.push_str(&later(view, palette, width));
    text.push_str(&plan::findings::effects(&outcome.plan, palette, width));
    text.push_str(&plan::findings::listed(&outcome.plan, false, palette, width));
    text.push_str(&view.kept_by.render(palette));
    text.push_str(&diagnostics::render(&warnings(view), palette, width));
    text.push_str(&verdict(outcome, palette));
    fit(&text, width)
}

impl AdoptionView<'_> {
    /// Whether the code that made the objects runs with this very state.
    pub(crate) fn leaves_armed(&self) -> bool {
        !self.read_only && self.adoptees.iter().any(|adoptee| adoptee.from.is_some())
    }
}

/// What is said when the state is written, and kept as it was in `backup`. Ends with a newline.
pub(crate) fn conclusion(
    view: &AdoptionView<'_>,
    backup: Option<&Path>,
    palette: Palette,
    width: Option<usize>,
) -> String {
    let taken = counted(view.outcome.taken(view.adoptees), "object");
    let gone = match view.outcome.gone.len() {
        0 => String::new(),
        gone => format!(" Gone in AWS, and so not recorded: {}.", counted(gone, "object")),
    };
    let done = format!("Adopted {taken}.{gone} The state is written; nothing in AWS was touched.");
    let mut text = format!("\n{}\n", palette.paint(Label::Success, &done));
    if let Some(backup) = backup {
        text.push_str(&format!("The state as it was is kept in {}.\n", backup.display()));
    }
    let recorded: Vec<&str> = view.adoptees.iter().filter_map(|adoptee| adoptee.from.as_deref()).collect();
    if view.read_only && !recorded.is_empty() {
        let why = format!(
            "{} still records them. Before anybody runs Terraform with it, let it forget them (AWS is not touched):",
            view.source
        );
        text.push_str(&format!("\n{}\n\n    terraform state rm", wrap(&clean(&why), width)));
        recorded.iter().for_each(|address| text.push_str(&format!(" \\\n      {}", quoted(&clean(address)))));
        text.push('\n');
    }
    if view.leaves_armed() {
        text.push_str(&stop(&counted(recorded.len(), "object"), palette, width));
    }
    let kept = !view.outcome.plan.is_applyable() && view.outcome.in_the_way.is_empty();
    let next = match (view.faithful, kept) {
        (true, true) => {
            "write the settings above into terraform.tfvars to keep everything as it is; without them underpin plan shows the improvements"
        }
        (true, false) => {
            "underpin plan -var=profile=document shows what that profile would change, underpin plan what the settings would without it"
        }
        (false, _) => "underpin plan",
    };
    text.push_str(&format!("\n{} {next}\n", palette.paint(Label::Help, "help:")));
    fit(&text, width)
}

/// What has to be done about the code that made the objects, before anybody runs it again.
fn stop(objects: &str, palette: Palette, width: Option<usize>) -> String {
    let why = format!(
        "the code that made these objects still runs with this state. Its next apply would make {objects} a second time, and \
         destroy what underpin records now. Before anybody runs it:"
    );
    let steps = [
        "take the module call and the backend out of that code; what else it holds needs a state of its own first",
        "or let it go on with this state: underpin export terraform DIR",
        "never use terraform state rm, removed or moved on this state: they would take underpin's records away",
    ];
    let steps: String = steps.iter().map(|step| format!("  - {}\n", wrap_hanging(step, 4, width))).collect();
    let stop = palette.paint(Label::Warning, "STOP:");
    format!("\n{stop} {}\n{steps}\nThe next apply asks once whether that is done.\n", wrap(&why, width))
}

/// An object that was found: where, and by what it is known.
fn found(adoptee: &Adoptee, outcome: &Outcome, palette: Palette, width: Option<usize>) -> String {
    let known = match &adoptee.evidence {
        Evidence::Name => "known by its name".to_owned(),
        Evidence::Lead(phrase) => phrase.clone(),
        Evidence::Identity(deployment) => format!("its tag underpin:deployment is {deployment}"),
        Evidence::PartOf(whole) => format!("it belongs to {whole}"),
    };
    let gone = if outcome.gone.contains(&adoptee.address) { "; it is gone in AWS" } else { "" };
    let from = adoptee.from.as_ref().map(|from| format!("{from}: ")).unwrap_or_default();
    let why = wrap_hanging(&clean(&format!("{from}{known}{gone}")), INDENT, width);
    let object = name::object(&adoptee.address, &adoptee.attributes);
    let object = object.map(|name| format!("  {}", clean(&name))).unwrap_or_default();
    let sign = palette.paint(Label::Keep, "=");
    let address = palette.paint(Label::Strong, &adoptee.address.to_string());
    format!("  {sign} {address}{object}\n{:INDENT$}{}\n", "", palette.paint(Label::Faint, &why))
}

fn line(change: &Change, label: Label, sign: &str, palette: Palette) -> String {
    let object = plan::object_name(change).map(|name| format!("  {}", clean(&name))).unwrap_or_default();
    let address = palette.paint(Label::Strong, &change.address.to_string());
    format!("  {} {address}{object}\n", palette.paint(label, sign))
}

/// Why the hardened profile wants something otherwise.
fn reason(view: &AdoptionView<'_>, change: &Change, attribute: Option<&str>) -> Option<&'static str> {
    match view.profile {
        Profile::Hardened => improvement(change.address.resource_type(), attribute),
        Profile::Document => None,
    }
}

/// What there is not, and an apply would make.
fn missing(view: &AdoptionView<'_>, palette: Palette) -> String {
    let created = view.outcome.plan.changes.iter().filter(|change| change.action == Action::Create);
    let mut lines = String::new();
    for change in created {
        lines.push_str(&line(change, Label::Add, "+", palette));
        if let Some(reason) = reason(view, change, None) {
            lines.push_str(&format!("{:INDENT$}{}\n", "", palette.paint(Label::Faint, reason)));
        }
    }
    if lines.is_empty() {
        return lines;
    }
    format!("{}\n\n{lines}\n", palette.paint(Label::Strong, "Missing; an apply would make:"))
}

/// What an apply would change, and why.
fn later(view: &AdoptionView<'_>, palette: Palette, width: Option<usize>) -> String {
    let heading = match view.profile {
        Profile::Hardened => "An apply would change:",
        Profile::Document => "An apply with profile = \"document\" would change:",
    };
    let mut lines = String::new();
    for change in &view.outcome.plan.changes {
        let (label, sign) = match change.action {
            Action::Update => (Label::Change, "~"),
            Action::Replace => (Label::Remove, "-/+"),
            Action::Delete => (Label::Remove, "-"),
            Action::NoOp | Action::Retain | Action::Forget | Action::Create => continue,
        };
        lines.push_str(&line(change, label, sign, palette));
        for attribute in &change.differences {
            let reason = reason(view, change, Some(attribute)).unwrap_or("as the settings say");
            let text = wrap_hanging(&format!("{attribute}: {reason}"), INDENT, width);
            lines.push_str(&format!("{:INDENT$}{text}\n", ""));
        }
    }
    if lines.is_empty() {
        return lines;
    }
    format!("{}\n\n{lines}\n", palette.paint(Label::Strong, heading))
}

/// What stands in the way of an apply, and what it would make anew.
fn warnings(view: &AdoptionView<'_>) -> Vec<Diagnostic> {
    let outcome = view.outcome;
    let foreign = outcome.in_the_way.iter().map(|(address, foreign)| {
        let detail = format!(
            "It would be recorded as {address}, and is not taken over now: {}. An apply stops at it.",
            foreign.owner
        );
        Diagnostic::warning(format!("{} exists, and this state does not record it", foreign.id), detail)
            .about(address.to_string())
            .hint("after this: underpin adopt -from-state=FILE with the state that records it, or underpin adopt if none does")
    });
    let replaced = outcome.plan.changes.iter().filter(|change| change.action == Action::Replace);
    let bucket = outcome
        .plan
        .changes
        .iter()
        .find(|change| change.action == Action::Create && change.address == addresses::bucket());
    let second = view.lost.zip(bucket).map(|(lost, change)| second_bucket(change, lost, view.bucket_prefix));
    let replaced = replaced.map(|change| replaced_object(change, view.adoptees));
    foreign.chain(replaced).chain(retained_mark(view)).chain(second).collect()
}

/// What is tainted, and retained, is not made anew: the plan warns of it.
fn retained_mark(view: &AdoptionView<'_>) -> Option<Diagnostic> {
    let is_kept = |adoptee: &&Adoptee| adoptee.tainted && addresses::is_retained(&adoptee.address);
    let kept =
        view.adoptees.iter().filter(is_kept).filter(|adoptee| !view.outcome.gone.contains(&adoptee.address));
    let kept: Vec<String> = kept.map(|adoptee| adoptee.address.to_string()).collect();
    if kept.is_empty() {
        return None;
    }
    let detail = format!(
        "The state that records {} says that it was not made well. An apply does not replace what holds the audit logs or is \
         needed to read them.",
        kept.join(", ")
    );
    let commands: Vec<String> = kept.iter().map(|address| format!("underpin untaint {address}")).collect();
    let hint = format!("if it is well, after the adoption: {}", commands.join("; "));
    Some(Diagnostic::warning("What is retained is tainted, and not replaced", detail).hint(hint))
}

/// The bucket of a deployment whose state is lost has a name that only the trail, or its maker, can tell.
fn second_bucket(change: &Change, lost: &str, prefix: &str) -> Diagnostic {
    let new = plan::object_name(change).unwrap_or_default();
    let detail = format!(
        "A bucket is found through the trail that delivers into it, or by its whole name. If deployment {lost} has a log bucket, \
         an apply would make a second one, {new}."
    );
    Diagnostic::warning("The log bucket was not found", detail).about(change.address.to_string()).hint(
        format!(
            "look whether one is called {prefix}SUFFIX (aws s3 ls); if so: underpin adopt -deployment={lost} \
         -var=cloudtrail_bucket_suffix=SUFFIX, and keep that setting"
        ),
    )
}

fn replaced_object(change: &Change, adoptees: &[Adoptee]) -> Diagnostic {
    let address = &change.address;
    let adoptee = adoptees.iter().find(|adoptee| adoptee.address == *address);
    let (why, hint) = match (change.reason, adoptee.and_then(|adoptee| adoptee.from.as_deref())) {
        (Some(Reason::Tainted), from) => (
            "the state that records it says that it is tainted, not made well".to_owned(),
            format!(
                "if it is well, before the adoption: terraform untaint {}",
                quoted(from.unwrap_or_default())
            ),
        ),
        (Some(Reason::Dependency), _) => {
            ("what it depends on is replaced".to_owned(), "see to that first".to_owned())
        }
        _ => (
            lasting(change).join(", "),
            "where a setting says it, as iam_path a role's path, change that; otherwise choose another project_name or \
             environment, or give what there is another name"
                .to_owned(),
        ),
    };
    let detail = format!("With these settings an apply would replace {address}, because of: {why}.");
    Diagnostic::warning("An object would be replaced", detail).about(address.to_string()).hint(hint)
}

/// The arguments of a change that an object keeps for life; all of them, where it has none such.
fn lasting(change: &Change) -> Vec<&str> {
    let schema = kinds::schema_of(change.address.resource_type());
    let differences = || change.differences.iter().map(String::as_str);
    let lasting: Vec<&str> =
        differences().filter(|name| schema.is_some_and(|schema| schema.replaces(name))).collect();
    if lasting.is_empty() { differences().collect() } else { lasting }
}

fn verdict(outcome: &Outcome, palette: Palette) -> String {
    let counts = outcome.plan.counts();
    if outcome.plan.is_applyable() {
        format!("After this: {}\n", plan::count(&counts))
    } else {
        format!(
            "After this: {}\n",
            palette.paint(Label::Success, "no changes. What there is matches the settings.")
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use engine::{Goal, Observation};
    use serde_json::json;

    use super::*;
    use crate::views::sample::{applied, foundation};

    /// What is shown and said of objects that are as the hardened profile has them, under another profile.
    fn texts(profile: Profile, settings: serde_json::Value) -> (String, String) {
        let mut world = applied(json!({}));
        world.blueprint = foundation(settings);
        let outcome = Outcome {
            plan: world.plan(Goal::Apply),
            state: world.state,
            parts: Vec::new(),
            gone: Vec::new(),
            in_the_way: Vec::new(),
            observation: Observation::default(),
        };
        let kept_by = Faithful { settings: BTreeMap::new(), plan: outcome.plan.clone() };
        let view = AdoptionView {
            adoptees: &[],
            outcome: &outcome,
            source: "the account",
            profile,
            kept_by: &kept_by,
            faithful: true,
            read_only: true,
            lost: None,
            bucket_prefix: "genai-artos-production-cloudtrail-logs-",
        };
        (render(&view, Palette::PLAIN, None), conclusion(&view, None, Palette::PLAIN, None))
    }

    #[test]
    fn what_the_documents_profile_would_weaken_is_not_called_an_improvement() {
        let (shown, said) = texts(Profile::Document, json!({"profile": "document"}));
        assert!(shown.contains("An apply with profile = \"document\" would change:"), "{shown}");
        assert!(shown.contains("policy: as the settings say"), "{shown}");
        assert!(!shown.contains("nobody reads or writes without TLS"), "{shown}");
        assert!(!shown.contains("confused deputy"), "{shown}");
        assert!(!said.contains("keep everything as it is"), "{said}");
        assert!(said.contains("underpin plan -var=profile=document"), "{said}");
    }

    #[test]
    fn everything_is_kept_only_where_nothing_would_change() {
        let (shown, said) = texts(Profile::Hardened, json!({}));
        assert!(shown.contains("no changes"), "{shown}");
        assert!(said.contains("to keep everything as it is"), "{said}");
    }
}
