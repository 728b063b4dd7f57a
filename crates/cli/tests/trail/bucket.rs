//! From the bucket: healthy, tampered with, throttled, denied, cut off.

use harness::trail::Object;
use harness::{Fault, Matching, Rule, When};
use serde_json::json;

use super::place::{Place, end, kinds, kit};

#[test]
fn a_healthy_trail_is_proven_and_an_altered_log_is_brought_back() {
    let kit = kit();
    let mut place = Place::with(&kit);
    let (status, report) = place.verify(&kit, &[]);
    assert_eq!((status, kinds(&report)), (Some(0), vec![]), "{report}");
    assert_eq!(report["counts"]["digests"], 6);
    assert_eq!(report["counts"]["logs"], 12);
    assert_eq!(report["regions"], json!(["eu-west-1", "us-east-1"]));
    assert_eq!(report["range"]["proven_until"], json!(end()));

    let logs = kit.keys(false);
    let altered = Object { body: kit.objects[&logs[0]].body.clone(), metadata: Default::default() };
    kit.put(&mut place.aws, &logs[1], &altered).unwrap();
    place.aws.call("s3", "delete_object", json!({"Bucket": kit.bucket, "Key": logs[2]})).unwrap();
    let (status, report) = place.verify(&kit, &[]);
    assert_eq!(
        (status, kinds(&report)),
        (Some(2), vec!["delete-marker".to_owned(), "log-changed".to_owned()])
    );
    for finding in report["findings"].as_array().unwrap() {
        assert!(finding["version"].is_string(), "{finding}");
        let source = format!(
            "{}/{}?versionId={}",
            kit.bucket,
            finding["object"].as_str().unwrap(),
            finding["version"].as_str().unwrap()
        );
        let copy = json!({"Bucket": kit.bucket, "Key": finding["object"], "CopySource": source});
        place.aws.call("s3", "copy_object", copy).unwrap();
    }
    assert_eq!(place.verify(&kit, &[]).0, Some(0));
    let only = place.verify(&kit, &["-region=eu-west-1"]).1;
    assert_eq!((&only["counts"]["logs"], &only["regions"]), (&json!(6), &json!(["eu-west-1"])));
}

#[test]
fn what_is_denied_is_undecided_and_says_why() {
    let kit = kit();
    let place = Place::with(&kit);
    let log = format!("{}/{}", kit.bucket, kit.keys(false)[0]);
    let one = Matching { resource: Some(log), ..Matching::action("s3", "GetObject") };
    place.proxy.arm(Rule::new(Fault::Refuse(403, "AccessDenied"), one, When::Always));
    let (status, report) = place.verify(&kit, &[]);
    assert_eq!((status, kinds(&report)), (Some(1), vec!["unreadable".to_owned()]), "{report}");
    assert!(
        report["findings"][0]["detail"].as_str().unwrap().contains("s3:GetObject: AccessDenied"),
        "{report}"
    );

    let place = Place::without_keys(&kit);
    let keys = Matching::action("cloudtrail", "ListPublicKeys");
    place.proxy.arm(Rule::new(Fault::Refuse(400, "AccessDeniedException"), keys, When::Always));
    let (status, report) = place.verify(&kit, &[]);
    assert_eq!((status, kinds(&report)), (Some(1), vec!["key-unknown".to_owned()]), "{report}");
    assert!(
        report["findings"][0]["detail"].as_str().unwrap().contains("cloudtrail:ListPublicKeys"),
        "{report}"
    );
}

#[test]
fn a_throttled_bucket_is_read_to_its_end() {
    let kit = kit();
    let place = Place::with(&kit);
    place.proxy.arm(Rule::new(Fault::Throttle, Matching::action("s3", "GetObject"), When::First(30)));
    assert_eq!(place.verify(&kit, &[]).0, Some(0));
}

#[test]
fn a_run_that_was_killed_goes_on() {
    let kit = kit();
    let place = Place::with(&kit);
    let whole = place.verify(&kit, &[]).1;
    for call in [3, 8, 15] {
        place.proxy.arm(Rule::new(Fault::KillBefore, Matching::action("s3", "GetObject"), When::At(call)));
        let line =
            ["trail", "verify", "-trail", &kit.arn(), &format!("-bucket={}", kit.bucket), "-prefix=audit"];
        let mut child = place.command(&line).stdout(std::process::Stdio::null()).spawn().unwrap();
        place.proxy.victim(child.id());
        assert_eq!(child.wait().unwrap().code(), None);
    }
    assert_eq!(place.verify(&kit, &[]), (Some(0), whole));
}
