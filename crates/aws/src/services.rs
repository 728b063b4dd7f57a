//! The clients that everything in an account is read and changed with.

/// The clients of the services that hold and watch the foundation.
#[derive(Clone, Debug)]
pub struct Services {
    /// Of the trail's home region.
    pub cloudtrail: aws_sdk_cloudtrail::Client,
    /// Of the alarms' region.
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    /// Of the region of the images.
    pub ecr: aws_sdk_ecr::Client,
    /// Of the rules' region.
    pub events: aws_sdk_eventbridge::Client,
    /// Global.
    pub iam: aws_sdk_iam::Client,
    /// Of the key's region.
    pub kms: aws_sdk_kms::Client,
    /// Of the log group's region.
    pub logs: aws_sdk_cloudwatchlogs::Client,
    /// Of the log bucket's region.
    pub s3: aws_sdk_s3::Client,
    /// Of the topic's region.
    pub sns: aws_sdk_sns::Client,
}
