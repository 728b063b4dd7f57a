//! The asynchronous runtime, for the commands that need one.

use crate::error::CliError;

/// Runs `work` to its end. What is still blocked after it (a read from a terminal) is left behind.
///
/// # Errors
/// Those of `work`, and a system that gives no runtime.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Internal(format!("no runtime: {error}")))?;
    let result = runtime.block_on(work);
    runtime.shutdown_background();
    result
}
