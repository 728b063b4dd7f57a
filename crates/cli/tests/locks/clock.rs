//! A store whose clock is not that of the client: the dates of its answers are shifted, and nothing else.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread;

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, PrimitiveDateTime};

/// The date of an HTTP answer, which has 29 characters.
const HTTP: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
const LENGTH: usize = 29;

/// By how much the two times of an answer are shifted.
#[derive(Clone, Copy)]
pub(super) struct Shift {
    /// When it was given: `Date`.
    pub date: Duration,
    /// When the object was written: `Last-Modified`.
    pub modified: Duration,
}

impl Shift {
    fn headers(self) -> [(&'static [u8], Duration); 2] {
        [(b"\r\ndate: ", self.date), (b"\r\nlast-modified: ", self.modified)]
    }
}

/// Answers an endpoint that passes everything on to `endpoint`, as if that much time had gone by.
pub(super) fn ahead_of(endpoint: &str, ahead: std::time::Duration) -> String {
    shifted(endpoint, Shift { date: ahead.try_into().unwrap(), modified: Duration::ZERO })
}

/// Answers an endpoint that passes everything on to `endpoint`, with other dates. It lasts as long as the test process.
pub(super) fn shifted(endpoint: &str, shift: Shift) -> String {
    let upstream = endpoint.strip_prefix("http://").unwrap().to_owned();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            let client = client.unwrap();
            let server = TcpStream::connect(&upstream).unwrap();
            let (reader, writer) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || pass(reader, writer, None));
            thread::spawn(move || pass(server, client, Some(shift)));
        }
    });
    format!("http://{address}")
}

fn pass(mut from: TcpStream, mut to: TcpStream, shift: Option<Shift>) {
    let mut waiting = Vec::new();
    let mut buffer = [0; 65536];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        waiting.extend_from_slice(&buffer[..count]);
        let ready = match shift {
            None => waiting.len(),
            Some(shift) => {
                shift.headers().into_iter().map(|header| apply(&mut waiting, header)).min().unwrap()
            }
        };
        if to.write_all(&waiting[..ready]).is_err() {
            break;
        }
        waiting.drain(..ready);
    }
    let _ = to.write_all(&waiting);
    let _ = to.shutdown(Shutdown::Write);
}

/// Shifts one kind of date in some bytes, and answers how many of them are whole: a date that is cut off waits for the rest.
fn apply(bytes: &mut [u8], (header, by): (&[u8], Duration)) -> usize {
    let lower = bytes.to_ascii_lowercase();
    let mut at = 0;
    while let Some(found) = lower[at..].windows(header.len()).position(|window| window == header) {
        let start = at + found + header.len();
        let Some(date) = bytes.get_mut(start..start + LENGTH) else { return at + found };
        if let Ok(time) = PrimitiveDateTime::parse(std::str::from_utf8(date).unwrap(), HTTP) {
            date.copy_from_slice((time + by).format(HTTP).unwrap().as_bytes());
        }
        at = start;
    }
    bytes.len()
}

#[test]
fn each_date_is_shifted_by_its_own() {
    let answer = "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 23:59:59 GMT\r\nLast-Modified: Sun, 22 Nov 2026 23:59:59 GMT\r\n\r\n";
    let shift = Shift { date: Duration::seconds(2), modified: Duration::hours(-24) };
    let mut bytes = answer.as_bytes().to_vec();
    for header in shift.headers() {
        assert_eq!(apply(&mut bytes, header), bytes.len());
    }
    let expected = answer
        .replacen("Sun, 22 Nov 2026 23:59:59", "Mon, 23 Nov 2026 00:00:01", 1)
        .replace("Sun, 22", "Sat, 21");
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    let mut cut = answer.as_bytes()[..30].to_vec();
    assert_eq!(apply(&mut cut, shift.headers()[0]), "HTTP/1.1 200 OK".len());
}
