//! `policy simulate`.

mod foundation;

use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ArgAction;
use engine::simulation::{Deciders, Named, Standing};
use policy::reference::reference;
use policy::{Policies, Prepared, Principal, Request, evaluate, missing};
use terraform::{Address, Diagnostic};

use self::foundation::Moment;
use super::action::action;
use super::prepared;
use super::principal::{account_of, principal};
use super::requests::{answer_all, push_verdict};
use crate::configuration::Variables;
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::text::one_line;
use crate::typed::quoted;
use crate::views::policy::{Names, verdict_text};

/// The arguments of `policy simulate`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin policy simulate -principal aws_iam_role.eks_node_group -action kms:Decrypt \\\n    -resource aws_kms_key.main\nunderpin policy simulate -principal arn:aws:iam::123456789012:role/ci -action s3:GetObject \\\n    -resource arn:aws:s3:::logs/a -identity ci.json\nunderpin policy simulate -requests requests.jsonl"
)]
pub(super) struct Args {
    /// Which policies of this foundation decide: live, recorded or planned; planned if no file is given
    #[arg(long, value_name = "MOMENT", conflicts_with = "requests")]
    of: Option<Moment>,
    #[command(flatten)]
    variables: Variables,
    /// Who asks: an ARN, an account, a service, `anonymous`, or the address of a role of this foundation
    #[arg(long, value_name = "PRINCIPAL", required_unless_present = "requests", value_parser = principal)]
    principal: Option<Principal>,
    /// What is asked to be done, several separated by commas
    #[arg(
        long,
        value_name = "ACTION",
        value_delimiter = ',',
        required_unless_present = "requests",
        value_parser = action
    )]
    action: Vec<String>,
    /// What it is done to: an ARN, or an address of this foundation
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
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    json: bool,
    /// Exits with 2 if something is denied
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    detailed_exitcode: bool,
}

/// What is said of somebody whose own policies are not here.
const UNKNOWN_PERSON: &str = "Who asks is no role of this foundation: what its own policies allow is not known here (-identity=FILE gives them).";

