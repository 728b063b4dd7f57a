//! Commands and flags of Terraform's that are none here, and what to type in their place.

/// What takes the place of the command, as a sentence and, where there is one, a command line.
pub(super) fn instead(command: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match command {
        "refresh" => ("A refresh is an apply that only records.", Some("underpin apply -refresh-only")),
        "taint" => {
            ("The apply replaces a resource that it is told to.", Some("underpin apply -replace=ADDRESS"))
        }
        "import" => ("What exists already is imported all at once.", Some("underpin adopt -help")),
        "fmt" => (
            "There is no configuration to lay out: a terraform.tfvars may be laid out as you like.",
            Some("underpin validate"),
        ),
        "graph" => (
            "There is no configuration of Terraform's to draw; the module that export writes has one.",
            Some("underpin export terraform -help"),
        ),
        "docs" | "doc" | "man" | "settings" => (
            "Each command explains itself, and docs/ beside the program explains the rest.",
            Some("underpin help"),
        ),
        "report" | "status" | "drift" | "diff" | "preview" | "check" | "refresh-only" => (
            "What there is, and what differs from the settings, is what a plan shows.",
            Some("underpin plan"),
        ),
        "ls" | "list" | "resources" => ("The addresses are in the state.", Some("underpin state list")),
        "deploy" | "up" | "create" | "install" | "run" => {
            ("An apply makes the foundation as the settings say.", Some("underpin apply"))
        }
        "down" | "delete" | "remove" | "teardown" | "uninstall" => {
            ("A destroy removes the foundation, except the audit logs.", Some("underpin destroy"))
        }
        "migrate" | "migrate-state" => {
            ("init copies a state to another backend.", Some("underpin init -migrate-state -help"))
        }
        "whoami" | "account" => (
            "A plan says first whose credentials it uses; this asks AWS alone.",
            Some("aws sts get-caller-identity"),
        ),
        "console" | "test" | "query" | "stacks" => {
            ("It evaluates Terraform's configuration language, of which underpin has only settings.", None)
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

/// Why a flag is none here, as a sentence, and what takes its place.
pub(super) fn flag(name: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match name {
        "state" | "state-out" | "backup" => (
            "The backend says where the state lives; another state file is read by show.",
            Some("underpin show FILE"),
        ),
        "from-module" => ("There are no modules to copy: settings stand in terraform.tfvars.", None),
        "generate-config-out" => (
            "What exists already is imported all at once, and the settings that keep it are printed.",
            Some("underpin adopt -dry-run"),
        ),
        "query" | "test-directory" | "no-tests" | "filter" => {
            ("There are no files of tests or queries here, only settings.", None)
        }
        "allow-missing" | "config" | "provider" => {
            ("What exists already is imported all at once.", Some("underpin adopt -help"))
        }
        "module-depth" | "draw-cycles" | "type" | "plan" => {
            ("There is no configuration of Terraform's to draw.", None)
        }
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
