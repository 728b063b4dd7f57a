//! What goes wrong at a call.

use std::time::Duration;

use crate::fault::Fault;

/// A way in which a run is broken at one of its calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mishap {
    /// Its name on the command line; the letter is its class.
    pub name: &'static str,
    /// What it is, for people.
    pub meaning: &'static str,
    /// What the proxy does.
    pub fault: Fault,
    /// Whether it is for writes of the state only, and for all of them from that one on.
    pub state_only: bool,
}

const fn at_call(name: &'static str, meaning: &'static str, fault: Fault) -> Mishap {
    Mishap { name, meaning, fault, state_only: false }
}

const fn at_state(name: &'static str, meaning: &'static str, fault: Fault) -> Mishap {
    Mishap { name, meaning, fault, state_only: true }
}

/// All of them.
pub const MISHAPS: [Mishap; 14] = [
    at_call("a", "kill -9, call sent and not executed", Fault::KillBefore),
    at_call("b", "kill -9, call executed and not answered", Fault::KillAfter),
    at_call("c1", "connection cut, not executed", Fault::CutBefore),
    at_call("c2", "connection cut, executed", Fault::CutAfter),
    at_call("d1", "throttled", Fault::Throttle),
    at_call("d2", "500, not executed", Fault::ServerError(500)),
    at_call("d3", "503, not executed", Fault::ServerError(503)),
    at_call("d4", "no answer until timeout, not executed", Fault::SilenceBefore),
    at_call("d5", "no answer until timeout, executed", Fault::SilenceAfter),
    at_call("e1", "SIGINT", Fault::Interrupt),
    at_call("e2", "SIGTERM", Fault::Terminate),
    at_state("f1", "state refused from here on, 403", Fault::Refuse(403, "AccessDenied")),
    at_state("f2", "state refused from here on, 412", Fault::Refuse(412, "PreconditionFailed")),
    at_state("f3", "state refused from here on, 500", Fault::ServerError(500)),
];

impl Mishap {
    /// Answers those of a name (`c1`) or a class (`c`).
    pub fn named(name: &str) -> Vec<Self> {
        MISHAPS.into_iter().filter(|mishap| mishap.name == name || mishap.class() == name).collect()
    }

    /// Answers the letter of its class.
    pub fn class(&self) -> &'static str {
        self.name.get(..1).unwrap_or_default()
    }

    /// Whether the client has to wait for its own timeout.
    pub fn is_silent(&self) -> bool {
        matches!(self.fault, Fault::SilenceBefore | Fault::SilenceAfter)
    }

    /// Answers how long a run may take until it counts as hung.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(if self.is_silent() { 240 } else { 120 })
    }
}
