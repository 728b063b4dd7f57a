//! `policy simulate`.

use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ArgAction;
use policy::{Policies, Prepared, Principal, Request, evaluate, missing};
use terraform::Diagnostic;

use super::prepared;
use super::principal::{account_of, principal};
use super::requests::{answer_all, push_verdict};
use crate::context::Context;
use crate::error::CliError;
use crate::switch;
use crate::views::policy::verdict_text;

/// The arguments of `policy simulate`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin policy simulate -principal arn:aws:iam::123456789012:role/ci -action s3:GetObject \\\n    -resource arn:aws:s3:::logs/a -identity ci.json\nunderpin policy simulate -requests requests.jsonl"
)]
pub(super) struct Args {
    /// Who asks: an ARN, an account, a service, or `anonymous`
    #[arg(long, value_name = "PRINCIPAL", required_unless_present = "requests", value_parser = principal)]
    principal: Option<Principal>,
    /// What is asked to be done, several separated by commas
    #[arg(long, value_name = "ACTION", value_delimiter = ',', required_unless_present = "requests")]
    action: Vec<String>,
    /// What it is done to
    #[arg(long, value_name = "ARN", default_value = "*")]
    resource: String,
    /// The account of the resource, where its ARN does not tell; that of the principal if not given
    #[arg(long, value_name = "ID")]
    resource_account: Option<String>,
    /// The values of a condition key
    #[arg(long, value_name = "KEY=VALUE[,VALUE]")]
    context: Vec<String>,
    /// A policy of the principal
    #[arg(long, value_name = "FILE")]
    identity: Vec<PathBuf>,
    /// The policy of the resource
    #[arg(long, value_name = "FILE")]
    resource_policy: Option<PathBuf>,
    /// The permissions boundary of the principal
    #[arg(long, value_name = "FILE")]
    boundary: Vec<PathBuf>,
    /// A policy of the session
    #[arg(long, value_name = "FILE")]
    session: Vec<PathBuf>,
    /// The service control policies of a level of the organisation, from its root on, separated by commas
    #[arg(long, value_name = "FILE[,FILE]")]
    scp: Vec<String>,
    /// The resource control policies of a level of the organisation, from its root on, separated by commas
    #[arg(long, value_name = "FILE[,FILE]")]
    rcp: Vec<String>,
    /// The policy of the VPC endpoint
    #[arg(long, value_name = "FILE")]
    endpoint: Vec<PathBuf>,
    /// Decides the requests of a file, one JSON object a line; `-` is stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["principal", "action", "context"])]
    requests: Option<PathBuf>,
    /// Prints JSON, one object a line
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    json: bool,
    /// Exits with 2 if something is denied
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    detailed_exitcode: bool,
}

/// Decides requests.
///
/// # Errors
/// Files that cannot be read, or hold no policies; requests that are none.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    if let Some(path) = &args.requests {
        return many(args, path, context);
    }
    let held = Held::read(args)?;
    let policies = held.policies();
    let mut is_denied = false;
    let Some(principal) = &args.principal else { return Ok(ExitCode::SUCCESS) };
    for action in &args.action {
        let request = request(args, principal, action)?;
        let verdict = evaluate(&policies, &request);
        let missing = missing(&policies, &request);
        is_denied |= !verdict.is_allowed();
        if args.json {
            let mut line = String::new();
            push_verdict(
                &mut line,
                &serde_json::Value::from(action.as_str()).to_string(),
                &verdict,
                &missing,
            );
            context.terminal.write(&line);
        } else {
            context.terminal.say(&verdict_text(&request, &verdict, &missing));
        }
    }
    Ok(exit_code(args, is_denied))
}

fn exit_code(args: &Args, is_denied: bool) -> ExitCode {
    if args.detailed_exitcode && is_denied { ExitCode::from(2) } else { ExitCode::SUCCESS }
}

fn many(args: &Args, path: &Path, context: &Context) -> Result<ExitCode, CliError> {
    let failed = |source| CliError::File { action: "read", path: path.to_owned(), source };
    let write = |text: &str| context.terminal.write(text);
    let count = if path == Path::new("-") {
        answer_all(io::stdin().lock(), write)
    } else {
        std::fs::File::open(path).and_then(|file| answer_all(BufReader::new(file), write))
    };
    let count = count.map_err(failed)?;
    if count.unreadable > 0 {
        let summary = format!("{} of the requests cannot be decided", count.unreadable);
        return Err(CliError::from(Diagnostic::error(summary, "Their lines say why, under `error`.")));
    }
    Ok(exit_code(args, count.denied > 0))
}

fn request(args: &Args, principal: &Principal, action: &str) -> Result<Request, CliError> {
    let account = args.resource_account.clone().unwrap_or_else(|| account_of(&args.resource, principal));
    let mut request = Request::new(principal.clone(), action, args.resource.clone(), account);
    for entry in &args.context {
        let Some((key, values)) = entry.split_once('=') else {
            let finding = Diagnostic::error(
                format!("-context={entry} has no value"),
                "Write it as KEY=VALUE, several values separated by commas.",
            );
            return Err(CliError::from(finding));
        };
        request.context.set(key, values.split(','));
    }
    Ok(request)
}

/// The policies of the files.
struct Held {
    identity: Vec<Prepared>,
    resource: Option<Prepared>,
    boundary: Vec<Prepared>,
    session: Vec<Prepared>,
    scp: Vec<Vec<Prepared>>,
    rcp: Vec<Vec<Prepared>>,
    endpoint: Vec<Prepared>,
}

impl Held {
    fn read(args: &Args) -> Result<Self, CliError> {
        let all = |paths: &[PathBuf]| paths.iter().map(|path| prepared(path)).collect::<Result<Vec<_>, _>>();
        let level = |level: &String| level.split(',').map(|path| prepared(Path::new(path))).collect();
        let levels = |levels: &[String]| levels.iter().map(level).collect::<Result<Vec<Vec<_>>, _>>();
        Ok(Self {
            identity: all(&args.identity)?,
            resource: args.resource_policy.as_deref().map(prepared).transpose()?,
            boundary: all(&args.boundary)?,
            session: all(&args.session)?,
            scp: levels(&args.scp)?,
            rcp: levels(&args.rcp)?,
            endpoint: all(&args.endpoint)?,
        })
    }

    fn policies(&self) -> Policies<'_> {
        Policies {
            identity: &self.identity,
            resource: self.resource.as_ref(),
            boundary: &self.boundary,
            session: &self.session,
            scp: &self.scp,
            rcp: &self.rcp,
            endpoint: &self.endpoint,
            grants: &[],
        }
    }
}
