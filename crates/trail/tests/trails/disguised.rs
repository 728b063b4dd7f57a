//! Tampering that takes care to look right, and changes that are none.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use harness::trail::{BEGIN, Object, TrailKit};
use trail::Moment;

use super::judge::{Bucket, keys_without};

const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];
const HOUR: i64 = 3600;

fn bucket() -> Bucket {
    let mut kit = TrailKit::new("main", "us-east-1");
    kit.hours(&REGIONS, BEGIN, 6, 2).unwrap();
    Bucket::after(kit, 6)
}

fn packed(content: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn content(body: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    GzDecoder::new(body).read_to_end(&mut content).unwrap();
    content
}

/// The digests of us-east-1, or its logs: two an hour.
fn keys(bucket: &Bucket, folder: &str) -> Vec<String> {
    let place = format!("/{folder}/us-east-1/");
    bucket.objects.keys().filter(|key| key.contains(&place)).cloned().collect()
}

/// A digest becomes another text under the same metadata.
fn rewrite(bucket: &mut Bucket, key: &str, change: impl FnOnce(&str) -> String) {
    let object = bucket.objects.get_mut(key).unwrap();
    let before = String::from_utf8(content(&object.body)).unwrap();
    let after = change(&before);
    assert_ne!(before, after);
    object.body = packed(after.as_bytes(), 6);
}

/// What JSON says in a field, as text.
fn field(text: &str, name: &str) -> String {
    let (_, rest) = text.split_once(&format!("\"{name}\":\"")).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[test]
fn what_leaves_the_content_as_it_was_is_no_tampering() {
    let mut bucket = bucket();
    let (digests, logs) = (keys(&bucket, "CloudTrail-Digest"), keys(&bucket, "CloudTrail"));
    for key in [&digests[1], &logs[3]] {
        let object = bucket.objects.get_mut(key).unwrap();
        object.body = packed(&content(&object.body), 1);
    }
    let same = bucket.objects[&logs[5]].clone();
    bucket.overwrite(&logs[5], same.clone());
    bucket.hide(&logs[6]);
    let hidden = bucket.older[&logs[6]][0].clone();
    bucket.objects.insert(logs[6].clone(), hidden);
    let signature = bucket.objects.get_mut(&digests[2]).unwrap().metadata.get_mut("signature").unwrap();
    *signature = signature.to_uppercase();
    let report = bucket.verify();
    assert_eq!(report.findings, []);
    assert_eq!((report.counts.digests, report.counts.logs), (12, 24));
}

#[test]
fn logs_that_only_look_like_those_that_were_delivered_are_found() {
    let mut swapped = bucket();
    let logs = keys(&swapped, "CloudTrail");
    let (one, two) = (swapped.objects[&logs[2]].clone(), swapped.objects[&logs[7]].clone());
    swapped.overwrite(&logs[2], two);
    swapped.overwrite(&logs[7], one);
    let report = swapped.verify();
    assert_eq!((swapped.kinds(), report.findings.len()), (vec!["log-changed".to_owned()], 2));
    assert!(report.findings.iter().all(|finding| finding.version.as_deref() == Some("0")));

    let whole = content(&swapped.objects[&logs[4]].body);
    let (front, back) = whole.split_at(whole.len() / 2);
    for body in [Vec::new(), packed(b"", 6), [packed(front, 6), packed(back, 6)].concat(), whole.clone()] {
        let mut replaced = bucket();
        replaced.objects.insert(logs[4].clone(), Object { body, metadata: BTreeMap::new() });
        assert_eq!(replaced.kinds(), ["log-changed"]);
    }

    for name in [
        logs[4].replace("T0200", "T0201").replace("T0201", "T0205"),
        logs[4].replace(".json.gz", "f.json.gz"),
    ] {
        let mut renamed = bucket();
        let object = renamed.objects.remove(&logs[4]).unwrap();
        assert_eq!(renamed.objects.insert(name, object), None);
        assert_eq!(renamed.kinds(), ["log-missing", "log-unlisted"]);
    }
}

#[test]
fn digests_that_somebody_rewrote_are_found() {
    type Change = fn(&str) -> String;
    let changes: [(&str, Change); 6] = [
        ("a signature before it that is null", |text| {
            text.replace(&format!("\"{}\"", field(text, "previousDigestSignature")), "null")
        }),
        ("a start of a chain", |text| {
            let fields = ["S3Bucket", "S3Object", "HashValue", "HashAlgorithm", "Signature"];
            fields.iter().fold(text.to_owned(), |text, name| {
                let name = format!("previousDigest{name}");
                text.replace(&format!("\"{name}\":\"{}\"", field(&text, &name)), &format!("\"{name}\":null"))
            })
        }),
        ("a log less", |text| {
            let (head, logs) = text.split_once("\"logFiles\":[").unwrap();
            let (_, rest) = logs.split_once("},").unwrap();
            format!("{head}\"logFiles\":[{rest}")
        }),
        ("other white space", |text| text.replace("\":", "\": ")),
        ("hashes in capitals", |text| {
            let hash = field(text, "hashValue");
            text.replace(&hash, &hash.to_uppercase())
        }),
        ("a key that nobody knows", |text| {
            text.replace(&field(text, "digestPublicKeyFingerprint"), &"0".repeat(32))
        }),
    ];
    for (name, change) in changes {
        let mut rewritten = bucket();
        let key = keys(&rewritten, "CloudTrail-Digest").remove(2);
        rewrite(&mut rewritten, &key, change);
        assert_eq!(rewritten.kinds(), ["digest-changed", "log-unproven"], "{name}");
        assert!(rewritten.verify().is_broken(), "{name}");
    }

    let mut other = bucket();
    let key = keys(&other, "CloudTrail-Digest").remove(2);
    let elsewhere = key.replace("us-east-1/", "eu-west-1/").replace("Digest_us-east-1", "Digest_eu-west-1");
    let text = String::from_utf8(content(&other.objects[&elsewhere].body)).unwrap();
    rewrite(&mut other, &key, |_| text.replace(&elsewhere, &key));
    assert!(other.kinds().contains(&"digest-changed".to_owned()), "{:?}", other.kinds());
    assert!(other.verify().is_broken());
}

#[test]
fn signatures_that_belong_to_something_else_are_found() {
    let mut swapped = bucket();
    let digests = keys(&swapped, "CloudTrail-Digest");
    let signature = |bucket: &Bucket, at: usize| bucket.objects[&digests[at]].metadata.clone();
    let (one, two) = (signature(&swapped, 1), signature(&swapped, 3));
    swapped.objects.get_mut(&digests[1]).unwrap().metadata = two;
    swapped.objects.get_mut(&digests[3]).unwrap().metadata = one;
    let report = swapped.verify();
    assert_eq!((swapped.kinds(), report.findings.len()), (vec!["signature-invalid".to_owned()], 2));
    assert_eq!(report.counts.logs, 24, "the digests after them confirm what they say");

    let mut algorithm = bucket();
    let metadata = &mut algorithm.objects.get_mut(&digests[1]).unwrap().metadata;
    metadata.insert("signature-algorithm".to_owned(), "SHA1withRSA".to_owned());
    assert_eq!(algorithm.kinds(), ["signature-invalid"]);

    // Another of CloudTrail's keys signs the same hour with a log less.
    let mut kit = TrailKit::new("main", "us-east-1");
    kit.hours(&REGIONS, BEGIN, 2, 1).unwrap();
    let mut forger = kit.clone();
    forger.key = 1;
    let forged = forger.digest("us-east-1", BEGIN + 2 * HOUR, BEGIN + 3 * HOUR, &[]).unwrap();
    kit.hours(&REGIONS, BEGIN + 2 * HOUR, 3, 1).unwrap();
    kit.objects.insert(forged.clone(), forger.objects[&forged].clone());
    let mut bucket = Bucket::after(kit, 5);
    assert_eq!(bucket.kinds(), ["digest-changed", "log-unlisted"]);
    bucket.keys = keys_without(1);
    assert_eq!(bucket.kinds(), ["digest-changed", "log-unproven"]);
}

#[test]
fn a_digest_planted_between_two_proves_nothing() {
    let mut planted = bucket();
    let key = keys(&planted, "CloudTrail-Digest").remove(2);
    let between = key.replace("T030000Z", "T033000Z");
    let mut object = planted.objects[&key].clone();
    let log = keys(&planted, "CloudTrail").remove(4);
    let evil = log.replace(".json.gz", "f.json.gz");
    let text = String::from_utf8(content(&object.body)).unwrap();
    object.body = packed(text.replace(&key, &between).replace(&log, &evil).as_bytes(), 6);
    planted.objects.insert(between, object);
    planted.objects.insert(evil.clone(), planted.objects[&log].clone());
    let kinds = planted.kinds();
    assert!(kinds.contains(&"signature-invalid".to_owned()), "{kinds:?}");
    assert!(planted.verify().findings.iter().any(|found| found.object.as_deref() == Some(evil.as_str())));
}

#[test]
fn a_region_that_ends_early_is_found() {
    let mut ended = bucket();
    ended
        .objects
        .retain(|key, _| !key.contains("/eu-west-1/") || !(key.contains("T05") || key.contains("T06")));
    assert_eq!(ended.kinds(), ["newest-missing"]);
    assert_eq!(ended.verify().findings[0].region.as_deref(), Some("eu-west-1"));
}

/// The trail wrote to another bucket for two hours. What it wrote there is unknown here, and so is whether this bucket lost
/// what came before.
#[test]
fn a_chain_that_goes_through_another_bucket_is_not_proven_here() {
    let through = |lost: &str| {
        let mut kit = TrailKit::new("main", "us-east-1");
        let here = kit.bucket.clone();
        kit.hours(&REGIONS, BEGIN, 3, 1).unwrap();
        let before: Vec<String> = kit.objects.keys().cloned().collect();
        kit.bucket = "elsewhere".to_owned();
        kit.hours(&REGIONS, BEGIN + 3 * HOUR, 2, 1).unwrap();
        kit.objects.retain(|key, _| before.contains(key));
        kit.bucket = here;
        kit.hours(&REGIONS, BEGIN + 5 * HOUR, 2, 1).unwrap();
        kit.objects.retain(|key, _| lost.is_empty() || !key.contains(lost));
        Bucket::after(kit, 7)
    };
    for lost in ["", "T03"] {
        let bucket = through(lost);
        let report = bucket.verify();
        assert_eq!((bucket.kinds(), report.is_broken()), (vec!["unreadable".to_owned()], false), "{lost}");
        let until = BEGIN + if lost.is_empty() { 3 } else { 2 } * HOUR;
        assert_eq!(report.range.proven_until, Some(Moment::from_unix(until)), "{lost}");
        assert!(report.findings[0].object.as_deref().unwrap().starts_with("s3://elsewhere/AWSLogs/"));
    }
    let mut later = through("");
    later.scope.since = Some(Moment::from_unix(BEGIN + 5 * HOUR));
    assert_eq!(later.kinds(), [""; 0], "the range begins after it");
}

#[test]
fn a_digest_of_late_logs_that_another_names_is_found() {
    let mut kit = TrailKit::new("main", "us-east-1");
    kit.hours(&REGIONS, BEGIN, 6, 1).unwrap();
    // Not in the order of their periods.
    let late: Vec<String> = [4, 1, 2]
        .into_iter()
        .map(|hour| {
            let log = kit.log("us-east-1", BEGIN + hour * HOUR + 960, &[]);
            kit.backfill("us-east-1", BEGIN + hour * HOUR, BEGIN + (hour + 1) * HOUR, &[log]).unwrap()
        })
        .collect();
    let whole = Bucket::after(kit, 6);
    assert_eq!(whole.kinds(), [""; 0]);
    for key in &late[..2] {
        let mut lost = bucket_like(&whole);
        lost.objects.remove(key);
        lost.objects.retain(|key, _| !key.contains("T0416Z") && !key.contains("T0116Z"));
        let report = lost.verify();
        let missing = report.findings.iter().find(|finding| finding.kind.name() == "digest-missing");
        assert_eq!(missing.and_then(|finding| finding.object.as_ref()), Some(key));
        lost.scope.until = Some(Moment::from_unix(BEGIN + HOUR));
        assert_eq!(lost.kinds(), [""; 0], "outside the range");
    }
}

/// The same objects, and the same circumstances.
fn bucket_like(bucket: &Bucket) -> Bucket {
    let mut other = self::bucket();
    other.objects = bucket.objects.clone();
    other
}
