//! The policies of this foundation, as they are, as they are recorded, or as they will be.

use clap::ValueEnum;
use engine::simulation::Standing;
use engine::{Goal, LockOptions, Options};
use foundation::Caller;
use std::time::Duration;
use terraform::{Address, Diagnostic, State, similar};

use crate::backend::Backend;
use crate::configuration::{Configuration, Variables};
use crate::context::Context;
use crate::error::CliError;
use crate::interrupts::Interrupts;
use crate::operation::{self, Account, Locking, Planning, Request, locked_and_read};
use crate::runtime;

/// Which policies of the foundation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Moment {
    /// As they are in AWS
    Live,
    /// As the state records them
    Recorded,
    /// As they are after an apply
    Planned,
}

/// More than a foundation has.
const READS_AT_ONCE: usize = 64;

/// The foundation at a moment. Nothing is locked and nothing is changed.
///
/// # Errors
/// Settings, backend, credentials, reads, no state.
pub(super) fn standing(
    moment: Moment,
    variables: &Variables,
    context: &Context,
) -> Result<Standing, CliError> {
    let configuration = Configuration::load(variables, false, context)?;
    let backend = Backend::load(context)?;
    if moment == Moment::Recorded {
        let state = backend.read_state()?.ok_or_else(operation::no_state)?;
        let region = configuration.settings.aws_region.clone();
        let account_id = engine::observation::recorded_account(&state).and_then(|id| id.parse().ok());
        let account_id = account_id.ok_or_else(operation::no_state)?;
        let partition = region.partition();
        return Ok(Standing::recorded(&state, Caller { account_id, partition }, region));
    }
    runtime::block_on(async {
        let interrupts = Interrupts::listen()?;
        let unlocked = LockOptions { lock: false, timeout: Duration::ZERO };
        let locking = Locking::of(&backend, unlocked, "policy", &interrupts, &context.terminal).await?;
        let account = Account::identify(configuration.settings.aws_region.as_str(), None, &backend);
        let request = Request {
            refresh: true,
            options: Options { goal: Goal::Apply, targets: Vec::new(), replace: Vec::new(), today: None },
            parallelism: 1,
            reads: READS_AT_ONCE,
        };
        let making = Planning {
            configuration: &configuration,
            backend: &backend,
            request: &request,
            interrupts: &interrupts,
            context,
        };
        let reads = async |state: &State, account: &Account| making.make(state, account).await;
        locked_and_read(locking, account, reads, async |_, _, made| {
            Ok(match moment {
                Moment::Live => Standing::live(&made.plan),
                Moment::Planned | Moment::Recorded => Standing::planned(&made.plan),
            })
        })
        .await
    })
}

/// An ARN, or that of the object at an address of the foundation.
///
/// # Errors
/// An address at which nothing is.
pub(super) fn arn(text: &str, standing: &Standing) -> Result<String, CliError> {
    let Some(address) = text.parse::<Address>().ok().filter(|_| !text.contains(':')) else {
        return Ok(text.to_owned());
    };
    standing.arn(&address).ok_or_else(|| {
        let known: Vec<String> = standing.addresses().map(Address::to_string).collect();
        let finding = Diagnostic::error(
            format!("Nothing at {address}"),
            "The foundation has no object with an ARN at this address.",
        );
        CliError::from(match similar(text, known.iter().map(String::as_str)) {
            Some(meant) => finding.hint(format!("did you mean {meant}?")),
            None => finding.hint("write an ARN, or one of the addresses of: underpin state list"),
        })
    })
}
