//! The terminal: what is known about it, and the only place that prints.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use terraform::ui_stream::{self, Message};
use terraform::{Diagnostic, Severity};

use super::palette::Palette;
use super::progress::{ProgressView, Wording};
use super::summary::Summary;
use super::waiting::Waits;
use super::{diagnostics, failure, stream};
use crate::error::{Circumstances, CliError};
use crate::text::fit;
use crate::typed::Typed;

/// The two streams of the process. What cannot be written (the reader of a pipe is gone, a disk is full) is dropped, so
/// that nothing that runs is cut off by it.
#[derive(Debug)]
pub(crate) struct Terminal {
    stdout: Stream,
    stderr: Stream,
    /// Whether stdout takes messages for programs, and nothing else.
    messages: bool,
    /// The line about what is waited for.
    waits: Arc<Waits>,
    /// How our commands are typed.
    typed: Typed,
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
    pub(crate) fn open(no_color: bool) -> Self {
        let colour = Colour::of(no_color, &|name| std::env::var_os(name));
        let stderr = width(&io::stderr());
        Self {
            stdout: Stream::new(width(&io::stdout()), colour),
            stderr: Stream::new(stderr, colour),
            messages: false,
            waits: Arc::new(Waits::new(stderr)),
            typed: Typed::default(),
        }
    }

    /// The same of a run whose commands have to be typed so.
    #[must_use]
    pub(crate) fn typing(self, typed: Typed) -> Self {
        Self { typed, ..self }
    }

    /// How our commands are typed.
    pub(crate) fn typed(&self) -> &Typed {
        &self.typed
    }

    /// The same for `-json`: whatever is told becomes a message on stdout. The first says who writes.
    pub(crate) fn open_for_messages() -> Self {
        let terminal = Self { messages: true, ..Self::open(true) };
        terminal.send(&[ui_stream::version(env!("CARGO_PKG_VERSION"))]);
        terminal
    }

    /// Whether stdout takes messages for programs, and nothing else.
    pub(crate) fn takes_messages(&self) -> bool {
        self.messages
    }

    /// Writes messages to stdout, one a line.
    pub(crate) fn send(&self, messages: &[Message]) {
        self.waits.clear();
        for message in messages {
            self.stdout.write(&mut io::stdout().lock(), &format!("{}\n", stream::line(message)));
        }
    }

    /// The palette of stdout.
    pub(crate) fn palette(&self) -> Palette {
        self.stdout.palette
    }

    /// How many columns stdout has, when it is a terminal.
    pub(crate) fn width(&self) -> Option<usize> {
        self.stdout.width
    }

    /// Writes to stdout exactly `text`; among messages it is one.
    pub(crate) fn write(&self, text: &str) {
        if self.messages {
            let text = text.trim();
            if !text.is_empty() {
                self.send(&[ui_stream::log(text)]);
            }
            return;
        }
        self.waits.clear();
        self.stdout.write(&mut io::stdout().lock(), text);
    }

    /// The line about what is waited for.
    pub(crate) fn waits(&self) -> &Arc<Waits> {
        &self.waits
    }

    fn write_error(&self, text: &str) {
        self.waits.clear();
        self.stderr.write(&mut io::stderr().lock(), text);
    }

    /// Writes lines for people to stdout, none wider than the screen that could be broken.
    pub(crate) fn say(&self, text: &str) {
        self.write(&fit(&format!("{}\n", self.typed.here(text)), self.stdout.width));
    }

    /// Writes what was asked for to stdout, exactly, and the end of its line.
    pub(crate) fn print(&self, data: &str) {
        self.write(&format!("{data}\n"));
    }

    /// Writes lines about a step of `init`; among messages it is one with Terraform's code for it.
    pub(crate) fn step(&self, code: &'static str, text: &str) {
        if self.messages {
            return self.send(&[ui_stream::init_output(code, self.typed.here(text).trim())]);
        }
        self.say(text);
    }

    /// Writes lines to stderr.
    pub(crate) fn tell(&self, text: &str) {
        if self.messages {
            return self.write(text);
        }
        self.write_error(&format!("{text}\n"));
    }

