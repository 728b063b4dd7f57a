//! `-lock` and `-lock-timeout`.

use std::time::Duration;

use clap::ArgAction;

use crate::flag_value;

/// Whether to lock the state, and how long to wait for it.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Lock {
    /// Goes on without the state lock; dangerous when others may run at the same time
    #[arg(long, action = ArgAction::Set, default_value = "true", value_parser = flag_value::switch)]
    pub lock: bool,
    /// Waits that long for a lock that somebody else holds, for example 30s
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = flag_value::duration)]
    pub lock_timeout: Duration,
}

impl Default for Lock {
    fn default() -> Self {
        Self { lock: true, lock_timeout: Duration::ZERO }
    }
}

impl From<Lock> for engine::LockOptions {
    fn from(flags: Lock) -> Self {
        Self { lock: flags.lock, timeout: flags.lock_timeout }
    }
}
