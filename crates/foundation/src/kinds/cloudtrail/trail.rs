//! `aws_cloudtrail`: a trail, its event selectors, and whether it is logging.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{
    Compare, Role, Schema, Usual, argument, attribute, aws, computed, identity, tags_all, unrecorded,
};

/// As of provider 3.39.0, which knows neither `recursive_logging` nor advanced event selectors nor the exclusion of
/// management events.
pub static SCHEMA: Schema = aws(
    "aws_cloudtrail",
    &["main"],
    &[
        identity("name"),
        argument("s3_bucket_name").refers_to("aws_s3_bucket", "bucket"),
        argument("s3_key_prefix"),
        argument("kms_key_id"),
        argument("is_multi_region_trail"),
        argument("include_global_service_events"),
        argument("enable_log_file_validation"),
        argument("enable_logging"),
        argument("is_organization_trail").usually(Usual::Bool(false)),
        argument("sns_topic_name"),
        argument("cloud_watch_logs_group_arn"),
        argument("cloud_watch_logs_role_arn"),
        argument("event_selector").blocks().unknown_fields(&["exclude_management_event_sources"]),
        attribute("insight_selector", Role::Argument, Compare::Set).blocks(),
        argument("tags"),
        unrecorded("advanced_event_selector"),
        unrecorded("recursive_logging"),
        computed("arn"),
        computed("home_region"),
        computed("id"),
        tags_all(),
    ],
)
.reads(&[
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetInsightSelectors",
    "cloudtrail:GetTrail",
    "cloudtrail:GetTrailStatus",
    "cloudtrail:ListTags",
]);

/// A desired trail: all regions, all management events.
#[derive(Clone, Copy, Debug)]
pub struct CloudTrail<'a> {
    /// Its name.
    pub name: &'a str,
    /// The log bucket's name.
    pub s3_bucket_name: &'a str,
    /// The key's ARN.
    pub kms_key_id: &'a str,
    /// The object ARNs whose reads and writes are recorded; none when empty.
    pub s3_objects: &'a [String],
    /// Whether log files are validated and CloudTrail's own deliveries, with which the log would feed itself, are left
    /// out; both are left open otherwise.
    pub hardened: bool,
    /// What it does beside writing into the bucket.
    pub deliveries: &'a Deliveries,
    /// All its tags.
    pub tags: &'a BTreeMap<String, String>,
}

/// What a trail does beside writing into its bucket. `None` leaves what others set; what is empty takes it away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deliveries {
    /// The ARN of the log group that gets every event, with `:*` at its end.
    pub log_group_arn: Option<String>,
    /// The ARN of the role that CloudTrail writes into it with.
    pub log_role_arn: Option<String>,
    /// The name of the topic that is told of every new log file.
    pub topic_name: Option<String>,
    /// The types of the Insights.
    pub insights: Option<Vec<&'static str>>,
}

impl CloudTrail<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        let mut arguments = fields(json!({
            "name": self.name,
            "s3_bucket_name": self.s3_bucket_name,
            "s3_key_prefix": null,
            "kms_key_id": self.kms_key_id,
            "is_multi_region_trail": true,
            "include_global_service_events": true,
        }));
        if self.hardened {
            arguments.insert("enable_log_file_validation".to_owned(), json!(true));
        }
        arguments.extend(fields(json!({
            "enable_logging": true,
            "is_organization_trail": false,
            "sns_topic_name": self.deliveries.topic_name,
            "cloud_watch_logs_group_arn": self.deliveries.log_group_arn,
            "cloud_watch_logs_role_arn": self.deliveries.log_role_arn,
            "event_selector": [{
                "read_write_type": "All",
                "include_management_events": true,
                "data_resource": self.data_resources(),
            }],
            "insight_selector": self.insight_selectors(),
        })));
        if self.hardened {
            arguments.insert("recursive_logging".to_owned(), json!(false));
        }
        arguments.insert("tags".to_owned(), json!(self.tags));
        arguments
    }

    /// `null` where nothing is said about them.
    fn insight_selectors(&self) -> Option<Vec<Value>> {
        let types = self.deliveries.insights.as_ref()?;
        Some(types.iter().map(|kind| json!({ "insight_type": kind })).collect())
    }

    fn data_resources(&self) -> Value {
        match self.s3_objects {
            [] => json!([]),
            values => json!([{ "type": "AWS::S3::Object", "values": values }]),
        }
    }
}
