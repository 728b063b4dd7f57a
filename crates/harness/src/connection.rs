//! One client connection: reads call after call, and does to each what was decided.

use std::io::{BufReader, Read};
use std::net::{Shutdown, SocketAddr, TcpStream};
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
use crate::proxy::{Shared, Verdict};

/// What goes back to the client.
enum Reply {
    Answer(Message),
    /// Nothing, and the connection is cut.
    Cut,
    /// Nothing, until the client gives up.
    Silence,
}

/// Serves a connection to its end.
pub(crate) fn serve(shared: &Shared, stream: &TcpStream) {
    // A client that goes away in the middle of a message is what this proxy is for: nothing to report.
    let _ended = calls(shared, stream);
    let _closed = stream.shutdown(Shutdown::Both);
}

fn calls(shared: &Shared, stream: &TcpStream) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    while let Some(request) = http::read_request(&mut reader, &mut writer)? {
        let start = shared.now();
        let (call, verdict) = shared.arrive(&request);
        let mut entry = Entry::of(&call, start, start);
        let reply = decide(shared, &call, &request, verdict, &mut entry);
        // Before the client can see the answer, and make a call that waited for it.
        entry.end = shared.now();
        let written = match &reply {
            Reply::Answer(answer) => {
                entry.status = Some(answer.status());
                entry.code = error_code(answer);
                http::write_answer(&mut writer, answer, request.method())
            }
            Reply::Cut => Ok(()),
            Reply::Silence => {
                let ended = wait_for_end(shared, stream);
                entry.end = shared.now();
                ended
            }
        };
        shared.leave(entry);
        written?;
        if !matches!(reply, Reply::Answer(_)) {
            return Ok(());
        }
    }
    Ok(())
}

fn decide(shared: &Shared, call: &Call, request: &Message, verdict: Verdict, entry: &mut Entry) -> Reply {
    let fault = match verdict {
        Verdict::Pass => return pass(shared, call, request),
        Verdict::Answer(answer) => {
            entry.fault = Some("Answer".to_owned());
            thread::sleep(shared.options.latency);
            return Reply::Answer(answer.into_message());
        }
        Verdict::Fault(fault) => fault,
    };
    entry.fault = Some(format!("{fault:?}"));
    if matches!(fault, Fault::KillAfter | Fault::CutAfter | Fault::SilenceAfter) {
        pass(shared, call, request);
    }
    match fault {
        Fault::KillBefore | Fault::KillAfter => {
            shared.strike(Signal::KILL);
            Reply::Silence
        }
        Fault::CutBefore | Fault::CutAfter => Reply::Cut,
        Fault::SilenceBefore | Fault::SilenceAfter => Reply::Silence,
        Fault::Throttle => Reply::Answer(Answer::throttle(call).into_message()),
        Fault::ServerError(status) => Reply::Answer(Answer::server_error(call, status).into_message()),
        Fault::Refuse(status, code) => Reply::Answer(Answer::error(call, status, code).into_message()),
        Fault::Interrupt => {
            shared.strike(Signal::INT);
            pass(shared, call, request)
        }
        Fault::Terminate => {
            shared.strike(Signal::TERM);
            pass(shared, call, request)
        }
    }
}

fn pass(shared: &Shared, call: &Call, request: &Message) -> Reply {
    thread::sleep(shared.options.latency);
    if let Some(answer) = shared.refuse(call) {
        return Reply::Answer(answer.into_message());
    }
    match shared.upstream(call, request) {
        Ok(mut answer) => {
            shared.executed(call, &mut answer);
            Reply::Answer(answer)
        }
        Err(_) => Reply::Cut,
    }
}

/// Sends a request on a connection of its own, so that no call is ever sent twice.
pub(crate) fn exchange(address: SocketAddr, request: &Message) -> Result<Message, Error> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut writer = &stream;
    http::write_request(&mut writer, request)?;
    http::read_answer(&mut BufReader::new(&stream), request.method())
}

fn wait_for_end(shared: &Shared, stream: &TcpStream) -> Result<(), Error> {
    stream.set_read_timeout(Some(Duration::from_millis(50)))?;
    let mut reader = stream;
    let mut dropped = [0; 1024];
    while !shared.stopping.load(Ordering::Relaxed) {
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
