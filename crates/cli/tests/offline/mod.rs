//! What needs no AWS: usage, settings, local state, plans of a first apply.

mod backend;
mod backend_block;
mod cloudformation;
mod command_line;
mod connections;
mod documents;
mod first_plan;
mod inputs;
mod lint;
mod local_state;
mod marks;
pub(crate) mod place;
mod policies;
mod readers;
mod settings;
mod undecided;
