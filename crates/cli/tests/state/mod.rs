//! The state in users' hands: edited, pushed, kept in workspaces.

mod bytes;
mod editing;
mod migration;
mod odd;
mod rescue;
mod together;
mod workspaces;
