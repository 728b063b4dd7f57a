//! From the bucket: healthy, tampered with, throttled, denied, cut off.

use harness::trail::{BEGIN, Object, TrailKit};
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
    let misspelt = place.verify(&kit, &["-region=eu-wset-1"]).1;
    assert_eq!(kinds(&misspelt), ["no-digests"]);
    assert!(misspelt["findings"][0]["detail"].as_str().unwrap().ends_with("in eu-wset-1"), "{misspelt}");
}

/// moto encodes keys in one list and not in the other, and says which in its answer.
#[test]
fn a_prefix_of_any_characters_is_found() {
    for prefix in ["a+b/", "50% ä/", "a%2Fb/", "a b&c=d/"] {
        let mut kit = TrailKit::new("main", "us-east-1");
        kit.prefix = prefix.to_owned();
        kit.hours(&["us-east-1"], BEGIN, 3, 1).unwrap();
        let (status, report) = Place::with(&kit).verify(&kit, &[]);
        assert_eq!((status, &report["counts"]["logs"]), (Some(0), &json!(3)), "{prefix}: {report}");
    }
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

    let place = Place::with(&kit);
    let digest = format!("{}/{}", kit.bucket, kit.keys(true)[1]);
    let one = Matching { resource: Some(digest), ..Matching::action("s3", "GetObject") };
    place.proxy.arm(Rule::new(Fault::Refuse(403, "AccessDenied"), one, When::Always));
    let (status, report) = place.verify(&kit, &[]);
    assert_eq!((status, kinds(&report)), (Some(1), vec!["unreadable".to_owned()]), "{report}");

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

/// The key of the bucket is not ours to use: S3 refuses every object.
#[test]
fn a_trail_whose_key_is_denied_is_undecided_from_the_bucket_and_from_a_copy() {
    let kit = kit();
    let place = Place::with(&kit);
    let objects = Matching::action("s3", "GetObject");
    place.proxy.arm(Rule::new(Fault::Refuse(403, "AccessDenied"), objects, When::Always));
    let (status, report) = place.verify(&kit, &[]);
    assert_eq!((status, kinds(&report)), (Some(1), vec!["unreadable".to_owned()]), "{report}");
    assert_eq!((&report["counts"]["digests"], &report["counts"]["unproven"]), (&json!(0), &json!(12)));
    assert_eq!(report["range"]["proven_until"], json!(null));

    assert_eq!(place.run(&kit, &["trail", "mirror"], &["copy"]).status.code(), Some(1));
    let output = place.command(&["trail", "verify", "-from=copy", "-json"]).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), kinds(&report)), (Some(1), vec!["unreadable".to_owned()]), "{report}");
    assert!(report["findings"][0]["detail"].as_str().unwrap().contains("s3:GetObject: AccessDenied"));
}

#[test]
fn a_throttled_bucket_is_read_to_its_end() {
    let kit = kit();
    let place = Place::with(&kit);
    place.proxy.arm(Rule::new(Fault::Throttle, Matching::action("s3", "GetObject"), When::First(30)));
    assert_eq!(place.verify(&kit, &[]).0, Some(0));
    place.proxy.arm(Rule::new(Fault::Throttle, Matching::action("s3", "ListObjectVersions"), When::First(3)));
    place.proxy.arm(Rule::new(Fault::Throttle, Matching::action("s3", "GetObject"), When::First(30)));
    assert_eq!(place.run(&kit, &["trail", "mirror"], &["copy"]).status.code(), Some(0));
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

#[test]
fn the_status_says_what_is_wrong_who_else_pays_and_what_was_proven() {
    let kit = kit();
    let place = Place::with(&kit);
    let trail = |arn: &str| json!({"TrailARN": arn, "S3BucketName": kit.bucket, "HomeRegion": "us-east-1", "LogFileValidationEnabled": true});
    let other = kit.arn().replace("main", "second");
    let trails = json!({"trailList": [trail(&kit.arn()), trail(&other)]});
    place.answer("DescribeTrails", &trails);
    place.answer("GetTrailStatus", &json!({"IsLogging": true}));
    assert_eq!(place.verify(&kit, &[]).0, Some(0));
    let status = |flags: &[&str]| {
        let output = place.run(&kit, &["trail", "status"], flags);
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, said) = status(&[]);
    assert_eq!(code, Some(0), "{said}");
    for part in [
        "records and delivers".to_owned(),
        "2 of 5".to_owned(),
        format!("{other} writes to"),
        "is paid for".to_owned(),
        format!("everything until {} (12 logs)", end()),
    ] {
        assert!(said.contains(&part), "{part}: {said}");
    }

    for (answer, words) in [
        (
            json!({"IsLogging": true, "LatestDeliveryError": "AccessDenied"}),
            ["AccessDenied", "underpin plan"],
        ),
        (json!({"IsLogging": true, "LatestDigestDeliveryError": "NoSuchBucket"}), ["digests", "is gone"]),
        (json!({"IsLogging": false}), ["does not record", "underpin apply"]),
    ] {
        place.proxy.reset();
        place.answer("DescribeTrails", &trails);
        place.answer("GetTrailStatus", &answer);
        let (code, said) = status(&["-json"]);
        let shown: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!((code, &shown["well"]), (Some(1), &json!(false)), "{answer}");
        let fault = shown["faults"][0].as_str().unwrap();
        assert!(words.iter().all(|word| fault.contains(word)), "{fault}");
    }
}
