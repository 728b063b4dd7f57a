//! Answers that end and are AWS's. The SDK keeps an answer whole in memory, however long it is, and takes a web page
//! with status 200 for a success where it looks for nothing in the body.

use std::error::Error;
use std::fmt;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

use terraform::state::STATE_LIMIT;

/// More than any answer that is used: a state has a limit of its own.
const ANSWER_LIMIT: usize = STATE_LIMIT + (1 << 20);

/// The headers of which AWS's answers have one, whatever their body is.
const REQUEST_IDS: [&str; 2] = ["x-amz-request-id", "x-amzn-requestid"];

/// A web page came back as a success: of a proxy, a portal to sign in to, or whatever else listens there.
#[derive(Debug)]
pub(crate) struct WebPage;

impl fmt::Display for WebPage {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a web page (HTML) came back instead of AWS's answer")
    }
}

impl Error for WebPage {}

/// A client whose answers fail at the limit, or when they are no answers.
#[derive(Debug)]
pub(super) struct CheckedClient(pub(super) SharedHttpClient);

#[derive(Debug)]
struct CheckedConnector(SharedHttpConnector);

impl HttpClient for CheckedClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(CheckedConnector(self.0.http_connector(settings, components)))
    }
}

impl HttpConnector for CheckedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            if is_web_page(&answer) {
                return Err(ConnectorError::other(WebPage.into(), None));
            }
            Ok(answer.map(|body| limited(body, ANSWER_LIMIT)))
        })
    }
}

/// Whether a success is HTML without a request id. What failed is told from its body, as AWS's errors are.
fn is_web_page(answer: &HttpResponse) -> bool {
    let headers = answer.headers();
    let html = headers.get("content-type").is_some_and(|kind| kind.trim_start().starts_with("text/html"));
    answer.status().is_success() && html && !REQUEST_IDS.iter().any(|id| headers.contains_key(*id))
}

fn limited(body: SdkBody, limit: usize) -> SdkBody {
    SdkBody::from_body_1_x(Limited::new(body, limit))
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::byte_stream::ByteStream;

    use super::*;

    #[test]
    fn a_successful_web_page_is_no_answer() {
        let answer = |status: u16, kind: &'static str, id: Option<&'static str>| {
            let mut answer = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
            answer.headers_mut().insert("Content-Type", kind);
            if let Some(id) = id {
                answer.headers_mut().insert(id, "4442587FB7D0A2F9");
            }
            is_web_page(&answer)
        };
        assert!(answer(200, "text/html; charset=utf-8", None));
        assert!(!answer(200, "text/html", Some("x-amz-request-id")));
        assert!(!answer(200, "text/html", Some("x-amzn-RequestId")));
        assert!(!answer(200, "application/xml", None));
        assert!(!answer(503, "text/html", None));
    }

    #[tokio::test]
    async fn an_answer_ends_at_the_limit() {
        let read = async |length: usize| {
            ByteStream::new(limited(SdkBody::from(vec![b'a'; length]), 10)).collect().await
        };
        assert_eq!(read(10).await.unwrap().to_vec(), vec![b'a'; 10]);
        assert!(read(11).await.is_err());
    }
}
