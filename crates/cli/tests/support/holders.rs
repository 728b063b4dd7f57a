//! Worlds in which somebody holds the lock.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use harness::{Backend, Baseline, Options, Tool, World};
use serde_json::Value;

pub(crate) use super::worlds::{APPLY, ORACLES, TOOL};

/// Every way to lock a state in S3.
pub(crate) const BACKENDS: [Backend; 3] = [Backend::Lockfile, Backend::Table, Backend::Both];

/// An account with nothing in it, and a directory after `init`.
pub(crate) fn world(backend: Backend) -> World {
    let baseline = Baseline::prepare(&ORACLES, &TOOL, backend).unwrap();
    let mut world = World::new(&ORACLES, &TOOL, Options::default()).unwrap();
    world.begin(&baseline).unwrap();
    world
}

/// A command of underpin's in a world.
pub(crate) fn command(world: &World, arguments: &[&str]) -> Command {
    let mut command = TOOL.command(world.directory(), &world.proxy().endpoint()).unwrap();
    command.args(arguments).stdin(Stdio::null());
    command
}

/// What a run printed on both streams, and whether it ended with 0.
pub(crate) fn ended(output: &Output) -> (bool, String) {
    let streams = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    (output.status.success(), streams.join("\n"))
}

pub(crate) fn run(world: &World, arguments: &[&str]) -> (bool, String) {
    ended(&command(world, arguments).output().unwrap())
}

/// A program that waits: at its question, where it holds the lock, or for the lock.
pub(crate) struct Waiting {
    child: Child,
    printed: String,
}

impl Waiting {
    /// Starts an apply and reads until it asks.
    pub(crate) fn at_the_question(command: Command) -> Self {
        Self::at(command, "Enter a value:")
    }

    /// Starts a command and reads until it says that it waits for the lock.
    pub(crate) fn at_the_lock(command: Command) -> Self {
        Self::at(command, "This may take a few moments...")
    }

    /// Starts a command and reads until it has printed `words`.
    fn at(mut command: Command, words: &str) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut printed = Vec::new();
        let mut byte = [0];
        let stdout = child.stdout.as_mut().unwrap();
        while !printed.ends_with(words.as_bytes()) {
            assert_eq!(stdout.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&printed));
            printed.push(byte[0]);
        }
        Self { child, printed: String::from_utf8(printed).unwrap() }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, signal).unwrap();
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Approves, and answers how it ended.
    pub(crate) fn approve(self) -> (bool, String) {
        self.answer("yes")
    }

    /// Answers the question, and then how it ended.
    pub(crate) fn answer(mut self, answer: &str) -> (bool, String) {
        self.child.stdin.take().unwrap().write_all(format!("{answer}\n").as_bytes()).unwrap();
        self.end()
    }

    /// Answers how it ended by itself.
    pub(crate) fn end(self) -> (bool, String) {
        let (good, rest) = ended(&self.child.wait_with_output().unwrap());
        (good, self.printed + &rest)
    }
}

/// What `lock status -json` shows of each lock.
pub(crate) fn locks(world: &World) -> Vec<Value> {
    let (good, printed) = run(world, &["lock", "status", "-json"]);
    assert!(good, "{printed}");
    let shown: Value = serde_json::from_str(printed.trim()).unwrap();
    shown["locks"].as_array().unwrap().clone()
}

/// How many locks a backend takes.
pub(crate) fn kinds(backend: Backend) -> usize {
    if backend == Backend::Both { 2 } else { 1 }
}

/// A directory of Terraform's with the same backend and one resource that needs no provider, after `init`.
pub(crate) fn terraform_directory(world: &World, backend: Backend) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let file = "backend-global-production-us-east-1.hcl";
    std::fs::copy(world.directory().join(file), directory.path().join(file)).unwrap();
    let module = "terraform {\n  backend \"s3\" {}\n}\n\nresource \"terraform_data\" \"theirs\" {}\n";
    std::fs::write(directory.path().join("main.tf"), module).unwrap();
    let tool = Tool::Terraform(ORACLES.clone());
    let init = terraform(world, directory.path(), &[]).args(tool.init(backend)).output().unwrap();
    assert!(init.status.success(), "{:?}", ended(&init));
    directory
}

/// A command of Terraform's in a directory.
pub(crate) fn terraform(world: &World, directory: &Path, arguments: &[&str]) -> Command {
    let tool = Tool::Terraform(ORACLES.clone());
    let mut command = tool.command(directory, &world.proxy().endpoint()).unwrap();
    command.args(arguments).stdin(Stdio::null());
    command
}
