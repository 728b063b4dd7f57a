//! AWS as a client sees it that is not ours: one boto3 process, asked by lines of JSON.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::error::Error;
use crate::oracles::Oracles;
use crate::tool::aws_environment;

/// A running boto3; dropping it stops it.
#[derive(Debug)]
pub struct Boto3 {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Boto3 {
    /// Starts boto3 for an endpoint, with dummy keys and region us-east-1.
    ///
    /// # Errors
    /// Not set up.
    pub fn connect(oracles: &Oracles, endpoint: &str) -> Result<Self, Error> {
        let python = oracles.python();
        if !python.exists() {
            return Err(Error::Missing { path: python });
        }
        let mut child = Command::new(python)
            .args(["-u", "-c", include_str!("boto3.py")])
            .envs(aws_environment(endpoint))
            .env_remove("AWS_PROFILE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or_else(|| failed("it has no output"))?;
        Ok(Self { child, input, output: BufReader::new(output) })
    }

    /// Calls a method of a client: `call("iam", "get_role", json!({"RoleName": "r"}))`.
    ///
    /// Answers what boto3 answers without `ResponseMetadata`; times are ISO text, bodies text.
    ///
    /// # Errors
    /// [`Error::Refused`] with the error code when AWS refuses.
    pub fn call(&mut self, service: &str, operation: &str, arguments: Value) -> Result<Value, Error> {
        self.ask(&json!({"service": service, "operation": operation, "arguments": arguments}))
    }

    /// Answers everything in the account that underpin could have made, with all settings.
    ///
    /// What is generated or timed is masked: key ids and other UUIDs become `UUID-n`, bucket suffixes `SUFFIX-n`,
    /// numbered by first appearance in a sorted listing; two accounts that mean the same are equal.
    ///
    /// # Errors
    /// As [`Boto3::call`].
    pub fn inventory(&mut self) -> Result<Value, Error> {
        self.ask(&json!({"inventory": true}))
    }

    fn ask(&mut self, question: &Value) -> Result<Value, Error> {
        let input = self.input.as_mut().ok_or_else(|| failed("it has no input"))?;
        writeln!(input, "{question}")?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let mut answer: Value = serde_json::from_str(&line)
            .map_err(|error| failed(&format!("`{}`: {error}", line.trim_end())))?;
        if let Some(refusal) = answer.get("refused") {
            let text = |name| refusal.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            return Err(Error::Refused {
                service: text("service"),
                operation: text("operation"),
                code: text("code"),
                message: text("message"),
            });
        }
        match answer.get_mut("answer") {
            Some(value) => Ok(value.take()),
            None => Err(failed(&answer.to_string())),
        }
    }
}

impl Drop for Boto3 {
    fn drop(&mut self) {
        drop(self.input.take());
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn failed(reason: &str) -> Error {
    Error::Boto3 { reason: reason.to_owned() }
}
