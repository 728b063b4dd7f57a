//! HTTP/1.1 messages, whole: as much of it as AWS clients and the emulators use. No TLS, no pipelining.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::error::Error;

/// More than any call here sends or gets.
const LONGEST_LINE: u64 = 64 * 1024;

/// A request or an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// The first line, without its end.
    pub start: String,
    /// Names as sent, values trimmed.
    pub headers: Vec<(String, String)>,
    /// The body with any chunking undone.
    pub body: Vec<u8>,
}

impl Message {
    /// Answers the first header of a name, whatever its case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Answers the method of a request.
    pub(crate) fn method(&self) -> &str {
        self.start.split(' ').next().unwrap_or_default()
    }

    /// Answers the path and query of a request.
    pub(crate) fn target(&self) -> &str {
        self.start.split(' ').nth(1).unwrap_or_default()
    }

    /// Answers the status of an answer; 0 when there is none.
    pub(crate) fn status(&self) -> u16 {
        self.target().parse().unwrap_or_default()
    }

    fn without(&mut self, names: &[&str]) {
        self.headers.retain(|(key, _)| !names.iter().any(|name| key.eq_ignore_ascii_case(name)));
    }
}

/// Reads a request; `None` when the client closed before one began. Answers `100 Continue` by itself.
pub(crate) fn read_request<S: BufRead>(
    stream: &mut S,
    reply: &mut impl Write,
) -> Result<Option<Message>, Error> {
    let Some(mut message) = read_head(stream)? else {
        return Ok(None);
    };
    if message.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        reply.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        reply.flush()?;
    }
    message.body = match length(&message)? {
        Length::Chunked => read_chunks(stream)?,
        Length::Exactly(length) => read_exactly(stream, length)?,
        Length::Unsaid => Vec::new(),
    };
    message.without(&["expect", "transfer-encoding"]);
    Ok(Some(message))
}

/// Reads the answer to a request of this method, past any 1xx.
pub(crate) fn read_answer<S: BufRead>(stream: &mut S, method: &str) -> Result<Message, Error> {
    loop {
        let Some(mut message) = read_head(stream)? else {
            return Err(not_http("the connection was closed without an answer"));
        };
        let status = message.status();
        if (100..200).contains(&status) {
            continue;
        }
        if method == "HEAD" || status == 204 || status == 304 {
            return Ok(message);
        }
        message.body = match length(&message)? {
            Length::Chunked => read_chunks(stream)?,
            Length::Exactly(length) => read_exactly(stream, length)?,
            Length::Unsaid => {
                let mut body = Vec::new();
                stream.read_to_end(&mut body)?;
                body
            }
        };
        message.without(&["transfer-encoding"]);
        return Ok(message);
    }
}

/// Writes a request on a connection of its own.
pub(crate) fn write_request(stream: &mut impl Write, request: &Message) -> Result<(), Error> {
    let mut message = request.clone();
    message.without(&["connection", "content-length"]);
    message.headers.push(("Connection".to_owned(), "close".to_owned()));
    if !message.body.is_empty() || matches!(request.method(), "PUT" | "POST") {
        push_length(&mut message);
    }
    write(stream, &message)
}

/// Writes the answer to a request of this method; the connection stays open.
pub(crate) fn write_answer(stream: &mut impl Write, answer: &Message, method: &str) -> Result<(), Error> {
    let mut message = answer.clone();
    message.without(&["connection", "keep-alive"]);
    if let Some(rest) = message.start.strip_prefix("HTTP/1.0") {
        message.start = format!("HTTP/1.1{rest}");
    }
    if method == "HEAD" || message.status() == 204 || message.status() == 304 {
        message.body.clear();
    } else {
        message.without(&["content-length"]);
        push_length(&mut message);
    }
    write(stream, &message)
}

fn push_length(message: &mut Message) {
    let length = message.body.len().to_string();
    message.headers.push(("Content-Length".to_owned(), length));
}

fn write(stream: &mut impl Write, message: &Message) -> Result<(), Error> {
    let mut bytes = format!("{}\r\n", message.start).into_bytes();
    for (name, value) in &message.headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&message.body);
    stream.write_all(&bytes)?;
    stream.flush()?;
    Ok(())
}

