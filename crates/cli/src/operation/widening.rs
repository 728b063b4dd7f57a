//! Stops a plan that lets somebody do more.

use engine::Plan;
use engine::permissions::{Gate, Permission, permissions, widening};
use terraform::Diagnostic;

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
    let mut lines: Vec<String> = stopped.iter().take(LISTED).map(|permission| line(permission)).collect();
    if stopped.len() > LISTED {
        lines.push(format!("… and {} more", stopped.len() - LISTED));
    }
    let first = match plan.prior.serial {
        0 => "\nA first apply always does: it makes the roles and the policies.",
        _ => "",
    };
    let detail = format!(
        "With -no-widening nothing is applied that lets {whom} do more than now:\n{}{first}",
        lines.join("\n")
    );
    let summary = format!("The plan lets {whom} do more");
    Err(CliError::from(
        Diagnostic::error(summary, detail).hint("have it approved, then run it again without -no-widening"),
    ))
}

fn line(permission: &Permission) -> String {
    format!("+ {}: {}", permission.address, one_line(&permission.sentence))
}
