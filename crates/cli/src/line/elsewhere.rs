//! Commands of Terraform's that are no commands here, and what to type in their place.

/// What takes the place of the command, as a sentence and, where there is one, a command line.
pub fn instead(command: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match command {
        "refresh" => ("A refresh is an apply that only records.", Some("underpin apply -refresh-only")),
        "taint" => {
            ("A resource is made anew by the apply that is told so.", Some("underpin apply -replace=ADDRESS"))
        }
        "import" => ("What exists already is taken over all at once.", Some("underpin adopt -help")),
        "console" | "graph" | "test" | "query" | "stacks" => {
            ("It evaluates Terraform's configuration language, of which underpin has only settings.", None)
        }
        "fmt" => {
            ("It lays out files of Terraform's configuration language, of which underpin has none.", None)
        }
        "get" | "modules" | "providers" | "metadata" => {
            ("There are no modules and no providers to install or to list: all is in this one program.", None)
        }
        "login" | "logout" | "cloud" | "rpcapi" => (
            "HCP Terraform is not supported; the state is kept in S3 or in a file.",
            Some("underpin init -help"),
        ),
        "env" => ("It is the old name of another command.", Some("underpin workspace")),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn what_is_a_command_here_is_not_elsewhere() {
        let all = crate::line::Arguments::command();
        for command in all.get_subcommands() {
            assert_eq!(instead(command.get_name()), None, "{}", command.get_name());
        }
        for words in
            ["refresh", "taint", "import", "login", "env"].map(|command| instead(command).unwrap().1.unwrap())
        {
            let command = words.split(' ').nth(1).unwrap();
            assert!(all.find_subcommand(command).is_some(), "{words}");
        }
    }
}
