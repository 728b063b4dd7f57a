//! What the commands that edit a state share.

use std::path::PathBuf;

use clap::ArgAction;

use super::Lock;
use crate::flag_value;
use crate::operation::EditOptions;

/// How a state is edited.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Edit {
    #[command(flatten)]
    pub lock: Lock,
    /// Shows what would be done, and does nothing
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    pub dry_run: bool,
    /// Where to keep the state as it was; a local state is always kept, as terraform.tfstate.TIME.backup
    #[arg(long, value_name = "FILE")]
    pub backup: Option<PathBuf>,
    #[command(flatten)]
    pub ignored: Ignored,
}

impl From<&Edit> for EditOptions {
    fn from(flags: &Edit) -> Self {
        Self { lock: flags.lock.into(), dry_run: flags.dry_run, backup: flags.backup.clone() }
    }
}

/// Flags of Terraform's that change nothing here: there is one kind of remote, and a state holds no settings.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Ignored {
    #[arg(long, hide = true, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    ignore_remote_version: bool,
    #[arg(long, hide = true, action = ArgAction::Append)]
    var: Vec<String>,
    #[arg(long, hide = true, action = ArgAction::Append)]
    var_file: Vec<String>,
}
