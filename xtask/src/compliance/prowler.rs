//! Prowler on the account.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::Verdicts;
use super::setup::Applied;
use crate::Outcome;

/// The services that the foundation has objects of.
const SERVICES: [&str; 7] = ["cloudtrail", "cloudwatch", "eventbridge", "iam", "kms", "s3", "sns"];

/// Services whose checks speak of the account where what they look for is missing.
const OF_THE_ACCOUNT: [&str; 2] = ["cloudtrail_", "cloudwatch_"];

/// What the names of all objects of the foundation begin with.
const OURS: &str = "genai-artos-production";

/// Audits an account. Findings about objects of others, such as the state bucket, do not count.
pub(super) fn audit(bin: &Path, applied: &Applied) -> Outcome<Verdicts> {
    let directory = applied.world.directory();
    let endpoint = applied.world.proxy().endpoint();
    let output = harness::prowler(&bin.join("prowler"), directory, &SERVICES, &endpoint)?.output()?;
    let report = directory.join("audit/account.ocsf.json");
    let text = fs::read_to_string(&report).map_err(|error| {
        format!("Prowler wrote no report: {error}\n{}", String::from_utf8_lossy(&output.stderr))
    })?;
    let findings: Vec<Value> = serde_json::from_str(&text)?;
    let key = applied.world.succeed(&["output", "-raw", "kms_key_id"])?.printed;
    let mut verdicts = Verdicts::default();
    for finding in &findings {
        let text = |path: &str| finding.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let (check, object) = (text("/metadata/event_code"), text("/resources/0/uid"));
        let is_ours = object.contains(OURS) || object.contains(key.trim());
        let is_account = OF_THE_ACCOUNT.iter().any(|service| check.starts_with(service))
            && !object.contains(":s3:::")
            && !object.contains(":log-group:");
        if is_ours || is_account {
            verdicts.add(check, text("/finding_info/title"), text("/status_code") == "PASS");
        }
    }
    Ok(verdicts)
}
