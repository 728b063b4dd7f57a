//! Fuzzes the settings: the values of a variable file, whatever they are, are refused with a reason or make a foundation.
#![no_main]

use foundation::{Caller, Origin, Partition, SettingValue, Settings, blueprint};
use libfuzzer_sys::fuzz_target;
use terraform::tfvars;

fuzz_target!(|bytes: &[u8]| settings(bytes));

/// What is required, so that the input can be about the rest.
const REQUIRED: &str = "project_name = \"genai\"\nenvironment = \"prod\"\naws_region = \"us-east-1\"\n\
                        terraform_state_bucket = \"artos-state\"\ntags = {}\n";

fn settings(bytes: &[u8]) {
    let Ok(given) = tfvars::parse_bytes("fuzz.tfvars", bytes, &|_| true) else { return };
    let required = tfvars::parse_bytes("required.tfvars", REQUIRED.as_bytes(), &|_| true).unwrap_or_default();
    let missing = required.into_iter().filter(|one| given.iter().all(|other| other.name != one.name));
    let values: Vec<SettingValue> = missing
        .collect::<Vec<_>>()
        .into_iter()
        .chain(given)
        .map(|assignment| SettingValue::assigned(assignment, Origin::File))
        .collect();
    let (settings, _) = match Settings::from_values(&values) {
        Ok(read) => read,
        Err(problems) => return assert!(problems.iter().all(|problem| !problem.summary.is_empty())),
    };
    let Ok(account_id) = "123456789012".parse() else { return };
    let caller = Caller { account_id, partition: Partition::Aws };
    drop(settings.check_caller(&caller, &values));
    assert!(!blueprint(&settings, &caller).resources.is_empty());
}
