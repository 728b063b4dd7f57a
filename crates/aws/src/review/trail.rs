//! What a trail cannot deliver, and what it analyses.

use aws_sdk_cloudtrail::operation::get_trail_status::GetTrailStatusOutput;
use aws_smithy_types::DateTime;
use engine::CloudError;
use foundation::Fact;
use foundation::review::fact::{Delivered, Delivery};
use terraform::Attributes;

use super::{day, seen};
use crate::account::Account;
use crate::call::absent_if;
use crate::kinds::cloudtrail::GONE;
use crate::kinds::cloudtrail::insights::insights;
use crate::kinds::cloudtrail::trail::{arn, status};

/// Reads the trail's deliveries and Insights.
pub(super) async fn review(account: &Account, present: &Attributes) -> Result<Vec<Fact>, CloudError> {
    let arn = arn(account, present)?;
    let (status, insights) = futures::join!(status(account, &arn), insights(account, &arn));
    let Some(status) = absent_if(status, GONE)? else { return Ok(Vec::new()) };
    let mut facts = failures(&status);
    facts.extend(seen(insights, "whether the trail makes Insights", |types| {
        Ok(types.into_iter().map(Fact::Insights).collect())
    })?);
    Ok(facts)
}

fn failures(status: &GetTrailStatusOutput) -> Vec<Fact> {
    let tried =
        |time: Option<&str>| time.filter(|time| !time.is_empty()).map(|time| format!("tried last {time}"));
    let well = |time: Option<&DateTime>| time.and_then(day).map(|day| format!("last delivered {day}"));
    let failures = [
        (
            Delivered::Logs,
            status.latest_delivery_error(),
            tried(status.latest_delivery_attempt_time()).or(well(status.latest_delivery_time())),
        ),
        (
            Delivered::Digests,
            status.latest_digest_delivery_error(),
            well(status.latest_digest_delivery_time()),
        ),
        (
            Delivered::LogGroup,
            status.latest_cloud_watch_logs_delivery_error(),
            well(status.latest_cloud_watch_logs_delivery_time()),
        ),
        (
            Delivered::Topic,
            status.latest_notification_error(),
            tried(status.latest_notification_attempt_time()).or(well(status.latest_notification_time())),
        ),
    ];
    failures
        .into_iter()
        .filter_map(|(what, error, when)| {
            let error = error.filter(|error| !error.is_empty())?.to_owned();
            Some(Fact::Delivery(Delivery { what, error, when }))
        })
        .collect()
}
