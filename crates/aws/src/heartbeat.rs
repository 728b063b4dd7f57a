//! What is said of a trail as metrics of CloudWatch, which has none of its own.

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit};
use engine::CloudError;
use foundation::heartbeat::{IS_LOGGING, NAMESPACE, TRAIL};
use trail::TrailId;

use crate::archive::in_region;
use crate::waiting::Patience;

/// Publishes values of a trail in its home region, where its alarm is.
///
/// # Errors
/// What AWS refuses.
pub async fn publish(config: &SdkConfig, trail: &TrailId, values: &[(&str, i64)]) -> Result<(), CloudError> {
    let client = aws_sdk_cloudwatch::Client::new(&in_region(config, &trail.home));
    let of_trail = Dimension::builder().name(TRAIL).value(&trail.name).build();
    let datum = |(name, value): &(&str, i64)| {
        let unit = if *name == IS_LOGGING { StandardUnit::Count } else { StandardUnit::Seconds };
        let datum = MetricDatum::builder().metric_name(*name).dimensions(of_trail.clone()).unit(unit);
        datum.value(as_float(*value)).build()
    };
    let data: Vec<MetricDatum> = values.iter().map(datum).collect();
    let put = || client.put_metric_data().namespace(NAMESPACE).set_metric_data(Some(data.clone())).send();
    Patience::default().call("cloudwatch:PutMetricData", put).await.map(drop)
}

/// Ages are far below what a float holds exactly.
fn as_float(value: i64) -> f64 {
    i32::try_from(value).map_or(f64::from(i32::MAX), f64::from)
}
