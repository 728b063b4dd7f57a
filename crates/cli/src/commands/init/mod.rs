//! `init`.

mod beside;
mod check;
mod given;

use std::process::ExitCode;

use clap::ArgAction;
use terraform::Diagnostic;
use terraform::backend::{Backend as Kind, Configuration, LocalBackend, Record};

use crate::args::Lock;
use crate::backend::{self, Backend, Block, bucket_owner};
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::operation::{Copied, Migration, migrate, retire};
use crate::runtime;

use check::{needs_customer_key, usable};
use given::{BackendSource, configuration};

/// The arguments of `init`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin init -backend-config=backend-global-production-us-east-1.hcl\nunderpin init -backend-config=bucket=my-state -backend-config=key=global/terraform.tfstate"
)]
pub(crate) struct Args {
    /// A backend file, or one argument as NAME=VALUE; may be given several times, and an empty one takes back the earlier ones
    #[arg(long, value_name = "FILE|NAME=VALUE", action = ArgAction::Append, value_parser = BackendSource::value)]
    backend_config: Vec<BackendSource>,
    /// Keeps the state in this directory, also where a backend file lies beside
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    local: bool,
    /// Leaves the backend as it was recorded
    #[arg(long, action = ArgAction::Set, default_value = "true", value_parser = flag_value::switch)]
    backend: bool,
    /// Forgets the recorded backend; a state that is there stays there
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    reconfigure: bool,
    /// Copies the state to a backend that was changed, after a question
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    migrate_state: bool,
    /// Copies it without the question
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    force_copy: bool,
    /// Never asks
    #[arg(long, action = ArgAction::Set, default_value = "true", value_parser = flag_value::switch)]
    input: bool,
    /// Prints messages for programs, one JSON object a line
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    pub json: bool,
    #[command(flatten)]
    lock: Lock,
    #[command(flatten)]
    ignored: Ignored,
}

/// Flags of Terraform's that have nothing to do here: there are no modules and no providers.
#[derive(Debug, clap::Args)]
struct Ignored {
    #[arg(long, hide = true, action = ArgAction::Set, default_value = "true", value_parser = flag_value::switch)]
    get: bool,
    #[arg(long, hide = true, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    upgrade: bool,
    #[arg(long, hide = true)]
    lockfile: Option<String>,
    #[arg(long, hide = true, action = ArgAction::Append)]
    plugin_dir: Vec<String>,
}

