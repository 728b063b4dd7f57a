//! The store's clock: the `Date` of its answers. The client's clock may be wrong, and decides nothing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::{DateTime, Format};

/// Takes the `Date` of the answer to a call.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnswerDate(Arc<Mutex<Option<DateTime>>>);

impl AnswerDate {
    /// The date; `None` when the answer had none.
    pub(crate) fn get(&self) -> Option<DateTime> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long before the answer `time` was.
    pub(crate) fn since(&self, time: &DateTime) -> Option<Duration> {
        let seconds = self.get()?.secs().saturating_sub(time.secs());
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
    }
}

impl Intercept for AnswerDate {
    fn name(&self) -> &'static str {
        "AnswerDate"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let date = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = date;
        Ok(())
    }
}
