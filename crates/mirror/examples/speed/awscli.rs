//! `aws cloudtrail validate-logs` on the same trail, from a store on loopback whose own time is taken off.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use harness::trail::{BEGIN, TrailKit, public_keys, rfc3339};
use harness::{Answer, Call, Options, Proxy, Tape, Verdict, aws_environment};

/// What is served: the objects on disk, and the metadata of the digests, which a plain copy lacks.
pub(super) struct Store {
    /// Where the objects are.
    pub root: PathBuf,
    /// The bucket that digests name.
    pub bucket: String,
    /// The metadata of each digest.
    pub metadata: BTreeMap<String, BTreeMap<String, String>>,
}

impl Store {
    fn answer(&self, call: &Call) -> Verdict {
        let xml = |body: String| Verdict::Answer(Answer::new(200, "application/xml", body));
        match call.action.as_str() {
            "GetBucketLocation" => xml("<LocationConstraint/>".to_owned()),
            "ListObjects" | "ListObjectsV2" => xml(self.listing()),
            "GetObject" => self.object(call.parameter("Key").unwrap_or_default()),
            "ListPublicKeys" => {
                let keys = public_keys().to_string();
                Verdict::Answer(Answer::new(200, "application/x-amz-json-1.1", keys))
            }
            _ => Verdict::Pass,
        }
    }

    fn listing(&self) -> String {
        let keys = self.metadata.keys().map(|key| format!("<Contents><Key>{key}</Key></Contents>"));
        format!(
            "<ListBucketResult><IsTruncated>false</IsTruncated>{}</ListBucketResult>",
            keys.collect::<String>()
        )
    }

    fn object(&self, key: &str) -> Verdict {
        let mut answer =
            Answer::new(200, "application/octet-stream", std::fs::read(self.root.join(key)).unwrap());
        for (name, value) in self.metadata.get(key).into_iter().flatten() {
            answer.headers.push((format!("x-amz-meta-{name}"), value.clone()));
        }
        Verdict::Answer(answer)
    }
}

/// The time that the other validator takes without that of the store.
pub(super) fn time(aws: &Path, kit: &TrailKit, store: Store, logs: usize) -> Duration {
    let proxy = Proxy::replay(Tape::default(), Options::default()).unwrap();
    let bucket = store.bucket.clone();
    proxy.on(move |call| store.answer(call));
    let (begin, end) = (rfc3339(BEGIN), rfc3339(BEGIN + 24 * 3600));
    let begun = Instant::now();
    let output = Command::new(aws)
        .args(["cloudtrail", "validate-logs", "--region", "us-east-1", "--trail-arn", &kit.arn()])
        .args(["--start-time", &begin, "--end-time", &end, "--s3-bucket", &bucket])
        .envs(aws_environment(&proxy.endpoint()))
        .output()
        .unwrap();
    let whole = begun.elapsed();
    proxy.settle();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains(&format!("{logs}/{logs} log files valid")), "{said}");
    let stores: Duration = proxy.journal().iter().map(|entry| entry.end - entry.start).sum();
    whole.saturating_sub(stores)
}
