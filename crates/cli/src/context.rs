//! What every command has: the terminal and the environment.

use crate::environment::Environment;
use crate::views::Terminal;

/// What every command has.
#[derive(Debug)]
pub struct Context {
    /// Where it prints.
    pub terminal: Terminal,
    /// The environment variables.
    pub environment: Environment,
}
