//! SDK errors as the engine's: what failed, by typed code and status, never by message text.

use std::error::Error;
use std::iter;
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::error::{CredentialsError, TokenError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::date_time::{DateTime, Format};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use engine::{CloudError, CloudErrorKind};

use crate::clients::{Silent, WebPage};

#[cfg(test)]
mod tests;

/// AWS refuses signatures that differ from its clock by more than five minutes (S3: fifteen).
const SKEW_LIMIT: Duration = Duration::from_secs(4 * 60);

/// The error of one API call. `operation` is named as IAM names it: `iam:CreateRole`.
pub fn cloud_error<E>(operation: &str, error: SdkError<E, HttpResponse>) -> CloudError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let code = error.code().map(str::to_owned);
    let status = error.raw_response().map(|response| response.status().as_u16());
    let request_id = request_id(&error).map(str::to_owned);
    if code.is_none() && is_web_page(&error) {
        return CloudError { status, ..malformed(operation, WebPage.to_string()) };
    }
    let silent = causes(&error).find(|cause| cause.is::<Silent>()).map(ToString::to_string);
    let message = match error.message() {
        _ if silent.is_some() => silent.unwrap_or_default(),
        Some(message) if !message.is_empty() => without_request(code.as_deref(), message).to_owned(),
        _ => wordless(&error).filter(|_| code.is_none()).unwrap_or_else(|| reason(&error)),
    };
    CloudError {
        operation: operation.to_owned(),
        kind: kind(&error, code.as_deref(), status),
        code,
        message,
        request_id,
        status,
    }
}

/// What a refusal without a body says, as that of a HEAD request is.
fn wordless<E>(error: &SdkError<E, HttpResponse>) -> Option<String> {
    let SdkError::ServiceError(refusal) = error else { return None };
    let status = refusal.raw().status().as_u16();
    let region = bucket_region(error).filter(|_| matches!(status, 301 | 400));
    Some(match region {
        Some(region) => format!("the bucket is in {region} (HTTP {status})"),
        None => format!("HTTP {status}, and no word of why"),
    })
}

/// Whether a web page came back, as a success or as the body of a failure.
fn is_web_page<E>(error: &SdkError<E, HttpResponse>) -> bool {
    if causes(error).any(|cause| cause.is::<WebPage>()) {
        return true;
    }
    let body = error.raw_response().and_then(|response| response.body().bytes()).unwrap_or_default();
    let start = body.trim_ascii_start();
    ["<!doctype html", "<html"]
        .iter()
        .any(|page| start.get(..page.len()).is_some_and(|start| start.eq_ignore_ascii_case(page.as_bytes())))
}

/// An answer that lacks what it must hold.
pub fn malformed(operation: &str, what: impl Into<String>) -> CloudError {
    CloudError {
        operation: operation.to_owned(),
        kind: CloudErrorKind::Malformed,
        code: None,
        message: what.into(),
        request_id: None,
        status: None,
    }
}

/// AWS's request id, from the headers or from the body.
pub(crate) fn request_id<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<&str> {
    error.request_id().or_else(|| error.meta().extra("aws_request_id"))
}

/// The region a bucket really is in, when S3 redirects a request that went to another one (any status, code
/// `PermanentRedirect`, `AuthorizationHeaderMalformed` or none).
pub fn bucket_region<E>(error: &SdkError<E, HttpResponse>) -> Option<String> {
    let region = error.raw_response()?.headers().get("x-amz-bucket-region")?;
    Some(region.to_owned())
}

/// Whether the request may have taken effect although no answer says so: a lost connection, a timeout, a failure
/// inside the service.
pub fn is_ambiguous<E>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => false,
        SdkError::ServiceError(service) => service.raw().status().is_server_error(),
        _ => !lacks_credentials(error),
    }
}

/// Whether there are too many calls of this kind for now; such a call has not been executed.
pub fn is_throttled<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let status = error.raw_response().map(|response| response.status().as_u16());
    kind(error, error.code(), status) == CloudErrorKind::Throttled
}

