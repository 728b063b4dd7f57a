//! `aws_cloudtrail`: a trail, its event selectors, and whether it is logging.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use terraform::Attributes;

use crate::arguments::fields;
use crate::schema::{Schema, Usual, argument, aws, computed, identity, tags_all, unrecorded};

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
        argument("tags"),
        unrecorded("advanced_event_selector"),
        unrecorded("recursive_logging"),
        computed("arn"),
        computed("home_region"),
        computed("id"),
        computed("insight_selector").blocks().unset(),
        tags_all(),
    ],
);

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
    /// All its tags.
    pub tags: &'a BTreeMap<String, String>,
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
            "sns_topic_name": null,
            "cloud_watch_logs_group_arn": null,
            "cloud_watch_logs_role_arn": null,
            "event_selector": [{
                "read_write_type": "All",
                "include_management_events": true,
                "data_resource": self.data_resources(),
            }],
        })));
        if self.hardened {
            arguments.insert("recursive_logging".to_owned(), json!(false));
        }
        arguments.insert("tags".to_owned(), json!(self.tags));
        arguments
    }

    fn data_resources(&self) -> Value {
        match self.s3_objects {
            [] => json!([]),
            values => json!([{ "type": "AWS::S3::Object", "values": values }]),
        }
    }
}
