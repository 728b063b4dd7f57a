//! What a run waits for, on stderr: one line that changes on a terminal, a line now and then elsewhere.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::text::{clean, span};

/// How long a wait has to be before anything is said of it.
const SILENT: Duration = Duration::from_millis(900);

/// How often a pipe is told of a wait that goes on.
const REPEAT: Duration = Duration::from_secs(10);

/// How often waits are looked at.
const TICK: Duration = Duration::from_millis(200);

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    /// `kms:DescribeKey at kms.us-east-1.amazonaws.com`
    pub what: String,
    /// For how long.
    pub time: Duration,
}

/// The line about waits, and what keeps it away.
#[derive(Debug)]
pub(crate) struct Waits {
    /// The columns of a terminal, on which the line moves.
    width: Option<usize>,
    /// Whether the line stands on the terminal.
    drawn: Mutex<bool>,
    /// How many others write to the terminal by themselves now.
    quiet: AtomicUsize,
    /// What is waited for beyond calls, and since when.
    other: Mutex<Option<(String, Instant)>>,
    /// How many objects are read, and how many there are to read.
    read: AtomicUsize,
    total: AtomicUsize,
}

/// Keeps the line away until it is dropped.
#[derive(Debug)]
pub(crate) struct Quiet(Arc<Waits>);

/// A wait for something else than a call, until it is dropped.
#[derive(Debug)]
pub(crate) struct Waiting(Arc<Waits>);

/// Tells of waits until it is dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    waits: Arc<Waits>,
    end: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Waits {
    /// For a terminal of that many columns, or for what is no terminal.
    pub(crate) fn new(width: Option<usize>) -> Self {
        let zero = AtomicUsize::default;
        Self {
            width,
            drawn: Mutex::new(false),
            quiet: zero(),
            other: Mutex::new(None),
            read: zero(),
            total: zero(),
        }
    }

    /// That many objects will be read.
    pub(crate) fn will_read(&self, total: usize) {
        self.read.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// One of them is read.
    pub(crate) fn has_read(&self) {
        self.read.fetch_add(1, Ordering::Relaxed);
    }

    /// Keeps the line away as long as the answer lives.
    pub(crate) fn quiet(self: &Arc<Self>) -> Quiet {
        self.quiet.fetch_add(1, Ordering::Relaxed);
        self.clear();
        Quiet(Arc::clone(self))
    }

    /// Something else than a call is waited for from now on, as long as the answer lives.
    pub(crate) fn wait_for(self: &Arc<Self>, what: &str) -> Waiting {
        *self.other() = Some((what.to_owned(), Instant::now()));
        Waiting(Arc::clone(self))
    }

    /// Takes the line away, before something else is written.
    pub(crate) fn clear(&self) {
        erase(&mut self.drawn());
    }

    /// Tells of what `source` answers from now on.
    pub(crate) fn watch(self: &Arc<Self>, source: impl Fn() -> Option<Wait> + Send + 'static) -> Watch {
        let (end, ended) = mpsc::channel();
        let waits = Arc::clone(self);
        let watch = move || {
            let mut told = Told::default();
            while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                let wait = waits.other_wait().or_else(&source).filter(|wait| wait.time >= SILENT);
                waits.tick(wait, &mut told, Instant::now());
            }
        };
        let thread = std::thread::Builder::new().name("waits".to_owned()).spawn(watch);
        Watch { waits: Arc::clone(self), end: Some(end), thread: thread.ok() }
    }

    fn other(&self) -> MutexGuard<'_, Option<(String, Instant)>> {
        self.other.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn other_wait(&self) -> Option<Wait> {
        self.other().as_ref().map(|(what, since)| Wait { what: what.clone(), time: since.elapsed() })
    }

    fn tick(&self, wait: Option<Wait>, told: &mut Told, now: Instant) {
        let mut drawn = self.drawn();
        if self.quiet.load(Ordering::Relaxed) > 0 {
            return;
        }
        let Some(wait) = wait else { return erase(&mut drawn) };
        let line = self.line(&wait);
        // What cannot be written is dropped: nothing that runs may be cut off by it.
        match self.width {
            Some(width) => {
                let line: String = line.chars().take(width.saturating_sub(1)).collect();
                let _ = write!(io::stderr(), "\r\u{1b}[K{line}");
                let _ = io::stderr().flush();
                *drawn = true;
            }
            None if told.is_due(now) => {
                let _ = writeln!(io::stderr(), "{line}");
            }
            None => {}
        }
    }

    /// `Waiting 8s for kms:DescribeKey at kms.us-east-1.amazonaws.com (12 of 21 read)`
    fn line(&self, wait: &Wait) -> String {
        let (read, total) = (self.read.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        let reads = if read < total { format!(" ({read} of {total} read)") } else { String::new() };
        format!("Waiting {} for {}{reads}", span(wait.time.max(Duration::from_secs(1))), clean(&wait.what))
    }

    /// A panic elsewhere while the lock was held leaves nothing here that is not whole.
    fn drawn(&self) -> MutexGuard<'_, bool> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When a pipe was told last.
#[derive(Debug, Default)]
struct Told(Option<Instant>);

impl Told {
    fn is_due(&mut self, now: Instant) -> bool {
        let due = self.0.is_none_or(|last| now.saturating_duration_since(last) >= REPEAT);
        if due {
            self.0 = Some(now);
        }
        due
    }
}

fn erase(drawn: &mut bool) {
    if std::mem::take(drawn) {
        let _ = write!(io::stderr(), "\r\u{1b}[K");
        let _ = io::stderr().flush();
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        self.0.quiet.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        *self.0.other() = None;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // The thread has nothing to answer; a panic in it only means that no more is told.
            let _ = thread.join();
        }
        self.waits.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_says_for_what_and_how_much_is_read() {
        let waits = Waits::new(None);
        let wait = Wait { what: "kms:DescribeKey at kms".to_owned(), time: Duration::from_millis(950) };
        assert_eq!(waits.line(&wait), "Waiting 1s for kms:DescribeKey at kms");
        waits.will_read(21);
        (0..12).for_each(|_| waits.has_read());
        let longer = Wait { time: Duration::from_secs(8), ..wait.clone() };
        assert_eq!(waits.line(&longer), "Waiting 8s for kms:DescribeKey at kms (12 of 21 read)");
        let waits = Arc::new(waits);
        let lock = waits.wait_for("the state lock");
        assert_eq!(waits.other_wait().unwrap().what, "the state lock");
        drop(lock);
        assert_eq!(waits.other_wait(), None);
        (0..9).for_each(|_| waits.has_read());
        assert_eq!(waits.line(&longer), "Waiting 8s for kms:DescribeKey at kms");
    }

    #[test]
    fn a_pipe_is_told_at_once_and_then_every_ten_seconds() {
        let (mut told, start) = (Told::default(), Instant::now());
        let due = [0, 1, 9, 10, 11, 20].map(|second| told.is_due(start + Duration::from_secs(second)));
        assert_eq!(due, [true, false, false, true, false, true]);
    }
}
