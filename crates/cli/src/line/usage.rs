//! A command line that cannot be followed.

use clap::CommandFactory;
use terraform::Diagnostic;

use super::Arguments;
use super::elsewhere::{self, instead};
use super::words::Unreadable;

/// What is wrong with the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UsageError {
    /// No command of that name.
    UnknownCommand {
        /// As typed.
        command: String,
        /// What was probably meant.
        similar: Option<String>,
    },
    /// No flag of that name.
    UnknownFlag {
        /// As typed, without dashes.
        flag: String,
        /// What was probably meant.
        similar: Option<String>,
    },
    /// A flag without its value.
    MissingValue(String),
    /// A value that the flag does not take.
    InvalidValue {
        /// Its name.
        flag: String,
        /// As typed.
        value: String,
        /// Why not, or what to write.
        reason: String,
    },
    /// A value that the positional argument does not take.
    InvalidArgument {
        /// Its name.
        name: String,
        /// As typed.
        value: String,
        /// Why not, or what to write.
        reason: String,
    },
    /// A positional argument that is one too many, as typed.
    TooManyArguments(String),
    /// A positional argument or a flag that the command needs.
    MissingArgument(String),
    /// `TF_CLI_ARGS…` cannot be split into words.
    UnreadableVariable(String, Unreadable),
    /// An argument is no UTF-8.
    NotText,
}

impl UsageError {
    /// The finding, with a hint at the help of `command`.
    pub(crate) fn diagnostic(&self, command: &str) -> Diagnostic {
        let help = match command {
            "" => "run: underpin -help".to_owned(),
            command => format!("run: underpin {command} -help"),
        };
        let flags = "Failed to parse command-line flags";
        match self {
            Self::UnknownCommand { command: typed, .. } if command.is_empty() && instead(typed).is_some() => {
                let (reason, line) = instead(typed).unwrap_or_default();
                let detail = format!("underpin has no command named \"{typed}\". {reason}");
                Diagnostic::error("Unknown command", detail)
                    .hint(line.map_or(help, |line| format!("run: {line}")))
            }
            Self::UnknownCommand { command: typed, similar } => {
                let typed = format!("{command} {typed}");
                Diagnostic::error(
                    "Unknown command",
                    format!("underpin has no command named \"{}\".", typed.trim()),
                )
                .hint(did_you_mean(similar.as_deref(), "", &help))
            }
            Self::UnknownFlag { flag, .. } if flag == "chdir" && !command.is_empty() => {
                Diagnostic::error(flags, "The option -chdir belongs before the command.")
                    .hint(format!("underpin -chdir=DIR {command}"))
            }
            Self::UnknownFlag { flag, .. } if elsewhere::flag(flag).is_some() => {
                let (reason, line) = elsewhere::flag(flag).unwrap_or_default();
                let line = line.map_or(help, |line| format!("leave it out; run: {line}"));
                Diagnostic::error(flags, format!("Flag provided but not defined: -{flag}. {reason}"))
                    .hint(line)
            }
            Self::UnknownFlag { flag, similar } => {
                let elsewhere = if similar.is_none() { commands_with(flag) } else { Vec::new() };
                let elsewhere = match elsewhere.as_slice() {
                    [] => String::new(),
                    commands => format!(" It is a flag of: {}.", commands.join(", ")),
                };
                Diagnostic::error(flags, format!("Flag provided but not defined: -{flag}.{elsewhere}"))
                    .hint(did_you_mean(similar.as_deref(), "-", &help))
            }
            Self::MissingValue(flag) => {
                Diagnostic::error(flags, format!("Flag needs an argument: -{flag}.")).hint(help)
            }
            Self::InvalidValue { flag, value, reason } if reason.is_empty() => {
                let detail = format!("Invalid value \"{value}\" for -{flag}: it must not be empty.");
                Diagnostic::error(flags, detail).hint(help)
            }
            Self::InvalidValue { flag, value, reason } => {
                Diagnostic::error(flags, format!("Invalid value \"{value}\" for -{flag}: {reason}."))
                    .hint(help)
            }
            Self::InvalidArgument { name, value, reason } => {
                let reason = if reason.is_empty() { "it must not be empty" } else { reason };
                let detail = format!("Invalid value \"{value}\" for {name}: {reason}.");
                Diagnostic::error("Invalid argument", detail).hint(help)
            }
            Self::TooManyArguments(extra) => {
                let detail = format!("`{extra}` is one argument too many.");
                Diagnostic::error("Too many command line arguments", detail).hint(help)
            }
            Self::MissingArgument(name) => {
                Diagnostic::error("Required argument missing", format!("The command needs {name}."))
                    .hint(help)
            }
            Self::UnreadableVariable(name, why) => Diagnostic::error(
                "Invalid command-line arguments in the environment",
                format!("The environment variable {name} cannot be read: {why}."),
            ),
            Self::NotText => Diagnostic::error("Invalid argument", "An argument is not valid UTF-8."),
        }
    }
}

/// The commands that have a flag.
fn commands_with(flag: &str) -> Vec<String> {
    let program = Arguments::command();
    let has = |command: &clap::Command| {
        command.get_opts().any(|arg| !arg.is_hide_set() && arg.get_long() == Some(flag))
    };
    let mut names = Vec::new();
    for command in program.get_subcommands() {
        if has(command) {
            names.push(command.get_name().to_owned());
        }
        let below = command.get_subcommands().filter(|below| has(below));
        names.extend(below.map(|below| format!("{} {}", command.get_name(), below.get_name())));
    }
    names
}

fn did_you_mean(similar: Option<&str>, dashes: &str, help: &str) -> String {
    match similar {
        Some(similar) => format!("did you mean {dashes}{similar}? For all of them {help}"),
        None => help.to_owned(),
    }
}