fn read_head<S: BufRead>(stream: &mut S) -> Result<Option<Message>, Error> {
    let Some(start) = read_line(stream)? else {
        return Ok(None);
    };
    let mut message = Message { start, ..Message::default() };
    loop {
        let line =
            read_line(stream)?.ok_or_else(|| not_http("the connection was closed within the headers"))?;
        if line.is_empty() {
            return Ok(Some(message));
        }
        let (name, value) = line.split_once(':').ok_or_else(|| not_http(&format!("header `{line}`")))?;
        message.headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

enum Length {
    Chunked,
    Exactly(u64),
    Unsaid,
}

fn length(message: &Message) -> Result<Length, Error> {
    if message.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        return Ok(Length::Chunked);
    }
    match message.header("content-length") {
        None => Ok(Length::Unsaid),
        Some(text) => {
            text.parse().map(Length::Exactly).map_err(|_| not_http(&format!("Content-Length `{text}`")))
        }
    }
}

fn read_chunks<S: BufRead>(stream: &mut S) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    loop {
        let line = read_line(stream)?.unwrap_or_default();
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|_| not_http(&format!("chunk size `{line}`")))?;
        body.extend(read_exactly(stream, size)?);
        if size == 0 {
            while read_line(stream)?.is_some_and(|trailer| !trailer.is_empty()) {}
            return Ok(body);
        }
        read_line(stream)?;
    }
}

fn read_exactly<S: BufRead>(stream: &mut S, length: u64) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    let read = stream.take(length).read_to_end(&mut body)?;
    if u64::try_from(read).is_ok_and(|read| read == length) {
        Ok(body)
    } else {
        Err(not_http(&format!("the body ends after {read} of {length} bytes")))
    }
}

fn read_line<S: BufRead>(stream: &mut S) -> Result<Option<String>, Error> {
    let mut line = Vec::new();
    if stream.take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') {
        return Err(not_http("a line without an end"));
    }
    let text = String::from_utf8(line).map_err(|_| not_http("a header that is not UTF-8"))?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn not_http(reason: &str) -> Error {
    Error::NotHttp { reason: reason.to_owned() }
}

/// Sends a request on a connection of its own, so that no call is ever sent twice.
pub(crate) fn exchange(address: SocketAddr, request: &Message) -> Result<Message, Error> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut writer = &stream;
    write_request(&mut writer, request)?;
    read_answer(&mut BufReader::new(&stream), request.method())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(bytes: &str) -> (Message, String) {
        let mut reply = Vec::new();
        let message = read_request(&mut bytes.as_bytes(), &mut reply).unwrap().unwrap();
        (message, String::from_utf8(reply).unwrap())
    }

    #[test]
    fn reads_a_body_by_length_and_leaves_what_follows() {
        let bytes = b"PUT /b/k HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n";
        let mut stream = &bytes[..];
        let first = read_request(&mut stream, &mut Vec::new()).unwrap().unwrap();
        let second = read_request(&mut stream, &mut Vec::new()).unwrap().unwrap();
        assert_eq!((first.body.as_slice(), second.method()), (&b"abc"[..], "GET"));
        assert_eq!(read_request(&mut stream, &mut Vec::new()).unwrap(), None);
    }

    #[test]
    fn undoes_chunks_with_extensions_and_trailers() {
        let (message, _) = request(
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nwiki\r\n5\r\npedia\r\n0\r\nX-T: 1\r\n\r\n",
        );
        assert_eq!(message.body, b"wikipedia");
        assert_eq!(message.header("transfer-encoding"), None);
    }

    #[test]
    fn invites_a_body_that_waits() {
        let (message, reply) =
            request("PUT / HTTP/1.1\r\nExpect: 100-Continue\r\ncontent-length: 1\r\n\r\nx");
        assert_eq!(reply, "HTTP/1.1 100 Continue\r\n\r\n");
        assert_eq!((message.body.as_slice(), message.header("expect")), (&b"x"[..], None));
    }

    #[test]
    fn answer_to_head_has_a_length_but_no_body() {
        let bytes = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n";
        let answer = read_answer(&mut bytes.as_bytes(), "HEAD").unwrap();
        let mut written = Vec::new();
        write_answer(&mut written, &answer, "HEAD").unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), bytes);
    }

    #[test]
    fn answer_without_length_goes_to_the_end_and_gets_one() {
        let answer =
            read_answer(&mut &b"HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nall"[..], "GET").unwrap();
        let mut written = Vec::new();
        write_answer(&mut written, &answer, "GET").unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nall");
    }

    #[test]
    fn refuses_what_is_cut_or_no_http() {
        for bytes in
            ["GET / HT", "GET / HTTP/1.1\r\nnonsense\r\n\r\n", "PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\nx"]
        {
            assert!(read_request(&mut bytes.as_bytes(), &mut Vec::new()).is_err(), "{bytes}");
        }
        assert!(read_answer(&mut &b""[..], "GET").is_err());
    }
}
