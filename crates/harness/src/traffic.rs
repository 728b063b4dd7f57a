//! What passes through the proxy: who answers, what is decided of each call, and what is remembered of it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::answer::Answer;
use crate::call::Call;
use crate::consistency::Newborns;
use crate::error::Error;
use crate::fault::{Fault, Rule};
use crate::http::{self, Message};
use crate::journal::{Entry, Journal};
use crate::requests::{self, Requests};
use crate::tape::Tape;

/// How a proxy treats every call.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How long each call waits before it is passed on.
    pub latency: Duration,
    /// For how long after its creation an object is "not found"; `None` for at once visible.
    pub consistency: Option<Duration>,
    /// A file that gets each entry of the journal as a JSON line.
    pub journal: Option<PathBuf>,
    /// Whether answers are kept for a replay.
    pub record: bool,
    /// The directory in which underpin's requests are written down; `None` for the one that [`crate::REQUESTS`] names.
    pub requests: Option<PathBuf>,
}

/// What a hook wants done to a call.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Nothing: the next hook, then the rules, decide.
    Pass,
    /// This fault.
    Fault(Fault),
    /// This answer; the call is not executed.
    Answer(Answer),
}

type Hook = Box<dyn FnMut(&Call) -> Verdict + Send>;

/// Who answers a call that is passed on.
pub(crate) enum Upstream {
    /// An emulator.
    Emulator(SocketAddr),
    /// What one answered before.
    Tape(Tape),
}

/// What is decided on by more than one connection at once.
#[derive(Default)]
struct Rules {
    calls: u64,
    hooks: Vec<Hook>,
    rules: Vec<Rule>,
}

/// The process that faults kill and interrupt.
#[derive(Default)]
struct Victim {
    pid: Mutex<Option<u32>>,
    named: Condvar,
}

pub(crate) struct Traffic {
    upstream: Mutex<Upstream>,
    pub options: Options,
    pub stopping: AtomicBool,
    started: Instant,
    rules: Mutex<Rules>,
    newborns: Mutex<Option<Newborns>>,
    journal: Mutex<Journal>,
    recorded: Mutex<Tape>,
    requests: Option<Requests>,
    victim: Victim,
    open: Mutex<usize>,
    idle: Condvar,
}

impl Traffic {
    /// Nothing has passed yet.
    pub(crate) fn new(upstream: Upstream, options: Options) -> Result<Self, Error> {
        let named = || std::env::var_os(requests::DIRECTORY).map(PathBuf::from);
        let directory = options.requests.clone().or_else(named);
        Ok(Self {
            upstream: Mutex::new(upstream),
            stopping: AtomicBool::new(false),
            started: Instant::now(),
            rules: Mutex::default(),
            newborns: Mutex::new(options.consistency.map(Newborns::new)),
            journal: Mutex::new(Journal::open(options.journal.as_deref())?),
            recorded: Mutex::default(),
            requests: directory.as_deref().map(Requests::open).transpose()?,
            victim: Victim::default(),
            open: Mutex::new(0),
            idle: Condvar::new(),
            options,
        })
    }

    /// Passes on to another emulator from now on.
    pub(crate) fn aim(&self, upstream: SocketAddr) {
        *lock(&self.upstream) = Upstream::Emulator(upstream);
    }

    /// Adds a rule. The first rule that strikes decides; all rules count.
    pub(crate) fn arm(&self, rule: Rule) {
        lock(&self.rules).rules.push(rule);
    }

    /// Adds a hook, which is asked before the rules. It runs under a lock: it must not call the proxy.
    pub(crate) fn on(&self, hook: impl FnMut(&Call) -> Verdict + Send + 'static) {
        lock(&self.rules).hooks.push(Box::new(hook));
    }

    /// Names the process that `Kill…`, `Interrupt` and `Terminate` strike. A strike waits for it for up to ten seconds.
    pub(crate) fn victim(&self, pid: u32) {
        *lock(&self.victim.pid) = Some(pid);
        self.victim.named.notify_all();
    }

