//! What lies beside a state in S3: its earlier versions, and other states that record a key of the foundation.

use aws_sdk_s3::Client;
use doctor::facts::{Read, RecordedState, Refusal};
use foundation::addresses;
use terraform::State;

use super::read;

/// The most neighbouring states that are looked into.
const MOST: usize = 5;

/// The largest state that is looked into.
const LARGEST: i64 = 4 << 20;

/// How many earlier versions of an object there are, as far as the first page tells.
pub async fn earlier_versions(client: &Client, bucket: &str, key: &str) -> Read<usize> {
    let sending = client.list_object_versions().bucket(bucket).prefix(key).send();
    match read("s3:ListBucketVersions", &["NoSuchBucket"], sending).await {
        Read::Found(answer) => {
            let is_earlier = |version: &&aws_sdk_s3::types::ObjectVersion| {
                version.key() == Some(key) && !version.is_latest().unwrap_or(false)
            };
            Read::Found(answer.versions().iter().filter(is_earlier).count())
        }
        Read::Absent => Read::Absent,
        Read::Refused(refusal) => Read::Refused(refusal),
    }
}

/// The other states in the directory of a state, with the keys that they record.
pub async fn neighbours(client: &Client, bucket: &str, key: &str) -> Read<Vec<RecordedState>> {
    let directory = key.rsplit_once('/').map_or("", |(directory, _)| directory);
    let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
    let sending = client.list_objects_v2().bucket(bucket).prefix(prefix).delimiter("/").send();
    let listed = match read("s3:ListBucket", &["NoSuchBucket"], sending).await {
        Read::Found(listed) => listed,
        Read::Absent => return Read::Absent,
        Read::Refused(refusal) => return Read::Refused(refusal),
    };
    let is_state = |object: &&aws_sdk_s3::types::Object| {
        object.key().is_some_and(|name| name.ends_with(".tfstate") && name != key)
            && object.size().is_some_and(|size| size < LARGEST)
    };
    let names = listed.contents().iter().filter(is_state).filter_map(|object| object.key()).take(MOST);
    let read = futures::future::join_all(names.map(async |name| recorded(client, bucket, name).await)).await;
    match read.into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(states) => Read::Found(states.into_iter().flatten().collect()),
        Err(refusal) => Read::Refused(refusal),
    }
}

/// The key that a state records, if it is a state that records one.
async fn recorded(client: &Client, bucket: &str, name: &str) -> Result<Option<RecordedState>, Refusal> {
    let sending = client.get_object().bucket(bucket).key(name).send();
    let object = match read("s3:GetObject", &["NoSuchKey"], sending).await {
        Read::Found(object) => object,
        Read::Absent => return Ok(None),
        Read::Refused(refusal) => return Err(refusal),
    };
    let Ok(bytes) = object.body.collect().await else { return Ok(None) };
    let Ok(state) = State::parse(&bytes.into_bytes()) else { return Ok(None) };
    let key_id = state.instance(&addresses::key()).and_then(|key| key.attributes.get("key_id")?.as_str());
    Ok(key_id
        .map(|key_id| RecordedState { place: format!("s3://{bucket}/{name}"), key_id: key_id.to_owned() }))
}
