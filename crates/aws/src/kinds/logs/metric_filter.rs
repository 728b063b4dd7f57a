//! `aws_cloudwatch_log_metric_filter`. `PutMetricFilter` makes a filter or replaces one whole.

use async_trait::async_trait;
use aws_sdk_cloudwatchlogs::types::{MetricFilter as Filter, MetricTransformation};
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::{Attributes, Value};

use super::{BUSY, GONE, GROUP_NEW};
use crate::account::Account;
use crate::attributes::{block, differs, first_of, object, overlaid, required, text};
use crate::call::{absent_if, call};
use crate::error::malformed;
use crate::kind::Kind;

/// A filter of a log group.
pub(crate) struct MetricFilter;

/// What `PutMetricFilter` sets.
const SETTINGS: [&str; 5] = [
    "pattern",
    "metric_transformation",
    "apply_on_transformed_logs",
    "emit_system_field_dimensions",
    "field_selection_criteria",
];

#[async_trait]
impl Kind for MetricFilter {
    async fn read(&self, account: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let (name, group) = (first_of(recorded, &["name", "id"])?, required(recorded, "log_group_name")?);
        let filters = account.metric_filters.get(group, list(account, group)).await?;
        let filter = filters.iter().find(|filter| filter.filter_name() == Some(name));
        Ok(filter.map(|filter| reported(group, filter)))
    }

    async fn create(&self, account: &Account, planned: &Attributes) -> Result<Attributes, StepError> {
        put(account, planned).await?;
        Ok(overlaid(planned, &object(json!({"id": text(planned, "name")}))))
    }

    async fn update(
        &self,
        account: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        if SETTINGS.iter().any(|setting| differs(prior, planned, setting)) {
            put(account, planned).await?;
        }
        Ok(overlaid(prior, planned))
    }

    async fn delete(&self, account: &Account, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let (name, group) = (first_of(prior, &["name", "id"])?, required(prior, "log_group_name")?);
        let delete = || account.services.logs.delete_metric_filter().log_group_name(group).filter_name(name);
        let deleted = account.patience.retry(BUSY, || call("logs:DeleteMetricFilter", delete().send())).await;
        absent_if(deleted, GONE)?;
        Ok(None)
    }
}

/// All filters of a log group; a group that is not there has none.
async fn list(account: &Account, group: &str) -> Result<Vec<Filter>, CloudError> {
    let pages = || {
        let list = account.services.logs.describe_metric_filters().log_group_name(group);
        list.into_paginator().items().send()
    };
    let filters = || pages().collect::<Result<Vec<Filter>, _>>();
    let filters = account.patience.call("logs:DescribeMetricFilters", filters).await;
    Ok(absent_if(filters, GONE)?.unwrap_or_default())
}

async fn put(account: &Account, planned: &Attributes) -> Result<(), CloudError> {
    const OPERATION: &str = "logs:PutMetricFilter";
    let (name, group) = (required(planned, "name")?, required(planned, "log_group_name")?);
    let wanted = block(planned, "metric_transformation")
        .ok_or_else(|| malformed("record", "the record lacks `metric_transformation`"))?;
    let transformation = MetricTransformation::builder()
        .metric_name(required(wanted, "name")?)
        .metric_namespace(required(wanted, "namespace")?)
        .metric_value(required(wanted, "value")?)
        .build()
        .map_err(|error| malformed(OPERATION, error.to_string()))?;
    let put = || {
        let put = account.services.logs.put_metric_filter().log_group_name(group).filter_name(name);
        put.filter_pattern(text(planned, "pattern").unwrap_or_default())
            .metric_transformations(transformation.clone())
    };
    account.patience.retry(GROUP_NEW, || call(OPERATION, put().send())).await.map(drop)
}

/// A filter as it is; what a transformation says beyond ours is shown, so that it differs.
fn reported(group: &str, filter: &Filter) -> Attributes {
    let transformations: Vec<Value> = filter.metric_transformations().iter().map(transformation).collect();
    object(json!({
        "id": filter.filter_name(),
        "name": filter.filter_name(),
        "log_group_name": group,
        "pattern": filter.filter_pattern(),
        "metric_transformation": transformations,
        "apply_on_transformed_logs": Some(true).filter(|_| filter.apply_on_transformed_logs()),
        "emit_system_field_dimensions": filter.emit_system_field_dimensions(),
        "field_selection_criteria": filter.field_selection_criteria(),
    }))
}

/// With those members that say something, as it is recorded when it is made.
fn transformation(of: &MetricTransformation) -> Value {
    let unit = of.unit().map(|unit| unit.as_str()).filter(|unit| *unit != "None");
    let mut members = object(json!({
        "name": of.metric_name(),
        "namespace": of.metric_namespace(),
        "value": of.metric_value(),
        "default_value": of.default_value().map(|value| value.to_string()),
        "dimensions": of.dimensions(),
        "unit": unit,
    }));
    members.retain(|_, value| !value.is_null());
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use engine::equality::equal;
    use foundation::Compare;

    use super::*;

    fn reported_transformation(
        of: aws_sdk_cloudwatchlogs::types::builders::MetricTransformationBuilder,
    ) -> Value {
        let of = of.metric_name("m").metric_namespace("n").metric_value("1").build().unwrap();
        let filter = Filter::builder().filter_name("f").metric_transformations(of).build();
        reported("g", &filter)["metric_transformation"].clone()
    }

    #[test]
    fn what_narrows_a_filter_shows() {
        let of = |filter: Filter| reported("g", &filter);
        let plain = of(Filter::builder().filter_name("f").build());
        for name in ["apply_on_transformed_logs", "field_selection_criteria"] {
            assert_eq!(plain[name], Value::Null, "{name}");
        }
        assert_eq!(plain["emit_system_field_dimensions"], json!([]));
        let narrowed = of(Filter::builder().field_selection_criteria("@aws.region = \"x\"").build());
        assert_eq!(narrowed["field_selection_criteria"], "@aws.region = \"x\"");
        assert_eq!(
            of(Filter::builder().apply_on_transformed_logs(true).build())["apply_on_transformed_logs"],
            true
        );
    }

    #[test]
    fn what_others_add_to_a_transformation_differs_and_what_aws_fills_in_does_not() {
        let desired = json!([{"name": "m", "namespace": "n", "value": "1"}]);
        let same = |of| equal(Compare::Exact, &desired, &reported_transformation(of));
        let plain = MetricTransformation::builder;
        assert!(same(plain()) && same(plain().unit("None".into())));
        assert!(!same(plain().default_value(0.0)));
        assert!(!same(plain().dimensions("user", "$.userIdentity.arn")));
    }
}
