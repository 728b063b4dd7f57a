//! Calls of CloudTrail that change something, no faster than CloudTrail takes them: each operation once in a second for an
//! account and region ("Quotas in AWS CloudTrail", user guide). What reads has ten a second, and is left alone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use tokio::time::Instant;

const INTERVAL: Duration = Duration::from_secs(1);

/// When each operation may be called next.
type Turns = Arc<Mutex<BTreeMap<String, Instant>>>;

/// A client that keeps the pace, repeated attempts included.
#[derive(Debug)]
pub(super) struct PacedClient {
    client: SharedHttpClient,
    turns: Turns,
}

#[derive(Debug)]
struct PacedConnector {
    connector: SharedHttpConnector,
    turns: Turns,
}

impl PacedClient {
    /// The same client, for calls to CloudTrail.
    pub(super) fn new(client: SharedHttpClient) -> Self {
        Self { client, turns: Turns::default() }
    }
}

impl HttpClient for PacedClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = self.client.http_connector(settings, components);
        SharedHttpConnector::new(PacedConnector { connector, turns: Arc::clone(&self.turns) })
    }
}

impl HttpConnector for PacedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let turn = operation(&request).filter(|name| changes(name)).map(|name| turn(&self.turns, name));
        let connector = self.connector.clone();
        HttpConnectorFuture::new(async move {
            if let Some(turn) = turn {
                tokio::time::sleep_until(turn).await;
            }
            connector.call(request).await
        })
    }
}

/// `CreateTrail`, from the header of the JSON protocol: `CloudTrail_20131101.CreateTrail`.
fn operation(request: &HttpRequest) -> Option<&str> {
    request.headers().get("x-amz-target")?.rsplit('.').next()
}

fn changes(operation: &str) -> bool {
    !["Describe", "Get", "List", "Lookup"].iter().any(|verb| operation.starts_with(verb))
}

/// Takes the operation's next turn.
fn turn(turns: &Turns, operation: &str) -> Instant {
    let mut turns = turns.lock().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    let turn = turns.get(operation).map_or(now, |next| now.max(*next));
    turns.insert(operation.to_owned(), turn + INTERVAL);
    turn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_operation_has_a_turn_a_second() {
        let (turns, start) = (Turns::default(), Instant::now());
        let after = |operation: &str| turn(&turns, operation).duration_since(start).as_secs();
        assert_eq!([after("CreateTrail"), after("CreateTrail"), after("CreateTrail")], [0, 1, 2]);
        assert_eq!(after("StartLogging"), 0);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!([after("CreateTrail"), after("CreateTrail")], [60, 61]);
    }

    #[test]
    fn only_changes_are_paced() {
        let mut request = HttpRequest::empty();
        assert_eq!(operation(&request), None);
        request.headers_mut().insert("x-amz-target", "CloudTrail_20131101.StartLogging");
        assert_eq!(operation(&request), Some("StartLogging"));
        let paced = ["CreateTrail", "GetTrail", "ListTags", "AddTags", "LookupEvents", "DescribeTrails"];
        assert_eq!(paced.map(changes), [true, false, false, true, false, false]);
    }
}
