//! Answers about a bucket's settings whose outermost element is called otherwise than in S3's model. Some stores that answer
//! S3's calls name it after the call, or do not know a setting and list the bucket instead, which says that they have none.
//! The SDK refuses both; other SDKs never look at that name.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

/// The settings that are asked for, and what S3 calls the answers (S3 API reference).
const ANSWERS: [(&str, &str); 5] = [
    ("analytics", "ListBucketAnalyticsConfigurationResult"),
    ("intelligent-tiering", "ListBucketIntelligentTieringConfigurationsOutput"),
    ("inventory", "ListInventoryConfigurationsResult"),
    ("notification", "NotificationConfiguration"),
    ("requestPayment", "RequestPaymentConfiguration"),
];

/// A client that calls answers as S3 does.
#[derive(Debug)]
pub(super) struct NamedClient(pub(super) SharedHttpClient);

#[derive(Debug)]
struct NamedConnector(SharedHttpConnector);

impl HttpClient for NamedClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(NamedConnector(self.0.http_connector(settings, components)))
    }
}

impl HttpConnector for NamedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let name = (request.method() == "GET").then(|| answer_to(request.uri())).flatten();
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move {
            match name {
                Some(name) => named(answer.await?, name).await,
                None => answer.await,
            }
        })
    }
}

/// What S3 calls the answer to a question about a bucket's settings; `None` for other requests.
fn answer_to(uri: &str) -> Option<&'static str> {
    let (_, query) = uri.split_once('?')?;
    let asked = |of: &str| query.split('&').any(|part| part.split('=').next() == Some(of));
    ANSWERS.iter().find(|(of, _)| asked(of)).map(|(_, name)| *name)
}

async fn named(answer: HttpResponse, name: &str) -> Result<HttpResponse, ConnectorError> {
    if !answer.status().is_success() {
        return Ok(answer);
    }
    let mut answer = answer;
    let body = std::mem::replace(answer.body_mut(), SdkBody::taken());
    let body = ByteStream::new(body).collect().await.map_err(|error| ConnectorError::io(error.into()))?;
    let body = body.into_bytes();
    *answer.body_mut() = match renamed(&body, name) {
        None => SdkBody::from(body),
        Some(renamed) => {
            answer.headers_mut().insert("content-length", renamed.len().to_string());
            SdkBody::from(renamed)
        }
    };
    Ok(answer)
}

/// The answer with the right name; `None` where it has it, or is no such answer at all.
fn renamed(body: &[u8], name: &str) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let start = text
        .match_indices('<')
        .find(|(at, _)| !text.get(at + 1..).is_some_and(|rest| rest.starts_with(['?', '!'])))?
        .0;
    let rest = text.get(start + 1..)?;
    let end =
        rest.find(|character: char| character.is_ascii_whitespace() || matches!(character, '>' | '/'))?;
    let (found, tail) = rest.split_at(end);
    match found {
        "ListBucketResult" => Some(format!("<{name}/>")),
        _ if found == name || !found.ends_with("Response") => None,
        _ => Some(format!("<{name}{}", tail.replace(&format!("</{found}>"), &format!("</{name}>")))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_about_settings_have_answers_with_names() {
        for (uri, expected) in [
            ("https://b.s3.amazonaws.com/?notification", Some("NotificationConfiguration")),
            ("https://s3.amazonaws.com/b?inventory&x-id=L", Some("ListInventoryConfigurationsResult")),
            ("https://s3.amazonaws.com/b/inventory", None),
            ("https://s3.amazonaws.com/b?list-type=2&prefix=inventory", None),
        ] {
            assert_eq!(answer_to(uri), expected, "{uri}");
        }
    }

    #[test]
    fn answers_are_named_as_s3_names_them() {
        let name = "NotificationConfiguration";
        for (body, expected) in [
            (
                "<?xml version=\"1.0\"?>\n<XResponse xmlns=\"u\"><a>1</a></XResponse>",
                Some("<NotificationConfiguration xmlns=\"u\"><a>1</a></NotificationConfiguration>"),
            ),
            ("<XResponse/>", Some("<NotificationConfiguration/>")),
            ("<ListBucketResult><Name>b</Name></ListBucketResult>", Some("<NotificationConfiguration/>")),
            ("<NotificationConfiguration/>", None),
            ("<html></html>", None),
            ("", None),
        ] {
            assert_eq!(renamed(body.as_bytes(), name).as_deref(), expected, "{body}");
        }
    }
}
