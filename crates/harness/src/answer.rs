//! Answers that no emulator gives by itself, in the shape of the protocol asked in.

use crate::call::{Call, Protocol};
use crate::http::Message;

/// An answer made here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, without the length.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer with a body of a content type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.into() }
    }

    /// A typed error, in the protocol of the call.
    pub fn error(call: &Call, status: u16, code: &str) -> Self {
        Self::saying(call, status, code, &format!("{} was refused by the proxy", call.action))
    }

    /// The same with a message, which must need no escapes.
    pub fn saying(call: &Call, status: u16, code: &str, message: &str) -> Self {
        let id = format!("harness-{}", call.index);
        let (content_type, body) = match call.protocol {
            Protocol::Json | Protocol::Other => {
                ("application/x-amz-json-1.1", format!(r#"{{"__type":"{code}","message":"{message}"}}"#))
            }
            Protocol::Cbor => return Self::cbor_error(code, status),
            Protocol::Query => (
                "text/xml",
                format!(
                    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
                     <RequestId>{id}</RequestId></ErrorResponse>"
                ),
            ),
            Protocol::S3 => (
                "application/xml",
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
                     <Message>{message}</Message><RequestId>{id}</RequestId></Error>"
                ),
            ),
        };
        let mut answer = Self::new(status, content_type, body);
        let header = if call.protocol == Protocol::S3 { "x-amz-request-id" } else { "x-amzn-RequestId" };
        answer.headers.push((header.to_owned(), id));
        answer
    }

    /// The same in CBOR: a map of one text.
    fn cbor_error(code: &str, status: u16) -> Self {
        let text = |text: &str| {
            let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
            let bytes = text.bytes().take(length.into());
            [0x78, length].into_iter().chain(bytes).collect::<Vec<u8>>()
        };
        let body = [vec![0xa1], text("__type"), text(code)].concat();
        let mut answer = Self::new(status, "application/cbor", body);
        answer.headers.push(("smithy-protocol".to_owned(), "rpc-v2-cbor".to_owned()));
        answer
    }

    /// The service's own way to say "slower".
    pub fn throttle(call: &Call) -> Self {
        match call.protocol {
            Protocol::S3 => Self::error(call, 503, "SlowDown"),
            Protocol::Query => Self::error(call, 400, "Throttling"),
            Protocol::Json | Protocol::Cbor | Protocol::Other => {
                Self::error(call, 400, "ThrottlingException")
            }
        }
    }

    /// The service's own way to say that it failed: status 500, or 503 for not available.
    pub fn server_error(call: &Call, status: u16) -> Self {
        let code = match (status, call.protocol, call.service.as_str()) {
            (503, ..) => "ServiceUnavailable",
            (_, Protocol::S3, _) => "InternalError",
            (_, Protocol::Query, "iam") => "ServiceFailure",
            (_, _, "kms") => "KMSInternalException",
            (_, _, "dynamodb") => "InternalServerError",
            _ => "InternalFailure",
        };
        Self::error(call, status, code)
    }

    pub(crate) fn into_message(self) -> Message {
        Message { start: format!("HTTP/1.1 {} Answer", self.status), headers: self.headers, body: self.body }
    }
}

/// Answers the error code of an answer of at least status 300, whoever wrote it.
pub(crate) fn error_code(answer: &Message) -> Option<String> {
    if answer.status() < 300 {
        return None;
    }
    let text = String::from_utf8_lossy(&answer.body);
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) {
        let code = json.get("__type").and_then(serde_json::Value::as_str)?;
        return code.rsplit('#').next().map(str::to_owned);
    }
    let (_, rest) = text.split_once("<Code>")?;
    rest.split_once("</Code>").map(|(code, _)| code.to_owned())
}
