//! Work on a state under its lock: whatever happens, the lock is given back.

mod record;

use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use engine::{LockOptions, Notice, Session, StateStore, StoreError, Unconfirmed};
use futures::future::{FusedFuture, FutureExt, try_join};
use terraform::lock::LockInfo;
use terraform::{Diagnostic, State, ui_stream};
use uuid::Uuid;

use crate::backend::Backend;
use crate::error::CliError;
use crate::interrupts::Interrupts;
use crate::views::{self, Terminal};

/// How long an interrupted run waits for a lock to be taken or given back.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// Which state to lock, how, and for what.
pub(crate) struct Locking<'a> {
    store: Arc<dyn StateStore>,
    options: LockOptions,
    /// `OperationTypeApply` and the like.
    operation: &'static str,
    /// What may end it.
    interrupts: &'a Interrupts,
    /// Who is told.
    terminal: &'a Terminal,
}

impl<'a> Locking<'a> {
    /// The state of a backend, locked as the flags say; `operation` is what the lock says is done.
    ///
    /// # Errors
    /// The backend cannot be connected to.
    pub(crate) async fn of(
        backend: &Backend,
        lock: LockOptions,
        operation: &'static str,
        interrupts: &'a Interrupts,
        terminal: &'a Terminal,
    ) -> Result<Self, CliError> {
        Ok(Self { store: backend.store().await?, options: lock, operation, interrupts, terminal })
    }
}

/// Why opening did not succeed, and whether the lock may be ours all the same.
struct Unopened {
    error: CliError,
    may_hold: bool,
}

/// Locks and reads the state and hands it to `work`. A second interrupt ends everything but the giving back of the lock.
///
/// # Errors
/// Those of the session and of `work`; a lock that was lost or could not be given back, as in Terraform.
pub(crate) async fn locked<T>(
    locking: Locking<'_>,
    work: impl AsyncFnOnce(&mut Session) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let nothing = async |_: &State, (): &()| Ok(());
    locked_and_read(locking, async { Ok(()) }, nothing, async |session, (), ()| work(session).await).await
}

/// The same, with what needs no lock `beside` the locking, and with what reads and reckons from a state beside its confirmation
/// under the lock: `reads` begins again where somebody wrote the state before the lock was ours.
///
/// # Errors
/// As [`locked`], and those of `beside` and `reads`.
pub(crate) async fn locked_and_read<B, R, T>(
    locking: Locking<'_>,
    beside: impl Future<Output = Result<B, CliError>>,
    reads: impl AsyncFn(&State, &B) -> Result<R, CliError>,
    work: impl AsyncFnOnce(&mut Session, B, R) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let info = record::new(locking.operation, locking.store.lock_path());
    let whole = async {
        let (unconfirmed, beside) = match open(&locking, &info, beside).await {
            Ok(opened) => opened,
            Err(Unopened { error, may_hold }) => {
                if may_hold {
                    give_back(&locking, &info).await;
                }
                return Err(error);
            }
        };
        let reading = unconfirmed.confirm(async |state: &State| reads(state, &beside).await);
        let confirmed = tokio::select! {
            biased;
            () = locking.interrupts.first() => None,
            confirmed = reading => Some(confirmed),
        };
        let Some((mut session, read)) = confirmed else {
            give_back(&locking, &info).await;
            return Err(CliError::Interrupted);
        };
        let result = match read {
            Ok(read) => work(&mut session, beside, read).await,
            Err(error) => Err(error),
        };
        let Err(error) = session.close().await else { return result };
        let finding = match &error {
            StoreError::NotHeld { holder, .. } => lost(holder.as_deref()),
            error => unreleased(error, &info),
        };
        locking.terminal.report(&[finding]);
        result.and(Err(CliError::Told))
    };
    tokio::select! {
        biased;
        () = locking.interrupts.second() => {
            locking.terminal.tell("Two interrupts received. Leaving at once; what runs now may be missing from the state.");
            give_back(&locking, &info).await;
            Err(CliError::Told)
        }
        result = whole => result,
    }
}

async fn open<B>(
    locking: &Locking<'_>,
    info: &LockInfo,
    beside: impl Future<Output = Result<B, CliError>>,
) -> Result<(Unconfirmed, B), Unopened> {
    let waiting = OnceLock::new();
    let told = |notice: Notice<'_>| match notice {
        Notice::Waiting if locking.terminal.takes_messages() => {
            locking.terminal.send(&[ui_stream::state_lock_acquire()]);
        }
        Notice::Waiting => {
            locking.terminal.say("Acquiring state lock. This may take a few moments...");
            let _ = waiting.set(locking.terminal.waits().wait_for("the state lock that somebody else holds"));
        }
        Notice::TakenOver(takeover) => locking.terminal.say(&views::lock::taken_over(takeover)),
    };
    let lineage = Uuid::new_v4().to_string();
    let opening = async {
        let store = Arc::clone(&locking.store);
        Session::open(store, locking.options, info.clone(), &lineage, &told)
            .await
            .map_err(|error| Unopened { error: error.into(), may_hold: false })
    };
    let beside = async { beside.await.map_err(|error| Unopened { error, may_hold: true }) };
    let mut opening = pin!(opening.fuse());
    let opened = tokio::select! {
        biased;
        () = locking.interrupts.first() => Err(Unopened { error: CliError::Interrupted, may_hold: true }),
        opened = try_join(opening.as_mut(), beside) => opened,
    };
    // A request for the lock that is under way would take it after it was given back.
    if opened.is_err() && !opening.is_terminated() {
        let _ = tokio::time::timeout(LAST_WAIT, opening).await;
    }
    opened
}

/// What to say of a lock that could not be given back.
fn unreleased(error: &StoreError, info: &LockInfo) -> Diagnostic {
    Diagnostic::error("Error releasing the state lock", format!("{error} (lock id {}).", info.id))
        .hint(format!(
            "the next run on this machine takes it over; before Terraform is run, if nobody works with this state: \
             underpin force-unlock {}",
            info.id
        ))
}

/// What to say of a lock that somebody took away.
fn lost(holder: Option<&LockInfo>) -> Diagnostic {
    let holder = match holder {
        Some(holder) => format!("It is held by another run now:\n{holder}"),
        None => "Somebody removed it, and nobody holds it now.".to_owned(),
    };
    let detail = format!(
        "This run was paused or cut off for longer than its lock lasts, or somebody removed the lock. {holder}\n\n\
         Nothing was begun after that was found out, and no state of another run was written over."
    );
    Diagnostic::error("The state lock was lost during this run", detail)
        .hint("when the other run has ended, see what is left to do: underpin plan")
}

/// Gives back a lock that may be ours; one that is not is left alone by the store.
async fn give_back(locking: &Locking<'_>, info: &LockInfo) {
    if locking.options.lock {
        let _ = tokio::time::timeout(LAST_WAIT, locking.store.unlock(info)).await;
    }
}
