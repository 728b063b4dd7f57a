//! How far a verification is: one line that moves on a terminal, a line now and then elsewhere; always on stderr.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use trail::Progress;

use crate::text::span;
use crate::views::Terminal;

/// How often a pipe is told.
const PAUSE: Duration = Duration::from_secs(10);

/// Tells how far a verification is.
#[derive(Debug)]
pub(crate) struct Meter<'a> {
    terminal: &'a Terminal,
    bar: Option<ProgressBar>,
    begun: Instant,
    told: Instant,
}

impl<'a> Meter<'a> {
    /// Begins with the listing.
    pub(crate) fn start(terminal: &'a Terminal) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
                bar.set_style(style);
            }
            bar.set_message("Listing the objects…");
            bar
        });
        let now = Instant::now();
        Self { terminal, bar, begun: now, told: now }
    }

    /// An earlier run proved so many logs.
    pub(crate) fn resumed(&mut self, logs: usize) {
        if logs > 0 {
            let text = format!(
                "An earlier run was cut off: {logs} logs that have not changed since are not read again."
            );
            match &self.bar {
                Some(bar) => bar.println(text),
                None => self.terminal.tell(&text),
            }
        }
        self.begun = Instant::now();
    }

    /// It is so far.
    pub(crate) fn at(&mut self, progress: Progress) {
        let now = Instant::now();
        match &self.bar {
            Some(bar) => bar.set_message(text(progress, now - self.begun)),
            None if now - self.told >= PAUSE => {
                self.told = now;
                self.terminal.tell(&text(progress, now - self.begun));
            }
            None => {}
        }
    }

    /// Takes the moving line away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn text(progress: Progress, elapsed: Duration) -> String {
    let Progress { objects, of, bytes } = progress;
    let seconds = elapsed.as_secs().max(1);
    let left =
        elapsed.as_secs().saturating_mul(of.saturating_sub(objects)).checked_div(objects).unwrap_or_default();
    format!(
        "{objects} of {of} objects, {} verified, {}/s, {} left",
        size(bytes),
        size(bytes / seconds),
        span(Duration::from_secs(left))
    )
}

/// Bytes for a person: `12 kB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut unit = "bytes";
    let mut amount = bytes;
    for next in UNITS {
        if amount < 1000 {
            break;
        }
        unit = next;
        amount /= 1000;
    }
    format!("{amount} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_rates_are_for_people() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(12_345), "12 kB");
        assert_eq!(size(2_000_000_000_000_000), "2000 TB");
        let progress = Progress { objects: 50, of: 200, bytes: 10_000_000 };
        assert_eq!(
            text(progress, Duration::from_secs(5)),
            "50 of 200 objects, 10 MB verified, 2 MB/s, 15s left"
        );
        assert_eq!(text(Progress::default(), Duration::ZERO).matches("0").count(), 5);
    }
}
