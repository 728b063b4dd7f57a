//! The proxy: listens on loopback, and decides for each call whether it is passed on, broken, or answered here.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::answer::Answer;
use crate::call::Call;
use crate::connection;
use crate::consistency::Newborns;
use crate::error::Error;
use crate::fault::{Fault, Rule};
use crate::http::Message;
use crate::journal::{Entry, Journal};
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
enum Upstream {
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

pub(crate) struct Shared {
    upstream: Mutex<Upstream>,
    pub options: Options,
    pub stopping: AtomicBool,
    started: Instant,
    rules: Mutex<Rules>,
    newborns: Mutex<Option<Newborns>>,
    journal: Mutex<Journal>,
    recorded: Mutex<Tape>,
    victim: Victim,
    open: Mutex<usize>,
    idle: Condvar,
}

/// A running proxy; dropping it stops it.
pub struct Proxy {
    shared: Arc<Shared>,
    address: SocketAddr,
    listener: Option<thread::JoinHandle<()>>,
}

impl Proxy {
    /// Listens on a free loopback port before an emulator.
    ///
    /// # Errors
    /// No port, or the journal cannot be written.
    pub fn start(upstream: SocketAddr, options: Options) -> Result<Self, Error> {
        Self::listen(Upstream::Emulator(upstream), options)
    }

    /// Listens on a free loopback port and answers what was recorded.
    ///
    /// # Errors
    /// As [`Proxy::start`].
    pub fn replay(tape: Tape, options: Options) -> Result<Self, Error> {
        Self::listen(Upstream::Tape(tape), options)
    }

    fn listen(upstream: Upstream, options: Options) -> Result<Self, Error> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = socket.local_addr()?;
        let shared = Arc::new(Shared {
            upstream: Mutex::new(upstream),
            stopping: AtomicBool::new(false),
            started: Instant::now(),
            rules: Mutex::default(),
            newborns: Mutex::new(options.consistency.map(Newborns::new)),
            journal: Mutex::new(Journal::open(options.journal.as_deref())?),
            recorded: Mutex::default(),
            victim: Victim::default(),
            open: Mutex::new(0),
            idle: Condvar::new(),
            options,
        });
        let accepting = Arc::clone(&shared);
        let listener = thread::spawn(move || {
            for stream in socket.incoming() {
                if accepting.stopping.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let shared = Arc::clone(&accepting);
                thread::spawn(move || connection::serve(&shared, &stream));
            }
        });
        Ok(Self { shared, address, listener: Some(listener) })
    }

    /// Answers the URL for `AWS_ENDPOINT_URL`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Passes on to another emulator from now on.
    pub fn aim(&self, upstream: SocketAddr) {
        *lock(&self.shared.upstream) = Upstream::Emulator(upstream);
    }

    /// Adds a rule. The first rule that strikes decides; all rules count.
    pub fn arm(&self, rule: Rule) {
        lock(&self.shared.rules).rules.push(rule);
    }

    /// Adds a hook, which is asked before the rules. It runs under a lock: it must not call the proxy.
    pub fn on(&self, hook: impl FnMut(&Call) -> Verdict + Send + 'static) {
        lock(&self.shared.rules).hooks.push(Box::new(hook));
    }

    /// Names the process that `Kill…`, `Interrupt` and `Terminate` strike. A strike waits for it for up to ten seconds.
    pub fn victim(&self, pid: u32) {
        *lock(&self.shared.victim.pid) = Some(pid);
        self.shared.victim.named.notify_all();
    }

    /// Forgets rules, hooks, victim, newborn objects and the journal, and counts calls from 1 again.
    pub fn reset(&self) {
        *lock(&self.shared.rules) = Rules::default();
        *lock(&self.shared.victim.pid) = None;
        *lock(&self.shared.newborns) = self.shared.options.consistency.map(Newborns::new);
        *lock(&self.shared.recorded) = Tape::default();
        lock(&self.shared.journal).clear();
    }

    /// Waits until no call is under way (one second at most for each that is), as after a victim's death.
    pub fn settle(&self) {
        let mut open = lock(&self.shared.open);
        while *open > 0 {
            let (guard, wait) = self
                .shared
                .idle
                .wait_timeout(open, Duration::from_secs(1))
                .unwrap_or_else(PoisonError::into_inner);
            open = guard;
            if wait.timed_out() {
                return;
            }
        }
    }

    /// Answers the calls that are over, by order of arrival. The last answer reaches the client a moment before its
    /// entry is in the journal: [`Proxy::settle`] first.
    pub fn journal(&self) -> Vec<Entry> {
        lock(&self.shared.journal).entries()
    }

    /// Answers what was recorded since the start or the last reset.
    pub fn tape(&self) -> Tape {
        lock(&self.shared.recorded).clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        let woken = TcpStream::connect(self.address).is_ok();
        if let (true, Some(listener)) = (woken, self.listener.take()) {
            let _ended = listener.join();
        }
    }
}

impl Shared {
    /// Answers the time since the start.
    pub fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Names and counts a call and answers what is to be done to it.
    pub fn arrive(&self, request: &Message) -> (Call, Verdict) {
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
    pub fn leave(&self, entry: Entry) {
        lock(&self.journal).record(entry);
        *lock(&self.open) -= 1;
        self.idle.notify_all();
    }

    /// Gets the answer to a call that is passed on.
    pub fn upstream(&self, call: &Call, request: &Message) -> Result<Message, Error> {
        let address = match &mut *lock(&self.upstream) {
            Upstream::Emulator(address) => *address,
            Upstream::Tape(tape) => return Ok(tape.replay(call)),
        };
        connection::exchange(address, request)
    }

    /// Answers the refusal of a call that needs an object not yet visible.
    pub fn refuse(&self, call: &Call) -> Option<Answer> {
        lock(&self.newborns).as_ref()?.refuse(call, Instant::now())
    }

    /// Takes note of an executed call, and hides from its answer what is not yet visible.
    pub fn executed(&self, call: &Call, answer: &mut Message) {
        if let Some(newborns) = lock(&self.newborns).as_mut() {
            newborns.note(call, answer, Instant::now());
            newborns.hide(call, answer, Instant::now());
        }
        if self.options.record {
            lock(&self.recorded).record(call, answer);
        }
    }

    /// Sends the victim a signal; after a SIGKILL it is forgotten, as its number may go to another process.
    pub fn strike(&self, signal: rustix::process::Signal) {
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

#[cfg(test)]
mod tests;
