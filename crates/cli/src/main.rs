//! underpin: provisions and guards the global foundation of an AWS account.

mod args;
mod backend;
mod commands;
mod configuration;
mod context;
mod environment;
mod error;
mod input;
mod interrupts;
mod operation;
mod prompt;
mod runtime;
mod views;

use std::process::ExitCode;

use args::{InvalidLine, Request};
use commands::STREAMING;
use context::Context;
use environment::Environment;
use error::{Circumstances, CliError};
use terraform::Diagnostic;
use terraform::backend::{Backend as Kind, S3Backend};
use views::Terminal;

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
    let line = match args::parse(std::env::args_os().skip(1), &environment) {
        Ok(line) => line,
        Err(InvalidLine { path, error }) => {
            let usage = CliError::from(error.diagnostic(&path));
            let terminal =
                if wants_messages(&path) { Terminal::open_for_messages() } else { Terminal::open(false) };
            terminal.fail(&usage, &Circumstances::default());
            return ExitCode::FAILURE;
        }
    };
    let streams = matches!(&line.request, Request::Run(command) if command.streams());
    let terminal = if streams { Terminal::open_for_messages() } else { Terminal::open(line.no_color) };
    let context = Context { terminal, environment };
    let command = match line.request {
        Request::Run(command) => command,
        Request::Help => {
            context.terminal.write(&args::help(&line.path));
            return written(&context.terminal, ExitCode::SUCCESS);
        }
        Request::Nothing => {
            context.terminal.write(&args::help(&line.path));
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
    let code = entered.and_then(|()| command.run(&context)).unwrap_or_else(|error| {
        context.terminal.fail(&error, &circumstances(line.path, &context.environment));
        ExitCode::FAILURE
    });
    written(&context.terminal, code)
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

/// The variables that name a proxy.
const PROXIES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// What the hints of an error are made of.
fn circumstances(command: String, environment: &Environment) -> Circumstances {
    let variable = |name| environment.get(name).map(str::to_owned);
    let recorded = backend::recorded(environment).ok().flatten();
    let s3 = recorded.and_then(|recorded| match recorded.configuration.validate().ok()?.backend {
        Kind::S3(s3) => Some(s3),
        Kind::Local(_) => None,
    });
    let of_backend = |part: fn(&S3Backend) -> Option<String>| s3.as_deref().and_then(part);
    Circumstances {
        command,
        profile: of_backend(|s3| s3.profile.clone()).or_else(|| variable("AWS_PROFILE")),
        region: of_backend(|s3| s3.region.clone())
            .or_else(|| variable("AWS_REGION"))
            .or_else(|| variable("AWS_DEFAULT_REGION")),
        endpoint: variable("AWS_ENDPOINT_URL"),
        proxy: PROXIES.into_iter().find(|name| environment.get(name).is_some()),
    }
}
