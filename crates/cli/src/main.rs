//! underpin: provisions and guards the global foundation of an AWS account.

mod args;
mod backend;
mod commands;
mod configuration;
mod context;
mod credentials;
mod environment;
mod error;
mod flag_value;
mod input;
mod interrupts;
mod line;
mod log;
mod operation;
mod private_file;
mod prompt;
mod runtime;
mod text;
mod typed;
mod views;

use std::process::ExitCode;

use commands::{Command, STREAMING};
use context::Context;
use environment::Environment;
use error::{Circumstances, CliError};
use line::{InvalidLine, Invocation};
use terraform::Diagnostic;
use typed::Typed;
use views::Terminal;
use views::waiting::Wait;

fn main() -> ExitCode {
    let environment = match Environment::of_process() {
        Ok(environment) => environment,
        Err(name) => {
            let detail = format!("The value of {name} is not valid UTF-8.");
            let unreadable = CliError::from(Diagnostic::error("Invalid environment variable", detail));
            Terminal::open(false).fail(&unreadable, &Circumstances::default());
            return ExitCode::FAILURE;
        }
    };
    let line = match line::parse(std::env::args_os().skip(1), &environment) {
        Ok(line) => line,
        Err(InvalidLine { path, error }) => {
            let usage = CliError::from(error.diagnostic(&path));
            let terminal =
                if wants_messages(&path) { Terminal::open_for_messages() } else { Terminal::open(false) };
            terminal.fail(&usage, &Circumstances::default());
            return ExitCode::FAILURE;
        }
    };
    let streams = matches!(&line.invocation, Invocation::Run(command) if command.streams());
    let terminal = if streams { Terminal::open_for_messages() } else { Terminal::open(line.no_color) };
    let typed = Typed::new(line.directory.as_deref(), environment.get("TF_WORKSPACE"), &line.settings);
    let mut context = Context::new(terminal.typing(typed), environment, line.path.clone());
    let command = match line.invocation {
        Invocation::Run(command) => command,
        Invocation::Help => {
            context.terminal.write(&line::help(&line.path));
            return written(&context.terminal, ExitCode::SUCCESS);
        }
        Invocation::Nothing => {
            context.terminal.write(&line::help(&line.path));
            return ExitCode::FAILURE;
        }
    };
    let entered = match line.directory {
        Some(directory) => std::env::set_current_dir(&directory).map_err(|source| CliError::File {
            action: "enter",
            path: directory,
            source,
        }),
        None => Ok(()),
    };
    let code = entered.and_then(|()| run(&command, line.debug, &mut context)).unwrap_or_else(|error| {
        // Everything has ended by then: files are read for the hint alone.
        let told = credentials::told(context.circumstances(), &context.environment);
        let told = runtime::block_on(async { Ok(told.await) });
        context.terminal.fail(&error, &told.unwrap_or_else(|_| context.circumstances()));
        ExitCode::FAILURE
    });
    written(&context.terminal, code)
}

/// Runs the command, with a log where one is asked for, and tells what it waits for.
fn run(command: &Command, debug: bool, context: &mut Context) -> Result<ExitCode, CliError> {
    let log = context.open_log(debug)?;
    let activity = context.activity.clone();
    let waiting = move || {
        let call = activity.longest()?;
        Some(Wait { what: format!("{} at {}", call.operation, call.host), time: call.since.elapsed() })
    };
    let watches = !context.terminal.takes_messages();
    let _watch = watches.then(|| context.terminal.waits().watch(waiting));
    let result = command.run(context);
    if let (Err(error), Some(log)) = (&result, log) {
        log.error(error);
    }
    result
}

/// The exit status of a run that ended with `code`: no success when what it said could not be written.
fn written(terminal: &Terminal, code: ExitCode) -> ExitCode {
    let Some(error) = terminal.failure() else { return code };
    let source = error.raw_os_error().map_or_else(|| error.kind().into(), std::io::Error::from_raw_os_error);
    let lost = CliError::File { action: "write", path: "the standard output".into(), source };
    terminal.fail(&lost, &Circumstances::default());
    ExitCode::FAILURE
}

/// Whether a line that cannot be followed asked for messages.
fn wants_messages(path: &str) -> bool {
    let asks = |argument: std::ffi::OsString| {
        ["-json", "--json", "-json=true", "--json=true"].iter().any(|flag| argument == *flag)
    };
    STREAMING.contains(&path) && std::env::args_os().any(asks)
}
