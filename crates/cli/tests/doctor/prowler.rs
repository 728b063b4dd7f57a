//! Prowler audits the same faults: what fails then, and did not before.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::clinic::Patient;
use super::faults::{Fault, all};
use super::pairs::can_stand_together;

/// The services that the foundation is made of.
const SERVICES: [&str; 6] = ["cloudtrail", "cloudwatch", "iam", "kms", "s3", "sns"];

/// Faults of what doctor is asked about, or of who asks: in the account nothing is wrong.
const OUTSIDE: [&str; 6] = ["asked", "image", "endpoint", "everything", "history", "session"];

/// What fails: check and object, and what Prowler says of it.
type Failures = BTreeSet<(String, String, String)>;

fn audit(prowler: &str, patient: &Patient) -> Failures {
    let directory = patient.world.directory();
    let report = directory.join("audit/account.ocsf.json");
    drop(std::fs::remove_file(&report));
    let endpoint = patient.world.proxy().endpoint();
    let audit = harness::prowler(Path::new(prowler), directory, &SERVICES, &endpoint);
    let output = audit.unwrap().output().unwrap();
    let text = std::fs::read_to_string(&report)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let findings: Vec<Value> = serde_json::from_str(&text).unwrap();
    let text = |finding: &Value, path: &str| {
        finding.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    findings
        .iter()
        .filter(|finding| finding["status_code"] == "FAIL")
        .map(|finding| {
            (
                text(finding, "/metadata/event_code"),
                text(finding, "/resources/0/uid"),
                text(finding, "/status_detail"),
            )
        })
        .collect()
}

/// The faults in groups that can stand together, as few as that goes.
fn groups(faults: &[Fault]) -> Vec<Vec<&Fault>> {
    let mut groups: Vec<Vec<&Fault>> = Vec::new();
    let is_inside = |fault: &&Fault| fault.places.iter().all(|place| !OUTSIDE.contains(place));
    for fault in faults.iter().filter(is_inside) {
        let fits = |group: &&mut Vec<&Fault>| group.iter().all(|other| can_stand_together(fault, other));
        match groups.iter_mut().find(fits) {
            Some(group) => group.push(fault),
            None => groups.push(vec![fault]),
        }
    }
    groups
}

/// Needs Prowler 5.46: `cargo xtask judge prowler`. Prints each group, and what fails with it that did not fail before.
#[test]
#[ignore = "needs Prowler, which is not among the tools of the tests: UNDERPIN_PROWLER says where it is"]
fn prowler_audits_the_same_faults() {
    let prowler = std::env::var("UNDERPIN_PROWLER").unwrap();
    let faults = all();
    let mut patient = Patient::new(true);
    let healthy = audit(&prowler, &patient);
    println!("healthy: {} fail", healthy.len());
    assert!(!healthy.is_empty(), "an account without ACLs, MFA and much else fails somewhere");
    let groups = groups(&faults);
    let of_group = |group: &[&Fault]| group.iter().map(|fault| fault.name).collect::<Vec<_>>().join("\n  ");
    for (number, group) in groups.iter().enumerate() {
        patient.admit();
        group.iter().for_each(|fault| (fault.inject)(&mut patient));
        println!("\ngroup {} of {}:\n  {}", number + 1, groups.len(), of_group(group));
        for (check, object, detail) in audit(&prowler, &patient).difference(&healthy) {
            println!("    {check}  {object}  {detail}");
        }
    }
}
