//! A bucket with a trail in moto, and the binary that reads it.

use std::path::PathBuf;
use std::process::{Command, Output};

use harness::trail::{BEGIN, TrailKit, public_keys, rfc3339};
use harness::{Boto3, Emulator, Fault, Matching, Options, Oracles, Proxy, Rule, Tool, When};
use serde_json::Value;

/// A trail of three hours in two regions.
pub(crate) fn kit() -> TrailKit {
    let mut kit = TrailKit::new("main", "us-east-1");
    kit.prefix = "audit/".to_owned();
    kit.hours(&["us-east-1", "eu-west-1"], BEGIN, 3, 2).unwrap();
    kit
}

/// When the trail ends.
pub(crate) fn end() -> String {
    rfc3339(BEGIN + 3 * 3600)
}

/// The binary under test.
pub(crate) fn underpin() -> Tool {
    Tool::Underpin(PathBuf::from(env!("CARGO_BIN_EXE_underpin")))
}

/// The tools of the tests.
pub(crate) fn oracles() -> Oracles {
    Oracles::find().unwrap()
}

/// A bucket with a trail.
pub(crate) struct Place {
    /// Before the emulator.
    pub proxy: Proxy,
    /// Past the proxy.
    pub aws: Boto3,
    /// Where the binary runs.
    pub directory: tempfile::TempDir,
    _emulator: Emulator,
}

impl Place {
    /// The kit's objects in a bucket, and keys that CloudTrail gives.
    pub(crate) fn with(kit: &TrailKit) -> Self {
        let place = Self::without_keys(kit);
        place.answer("ListPublicKeys", &public_keys());
        place
    }

    /// The same, where nobody gives keys.
    pub(crate) fn without_keys(kit: &TrailKit) -> Self {
        let emulator = Emulator::moto(&oracles()).unwrap();
        let mut aws = Boto3::connect(&oracles(), &emulator.endpoint()).unwrap();
        kit.upload(&mut aws).unwrap();
        let proxy = Proxy::start(emulator.address(), Options::default()).unwrap();
        Self { proxy, aws, directory: tempfile::tempdir().unwrap(), _emulator: emulator }
    }

    /// Lets CloudTrail answer a call.
    pub(crate) fn answer(&self, action: &'static str, answer: &Value) {
        self.proxy.arm(answering(action, answer));
    }

    /// The binary with arguments; its cache is the directory's.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = underpin().command(self.directory.path(), &self.proxy.endpoint()).unwrap();
        command.args(arguments).env("XDG_CACHE_HOME", self.directory.path().join("cache"));
        command
    }

    /// Runs the binary on the kit's trail.
    pub(crate) fn run(&self, kit: &TrailKit, words: &[&str], flags: &[&str]) -> Output {
        let (arn, prefix) = (kit.arn(), kit.prefix.trim_end_matches('/').to_owned());
        let until = format!("-until={}", end());
        let bucket = format!("-bucket={}", kit.bucket);
        let mut line: Vec<&str> = words.to_vec();
        line.extend(["-trail", &arn, &bucket, "-prefix", &prefix, &until]);
        line.extend(flags);
        self.command(&line).output().unwrap()
    }

    /// Verifies, and gives back exit status and report.
    pub(crate) fn verify(&self, kit: &TrailKit, flags: &[&str]) -> (Option<i32>, Value) {
        let output = self.run(kit, &["trail", "verify", "-json"], flags);
        let report = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        (output.status.code(), report)
    }
}

/// The rule that lets CloudTrail answer a call.
pub(crate) fn answering(action: &'static str, answer: &Value) -> Rule {
    let fault = Fault::Answer(Box::leak(timestamps(answer).to_string().into_boxed_str()));
    Rule::new(fault, Matching::action("cloudtrail", action), When::Always)
}

/// Times as the protocol has them: in seconds.
fn timestamps(answer: &Value) -> Value {
    match answer {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), timestamps(value))).collect()
        }
        Value::Array(items) => items.iter().map(timestamps).collect(),
        Value::String(text) if text.ends_with(":00Z") => Value::from(1_767_225_600),
        other => other.clone(),
    }
}

/// The kinds of a report's findings, each once.
pub(crate) fn kinds(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    let mut kinds: Vec<String> =
        findings.iter().map(|finding| finding["kind"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}
