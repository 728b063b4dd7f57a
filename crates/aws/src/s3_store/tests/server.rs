//! S3 and DynamoDB in memory, with conditions, and with faults on demand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_sdk_s3::config::http::{HttpRequest, HttpResponse};
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::{DateTime, Format};
use serde_json::{Value, json};

use crate::s3_store::{Place, S3Store, md5};

/// S3 and DynamoDB in memory, with conditions, and faults on demand.
#[derive(Clone, Debug, Default)]
pub(super) struct Server(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
pub(super) struct Inner {
    pub(super) objects: BTreeMap<String, Vec<u8>>,
    pub(super) items: BTreeMap<String, Value>,
    /// `PUT state.tfstate if-none-match` and the like, in order.
    calls: Vec<String>,
    pub(super) headers: Vec<BTreeMap<String, String>>,
    faults: Vec<Fault>,
    /// Seconds on the server's clock.
    now: i64,
    /// When objects were written.
    written: BTreeMap<String, i64>,
}

/// What happens to the next call whose line begins so.
#[derive(Clone, Debug)]
struct Fault {
    call: &'static str,
    effect: Effect,
}

#[derive(Clone, Debug)]
pub(super) enum Effect {
    /// It is done, and the answer is lost.
    Lost,
    /// It is not done, and there is no answer.
    Dropped,
    /// Somebody else does this first.
    Preceded(fn(&mut Inner)),
    /// It is answered so.
    Answer(u16, &'static str, &'static [(&'static str, &'static str)]),
}

impl Server {
    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    pub(super) fn fail(&self, call: &'static str, effect: Effect) {
        self.inner().faults.push(Fault { call, effect });
    }

    /// Lets time pass, on the server's clock only.
    pub(super) fn pass(&self, seconds: i64) {
        self.inner().now += seconds;
    }

    pub(super) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.inner().calls)
    }

    pub(super) fn clients(&self) -> (aws_sdk_s3::Client, aws_sdk_dynamodb::Client) {
        let server = self.clone();
        let http: SharedHttpClient = http_client_fn(move |_, _| SharedHttpConnector::new(server.clone()));
        let keys = Credentials::new("id", "secret", None, None, "test");
        let region = Region::new("us-east-1");
        let s3 = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url("http://localhost")
            .force_path_style(true)
            .region(region.clone())
            .credentials_provider(keys.clone())
            .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
            .http_client(http.clone());
        let dynamodb = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url("http://localhost")
            .region(region)
            .credentials_provider(keys)
            .retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::disabled())
            .http_client(http);
        (aws_sdk_s3::Client::from_conf(s3.build()), aws_sdk_dynamodb::Client::from_conf(dynamodb.build()))
    }

    pub(super) fn store(&self, place: Place) -> S3Store {
        let (s3, dynamodb) = self.clients();
        let mut store = S3Store::new(place, s3, dynamodb);
        store.objects.pause = Arc::new(|_| Box::pin(std::future::ready(())));
        store
    }
}

impl HttpConnector for Server {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.inner().answer(&request);
        HttpConnectorFuture::ready(answer.ok_or_else(|| ConnectorError::io("the connection was lost".into())))
    }
}

impl Inner {
    /// `None`: no answer.
    fn answer(&mut self, request: &HttpRequest) -> Option<HttpResponse> {
        let call = Call::of(request);
        self.calls.push(call.line.clone());
        self.headers.push(request.headers().iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect());
        let fault = self.faults.iter().position(|fault| call.line.starts_with(fault.call));
        let mut answer = self.outcome(&call, fault)?;
        answer.headers_mut().insert("date", date(self.now));
        Some(answer)
    }

    fn outcome(&mut self, call: &Call, fault: Option<usize>) -> Option<HttpResponse> {
        match fault.map(|at| self.faults.remove(at).effect) {
            None => Some(self.perform(call)),
            Some(Effect::Lost) => {
                self.perform(call);
                None
            }
            Some(Effect::Dropped) => None,
            Some(Effect::Preceded(by)) => {
                by(self);
                Some(self.perform(call))
            }
            Some(Effect::Answer(status, code, _)) if call.method == "POST" => {
                Some(table_refusal(status, code))
            }
            Some(Effect::Answer(status, code, headers)) => Some(refusal(status, code, headers)),
        }
    }

    fn perform(&mut self, call: &Call) -> HttpResponse {
        match call.method.as_str() {
            "POST" => self.dynamodb(call),
            "HEAD" => answer(200, "", &[]),
            method => self.s3(method, call),
        }
    }

