//! A store whose clock is ahead: the `Date` of every answer is shifted, and nothing else.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// The date of an HTTP answer, which has 29 characters.
const HTTP: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
const HEADER: &[u8] = b"\r\ndate: ";
const LENGTH: usize = 29;

/// Answers an endpoint that passes everything on to `endpoint`, later by `ahead`. It lasts as long as the test process.
pub fn ahead_of(endpoint: &str, ahead: Duration) -> String {
    let upstream = endpoint.strip_prefix("http://").unwrap().to_owned();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            let client = client.unwrap();
            let server = TcpStream::connect(&upstream).unwrap();
            let (reader, writer) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || pass(reader, writer, None));
            thread::spawn(move || pass(server, client, Some(ahead)));
        }
    });
    format!("http://{address}")
}

fn pass(mut from: TcpStream, mut to: TcpStream, ahead: Option<Duration>) {
    let mut waiting = Vec::new();
    let mut buffer = [0; 65536];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        waiting.extend_from_slice(&buffer[..count]);
        let ready = match ahead {
            None => waiting.len(),
            Some(ahead) => shift(&mut waiting, ahead),
        };
        if to.write_all(&waiting[..ready]).is_err() {
            break;
        }
        waiting.drain(..ready);
    }
    let _ = to.write_all(&waiting);
    let _ = to.shutdown(Shutdown::Write);
}

/// Shifts the dates in some bytes, and answers how many of them are whole: a date that is cut off waits for the rest.
fn shift(bytes: &mut [u8], ahead: Duration) -> usize {
    let lower = bytes.to_ascii_lowercase();
    let mut at = 0;
    while let Some(found) = lower[at..].windows(HEADER.len()).position(|window| window == HEADER) {
        let start = at + found + HEADER.len();
        let Some(date) = bytes.get_mut(start..start + LENGTH) else { return at + found };
        if let Ok(time) = PrimitiveDateTime::parse(std::str::from_utf8(date).unwrap(), HTTP) {
            date.copy_from_slice((time + ahead).format(HTTP).unwrap().as_bytes());
        }
        at = start;
    }
    bytes.len()
}

#[test]
fn only_the_date_is_shifted() {
    let answer = "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 23:59:59 GMT\r\nLast-Modified: Sun, 22 Nov 2026 23:59:59 GMT\r\n\r\n";
    let mut bytes = answer.as_bytes().to_vec();
    assert_eq!(shift(&mut bytes, Duration::from_secs(2)), bytes.len());
    let shifted = answer.replacen("Sun, 22 Nov 2026 23:59:59", "Mon, 23 Nov 2026 00:00:01", 1);
    assert_eq!(String::from_utf8(bytes).unwrap(), shifted);
    let mut cut = answer.as_bytes()[..30].to_vec();
    assert_eq!(shift(&mut cut, Duration::from_secs(2)), "HTTP/1.1 200 OK".len());
}
