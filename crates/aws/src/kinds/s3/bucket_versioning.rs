//! `aws_s3_bucket_versioning`.

use async_trait::async_trait;
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use engine::CloudError;
use serde_json::json;
use terraform::Attributes;

use super::GONE;
use super::setting::BucketSetting;
use crate::account::Account;
use crate::attributes::{block, object, required};
use crate::call::{absent_if, call};
use crate::error::{cloud_error, malformed};
use crate::waiting::BUCKET;

/// Whether a bucket keeps old versions.
pub(crate) struct Versioning;

#[async_trait]
impl BucketSetting for Versioning {
    const ARGUMENTS: &'static [&'static str] = &["versioning_configuration"];

    async fn get(account: &Account, bucket: &str) -> Result<Option<Attributes>, CloudError> {
        Ok(get_status(account, bucket).await?.map(|status| shape(&status)))
    }

    async fn put(account: &Account, bucket: &str, planned: &Attributes) -> Result<(), CloudError> {
        let configuration = block(planned, "versioning_configuration")
            .ok_or_else(|| malformed("record", "the record lacks `versioning_configuration`"))?;
        set(account, bucket, BucketVersioningStatus::from(required(configuration, "status")?)).await
    }

    async fn remove(account: &Account, bucket: &str) -> Result<(), CloudError> {
        set(account, bucket, BucketVersioningStatus::Suspended).await
    }
}

async fn get_status(account: &Account, bucket: &str) -> Result<Option<BucketVersioningStatus>, CloudError> {
    const OPERATION: &str = "s3:GetBucketVersioning";
    let get = account
        .services
        .s3
        .get_bucket_versioning()
        .bucket(bucket)
        .expected_bucket_owner(&account.place.account_id);
    match account.patience.unthrottled(|| get.clone().send()).await {
        Ok(answer) => Ok(answer.status),
        Err(error) => match error.raw_response().and_then(misnamed_answer) {
            Some(status) => Ok(status),
            None => absent_if(Err(cloud_error(OPERATION, error)), GONE).map(Option::flatten),
        },
    }
}

/// The status in an answer whose root element is named after the operation, as some servers that speak S3 name it; the
/// SDK reads AWS's `VersioningConfiguration` only.
pub(crate) fn misnamed_answer(response: &HttpResponse) -> Option<Option<BucketVersioningStatus>> {
    let body = std::str::from_utf8(response.body().bytes()?).ok()?;
    if !response.status().is_success() || !body.contains("<GetBucketVersioningResponse") {
        return None;
    }
    let status = body.split_once("<Status>").and_then(|(_, rest)| rest.split_once("</Status>"));
    Some(status.map(|(status, _)| BucketVersioningStatus::from(status)))
}

async fn set(account: &Account, bucket: &str, status: BucketVersioningStatus) -> Result<(), CloudError> {
    let configuration = VersioningConfiguration::builder().status(status).build();
    let put = || {
        let put = account
            .services
            .s3
            .put_bucket_versioning()
            .bucket(bucket)
            .versioning_configuration(configuration.clone());
        put.expected_bucket_owner(&account.place.account_id)
    };
    account.patience.retry(BUCKET, || call("s3:PutBucketVersioning", put().send())).await.map(drop)
}

fn shape(status: &BucketVersioningStatus) -> Attributes {
    object(json!({"versioning_configuration": [{"status": status.as_str()}]}))
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::primitives::SdkBody;

    use super::*;

    #[test]
    fn an_answer_named_after_the_operation_is_read_and_no_other() {
        let read = |status: u16, body: &'static str| {
            let response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
            misnamed_answer(&response).map(|status| status.map(|status| status.as_str().to_owned()))
        };
        let enabled =
            "<GetBucketVersioningResponse xmlns=\"x\"><Status>Enabled</Status></GetBucketVersioningResponse>";
        assert_eq!(read(200, enabled), Some(Some("Enabled".to_owned())));
        assert_eq!(read(200, "<GetBucketVersioningResponse/>"), Some(None));
        assert_eq!(read(500, enabled), None);
        assert_eq!(read(200, "<html><Status>Enabled</Status></html>"), None);
    }
}
