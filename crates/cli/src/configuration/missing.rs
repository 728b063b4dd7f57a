//! Asks for required settings that have no value, as Terraform asks for variables.

use foundation::SettingValue;
use foundation::settings::{DECLARATIONS, Declaration};

use super::sources::answered;
use crate::error::CliError;
use crate::prompt::{self, Question};
use crate::views::Terminal;

/// Asks one after the other, until the input ends: what has no value then is reported with everything else.
///
/// As in Terraform the answers may come from a pipe.
///
/// # Errors
/// An answer cannot be read.
pub(super) fn ask(values: &mut Vec<SettingValue>, terminal: &Terminal) -> Result<(), CliError> {
    let missing: Vec<&Declaration> = DECLARATIONS
        .iter()
        .filter(|declaration| declaration.default.is_none())
        .filter(|declaration| !values.iter().any(|value| value.name == declaration.name))
        .collect();
    for declaration in missing {
        let Some(answer) = prompt::ask_now(&question(declaration), terminal)? else {
            return Ok(());
        };
        values.push(answered(declaration.name, &answer)?);
    }
    Ok(())
}

fn question(declaration: &Declaration) -> Question {
    Question { title: format!("var.{}", declaration.name), details: vec![declaration.meaning.to_owned()] }
}
