use std::sync::{Arc, Mutex};

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_sdk_s3::config::http::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use terraform::backend::{AssumeRole, S3Backend, Secret};

use super::endpoints::Endpoints;
use super::*;

#[test]
fn a_bucket_goes_into_the_path_where_the_host_has_no_names_below_it() {
    for (url, local) in [
        ("http://127.0.0.1:5000", true),
        ("http://localhost:5000/", true),
        ("https://LOCALHOST", true),
        ("http://[::1]:5000", true),
        ("http://user@10.0.0.1", true),
        ("https://s3.eu-west-1.amazonaws.com", false),
        ("https://minio.example.com:9000", false),
        ("https://127.0.0.1.example.com", false),
    ] {
        assert_eq!(is_local(url), local, "{url}");
    }
}

#[test]
fn an_argument_precedes_the_variable_and_that_the_deprecated_one() {
    let variables = |name: &str| match name {
        "AWS_ENDPOINT_URL_DYNAMODB" => Some("current".to_owned()),
        "AWS_S3_ENDPOINT" | "AWS_DYNAMODB_ENDPOINT" | "AWS_STS_ENDPOINT" => Some("deprecated".to_owned()),
        "AWS_METADATA_URL" => Some(String::new()),
        _ => None,
    };
    let given = Endpoints { s3: Some("argument".to_owned()), ..Endpoints::default() };
    let (endpoints, deprecated) = given.complete(&variables);
    assert_eq!(endpoints.s3.as_deref(), Some("argument"));
    assert_eq!(endpoints.dynamodb.as_deref(), Some("current"));
    assert_eq!(endpoints.sts.as_deref(), Some("deprecated"));
    assert_eq!(endpoints.metadata, None);
    let expected = DeprecatedVariable { name: "AWS_STS_ENDPOINT", instead: "AWS_ENDPOINT_URL_STS" };
    assert_eq!(deprecated, [expected]);
}

#[test]
fn unusable_transports_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ca.pem");
    let transport = Transport { ca_bundle: Some(path.clone()), ..Transport::default() };
    assert!(matches!(http_client(&transport, &Activity::default()), Err(ClientError::CaBundle { .. })));
    std::fs::write(&path, "no certificate").unwrap();
    assert!(matches!(http_client(&transport, &Activity::default()), Err(ClientError::Certificates { .. })));
    let proxies = Proxies { https: Some("not a url".to_owned()), ..Proxies::default() };
    let transport = Transport { proxies, ..Transport::default() };
    assert!(matches!(http_client(&transport, &Activity::default()), Err(ClientError::Proxy { .. })));
}

#[derive(Debug)]
struct Silent;

impl ProvideCredentials for Silent {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(std::future::pending())
    }
}

#[tokio::test]
async fn a_source_of_credentials_that_hangs_ends() {
    let source = bounded(SharedCredentialsProvider::new(Silent), Duration::ZERO);
    let error = source.provide_credentials().await.unwrap_err();
    assert!(matches!(error, CredentialsError::ProviderTimedOut(_)), "{error:?}");
}

/// STS that hands out `ASSUMED`, and an empty S3; both note what they are sent.
#[derive(Clone, Debug, Default)]
struct Services(Arc<Mutex<Vec<(String, String)>>>);

impl HttpConnector for Services {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let authorization = request.headers().get("authorization").unwrap_or_default().to_owned();
        let is_sts = body.contains("Action=Assume");
        self.0.lock().unwrap().push((body, authorization));
        let (status, body) = match is_sts {
            true => (200, ASSUMED),
            false => (404, "<Error><Code>NoSuchKey</Code></Error>"),
        };
        HttpConnectorFuture::ready(Ok(HttpResponse::new(
            StatusCode::try_from(status).unwrap(),
            SdkBody::from(body),
        )))
    }
}

const ASSUMED: &str = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASSUMED</AccessKeyId>\
    <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>\
    </Credentials></AssumeRoleResult></AssumeRoleResponse>";

#[tokio::test]
async fn a_backend_takes_on_its_role_with_all_that_it_says() {
    let services = Services::default();
    let connector = services.clone();
    let http = http_client_fn(move |_, _| SharedHttpConnector::new(connector.clone()));
    let backend = S3Backend {
        region: Some("eu-west-1".to_owned()),
        access_key: Some(Secret::new("BASE")),
        secret_key: Some(Secret::new("s")),
        assume_role: Some(AssumeRole {
            role_arn: "arn:aws:iam::111111111111:role/state".to_owned(),
            duration: Some(Duration::from_secs(3600)),
            external_id: Some("said".to_owned()),
            tags: [("team".to_owned(), "ground".to_owned())].into(),
            transitive_tag_keys: vec!["team".to_owned()],
            ..AssumeRole::default()
        }),
        ..S3Backend::default()
    };
    let clients = backend_clients(&backend, (&http, &Activity::default()), &|_| None).await.unwrap();
    assert_eq!(clients.region, "eu-west-1");
    clients.s3.get_object().bucket("b").key("k").send().await.unwrap_err();
    let calls = services.0.lock().unwrap().clone();
    let [(role, as_base), (_, as_role)] = calls.as_slice() else { panic!("{calls:?}") };
    for said in [
        "ExternalId=said",
        "DurationSeconds=3600",
        "RoleSessionName=underpin",
        "Tags.member.1.Key=team&Tags.member.1.Value=ground",
        "TransitiveTagKeys.member.1=team",
    ] {
        assert!(role.contains(said), "{said} in {role}");
    }
    assert!(as_base.contains("Credential=BASE/"), "{as_base}");
    assert!(as_role.contains("Credential=ASSUMED/") && as_role.contains("/eu-west-1/s3/"), "{as_role}");
}

#[tokio::test]
async fn arguments_that_cannot_be_honoured_are_named() {
    let http = http_client(&Transport::default(), &Activity::default()).unwrap();
    let backend = S3Backend { region: Some("eu-west-1".to_owned()), ..S3Backend::default() };
    let insecure = S3Backend { insecure: true, ..backend.clone() };
    let error = backend_clients(&insecure, (&http, &Activity::default()), &|_| None).await.unwrap_err();
    assert_eq!(error.to_string(), "the backend argument `insecure` is not supported");
    let retry = S3Backend { retry_mode: Some("never".to_owned()), ..backend };
    let error = backend_clients(&retry, (&http, &Activity::default()), &|_| None).await.unwrap_err();
    assert!(matches!(error, ClientError::RetryMode { .. }), "{error}");
}
