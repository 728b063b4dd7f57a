//! `-no-widening`.

use engine::permissions::Gate;

/// What a plan must not widen.
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
