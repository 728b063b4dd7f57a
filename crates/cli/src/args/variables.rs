//! `-var` and `-var-file`, in the order in which they were given.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, error::Error};

use crate::configuration::{VariableSource, Variables};

impl clap::FromArgMatches for Variables {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut indexed: Vec<(usize, VariableSource)> = Vec::new();
        for (id, source) in
            [("var", VariableSource::assignment as fn(&str) -> _), ("var-file", VariableSource::file)]
        {
            let values = matches.get_many::<String>(id).into_iter().flatten();
            let indices = matches.indices_of(id).into_iter().flatten();
            indexed.extend(indices.zip(values.map(|value| source(value))));
        }
        indexed.sort_by_key(|(index, _)| *index);
        Ok(Self { sources: indexed.into_iter().map(|(_, source)| source).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Args for Variables {
    fn augment_args(command: Command) -> Command {
        let repeated = |id: &'static str| Arg::new(id).long(id).action(ArgAction::Append);
        command
            .arg(
                repeated("var").value_name("NAME=VALUE").help("Sets one setting; may be given several times"),
            )
            .arg(
                repeated("var-file")
                    .value_name("FILE")
                    .help("Reads settings from a file beyond terraform.tfvars and *.auto.tfvars"),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl VariableSource {
    fn assignment(text: &str) -> Self {
        Self::Assignment(text.to_owned())
    }

    fn file(text: &str) -> Self {
        Self::File(PathBuf::from(text))
    }
}
