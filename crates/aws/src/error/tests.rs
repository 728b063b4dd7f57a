use std::time::{Duration, UNIX_EPOCH};

use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::{Response, StatusCode};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;

use super::*;

#[derive(Debug)]
struct Refusal(ErrorMetadata);

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Error for Refusal {}

impl ProvideErrorMetadata for Refusal {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

fn answer(
    status: u16,
    code: Option<&str>,
    headers: &[(&'static str, &str)],
) -> SdkError<Refusal, HttpResponse> {
    let mut response = Response::new(StatusCode::try_from(status).unwrap(), SdkBody::empty());
    for (name, value) in headers {
        response.headers_mut().insert(*name, (*value).to_owned());
    }
    let mut metadata = ErrorMetadata::builder().message("told by AWS");
    if let Some(code) = code {
        metadata = metadata.code(code);
    }
    SdkError::service_error(Refusal(metadata.build()), response)
}

#[test]
fn the_code_decides_and_then_the_status() {
    let table = [
        (400, Some("ExpiredToken"), CloudErrorKind::Credentials),
        (403, Some("InvalidClientTokenId"), CloudErrorKind::Credentials),
        (403, Some("AccessDenied"), CloudErrorKind::AccessDenied),
        (400, Some("AccessDeniedException"), CloudErrorKind::AccessDenied),
        (403, None, CloudErrorKind::AccessDenied),
        (401, None, CloudErrorKind::Credentials),
        (503, Some("SlowDown"), CloudErrorKind::Throttled),
        (503, None, CloudErrorKind::Throttled),
        (503, Some("ServiceUnavailable"), CloudErrorKind::Unreachable),
        (400, Some("Throttling"), CloudErrorKind::Throttled),
        (400, Some("LimitExceededException"), CloudErrorKind::Refused),
        (500, Some("InternalFailure"), CloudErrorKind::Unreachable),
        (403, Some("RequestTimeTooSkewed"), CloudErrorKind::ClockSkew),
        (409, Some("EntityAlreadyExists"), CloudErrorKind::Refused),
        (404, None, CloudErrorKind::Refused),
    ];
    for (status, code, kind) in table {
        assert_eq!(cloud_error("iam:CreateRole", answer(status, code, &[])).kind, kind, "{status} {code:?}");
    }
}

#[test]
fn an_error_keeps_what_aws_said() {
    let error = cloud_error(
        "iam:CreateRole",
        answer(409, Some("EntityAlreadyExists"), &[("x-amzn-requestid", "r-1")]),
    );
    assert_eq!(error.to_string(), "iam:CreateRole: EntityAlreadyExists: told by AWS");
    assert_eq!(error.request_id.as_deref(), Some("r-1"));
    assert_eq!(error.status, Some(409));
}

#[test]
fn a_refused_signature_on_a_wrong_clock_is_a_wrong_clock() {
    let skewed = answer(403, Some("SignatureDoesNotMatch"), &[("date", "Thu, 01 Jan 2015 00:00:00 GMT")]);
    assert_eq!(cloud_error("sts:GetCallerIdentity", skewed).kind, CloudErrorKind::ClockSkew);
    let undated = answer(403, Some("SignatureDoesNotMatch"), &[]);
    assert_eq!(cloud_error("sts:GetCallerIdentity", undated).kind, CloudErrorKind::Credentials);
}

#[test]
fn clocks_may_differ_a_little_either_way() {
    let date = "Thu, 01 Jan 2015 00:00:00 GMT";
    let theirs = UNIX_EPOCH + Duration::from_secs(1_420_070_400);
    for (apart, skewed) in [(0, false), (200, false), (300, true)] {
        assert_eq!(is_skewed(date, theirs + Duration::from_secs(apart)), skewed);
        assert_eq!(is_skewed(date, theirs - Duration::from_secs(apart)), skewed);
    }
    assert!(!is_skewed("yesterday", theirs));
}

#[test]
fn missing_credentials_and_a_dead_network_are_told_apart() {
    let unsigned: SdkError<Refusal, HttpResponse> = SdkError::dispatch_failure(ConnectorError::other(
        CredentialsError::not_loaded("no providers in chain").into(),
        None,
    ));
    assert!(!is_ambiguous(&unsigned));
    assert_eq!(cloud_error("sts:GetCallerIdentity", unsigned).kind, CloudErrorKind::Credentials);

    let cut: SdkError<Refusal, HttpResponse> =
        SdkError::dispatch_failure(ConnectorError::io("connection reset".into()));
    assert!(is_ambiguous(&cut));
    let error = cloud_error("s3:PutObject", cut);
    assert_eq!(error.kind, CloudErrorKind::Unreachable);
    assert!(error.message.ends_with("connection reset"), "{}", error.message);
}

#[test]
fn only_answers_without_a_verdict_are_ambiguous() {
    assert!(is_ambiguous(&answer(500, Some("InternalError"), &[])));
    assert!(!is_ambiguous(&answer(412, Some("PreconditionFailed"), &[])));
}

#[test]
fn a_redirect_names_the_region() {
    let redirect = answer(301, None, &[("x-amz-bucket-region", "eu-west-1")]);
    assert_eq!(bucket_region(&redirect).as_deref(), Some("eu-west-1"));
    assert_eq!(bucket_region(&answer(404, None, &[])), None);
}

#[test]
fn a_web_page_is_no_answer_of_aws() {
    let page = |body: &'static str, code: Option<&str>| {
        let response = Response::new(StatusCode::try_from(200).unwrap(), SdkBody::from(body));
        let mut metadata = ErrorMetadata::builder();
        if let Some(code) = code {
            metadata = metadata.code(code);
        }
        cloud_error("sts:GetCallerIdentity", SdkError::service_error(Refusal(metadata.build()), response))
            .kind
    };
    assert_eq!(page("\n<!DOCTYPE html><html></html>", None), CloudErrorKind::Malformed);
    assert_eq!(page("<HTML>", None), CloudErrorKind::Malformed);
    assert_eq!(page("<html>", Some("AccessDenied")), CloudErrorKind::AccessDenied);
    assert_eq!(page("<Error/>", None), CloudErrorKind::Refused);
    assert_eq!(page("", None), CloudErrorKind::Refused);
}

#[test]
fn a_refusal_without_words_is_told_by_its_status_and_where_the_bucket_is() {
    let told = |status: u16, headers: &[(&'static str, &str)]| {
        let mut response = Response::new(StatusCode::try_from(status).unwrap(), SdkBody::empty());
        for (name, value) in headers {
            response.headers_mut().insert(*name, (*value).to_owned());
        }
        let refusal = Refusal(ErrorMetadata::builder().build());
        cloud_error("s3:ListBucket", SdkError::service_error(refusal, response)).message
    };
    let elsewhere = [("x-amz-bucket-region", "eu-west-1")];
    assert_eq!(told(301, &elsewhere), "the bucket is in eu-west-1 (HTTP 301)");
    assert_eq!(told(403, &elsewhere), "HTTP 403, and no word of why");
    assert_eq!(told(400, &[]), "HTTP 400, and no word of why");
}
