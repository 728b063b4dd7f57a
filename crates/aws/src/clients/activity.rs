//! What is being asked of whom right now: for whoever waits, for a log, and to give up on what never answers.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use tokio::time::Instant;

use super::operation;

/// How long an endpoint may leave its first answer unsaid before a run gives it up.
pub const SILENCE: Duration = Duration::from_secs(20);

/// How long an attempt waits for an endpoint that has not answered anything yet: the next may go through.
const FIRST_ATTEMPT: Duration = Duration::from_secs(8);

/// The headers of which AWS's answers have one.
const REQUEST_IDS: [&str; 3] = ["x-amz-request-id", "x-amzn-requestid", "x-amzn-request-id"];

/// The calls of a run.
#[derive(Clone, Default)]
pub struct Activity {
    calls: Arc<Mutex<Calls>>,
    log: Option<Log>,
}

/// Who is told of each attempt.
type Log = Arc<dyn Fn(&Attempt) + Send + Sync>;

#[derive(Default)]
struct Calls {
    next: u64,
    under_way: BTreeMap<u64, Call>,
    hosts: BTreeMap<String, Host>,
}

/// A call under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// As IAM names it: `kms:DescribeKey`.
    pub operation: String,
    /// The endpoint: `kms.us-east-1.amazonaws.com`, `127.0.0.1:5000`.
    pub host: String,
    /// Since when an answer is waited for.
    pub since: Instant,
}

/// What is known of an endpoint.
#[derive(Clone, Copy, Debug)]
struct Host {
    first: Instant,
    answered: bool,
}

/// One attempt of a call, as it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// As IAM names it: `kms:DescribeKey`.
    pub operation: String,
    /// The endpoint.
    pub host: String,
    /// Which attempt of the call it was, from 1 on.
    pub number: u32,
    /// How long it took.
    pub time: Duration,
    /// The HTTP status, or why there is none.
    pub outcome: Result<u16, String>,
    /// AWS's request id.
    pub request_id: Option<String>,
}

/// An endpoint that did not answer anything in this run.
#[derive(Debug)]
pub(crate) struct Silent {
    host: String,
}

impl fmt::Display for Silent {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{} has not answered anything for {} seconds", self.host, SILENCE.as_secs())
    }
}

impl Error for Silent {}

impl fmt::Debug for Activity {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Activity").field("logs", &self.log.is_some()).finish_non_exhaustive()
    }
}

impl Activity {
    /// The same, with somebody who is told of every attempt that ended.
    #[must_use]
    pub fn logged(self, log: Arc<dyn Fn(&Attempt) + Send + Sync>) -> Self {
        Self { log: Some(log), ..self }
    }

    /// The call that has waited longest for its answer; of an endpoint that never answered, since it was asked first.
    pub fn longest(&self) -> Option<Call> {
        let calls = self.calls();
        let since = |call: &Call| match calls.hosts.get(&call.host) {
            Some(host) if !host.answered => host.first,
            _ => call.since,
        };
        let longest = calls.under_way.values().min_by_key(|call| since(call))?;
        Some(Call { since: since(longest), ..longest.clone() })
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call, and answers until when it may take, as long as its endpoint has not answered anything.
    fn begin(&self, operation: String, host: String, now: Instant) -> (UnderWay, Option<Bound>) {
        let mut calls = self.calls();
        let id = calls.next;
        calls.next += 1;
        let known = *calls.hosts.entry(host.clone()).or_insert(Host { first: now, answered: false });
        calls.under_way.insert(id, Call { operation, host, since: now });
        drop(calls);
        let bound = (!known.answered).then(|| Bound::of(known.first, now));
        (UnderWay { activity: self.clone(), id }, bound)
    }

    fn answered(&self, host: &str) {
        if let Some(host) = self.calls().hosts.get_mut(host) {
            host.answered = true;
        }
    }
}

/// Until when an attempt may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bound {
    until: Instant,
    /// Whether no further attempt is worth it then.
    is_last: bool,
}

impl Bound {
    fn of(first: Instant, now: Instant) -> Self {
        let (end, next) = (first + SILENCE, now + FIRST_ATTEMPT);
        Self { until: end.min(next), is_last: end <= next }
    }
}

/// A call under way, until it is dropped.
struct UnderWay {
    activity: Activity,
    id: u64,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.activity.calls().under_way.remove(&self.id);
    }
}

/// A client whose calls are noted.
#[derive(Debug)]
pub(super) struct NotedClient {
    pub(super) client: SharedHttpClient,
    pub(super) activity: Activity,
}

#[derive(Debug)]
struct NotedConnector {
    connector: SharedHttpConnector,
    activity: Activity,
}

impl HttpClient for NotedClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = self.client.http_connector(settings, components);
        SharedHttpConnector::new(NotedConnector { connector, activity: self.activity.clone() })
    }
}

