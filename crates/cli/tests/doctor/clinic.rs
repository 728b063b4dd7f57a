//! A foundation in moto, what doctor says of it, and its remedies typed as they are printed.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Stdio;
use std::sync::{Mutex, OnceLock};

use harness::{Answer, Backend, Baseline, Options, Verdict, World};
use serde_json::{Map, Value, json};

use crate::support::account::{oracles, text, underpin};

/// The settings of every patient.
const SETTINGS: &str = "artos_ecr_aws_account = \"999988887777\"\ncreate_node_instance_profile = true\n\
                        cloudtrail_bucket_suffix = \"0123abcd\"\n";

/// The log bucket.
pub(super) const LOGS: &str = "genai-artos-production-cloudtrail-logs-0123abcd";
/// The trail.
pub(super) const TRAIL: &str = "genai-artos-production-cloudtrail";
/// The role of nodes.
pub(super) const NODE: &str = "genai-artos-production-eks-node-group-role";

/// What doctor said.
pub(super) struct Diagnosis {
    /// Its exit status.
    pub status: Option<i32>,
    /// Every check.
    pub checks: Vec<Value>,
}

impl Diagnosis {
    /// The ids of what does not pass and is no symptom.
    pub(super) fn causes(&self) -> BTreeSet<String> {
        let is_cause = |check: &&Value| check["status"] != "pass" && check["because_of"].is_null();
        self.checks.iter().filter(is_cause).map(|check| check["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The check with an id.
    pub(super) fn check(&self, id: &str) -> &Value {
        self.checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("no check {id}"))
    }
}

/// An account with an applied foundation. What moto cannot answer is answered as AWS would: no events, no last use.
pub(super) fn applied() -> World {
    applied_but(None)
}

/// The same, where one of those answers is left to the rules of the proxy.
pub(super) fn applied_but(refused: Option<&str>) -> World {
    static BASELINE: OnceLock<Mutex<Baseline>> = OnceLock::new();
    begun(&BASELINE, "", refused)
}

/// The same, and somebody is told of what happens to it.
pub(super) fn watched() -> World {
    static BASELINE: OnceLock<Mutex<Baseline>> = OnceLock::new();
    begun(&BASELINE, "monitoring = { emails = [\"ops@example.com\"], heartbeat = true }\n", None)
}

fn begun(baseline: &'static OnceLock<Mutex<Baseline>>, more: &str, refused: Option<&str>) -> World {
    let baseline = baseline.get_or_init(|| {
        let mut baseline = Baseline::prepare(&oracles(), &underpin(), Backend::Lockfile).unwrap();
        baseline.write("more.auto.tfvars", &format!("{SETTINGS}{more}")).unwrap();
        baseline.advance(&oracles(), &underpin(), &["apply", "-auto-approve"]).unwrap();
        Mutex::new(baseline)
    });
    let mut world = World::new(&oracles(), &underpin(), Options::default()).unwrap();
    world.begin(&baseline.lock().unwrap()).unwrap();
    for (action, body) in [("LookupEvents", json!({"Events": []})), ("GetKeyLastUsage", json!({}))] {
        if refused != Some(action) {
            answer(&world, action, body);
        }
    }
    world
}

/// Answers an action with JSON from now on.
pub(super) fn answer(world: &World, action: &'static str, body: Value) {
    world.proxy().on(move |call| {
        if call.action == action {
            Verdict::Answer(Answer::new(200, "application/x-amz-json-1.1", body.to_string()))
        } else {
            Verdict::Pass
        }
    });
}

/// Runs doctor with more arguments.
pub(super) fn doctor(world: &World, arguments: &[&str]) -> Diagnosis {
    let mut command = underpin().command(world.directory(), &world.proxy().endpoint()).unwrap();
    let output = command.arg("doctor").args(arguments).arg("-json").output().unwrap();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let said: Value =
        serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}\n{stderr}"));
    Diagnosis { status: output.status.code(), checks: said["checks"].as_array().unwrap().clone() }
}

/// Types every command of a remedy; answers how many there were.
pub(super) fn treat(world: &mut World, check: &Value) -> usize {
    let lines = check["remedy"].as_array().unwrap().iter().filter_map(Value::as_str);
    let commands: Vec<&str> =
        lines.filter(|line| line.starts_with("aws ") || line.starts_with("underpin ")).collect();
    for line in &commands {
        let words = shlex::split(line).unwrap();
        if words[0] == "underpin" { answer_yes(world, &words[1..]) } else { call(world, &words[1..]) }
    }
    commands.len()
}

/// Runs underpin and approves.
fn answer_yes(world: &World, arguments: &[String]) {
    let mut command = underpin().command(world.directory(), &world.proxy().endpoint()).unwrap();
    let mut child = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"yes\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}\n{}\n{}", text(&output.stdout), text(&output.stderr));
}

/// An AWS CLI command as the call that it makes.
fn call(world: &mut World, words: &[String]) {
    let (service, operation) = (words[0].replace("s3api", "s3"), words[1].replace('-', "_"));
    let mut arguments = Map::new();
    for pair in words[2..].chunks(2) {
        let name: String = pair[0].trim_start_matches('-').split('-').map(capitalized).collect();
        if name != "Region" {
            arguments.insert(member(&operation, &name), value(&pair[1]));
        }
    }
    world.aws().call(&service, &operation, Value::Object(arguments)).unwrap();
}

/// The member of the call that a flag sets, where the CLI calls it otherwise.
fn member(operation: &str, flag: &str) -> String {
    match (operation, flag) {
        ("put_bucket_acl", "Acl") => "ACL".to_owned(),
        _ => flag.to_owned(),
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

/// A value as the CLI reads it: JSON for structures, `Name=value,…` in its shorthand, or the text itself.
fn value(text: &str) -> Value {
    if text.starts_with("{\"Version\"") {
        return json!(text);
    }
    if text.starts_with('{') {
        return serde_json::from_str(text).unwrap();
    }
    if !text.contains('=') {
        return json!(text);
    }
    let fields = text.split(',').map(|field| {
        let (name, value) = field.split_once('=').unwrap();
        let value = value.parse::<bool>().map_or_else(|_| json!(value), |on| json!(on));
        (name.to_owned(), value)
    });
    Value::Object(fields.collect())
}
