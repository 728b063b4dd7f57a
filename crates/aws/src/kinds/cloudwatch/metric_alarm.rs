//! `aws_cloudwatch_metric_alarm`. `PutMetricAlarm` replaces an alarm whole, and takes tags for a new one only.

use async_trait::async_trait;
use aws_sdk_cloudwatch::types::{
    AlarmType, ComparisonOperator, Dimension, EvaluationWindow, MetricAlarm, Statistic, Tag,
};
use engine::{CloudError, Found, StepError};
use serde_json::json;
use terraform::{Attributes, Value};

use crate::account::Account;
use crate::attributes::{differs, first_of, flag, number, object, overlaid, owned, texts};
use crate::call::absent_if;
use crate::kind::Kind;
use crate::tags::{self, Deployment, Tags, keys, retag_by};

/// An alarm on one metric.
pub(crate) struct CloudWatchAlarm;

/// CloudWatch's names for what is not there.
const GONE: &[&str] = &["ResourceNotFound", "ResourceNotFoundException"];
/// CloudWatch: the alarm was made a moment ago, or is being changed.
const ALARM_NEW: &[&str] =
    &["ConcurrentModificationException", "ResourceNotFound", "ResourceNotFoundException"];

/// What `PutMetricAlarm` sets.
const SETTINGS: [&str; 18] = [
    "alarm_description",
    "actions_enabled",
    "alarm_actions",
    "ok_actions",
    "insufficient_data_actions",
    "namespace",
    "metric_name",
    "dimensions",
    "statistic",
    "comparison_operator",
    "threshold",
    "period",
    "evaluation_periods",
    "datapoints_to_alarm",
    "treat_missing_data",
    "unit",
    "evaluation_window",
    "warm_up",
];

#[async_trait]
impl Kind for CloudWatchAlarm {
    async fn read(&self, account: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let name = first_of(recorded, &["alarm_name", "id"])?;
        let arn = arn(account, name);
        let (alarms, tags) = futures::join!(alarms(account, name), list_tags(account, &arn));
        let alarms = alarms?;
        let Some(alarm) = alarms.iter().find(|alarm| alarm.alarm_name() == Some(name)) else {
            return Ok(None);
        };
        let mut attributes = reported(alarm);
        tags::answer(&mut attributes, &tags?);
        Ok(Some(attributes))
    }

    async fn find(
        &self,
        account: &Account,
        planned: &Attributes,
        deployment: Option<&Deployment>,
    ) -> Result<Found, CloudError> {
        let name = first_of(planned, &["alarm_name"])?;
        let is_there = alarms(account, name).await?.iter().any(|alarm| alarm.alarm_name() == Some(name));
        let found = if is_there { self.read(account, planned).await? } else { None };
        Ok(tags::whose_by_tags(found, deployment))
    }

    async fn create(&self, account: &Account, planned: &Attributes) -> Result<Attributes, StepError> {
        let name = first_of(planned, &["alarm_name"])?;
        put(account, planned, Some(alarm_tags(&tags::of(planned)))).await?;
        let decided = json!({"id": name, "arn": arn(account, name)});
        Ok(overlaid(planned, &object(decided)))
    }

    async fn update(
        &self,
        account: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        if SETTINGS.iter().any(|setting| differs(prior, planned, setting)) {
            put(account, planned, None).await?;
        }
        let arn = arn(account, first_of(prior, &["alarm_name", "id"])?);
        retag(account, &arn, prior, planned).await
    }

    async fn delete(&self, account: &Account, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let name = first_of(prior, &["alarm_name", "id"])?;
        let delete = || account.services.cloudwatch.delete_alarms().alarm_names(name).send();
        let deleted = account.patience.call("cloudwatch:DeleteAlarms", delete).await;
        absent_if(deleted, GONE)?;
        Ok(None)
    }
}

fn arn(account: &Account, name: &str) -> String {
    account.place.arn("cloudwatch", &format!("alarm:{name}"))
}