/// Decides requests.
///
/// # Errors
/// Files that cannot be read, or hold no policies; requests that are none.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    if let Some(path) = &args.requests {
        return many(args, path, context);
    }
    let Some(principal) = &args.principal else { return Ok(ExitCode::SUCCESS) };
    let standing = args.moment().map(|of| foundation::standing(of, &args.variables, context)).transpose()?;
    let asked = Asked::of(args, principal, standing.as_ref())?;
    let mut is_denied = false;
    for action in &args.action {
        if reference().action(action).is_none() {
            let known = reference().date.get(..10).unwrap_or_default();
            context
                .terminal
                .tell(&format!("AWS has no action `{action}`, as its reference of {known} tells."));
        }
        let mut held = Held::read(args)?;
        let mut names = Names::default();
        if let Some(standing) = &standing {
            let deciders = standing.deciders(&asked.arn, action, &asked.resource);
            refuse_unread(args, &deciders)?;
            if !deciders.is_ours && asked.is_person() && args.identity.is_empty() {
                context.terminal.tell(UNKNOWN_PERSON);
            }
            names = held.add(deciders, args);
        }
        let policies = held.policies();
        let request = request(args, &asked, action)?;
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
            context.terminal.say(&verdict_text(&request, &verdict, &missing, &names));
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

impl Args {
    /// Which policies of the foundation are asked; `None` for those of the files alone.
    fn moment(&self) -> Option<Moment> {
        let files = !self.identity.is_empty()
            || self.resource_policy.is_some()
            || !self.boundary.is_empty()
            || !self.session.is_empty()
            || !self.scp.is_empty()
            || !self.rcp.is_empty()
            || !self.endpoint.is_empty();
        self.of.or((!files).then_some(Moment::Planned))
    }
}

/// Who asks for what, addresses of the foundation resolved.
struct Asked {
    principal: Principal,
    /// The principal's ARN; empty where it has none.
    arn: String,
    resource: String,
    account: String,
}

impl Asked {
    fn of(args: &Args, principal: &Principal, standing: Option<&Standing>) -> Result<Self, CliError> {
        let at = |text: &str| match standing {
            Some(standing) => foundation::arn(text, standing),
            None => Ok(text.to_owned()),
        };
        let principal = match principal {
            Principal::Federated(name) if standing.is_some() && name.parse::<Address>().is_ok() => {
                Principal::aws(at(name)?)
            }
            other => other.clone(),
        };
        let arn = match &principal {
            Principal::Aws(arn) => arn.clone(),
            _ => String::new(),
        };
        let resource = at(&args.resource)?;
        let of_foundation = standing.map(|standing| standing.account().to_owned());
        let account = match account_of(&resource, &principal) {
            account if account.is_empty() => of_foundation.unwrap_or_default(),
            account => account,
        };
        let account = args.resource_account.clone().unwrap_or(account);
        Ok(Self { principal, arn, resource, account })
    }

    /// Whether policies of its own decide about it, too.
    fn is_person(&self) -> bool {
        self.arn.starts_with("arn:") && !self.arn.ends_with(":root")
    }
}

/// A policy of a role that cannot be known from here: a decision without it would be none.
fn refuse_unread(args: &Args, deciders: &Deciders) -> Result<(), CliError> {
    let given = |name: &str| match name.starts_with("the boundary ") {
        true => !args.boundary.is_empty(),
        false => !args.identity.is_empty(),
    };
    let unread: Vec<&str> = deciders.unread.iter().map(String::as_str).filter(|name| !given(name)).collect();
    if unread.is_empty() {
        return Ok(());
    }
    let detail = format!("Nothing here knows what these say: {}.", unread.join(", "));
    Err(CliError::from(Diagnostic::error("Not every policy that decides is known", detail).hint(
        "give their documents: -identity=FILE, -boundary=FILE; to get one: aws iam get-policy-version --policy-arn ARN \
         --version-id VERSION",
    )))
}

fn request(args: &Args, asked: &Asked, action: &str) -> Result<Request, CliError> {
    let Asked { principal, resource, account, .. } = asked;
    let mut request = Request::new(principal.clone(), action, resource.clone(), account.clone());
    for entry in &args.context {
        let Some((key, values)) = entry.split_once('=') else {
            let finding = Diagnostic::error(
                format!("-context={entry} has no value"),
                "Write it as KEY=VALUE, several values separated by commas.",
            );
            return Err(CliError::from(finding));
        };
        if let Some(other) = values.split(',').skip(1).find(|value| is_entry(value)) {
            let finding = Diagnostic::error(
                format!("-context={key}=… holds a second key"),
                format!("A comma separates values of one key, and `{}` is another.", one_line(other)),
            );
            return Err(CliError::from(
                finding.hint(format!("give it a flag of its own: -context {}", quoted(other))),
            ));
        }
        request.context.set(key, values.split(','));
    }
    Ok(request)
}

/// Whether a text is a condition key with a value, `s3:prefix=x`.
fn is_entry(text: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_alphabetic())
            && word.chars().all(|character| character.is_ascii_alphanumeric() || "-./".contains(character))
    };
    text.split_once('=')
        .and_then(|(key, _)| key.split_once(':'))
        .is_some_and(|(service, key)| is_word(service) && key.split(':').all(is_word))
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

    /// Takes in what the foundation decides by, before what files say; answers how to call each.
    fn add(&mut self, deciders: Deciders, args: &Args) -> Names {
        let prepare = |named: &Named| named.policy.prepare();
        let files =
            |paths: &[PathBuf]| paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
        let of = |named: Vec<Named>, paths: &[PathBuf]| {
            named.into_iter().map(|named| named.name).chain(files(paths)).collect()
        };
        self.identity.splice(0..0, deciders.identity.iter().map(prepare));
        self.boundary.splice(0..0, deciders.boundary.iter().map(prepare));
        if let (None, Some(named)) = (&self.resource, &deciders.resource) {
            self.resource = Some(prepare(named));
        }
        let resource = match &args.resource_policy {
            Some(path) => Some(path.display().to_string()),
            None => deciders.resource.map(|named| named.name),
        };
        Names {
            identity: of(deciders.identity, &args.identity),
            boundary: of(deciders.boundary.into_iter().collect(), &args.boundary),
            resource,
        }
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
