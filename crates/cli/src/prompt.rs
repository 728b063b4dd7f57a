//! Questions to the person at the terminal, in Terraform's form.

use std::io::{self, BufRead, Read};

use crate::error::CliError;
use crate::text::fit;
use crate::views::Terminal;

/// The most bytes that are read of an answer.
const LONGEST_ANSWER: u64 = 64 << 10;

/// What is asked, in Terraform's layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// One line.
    pub title: String,
    /// Further lines.
    pub details: Vec<String>,
}

impl Question {
    fn text(&self) -> String {
        let details: String = self.details.iter().map(|line| format!("  {line}\n")).collect();
        format!("{}\n{details}\n  Enter a value: ", self.title)
    }
}

/// Asks, and answers the line that was typed; `None` at the end of the input.
///
/// # Errors
/// The input cannot be read.
pub(crate) async fn ask(question: &Question, terminal: &Terminal) -> Result<Option<String>, CliError> {
    let _quiet = terminal.waits().quiet();
    terminal.write(&fit(&question.text(), terminal.width()));
    let line = tokio::task::spawn_blocking(|| read_line(&mut io::stdin().lock()))
        .await
        .map_err(|error| CliError::Internal(error.to_string()))?;
    terminal.say("");
    line.map_err(|source| CliError::File { action: "read", path: "stdin".into(), source })
}

/// The same before anything runs, so that an interrupt just ends the program.
///
/// # Errors
/// The input cannot be read.
pub(crate) fn ask_now(question: &Question, terminal: &Terminal) -> Result<Option<String>, CliError> {
    let _quiet = terminal.waits().quiet();
    terminal.write(&fit(&question.text(), terminal.width()));
    let line = read_line(&mut io::stdin().lock());
    terminal.say("");
    line.map_err(|source| CliError::File { action: "read", path: "stdin".into(), source })
}

/// A line without its end and the blanks before it, or its beginning if it is longer than any answer; `None` when there is
/// nothing more.
fn read_line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    let read = input.take(LONGEST_ANSWER).read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_line_at_a_time() {
        let mut input = io::Cursor::new("yes \r\n\nrest");
        assert_eq!(read_line(&mut input).unwrap().as_deref(), Some("yes"));
        assert_eq!(read_line(&mut input).unwrap().as_deref(), Some(""));
        assert_eq!(read_line(&mut input).unwrap().as_deref(), Some("rest"));
        assert_eq!(read_line(&mut input).unwrap(), None);
    }

    #[test]
    fn an_endless_answer_is_cut() {
        let read = read_line(&mut io::BufReader::new(io::repeat(b'y'))).unwrap();
        assert_eq!(read.map(|line| line.len()), Some(64 << 10));
    }

    #[test]
    fn is_laid_out_as_terraform_lays_it_out() {
        let question = Question { title: "Sure?".to_owned(), details: vec!["Only 'yes'.".to_owned()] };
        assert_eq!(question.text(), "Sure?\n  Only 'yes'.\n\n  Enter a value: ");
    }
}