impl HttpConnector for NotedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (connector, activity) = (self.connector.clone(), self.activity.clone());
        HttpConnectorFuture::new(async move {
            let began = Instant::now();
            let (name, host) = (operation::name(&request), operation::host(&request));
            let number = operation::attempt(&request);
            let (under_way, bound) = activity.begin(name.clone(), host.clone(), began);
            let answer = within(bound, &host, connector.call(request)).await;
            drop(under_way);
            if answer.is_ok() {
                activity.answered(&host);
            }
            if let Some(log) = &activity.log {
                let outcome = match &answer {
                    Ok(answer) => Ok(answer.status().as_u16()),
                    Err(error) => Err(reasons(error)),
                };
                let request_id = answer.as_ref().ok().and_then(request_id);
                let time = began.elapsed();
                log(&Attempt { operation: name, host, number, time, outcome, request_id });
            }
            answer
        })
    }
}

async fn within(
    bound: Option<Bound>,
    host: &str,
    call: HttpConnectorFuture,
) -> Result<HttpResponse, ConnectorError> {
    let Some(bound) = bound else { return call.await };
    match tokio::time::timeout_at(bound.until, call).await {
        Ok(answer) => answer,
        Err(_) => {
            let silent = Silent { host: host.to_owned() };
            Err(match bound.is_last {
                true => ConnectorError::other(silent.into(), None),
                false => ConnectorError::timeout(silent.into()),
            })
        }
    }
}

fn request_id(answer: &HttpResponse) -> Option<String> {
    REQUEST_IDS.iter().find_map(|name| answer.headers().get(*name)).map(str::to_owned)
}

/// An error and its causes on one line.
fn reasons(error: &ConnectorError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::http::http_client_fn;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_endpoint_that_never_answered_is_given_up_after_twenty_seconds() {
        let start = Instant::now();
        let bound = |seconds: u64| Bound::of(start, start + Duration::from_secs(seconds));
        assert_eq!(bound(0), Bound { until: start + FIRST_ATTEMPT, is_last: false });
        assert_eq!(bound(9), Bound { until: start + FIRST_ATTEMPT + Duration::from_secs(9), is_last: false });
        assert_eq!(bound(18), Bound { until: start + SILENCE, is_last: true });
        assert_eq!(bound(25), Bound { until: start + SILENCE, is_last: true });
        let never = HttpConnectorFuture::new(std::future::pending());
        let error = within(Some(bound(18)), "sts.example", never).await.unwrap_err();
        assert!(error.is_other(), "{error:?}");
        assert!(reasons(&error).contains("sts.example has not answered anything for 20 seconds"));
        assert_eq!(start.elapsed(), SILENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_wait_is_told_and_an_answer_ends_the_bound() {
        let activity = Activity::default();
        assert_eq!(activity.longest(), None);
        let start = Instant::now();
        let (first, bound) = activity.begin("kms:DescribeKey".to_owned(), "kms".to_owned(), start);
        assert!(bound.is_some());
        tokio::time::advance(Duration::from_secs(3)).await;
        let (_second, _) = activity.begin("iam:GetRole".to_owned(), "iam".to_owned(), Instant::now());
        let longest = activity.longest().unwrap();
        assert_eq!((longest.operation.as_str(), longest.since), ("kms:DescribeKey", start));
        drop(first);
        assert_eq!(activity.longest().unwrap().operation, "iam:GetRole");
        // A second attempt at an endpoint that never answered waits since the first.
        let (_again, _) = activity.begin("kms:DescribeKey".to_owned(), "kms".to_owned(), Instant::now());
        assert_eq!(activity.longest().unwrap().since, start);
        activity.answered("kms");
        let (_later, bound) = activity.begin("kms:ListAliases".to_owned(), "kms".to_owned(), Instant::now());
        assert_eq!((bound, activity.longest().unwrap().operation.as_str()), (None, "iam:GetRole"));
    }

    #[tokio::test]
    async fn every_attempt_is_logged() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let activity =
            Activity::default().logged(Arc::new(move |attempt| log.lock().unwrap().push(attempt.clone())));
        let answering = http_client_fn(|_, _| SharedHttpConnector::new(Answering));
        let client = aws_sdk_kms::Client::from_conf(
            aws_sdk_kms::Config::builder()
                .behavior_version_latest()
                .region(aws_sdk_kms::config::Region::new("us-east-1"))
                .credentials_provider(aws_sdk_kms::config::Credentials::for_tests())
                .http_client(SharedHttpClient::new(NotedClient { client: answering, activity }))
                .build(),
        );
        client.describe_key().key_id("x").send().await.unwrap();
        let seen = seen.lock().unwrap().clone();
        let [attempt] = seen.as_slice() else { panic!("{seen:?}") };
        assert_eq!(
            (attempt.operation.as_str(), attempt.host.as_str(), attempt.number, &attempt.outcome),
            ("kms:DescribeKey", "kms.us-east-1.amazonaws.com", 1, &Ok(200))
        );
        assert_eq!(attempt.request_id.as_deref(), Some("7a62c49f"));
    }

    #[derive(Debug)]
    struct Answering;

    impl HttpConnector for Answering {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            let mut answer = HttpResponse::new(
                200.try_into().unwrap(),
                aws_smithy_types::body::SdkBody::from(r#"{"KeyMetadata": {"KeyId": "x"}}"#),
            );
            answer.headers_mut().insert("x-amzn-requestid", "7a62c49f");
            HttpConnectorFuture::ready(Ok(answer))
        }
    }
}
