//! Makes and shows a plan.

mod file;
mod leftovers;
mod offline;
mod planning;
mod refresh_messages;

use std::collections::{BTreeMap, BTreeSet};

use engine::{Cloud, Goal, LockOptions, Observation, Options, Plan};
use foundation::{AccountId, Blueprint};
use terraform::{Address, Diagnostic, Severity, State};
use time::OffsetDateTime;
use time::macros::format_description;

pub(crate) use self::file::{Source, read, unusable, write};
pub(crate) use self::offline::{OfflineOptions, OfflinePlan};
pub(crate) use self::planning::{Drawn, Planning};

use self::leftovers::leftovers;
use self::refresh_messages::RefreshMessages;
use crate::configuration::Variables;
use crate::context::Context;
use crate::error::CliError;
use crate::interrupts::Interrupts;
use crate::views::plan::{self, PlanContext};
use crate::views::whereabouts::Whereabouts;
use crate::views::{Terminal, stream};

/// How a plan is made and shown.
#[derive(Clone, Debug)]
pub(crate) struct PlanOptions {
    /// `-var` and `-var-file`.
    pub variables: Variables,
    /// Whether to ask for settings that have no value.
    pub input: bool,
    /// How to lock.
    pub lock: LockOptions,
    /// The account that the credentials must belong to.
    pub expect_account_id: Option<AccountId>,
    /// What to plan.
    pub request: Request,
    /// Whether to show only the summaries of warnings.
    pub compact_warnings: bool,
}

/// What is asked of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Whether what is recorded is read in AWS.
    pub refresh: bool,
    /// What for, and of what.
    pub options: Options,
    /// How many resources are changed at once.
    pub parallelism: usize,
    /// How many are read at once.
    pub reads: usize,
}

/// Today in UTC, `YYYY-MM-DD`.
fn today() -> Option<String> {
    OffsetDateTime::now_utc().date().format(format_description!("[year]-[month]-[day]")).ok()
}

/// A plan, and what is to be said of what there is.
struct Planned {
    /// The plan.
    plan: Plan,
    /// What somebody else did to the foundation.
    remarks: Vec<Diagnostic>,
}

/// Reads AWS, unless told otherwise, and plans.
///
/// # Errors
/// A state of another account, reads that failed, an interrupt, and what is in the way.
async fn make_plan(
    cloud: &dyn Cloud,
    state: &State,
    blueprint: &Blueprint,
    request: &Request,
    (interrupts, terminal): (&Interrupts, &Terminal),
) -> Result<Planned, CliError> {
    same_account(state, blueprint)?;
    let cloud = &RefreshMessages { cloud, terminal };
    terminal.waits().will_read(to_read(state, blueprint, request.refresh));
    let observation = match (request.refresh, request.options.goal) {
        (true, _) => {
            interrupts.or_interrupted(engine::refresh(cloud, state, blueprint, request.reads)).await?
        }
        (false, Goal::Apply) => {
            interrupts.or_interrupted(engine::search(cloud, state, blueprint, request.reads)).await?
        }
        (false, _) => Observation::of_state(state),
    };
    let options = Options { today: today(), ..request.options.clone() };
    let plan = engine::plan(blueprint, state, &observation, &options)?;
    let (refused, doubtful): (Vec<_>, Vec<_>) =
        engine::refusals(&plan, &blueprint.standing(options.today.as_deref()).collect::<Vec<_>>())
            .into_iter()
            .partition(|finding| finding.severity == Severity::Error);
    if !refused.is_empty() {
        return Err(CliError::from(refused));
    }
    let unheard = unheard(blueprint, &observation, request.options.goal);
    let (unheard, unknown): (Vec<_>, Vec<_>) =
        unheard.into_iter().partition(|finding| finding.severity == Severity::Error);
    if !unheard.is_empty() {
        return Err(CliError::from(unheard));
    }
    let observed: BTreeMap<_, _> = observation
        .objects
        .keys()
        .filter_map(|address| Some((address.clone(), observation.attributes(address)?.clone())))
        .collect();
    let mut remarks = foundation::review::orphans(blueprint, &observed);
    remarks.extend(unknown);
    remarks.extend(doubtful);
    remarks.extend(foundation::review::unconfirmed(&observed));
    remarks.extend(plan.review.warnings());
    remarks.extend(leftovers(state));
    remarks.extend(engine::adoption::is_armed(state).then(old_code));
    Ok(Planned { plan, remarks })
}

