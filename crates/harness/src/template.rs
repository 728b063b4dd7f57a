//! moto with a past: a server whose account can be copied, as it is, in a few milliseconds.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};

use crate::emulator::{silence_user, warm};
use crate::error::Error;
use crate::oracles::Oracles;
use crate::traffic::lock;

/// A running moto that is the model for others; it ends with its last fork.
#[derive(Clone, Debug)]
pub struct Template {
    process: Arc<Mutex<Process>>,
    address: SocketAddr,
}

/// A moto that began with all that its template held; dropping it stops it.
#[derive(Debug)]
pub struct Fork {
    process: Arc<Mutex<Process>>,
    pid: u32,
    address: SocketAddr,
}

#[derive(Debug)]
struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Template {
    /// Starts moto with AWS's managed policies and every service loaded.
    ///
    /// # Errors
    /// Not set up, or it did not start.
    pub fn start(oracles: &Oracles) -> Result<Self, Error> {
        let python = oracles.python();
        if !python.exists() {
            return Err(Error::Missing { path: python });
        }
        let mut command = Command::new(python);
        silence_user(&mut command);
        let mut child = command
            .args(["-u", "-c", include_str!("moto_template.py")])
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or_else(|| not_ready("it has no output"))?;
        let mut process = Process { child, input, output: BufReader::new(output) };
        let (_, address) = process.started()?;
        warm(address)?;
        Ok(Self { process: Arc::new(Mutex::new(process)), address })
    }

    /// Answers where the template itself listens: what is done there is in every later fork.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers a copy of the account as it is now. No call to the template may be under way.
    ///
    /// # Errors
    /// The process is gone.
    pub fn fork(&self) -> Result<Fork, Error> {
        let mut process = lock(&self.process);
        process.tell("fork")?;
        let (pid, address) = process.started()?;
        Ok(Fork { process: Arc::clone(&self.process), pid, address })
    }
}

impl Fork {
    /// Answers where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Fork {
    fn drop(&mut self) {
        let mut process = lock(&self.process);
        if process.tell(&format!("end {}", self.pid)).is_ok() {
            let _ended = process.line();
        }
    }
}

impl Process {
    fn tell(&mut self, line: &str) -> Result<(), Error> {
        let input = self.input.as_mut().ok_or_else(|| not_ready("it has no input"))?;
        Ok(writeln!(input, "{line}")?)
    }

    fn line(&mut self) -> Result<String, Error> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line)
    }

    fn started(&mut self) -> Result<(u32, SocketAddr), Error> {
        let line = self.line()?;
        let numbers = line.trim().split_once(' ');
        numbers
            .and_then(|(pid, port)| Some((pid.parse().ok()?, port.parse().ok()?)))
            .map(|(pid, port)| (pid, SocketAddr::from((Ipv4Addr::LOCALHOST, port))))
            .ok_or_else(|| not_ready(&format!("it said `{}`", line.trim_end())))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ended = self.child.wait();
    }
}

fn not_ready(reason: &str) -> Error {
    Error::NotReady { name: "moto", address: "a free port".to_owned(), reason: reason.to_owned() }
}
