//! What people see, in a terminal of 80 and of 120 columns. Each screen is a command in the state that the one before left:
//! add one to the list of its theme, look at it in a real terminal, and accept its snapshot.

mod all_clear;
pub(crate) mod common;
mod screen;
mod waiting;
