//! The state in users' hands: edited, pushed, kept in workspaces.

mod editing;
mod migration;
mod workspaces;
