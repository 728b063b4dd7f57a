//! Ctrl-C and SIGTERM: the first asks the run to end well, the second ends it.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::error::CliError;

/// How many interrupts have come.
#[derive(Clone, Debug)]
pub(crate) struct Interrupts {
    count: watch::Receiver<usize>,
    stop: watch::Receiver<bool>,
}

impl Interrupts {
    /// Listens from now on. Needs a runtime.
    ///
    /// # Errors
    /// The system takes no handler.
    pub(crate) fn listen() -> Result<Self, CliError> {
        let handler =
            |kind| signal(kind).map_err(|error| CliError::Internal(format!("no signal handler: {error}")));
        let signals = (handler(SignalKind::interrupt())?, handler(SignalKind::terminate())?);
        let (count, counted) = watch::channel(0);
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(count_signals(signals, count, stop));
        Ok(Self { count: counted, stop: stopped })
    }

    /// Ends at the first interrupt; at once when it has come already.
    pub(crate) async fn first(&self) {
        self.reached(1).await;
    }

    /// Ends at the second interrupt.
    pub(crate) async fn second(&self) {
        self.reached(2).await;
    }

    /// Turns true at the first interrupt.
    pub(crate) fn stop(&self) -> watch::Receiver<bool> {
        self.stop.clone()
    }

    /// What `work` answers, unless the first interrupt comes before.
    ///
    /// # Errors
    /// Those of `work`, and the interrupt.
    pub(crate) async fn or_interrupted<T, E: Into<CliError>>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, CliError> {
        tokio::select! {
            biased;
            () = self.first() => Err(CliError::Interrupted),
            result = work => result.map_err(Into::into),
        }
    }

    async fn reached(&self, number: usize) {
        let mut count = self.count.clone();
        if count.wait_for(|count| *count >= number).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn count_signals(
    (mut interrupt, mut terminate): (Signal, Signal),
    count: watch::Sender<usize>,
    stop: watch::Sender<bool>,
) {
    loop {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        let _ = stop.send(true);
        count.send_modify(|count| *count += 1);
    }
}