/// The alarms whose names begin with this one's first two parts: asked for once a run for all of them.
pub(crate) async fn alarms(account: &Account, name: &str) -> Result<Vec<MetricAlarm>, CloudError> {
    let prefix = shared_prefix(name);
    account.alarms.get(prefix, list_alarms(account, prefix)).await
}

/// A name up to its second hyphen.
fn shared_prefix(name: &str) -> &str {
    name.match_indices('-').nth(1).and_then(|(end, _)| name.get(..end)).unwrap_or(name)
}

async fn list_alarms(account: &Account, prefix: &str) -> Result<Vec<MetricAlarm>, CloudError> {
    let pages = || {
        let describe = account.services.cloudwatch.describe_alarms().alarm_name_prefix(prefix);
        describe.alarm_types(AlarmType::MetricAlarm).into_paginator()
    };
    let all = || pages().send().collect::<Result<Vec<_>, _>>();
    let pages = account.patience.call("cloudwatch:DescribeAlarms", all).await?;
    Ok(pages.into_iter().flat_map(|page| page.metric_alarms.unwrap_or_default()).collect())
}

async fn put(account: &Account, planned: &Attributes, tags: Option<Vec<Tag>>) -> Result<(), CloudError> {
    let put = || {
        account
            .services
            .cloudwatch
            .put_metric_alarm()
            .set_alarm_name(owned(planned, "alarm_name"))
            .set_alarm_description(owned(planned, "alarm_description"))
            .actions_enabled(flag(planned, "actions_enabled").unwrap_or(true))
            .set_alarm_actions(Some(texts(planned, "alarm_actions")))
            .set_ok_actions(Some(texts(planned, "ok_actions")))
            .set_namespace(owned(planned, "namespace"))
            .set_metric_name(owned(planned, "metric_name"))
            .set_dimensions(Some(dimensions(planned)))
            .set_statistic(owned(planned, "statistic").as_deref().map(Statistic::from))
            .set_comparison_operator(
                owned(planned, "comparison_operator").as_deref().map(ComparisonOperator::from),
            )
            .set_threshold(planned.get("threshold").and_then(Value::as_f64))
            .set_period(number(planned, "period"))
            .set_evaluation_periods(number(planned, "evaluation_periods"))
            .set_datapoints_to_alarm(number(planned, "datapoints_to_alarm"))
            .set_treat_missing_data(owned(planned, "treat_missing_data"))
            .set_tags(tags.clone())
            .send()
    };
    account.patience.call("cloudwatch:PutMetricAlarm", put).await.map(drop)
}

fn dimensions(planned: &Attributes) -> Vec<Dimension> {
    let dimensions = planned.get("dimensions").and_then(Value::as_object).into_iter().flatten();
    let dimension = |(name, value): (&String, &Value)| {
        Some(Dimension::builder().name(name).value(value.as_str()?).build())
    };
    dimensions.filter_map(dimension).collect()
}

/// An alarm as it is. One on something else than a metric's statistic has neither namespace nor statistic, and so differs.
fn reported(alarm: &MetricAlarm) -> Attributes {
    let dimensions = alarm.dimensions().iter();
    let dimensions: Attributes = dimensions
        .filter_map(|dimension| Some((dimension.name()?.to_owned(), Value::from(dimension.value()?))))
        .collect();
    object(json!({
        "id": alarm.alarm_name(),
        "alarm_name": alarm.alarm_name(),
        "arn": alarm.alarm_arn(),
        "alarm_description": alarm.alarm_description(),
        "actions_enabled": alarm.actions_enabled(),
        "alarm_actions": alarm.alarm_actions(),
        "ok_actions": alarm.ok_actions(),
        "insufficient_data_actions": alarm.insufficient_data_actions(),
        "namespace": alarm.namespace(),
        "metric_name": alarm.metric_name(),
        "dimensions": dimensions,
        "statistic": alarm.statistic().map(Statistic::as_str),
        "extended_statistic": alarm.extended_statistic(),
        "comparison_operator": alarm.comparison_operator().map(ComparisonOperator::as_str),
        "threshold": alarm.threshold().map(plain),
        "threshold_metric_id": alarm.threshold_metric_id(),
        "period": alarm.period(),
        "evaluation_periods": alarm.evaluation_periods(),
        "datapoints_to_alarm": alarm.datapoints_to_alarm(),
        "treat_missing_data": alarm.treat_missing_data(),
        "unit": alarm.unit().map(|unit| unit.as_str()),
        "evaluation_window": alarm.evaluation_window().and_then(window),
        "warm_up": alarm
            .warm_up_configuration()
            .and_then(|warm_up| warm_up.warm_up_period_duration_in_minutes())
            .filter(|minutes| *minutes > 0),
    }))
}

