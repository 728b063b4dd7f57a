//! Help texts, laid out as Terraform lays out its own.

use clap::{Arg, Command, CommandFactory};

use super::Arguments;
use super::flags::is_switch;
use crate::text::{fit, wrap};

/// Where the descriptions begin.
const COLUMN: usize = 28;

/// The width of a help text.
const WIDTH: usize = 80;

/// The help of the command with these words; of the program when there are none.
pub(crate) fn help(path: &str) -> String {
    let mut command = Arguments::command();
    for word in path.split_whitespace() {
        if let Some(next) = command.find_subcommand(word).cloned() {
            command = next;
        }
    }
    if command.has_subcommands() { group(path, &command) } else { single(path, &command) }
}

fn group(path: &str, command: &Command) -> String {
    let usage = if path.is_empty() {
        "Usage: underpin [-chdir=DIR] COMMAND [options]".to_owned()
    } else {
        format!("Usage: underpin {path} SUBCOMMAND [options]")
    };
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut text = format!("{usage}\n\n{}\n\nCommands:\n\n", indented(&about));
    for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        let about = subcommand.get_about().map(ToString::to_string).unwrap_or_default();
        text.push_str(&entry(subcommand.get_name(), &about));
    }
    if path.is_empty() {
        text.push_str("\nGlobal options (before the command):\n\n");
        text.push_str(&entry("-chdir=DIR", "Goes to another directory first"));
        text.push_str(&entry("-debug", "Logs every call on stderr, or in the file that TF_LOG_PATH names"));
        text.push_str(&entry("-help", "Shows this text, or that of a command after it"));
        text.push_str(&entry("-version", "The same as the command version"));
    }
    text.push_str(&examples(command));
    text
}

fn single(path: &str, command: &Command) -> String {
    let positionals: String = command
        .get_positionals()
        .map(|arg| {
            let name = value_name(arg);
            if arg.is_required_set() { format!(" {name}") } else { format!(" [{name}]") }
        })
        .collect();
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let mut text =
        format!("Usage: underpin {path} [options]{positionals}\n\n{}\n\nOptions:\n\n", indented(&about));
    let mut options: Vec<(String, String)> = command
        .get_opts()
        .filter(|arg| !arg.is_hide_set())
        .map(|arg| (flag(arg), arg.get_help().map(ToString::to_string).unwrap_or_default()))
        .collect();
    options.push(("-no-color".to_owned(), "Prints without colour".to_owned()));
    options.push((
        "-debug".to_owned(),
        "Logs every call on stderr, or in the file that TF_LOG_PATH names".to_owned(),
    ));
    options.sort();
    for (flag, about) in options {
        text.push_str(&entry(&flag, &about));
    }
    text.push_str(&examples(command));
    text
}

/// `-lock=false`, `-var-file=FILE`, `-auto-approve`.
fn flag(arg: &Arg) -> String {
    let name = arg.get_long().unwrap_or_default();
    if is_switch(arg) {
        let on = arg.get_default_values().iter().any(|value| value == "true");
        return if on { format!("-{name}=false") } else { format!("-{name}") };
    }
    format!("-{name}={}", value_name(arg))
}

fn value_name(arg: &Arg) -> String {
    arg.get_value_names().and_then(<[_]>::first).map(ToString::to_string).unwrap_or_default()
}

fn entry(name: &str, about: &str) -> String {
    let mut lines = wrapped(&format!("{about}."), WIDTH - COLUMN).into_iter();
    let first = lines.next().unwrap_or_default();
    let mut text = if name.len() + 3 < COLUMN {
        format!("  {name:<width$}{first}\n", width = COLUMN - 2)
    } else {
        format!("  {name}\n{:COLUMN$}{first}\n", "")
    };
    for line in lines {
        text.push_str(&format!("{:COLUMN$}{line}\n", ""));
    }
    text
}

fn indented(about: &str) -> String {
    let paragraphs: Vec<String> = about
        .split("\n\n")
        .map(|paragraph| {
            let end = if paragraph.ends_with('.') { "" } else { "." };
            let lines = wrapped(&format!("{paragraph}{end}"), WIDTH - 2);
            lines.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
        })
        .collect();
    paragraphs.join("\n\n")
}

fn examples(command: &Command) -> String {
    match command.get_after_help() {
        Some(examples) => {
            let lines: String = examples.to_string().lines().map(|line| format!("  {line}\n")).collect();
            format!("\nExamples:\n\n{}", fit(&lines, Some(WIDTH)))
        }
        None => String::new(),
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    wrap(text, Some(width)).lines().map(str::to_owned).collect()
}
