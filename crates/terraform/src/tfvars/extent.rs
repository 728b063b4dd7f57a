//! How far the value of an argument reaches, and what is wrong with its characters, strings and brackets.
//!
//! The value is not understood here. What the expression parser would treat in another way than Terraform
//! (repeated object keys, carriage returns, flush heredocs) is noted, to be masked before parsing.

mod items;

use std::ops::Range;

use self::items::Items;
use super::characters;
use super::problem::Problems;

/// The deepest nesting of brackets and templates.
const DEPTH_LIMIT: usize = 60;

/// Where a value lies and what to know before it is parsed.
#[derive(Debug, Default)]
pub(super) struct Extent {
    /// From its first to its last character, without comments around.
    pub span: Range<usize>,
    /// Where the next argument may start: the end of the line or of the text.
    pub end: usize,
    /// Whether the parser is worth asking; if not, problems were reported.
    pub sound: bool,
    /// Bytes that the parser has to see as spaces.
    pub blanks: Vec<Range<usize>>,
    /// Heredoc markers, at the start and at the end of the heredoc, that the parser would also find in its text.
    pub ambiguous: Vec<[Range<usize>; 2]>,
    /// Starts of `<<-` heredocs, which are parsed as `<<` and unindented afterwards.
    pub flush: Vec<usize>,
}

/// What the scanner is inside of.
enum Frame<'a> {
    Parenthesis,
    Bracket(usize),
    Brace(usize, Items<'a>),
    Interpolation(usize),
    Quote,
    Heredoc(Heredoc<'a>),
}

/// The heredoc that the scanner is inside of.
#[derive(Clone, Copy)]
struct Heredoc<'a> {
    marker: &'a str,
    /// Where the marker stands at the start.
    at: usize,
    /// Whether a line starts with the marker and goes on.
    is_ambiguous: bool,
}

/// Reads one value.
pub(super) struct Scanner<'a, 'p> {
    text: &'a str,
    at: usize,
    stack: Vec<Frame<'a>>,
    extent: Extent,
    problems: &'p mut Problems,
}

impl<'a, 'p> Scanner<'a, 'p> {
    /// Starts just after an argument's equals sign.
    pub(super) fn new(text: &'a str, at: usize, problems: &'p mut Problems) -> Self {
        let extent = Extent { span: at..at, sound: true, ..Extent::default() };
        Self { text, at, stack: Vec::new(), extent, problems }
    }

