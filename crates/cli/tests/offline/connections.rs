//! Where connections go: proxies as Go reads them, and what the backend's arguments put into a request.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use super::place::{Place, SETTINGS};

/// Something that listens, and keeps the head of every request.
struct Listener {
    port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

/// Refuses everything.
fn refusal(_: &str) -> (u16, &'static str) {
    (403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
}

/// A store with an empty bucket that takes no object.
fn store(head: &str) -> (u16, &'static str) {
    const WHO: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/u</Arn>\
        <UserId>AIDAX</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    match head {
        head if head.starts_with("POST / ") => (200, WHO),
        head if head.contains("list-type=2") => {
            (200, "<ListBucketResult><Name>state</Name></ListBucketResult>")
        }
        head if head.starts_with("GET ") => {
            (404, "<Error><Code>NoSuchKey</Code><Message>no</Message></Error>")
        }
        head if head.starts_with("HEAD ") => (200, ""),
        head => refusal(head),
    }
}

impl Listener {
    fn start(answer: fn(&str) -> (u16, &'static str)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, heads) = (listener.local_addr().unwrap().port(), Arc::default());
        let kept: Arc<Mutex<Vec<String>>> = Arc::clone(&heads);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                    head.push(byte[0]);
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                let (status, body) = answer(&head);
                kept.lock().unwrap().push(head);
                let length = body.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status} x\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
            }
        });
        Self { port, heads }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    fn was_asked(&self) -> bool {
        !self.heads().is_empty()
    }
}

