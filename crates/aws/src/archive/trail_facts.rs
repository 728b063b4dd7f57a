//! What CloudTrail says of a trail.

use aws_config::SdkConfig;
use aws_sdk_cloudtrail::types::Trail;
use aws_smithy_types::DateTime;
use engine::CloudError;
use trail::Moment;

use super::in_region;
use crate::call::{absent_if, call};

/// A trail as CloudTrail describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrailFacts {
    /// Its ARN.
    pub arn: String,
    /// Its bucket.
    pub bucket: String,
    /// What stands before `AWSLogs/`, without a slash at the end.
    pub prefix: String,
    /// Whether it records all regions.
    pub multi_region: bool,
    /// Whether it records all accounts of an organization.
    pub organization: bool,
    /// Whether it writes digests.
    pub validation: bool,
    /// Its home region.
    pub home: String,
}

/// What `GetTrailStatus` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrailStatus {
    /// Whether it records.
    pub logging: Option<bool>,
    /// When it began to, last.
    pub started: Option<Moment>,
    /// When it ceased to, last.
    pub stopped: Option<Moment>,
    /// When it delivered logs, last.
    pub delivery: Option<Moment>,
    /// Why it could not, last.
    pub delivery_error: Option<String>,
    /// When it delivered a digest, last.
    pub digest: Option<Moment>,
    /// Why it could not, last.
    pub digest_error: Option<String>,
    /// When it told CloudWatch Logs, last.
    pub logs_delivery: Option<Moment>,
    /// Why it could not, last.
    pub logs_error: Option<String>,
    /// Why it could not tell the topic, last.
    pub notification_error: Option<String>,
}

/// The trail with this ARN; `None` when there is none.
///
/// # Errors
/// CloudTrail does not say.
pub async fn describe(config: &SdkConfig, arn: &str, home: &str) -> Result<Option<TrailFacts>, CloudError> {
    let client = aws_sdk_cloudtrail::Client::new(&in_region(config, home));
    let sending = client.describe_trails().trail_name_list(arn).include_shadow_trails(true).send();
    let answer = absent_if(call("cloudtrail:DescribeTrails", sending).await, &["TrailNotFoundException"])?;
    Ok(answer.and_then(|answer| answer.trail_list?.into_iter().next()).map(facts))
}

/// Every trail that records in a region, shadows of other regions' trails included.
///
/// # Errors
/// CloudTrail does not say.
pub async fn all(config: &SdkConfig, region: &str) -> Result<Vec<TrailFacts>, CloudError> {
    let client = aws_sdk_cloudtrail::Client::new(&in_region(config, region));
    let answer =
        call("cloudtrail:DescribeTrails", client.describe_trails().include_shadow_trails(true).send())
            .await?;
    Ok(answer.trail_list.unwrap_or_default().into_iter().map(facts).collect())
}

/// The trail's state; `None` when there is no such trail.
///
/// # Errors
/// CloudTrail does not say.
pub async fn status(config: &SdkConfig, arn: &str, home: &str) -> Result<Option<TrailStatus>, CloudError> {
    let client = aws_sdk_cloudtrail::Client::new(&in_region(config, home));
    let sending = client.get_trail_status().name(arn).send();
    let answer = absent_if(call("cloudtrail:GetTrailStatus", sending).await, &["TrailNotFoundException"])?;
    let moment = |time: Option<DateTime>| time.map(|time| Moment::from_unix(time.secs()));
    let text = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(answer.map(|answer| TrailStatus {
        logging: answer.is_logging,
        started: moment(answer.start_logging_time),
        stopped: moment(answer.stop_logging_time),
        delivery: moment(answer.latest_delivery_time),
        delivery_error: text(answer.latest_delivery_error),
        digest: moment(answer.latest_digest_delivery_time),
        digest_error: text(answer.latest_digest_delivery_error),
        logs_delivery: moment(answer.latest_cloud_watch_logs_delivery_time),
        logs_error: text(answer.latest_cloud_watch_logs_delivery_error),
        notification_error: text(answer.latest_notification_error),
    }))
}

fn facts(trail: Trail) -> TrailFacts {
    TrailFacts {
        arn: trail.trail_arn.unwrap_or_default(),
        bucket: trail.s3_bucket_name.unwrap_or_default(),
        prefix: trail.s3_key_prefix.unwrap_or_default(),
        multi_region: trail.is_multi_region_trail.unwrap_or_default(),
        organization: trail.is_organization_trail.unwrap_or_default(),
        validation: trail.log_file_validation_enabled.unwrap_or_default(),
        home: trail.home_region.unwrap_or_default(),
    }
}