/// What keeps the user's own topic from hearing, where alerts are to go to it.
fn unheard(blueprint: &Blueprint, observation: &Observation, goal: Goal) -> Vec<Diagnostic> {
    match (&blueprint.own_topic, &observation.topic) {
        (Some(topic), Some(facts)) if goal == Goal::Apply => {
            foundation::review::topic::unheard(topic, facts, &blueprint.caller)
        }
        _ => Vec::new(),
    }
}

/// The code that a state was taken over from may still run with it.
fn old_code() -> Diagnostic {
    Diagnostic::warning(
        "The old code may still run with this state",
        "This state was taken over from code that ran with it. Its next apply would make everything a second time, and destroy \
         what underpin records.",
    )
    .hint("take the module call and the backend out of that code; the next apply asks once whether that is done")
}

/// How many objects are read: what is recorded, unless it is taken as it is, and what is wanted beyond it.
fn to_read(state: &State, blueprint: &Blueprint, refresh: bool) -> usize {
    let recorded: BTreeSet<Address> = engine::observation::managed(state).collect();
    let wanted = blueprint.resources.iter().filter(|resource| !recorded.contains(&resource.address)).count();
    if refresh { recorded.len() + wanted } else { wanted }
}

/// With credentials of another account everything recorded would look gone, be made anew there, and be forgotten here.
pub(super) fn same_account(state: &State, blueprint: &Blueprint) -> Result<(), CliError> {
    let recorded = engine::observation::recorded_account(state);
    let actual = blueprint.outputs.get("aws_account_id").and_then(|output| output.value.as_str());
    match (recorded, actual) {
        (Some(recorded), Some(actual)) if recorded != actual => {
            let detail = format!(
                "What the state records is in account {recorded}; the credentials belong to account {actual}. Nothing was \
                 read or changed."
            );
            let hint = format!(
                "use credentials of account {recorded}, for example with AWS_PROFILE; or give account {actual} a state of \
                 its own: another `key` in the backend file, then underpin init -reconfigure"
            );
            Err(CliError::from(Diagnostic::error("The state belongs to another account", detail).hint(hint)))
        }
        _ => Ok(()),
    }
}

/// What is shown of a plan beside it.
pub(crate) struct Shown<'a> {
    /// Where it is for.
    pub whereabouts: &'a Whereabouts,
    /// What to warn about.
    pub warnings: &'a [Diagnostic],
    /// Whether to show only the summaries of warnings.
    pub compact_warnings: bool,
    /// Where the plan was saved, as the user named it.
    pub saved_to: Option<&'a str>,
}

/// Prints a plan with its warnings, as text or as messages.
pub(crate) fn describe(plan: &Plan, shown: &Shown<'_>, context: &Context) {
    let compact = |warning: &Diagnostic| Diagnostic::warning(&warning.summary, "");
    let warnings: Vec<Diagnostic> = match shown.compact_warnings {
        true => shown.warnings.iter().map(compact).collect(),
        false => context.terminal.typed().findings(shown.warnings.to_vec()),
    };
    if context.terminal.takes_messages() {
        context.terminal.send(&[shown.whereabouts.message()]);
        context.terminal.send(&stream::plan(plan));
        context.terminal.report(&[plan::findings::diagnostics(plan), warnings].concat());
        return;
    }
    let view = PlanContext {
        whereabouts: Some(shown.whereabouts),
        warnings: &warnings,
        saved_to: shown.saved_to,
        today: Some(OffsetDateTime::now_utc().date()),
        width: context.terminal.width(),
        compact: shown.compact_warnings,
        in_automation: context.environment.in_automation(),
        typed: Some(context.terminal.typed()),
    };
    context.terminal.write(&plan::render(plan, &view, context.terminal.palette()));
}