/// Which range of the metric is looked at, where that is not the sliding one of every alarm of which nothing is said.
fn window(of: &EvaluationWindow) -> Option<String> {
    match of {
        EvaluationWindow::SlidingWindow(_) => None,
        EvaluationWindow::WallClockWindow(clock) => {
            Some(format!("wall clock of {}", clock.timezone().unwrap_or("UTC")))
        }
        _ => Some("one that this version of underpin does not know".to_owned()),
    }
}

/// A number as settings and Terraform write it: `1`, not `1.0`.
fn plain(number: f64) -> Value {
    let text = number.to_string();
    text.parse::<i64>().map_or_else(|_| json!(number), |whole| json!(whole))
}

fn alarm_tags(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

async fn list_tags(account: &Account, arn: &str) -> Result<Tags, CloudError> {
    let list = || account.services.cloudwatch.list_tags_for_resource().resource_arn(arn).send();
    let answer = absent_if(account.patience.call("cloudwatch:ListTagsForResource", list).await, GONE)?;
    let tags = answer.and_then(|answer| answer.tags).unwrap_or_default();
    Ok(tags::reported(tags.iter().filter_map(|tag| Some((tag.key()?, tag.value()?)))))
}

async fn retag(
    account: &Account,
    arn: &str,
    prior: &Attributes,
    planned: &Attributes,
) -> Result<Attributes, StepError> {
    let cloudwatch = &account.services.cloudwatch;
    let untag =
        |tags: &Tags| Ok(cloudwatch.untag_resource().resource_arn(arn).set_tag_keys(keys(tags)).send());
    let tag =
        |tags: &Tags| Ok(cloudwatch.tag_resource().resource_arn(arn).set_tags(Some(alarm_tags(tags))).send());
    let change = (prior, planned);
    retag_by(
        &account.patience,
        ALARM_NEW,
        change,
        ("cloudwatch:UntagResource", untag),
        ("cloudwatch:TagResource", tag),
    )
    .await
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::{SlidingWindow, WallClockWindow, WarmUpConfiguration};

    use super::*;

    #[test]
    fn numbers_are_written_as_terraform_writes_them() {
        assert_eq!((plain(1.0), plain(0.5), plain(-3.0)), (json!(1), json!(0.5), json!(-3)));
    }

    #[test]
    fn what_keeps_an_alarm_from_ringing_shows_and_what_cloudwatch_says_of_every_alarm_does_not() {
        let of = |alarm: MetricAlarm| {
            let read = reported(&alarm);
            (read["evaluation_window"].clone(), read["warm_up"].clone())
        };
        let usual = EvaluationWindow::SlidingWindow(SlidingWindow::builder().build());
        let warm_up =
            |minutes| WarmUpConfiguration::builder().warm_up_period_duration_in_minutes(minutes).build();
        let plain = MetricAlarm::builder().evaluation_window(usual).warm_up_configuration(warm_up(0)).build();
        assert_eq!(of(plain), (Value::Null, Value::Null));
        let clock = WallClockWindow::builder().timezone("Asia/Tokyo").build();
        let slow = MetricAlarm::builder().evaluation_window(EvaluationWindow::WallClockWindow(clock));
        let slow = slow.warm_up_configuration(warm_up(1440)).build();
        assert_eq!(of(slow), (json!("wall clock of Asia/Tokyo"), json!(1440)));
    }

    #[test]
    fn alarms_of_a_deployment_share_a_prefix() {
        assert_eq!(shared_prefix("a-b-c-d"), "a-b");
        assert_eq!(shared_prefix("alarm"), "alarm");
    }
}
