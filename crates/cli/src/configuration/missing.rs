//! Asks for required settings that have no value, as Terraform asks for variables.

use std::io::{self, IsTerminal};

use foundation::settings::{DECLARATIONS, Declaration};
use foundation::{Origin, SettingValue};
use terraform::Diagnostic;

use super::sources::from_text;
use crate::error::CliError;
use crate::prompt::{self, Question};
use crate::views::Terminal;

/// Asks at a terminal; does nothing when stdin is none.
///
/// # Errors
/// The input ends, or an answer cannot be read.
pub fn ask(values: &mut Vec<SettingValue>, terminal: &Terminal) -> Result<(), CliError> {
    if !io::stdin().is_terminal() {
        return Ok(());
    }
    let missing: Vec<&Declaration> = DECLARATIONS
        .iter()
        .filter(|declaration| declaration.default.is_none())
        .filter(|declaration| !values.iter().any(|value| value.name == declaration.name))
        .collect();
    for declaration in missing {
        let answer = prompt::ask_now(&question(declaration), terminal)?;
        let Some(answer) = answer else {
            let detail = format!("The input ended before `{}` had a value (EOF).", declaration.name);
            return Err(CliError::Usage(Box::new(Diagnostic::error(
                "No value for required variable",
                detail,
            ))));
        };
        values.push(from_text(declaration.name, &answer, Origin::CommandLine)?);
    }
    Ok(())
}

fn question(declaration: &Declaration) -> Question {
    Question { title: format!("var.{}", declaration.name), details: vec![declaration.meaning.to_owned()] }
}