/// A place with keys, an endpoint, and these variables.
fn place(endpoint: &str, variables: &[(&'static str, String)]) -> Place {
    let place = Place::with(&[("terraform.tfvars", SETTINGS)])
        .set("AWS_ACCESS_KEY_ID", "test")
        .set("AWS_SECRET_ACCESS_KEY", "test")
        .set("AWS_ENDPOINT_URL", endpoint);
    variables.iter().fold(place, |place, (name, value)| place.set(name, value.clone()))
}

/// `init`, which looks for the state in its bucket.
fn init(place: &Place, more: &[String]) -> String {
    let mut line = vec!["init", "-input=false"];
    for argument in ["bucket=state", "key=k", "region=us-east-1", "use_path_style=true", "max_retries=1"] {
        line.push(argument);
    }
    let flags: Vec<String> =
        line[2..].iter().map(|argument| format!("-backend-config={argument}")).chain(more.to_vec()).collect();
    let line: Vec<&str> = line[..2].iter().copied().chain(flags.iter().map(String::as_str)).collect();
    place.run(&line)
}

const ELSEWHERE: &str = "http://aws.example.invalid:4566";

#[test]
fn a_proxy_is_asked_when_go_would_ask_it() {
    for (variables, endpoint, asks) in [
        // What listens on this machine is asked itself.
        (&[("HTTP_PROXY", "PROXY")][..], "http://127.0.0.1:ENDPOINT", false),
        (&[("HTTP_PROXY", "PROXY")], "http://localhost:ENDPOINT", false),
        (&[("http_proxy", "PROXY")], "http://127.0.0.1:ENDPOINT", false),
        (&[("HTTP_PROXY", "PROXY")], ELSEWHERE, true),
        (&[("http_proxy", "PROXY")], ELSEWHERE, true),
        (&[("HTTP_PROXY", "PROXY"), ("http_proxy", "http://127.0.0.1:9")], ELSEWHERE, true),
        // Exceptions.
        (&[("HTTP_PROXY", "PROXY"), ("NO_PROXY", "*")], ELSEWHERE, false),
        (&[("HTTP_PROXY", "PROXY"), ("no_proxy", "*")], ELSEWHERE, false),
        (&[("HTTP_PROXY", "PROXY"), ("NO_PROXY", "aws.example.invalid:4566")], ELSEWHERE, false),
        (&[("HTTP_PROXY", "PROXY"), ("NO_PROXY", "aws.example.invalid:443")], ELSEWHERE, true),
        (&[("HTTP_PROXY", "PROXY"), ("NO_PROXY", "other.invalid, .example.invalid")], ELSEWHERE, false),
        (&[("HTTP_PROXY", "PROXY"), ("NO_PROXY", "example.invalid")], ELSEWHERE, false),
        (&[("HTTP_PROXY", "PROXY"), ("NO_PROXY", "ws.example.invalid")], ELSEWHERE, true),
        (&[("HTTP_PROXY", "PROXY"), ("NO_PROXY", "10.0.0.0/8")], "http://192.0.2.1:4566", true),
        // Variables that Go does not read, or that are for the other scheme.
        (&[("ALL_PROXY", "PROXY")], ELSEWHERE, false),
        (&[("all_proxy", "PROXY")], ELSEWHERE, false),
        (&[("HTTPS_PROXY", "PROXY")], ELSEWHERE, false),
        (&[("HTTPS_PROXY", "PROXY")], "https://aws.example.invalid", true),
        (&[("HTTP_PROXY", "PROXY")], "https://aws.example.invalid", false),
    ] {
        let (proxy, direct) = (Listener::start(refusal), Listener::start(refusal));
        let endpoint = endpoint.replace("ENDPOINT", &direct.port.to_string());
        let set: Vec<(&'static str, String)> =
            variables.iter().map(|(name, value)| (*name, value.replace("PROXY", &proxy.url()))).collect();
        let shown = init(&place(&endpoint, &set), &[]);
        assert_eq!(proxy.was_asked(), asks, "{variables:?} {endpoint}\n{shown}");
        if endpoint.contains(&direct.port.to_string()) {
            assert!(direct.was_asked(), "{variables:?} {endpoint}\n{shown}");
        }
    }
}

#[test]
fn the_backends_proxies_are_for_one_scheme_each() {
    for (endpoint, exception, asked) in [
        (ELSEWHERE, None, [true, false]),
        ("https://aws.example.invalid", None, [false, true]),
        (ELSEWHERE, Some("example.invalid"), [false, false]),
    ] {
        let (http, https) = (Listener::start(refusal), Listener::start(refusal));
        let mut flags = vec![
            format!("-backend-config=http_proxy={}", http.url()),
            format!("-backend-config=https_proxy={}", https.url()),
        ];
        flags.extend(exception.map(|name| format!("-backend-config=no_proxy={name}")));
        // What the environment names does not count beside them.
        let shown = init(&place(endpoint, &[("HTTP_PROXY", "http://127.0.0.1:9".to_owned())]), &flags);
        assert_eq!([http.was_asked(), https.was_asked()], asked, "{endpoint} {exception:?}\n{shown}");
    }
}

#[test]
fn a_store_that_knows_no_checksums_is_sent_none() {
    for (flag, has_checksum) in [("skip_s3_checksum=true", false), ("skip_s3_checksum=false", true)] {
        for command in
            [&["plan"][..], &["state", "push", "-force", "new.tfstate"], &["workspace", "new", "a"]]
        {
            let store = Listener::start(store);
            let place = place(&store.url(), &[]);
            let new = r#"{"version": 4, "terraform_version": "1.15.5", "serial": 1, "lineage": "x", "outputs": {}, "resources": []}"#;
            std::fs::write(place.path().join("new.tfstate"), new).unwrap();
            let flags = ["use_lockfile=true", "skip_credentials_validation=true", flag];
            let shown = init(&place, &flags.map(|flag| format!("-backend-config={flag}")));
            assert!(shown.ends_with("exit 0 -----\n"), "{shown}");
            place.run(command);
            let heads = store.heads();
            let put = heads.iter().find(|head| head.starts_with("PUT ")).map(|head| head.to_lowercase());
            let put = put.unwrap_or_else(|| panic!("{command:?} wrote nothing: {heads:#?}"));
            assert_eq!(put.contains("checksum") || put.contains("trailer"), has_checksum, "{put}");
        }
    }
}

#[test]
fn a_log_and_an_error_hold_no_password() {
    let secrets: [(&'static str, &str); 3] = [
        ("AWS_SESSION_TOKEN", "FwoGSECRETtoken"),
        ("AWS_SSE_CUSTOMER_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
        ("TF_LOG", "trace"),
    ];
    let flags = ["access_key=AKIAFLAG", "secret_key=flagSECRET", "token=flagTOKEN"];
    let flags = flags.map(|flag| format!("-backend-config={flag}"));
    for (proxy, endpoint) in [
        ("http://user:proxyPASS@LISTENER", ELSEWHERE),
        ("http://user:proxyPASS@127.0.0.1:9", ELSEWHERE),
        ("", "http://user:endPASS@LISTENER"),
    ] {
        let listener = Listener::start(refusal);
        let address = format!("127.0.0.1:{}", listener.port);
        let mut variables = secrets.map(|(name, value)| (name, value.to_owned())).to_vec();
        variables.push(("HTTP_PROXY", proxy.replace("LISTENER", &address)));
        let place = place(&endpoint.replace("LISTENER", &address), &variables);
        let shown = init(&place, &flags);
        let (line, shown) = shown.split_once('\n').unwrap();
        assert!(
            line.contains("flagSECRET") && shown.contains("[DEBUG]") && shown.contains("[ERROR]"),
            "{shown}"
        );
        for secret in ["SECRET", "PASS", "MDEyMzQ1", "flagTOKEN", "AKIAFLAG", "Signature", "AWS4-HMAC"] {
            assert!(!shown.contains(secret), "{secret} is in\n{shown}");
        }
    }
}
