//! `init`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use aws::caller::{self, Identity};
use aws::store::s3::{Owner, learn_owner};
use clap::ArgAction;
use foundation::AccountId;
use terraform::Diagnostic;
use terraform::backend::{
    Backend as Kind, Configuration, LocalBackend, Record, S3Backend, Secret, WebIdentityToken,
    has_credentials,
};
use terraform::tfvars::{self, FILE_LIMIT};

use crate::args::{BackendSource, Lock};
use crate::backend::{self, Backend, Block, CUSTOMER_KEY, Connection, bucket_owner};
use crate::context::Context;
use crate::error::CliError;
use crate::input;
use crate::operation::{Copied, Migration, migrate, retire, wrong_account};
use crate::runtime;
use crate::switch;

/// The arguments of `init`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin init -backend-config=backend-global-production-us-east-1.hcl\nunderpin init -backend-config=bucket=my-state -backend-config=key=global/terraform.tfstate"
)]
pub struct Args {
    /// A backend file, or one argument as NAME=VALUE; may be given several times, and an empty one takes back the earlier ones
    #[arg(long, value_name = "FILE|NAME=VALUE", action = ArgAction::Append, value_parser = BackendSource::value)]
    backend_config: Vec<BackendSource>,
    /// Leaves the backend as it was recorded
    #[arg(long, action = ArgAction::Set, default_value = "true", value_parser = switch::value)]
    backend: bool,
    /// Forgets the recorded backend; a state that is there stays there
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    reconfigure: bool,
    /// Copies the state to a backend that was changed, after a question
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    migrate_state: bool,
    /// Copies it without the question
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    force_copy: bool,
    /// Never asks
    #[arg(long, action = ArgAction::Set, default_value = "true", value_parser = switch::value)]
    input: bool,
    #[command(flatten)]
    lock: Lock,
    #[command(flatten)]
    ignored: Ignored,
}

