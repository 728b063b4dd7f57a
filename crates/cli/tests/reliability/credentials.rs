//! Credentials that end before the run does.

use std::collections::BTreeSet;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use harness::{Answer, Options, Verdict};

use crate::support::worlds::{APPLY, EMPTY, REFERENCE, TOOL, world};

const LIMIT: Duration = Duration::from_secs(120);

/// Prints other credentials each time, good for four seconds. The SDK fetches new ones five to ten seconds before the end, so
/// with every call.
const SOURCE: &str = r#"#!/bin/sh
echo >> "$0.calls"
number=$(wc -l < "$0.calls" | tr -d ' ')
end=$(date -u -d '+4 seconds' +%Y-%m-%dT%H:%M:%SZ)
printf '{"Version":1,"AccessKeyId":"AKIA%s","SecretAccessKey":"s","SessionToken":"t","Expiration":"%s"}' "$number" "$end"
"#;

#[test]
fn credentials_that_end_in_the_middle_are_fetched_anew() {
    let mut world = world(&EMPTY, Options::default());
    let (source, config) = (world.directory().join("source.sh"), world.directory().join("config"));
    fs::write(&source, SOURCE).unwrap();
    fs::write(&config, format!("[default]\ncredential_process = sh {}\n", source.display())).unwrap();
    let keys: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let seen = Arc::clone(&keys);
    world.proxy().on(move |call| {
        seen.lock().unwrap().insert(call.access_key.clone());
        Verdict::Pass
    });
    let mut apply = TOOL.command(world.directory(), &world.proxy().endpoint()).unwrap();
    apply.args(APPLY).env("AWS_CONFIG_FILE", &config);
    apply.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let run = world.run_command(apply, LIMIT).unwrap();
    assert!(run.is_success(), "{}", run.printed);
    assert_eq!(world.observe().unwrap().difference(&REFERENCE.observed), "");
    let keys = keys.lock().unwrap();
    assert!(keys.len() > 5, "{keys:?}");
    assert!(keys.iter().all(|key| key.starts_with("AKIA")), "{keys:?}");
}

#[test]
fn credentials_that_cannot_be_fetched_anew_end_the_run_with_its_work_kept() {
    let mut world = world(&EMPTY, Options::default());
    world.proxy().on(|call| match call.index {
        ..30 => Verdict::Pass,
        _ => Verdict::Answer(Answer::error(call, 403, "ExpiredToken")),
    });
    let run = world.run(&APPLY, LIMIT).unwrap();
    assert_eq!(run.status.and_then(|status| status.code()), Some(1), "{}\n{}", run.ending(), run.printed);
    for words in ["The AWS credentials have expired", "errored.tfstate"] {
        assert!(run.printed.contains(words), "{words} is missing:\n{}", run.printed);
    }
    let kept = fs::read_to_string(world.directory().join("errored.tfstate")).unwrap();
    assert!(kept.contains("\"terraform_data\""), "{kept}");
    world.proxy().reset();
    world.succeed(&["state", "push", "errored.tfstate"]).unwrap();
    world.succeed(&APPLY).unwrap();
    assert_eq!(world.observe().unwrap().difference(&REFERENCE.observed), "");
}