fn kind<E>(error: &SdkError<E, HttpResponse>, code: Option<&str>, status: Option<u16>) -> CloudErrorKind {
    if let Some(code) = code {
        let kind = kind_of_code(code);
        let skewed = error
            .raw_response()
            .and_then(|response| response.headers().get("date"))
            .is_some_and(|date| is_skewed(date, SystemTime::now()));
        if let Some(kind) = kind {
            return match kind {
                CloudErrorKind::Credentials if skewed && signs(code) => CloudErrorKind::ClockSkew,
                kind => kind,
            };
        }
    }
    match (error, status) {
        _ if lacks_credentials(error) => CloudErrorKind::Credentials,
        (SdkError::ConstructionFailure(_), _) => CloudErrorKind::Refused,
        (SdkError::ServiceError(_), Some(401)) => CloudErrorKind::Credentials,
        (SdkError::ServiceError(_), Some(403)) => CloudErrorKind::AccessDenied,
        (SdkError::ServiceError(_), Some(429)) => CloudErrorKind::Throttled,
        // S3 answers `SlowDown` to a HEAD request too, without the body that says so.
        (SdkError::ServiceError(service), Some(503)) if code.is_none() && has_no_body(service.raw()) => {
            CloudErrorKind::Throttled
        }
        (SdkError::ServiceError(_), Some(500..)) => CloudErrorKind::Unreachable,
        (SdkError::ServiceError(_), _) => CloudErrorKind::Refused,
        _ => CloudErrorKind::Unreachable,
    }
}

fn has_no_body(response: &HttpResponse) -> bool {
    response.body().bytes().is_some_and(<[u8]>::is_empty)
}

/// The kind that an error code alone decides; `None` leaves it to the HTTP status.
fn kind_of_code(code: &str) -> Option<CloudErrorKind> {
    Some(match code {
        "AuthFailure"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "InvalidToken"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "SignatureDoesNotMatch"
        | "TokenRefreshRequired"
        | "UnrecognizedClientException" => CloudErrorKind::Credentials,
        "AccessDenied" | "AccessDeniedException" | "AllAccessDisabled" | "UnauthorizedOperation" => {
            CloudErrorKind::AccessDenied
        }
        "RequestExpired" | "RequestInTheFuture" | "RequestTimeTooSkewed" => CloudErrorKind::ClockSkew,
        // The store answered, and knows no such call.
        "NotImplemented" => CloudErrorKind::Refused,
        "BandwidthLimitExceeded"
        | "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown"
        | "ThrottledException"
        | "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException" => CloudErrorKind::Throttled,
        _ => return None,
    })
}

/// What AWS says without the request: of a wrong signature it repeats all that was signed, the session's token among it.
fn without_request<'a>(code: Option<&str>, message: &'a str) -> &'a str {
    const REPEATED: [&str; 3] = ["The Canonical String", "The String-to-Sign", "\n"];
    let begins = REPEATED.iter().filter_map(|start| message.find(start)).min();
    let end = begins.filter(|_| code.is_some_and(signs)).unwrap_or(message.len());
    message.get(..end).unwrap_or_default().trim_end()
}

/// Whether a code speaks of the signature, which holds the time.
fn signs(code: &str) -> bool {
    matches!(code, "InvalidSignatureException" | "SignatureDoesNotMatch")
}

/// Whether a `Date` header and our clock differ by more than a signature may.
fn is_skewed(date: &str, now: SystemTime) -> bool {
    let Some(theirs) =
        DateTime::from_str(date, Format::HttpDate).ok().and_then(|date| SystemTime::try_from(date).ok())
    else {
        return false;
    };
    let apart = match now.duration_since(theirs) {
        Ok(behind) => behind,
        Err(ahead) => ahead.duration(),
    };
    apart > SKEW_LIMIT
}

/// Whether credentials are what stopped the request.
fn lacks_credentials<E>(error: &SdkError<E, HttpResponse>) -> bool {
    causes(error).any(|cause| cause.is::<CredentialsError>() || cause.is::<TokenError>())
}

/// What is below the failure to send a request or to receive its answer, outermost first.
fn causes<E>(error: &SdkError<E, HttpResponse>) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let first = match error {
        SdkError::DispatchFailure(failure) => failure.as_connector_error().and_then(Error::source),
        _ => None,
    };
    iter::successors(first, |&cause| cause.source())
}

/// The chain of causes in one line, for errors that carry no message of AWS.
fn reason(error: &(dyn Error + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut cause = Some(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if !text.is_empty() && parts.last().is_none_or(|last| !last.ends_with(&text)) {
            parts.push(text);
        }
        cause = error.source();
    }
    parts.join(": ")
}