    /// Forgets rules, hooks, victim, newborn objects and the journal, and counts calls from 1 again.
    pub(crate) fn reset(&self) {
        *lock(&self.rules) = Rules::default();
        *lock(&self.victim.pid) = None;
        *lock(&self.newborns) = self.options.consistency.map(Newborns::new);
        *lock(&self.recorded) = Tape::default();
        lock(&self.journal).clear();
    }

    /// Waits until no call is under way (one second at most for each that is), as after a victim's death.
    pub(crate) fn settle(&self) {
        let mut open = lock(&self.open);
        while *open > 0 {
            let (guard, wait) =
                self.idle.wait_timeout(open, Duration::from_secs(1)).unwrap_or_else(PoisonError::into_inner);
            open = guard;
            if wait.timed_out() {
                return;
            }
        }
    }

    /// Answers the calls that are over, by order of arrival. The last answer reaches the client a moment before its
    /// entry is in the journal: [`Traffic::settle`] first.
    pub(crate) fn journal(&self) -> Vec<Entry> {
        lock(&self.journal).entries()
    }

    /// Answers what was recorded since the start or the last reset.
    pub(crate) fn tape(&self) -> Tape {
        lock(&self.recorded).clone()
    }

    /// Answers the time since the start.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Names and counts a call and answers what is to be done to it.
    pub(crate) fn arrive(&self, request: &Message) -> (Call, Verdict) {
        if let Some(requests) = &self.requests {
            requests.record(request);
        }
        let mut guard = lock(&self.rules);
        let state = &mut *guard;
        state.calls += 1;
        let call = Call::of(state.calls, request);
        let mut verdict = Verdict::Pass;
        for hook in &mut state.hooks {
            let wanted = hook(&call);
            if matches!(verdict, Verdict::Pass) {
                verdict = wanted;
            }
        }
        for rule in &mut state.rules {
            if let (Some(fault), Verdict::Pass) = (rule.strikes(&call), &verdict) {
                verdict = Verdict::Fault(fault);
            }
        }
        *lock(&self.open) += 1;
        (call, verdict)
    }

    /// Takes a call that is over into the journal.
    pub(crate) fn leave(&self, entry: Entry) {
        lock(&self.journal).record(entry);
        *lock(&self.open) -= 1;
        self.idle.notify_all();
    }

    /// Gets the answer to a call that is passed on.
    pub(crate) fn upstream(&self, call: &Call, request: &Message) -> Result<Message, Error> {
        let address = match &mut *lock(&self.upstream) {
            Upstream::Emulator(address) => *address,
            Upstream::Tape(tape) => return Ok(tape.replay(call)),
        };
        http::exchange(address, request)
    }

    /// Answers the refusal of a call that needs an object not yet visible.
    pub(crate) fn refuse(&self, call: &Call) -> Option<Answer> {
        lock(&self.newborns).as_ref()?.refuse(call, Instant::now())
    }

    /// Takes note of an executed call, and hides from its answer what is not yet visible.
    pub(crate) fn executed(&self, call: &Call, answer: &mut Message) {
        if let Some(newborns) = lock(&self.newborns).as_mut() {
            newborns.note(call, answer, Instant::now());
            newborns.hide(call, answer, Instant::now());
        }
        if self.options.record {
            lock(&self.recorded).record(call, answer);
        }
    }

    /// Sends the victim a signal; after a SIGKILL it is forgotten, as its number may go to another process.
    pub(crate) fn strike(&self, signal: rustix::process::Signal) {
        let pid = lock(&self.victim.pid);
        let (mut pid, _) = self
            .victim
            .named
            .wait_timeout_while(pid, Duration::from_secs(10), |pid| pid.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        let number = pid.and_then(|pid| i32::try_from(pid).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(number) = number {
            let _gone = rustix::process::kill_process(number, signal);
        }
        if signal == rustix::process::Signal::KILL {
            *pid = None;
        }
    }
}

/// Locks; a holder that panicked leaves nothing half-done here.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