    fn s3(&mut self, method: &str, call: &Call) -> HttpResponse {
        let found = self.objects.get(&call.key).cloned();
        let found_etag = found.as_deref().map(etag);
        match (&call.if_none_match, &found_etag) {
            (Some(named), Some(found)) if method == "GET" && named == found => return answer(304, "", &[]),
            (Some(named), Some(_)) if named == "*" => return refusal(412, "PreconditionFailed", &[]),
            _ => {}
        }
        if let Some(wanted) = &call.if_match {
            match &found_etag {
                None => return refusal(404, "NoSuchKey", &[]),
                Some(found) if found != wanted => return refusal(412, "PreconditionFailed", &[]),
                Some(_) => {}
            }
        }
        match (method, found) {
            ("PUT", _) => {
                self.objects.insert(call.key.clone(), call.body.clone());
                self.written.insert(call.key.clone(), self.now);
                answer(200, "", &[("etag", &etag(&call.body))])
            }
            ("DELETE", _) => {
                self.objects.remove(&call.key);
                answer(204, "", &[])
            }
            (_, Some(bytes)) => {
                let written = date(self.written.get(&call.key).copied().unwrap_or_default());
                answer(200, bytes.clone(), &[("etag", &etag(&bytes)), ("last-modified", &written)])
            }
            (_, None) => refusal(404, "NoSuchKey", &[]),
        }
    }

    fn dynamodb(&mut self, call: &Call) -> HttpResponse {
        let body: Value = serde_json::from_slice(&call.body).unwrap();
        let holder = |value: &Value| value["LockID"]["S"].as_str().unwrap().to_owned();
        let failed = || table_refusal(400, "ConditionalCheckFailedException");
        let done =
            |body: Value| answer(200, body.to_string(), &[("content-type", "application/x-amz-json-1.0")]);
        match call.line.as_str() {
            "PutItem" => {
                let id = holder(&body["Item"]);
                let wanted = &body["ExpressionAttributeValues"][":info"];
                let found = self.items.get(&id).map_or(&Value::Null, |item| &item["Info"]);
                let condition = body["ConditionExpression"].as_str().unwrap_or_default();
                let noted = self.items.get(&id).is_some_and(|item| item["Renewed"].is_object());
                let unnoted = condition.contains("attribute_not_exists(Renewed)");
                if !condition.is_empty() && found != wanted || unnoted && noted {
                    return failed();
                }
                self.items.insert(id, body["Item"].clone());
                done(json!({}))
            }
            "GetItem" => match self.items.get(&holder(&body["Key"])) {
                Some(item) => done(json!({ "Item": item })),
                None => done(json!({})),
            },
            _ => {
                let id = holder(&body["Key"]);
                let wanted = &body["ExpressionAttributeValues"][":info"];
                let conditional = body["ConditionExpression"].is_string();
                if conditional && self.items.get(&id).is_none_or(|item| item["Info"] != *wanted) {
                    return failed();
                }
                self.items.remove(&id);
                done(json!({}))
            }
        }
    }
}

/// A request as far as the server looks at it.
struct Call {
    method: String,
    line: String,
    key: String,
    body: Vec<u8>,
    if_match: Option<String>,
    if_none_match: Option<String>,
}

impl Call {
    fn of(request: &HttpRequest) -> Self {
        let header = |name| request.headers().get(name).map(str::to_owned);
        let method = request.method().to_owned();
        let path = request.uri().split("://").nth(1).unwrap().split_once('/').unwrap().1;
        let key = path.split('?').next().unwrap().trim_start_matches("state-bucket/").to_owned();
        let (if_match, if_none_match) = (header("if-match"), header("if-none-match"));
        let condition = match (&if_match, &if_none_match) {
            (_, Some(_)) => " if-none-match",
            (Some(_), _) => " if-match",
            _ => "",
        };
        let line = match header("x-amz-target") {
            Some(target) => target.split('.').next_back().unwrap().to_owned(),
            None => format!("{method} {key}{condition}"),
        };
        let body = request.body().bytes().unwrap_or_default().to_vec();
        Self { method, line, key, body, if_match, if_none_match }
    }
}

fn date(seconds: i64) -> String {
    DateTime::from_secs(1_800_000_000 + seconds).fmt(Format::HttpDate).unwrap()
}

fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", md5(bytes))
}

fn answer(status: u16, body: impl Into<Vec<u8>>, headers: &[(&'static str, &str)]) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body.into()));
    for (name, value) in headers {
        response.headers_mut().insert(*name, (*value).to_owned());
    }
    response
}

fn refusal(status: u16, code: &str, headers: &[(&'static str, &str)]) -> HttpResponse {
    let mut all = vec![("x-amz-request-id", "R1"), ("x-amz-id-2", "H2")];
    all.extend(headers);
    answer(status, format!("<Error><Code>{code}</Code><Message>no</Message></Error>"), &all)
}

fn table_refusal(status: u16, code: &str) -> HttpResponse {
    let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "no"});
    answer(status, body.to_string(), &[("content-type", "application/x-amz-json-1.0")])
}
