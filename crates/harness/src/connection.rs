//! One client connection: reads call after call, and does to each what was decided.

use std::io::{BufReader, Read};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::answer::{Answer, error_code};
use crate::call::Call;
use crate::error::Error;
use crate::fault::Fault;
use crate::http::{self, Message};
use crate::journal::Entry;
use crate::traffic::{Traffic, Verdict};

/// What goes back to the client.
enum Reply {
    Answer(Message),
    /// Nothing, and the connection is cut.
    Cut,
    /// Nothing, until the client gives up.
    Silence,
}

/// Serves a connection to its end.
pub(crate) fn serve(traffic: &Traffic, stream: &TcpStream) {
    // A client that goes away in the middle of a message is what this proxy is for: nothing to report.
    let _ended = calls(traffic, stream);
    let _closed = stream.shutdown(Shutdown::Both);
}

fn calls(traffic: &Traffic, stream: &TcpStream) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    while let Some(request) = http::read_request(&mut reader, &mut writer)? {
        let start = traffic.now();
        let (call, verdict) = traffic.arrive(&request);
        let mut entry = Entry::of(&call, start, start);
        let reply = decide(traffic, &call, &request, verdict, &mut entry);
        // Before the client can see the answer, and make a call that waited for it.
        entry.end = traffic.now();
        let written = match &reply {
            Reply::Answer(answer) => {
                entry.status = Some(answer.status());
                entry.code = error_code(answer);
                http::write_answer(&mut writer, answer, request.method())
            }
            Reply::Cut => Ok(()),
            Reply::Silence => {
                let ended = wait_for_end(traffic, stream);
                entry.end = traffic.now();
                ended
            }
        };
        traffic.leave(entry);
        written?;
        if !matches!(reply, Reply::Answer(_)) {
            return Ok(());
        }
    }
    Ok(())
}

fn decide(traffic: &Traffic, call: &Call, request: &Message, verdict: Verdict, entry: &mut Entry) -> Reply {
    let fault = match verdict {
        Verdict::Pass => return pass(traffic, call, request),
        Verdict::Answer(answer) => {
            entry.fault = Some("Answer".to_owned());
            thread::sleep(traffic.options.latency);
            return Reply::Answer(answer.into_message());
        }
        Verdict::Fault(fault) => fault,
    };
    entry.fault = Some(format!("{fault:?}"));
    if matches!(fault, Fault::KillAfter | Fault::CutAfter | Fault::SilenceAfter) {
        pass(traffic, call, request);
    }
    match fault {
        Fault::KillBefore | Fault::KillAfter => {
            traffic.strike(Signal::KILL);
            Reply::Silence
        }
        Fault::CutBefore | Fault::CutAfter => Reply::Cut,
        Fault::SilenceBefore | Fault::SilenceAfter => Reply::Silence,
        Fault::Throttle => Reply::Answer(Answer::throttle(call).into_message()),
        Fault::ServerError(status) => Reply::Answer(Answer::server_error(call, status).into_message()),
        Fault::Refuse(status, code) => Reply::Answer(Answer::error(call, status, code).into_message()),
        Fault::Answer(body) => {
            Reply::Answer(Answer::new(200, "application/x-amz-json-1.1", body).into_message())
        }
        Fault::Interrupt => {
            traffic.strike(Signal::INT);
            pass(traffic, call, request)
        }
        Fault::Terminate => {
            traffic.strike(Signal::TERM);
            pass(traffic, call, request)
        }
    }
}

fn pass(traffic: &Traffic, call: &Call, request: &Message) -> Reply {
    thread::sleep(traffic.options.latency);
    if let Some(answer) = traffic.refuse(call) {
        return Reply::Answer(answer.into_message());
    }
    match traffic.upstream(call, request) {
        Ok(mut answer) => {
            traffic.executed(call, &mut answer);
            Reply::Answer(answer)
        }
        Err(_) => Reply::Cut,
    }
}

fn wait_for_end(traffic: &Traffic, stream: &TcpStream) -> Result<(), Error> {
    stream.set_read_timeout(Some(Duration::from_millis(50)))?;
    let mut reader = stream;
    let mut dropped = [0; 1024];
    while !traffic.stopping.load(Ordering::Relaxed) {
        match reader.read(&mut dropped) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if is_timeout(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn is_timeout(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
}
