//! Answers that end: the SDK keeps an answer whole in memory, however long it is.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

use crate::store::STATE_LIMIT;

/// More than any answer that is used: a state has a limit of its own.
const ANSWER_LIMIT: usize = STATE_LIMIT + (1 << 20);

/// A client whose answers fail at the limit.
#[derive(Debug)]
pub(super) struct LimitedClient(pub(super) SharedHttpClient);

#[derive(Debug)]
struct LimitedConnector(SharedHttpConnector);

impl HttpClient for LimitedClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(LimitedConnector(self.0.http_connector(settings, components)))
    }
}

impl HttpConnector for LimitedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move { Ok(answer.await?.map(|body| limited(body, ANSWER_LIMIT))) })
    }
}

fn limited(body: SdkBody, limit: usize) -> SdkBody {
    SdkBody::from_body_1_x(Limited::new(body, limit))
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::byte_stream::ByteStream;

    use super::*;

    #[tokio::test]
    async fn an_answer_ends_at_the_limit() {
        let read = async |length: usize| {
            ByteStream::new(limited(SdkBody::from(vec![b'a'; length]), 10)).collect().await
        };
        assert_eq!(read(10).await.unwrap().to_vec(), vec![b'a'; 10]);
        assert!(read(11).await.is_err());
    }
}
