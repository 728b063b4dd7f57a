//! The trail, the bucket it delivers to, and the bucket that gets that one's access logs.

use aws_sdk_cloudtrail::operation::get_event_selectors::GetEventSelectorsOutput;
use aws_sdk_cloudtrail::operation::get_trail_status::GetTrailStatusOutput;
use aws_sdk_cloudtrail::types::{AdvancedEventSelector, AdvancedFieldSelector, EventSelector, Trail};
use doctor::Targets;
use doctor::facts::{
    AdvancedField, AdvancedSelector, BasicSelector, BucketFacts, Selectors, TrailDescription, TrailFacts,
    TrailStatus,
};

use super::{bucket, bucket_of, moment, read, then};
use crate::account::Account;

/// CloudTrail's name for what is not there.
const GONE: &[&str] = &["TrailNotFoundException"];

pub(super) async fn with_buckets(
    account: &Account,
    targets: &Targets,
) -> (TrailFacts, Option<BucketFacts>, Option<BucketFacts>) {
    let (trail, log_bucket) = match &targets.log_bucket {
        Some(name) => {
            let (trail, bucket) = futures::join!(
                facts(account, &targets.trail),
                bucket_of(&account.services.s3, &account.place, name)
            );
            (trail, Some(bucket))
        }
        None => {
            let trail = facts(account, &targets.trail).await;
            let ours = trail.trails.found().into_iter().flatten().find(|trail| trail.name == targets.trail);
            let bucket = match ours {
                Some(ours) => Some(bucket_of(&account.services.s3, &account.place, &ours.bucket).await),
                None => None,
            };
            (trail, bucket)
        }
    };
    let target =
        log_bucket.as_ref().and_then(|bucket| bucket.logging.found()).map(|target| target.bucket.clone());
    let access_log_bucket = match target {
        Some(name) => Some(bucket(&account.services.s3, &name, None).await),
        None => None,
    };
    (trail, log_bucket, access_log_bucket)
}

async fn facts(account: &Account, name: &str) -> TrailFacts {
    let client = &account.services.cloudtrail;
    let (trails, status, selectors) = futures::join!(
        read("cloudtrail:DescribeTrails", &[], client.describe_trails().include_shadow_trails(true).send()),
        read("cloudtrail:GetTrailStatus", GONE, client.get_trail_status().name(name).send()),
        read("cloudtrail:GetEventSelectors", GONE, client.get_event_selectors().trail_name(name).send()),
    );
    TrailFacts {
        trails: then(trails, |answer| Some(answer.trail_list().iter().map(description).collect())),
        status: then(status, |answer| Some(status_of(&answer))),
        selectors: then(selectors, |answer| Some(selectors_of(&answer))),
    }
}

fn description(trail: &Trail) -> TrailDescription {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let arn = text(trail.trail_arn());
    let home = trail.home_region().map(str::to_owned);
    TrailDescription {
        name: text(trail.name()),
        home_region: home.unwrap_or_else(|| arn.split(':').nth(3).unwrap_or_default().to_owned()),
        bucket: text(trail.s3_bucket_name()),
        prefix: trail.s3_key_prefix().filter(|prefix| !prefix.is_empty()).map(str::to_owned),
        kms_key: trail.kms_key_id().map(str::to_owned),
        multi_region: trail.is_multi_region_trail().unwrap_or(false),
        global_events: trail.include_global_service_events().unwrap_or(false),
        validation: trail.log_file_validation_enabled().unwrap_or(false),
        organization: trail.is_organization_trail().unwrap_or(false),
        arn,
    }
}

fn status_of(status: &GetTrailStatusOutput) -> TrailStatus {
    let said = |error: Option<&str>| error.filter(|error| !error.is_empty()).map(str::to_owned);
    TrailStatus {
        logging: status.is_logging().unwrap_or(false),
        delivered: moment(status.latest_delivery_time()),
        delivery_error: said(status.latest_delivery_error()),
        digest_delivered: moment(status.latest_digest_delivery_time()),
        digest_error: said(status.latest_digest_delivery_error()),
        notification_error: said(status.latest_notification_error()),
        logs_error: said(status.latest_cloud_watch_logs_delivery_error()),
        started: moment(status.start_logging_time()),
        stopped: moment(status.stop_logging_time()),
    }
}

fn selectors_of(answer: &GetEventSelectorsOutput) -> Selectors {
    if answer.advanced_event_selectors().is_empty() {
        Selectors::Basic(answer.event_selectors().iter().map(basic).collect())
    } else {
        Selectors::Advanced(answer.advanced_event_selectors().iter().map(advanced).collect())
    }
}

fn basic(selector: &EventSelector) -> BasicSelector {
    let data = selector.data_resources().iter();
    BasicSelector {
        read_write: selector.read_write_type().map_or("All", |kind| kind.as_str()).to_owned(),
        management: selector.include_management_events().unwrap_or(true),
        excluded: selector.exclude_management_event_sources().to_vec(),
        data: data
            .map(|data| (data.r#type().unwrap_or_default().to_owned(), data.values().to_vec()))
            .collect(),
    }
}

fn advanced(selector: &AdvancedEventSelector) -> AdvancedSelector {
    let is_narrowed = |field: &AdvancedFieldSelector| {
        let others = [field.ends_with(), field.not_equals(), field.not_starts_with(), field.not_ends_with()];
        others.iter().any(|values| !values.is_empty())
    };
    let field = |field: &AdvancedFieldSelector| AdvancedField {
        field: field.field().to_owned(),
        equals: field.equals().to_vec(),
        starts_with: field.starts_with().to_vec(),
        narrowed: is_narrowed(field),
    };
    AdvancedSelector {
        name: selector.name().map(str::to_owned),
        fields: selector.field_selectors().iter().map(field).collect(),
    }
}
