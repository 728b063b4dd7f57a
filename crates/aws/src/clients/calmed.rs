//! Calls to IAM, one after the other once IAM has answered that there are too many. IAM is one endpoint for a whole account,
//! whoever calls and from wherever; the pace that it takes is documented nowhere, so nothing waits before it says so.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use tokio::time::Instant;

/// How IAM says it, and how the query protocol encloses that.
const CODE: &[u8] = b"<Code>Throttling</Code>";

/// From the first such answer to the next call.
const FIRST: Duration = Duration::from_millis(100);

/// The longest pause between two calls: forty that wait for each other still begin within the time of an attempt.
const LONGEST: Duration = Duration::from_millis(500);

/// A client that slows down when it is told to, repeated attempts included.
#[derive(Debug)]
pub(super) struct CalmedClient {
    client: SharedHttpClient,
    pace: Arc<Mutex<Pace>>,
}

#[derive(Debug)]
struct CalmedConnector {
    connector: SharedHttpConnector,
    pace: Arc<Mutex<Pace>>,
}

/// When the next call may begin, once IAM has said that there are too many.
#[derive(Clone, Copy, Debug, Default)]
struct Pace {
    next: Option<(Instant, Duration)>,
}

impl Pace {
    /// When a call may begin; `None`: at once.
    fn turn(&mut self) -> Option<Instant> {
        let (next, pause) = self.next?;
        let turn = next.max(Instant::now());
        self.next = Some((turn + pause, pause));
        Some(turn)
    }

    /// Slows down. Of calls that went out together the first answer decides: only one that had its turn doubles the pause.
    fn slow(&mut self, had_turn: bool) {
        self.next = Some(match self.next {
            None => (Instant::now() + FIRST, FIRST),
            Some((next, pause)) if had_turn => (next, (pause * 2).min(LONGEST)),
            Some(unchanged) => unchanged,
        });
    }
}

impl CalmedClient {
    /// The same client, for calls to IAM.
    pub(super) fn new(client: SharedHttpClient) -> Self {
        Self { client, pace: Arc::default() }
    }
}

impl HttpClient for CalmedClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = self.client.http_connector(settings, components);
        SharedHttpConnector::new(CalmedConnector { connector, pace: Arc::clone(&self.pace) })
    }
}

impl HttpConnector for CalmedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (connector, pace) = (self.connector.clone(), Arc::clone(&self.pace));
        HttpConnectorFuture::new(async move {
            let turn = locked(&pace).turn();
            if let Some(turn) = turn {
                tokio::time::sleep_until(turn).await;
            }
            let (answer, is_throttled) = heard(connector.call(request).await?).await?;
            if is_throttled {
                locked(&pace).slow(turn.is_some());
            }
            Ok(answer)
        })
    }
}

fn locked(pace: &Mutex<Pace>) -> std::sync::MutexGuard<'_, Pace> {
    pace.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The answer, and whether it says that there are too many calls.
async fn heard(mut answer: HttpResponse) -> Result<(HttpResponse, bool), ConnectorError> {
    if answer.status().is_success() {
        return Ok((answer, false));
    }
    let body = std::mem::replace(answer.body_mut(), SdkBody::taken());
    let body = ByteStream::new(body).collect().await.map_err(|error| ConnectorError::io(error.into()))?;
    let body = body.into_bytes();
    let is_throttled = body.windows(CODE.len()).any(|window| window == CODE);
    *answer.body_mut() = SdkBody::from(body);
    Ok((answer, is_throttled))
}

#[cfg(test)]
mod tests {
    use aws_config::retry::RetryConfig;
    use aws_smithy_runtime_api::client::http::http_client_fn;

    use super::*;

    const REFUSED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>r</RequestId></ErrorResponse>";
    const ROLE: &str = "<GetRoleResponse><GetRoleResult><Role><Path>/</Path><RoleName>r</RoleName><RoleId>AROA</RoleId><Arn>arn:aws:iam::123456789012:role/r</Arn><CreateDate>2026-11-28T00:00:00Z</CreateDate></Role></GetRoleResult></GetRoleResponse>";

    /// An IAM that takes a call each half second, and four more at first.
    #[derive(Clone, Debug)]
    struct Iam {
        began: Instant,
        taken: Arc<Mutex<(u32, u32)>>,
    }

    impl Iam {
        fn new() -> Self {
            Self { began: Instant::now(), taken: Arc::default() }
        }

        fn refused(&self) -> u32 {
            self.taken.lock().unwrap().1
        }
    }

    impl HttpConnector for Iam {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            let mut taken = self.taken.lock().unwrap();
            let allowed = 4 + u32::try_from(self.began.elapsed().as_millis() / 500).unwrap();
            let (status, body) = if taken.0 < allowed { (200, ROLE) } else { (400, REFUSED) };
            if status == 200 {
                taken.0 += 1
            } else {
                taken.1 += 1
            }
            HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body))))
        }
    }

    async fn fetch(client: SharedHttpClient, calls: usize) -> usize {
        let iam = aws_sdk_iam::Client::from_conf(
            aws_sdk_iam::Config::builder()
                .behavior_version_latest()
                .region(aws_sdk_iam::config::Region::new("us-east-1"))
                .credentials_provider(aws_sdk_iam::config::Credentials::for_tests())
                .retry_config(RetryConfig::standard().with_max_attempts(5))
                .http_client(client)
                .build(),
        );
        let asked = (0..calls).map(|_| iam.get_role().role_name("r").send());
        futures::future::join_all(asked).await.iter().filter(|answer| answer.is_ok()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn forty_calls_at_once_are_all_answered_by_an_iam_that_takes_two_a_second() {
        let iam = Iam::new();
        let answering = iam.clone();
        let client = http_client_fn(move |_, _| SharedHttpConnector::new(answering.clone()));
        assert_eq!(fetch(SharedHttpClient::new(CalmedClient::new(client)), 40).await, 40);
        // Each of the forty was refused once at most on average; at least the time that IAM takes for them has gone by.
        assert!(iam.refused() <= 60, "{}", iam.refused());
        assert!(iam.began.elapsed() < Duration::from_secs(30), "{:?}", iam.began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_waits_before_iam_says_so_and_then_for_its_turn() {
        let mut pace = Pace::default();
        assert_eq!((pace.turn(), pace.turn()), (None, None));
        let start = Instant::now();
        pace.slow(false);
        pace.slow(false);
        let mut after = || pace.turn().map(|turn| turn.duration_since(start).as_millis());
        assert_eq!([after(), after(), after()], [Some(100), Some(200), Some(300)]);
        pace.slow(true);
        pace.slow(true);
        pace.slow(true);
        assert_eq!(pace.next, Some((start + Duration::from_millis(400), LONGEST)));
    }
}
