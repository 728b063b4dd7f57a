//! Trails that nobody touched: no alarm.

use harness::trail::{BEGIN, TrailKit, event};
use serde_json::Value;
use trail::{Expiration, Moment};

use super::judge::Bucket;

const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

fn kit() -> TrailKit {
    TrailKit::new("main", "us-east-1")
}

/// One healthy trail in each of so many shapes; how many digests and logs a verification has to find.
fn healthy(shape: u32) -> (Bucket, u64, u64) {
    let mut kit = kit();
    let logs = i64::from(shape / 10 % 5);
    let hours = 6;
    let (mut digests, mut named) = (12, 12 * logs.unsigned_abs());
    let plain = |kit: &mut TrailKit| kit.hours(&REGIONS, BEGIN, hours, logs).unwrap();
    match shape % 10 {
        0 => plain(&mut kit),
        1 => {
            // Validation switched on late: logs without digests before.
            kit.log("us-east-1", BEGIN - 1800, &[]);
            kit.log("eu-west-1", BEGIN - 86_400, &[]);
            plain(&mut kit);
        }
        2 => {
            kit.prefix = "audit/central/".to_owned();
            plain(&mut kit);
            let mut other = TrailKit::new("second", "eu-west-1");
            other.prefix.clone_from(&kit.prefix);
            other.hours(&REGIONS, BEGIN, hours, 1).unwrap();
            kit.join(other);
        }
        3 => {
            kit.organization = Some("o-abcdefghij".to_owned());
            plain(&mut kit);
            let mut member = self::kit();
            member.account = "210987654321".to_owned();
            member.organization.clone_from(&kit.organization);
            member.hours(&REGIONS, BEGIN, hours, 1).unwrap();
            kit.join(member);
            digests += 12;
            named += 12;
        }
        4 => {
            // Keys change.
            for (key, begin) in [(0, 0), (1, 2), (2, 4)] {
                kit.key = key;
                kit.hours(&REGIONS, BEGIN + begin * 3600, 2, logs).unwrap();
            }
        }
        5 => {
            // A region is added.
            kit.hours(&REGIONS[..1], BEGIN, 2, logs).unwrap();
            kit.hours(&REGIONS, BEGIN + 2 * 3600, 4, logs).unwrap();
            digests = 10;
            named = 10 * logs.unsigned_abs();
        }
        6 => {
            // Late logs.
            plain(&mut kit);
            let late = kit.log("us-east-1", BEGIN + 100, &[]);
            kit.backfill("us-east-1", BEGIN, BEGIN + 3600, &[late]).unwrap();
            digests += 1;
            named += 1;
        }
        7 => return expired(),
        8 => {
            // Another account's trail of the same name in the same bucket; and what other services keep there.
            plain(&mut kit);
            let mut other = self::kit();
            other.account = "210987654321".to_owned();
            other.hours(&REGIONS, BEGIN, hours, 1).unwrap();
            kit.join(other);
            let object = kit.objects.values().next().unwrap().clone();
            kit.objects.insert(
                "AWSLogs/123456789012/Config/us-east-1/2026/1/1/ConfigHistory/x.json.gz".to_owned(),
                object.clone(),
            );
            kit.objects.insert("AWSLogs/123456789012/CloudTrail/".to_owned(), object);
        }
        _ => {
            // Not yet digested.
            plain(&mut kit);
            kit.log(
                "us-east-1",
                BEGIN + hours * 3600 + 300,
                &[event(BEGIN, "s3.amazonaws.com", "X", &Value::Null)],
            );
        }
    }
    (Bucket::after(kit, hours), digests, named)
}

/// The bucket has expired what is older than a day, logs a little before their digests.
fn expired() -> (Bucket, u64, u64) {
    let mut kit = kit();
    kit.hours(&REGIONS, BEGIN, 30, 1).unwrap();
    let cut = BEGIN + 6 * 3600;
    kit.objects.retain(|key, _| {
        let stamp = key.rsplit('_').find_map(Moment::parse_compact).or_else(|| {
            key.rsplit_once('_').and_then(|(_, time)| Moment::parse_compact(time.strip_suffix(".json.gz")?))
        });
        stamp.is_none_or(|stamp| stamp.unix() > cut)
    });
    let mut bucket = Bucket::after(kit, 30);
    bucket.circumstances.expiration = Expiration::Days(1);
    (bucket, 48, 48)
}

#[test]
fn fifty_healthy_trails_give_no_alarm() {
    for shape in 0..50 {
        let (bucket, digests, logs) = healthy(shape);
        let report = bucket.verify();
        assert_eq!(report.findings, [], "shape {shape}");
        assert_eq!((report.counts.digests, report.counts.logs), (digests, logs), "shape {shape}");
        assert_eq!(report.range.proven_until, report.range.end, "shape {shape}");
    }
}

#[test]
fn a_range_is_proven_wherever_it_begins_and_ends() {
    for (since, until) in [(0, 6), (1, 5), (2, 3), (5, 6)] {
        for shift in [-1, 0, 1, 1799] {
            let mut kit = kit();
            kit.hours(&REGIONS, BEGIN, 8, 3).unwrap();
            let mut bucket = Bucket::after(kit, 8);
            bucket.scope.since = Some(Moment::from_unix(BEGIN + since * 3600 + shift));
            bucket.scope.until = Some(Moment::from_unix(BEGIN + until * 3600 + shift));
            let report = bucket.verify();
            assert_eq!(report.findings, [], "{since} to {until}, {shift}");
            assert_eq!(report.range.end, bucket.scope.until);
        }
    }
}

#[test]
fn a_plain_copy_is_verified_as_far_as_hashes_go() {
    let mut kit = kit();
    kit.hours(&REGIONS, BEGIN, 4, 2).unwrap();
    let mut bucket = Bucket::after(kit, 4);
    bucket.plain = true;
    bucket.scope = trail::Scope::default();
    bucket.circumstances = trail::Circumstances::default();
    let report = bucket.verify();
    assert_eq!(bucket.kinds(), ["unreadable"]);
    assert!(!report.is_broken() && !report.is_proven());
    assert_eq!((report.counts.logs, report.range.proven_until), (16, None));
}
