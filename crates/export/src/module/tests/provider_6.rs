//! Modules for provider 5 and 6, held against the names that provider 6 knows (`provider_6.json`, written by
//! `cargo xtask provider-schema`). Provider 3 itself judges those for provider 3.

use hcl::{Block, Body};
use serde_json::Value;

use super::{Module, Partition, Provider, Subject, caller, everything, json, module, settings, state};

/// What every resource may have besides its own arguments.
const META: [&str; 5] = ["count", "depends_on", "for_each", "lifecycle", "provider"];

/// All files of a module as one.
fn files(settings: &foundation::Settings) -> String {
    let (caller, state) = (caller(Partition::Aws), state());
    let subject = Subject { settings, caller: &caller, state: Some(&state) };
    let asked = Module { subject, stored: None, provider: Provider::Six, imports: false };
    module(&asked).unwrap().into_iter().map(|file| file.text).collect()
}

/// What a body holds that the provider does not know or lacks that the provider wants.
fn findings(place: &str, body: &Body, known: &Value) -> Vec<String> {
    let present: Vec<&str> = body
        .attributes()
        .map(|attribute| attribute.key())
        .chain(body.blocks().map(|block| block.identifier()))
        .collect();
    let unknown = body.attributes().map(|attribute| (attribute.key(), false));
    let unknown = unknown.chain(body.blocks().map(|block| (block.identifier(), true)));
    let mut findings: Vec<String> = unknown
        .filter(|(name, _)| !META.contains(name))
        .filter(|(name, is_block)| {
            known.get(name).is_none_or(|known| known.get("block").is_some() != *is_block)
        })
        .map(|(name, _)| format!("{place}: {name} is not known"))
        .collect();
    for (name, argument) in known.as_object().unwrap() {
        if argument.get("required").is_some() && !present.contains(&name.as_str()) {
            findings.push(format!("{place}: {name} is missing"));
        }
    }
    for block in body.blocks() {
        if let Some(known) = known.get(block.identifier()).and_then(|argument| argument.get("block")) {
            findings.extend(inner(place, block, known));
        }
    }
    findings
}

fn inner(place: &str, block: &Block, known: &Value) -> Vec<String> {
    findings(&format!("{place}.{}", block.identifier()), block.body(), known)
}

/// What is found in all resources of a file, and how many there are.
fn judge(text: &str) -> (usize, Vec<String>) {
    let table: Value = serde_json::from_str(include_str!("provider_6.json")).unwrap();
    let file: Body = hcl::from_str(text).unwrap();
    let resources: Vec<&Block> = file
        .blocks()
        .filter(|block| block.identifier() == "resource" && block.labels()[0].as_str() != "terraform_data")
        .collect();
    let findings = resources.iter().flat_map(|block| {
        let resource_type = block.labels()[0].as_str();
        findings(resource_type, block.body(), &table["types"][resource_type])
    });
    (resources.len(), findings.collect())
}

#[test]
fn provider_6_knows_every_argument_and_misses_none() {
    for (settings, at_least) in [(settings(json!({})), 20), (settings(everything()), 27)] {
        let (count, findings) = judge(&files(&settings));
        assert!(count >= at_least, "{count} resources");
        assert_eq!(findings, Vec::<String>::new());
    }
}

#[test]
fn provider_6_knows_what_monitoring_makes() {
    let monitoring = json!({
        "emails": ["ops@example.com"], "heartbeat": true, "cloudwatch_logs": true, "cis_alarms": true,
        "trail_topic": true, "insights": ["ApiCallRateInsight", "ApiErrorRateInsight"],
    });
    let settings = settings(json!({"monitoring": monitoring, "aws_region": "eu-west-1"}));
    let text = files(&settings);
    let (count, findings) = judge(&text);
    assert!(count >= 80, "{count} resources");
    assert_eq!(findings, Vec::<String>::new());
    for said in [
        "cloud_watch_logs_group_arn    = \"${aws_cloudwatch_log_group.cloudtrail.arn}:*\"",
        "insight_type = \"ApiErrorRateInsight\"",
        "log_group_name = aws_cloudwatch_log_group.cloudtrail.name",
        "prevent_destroy = true",
    ] {
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeezed(&text).contains(&squeezed(said)), "{said} is missing");
    }
}

#[test]
fn what_is_wrong_is_found() {
    let text = files(&settings(json!({})));
    let broken = text.replace("enable_key_rotation", "rotate").replacen("  bucket ", "  pail ", 1);
    let (_, findings) = judge(&broken);
    assert!(findings.contains(&"aws_kms_key: rotate is not known".to_owned()), "{findings:?}");
    assert!(findings.iter().any(|finding| finding.ends_with(": pail is not known")), "{findings:?}");
    let (_, findings) = judge("resource \"aws_s3_bucket_policy\" \"x\" {\n  bucket = \"b\"\n}\n");
    assert_eq!(findings, ["aws_s3_bucket_policy: policy is missing"]);
}
