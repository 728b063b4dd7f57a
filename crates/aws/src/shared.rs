//! Answers that several reads of one run share.

use std::collections::HashMap;
use std::sync::Arc;

use engine::CloudError;
use tokio::sync::{Mutex, OnceCell};

/// The answers of one read operation, by what was asked for. Failures are not kept.
#[derive(Debug)]
pub(crate) struct Shared<T> {
    answers: Mutex<HashMap<String, Arc<OnceCell<T>>>>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { answers: Mutex::default() }
    }
}

impl<T: Clone> Shared<T> {
    /// The answer for `key`: asked once, also by readers that come while the question is under way.
    ///
    /// # Errors
    /// Those of `ask`; the next reader asks again.
    pub(crate) async fn get(
        &self,
        key: &str,
        ask: impl Future<Output = Result<T, CloudError>>,
    ) -> Result<T, CloudError> {
        let cell = Arc::clone(self.answers.lock().await.entry(key.to_owned()).or_default());
        cell.get_or_try_init(|| ask).await.cloned()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::error::malformed;

    #[tokio::test]
    async fn one_question_serves_all_readers_and_a_failure_is_asked_again() {
        let shared = Shared::default();
        let asked = Cell::new(0);
        let ask = |answer: Result<u8, CloudError>| {
            asked.set(asked.get() + 1);
            async { answer }
        };
        assert!(shared.get("role", async { ask(Err(malformed("iam:GetRole", ""))).await }).await.is_err());
        let (first, second) = futures::join!(
            shared.get("role", async { ask(Ok(1)).await }),
            shared.get("role", async { ask(Ok(2)).await })
        );
        assert_eq!((first, second, asked.get()), (Ok(1), Ok(1), 2));
        assert_eq!(shared.get("other", async { ask(Ok(3)).await }).await, Ok(3));
    }
}
