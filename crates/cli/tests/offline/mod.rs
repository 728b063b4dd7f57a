//! What needs no AWS: usage, settings, local state, plans of a first apply.

mod backend;
mod backend_block;
mod cloudformation;
mod command_line;
mod connections;
mod documents;
mod first_plan;
mod inputs;
mod local_state;
pub(crate) mod place;
mod policies;
mod readers;
mod settings;
