//! Copies on disk: ours, and plain ones; verified, tampered with, cut off.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test")]

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use harness::trail::{BEGIN, TrailKit, public_keys};
use mirror::{Checkpoint, Description, Folder, Line, Listing, Mirror, MirrorError, Stored, Watch, run};
use trail::{Circumstances, Expiration, Moment, PublicKeys, Report, Scope, TrailId, Verification};

fn kit() -> TrailKit {
    let mut kit = TrailKit::new("main", "us-east-1");
    kit.prefix = "audit/".to_owned();
    kit.hours(&["us-east-1", "eu-west-1"], BEGIN, 5, 3).unwrap();
    kit
}

/// What `trail mirror` leaves of a bucket.
fn copied(kit: &TrailKit, root: &Path) -> Folder {
    let folder = Folder::new(root);
    let mut listing = Listing::begin(&folder).unwrap();
    for (key, object) in &kit.objects {
        let line = Line {
            key: key.clone(),
            version: None,
            superseded: false,
            marker: false,
            size: 1,
            tag: String::new(),
        };
        listing.add(&folder, &kit.prefix, &line).unwrap();
        folder.save(&folder.metadata(key, None), &Stored { metadata: object.metadata.clone() }).unwrap();
    }
    listing.finish(&folder).unwrap();
    for (key, object) in &kit.objects {
        folder.write(&folder.object(&kit.prefix, key, None), &object.body).unwrap();
    }
    let mut keys = PublicKeys::default();
    keys.add("us-east-1", serde_json::from_value::<Vec<_>>(public_keys()["PublicKeyList"].clone()).unwrap());
    folder.save(&folder.record("keys.json"), &keys).unwrap();
    let scope = Scope {
        bucket: Some(kit.bucket.clone()),
        prefix: kit.prefix.clone(),
        trail: TrailId::from_arn(&kit.arn()),
        ..Scope::default()
    };
    let circumstances = Circumstances {
        now: Some(Moment::from_unix(BEGIN + 5 * 3600 + 60)),
        expiration: Expiration::Never,
        ..Circumstances::default()
    };
    let description = Description { complete: true, ..Description::of(&scope, circumstances) };
    folder.save(&folder.record("trail.json"), &description).unwrap();
    folder
}

fn verified(root: &Path, checkpoint: Option<&mut Checkpoint>, stop_after: usize) -> Option<Report> {
    let mirror = Mirror::open(root).unwrap();
    let circumstances =
        mirror.description.as_ref().map(|known| known.circumstances.clone()).unwrap_or_default();
    let inventory = mirror.inventory(mirror.scope()).unwrap();
    let mut verification = Verification::new(inventory, circumstances).unwrap();
    let stop = AtomicBool::new(false);
    let mut left = stop_after;
    let mut progress = |_| {
        left = left.saturating_sub(1);
        stop.store(left == 0, std::sync::atomic::Ordering::Relaxed);
    };
    let mut watch = Watch { stop: &stop, progress: &mut progress, checkpoint, threads: None, keeping: false };
    run(&mut verification, &mirror, &mirror.keys, &mut watch).then(|| verification.finish())
}

fn kinds(root: &Path) -> Vec<&'static str> {
    let mut kinds: Vec<_> = verified(root, None, usize::MAX)
        .unwrap()
        .findings
        .iter()
        .map(|finding| finding.kind.name())
        .collect();
    kinds.dedup();
    kinds
}

#[test]
fn a_copy_proves_what_the_bucket_proves() {
    let directory = tempfile::tempdir().unwrap();
    let (kit, root) = (kit(), directory.path().join("copy"));
    let folder = copied(&kit, &root);
    let report = verified(&root, None, usize::MAX).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!((report.counts.digests, report.counts.logs), (10, 30));

    let log = folder.object(&kit.prefix, &kit.keys(false)[3], None);
    let before = fs::read(&log).unwrap();
    fs::remove_file(&log).unwrap();
    assert_eq!(kinds(&root), ["log-missing"]);
    fs::write(&log, &before[..40]).unwrap();
    assert_eq!(kinds(&root), ["log-changed"]);
    fs::remove_file(&log).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &log).unwrap();
    assert_eq!(kinds(&root), ["unreadable"]);
    fs::remove_file(&log).unwrap();
    fs::write(&log, &before).unwrap();
    fs::write(
        log.with_file_name("123456789012_CloudTrail_eu-west-1_20261120T0230Z_AbCdEf0123456789.json.gz"),
        &before,
    )
    .unwrap();
    assert_eq!(kinds(&root), ["log-unlisted"]);
}

#[test]
fn a_plain_copy_lacks_only_the_signatures() {
    let directory = tempfile::tempdir().unwrap();
    let mut kit = kit();
    kit.sync(directory.path()).unwrap();
    let report = verified(directory.path(), None, usize::MAX).unwrap();
    assert_eq!((kinds(directory.path()), report.counts.logs), (vec!["unreadable"], 30));
    assert!(!report.is_broken());

    // A sync of the prefix alone, whose digests say what stood before.
    let below = tempfile::tempdir().unwrap();
    kit.objects = kit.objects.into_iter().map(|(key, object)| (key.replace("audit/", ""), object)).collect();
    kit.sync(below.path()).unwrap();
    assert_eq!(kinds(below.path()), ["unreadable"]);
    let log = below.path().join(&kit.keys(false)[0]);
    fs::write(log, "{}").unwrap();
    assert!(kinds(below.path()).contains(&"log-changed"));
    assert!(matches!(Mirror::open(&below.path().join("AWSLogs")), Err(MirrorError::NoTrail { .. })));
}

#[test]
fn a_run_that_was_cut_off_goes_on_and_believes_no_changed_file() {
    let directory = tempfile::tempdir().unwrap();
    let (kit, root) = (kit(), directory.path().join("copy"));
    let folder = copied(&kit, &root);
    let secret = directory.path().join("secret");
    let open = || Checkpoint::open(&folder.record("checkpoint"), &secret).unwrap();
    let whole = verified(&root, None, usize::MAX).unwrap();
    let mut before = 0;
    for rounds in 1..6 {
        let mut checkpoint = open();
        assert!(checkpoint.len() >= before);
        before = checkpoint.len();
        if let Some(report) = verified(&root, Some(&mut checkpoint), rounds) {
            assert_eq!(report, whole);
        }
    }
    assert_eq!(open().len(), 30);
    let log = folder.object(&kit.prefix, &kit.keys(false)[3], None);
    let times = fs::metadata(&log).unwrap().modified().unwrap();
    let mut bytes = fs::read(&log).unwrap();
    bytes[30] ^= 1;
    fs::write(&log, &bytes).unwrap();
    fs::File::options().write(true).open(&log).unwrap().set_modified(times).unwrap();
    assert!(verified(&root, Some(&mut open()), usize::MAX).unwrap().is_broken());
}

#[test]
fn a_copy_that_was_not_finished_proves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let folder = copied(&kit(), directory.path());
    let path = folder.record("trail.json");
    let mut description: Description = folder.read(&path).unwrap().unwrap();
    description.complete = false;
    folder.save(&path, &description).unwrap();
    assert!(matches!(Mirror::open(directory.path()), Err(MirrorError::Incomplete { .. })));
    fs::write(&path, "{").unwrap();
    assert!(matches!(Mirror::open(directory.path()), Err(MirrorError::Record { .. })));
}
