//! The proxy: listens on loopback; each call is passed on, broken, or answered here, as was decided of it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use crate::call::Call;
use crate::connection;
use crate::error::Error;
use crate::fault::Rule;
use crate::journal::Entry;
use crate::tape::Tape;
use crate::traffic::{Options, Traffic, Upstream, Verdict};

/// A running proxy; dropping it stops it.
pub struct Proxy {
    traffic: Arc<Traffic>,
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
        let traffic = Arc::new(Traffic::new(upstream, options)?);
        let accepting = Arc::clone(&traffic);
        let listener = thread::spawn(move || {
            for stream in socket.incoming() {
                if accepting.stopping.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let traffic = Arc::clone(&accepting);
                thread::spawn(move || connection::serve(&traffic, &stream));
            }
        });
        Ok(Self { traffic, address, listener: Some(listener) })
    }

    /// Answers the URL for `AWS_ENDPOINT_URL`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Passes on to another emulator from now on.
    pub fn aim(&self, upstream: SocketAddr) {
        self.traffic.aim(upstream);
    }

    /// Adds a rule. The first rule that strikes decides; all rules count.
    pub fn arm(&self, rule: Rule) {
        self.traffic.arm(rule);
    }

    /// Adds a hook, which is asked before the rules. It runs under a lock: it must not call the proxy.
    pub fn on(&self, hook: impl FnMut(&Call) -> Verdict + Send + 'static) {
        self.traffic.on(hook)
    }

    /// Names the process that `Kill…`, `Interrupt` and `Terminate` strike. A strike waits for it for up to ten seconds.
    pub fn victim(&self, pid: u32) {
        self.traffic.victim(pid);
    }

    /// Forgets rules, hooks, victim, newborn objects and the journal, and counts calls from 1 again.
    pub fn reset(&self) {
        self.traffic.reset();
    }

    /// Waits until no call is under way (one second at most for each that is), as after a victim's death.
    pub fn settle(&self) {
        self.traffic.settle();
    }

    /// Answers the calls that are over, by order of arrival. The last answer reaches the client a moment before its
    /// entry is in the journal: [`Proxy::settle`] first.
    pub fn journal(&self) -> Vec<Entry> {
        self.traffic.journal()
    }

    /// Answers what was recorded since the start or the last reset.
    pub fn tape(&self) -> Tape {
        self.traffic.tape()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.traffic.stopping.store(true, Ordering::Relaxed);
        let woken = TcpStream::connect(self.address).is_ok();
        if let (true, Some(listener)) = (woken, self.listener.take()) {
            let _ended = listener.join();
        }
    }
}

#[cfg(test)]
mod tests;