/// Checks the backend, copies a state to it where that is asked for, and records it.
///
/// # Errors
/// A configuration that is not right, a backend that cannot be used, another one than recorded, or a state that was not
/// copied. The recorded backend is the old one then.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let terminal = &context.terminal;
    if !args.backend {
        terminal.say("underpin has been initialized without its backend.");
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(other) = args.excluded_by_migration().filter(|_| args.migrate_state) {
        let detail = format!("The options -migrate-state and {other} are mutually exclusive.");
        return Err(CliError::from(Diagnostic::error("Invalid init options", detail)));
    }
    terminal.step("initializing_backend_message", "Initializing the backend...\n");
    let recorded = match backend::recorded(&context.environment) {
        Err(_) if args.reconfigure => None,
        recorded => recorded?,
    };
    let block = Block::find()?;
    let configuration = configuration(args, recorded.as_ref(), block.as_ref())?;
    let is_new = args.reconfigure || !backend::is_recorded(&context.environment);
    let nothing_said = is_new && configuration.is_empty() && block.is_none() && !args.local;
    if nothing_said {
        beside::refuse_to_pass_over(args.reconfigure)?;
    }
    let validated = configuration.validate()?;
    let unchanged = recorded.as_ref().is_some_and(|recorded| {
        recorded.configuration.kind() == validated.backend.kind()
            && recorded.configuration.to_config(recorded.configuration.kind())
                == configuration.to_config(validated.backend.kind())
    });
    let migrates = args.migrate_state || args.force_copy;
    if recorded.is_some() && !unchanged && !args.reconfigure && !migrates {
        return Err(changed());
    }
    terminal.report(&validated.warnings);
    terminal.report(left_behind(recorded.as_ref(), &validated.backend).as_slice());
    if nothing_said {
        terminal.report(beside::unused_bucket(&context.environment).as_slice());
    }
    let backend = usable(validated.backend.clone(), context)?;
    if !backend.takes_locks() {
        terminal.report(&[unlocked()]);
    }
    let source = if unchanged { None } else { source(args, recorded.as_ref(), &validated.backend, context)? };
    let migration = source.as_ref().map(|source| migration(args, source, &backend, context));
    let copied =
        migration.as_ref().map(|migration| runtime::block_on(migrate(migration, context))).transpose()?;
    if let Kind::S3(s3) = &validated.backend {
        let key = needs_customer_key(s3, args.reconfigure, context)?;
        bucket_owner::save(&context.environment, &s3.bucket, backend.owner(), key)?;
    }
    backend::save(&record(&configuration, &validated.backend, block), &context.environment)?;
    if let (Some(migration), Some(copied)) = (&migration, &copied) {
        conclude(migration, copied, context)?;
    }
    let name = validated.backend.kind().as_str();
    if !unchanged {
        terminal.step("backend_configured_success", &format!(
            "Successfully configured the backend \"{name}\"! underpin will automatically\nuse this backend unless the backend configuration changes.\n"
        ));
    }
    terminal.step("output_init_success_message", "underpin has been successfully initialized!");
    if !context.environment.in_automation() {
        terminal.step(
            "output_init_success_cli_message",
            "\nYou may now begin working. Try running \"underpin plan\" to see what would be made.",
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// What to say of a backend on which runs do not wait for each other.
fn unlocked() -> Diagnostic {
    let detail = "Two runs at a time would overwrite each other's state: the backend names neither use_lockfile nor \
                  dynamodb_table.";
    Diagnostic::warning("No lock is taken on this state", detail)
        .hint("write use_lockfile = true into the backend file")
}

impl Args {
    /// The flag that excludes `-migrate-state`, if it was given.
    fn excluded_by_migration(&self) -> Option<&'static str> {
        // With messages nobody can answer the question before the copy.
        let asks = self.json && !self.force_copy;
        self.reconfigure.then_some("-reconfigure").or(asks.then_some("-json"))
    }
}

/// What is recorded. A module of Terraform's that configures no backend has no record of one either: it would make
/// Terraform ask for an `init` of its own.
fn record(configuration: &Configuration, backend: &Kind, block: Option<Block>) -> String {
    match block {
        None if configuration.is_empty() && Block::is_possible() => Record::without_backend(),
        None => configuration.to_record(backend, &Configuration::default()),
        Some(block) => configuration.to_record(backend, &block.configuration),
    }
}

/// What to say when a state in S3 is not looked at any more because nothing names it.
fn left_behind(recorded: Option<&Record>, new: &Kind) -> Option<Diagnostic> {
    let Ok(Kind::S3(old)) = recorded?.configuration.validate().map(|validated| validated.backend) else {
        return None;
    };
    let Kind::Local(_) = new else { return None };
    let detail = format!(
        "The recorded backend was s3://{}/{}, and no backend is named now. What is there stays there, and is not seen from here.",
        old.bucket, old.key
    );
    Some(
        Diagnostic::warning("The state is kept in this directory from now on", detail)
            .hint("to go on with the state in S3: underpin init -reconfigure -backend-config=FILE"),
    )
}

/// From where a state may have to be copied: the recorded backend, when that is asked for; before a first `init` the working
/// directory, where Terraform and underpin keep a state without one.
fn source(
    args: &Args,
    recorded: Option<&Record>,
    new: &Kind,
    context: &Context,
) -> Result<Option<Backend>, CliError> {
    let kind = match recorded {
        _ if args.reconfigure => return Ok(None),
        Some(recorded) => recorded.configuration.validate()?.backend,
        None => Kind::Local(LocalBackend::default()),
    };
    if kind == *new { Ok(None) } else { Backend::new(kind, context).map(Some) }
}

/// From where to where the flags ask to copy, and how.
fn migration<'a>(
    args: &Args,
    source: &'a Backend,
    destination: &'a Backend,
    context: &Context,
) -> Migration<'a> {
    Migration {
        from: source,
        to: destination,
        lock: args.lock.into(),
        force: args.force_copy,
        input: args.input && !args.json && context.environment.allows_input(),
    }
}

/// Tells what was copied, and removes it from the files where it was.
fn conclude(migration: &Migration<'_>, copied: &[Copied], context: &Context) -> Result<(), CliError> {
    for copy in copied {
        context.terminal.say(&format!("Copied the state of the workspace \"{}\".", copy.workspace));
    }
    match (migration.from.kind(), migration.to.kind()) {
        (Kind::Local(_), Kind::S3(_)) => runtime::block_on(retire(migration, copied, context)),
        _ => Ok(()),
    }
}

fn changed() -> CliError {
    let detail = "A change in the backend configuration has been detected. The state that is in the recorded backend would \
                  not be seen any more.";
    CliError::from(Diagnostic::error("Backend configuration changed", detail).hint(
        "to copy the state to the new backend: underpin init -migrate-state -backend-config=FILE; to use the new one as it \
         is: underpin init -reconfigure -backend-config=FILE",
    ))
}
