//! The account that a run works in: the clients of its services, its place, and what reads of one run share.

use std::collections::HashMap;

use aws_sdk_cloudtrail::operation::get_trail_status::GetTrailStatusOutput;
use aws_sdk_cloudwatch::types::MetricAlarm;
use aws_sdk_cloudwatchlogs::types::MetricFilter;
use aws_sdk_eventbridge::types::{Rule, Target};
use aws_sdk_iam::types::InstanceProfile;
use aws_sdk_kms::types::{AliasListEntry, KeyMetadata};
use aws_sdk_s3::types::{
    LifecycleRule, LoggingEnabled, ObjectLockConfiguration, ServerSideEncryptionConfiguration,
};
use foundation::{Caller, Partition};

use crate::services::Services;
use crate::shared::Shared;
use crate::unread::Unread;
use crate::waiting::Patience;

/// The account and region behind the clients.
#[derive(Clone, Debug)]
pub struct Place {
    pub(crate) account_id: String,
    pub(crate) partition: Partition,
    pub(crate) region: String,
}

impl Place {
    /// The caller's account, and the region of everything regional.
    pub fn new(caller: &Caller, region: impl Into<String>) -> Self {
        Self { account_id: caller.account_id.to_string(), partition: caller.partition, region: region.into() }
    }

    /// An ARN of this account and region.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition, self.region, self.account_id)
    }
}

/// An AWS account. One value serves one run: reads share answers, and nothing forgets them.
#[derive(Debug)]
pub struct Account {
    pub(crate) services: Services,
    pub(crate) place: Place,
    pub(crate) patience: Patience,
    /// What answers held that nobody knows.
    pub(crate) unread: Unread,
    /// The ARNs of the managed policies of a role; `None`: there is no such role.
    pub(crate) attached: Shared<Option<Vec<String>>>,
    /// The names of the inline policies of a role; `None`: there is no such role.
    pub(crate) inline: Shared<Option<Vec<String>>>,
    /// The attributes of a topic; `None`: there is no such topic.
    pub(crate) topics: Shared<Option<HashMap<String, String>>>,
    /// The rules of a region that share the beginning of their names.
    pub(crate) rules: Shared<Vec<Rule>>,
    /// The targets of a rule; `None`: there is no such rule.
    pub(crate) targets: Shared<Option<Vec<Target>>>,
    /// The alarms that share the beginning of their names.
    pub(crate) alarms: Shared<Vec<MetricAlarm>>,
    /// What DescribeKey says of a key; `None`: there is no such key.
    pub(crate) keys: Shared<Option<KeyMetadata>>,
    /// The aliases of a key.
    pub(crate) aliases: Shared<Vec<AliasListEntry>>,
    /// All instance profiles of the account; `None`: they are more than one answer holds, or may not be listed.
    pub(crate) profiles: Shared<Option<Vec<InstanceProfile>>>,
    /// The lifecycle rules of a bucket.
    pub(crate) lifecycles: Shared<Vec<LifecycleRule>>,
    /// Where the accesses to a bucket are logged; `None`: nowhere.
    pub(crate) logging: Shared<Option<LoggingEnabled>>,
    /// The object lock of a bucket; `None`: it has none.
    pub(crate) locks: Shared<Option<ObjectLockConfiguration>>,
    /// How a bucket encrypts; `None`: nothing says how.
    pub(crate) encryptions: Shared<Option<ServerSideEncryptionConfiguration>>,
    /// What GetTrailStatus says of a trail.
    pub(crate) statuses: Shared<GetTrailStatusOutput>,
    /// The types of the Insights of a trail.
    pub(crate) insights: Shared<Vec<String>>,
    /// The metric filters of a log group.
    pub(crate) metric_filters: Shared<Vec<MetricFilter>>,
}

impl Account {
    /// The account behind these clients.
    pub fn new(services: Services, place: Place) -> Self {
        Self {
            services,
            place,
            patience: Patience::default(),
            unread: Unread::default(),
            attached: Shared::default(),
            inline: Shared::default(),
            topics: Shared::default(),
            rules: Shared::default(),
            targets: Shared::default(),
            alarms: Shared::default(),
            keys: Shared::default(),
            aliases: Shared::default(),
            profiles: Shared::default(),
            lifecycles: Shared::default(),
            logging: Shared::default(),
            locks: Shared::default(),
            encryptions: Shared::default(),
            statuses: Shared::default(),
            insights: Shared::default(),
            metric_filters: Shared::default(),
        }
    }
}
