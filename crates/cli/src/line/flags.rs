//! Terraform's flags (`-flag`, `--flag`, `-flag=v`, `-flag v`) in the one form that clap is given: `--flag=v`.

use clap::{Arg, Command};

use terraform::similar;

use super::UsageError;
use crate::flag_value;

/// The arguments of one command, ready for clap.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    /// For clap, in order.
    pub arguments: Vec<String>,
    /// `-no-color` was among them.
    pub no_color: bool,
    /// `-debug` was among them.
    pub debug: bool,
    /// `-help` was among them.
    pub help: bool,
}

/// Reads flags, before, between and behind the positional arguments; what stands behind `--` is no flag.
///
/// Terraform takes them before the positional arguments alone, so all that it takes means the same here.
///
/// # Errors
/// A flag that the command does not have, one without its value, or a switch that is neither on nor off.
pub(super) fn normalize(command: &Command, arguments: &[String]) -> Result<Flags, UsageError> {
    let mut flags = Flags::default();
    let mut positionals = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let Some(flag) = argument.strip_prefix('-').filter(|flag| !flag.is_empty()) else {
            positionals.push(argument.clone());
            continue;
        };
        if flag == "-" {
            positionals.extend(rest.by_ref().cloned());
            break;
        }
        let flag = flag.strip_prefix('-').unwrap_or(flag);
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (flag, None),
        };
        match (name, value) {
            ("help" | "h", None) => flags.help = true,
            ("debug", None) => flags.debug = true,
            ("no-color", None) => flags.no_color = true,
            ("debug", Some(value)) => flags.debug = switch_value(name, value)?,
            ("no-color", Some(value)) => flags.no_color = switch_value(name, value)?,
            _ => {
                let value = match (find(command, name)?, value) {
                    (_, Some(value)) => format!("={value}"),
                    (arg, None) if needs_no_value(arg) => String::new(),
                    (arg, None) if is_switch(arg) => "=true".to_owned(),
                    (_, None) => {
                        let value = rest.next().ok_or_else(|| UsageError::MissingValue(name.to_owned()))?;
                        format!("={value}")
                    }
                };
                flags.arguments.push(format!("--{name}{value}"));
            }
        }
    }
    if !positionals.is_empty() {
        flags.arguments.push("--".to_owned());
        flags.arguments.extend(positionals);
    }
    Ok(flags)
}

impl Flags {
    /// `-var` and `-var-file`, as a person types them.
    pub(super) fn settings(&self) -> Vec<String> {
        let flags = self.arguments.iter().take_while(|argument| *argument != "--");
        flags
            .filter(|flag| flag.starts_with("--var=") || flag.starts_with("--var-file="))
            .filter_map(|flag| Some(flag.strip_prefix('-')?.to_owned()))
            .collect()
    }
}

/// Whether a flag is on or off and takes no separate value.
pub(super) fn is_switch(arg: &Arg) -> bool {
    arg.get_value_parser().type_id() == std::any::TypeId::of::<bool>()
}

/// Whether a flag may stand without a value.
fn needs_no_value(arg: &Arg) -> bool {
    arg.get_num_args().is_some_and(|count| count.min_values() == 0)
}

fn switch_value(name: &str, value: &str) -> Result<bool, UsageError> {
    flag_value::is_true(value).ok_or_else(|| UsageError::InvalidValue {
        flag: name.to_owned(),
        value: value.to_owned(),
        reason: "write true or false".to_owned(),
    })
}

fn find<'a>(command: &'a Command, name: &str) -> Result<&'a Arg, UsageError> {
    let names = || command.get_arguments().filter_map(Arg::get_long);
    command.get_arguments().find(|arg| arg.get_long() == Some(name)).ok_or_else(|| UsageError::UnknownFlag {
        flag: name.to_owned(),
        similar: similar(name, names()).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> Command {
        use clap::CommandFactory;
        let all = crate::line::Arguments::command();
        all.find_subcommand("plan").unwrap().clone()
    }

    fn normal(arguments: &[&str]) -> Result<Flags, UsageError> {
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        normalize(&command(), &arguments)
    }

    #[test]
    fn every_form_becomes_one() {
        let cases: [(&[&str], &[&str]); 13] = [
            (&["-var-file=x"], &["--var-file=x"]),
            (&["-var", "x=y"], &["--var=x=y"]),
            (&["--var", "x=y"], &["--var=x=y"]),
            (&["-var", "-x"], &["--var=-x"]),
            (&["-lock=false"], &["--lock=false"]),
            (&["-lock"], &["--lock=true"]),
            (&["-no-widening", "x"], &["--no-widening", "--", "x"]),
            (&["-no-widening=public"], &["--no-widening=public"]),
            (&["-lock", "false"], &["--lock=true", "--", "false"]),
            (&["a", "-lock"], &["--lock=true", "--", "a"]),
            (&["a", "-var", "x=y", "-", "b"], &["--var=x=y", "--", "a", "-", "b"]),
            (&["-var", "-no-color", "a"], &["--var=-no-color", "--", "a"]),
            (&["--", "-lock"], &["--", "-lock"]),
        ];
        for (arguments, expected) in cases {
            let flags = normal(arguments).unwrap();
            assert_eq!(flags.arguments, expected, "{arguments:?}");
            assert!(!flags.no_color && !flags.help, "{arguments:?}");
        }
    }

    #[test]
    fn colour_and_help_are_told_apart() {
        let flags = normal(&["x", "-no-color"]).unwrap();
        assert_eq!((flags.no_color, flags.arguments), (true, vec!["--".to_owned(), "x".to_owned()]));
        assert!(!normal(&["-no-color=false"]).unwrap().no_color);
        assert!(normal(&["-help"]).unwrap().help);
        assert!(normal(&["--h"]).unwrap().help);
    }

    #[test]
    fn wrong_flags_are_named() {
        assert_eq!(
            normal(&["-var-fiel=x"]),
            Err(UsageError::UnknownFlag {
                flag: "var-fiel".to_owned(),
                similar: Some("var-file".to_owned())
            })
        );
        assert_eq!(normal(&["-zzz"]), Err(UsageError::UnknownFlag { flag: "zzz".to_owned(), similar: None }));
        assert_eq!(normal(&["-var"]), Err(UsageError::MissingValue("var".to_owned())));
        assert!(matches!(normal(&["-no-color=x"]), Err(UsageError::InvalidValue { .. })));
    }
}
