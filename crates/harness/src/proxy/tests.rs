//! The proxy between a client and a tiny HTTP server that counts what it executes.

use super::*;
use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write};
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use crate::Protocol;
use crate::answer::Answer;

use crate::fault::{Fault, Matching, When};
use crate::http::{Message, exchange, read_request, write_answer};
use crate::journal::deepest_chain;

/// Answers `executed N` to the N-th request it gets.
struct Counter {
    address: SocketAddr,
    executed: Arc<AtomicU64>,
}

impl Counter {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let executed = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&executed);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let request = read_request(&mut BufReader::new(&stream), &mut &stream).unwrap().unwrap();
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                let answer = Answer::new(200, "text/plain", format!("executed {number}")).into_message();
                write_answer(&mut &stream, &answer, request.method()).unwrap();
            }
        });
        Self { address, executed }
    }

    fn executed(&self) -> u64 {
        self.executed.load(Ordering::SeqCst)
    }
}

fn request(service: &str, action: &str) -> Message {
    let scope = format!("AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/{service}/aws4_request");
    Message {
        start: "POST / HTTP/1.1".to_owned(),
        headers: vec![
            ("Authorization".to_owned(), scope),
            ("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
        ],
        body: format!("Action={action}&RoleName=r").into_bytes(),
    }
}

fn pair(options: Options) -> (Counter, Proxy) {
    let counter = Counter::start();
    let proxy = Proxy::start(counter.address, options).unwrap();
    (counter, proxy)
}

fn send(proxy: &Proxy, action: &str) -> Result<Message, Error> {
    exchange(proxy.address, &request("iam", action))
}

#[test]
fn passes_on_and_logs() {
    let (counter, proxy) = pair(Options { latency: Duration::from_millis(20), ..Options::default() });
    let answer = send(&proxy, "GetRole").unwrap();
    assert_eq!((answer.status(), answer.body.as_slice()), (200, &b"executed 1"[..]));
    send(&proxy, "CreateRole").unwrap();
    proxy.settle();
    let journal = proxy.journal();
    let seen: Vec<_> =
        journal.iter().map(|entry| (entry.index, entry.action.as_str(), entry.status)).collect();
    assert_eq!(seen, [(1, "GetRole", Some(200)), (2, "CreateRole", Some(200))]);
    assert!(journal.iter().all(|entry| entry.end - entry.start >= Duration::from_millis(20)));
    assert_eq!((deepest_chain(&journal).len(), counter.executed()), (2, 2));
}

#[test]
fn keeps_a_connection_open_and_its_calls_apart() {
    let (_counter, proxy) = pair(Options::default());
    let mut stream = TcpStream::connect(proxy.address).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    for number in 1..=3 {
        let body = "Action=GetRole&RoleName=r";
        let head = "POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked";
        write!(stream, "{head}\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len()).unwrap();
        let answer = crate::http::read_answer(&mut reader, "POST").unwrap();
        assert_eq!(answer.body, format!("executed {number}").into_bytes());
    }
    proxy.settle();
    assert_eq!(proxy.journal().len(), 3);
}

#[test]
fn faults_execute_or_not_as_they_say() {
    let cases = [
        (Fault::CutBefore, None, 0),
        (Fault::CutAfter, None, 1),
        (Fault::Throttle, Some((400, "Throttling")), 0),
        (Fault::ServerError(500), Some((500, "ServiceFailure")), 0),
        (Fault::ServerError(503), Some((503, "ServiceUnavailable")), 0),
        (Fault::Refuse(404, "NoSuchEntity"), Some((404, "NoSuchEntity")), 0),
    ];
    for (fault, expected, executed) in cases {
        let (counter, proxy) = pair(Options::default());
        proxy.arm(Rule::at(2, fault.clone()));
        assert_eq!(send(&proxy, "GetRole").unwrap().status(), 200);
        let answer = send(&proxy, "GetRole").ok();
        let seen = answer.map(|answer| (answer.status(), crate::answer::error_code(&answer).unwrap()));
        assert_eq!(seen, expected.map(|(status, code)| (status, code.to_owned())), "{fault:?}");
        assert_eq!(counter.executed(), 1 + executed, "{fault:?}");
        assert_eq!(send(&proxy, "GetRole").unwrap().status(), 200);
        proxy.settle();
        assert_eq!(proxy.journal()[1].fault, Some(format!("{fault:?}")));
    }
}

#[test]
fn silence_lasts_until_the_client_gives_up() {
    for (fault, executed) in [(Fault::SilenceBefore, 0), (Fault::SilenceAfter, 1)] {
        let (counter, proxy) = pair(Options::default());
        proxy.arm(Rule::at(1, fault));
        let stream = TcpStream::connect(proxy.address).unwrap();
        crate::http::write_request(&mut &stream, &request("iam", "CreateRole")).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let error = (&stream).read(&mut [0; 1]).unwrap_err();
        assert!(matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut));
        drop(stream);
        proxy.settle();
        assert_eq!((counter.executed(), proxy.journal()[0].status), (executed, None));
    }
}

#[test]
fn kills_the_victim_before_or_after_execution() {
    for (fault, executed) in [(Fault::KillBefore, 0), (Fault::KillAfter, 1)] {
        let (counter, proxy) = pair(Options::default());
        proxy.arm(Rule::new(fault, Matching::action("iam", "CreateRole"), When::At(1)));
        let mut victim = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        proxy.victim(victim.id());
        let stream = TcpStream::connect(proxy.address).unwrap();
        crate::http::write_request(&mut &stream, &request("iam", "CreateRole")).unwrap();
        let status = victim.wait().unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
        drop(stream);
        proxy.settle();
        assert_eq!(counter.executed(), executed);
    }
}

#[test]
fn signals_the_victim_and_goes_on() {
    for (fault, number) in [(Fault::Interrupt, 2), (Fault::Terminate, 15)] {
        let (_counter, proxy) = pair(Options::default());
        proxy.arm(Rule::at(1, fault));
        // A shell ignores interrupts for what it starts in the background, such as these tests, and programs inherit that.
        let mut victim = std::process::Command::new("env")
            .args(["--default-signal=INT,TERM", "sh", "-c", "echo ready; exec sleep 60"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        victim.stdout.as_mut().unwrap().read_exact(&mut [0; 6]).unwrap();
        proxy.victim(victim.id());
        assert_eq!(send(&proxy, "GetRole").unwrap().status(), 200);
        let status = victim.wait().unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(number));
    }
}

#[test]
fn a_hook_goes_before_the_rules() {
    let (counter, proxy) = pair(Options::default());
    proxy.arm(Rule::new(Fault::Throttle, Matching::any(), When::Always));
    proxy.on(|call| match call.action.as_str() {
        "GetRole" => Verdict::Answer(Answer::error(call, 404, "NoSuchEntity")),
        _ => Verdict::Pass,
    });
    assert_eq!(send(&proxy, "GetRole").unwrap().status(), 404);
    assert_eq!(send(&proxy, "CreateRole").unwrap().status(), 400);
    proxy.reset();
    assert_eq!(send(&proxy, "GetRole").unwrap().status(), 200);
    assert_eq!(counter.executed(), 1);
}

#[test]
fn a_new_role_is_not_found_for_a_while() {
    let (_counter, proxy) =
        pair(Options { consistency: Some(Duration::from_secs(3600)), ..Options::default() });
    assert_eq!(send(&proxy, "CreateRole").unwrap().status(), 200);
    assert_eq!(send(&proxy, "AttachRolePolicy").unwrap().status(), 404);
}

#[test]
fn a_tape_answers_without_an_emulator() {
    let (counter, proxy) = pair(Options { record: true, ..Options::default() });
    for action in ["GetRole", "CreateRole", "GetRole"] {
        send(&proxy, action).unwrap();
    }
    let replay = Proxy::replay(proxy.tape(), Options::default()).unwrap();
    let answers: Vec<_> = ["GetRole", "GetRole", "GetRole", "CreateRole"]
        .map(|action| String::from_utf8(send(&replay, action).unwrap().body).unwrap())
        .to_vec();
    assert_eq!(answers, ["executed 1", "executed 3", "executed 3", "executed 2"]);
    assert_eq!(send(&replay, "DeleteRole").unwrap().status(), 500);
    assert_eq!(counter.executed(), 3);
}

#[test]
fn the_journal_is_also_a_file() {
    let path = std::env::temp_dir().join(format!("harness-journal-{}", std::process::id()));
    let (_counter, proxy) = pair(Options { journal: Some(path.clone()), ..Options::default() });
    send(&proxy, "GetRole").unwrap();
    proxy.settle();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
    assert_eq!(
        (&line["service"], &line["action"], &line["status"]),
        (&"iam".into(), &"GetRole".into(), &200.into())
    );
}

#[test]
fn server_errors_have_the_code_of_their_service() {
    let cases = [("kms", Protocol::Json, "KMSInternalException"), ("s3", Protocol::S3, "InternalError")];
    for (service, protocol, code) in cases {
        let call = Call {
            index: 1,
            service: service.to_owned(),
            action: "A".to_owned(),
            resource: String::new(),
            protocol,
            parameters: BTreeMap::new(),
            body: String::new(),
            access_key: String::new(),
            region: String::new(),
        };
        let answer = Answer::server_error(&call, 500).into_message();
        assert_eq!(crate::answer::error_code(&answer).as_deref(), Some(code));
    }
}
