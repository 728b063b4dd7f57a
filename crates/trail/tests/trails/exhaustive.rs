//! Whatever is done to one file of a small trail is found.

use std::io::Read;

use flate2::read::GzDecoder;
use harness::trail::{BEGIN, TrailKit, event};
use serde_json::Value;
use trail::Moment;

use super::judge::Bucket;

fn bucket() -> Bucket {
    let mut kit = TrailKit::new("main", "us-east-1");
    for hour in 0..3 {
        let start = BEGIN + hour * 3600;
        let log = kit.log(
            "us-east-1",
            start + 600,
            &[event(start, "s3.amazonaws.com", "ListBuckets", &Value::Null)],
        );
        kit.digest("us-east-1", start, start + 3600, &[log]).unwrap();
    }
    let mut bucket = Bucket::after(kit, 3);
    bucket.scope.since = Some(Moment::from_unix(BEGIN));
    bucket
}

fn content(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut content).ok()?;
    Some(content)
}

/// A changed byte may leave the content as it is only where nothing covers it: in the header of the container, and in the
/// bits after the end of the compressed data, before the eight bytes of the trailer.
#[test]
fn every_changed_byte_is_found() {
    let mut bucket = bucket();
    assert_eq!(bucket.kinds(), [""; 0]);
    let (mut tried, mut harmless) = (0, 0);
    for key in bucket.objects.keys().cloned().collect::<Vec<_>>() {
        let before = bucket.objects[&key].clone();
        for at in 0..before.body.len() {
            for flip in [0x01, 0x80, 0xff] {
                bucket.objects.get_mut(&key).unwrap().body[at] ^= flip;
                tried += 1;
                if bucket.verify().is_proven() {
                    let same = content(&bucket.objects[&key].body) == content(&before.body);
                    assert!(same && (at < 10 || at + 9 == before.body.len()), "{key}, byte {at} ^ {flip:#x}");
                    harmless += 1;
                }
                bucket.objects.get_mut(&key).unwrap().body[at] = before.body[at];
            }
        }
        for (name, value) in &before.metadata {
            for at in 0..value.len() {
                let mut changed = value.clone().into_bytes();
                changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
                let metadata = &mut bucket.objects.get_mut(&key).unwrap().metadata;
                metadata.insert(name.clone(), String::from_utf8(changed).unwrap());
                assert!(bucket.verify().is_broken(), "{key}, {name}, byte {at}");
            }
            bucket.objects.insert(key.clone(), before.clone());
        }
    }
    assert!(tried > 3000 && harmless <= 6 * 6, "{harmless} of {tried}");
}

#[test]
fn every_deletion_truncation_duplication_and_swap_is_found() {
    let mut bucket = bucket();
    let keys: Vec<String> = bucket.objects.keys().cloned().collect();
    for key in &keys {
        let before = bucket.objects.remove(key).unwrap();
        assert!(bucket.verify().is_broken(), "{key} deleted");
        for length in 0..before.body.len() {
            let mut cut = before.clone();
            cut.body.truncate(length);
            bucket.objects.insert(key.clone(), cut);
            assert!(bucket.verify().is_broken(), "{key} cut at {length}");
        }
        bucket.objects.insert(key.clone(), before);
    }
    for one in &keys {
        for two in keys.iter().filter(|two| *two != one) {
            let (first, second) = (bucket.objects[one].clone(), bucket.objects[two].clone());
            bucket.objects.insert(two.clone(), first.clone());
            assert!(bucket.verify().is_broken(), "{one} over {two}");
            bucket.objects.insert(one.clone(), second.clone());
            assert!(bucket.verify().is_broken(), "{one} and {two} swapped");
            bucket.objects.insert(one.clone(), first);
            bucket.objects.insert(two.clone(), second);
        }
        for copy in [
            one.replace("2026/11/20", "2026/11/21"),
            one.replace("0000Z", "0001Z"),
            one.replace("10Z", "11Z"),
        ] {
            if copy != *one {
                bucket.objects.insert(copy.clone(), bucket.objects[one].clone());
                assert!(bucket.verify().is_broken(), "{one} copied to {copy}");
                bucket.objects.remove(&copy);
            }
        }
    }
}
