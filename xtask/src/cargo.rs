//! Runs cargo and other commands of this workspace.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Outcome;

/// Answers the root of the workspace.
pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().unwrap_or(root)
}

/// Answers a cargo command at the root of the workspace.
///
/// It does not get what cargo told this process about its own package: build scripts would run again for it.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command.args(arguments).current_dir(root());
    command
}

/// Runs a command to its end; its output goes where ours goes.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command
        .status()
        .map_err(|error| format!("{} cannot be run: {error}", command.get_program().display()))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` ended with {status}", line(command)).into()) }
}

/// Runs a command to its end and answers what it printed.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("`{}` ended with {}", line(command), output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// What makes cargo say what it built.
const MESSAGES: &str = "--message-format=json-render-diagnostics";

/// Builds the binary `underpin` and answers where cargo has put it.
pub(crate) fn build_underpin(release: bool) -> Outcome<PathBuf> {
    let mut command = cargo(&["build", "-p", "cli", "--bin", "underpin", MESSAGES]);
    if release {
        command.arg("--release");
    }
    executable(&mut command)
}

/// Builds the release binary `underpin`, linked with one more argument, and answers where cargo has put it.
pub(crate) fn link_underpin(argument: &str) -> Outcome<PathBuf> {
    let link = format!("link-arg={argument}");
    executable(
        cargo(&["rustc", "--release", "-p", "cli", "--bin", "underpin", MESSAGES]).args(["--", "-C", &link]),
    )
}

/// Runs a build that tells what it made, and answers where the binary is.
fn executable(command: &mut Command) -> Outcome<PathBuf> {
    let messages = output(command)?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message.pointer("/target/name").and_then(Value::as_str) == Some("underpin"))
        .find_map(|message| message.get("executable").and_then(Value::as_str).map(PathBuf::from))
        .ok_or_else(|| "cargo did not say where the binary `underpin` is".into())
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy();
    let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
    format!("{program} {}", arguments.join(" "))
}