    /// Tells findings: warnings on stdout, errors on stderr.
    pub(crate) fn report(&self, findings: &[Diagnostic]) {
        let findings = self.typed.findings(findings.to_vec());
        if self.messages {
            return self.send(&findings.iter().map(ui_stream::diagnostic).collect::<Vec<_>>());
        }
        let (errors, warnings): (Vec<_>, Vec<_>) =
            findings.into_iter().partition(|finding| finding.severity == Severity::Error);
        if !warnings.is_empty() {
            self.write(&diagnostics::render(&warnings, self.stdout.palette, self.stdout.width));
        }
        if !errors.is_empty() {
            let text = diagnostics::render(&errors, self.stderr.palette, self.stderr.width);
            self.write_error(&text);
        }
    }

    /// Tells why the command failed.
    pub(crate) fn fail(&self, error: &CliError, circumstances: &Circumstances) {
        if self.messages && self.failure().is_none() {
            return self.report(&error.findings(circumstances));
        }
        let findings = self.typed.findings(error.findings(circumstances));
        let text = failure::render(error, &findings, self.stderr.palette, self.stderr.width);
        self.write_error(&text);
    }

    /// Why something that was to be read on stdout is not there.
    pub(crate) fn failure(&self) -> Option<&io::Error> {
        self.stdout.failure.get()
    }

    /// Tells how an apply or destroy went.
    pub(crate) fn conclude(&self, summary: &Summary<'_>) {
        if self.messages {
            return self.send(&stream::conclusion(summary));
        }
        self.write(&fit(&summary.output(self.stdout.palette, self.stdout.width), self.stdout.width));
        let text = fit(&summary.errors(self.stderr.palette, self.stderr.width), self.stderr.width);
        self.write_error(&text);
    }

    /// Who is told while an apply runs: lines that move on a terminal, plain lines or messages elsewhere.
    pub(crate) fn progress(&self, total: usize) -> ProgressView {
        if self.messages {
            return ProgressView::start(None, Wording::Messages, total, self.waits.quiet());
        }
        let wording = Wording::Text(self.stdout.palette);
        ProgressView::start(self.stdout.width, wording, total, self.waits.quiet())
    }
}

impl Stream {
    fn new(width: Option<usize>, colour: Colour) -> Self {
        let coloured = colour == Colour::Always || colour == Colour::OnTerminals && width.is_some();
        Self {
            width,
            palette: Palette::new(coloured),
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

/// What the user wants of colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colour {
    Never,
    OnTerminals,
    Always,
}

impl Colour {
    /// `-no-color`, `NO_COLOR` (<https://no-color.org>: an empty one says nothing), `FORCE_COLOR` (<https://force-color.org>),
    /// and `CLICOLOR_FORCE` and `CLICOLOR` (<https://bixense.com/clicolors/>).
    fn of(no_color: bool, variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let is_on = |name| set(name).is_some_and(|value| value != "0" && value != "false");
        match () {
            () if no_color || set("NO_COLOR").is_some() => Self::Never,
            () if is_on("FORCE_COLOR") || is_on("CLICOLOR_FORCE") => Self::Always,
            () if set("CLICOLOR").is_some_and(|value| value == "0") => Self::Never,
            () => Self::OnTerminals,
        }
    }
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
    fn colour_needs_a_terminal_or_somebody_who_forces_it_and_nobody_against_it() {
        let of = |no_color, set: &[(&str, &str)]| {
            Colour::of(no_color, &|name| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
            })
        };
        for (set, wanted) in [
            (&[][..], Colour::OnTerminals),
            (&[("NO_COLOR", "")], Colour::OnTerminals),
            (&[("NO_COLOR", "1")], Colour::Never),
            (&[("FORCE_COLOR", "1")], Colour::Always),
            (&[("FORCE_COLOR", "0")], Colour::OnTerminals),
            (&[("CLICOLOR_FORCE", "1")], Colour::Always),
            (&[("CLICOLOR", "0")], Colour::Never),
            (&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], Colour::Never),
        ] {
            assert_eq!(of(false, set), wanted, "{set:?}");
            assert_eq!(of(true, set), Colour::Never);
        }
        assert!(Stream::new(Some(80), Colour::OnTerminals).palette.is_coloured());
        assert!(!Stream::new(Some(80), Colour::Never).palette.is_coloured());
        assert!(!Stream::new(None, Colour::OnTerminals).palette.is_coloured());
        assert!(Stream::new(None, Colour::Always).palette.is_coloured());
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
        let (stream, mut gone) = (Stream::new(None, Colour::OnTerminals), Gone(0));
        stream.write(&mut gone, "one");
        stream.write(&mut gone, "two");
        assert_eq!(gone.0, 1);
        assert!(stream.failure.get().is_none());
    }
}
