//! The arguments that several commands share, in groups.

mod edit;
mod lock;
mod offline;
mod operation;
mod variables;

use engine::permissions::Gate;

pub(crate) use edit::{Edit, Ignored};
pub(crate) use lock::Lock;
pub(crate) use offline::Offline;
pub(crate) use operation::{Operation, parallelism};

/// `-no-widening`: what a plan must not widen.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Widening {
    /// Fails if the plan lets somebody do more: everyone (public), also other accounts (accounts), or anybody (any)
    #[arg(
        long,
        value_name = "public|accounts|any",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "any",
        value_parser = gate
    )]
    pub no_widening: Option<Gate>,
}

fn gate(text: &str) -> Result<Gate, &'static str> {
    match text {
        "public" => Ok(Gate::Public),
        "accounts" => Ok(Gate::Accounts),
        "any" => Ok(Gate::Any),
        _ => Err("it must be public, accounts or any"),
    }
}
