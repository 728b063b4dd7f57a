//! The lease of a lock: renewed while the run lasts, and asked before anything is begun.

use std::sync::Arc;
use std::time::Duration;

use crate::holder::{LEASE, RENEWAL};
use terraform::lock::LockInfo;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::store::{StateStore, StoreError};

/// After how long without a renewal nothing is begun before the next one: early enough that nobody else has the lock.
const STALE: Duration = LEASE.saturating_sub(RENEWAL);

/// How soon a renewal that failed is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// The renewals of a lock; they end with it.
#[derive(Debug)]
pub(crate) struct Renewals {
    task: JoinHandle<()>,
    lease: Lease,
}

/// Whether a run may still begin something.
#[derive(Clone, Debug, Default)]
pub struct Lease(Option<watch::Receiver<Health>>);

/// A lock that was lost: somebody took it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Who holds it now, when anybody does.
    pub holder: Option<Box<LockInfo>>,
}

#[derive(Debug)]
struct Health {
    confirmed: Instant,
    loss: Option<Loss>,
}

impl Lease {
    /// The lease of a run without a lock, or with one that lasts as long as its process.
    pub fn unlimited() -> Self {
        Self::default()
    }

    /// Whether the lock is surely ours.
    pub fn is_valid(&self) -> bool {
        self.0.as_ref().is_none_or(|health| health.borrow().is_valid())
    }

    /// Waits for the next renewal, or its failure, if too much time has passed since the last one: the process may have
    /// been paused, and the lock may be another's by now.
    pub async fn confirm(&self) {
        let Some(health) = &self.0 else { return };
        let mut health = health.clone();
        health.mark_unchanged();
        let stale = |health: &Health| health.loss.is_none() && !health.is_valid();
        if stale(&health.borrow()) {
            // An error is the end of the renewals, after which the lease does not become valid.
            let _ = health.changed().await;
        }
    }

    /// How the lock was lost, if it was.
    pub fn loss(&self) -> Option<Loss> {
        self.0.as_ref()?.borrow().loss.clone()
    }
}

impl Health {
    fn is_valid(&self) -> bool {
        self.loss.is_none() && self.confirmed.elapsed() < STALE
    }
}

impl Renewals {
    /// Renews the lock `info`, just taken, from now on.
    pub(crate) fn start(store: Arc<dyn StateStore>, info: LockInfo) -> Self {
        let (health, watched) = watch::channel(Health { confirmed: Instant::now(), loss: None });
        Self { task: tokio::spawn(renew(store, info, health)), lease: Lease(Some(watched)) }
    }

    /// What the run asks.
    pub(crate) fn lease(&self) -> Lease {
        self.lease.clone()
    }

    /// Ends the renewals, so that the lock can be given back.
    pub(crate) async fn end(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Renewals {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn renew(store: Arc<dyn StateStore>, info: LockInfo, health: watch::Sender<Health>) {
    let mut pause = RENEWAL;
    loop {
        sleep(pause).await;
        let asked = Instant::now();
        pause = match timeout(RENEWAL, store.renew(&info)).await {
            Ok(Ok(())) => {
                health.send_modify(|health| health.confirmed = asked);
                RENEWAL
            }
            Ok(Err(StoreError::NotHeld { holder, .. })) => {
                health.send_modify(|health| health.loss = Some(Loss { holder }));
                return;
            }
            Ok(Err(_)) | Err(_) => {
                health.send_modify(|_| {});
                AGAIN
            }
        };
    }
}
