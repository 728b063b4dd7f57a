//! The terminal: what is known about it, and the only place that prints.

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use terraform::ui_stream::{self, Message};
use terraform::{Diagnostic, Severity};

use super::palette::Palette;
use super::progress::{ProgressView, Wording};
use super::summary::Summary;
use super::{diagnostics, failure, stream};
use crate::error::{Circumstances, CliError};

/// The two streams of the process. What cannot be written (the reader of a pipe is gone, a disk is full) is dropped, so
/// that nothing that runs is cut off by it.
#[derive(Debug)]
pub struct Terminal {
    stdout: Stream,
    stderr: Stream,
    /// Whether stdout takes messages for programs, and nothing else.
    messages: bool,
}

/// One stream.
#[derive(Debug)]
struct Stream {
    /// Columns, when it is a terminal.
    width: Option<usize>,
    palette: Palette,
    /// Whether a write has failed.
    broken: AtomicBool,
    /// Why, unless it is that the reader is gone, who wants no more.
    failure: OnceLock<io::Error>,
}

impl Terminal {
    /// The process's streams. Colour is off with `-no-color`, with a `NO_COLOR` that is not empty, and on what is no
    /// terminal.
    pub fn open(no_color: bool) -> Self {
        let colour = wants_colour(no_color, std::env::var_os("NO_COLOR").as_deref());
        Self {
            stdout: Stream::new(width(&io::stdout()), colour),
            stderr: Stream::new(width(&io::stderr()), colour),
            messages: false,
        }
    }

    /// The same for `-json`: whatever is told becomes a message on stdout. The first says who writes.
    pub fn open_for_messages() -> Self {
        let terminal = Self { messages: true, ..Self::open(true) };
        terminal.send(&[ui_stream::version(env!("CARGO_PKG_VERSION"))]);
        terminal
    }

    /// Whether stdout takes messages for programs, and nothing else.
    pub fn takes_messages(&self) -> bool {
        self.messages
    }

    /// Writes messages to stdout, one a line.
    pub fn send(&self, messages: &[Message]) {
        for message in messages {
            self.stdout.write(&mut io::stdout().lock(), &format!("{}\n", stream::line(message)));
        }
    }

    /// The palette of stdout.
    pub fn palette(&self) -> Palette {
        self.stdout.palette
    }

    /// How many columns stdout has, when it is a terminal.
    pub fn width(&self) -> Option<usize> {
        self.stdout.width
    }

    /// Writes to stdout exactly `text`; among messages it is one.
    pub fn write(&self, text: &str) {
        if self.messages {
            let text = text.trim();
            if !text.is_empty() {
                self.send(&[ui_stream::log(text)]);
            }
            return;
        }
        self.stdout.write(&mut io::stdout().lock(), text);
    }

    /// Writes lines to stdout.
    pub fn say(&self, text: &str) {
        self.write(&format!("{text}\n"));
    }

    /// Writes lines to stderr.
    pub fn tell(&self, text: &str) {
        if self.messages {
            return self.write(text);
        }
        self.stderr.write(&mut io::stderr().lock(), &format!("{text}\n"));
    }

    /// Tells findings: warnings on stdout, errors on stderr.
    pub fn report(&self, findings: &[Diagnostic]) {
        if self.messages {
            return self.send(&findings.iter().map(ui_stream::diagnostic).collect::<Vec<_>>());
        }
        let (errors, warnings): (Vec<_>, Vec<_>) =
            findings.iter().cloned().partition(|finding| finding.severity == Severity::Error);
        if !warnings.is_empty() {
            self.write(&diagnostics::render(&warnings, self.stdout.palette, self.stdout.width));
        }
        if !errors.is_empty() {
            let text = diagnostics::render(&errors, self.stderr.palette, self.stderr.width);
            self.stderr.write(&mut io::stderr().lock(), &text);
        }
    }

    /// Tells why the command failed.
    pub fn fail(&self, error: &CliError, circumstances: &Circumstances) {
        if self.messages && self.failure().is_none() {
            return self.report(&error.findings(circumstances));
        }
        let text = failure::render(error, circumstances, self.stderr.palette, self.stderr.width);
        self.stderr.write(&mut io::stderr().lock(), &text);
    }

    /// Why something that was to be read on stdout is not there.
    pub fn failure(&self) -> Option<&io::Error> {
        self.stdout.failure.get()
    }

    /// Tells how an apply or destroy went.
    pub fn conclude(&self, summary: &Summary<'_>) {
        if self.messages {
            return self.send(&stream::conclusion(summary));
        }
        self.write(&summary.output(self.stdout.palette, self.stdout.width));
        let text = summary.errors(self.stderr.palette, self.stderr.width);
        self.stderr.write(&mut io::stderr().lock(), &text);
    }

    /// Who is told while an apply runs: lines that move on a terminal, plain lines or messages elsewhere.
    pub fn progress(&self) -> ProgressView {
        if self.messages {
            return ProgressView::start(false, Wording::Messages);
        }
        ProgressView::start(self.stdout.width.is_some(), Wording::Text(self.stdout.palette))
    }
}

impl Stream {
    fn new(width: Option<usize>, colour: bool) -> Self {
        Self {
            width,
            palette: Palette::new(colour && width.is_some()),
            broken: AtomicBool::new(false),
            failure: OnceLock::new(),
        }
    }

    fn write(&self, stream: &mut impl Write, text: &str) {
        if self.broken.load(Ordering::Relaxed) {
            return;
        }
        if let Err(error) = stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
            self.broken.store(true, Ordering::Relaxed);
            if error.kind() != io::ErrorKind::BrokenPipe {
                let _ = self.failure.set(error);
            }
        }
    }
}

/// Whether the user leaves colour on (<https://no-color.org>: an empty `NO_COLOR` says nothing).
fn wants_colour(no_color: bool, variable: Option<&OsStr>) -> bool {
    !no_color && variable.is_none_or(OsStr::is_empty)
}

/// The columns of a terminal; `None` for anything else, and for a terminal that knows no escape sequences.
fn width(stream: &(impl IsTerminal + std::os::fd::AsFd)) -> Option<usize> {
    /// What a terminal that does not know its size is taken to have.
    const UNKNOWN: u16 = 80;
    if !stream.is_terminal() || std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        return None;
    }
    let columns = rustix::termios::tcgetwinsize(stream).map_or(0, |size| size.ws_col);
    Some(usize::from(if columns == 0 { UNKNOWN } else { columns }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_needs_a_terminal_and_nobody_against_it() {
        assert!(wants_colour(false, None));
        assert!(wants_colour(false, Some(OsStr::new(""))));
        assert!(!wants_colour(false, Some(OsStr::new("1"))));
        assert!(!wants_colour(true, None));
        assert!(Stream::new(Some(80), true).palette.is_coloured());
        assert!(!Stream::new(Some(80), false).palette.is_coloured());
        assert!(!Stream::new(None, true).palette.is_coloured());
    }

    #[test]
    fn a_reader_that_is_gone_is_written_to_no_more() {
        struct Gone(usize);
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                self.0 += 1;
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (stream, mut gone) = (Stream::new(None, true), Gone(0));
        stream.write(&mut gone, "one");
        stream.write(&mut gone, "two");
        assert_eq!(gone.0, 1);
        assert!(stream.failure.get().is_none());
    }
}
