//! The public access block of the account, which holds for all its buckets beside each one's own. S3's control plane answers it
//! as S3 answers a bucket's: the question about a bucket is sent there, and its whole SDK is not needed for one call (S3 API
//! reference, S3 Control: `GetPublicAccessBlock`).

use aws_sdk_s3::Client;
use aws_sdk_s3::types::PublicAccessBlockConfiguration;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use engine::CloudError;

use crate::account::Place;
use crate::call::absent_if;
use crate::waiting::Patience;

/// Where the control plane answers it.
const PATH: &str = "/v20180820/configuration/publicAccessBlock";
const ABSENT: &[&str] = &["NoSuchPublicAccessBlockConfiguration"];

/// Whether the account blocks all that a bucket's block can, asked through the client of one of its buckets. What may not be
/// read blocks nothing.
pub(crate) async fn blocks_all(client: &Client, place: &Place, bucket: &str) -> bool {
    let is_on = |flag: Option<bool>| flag == Some(true);
    of_account(client, place, bucket).await.ok().flatten().is_some_and(|block| {
        is_on(block.block_public_acls)
            && is_on(block.block_public_policy)
            && is_on(block.ignore_public_acls)
            && is_on(block.restrict_public_buckets)
    })
}

/// The account's block; `None`: it has none.
async fn of_account(
    client: &Client,
    place: &Place,
    bucket: &str,
) -> Result<Option<PublicAccessBlockConfiguration>, CloudError> {
    let suffix = place.partition.dns_suffix();
    let ask = ControlPlane {
        account_id: place.account_id.clone(),
        bucket: bucket.to_owned(),
        suffix,
        host: format!("{}.s3-control.{}.{suffix}", place.account_id, place.region),
    };
    let get = || {
        let get = client.get_public_access_block().bucket(bucket);
        get.customize().interceptor(ask.clone()).send()
    };
    let answer = Patience::default().call("s3:GetAccountPublicAccessBlock", get).await;
    Ok(absent_if(answer, ABSENT)?.and_then(|answer| answer.public_access_block_configuration))
}

/// Sends a question about a bucket to the account's control plane.
#[derive(Clone, Debug)]
struct ControlPlane {
    account_id: String,
    bucket: String,
    suffix: &'static str,
    host: String,
}

impl ControlPlane {
    /// Where a request for the bucket goes instead: to AWS's control plane, or to the same endpoint of somebody else's.
    fn uri(&self, of_bucket: &str) -> Option<String> {
        let (scheme, rest) = of_bucket.split_once("://")?;
        let authority = rest.split(['/', '?']).next()?;
        let host = match authority.ends_with(self.suffix) {
            true => self.host.as_str(),
            false => authority.strip_prefix(&format!("{}.", self.bucket)).unwrap_or(authority),
        };
        Some(format!("{scheme}://{host}{PATH}"))
    }
}

impl Intercept for ControlPlane {
    fn name(&self) -> &'static str {
        "ControlPlane"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let uri = self.uri(request.uri()).ok_or("the address of the bucket is none")?;
        request.set_uri(uri)?;
        request.headers_mut().insert("x-amz-account-id", self.account_id.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_goes_where_the_account_is_answered_for() {
        let ask = ControlPlane {
            account_id: "123456789012".to_owned(),
            bucket: "logs".to_owned(),
            suffix: "amazonaws.com",
            host: "123456789012.s3-control.eu-west-1.amazonaws.com".to_owned(),
        };
        let aws = format!("https://123456789012.s3-control.eu-west-1.amazonaws.com{PATH}");
        for (uri, expected) in [
            ("https://logs.s3.eu-west-1.amazonaws.com/?publicAccessBlock", aws.as_str()),
            ("https://s3.eu-west-1.amazonaws.com/logs?publicAccessBlock", aws.as_str()),
            ("http://127.0.0.1:5000/logs?publicAccessBlock", &format!("http://127.0.0.1:5000{PATH}")),
            ("http://logs.s3.example:80/?publicAccessBlock", &format!("http://s3.example:80{PATH}")),
        ] {
            assert_eq!(ask.uri(uri).as_deref(), Some(expected), "{uri}");
        }
    }
}
