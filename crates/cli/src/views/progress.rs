//! What is told while an apply runs: one moving line per running step on a terminal, Terraform's lines elsewhere.

mod line;
mod wording;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use engine::{Event, Progress, Step};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use terraform::Address;

pub(crate) use self::wording::Wording;
use super::waiting::Quiet;
use crate::text::fit;

/// How often a pipe is told that a step still runs.
const STILL: Duration = Duration::from_secs(10);

/// How often a moving line changes.
const SECOND: Duration = Duration::from_secs(1);

/// How often running steps are looked at.
const TICK: Duration = Duration::from_millis(250);

/// Tells events as they happen. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct ProgressView {
    shared: Arc<Shared<io::Stdout>>,
    /// Closed to end the watch over running steps.
    end: Mutex<Option<mpsc::Sender<()>>>,
    watch: Mutex<Option<JoinHandle<()>>>,
    /// Nothing else is told of waits meanwhile.
    _quiet: Quiet,
}

/// What the watch and the events both use; `W` takes the lines of what is no terminal.
#[derive(Debug)]
struct Shared<W> {
    wording: Wording,
    lines: Mutex<W>,
    /// `None` on what is no terminal.
    bars: Option<MultiProgress>,
    /// Whether the cursor of a terminal stands behind a line.
    behind_line: AtomicBool,
    running: Mutex<BTreeMap<Address, Running>>,
    /// The columns of a terminal.
    width: Option<usize>,
    /// How many steps have ended, and how many there are.
    ended: AtomicUsize,
    total: usize,
}

/// A step under way.
#[derive(Debug)]
struct Running {
    step: Step,
    since: Instant,
    /// The seconds that were told last.
    told: Duration,
    bar: Option<ProgressBar>,
}

impl ProgressView {
    /// Lines that move on a terminal, plain lines elsewhere.
    pub(crate) fn start(width: Option<usize>, wording: Wording, total: usize, quiet: Quiet) -> Self {
        let bars = width.map(|_| MultiProgress::with_draw_target(ProgressDrawTarget::stdout()));
        let shared = Arc::new(Shared { width, ..Shared::new(wording, io::stdout(), bars, total) });
        let (end, ended) = mpsc::channel();
        let watched = Arc::clone(&shared);
        let watch = std::thread::Builder::new().name("progress".to_owned()).spawn(move || {
            while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                watched.tick(Instant::now());
            }
        });
        Self { shared, end: Mutex::new(Some(end)), watch: Mutex::new(watch.ok()), _quiet: quiet }
    }

    /// Prints a line above whatever moves: `Interrupt received.`
    pub(crate) fn say(&self, line: &str) {
        self.shared.print(&self.shared.wording.note(line));
    }

    /// Takes the moving lines away. Steps that still run are told no further.
    pub(crate) fn finish(&self) {
        drop(lock(&self.end).take());
        if let Some(watch) = lock(&self.watch).take() {
            // The thread has nothing to answer; a panic in it only means that no more is told.
            let _ = watch.join();
        }
        for running in std::mem::take(&mut *lock(&self.shared.running)).into_values() {
            if let Some(bar) = running.bar {
                bar.finish_and_clear();
            }
        }
        self.shared.leave();
    }
}

impl Drop for ProgressView {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Progress for ProgressView {
    fn event(&self, event: &Event) {
        self.shared.event(event, Instant::now());
    }
}

impl<W: Write> Shared<W> {
    fn new(wording: Wording, lines: W, bars: Option<MultiProgress>, total: usize) -> Self {
        let behind_line = AtomicBool::new(false);
        Self {
            wording,
            lines: Mutex::new(lines),
            bars,
            behind_line,
            running: Mutex::new(BTreeMap::new()),
            width: None,
            ended: AtomicUsize::new(0),
            total,
        }
    }

    fn event(&self, event: &Event, now: Instant) {
        match event {
            Event::Started(step) => self.begin(step, now),
            Event::Completed(step) => {
                let elapsed = self.end(step, now);
                self.print(&self.wording.completed(step, elapsed, self.count()));
            }
            Event::Failed(step, _) => {
                let elapsed = self.end(step, now);
                self.print(&self.wording.failed(step, elapsed, self.count()));
            }
        }
    }

    /// Counts a step that ended: the how manieth of how many.
    fn count(&self) -> (usize, usize) {
        (self.ended.fetch_add(1, Ordering::Relaxed) + 1, self.total)
    }

    fn begin(&self, step: &Step, now: Instant) {
        let bar = self.bars.as_ref().map(|bars| {
            let bar = bars.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
                bar.set_style(style);
            }
            bar.set_message(self.wording.running(step, Duration::ZERO));
            bar
        });
        if bar.is_none() {
            self.print(&self.wording.started(step));
        }
        lock(&self.running).insert(
            step.address.clone(),
            Running { step: step.clone(), since: now, told: Duration::ZERO, bar },
        );
    }

    /// Takes a step's line away and answers how long it ran.
    fn end(&self, step: &Step, now: Instant) -> Duration {
        let Some(running) = lock(&self.running).remove(&step.address) else { return Duration::ZERO };
        if let (Some(bars), Some(bar)) = (&self.bars, &running.bar) {
            bars.remove(bar);
        }
        now.saturating_duration_since(running.since)
    }

    /// Brings elapsed times up to date; a pipe is told every ten seconds.
    fn tick(&self, now: Instant) {
        for running in lock(&self.running).values_mut() {
            let elapsed = now.saturating_duration_since(running.since);
            let (step, pause) = (&running.step, if running.bar.is_some() { SECOND } else { STILL });
            if elapsed < running.told + pause {
                continue;
            }
            running.told += pause;
            match &running.bar {
                Some(bar) => bar.set_message(self.wording.running(step, elapsed)),
                None => self.print(&self.wording.still(step, running.told)),
            }
        }
    }

    /// A line that stays. What cannot be written is dropped: nothing that runs may be cut off by it.
    fn print(&self, line: &str) {
        let _ = match &self.bars {
            Some(bars) => {
                self.behind_line.store(true, Ordering::Relaxed);
                bars.println(fit(line, self.width))
            }
            None => writeln!(lock(&self.lines), "{line}"),
        };
    }

    /// Moves the cursor of a terminal below the last line that stays, behind which `indicatif` leaves it.
    fn leave(&self) {
        if self.behind_line.swap(false, Ordering::Relaxed) {
            let _ = writeln!(lock(&self.lines));
        }
    }
}

/// A panic elsewhere while a lock was held leaves nothing here that is not whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
