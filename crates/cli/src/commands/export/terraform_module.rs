//! `export terraform`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use clap::ArgAction;
use export::{File, Module, Provider, Subject, Unnamed};
use foundation::addresses::{self, key};
use foundation::{AccountId, Arn, Caller, Settings};
use terraform::backend::DEFAULT_WORKSPACE;
use terraform::state::Mode;
use terraform::{Address, Diagnostic, State, Value};

use super::stored;
use crate::backend::Backend;
use crate::configuration::{Configuration, Variables};
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;

/// The arguments of `export terraform`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin export terraform handover/\nunderpin export terraform -provider-version=3 handover/"
)]
pub(super) struct Args {
    #[command(flatten)]
    variables: Variables,
    /// The major version of terraform-provider-aws that the module is for: 3, 5 or 6
    #[arg(long, value_name = "N", default_value = "6")]
    provider_version: ProviderVersion,
    /// Adds import blocks, for a Terraform state that is still empty
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    import_blocks: bool,
    /// Replaces files of the same names
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    force: bool,
    /// The account, when nothing is applied yet
    #[arg(long, value_name = "ID")]
    account_id: Option<AccountId>,
    /// Where to write the module
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// A major version of the provider.
#[derive(Clone, Copy, Debug)]
struct ProviderVersion(Provider);

impl FromStr for ProviderVersion {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "3" => Ok(Self(Provider::Three)),
            "5" => Ok(Self(Provider::Five)),
            "6" => Ok(Self(Provider::Six)),
            _ => Err("it must be 3, 5 or 6"),
        }
    }
}

/// Writes the module, without asking AWS anything.
///
/// # Errors
/// Settings, state or directory that cannot be used.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let configuration = Configuration::read(&args.variables, &context.environment)?;
    let backend = Backend::load(context)?;
    let state = backend.read_state()?;
    let settings = &configuration.settings;
    let caller = caller(state.as_ref(), settings, args.account_id.as_ref())?;
    // Checks that the settings fit the account.
    configuration.blueprint(&caller, state.as_ref())?;
    let stored = stored::stored(&backend, context)?;
    let ProviderVersion(provider) = args.provider_version;
    let subject = Subject { settings, caller: &caller, state: state.as_ref() };
    let module = Module { subject, stored: stored.as_ref(), provider, imports: args.import_blocks };
    let files = export::module(&module).map_err(unnamed)?;
    write(&files, &args.directory, args.force)?;
    context.terminal.say(&conclusion(args, &files, backend.workspace()));
    if let (Some(state), false) = (&state, args.import_blocks) {
        context.terminal.report(left_out(state).as_slice());
    }
    Ok(ExitCode::SUCCESS)
}

/// Whose foundation it is: what the key's ARN in the state says, or else the flag.
fn caller(state: Option<&State>, settings: &Settings, given: Option<&AccountId>) -> Result<Caller, CliError> {
    let recorded = state.and_then(|state| state.instance(&key()));
    let arn = recorded.and_then(|key| key.attributes.get("arn")).and_then(Value::as_str);
    let recorded = arn.and_then(|arn| arn.parse::<Arn>().ok()).and_then(|arn| {
        let account_id = arn.account().parse().ok()?;
        Some(Caller { account_id, partition: arn.partition() })
    });
    let flag = given.map(|account_id| Caller {
        account_id: account_id.clone(),
        partition: settings.aws_region.partition(),
    });
    recorded.or(flag).ok_or_else(|| {
        let detail = "The state records no key yet, so the account that the module is for is not known.";
        let finding = Diagnostic::error("No account to export for", detail);
        CliError::from(finding.hint("run underpin apply first, or add -account-id=123456789012"))
    })
}

fn unnamed(Unnamed: Unnamed) -> CliError {
    let detail =
        "The end of the log bucket's name is drawn by the first apply, and a module has to name the bucket.";
    let finding = Diagnostic::error("The log bucket has no name yet", detail);
    CliError::from(finding.hint(
        "run underpin apply first, or choose the end yourself: cloudtrail_bucket_suffix = \"7c2e91b4\"",
    ))
}

/// Writes the files; without `force` none of them may be there.
fn write(files: &[File], directory: &Path, force: bool) -> Result<(), CliError> {
    let present: Vec<&str> =
        files.iter().map(|file| file.name).filter(|name| directory.join(name).exists()).collect();
    if !force && !present.is_empty() {
        let detail = format!("{} already holds {}.", directory.display(), present.join(", "));
        let finding = Diagnostic::error("The directory is in use", detail);
        return Err(CliError::from(
            finding.hint("name another directory, or replace these files with -force"),
        ));
    }
    fs::create_dir_all(directory).map_err(|source| CliError::File {
        action: "create",
        path: directory.to_owned(),
        source,
    })?;
    for file in files {
        let path = directory.join(file.name);
        fs::write(&path, &file.text).map_err(|source| CliError::File { action: "write", path, source })?;
    }
    Ok(())
}

/// What to say when the state records objects of others: Terraform destroys what its configuration does not hold.
fn left_out(state: &State) -> Option<Diagnostic> {
    const SHOWN: usize = 3;
    let others = state.listed().into_iter().filter(|(resource, instance)| {
        let address = Address::new(&resource.resource_type, &resource.name);
        let is_ours = resource.is_at(&address) && addresses::is_managed(&address);
        resource.mode == Mode::Managed && !(is_ours && instance.index_key.is_none())
    });
    let mut others: Vec<String> =
        others.map(|(resource, instance)| resource.address() + &instance.key()).collect();
    others.dedup();
    if others.is_empty() {
        return None;
    }
    let more = others.len().saturating_sub(SHOWN);
    others.truncate(SHOWN);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let detail = format!(
        "The state also records {}{more}. Terraform destroys what a state records and its configuration does not hold.",
        others.join(", ")
    );
    let finding = Diagnostic::warning("The module does not hold everything that the state records", detail);
    Some(finding.hint(
        "before an apply in the module: put their blocks beside it, or take them out of the state with terraform state rm, \
         which touches nothing in AWS",
    ))
}

/// What was written, and how to go on.
fn conclusion(args: &Args, files: &[File], workspace: &str) -> String {
    let names: Vec<&str> = files.iter().map(|file| file.name).collect();
    let directory = args.directory.display();
    let selection = match workspace {
        DEFAULT_WORKSPACE => String::new(),
        workspace => format!("  terraform workspace select {workspace}\n"),
    };
    let removal = match args.provider_version {
        ProviderVersion(Provider::Three) if !args.import_blocks => {
            "  terraform state rm …   (the whole command is in main.tf)\n"
        }
        ProviderVersion(_) => "",
    };
    format!(
        "Wrote {} to {directory}.\n\nTo go on with Terraform:\n\n  cd {directory}\n  terraform init\n{selection}{removal}  terraform plan",
        names.join(", ")
    )
}
