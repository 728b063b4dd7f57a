//! Copies: made, made again, verified; and keys that are no paths.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use harness::trail::Object;
use serde_json::{Value, json};

use super::place::{Place, kinds, kit};

fn verify(place: &Place, folder: &str) -> (Option<i32>, Value) {
    let output = place.command(&["trail", "verify", "-from", folder, "-json"]).output().unwrap();
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), report)
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn a_copy_is_made_once_and_proves_the_same() {
    let kit = kit();
    let mut place = Place::with(&kit);
    let mirror = |place: &Place| place.run(&kit, &["trail", "mirror"], &["copy"]);
    let output = mirror(&place);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("Copied 18 objects"), "{said}");
    let (status, report) = verify(&place, "copy");
    assert_eq!((status, kinds(&report)), (Some(0), vec![]), "{report}");
    assert!(String::from_utf8_lossy(&mirror(&place).stdout).contains("Copied 0 objects"), "again");
    for file in files(&place.directory.path().join("copy")) {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }

    let logs = kit.keys(false);
    let altered = Object { body: kit.objects[&logs[0]].body.clone(), metadata: Default::default() };
    kit.put(&mut place.aws, &logs[1], &altered).unwrap();
    place.aws.call("s3", "delete_object", json!({"Bucket": kit.bucket, "Key": logs[2]})).unwrap();
    assert_eq!(mirror(&place).status.code(), Some(0), "a tampered trail is copied as it is");
    let (status, report) = verify(&place, "copy");
    assert_eq!(
        (status, kinds(&report)),
        (Some(2), vec!["delete-marker".to_owned(), "log-changed".to_owned()])
    );
    assert!(
        report["findings"].as_array().unwrap().iter().all(|finding| finding["version"].is_string()),
        "{report}"
    );
}

#[test]
fn keys_that_strangers_chose_stay_inside_the_folder() {
    let mut kit = kit();
    let object = kit.objects.values().next().unwrap().clone();
    let base = "audit/AWSLogs/123456789012/CloudTrail/us-east-1";
    for key in [
        format!("{base}/2026/11/20/.hidden.json.gz"),
        format!("{base}/2026/11/20/{}.json.gz", "x".repeat(700)),
    ] {
        kit.objects.insert(key, object.clone());
    }
    let place = Place::with(&kit);
    let before = files(place.directory.path()).len();
    assert_eq!(before, 0);
    let output = place.run(&kit, &["trail", "mirror"], &["deep/copy"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    for file in files(place.directory.path()) {
        let inside = file.starts_with(place.directory.path().join("deep/copy"));
        assert!(inside || file.starts_with(place.directory.path().join("cache")), "{}", file.display());
    }
    let (status, report) = verify(&place, "deep/copy");
    assert_eq!((status, kinds(&report)), (Some(2), vec!["log-unlisted".to_owned()]), "{report}");
    assert_eq!(place.verify(&kit, &[]).0, Some(2));
}