/// Flags of Terraform's that have nothing to do here: there are no modules and no providers.
#[derive(Debug, clap::Args)]
struct Ignored {
    #[arg(long, hide = true, action = ArgAction::Set, default_value = "true", value_parser = switch::value)]
    get: bool,
    #[arg(long, hide = true, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
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
pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let terminal = &context.terminal;
    if !args.backend {
        terminal.say("underpin has been initialized without its backend.");
        return Ok(ExitCode::SUCCESS);
    }
    if args.migrate_state && args.reconfigure {
        let detail = "The options -migrate-state and -reconfigure are mutually exclusive.";
        return Err(CliError::from(Diagnostic::error("Invalid init options", detail)));
    }
    terminal.say("Initializing the backend...\n");
    let recorded = match backend::recorded(&context.environment) {
        Err(_) if args.reconfigure => None,
        recorded => recorded?,
    };
    let block = Block::find()?;
    let configuration = configuration(args, recorded.as_ref(), block.as_ref())?;
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
    let backend = usable(validated.backend.clone(), context)?;
    let source = if unchanged { None } else { source(args, recorded.as_ref(), &validated.backend, context)? };
    let migration = source.as_ref().map(|source| migration(args, source, &backend, context));
    let copied =
        migration.as_ref().map(|migration| runtime::block_on(migrate(migration, context))).transpose()?;
    if let Kind::S3(s3) = &validated.backend {
        let key = needs_customer_key(s3, args.reconfigure, context);
        bucket_owner::save(&context.environment, &s3.bucket, backend.owner(), key)?;
    }
    backend::save(&record(&configuration, &validated.backend, block), &context.environment)?;
    if let (Some(migration), Some(copied)) = (&migration, &copied) {
        conclude(migration, copied, context)?;
    }
    let name = validated.backend.kind().as_str();
    if !unchanged {
        terminal.say(&format!(
            "Successfully configured the backend \"{name}\"! underpin will automatically\nuse this backend unless the backend configuration changes.\n"
        ));
    }
    terminal.say("underpin has been successfully initialized!");
    if !context.environment.in_automation() {
        terminal.say("\nYou may now begin working. Try running \"underpin plan\" to see what would be made.");
    }
    Ok(ExitCode::SUCCESS)
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

/// The backend, after it was asked whether it can be used, with what was learned about its owner.
fn usable(kind: Kind, context: &Context) -> Result<Backend, CliError> {
    let backend = Backend::new(kind.clone(), context)?.owned_by(None);
    let Kind::S3(s3) = &kind else { return Ok(backend) };
    let owner = runtime::block_on(async { check(s3, backend.connect().await?, &backend).await })?;
    if owner.is_none() {
        context.terminal.report(&[owner_unknown(s3)]);
    }
    warn_of_secrets(s3, context);
    Ok(backend.owned_by(owner))
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
        input: args.input && context.environment.allows_input(),
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

/// What the block and the flags say; the record, where they say nothing.
fn configuration(
    args: &Args,
    recorded: Option<&Record>,
    block: Option<&Block>,
) -> Result<Configuration, CliError> {
    let is_s3 = block.is_some_and(|block| block.backend == "s3");
    let after_clear =
        args.backend_config.iter().rposition(|source| *source == BackendSource::Clear).map_or(0, |at| at + 1);
    let sources = args.backend_config.get(after_clear..).unwrap_or_default();
    if let (true, Some(recorded), false) = (args.backend_config.is_empty(), recorded, args.reconfigure) {
        return match block {
            Some(block) if block.is_other(recorded) => Ok(block.configuration.clone()),
            _ => Ok(recorded.configuration.clone()),
        };
    }
    let mut configuration = block.map(|block| block.configuration.clone()).unwrap_or_default();
    let mut problems = Vec::new();
    for source in sources {
        let added = match source {
            BackendSource::Clear => Ok(()),
            BackendSource::Pair(pair) => configuration.add_pair(pair),
            BackendSource::File(path) => add_file(&mut configuration, path),
        };
        problems.extend(added.err().unwrap_or_default());
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    if configuration.is_empty() && is_s3 {
        let detail = "The backend \"s3\" block is empty, so bucket and key must come with -backend-config.";
        let finding = Diagnostic::error("Missing backend configuration", detail);
        return Err(CliError::from(finding.hint("underpin init -backend-config=FILE")));
    }
    Ok(configuration)
}

fn add_file(configuration: &mut Configuration, path: &Path) -> Result<(), Vec<Diagnostic>> {
    let name = path.display().to_string();
    let bytes = input::file(path, FILE_LIMIT).map_err(|error| {
        let finding =
            Diagnostic::error("Failed to read file", format!("The file {name} cannot be read: {error}."));
        vec![finding.hint("-backend-config takes a file, or one argument as NAME=VALUE")]
    })?;
    configuration.add_file(&tfvars::decode(&name, &bytes)?)
}

fn changed() -> CliError {
    let detail = "A change in the backend configuration has been detected. The state that is in the recorded backend would \
                  not be seen any more.";
    CliError::from(Diagnostic::error("Backend configuration changed", detail).hint(
        "to copy the state to the new backend: underpin init -migrate-state -backend-config=FILE; to use the new one as it \
         is: underpin init -reconfigure -backend-config=FILE",
    ))
}

/// Asks AWS whether the backend can be used: the credentials, their account, the bucket, its owner, the lock table.
/// Answers the bucket's owner, when it is the account of the credentials.
async fn check(
    s3: &S3Backend,
    connection: Connection,
    backend: &Backend,
) -> Result<Option<AccountId>, CliError> {
    let Some(clients) = connection.clients else { return Ok(None) };
    let store = Arc::clone(&connection.store);
    let reading = async { store.read().await };
    if s3.skip_credentials_validation && s3.skip_requesting_account_id {
        return reading.await.map(|_| None).map_err(CliError::from);
    }
    let identity = async { Ok::<Identity, CliError>(caller::identity(&clients.sts).await?) };
    let (identity, state) = futures::future::join(identity, reading).await;
    let identity = identity?;
    let rules = backend.account_rules();
    rules.check(&identity.caller.account_id).map_err(|error| wrong_account(&error, &identity.arn))?;
    // Only now: a bucket that is missing or closed is what credentials of a wrong account see.
    state?;
    match learn_owner(&clients.s3, &s3.bucket, identity.caller.account_id.as_str()).await {
        Ok(Owner::Caller) => Ok(Some(identity.caller.account_id)),
        Ok(Owner::Another | Owner::Unknown) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Says that nobody checks whose the bucket is.
fn owner_unknown(s3: &S3Backend) -> Diagnostic {
    let detail = format!(
        "The bucket {} is not known to belong to the account of the backend's credentials, so later commands cannot ask \
         S3 to refuse a bucket that somebody else made under this name.",
        s3.bucket
    );
    Diagnostic::warning("The state bucket's owner is not checked", detail)
}

/// Whether the state is encrypted with a key of the user's: one is given, or was at an `init` that this one repeats.
fn needs_customer_key(s3: &S3Backend, reconfigure: bool, context: &Context) -> bool {
    let given = s3.sse_customer_key.is_some() || context.environment.get(CUSTOMER_KEY).is_some();
    let was = !reconfigure && bucket_owner::needs_customer_key(&context.environment, &s3.bucket);
    s3.encrypt && s3.kms_key_id.is_none() && (given || was)
}

/// Says that secrets have to be given again.
fn warn_of_secrets(s3: &S3Backend, context: &Context) {
    let given = |secret: &Option<Secret>, name| secret.as_ref().map(|_| name);
    let proxy = |url: &Option<String>, name| url.as_deref().filter(|url| has_credentials(url)).map(|_| name);
    let names: Vec<&str> = [
        given(&s3.access_key, "access_key"),
        given(&s3.secret_key, "secret_key"),
        given(&s3.token, "token"),
        given(&s3.sse_customer_key, "sse_customer_key"),
        proxy(&s3.http_proxy, "http_proxy"),
        proxy(&s3.https_proxy, "https_proxy"),
        s3.assume_role_with_web_identity
            .as_ref()
            .filter(|role| matches!(role.token, WebIdentityToken::Text(_)))
            .map(|_| "web_identity_token (better give web_identity_token_file)"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if names.is_empty() {
        return;
    }
    let detail = format!(
        "The record of the backend holds no secrets, so {} will be missing when other commands open the state.",
        names.join(", ")
    );
    let warning = Diagnostic::warning("Secrets of the backend are not recorded", detail);
    let hint = "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_SSE_CUSTOMER_KEY, HTTPS_PROXY, or name a profile";
    context.terminal.report(&[warning.hint(hint)]);
}
