//! What can weaken our objects and is no attribute of theirs: who else reads, copies, deletes or uses them. Each read that
//! is denied or refused is a fact; each answer that is not understood is an error.

mod alerts;
mod bucket;
mod key;
mod lifecycle;
mod role;
mod topic;
mod trail;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use engine::{CloudError, CloudErrorKind};
use foundation::{Fact, addresses};
use terraform::{Address, Attributes};

use crate::account::Account;

pub(crate) use role::default_document;
pub(crate) use topic::topic;

/// Reads what can weaken the object at an address.
///
/// # Errors
/// A read failed other than by being denied, or its answer holds a word that this program does not know.
pub(crate) async fn review(
    account: &Account,
    address: &Address,
    present: &Attributes,
) -> Result<Vec<Fact>, CloudError> {
    match address.resource_type() {
        "aws_cloudwatch_event_rule" => alerts::targets(account, present).await,
        "aws_cloudwatch_log_group" => alerts::copies(account, present).await,
        "aws_sns_topic" if *address == addresses::alert_topic() => {
            alerts::subscribers(account, present).await
        }
        "aws_cloudtrail" => trail::review(account, present).await,
        "aws_iam_role" => role::review(account, present).await,
        "aws_kms_key" => key::review(account, present).await,
        "aws_s3_bucket" => bucket::review(account, present).await,
        _ => Ok(Vec::new()),
    }
}

/// Reads what policies of a role say.
///
/// # Errors
/// A read failed other than by being denied.
pub(crate) async fn documents(
    account: &Account,
    present: &Attributes,
    policies: &[String],
) -> Result<Vec<Fact>, CloudError> {
    role::documents(account, present, policies).await
}

/// What an answer shows, or that it was denied or refused.
fn seen<T>(
    answer: Result<T, CloudError>,
    hides: &str,
    facts: impl FnOnce(T) -> Result<Vec<Fact>, CloudError>,
) -> Result<Vec<Fact>, CloudError> {
    match answer {
        Ok(answer) => facts(answer),
        Err(error) if error.kind == CloudErrorKind::AccessDenied => {
            Ok(vec![Fact::Denied { permission: error.operation, hides: hides.to_owned() }])
        }
        Err(error) if error.kind == CloudErrorKind::Refused => {
            let code = error.code.unwrap_or_else(|| "without a code".to_owned());
            Ok(vec![Fact::Refused { operation: error.operation, code, hides: hides.to_owned() }])
        }
        Err(error) => Err(error),
    }
}

/// The day of a time, `YYYY-MM-DD`.
fn day(time: &DateTime) -> Option<String> {
    time.fmt(Format::DateTime).ok()?.split('T').next().map(str::to_owned)
}