    /// Reads to the end of the line on which no bracket or string is open.
    pub(super) fn scan(mut self) -> Extent {
        let mut started = false;
        while let Some(next) = self.peek() {
            let before = self.at;
            let outside = self.stack.is_empty();
            let more = match self.stack.last() {
                Some(Frame::Quote) => self.in_quote(next),
                Some(Frame::Heredoc(heredoc)) => {
                    let heredoc = *heredoc;
                    self.in_heredoc(heredoc, next)
                }
                _ => self.in_code(next),
            };
            if !more {
                break;
            }
            if !(outside && self.was_blank(before, next)) {
                if !started {
                    self.extent.span.start = before;
                    started = true;
                }
                self.extent.span.end = self.at;
            }
        }
        self.report_open();
        self.extent.end = self.at;
        self.extent
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Whether the step from `before` was over white space or a comment.
    fn was_blank(&self, before: usize, next: char) -> bool {
        let step = self.text.get(before..self.at).unwrap_or_default();
        next.is_ascii_whitespace() || next == '#' || step.starts_with("//") || step.starts_with("/*")
    }

    fn in_quote(&mut self, next: char) -> bool {
        let rest = self.rest();
        match next {
            '"' => {
                self.at += 1;
                self.stack.pop();
            }
            '\n' => {
                let span = self.at..self.at + 1;
                self.problem(
                    span,
                    "Invalid multi-line string",
                    "Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \\n escape to represent a newline character or use the \"heredoc\" multi-line template syntax.",
                );
                self.stack.clear();
                return false;
            }
            '\\' => {
                let (length, fault) = characters::escape(rest);
                if let Some(detail) = fault {
                    self.problem(self.at..self.at + length, "Invalid escape sequence", &detail);
                }
                self.at += length;
            }
            _ => self.template_step(rest, next),
        }
        true
    }

    /// Steps over one character of a string, or into an interpolation or directive.
    fn template_step(&mut self, rest: &str, next: char) {
        if rest.starts_with("$${") || rest.starts_with("%%{") {
            self.at += 3;
        } else if rest.starts_with("${") || rest.starts_with("%{") {
            let open = self.at;
            self.at += 2;
            if self.rest().starts_with('~') {
                self.at += 1;
            }
            self.push(Frame::Interpolation(open));
        } else {
            self.at += next.len_utf8();
        }
    }

    fn in_heredoc(&mut self, heredoc: Heredoc<'a>, next: char) -> bool {
        let rest = self.rest();
        let Heredoc { marker, at, is_ambiguous } = heredoc;
        let at_line_start = self.text.as_bytes().get(self.at.wrapping_sub(1)) == Some(&b'\n');
        if at_line_start && let Some((line, _)) = rest.split_once('\n') {
            if line.trim() == marker {
                self.at += line.trim_end().len();
                if is_ambiguous {
                    let places = [at, self.at - marker.len()].map(|at| at..at + marker.len());
                    self.extent.ambiguous.push(places);
                }
                self.stack.pop();
                return true;
            }
            if line.trim_start().starts_with(marker)
                && let Some(Frame::Heredoc(heredoc)) = self.stack.last_mut()
            {
                heredoc.is_ambiguous = true;
            }
        }
        self.template_step(rest, next);
        true
    }

    fn in_code(&mut self, next: char) -> bool {
        let rest = self.rest();
        if next == '#' || rest.starts_with("//") {
            self.at += rest.find('\n').unwrap_or(rest.len());
            return true;
        }
        if rest.starts_with("/*") {
            match rest.find("*/") {
                Some(length) => self.at += length + 2,
                None => {
                    let span = self.at..self.at + 2;
                    self.problem(
                        span,
                        "Unterminated comment",
                        "No closing marker \"*/\" was found for the comment.",
                    );
                    self.at = self.text.len();
                }
            }
            return true;
        }
        if !next.is_ascii_whitespace() && !matches!(next, ',' | '}') {
            self.start_item();
        }
        match next {
            '\n' if self.stack.is_empty() => return false,
            '\n' => {
                self.end_item(self.at);
                self.at += 1;
            }
            '\r' if rest.starts_with("\r\n") => {
                self.extent.blanks.push(self.at..self.at + 1);
                self.at += 1;
            }
            ',' if self.stack.is_empty() => return self.comma_after_argument(),
            ',' => {
                self.at += 1;
                self.end_item(self.at);
            }
            '"' => {
                self.at += 1;
                self.push(Frame::Quote);
            }
            '(' | '[' | '{' => self.open(next),
            ')' | ']' | '}' => self.close(next),
            '<' if rest.starts_with("<<") => self.heredoc(),
            '=' | ':' => self.separator(next),
            _ => self.plain(next),
        }
        true
    }

    fn comma_after_argument(&mut self) -> bool {
        self.problem(
            self.at..self.at + 1,
            "Unexpected comma after argument",
            "Argument definitions must be separated by newlines, not commas. An argument definition must end with a newline.",
        );
        let rest = self.rest();
        self.at += rest.find('\n').unwrap_or(rest.len());
        false
    }

    fn open(&mut self, bracket: char) {
        let frame = match bracket {
            '(' => Frame::Parenthesis,
            '[' => Frame::Bracket(self.at),
            _ => Frame::Brace(self.at, Items::default()),
        };
        self.at += 1;
        self.push(frame);
    }

    fn close(&mut self, bracket: char) {
        let fits = matches!(
            (self.stack.last(), bracket),
            (Some(Frame::Parenthesis), ')')
                | (Some(Frame::Bracket(_)), ']')
                | (Some(Frame::Brace(..) | Frame::Interpolation(_)), '}')
        );
        if fits {
            self.end_item(self.at);
            self.stack.pop();
        }
        self.at += 1;
    }

    fn push(&mut self, frame: Frame<'a>) {
        if self.stack.len() == DEPTH_LIMIT {
            self.problem(
                self.at.saturating_sub(1)..self.at,
                "Value nested too deeply",
                &format!("Brackets and templates may be nested at most {DEPTH_LIMIT} levels deep."),
            );
        }
        self.stack.push(frame);
    }

    /// Steps into a heredoc; `<<` that starts none is left to the parser to refuse.
    fn heredoc(&mut self) {
        let rest = self.rest();
        let body = rest.trim_start_matches('<');
        let (flush, body) = match body.strip_prefix('-') {
            Some(body) => (true, body),
            None => (false, body),
        };
        let Some((line, _)) = body.split_once('\n') else {
            self.at += 2;
            return;
        };
        let marker = line.strip_suffix('\r').unwrap_or(line);
        if rest.starts_with("<<<") || !characters::is_identifier(marker) {
            self.at += 2;
            return;
        }
        if flush {
            self.extent.flush.push(self.at);
        }
        let header = if flush { 3 } else { 2 };
        let at = self.at + header;
        self.at = at + line.len() + 1;
        self.push(Frame::Heredoc(Heredoc { marker, at, is_ambiguous: false }));
    }

    fn plain(&mut self, next: char) {
        let rest = self.rest();
        let is_doubled = rest.starts_with("&&") || rest.starts_with("||");
        let is_strip_marker =
            rest.starts_with("~}") && matches!(self.stack.last(), Some(Frame::Interpolation(_)));
        let length = if is_doubled { 2 } else { next.len_utf8() };
        if !is_doubled && !is_strip_marker
            // What follows the first is most often its echo.
            && self.extent.sound
            && let Some((summary, detail)) = characters::fault(next)
        {
            self.problem(self.at..self.at + length, summary, detail);
        }
        self.at += length;
    }

    /// Reports the innermost bracket or string that is still open at the end of the text.
    fn report_open(&mut self) {
        let end = self.text.len();
        let Some(frame) = self.stack.last() else {
            return;
        };
        let (span, summary, detail) = match frame {
            Frame::Parenthesis => (
                end..end,
                "Unbalanced parentheses",
                "Expected a closing parenthesis to terminate the expression.",
            ),
            Frame::Bracket(open) => (
                *open..open + 1,
                "Unterminated tuple constructor expression",
                "There is no corresponding closing bracket before the end of the file. This may be caused by incorrect bracket nesting elsewhere in this file.",
            ),
            Frame::Brace(open, _) => (
                *open..open + 1,
                "Unterminated object constructor expression",
                "There is no corresponding closing brace before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.",
            ),
            Frame::Interpolation(open) => (
                *open..open + 2,
                "Unclosed template interpolation sequence",
                "There is no closing brace for this interpolation sequence before the end of the file. This might be caused by incorrect nesting inside the given expression.",
            ),
            Frame::Quote | Frame::Heredoc(_) => {
                (end..end, "Unterminated template string", "No closing marker was found for the string.")
            }
        };
        self.problem(span, summary, detail);
    }

    fn problem(&mut self, span: Range<usize>, summary: &str, detail: &str) {
        self.extent.sound = false;
        self.problems.report(span, summary, detail);
    }
}
