//! `export remote-state`.

use std::process::ExitCode;
use std::str::FromStr;

use terraform::Diagnostic;

use super::stored;
use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;

/// The arguments of `export remote-state`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin export remote-state > ../app/global.tf\nunderpin export remote-state json > ../app/global.tf.json"
)]
pub(super) struct Args {
    /// hcl for a file that ends with .tf, json for one that ends with .tf.json
    #[arg(value_name = "SYNTAX", default_value = "hcl")]
    syntax: Syntax,
}

/// Of which syntax.
#[derive(Clone, Copy, Debug)]
enum Syntax {
    Hcl,
    Json,
}

impl FromStr for Syntax {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "hcl" => Ok(Self::Hcl),
            "json" => Ok(Self::Json),
            _ => Err("it must be hcl or json"),
        }
    }
}

/// Prints the data source that reads this state, without secrets.
///
/// # Errors
/// No recorded backend, or a state that cannot be read.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let backend = Backend::load(context)?;
    let Some(stored) = stored::stored(&backend, context)? else {
        let detail = "It is not known where the state lives, so there is nothing to point other modules to.";
        let finding = Diagnostic::error("No backend is recorded", detail);
        return Err(CliError::from(finding.hint("underpin init -backend-config=FILE")));
    };
    match args.syntax {
        Syntax::Json => context.terminal.write(&stored.data_source_json()),
        Syntax::Hcl => {
            let outputs = backend.read_state()?.map(|state| state.outputs).unwrap_or_default();
            context.terminal.write(&stored.data_source(&outputs));
        }
    }
    Ok(ExitCode::SUCCESS)
}
