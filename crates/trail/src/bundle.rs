//! What a third person needs to check a range of a trail alone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::chain::Link;
use crate::hash::Hash;
use crate::moment::Moment;
use crate::report::Report;
use crate::scope::TrailId;

/// A digest that was kept.
#[derive(Clone, Debug)]
pub struct Kept {
    region: String,
    end: Moment,
    content: Vec<u8>,
    signature: String,
}

impl Kept {
    pub(crate) fn new(link: &Link, region: &str) -> Option<Self> {
        let (content, signature) = (link.content.clone()?, link.signature.clone()?);
        Some(Self { region: region.to_owned(), end: link.end, content, signature })
    }
}

/// What the first line of a bundle says.
pub const FORMAT: &str = "underpin trail bundle 1";

/// The bundle: a line that says what it is, a line of JSON, and a line with the SHA-256 hash of both.
///
/// Digests are in the order of their regions and times, whatever the order in which they were read: two bundles of the same
/// range are the same bytes. The JSON holds the range, and each digest's region, signature and content in base64. The content names the digest
/// before it and the hashes of the logs.
pub fn bundle(trail: &TrailId, report: &Report, digests: &[Kept]) -> String {
    let mut digests: Vec<&Kept> = digests.iter().collect();
    digests.sort_by_key(|kept| (&kept.region, kept.end, &kept.content));
    let digests: Vec<Value> = digests
        .into_iter()
        .map(|kept| {
            let content = STANDARD.encode(&kept.content);
            json!({"region": kept.region, "signature": kept.signature, "content": content})
        })
        .collect();
    let body = json!({
        "trail": {"name": trail.name, "home": trail.home, "account": trail.account},
        "range": report.range,
        "counts": {"digests": report.counts.digests, "logs": report.counts.logs},
        "digests": digests,
    });
    let text = format!("{FORMAT}\n{body}\n");
    let hash = Hash::of(text.as_bytes());
    format!("{text}{hash}\n")
}
