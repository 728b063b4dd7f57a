//! Prowler, as it is asked about an account on this machine.

use std::env::{JoinPathsError, join_paths};
use std::path::Path;
use std::process::Command;

use crate::tool::aws_environment;

/// What asks LookupEvents, which moto does not answer.
const UNANSWERED: [&str; 3] = [
    "cloudtrail_threat_detection_enumeration",
    "cloudtrail_threat_detection_llm_jacking",
    "cloudtrail_threat_detection_privilege_escalation",
];

/// An audit of some services behind an endpoint, which writes `audit/account.ocsf.json` below `directory`.
///
/// # Errors
/// The folder of the program has a name that no `PATH` can hold.
pub fn prowler(
    program: &Path,
    directory: &Path,
    services: &[&str],
    endpoint: &str,
) -> Result<Command, JoinPathsError> {
    let bin = program.parent().unwrap_or(program);
    let path = join_paths([bin, Path::new("/usr/bin"), Path::new("/bin")])?;
    let mut command = Command::new(program);
    command
        .args(["aws", "-f", "us-east-1", "--service"])
        .args(services)
        .arg("--excluded-check")
        .args(UNANSWERED)
        .args(["-M", "json-ocsf", "-o", "audit", "-F", "account", "--no-banner", "--no-color", "-z"])
        .args(["--log-level", "CRITICAL"])
        .current_dir(directory)
        .env_clear()
        .env("HOME", directory)
        .env("PATH", path)
        .envs(aws_environment(endpoint))
        .env("AWS_MAX_ATTEMPTS", "1");
    Ok(command)
}
