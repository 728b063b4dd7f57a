//! What came of each step of a judgement, in one table at its end.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;

/// What came of one step.
struct Verdict {
    step: &'static str,
    /// The last line that its judge printed, or why there is none.
    said: Result<String, String>,
    taken: Duration,
}

/// The steps so far.
#[derive(Default)]
pub(super) struct Verdicts(Vec<Verdict>);

impl Verdicts {
    /// Takes a step, and remembers what came of it; the next is taken in any case.
    pub(super) fn hear(&mut self, step: &'static str, judge: impl FnOnce() -> Outcome<String>) {
        println!("\n{step}");
        let start = Instant::now();
        let said = judge().map_err(|error| error.to_string());
        self.0.push(Verdict { step, said, taken: start.elapsed() });
    }

    /// Prints all of them.
    ///
    /// # Errors
    /// One of them did not hold.
    pub(super) fn told(self) -> Outcome {
        println!("\nVerdicts");
        for Verdict { step, said, taken } in &self.0 {
            let (holds, said) = match said {
                Ok(said) => ("holds", said),
                Err(error) => ("FAILS", error),
            };
            println!("  {holds}  {step:<32} {:>5.0} s  {said}", taken.as_secs_f64());
        }
        let failed = self.0.iter().filter(|verdict| verdict.said.is_err()).count();
        if failed == 0 { Ok(()) } else { Err(format!("{failed} of {} steps fail", self.0.len()).into()) }
    }
}

/// Runs a judge to its end, shows what it prints, and answers its last line.
///
/// # Errors
/// It cannot be run, or ends with another status than 0: then with its last line.
pub(super) fn last_line(command: &mut Command) -> Outcome<String> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut last = String::new();
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).lines() {
            last = line?;
            println!("{last}");
        }
    }
    let status = child.wait()?;
    if status.success() { Ok(last) } else { Err(format!("{status}: {last}").into()) }
}
