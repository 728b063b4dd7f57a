//! AWS emulators as child processes on loopback, which end when this process does.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::http::Message;
use crate::http::exchange;
use crate::oracles::Oracles;

/// How long an emulator may take until it answers.
const START: Duration = Duration::from_secs(90);

/// Runs an emulator until its standard input ends: however the parent dies, the child goes too.
const WATCH: &str = "import os, sys, threading
def end():
    sys.stdin.buffer.read()
    os._exit(0)
threading.Thread(target=end, daemon=True).start()
";

/// How ministack treats calls.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ministack {
    /// Whether policies are enforced (`AUTH=true`); the key `test` is root and may do all.
    pub enforce: bool,
}

/// A running emulator; dropping it stops it.
#[derive(Debug)]
pub struct Emulator {
    child: Child,
    address: SocketAddr,
    reset_path: &'static str,
}

impl Emulator {
    /// Starts moto's server with AWS's managed policies loaded.
    ///
    /// # Errors
    /// Not set up, or it did not answer in time; the error carries the tail of its output.
    pub fn moto(oracles: &Oracles) -> Result<Self, Error> {
        let script = format!("{WATCH}from moto.server import main\nmain(sys.argv[1:])");
        Self::start(oracles, "moto", "/moto-api/reset", |command, port| {
            command
                .args(["-c", &script, "-H", "127.0.0.1", "-p", &port.to_string()])
                .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true");
        })
    }

    /// Starts ministack for account 123456789012.
    ///
    /// # Errors
    /// As [`Emulator::moto`].
    pub fn ministack(oracles: &Oracles, options: Ministack) -> Result<Self, Error> {
        let script = format!("{WATCH}from ministack.app import main\nmain()");
        Self::start(oracles, "ministack", "/_ministack/reset", |command, port| {
            command
                .args(["-c", &script])
                .env("BIND_HOST", "127.0.0.1")
                .env("GATEWAY_PORT", port.to_string())
                .env("MINISTACK_ACCOUNT_ID", "123456789012");
            if options.enforce {
                command.env("AUTH", "true");
            }
        })
    }

    fn start(
        oracles: &Oracles,
        name: &'static str,
        reset_path: &'static str,
        arguments: impl Fn(&mut Command, u16),
    ) -> Result<Self, Error> {
        let python = oracles.python();
        if !python.exists() {
            return Err(Error::Missing { path: python });
        }
        let address = free_address()?;
        let logs = oracles.directory().join("logs");
        std::fs::create_dir_all(&logs)?;
        let log = logs.join(format!("{name}-{}.log", address.port()));
        let output = File::create(&log)?;
        let mut command = Command::new(python);
        arguments(&mut command, address.port());
        silence_user(&mut command);
        let child = command.stdin(Stdio::piped()).stdout(output.try_clone()?).stderr(output).spawn()?;
        let mut emulator = Self { child, address, reset_path };
        emulator.wait_until_ready(name, &log)?;
        Ok(emulator)
    }

    fn wait_until_ready(&mut self, name: &'static str, log: &PathBuf) -> Result<(), Error> {
        let not_ready = |address: SocketAddr, reason: String| {
            let text = std::fs::read_to_string(log).unwrap_or_default();
            let tail: Vec<&str> = text.lines().rev().take(8).collect();
            let tail: Vec<&str> = tail.into_iter().rev().collect();
            Error::NotReady {
                name,
                address: address.to_string(),
                reason: format!("{reason}\n{}", tail.join("\n")),
            }
        };
        let deadline = Instant::now() + START;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Err(not_ready(self.address, format!("it ended with {status}")));
            }
            if exchange(self.address, &signed("GET", "/", "s3", &[], "")).is_ok() {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(not_ready(self.address, format!("no answer within {} s", START.as_secs())));
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Answers where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers the URL for `AWS_ENDPOINT_URL`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Makes one reading call to every service, as each is loaded at its first call.
    ///
    /// # Errors
    /// A call that got no answer.
    pub fn warm(&self) -> Result<(), Error> {
        warm(self.address)
    }

    /// Empties the account.
    ///
    /// # Errors
    /// No answer, or one that is not a success.
    pub fn reset(&self) -> Result<(), Error> {
        let answer = exchange(self.address, &signed("POST", self.reset_path, "s3", &[], ""))?;
        if answer.status() == 200 {
            Ok(())
        } else {
            Err(Error::NotHttp { reason: format!("the reset was answered `{}`", answer.start) })
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Takes from a command what the user has set for the real AWS and for other Pythons.
pub(crate) fn silence_user(command: &mut Command) {
    for name in ["AWS_ENDPOINT_URL", "AWS_PROFILE", "PYTHONPATH", "PYTHONHOME"] {
        command.env_remove(name);
    }
}

/// Makes one reading call to every service of the emulator at an address.
pub(crate) fn warm(address: SocketAddr) -> Result<(), Error> {
    let json = "application/x-amz-json-1.1";
    let form = "application/x-www-form-urlencoded";
    let calls = [
        ("sts", form, "", "Action=GetCallerIdentity&Version=2011-06-15"),
        ("iam", form, "", "Action=ListRoles&Version=2010-05-08"),
        ("iam", form, "", "Action=ListPolicies&Version=2010-05-08&MaxItems=1"),
        ("kms", json, "TrentService.ListKeys", "{}"),
        ("cloudtrail", json, "CloudTrail_20131101.DescribeTrails", "{}"),
        ("dynamodb", "application/x-amz-json-1.0", "DynamoDB_20120810.ListTables", "{}"),
    ];
    for (service, kind, target, body) in calls {
        let headers = [("Content-Type", kind), ("X-Amz-Target", target)];
        let present: Vec<_> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        exchange(address, &signed("POST", "/", service, &present, body))?;
    }
    exchange(address, &signed("GET", "/", "s3", &[], ""))?;
    Ok(())
}

fn free_address() -> Result<SocketAddr, Error> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Makes a request with the scope of a service and no valid signature, which emulators do not check.
fn signed(method: &str, path: &str, service: &str, headers: &[(&str, &str)], body: &str) -> Message {
    let scope = format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    );
    let mut all = vec![("Host".to_owned(), "127.0.0.1".to_owned())];
    if !path.starts_with("/moto-api") && !path.starts_with("/_ministack") {
        all.push(("Authorization".to_owned(), scope));
    }
    all.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Message { start: format!("{method} {path} HTTP/1.1"), headers: all, body: body.as_bytes().to_vec() }
}
