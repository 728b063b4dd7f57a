//! Stops a plan that lets somebody do more.

use engine::Plan;
use engine::permissions::{Gate, Permission, permissions, widening};
use terraform::Diagnostic;
use terraform::hcl_text::quoted;

use crate::error::CliError;
use crate::text::one_line;

/// The most changes that are listed.
const LISTED: usize = 20;

/// Refuses a plan that a gate stops.
///
/// # Errors
/// What widens.
pub(crate) fn refuse_widening(plan: &Plan, gate: Option<Gate>) -> Result<(), CliError> {
    let Some(gate) = gate else { return Ok(()) };
    let all = permissions(plan);
    let stopped = widening(&all, gate);
    if stopped.is_empty() {
        return Ok(());
    }
    let whom = match gate {
        Gate::Public => "everyone",
        Gate::Accounts => "everyone or another account",
        Gate::Any => "somebody",
    };
    let (foreign, stopped): (Vec<&Permission>, Vec<&Permission>) =
        stopped.into_iter().partition(|permission| permission.accepted_by.is_some());
    if stopped.is_empty() {
        return Err(standing(&foreign, whom));
    }
    let also = if foreign.is_empty() {
        String::new()
    } else {
        format!("\nAlready, by others and not accepted:\n{}", lines(&foreign))
    };
    let first = match plan.prior.serial {
        0 => "\nA first apply always does: it makes the roles and the policies.",
        _ => "",
    };
    let detail = format!(
        "With -no-widening nothing is applied that lets {whom} do more than now:\n{}{first}{also}",
        lines(&stopped)
    );
    let summary = format!("The plan lets {whom} do more");
    Err(CliError::from(
        Diagnostic::error(summary, detail).hint("have it approved, then run it again without -no-widening"),
    ))
}

/// The error where nothing widens and what others did stands.
fn standing(foreign: &[&Permission], whom: &str) -> CliError {
    let detail = format!(
        "With -no-widening nothing is applied beside what others did and nobody accepted. It lets {whom} do more than the \
         settings say:\n{}",
        lines(foreign)
    );
    let entries: Vec<String> =
        foreign.iter().filter_map(|permission| permission.accepted_by.as_deref()).map(quoted).collect();
    let entries = entries.join(", ");
    CliError::from(
        Diagnostic::error(format!("What others did lets {whom} do more"), detail)
            .hint(format!("take it away, or accept what is wanted: accepted = [{entries}]")),
    )
}

fn lines(permissions: &[&Permission]) -> String {
    let mut lines: Vec<String> = permissions.iter().take(LISTED).map(|permission| line(permission)).collect();
    if permissions.len() > LISTED {
        lines.push(format!("… and {} more", permissions.len() - LISTED));
    }
    lines.join("\n")
}

fn line(permission: &Permission) -> String {
    format!("+ {}: {}", permission.address, one_line(&permission.sentence))
}
