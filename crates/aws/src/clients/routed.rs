//! Requests through the proxy that each needs, or none.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use super::proxies::Proxies;

/// A client for each proxy, and one for none.
#[derive(Debug)]
pub(super) struct RoutedClient {
    /// Which proxy a request needs.
    pub proxies: Proxies,
    /// Without a proxy.
    pub direct: SharedHttpClient,
    /// By the URL of the proxy.
    pub proxied: Vec<(String, SharedHttpClient)>,
}

#[derive(Debug)]
struct RoutedConnector {
    proxies: Proxies,
    direct: SharedHttpConnector,
    proxied: Vec<(String, SharedHttpConnector)>,
}

impl HttpClient for RoutedClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let proxied = self.proxied.iter();
        SharedHttpConnector::new(RoutedConnector {
            proxies: self.proxies.clone(),
            direct: self.direct.http_connector(settings, components),
            proxied: proxied
                .map(|(url, client)| (url.clone(), client.http_connector(settings, components)))
                .collect(),
        })
    }
}

impl HttpConnector for RoutedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let needed = self.proxies.of(request.uri());
        let found = self.proxied.iter().find(|(url, _)| Some(url) == needed.as_ref());
        match found {
            Some((_, connector)) => connector.call(request),
            None => self.direct.call(request),
        }
    }
}
