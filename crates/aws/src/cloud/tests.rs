//! The kinds against answers that no emulator gives.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::config::http::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_types::body::SdkBody;
use foundation::{Caller, Partition};
use serde_json::json;
use terraform::Address;

use super::*;
use crate::attributes::{object, text};
use crate::clients::services;
use crate::waiting::Patience;
use engine::CloudErrorKind;

/// An operation, and the status and body of its answer.
type Scene = (&'static str, u16, String);

/// AWS as a script says: each call takes the first answer to its operation.
#[derive(Clone, Debug)]
struct Script(Arc<Mutex<Vec<Scene>>>);

impl Script {
    /// An account that answers so.
    fn cloud<const N: usize>(scenes: [Scene; N]) -> AwsCloud {
        let script = Self(Arc::new(Mutex::new(scenes.into())));
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
            .http_client(http_client_fn(move |_, _| SharedHttpConnector::new(script.clone())))
            .build();
        let caller = Caller { account_id: "123456789012".parse().unwrap(), partition: Partition::Aws };
        let mut cloud = AwsCloud::new(services(&config), Place::new(&caller, "us-east-1"));
        cloud.account.patience = Patience {
            first: Duration::ZERO,
            longest: Duration::ZERO,
            limit: Duration::from_secs(60),
            malformed_limit: Duration::ZERO,
        };
        cloud
    }
}

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = operation(&request);
        let mut scenes = self.0.lock().unwrap();
        let next = scenes.iter().position(|(name, ..)| *name == operation);
        let (_, status, body) = next.map_or(("", 400, String::new()), |next| scenes.remove(next));
        let answer = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
        HttpConnectorFuture::ready(Ok(answer))
    }
}

/// From the header of the JSON protocol, or from the form of the query protocol.
fn operation(request: &HttpRequest) -> String {
    let target = request.headers().get("x-amz-target").and_then(|target| target.rsplit('.').next());
    let form = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
    let action = form.split('&').find_map(|field| field.strip_prefix("Action="));
    target.or(action).unwrap_or_default().to_owned()
}

fn address(name: &str) -> Address {
    name.parse().unwrap()
}

#[tokio::test]
async fn a_deletion_that_is_cancelled_already_is_no_failure() {
    let waiting = json!({"KeyMetadata": {"KeyId": "k", "KeyState": "PendingDeletion"}});
    let invalid = json!({"__type": "KMSInvalidStateException", "message": "k is not pending deletion."});
    let cloud = Script::cloud([
        ("DescribeKey", 200, waiting.to_string()),
        ("CancelKeyDeletion", 400, invalid.to_string()),
        ("EnableKey", 200, "{}".to_owned()),
    ]);
    let prior = object(json!({"key_id": "k", "is_enabled": false}));
    let planned = object(json!({"key_id": "k", "is_enabled": true}));
    let updated = cloud.update(&address("aws_kms_key.main"), &prior, &planned).await;
    assert_eq!(updated.unwrap(), planned);
}

/// Roles as `ListRoles` answers them.
fn roles(names: &[&str]) -> String {
    let role = |name: &&str| {
        format!(
            "<member><Path>/</Path><RoleName>{name}</RoleName><RoleId>R</RoleId><Arn>arn:{name}</Arn>\
             <CreateDate>2026-01-01T00:00:00Z</CreateDate></member>"
        )
    };
    let roles: String = names.iter().map(role).collect();
    format!(
        "<ListRolesResponse><ListRolesResult><Roles>{roles}</Roles></ListRolesResult></ListRolesResponse>"
    )
}

#[tokio::test]
async fn a_services_own_role_is_the_one_without_a_suffix() {
    let recorded = object(json!({"aws_service_name": "autoscaling.amazonaws.com"}));
    let of_service = address("aws_iam_service_linked_role.autoscaling");
    let suffixed = "AWSServiceRoleForAutoScaling_a";
    let own = "AWSServiceRoleForAutoScaling";
    let cloud =
        Script::cloud([("ListRoles", 200, roles(&[suffixed])), ("ListRoles", 200, roles(&[suffixed, own]))]);
    assert_eq!(cloud.read(&of_service, &recorded).await.unwrap(), None);
    let found = cloud.read(&of_service, &recorded).await.unwrap().unwrap();
    assert_eq!(text(&found, "name"), Some(own));
}

#[tokio::test]
async fn an_answer_that_says_nothing_is_not_taken_for_an_absence() {
    let named = object(json!({"key_id": "k", "name": "n"}));
    let answers = ["DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags"];
    let of_trail = ["GetTrail", "GetTrailStatus", "GetEventSelectors", "ListTags"];
    for recorded in ["aws_kms_key.main", "aws_kms_alias.main", "aws_cloudtrail.main"] {
        let answers = if recorded == "aws_cloudtrail.main" { of_trail } else { answers };
        let cloud = Script::cloud(answers.map(|operation| (operation, 200, "{}".to_owned())));
        let error = cloud.read(&address(recorded), &named).await.unwrap_err();
        assert_eq!(error.kind, CloudErrorKind::Malformed, "{recorded}: {error}");
    }
}
