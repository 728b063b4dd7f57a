//! What lies in a trail's part of a bucket: every version of every object, many folders at a time.

use aws_sdk_s3::types::EncodingType;
use engine::{CloudError, CloudErrorKind};
use futures::{StreamExt, TryStreamExt, stream};
use percent_encoding::percent_decode_str;
use trail::{Moment, Scope};

use super::Archive;
use crate::call::call;

/// How many folders are listed at a time.
const FOLDERS: usize = 16;

/// An object, an older version of it, or a delete marker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// The key.
    pub key: String,
    /// The version, in a bucket that has versions.
    pub version: Option<String>,
    /// Whether it is not the current one.
    pub superseded: bool,
    /// Whether it is a delete marker.
    pub marker: bool,
    /// Its size.
    pub size: u64,
    /// Its tag and the time of its last change.
    pub tag: String,
}

impl Archive {
    /// The organization whose trail writes here, if one does: the folder below `AWSLogs` with an organization's id.
    ///
    /// # Errors
    /// The bucket cannot be listed.
    pub async fn organizations(&self) -> Result<Vec<String>, CloudError> {
        let folders = self.folders(&format!("{}AWSLogs/", self.prefix)).await?;
        Ok(folders
            .iter()
            .filter_map(|folder| last(folder))
            .filter(|name| name.starts_with("o-"))
            .map(str::to_owned)
            .collect())
    }

    /// Lists what a scope covers, and more where that is simpler; tells `take` page by page. The store's clock at the end.
    ///
    /// # Errors
    /// The bucket cannot be listed.
    pub async fn list(
        &self,
        scope: &Scope,
        take: &mut dyn FnMut(Vec<Object>),
    ) -> Result<Option<Moment>, CloudError> {
        let folders = self.regions(scope).await?;
        let (sender, mut pages) = tokio::sync::mpsc::channel(FOLDERS);
        let listing = async {
            let all = stream::iter(folders).map(|folder| self.pages(folder, scope, sender.clone()));
            let listed = all.buffer_unordered(FOLDERS).try_collect::<Vec<()>>().await;
            drop(sender);
            listed
        };
        let taking = async {
            while let Some(page) = pages.recv().await {
                take(page);
            }
        };
        let (listed, ()) = futures::join!(listing, taking);
        listed?;
        Ok(self.clock.get().map(|date| Moment::from_unix(date.secs())))
    }

    /// The folders of logs and digests, one for each account, kind and region of the scope.
    async fn regions(&self, scope: &Scope) -> Result<Vec<String>, CloudError> {
        let root = format!("{}AWSLogs/", self.prefix);
        let mut accounts = Vec::new();
        for folder in self.folders(&root).await? {
            match last(&folder) {
                Some(name) if name.starts_with("o-") => accounts.extend(self.folders(&folder).await?),
                Some(_) => accounts.push(folder),
                None => {}
            }
        }
        let is_account = |folder: &String| {
            last(folder)
                .is_some_and(|name| name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit()))
        };
        accounts.retain(is_account);
        let kinds: Vec<Vec<String>> = stream::iter(accounts)
            .map(|account| async move { self.folders(&account).await })
            .buffered(FOLDERS)
            .try_collect()
            .await?;
        let kinds = kinds
            .into_iter()
            .flatten()
            .filter(|folder| last(folder).is_some_and(|name| name.starts_with("CloudTrail")));
        let regions: Vec<Vec<String>> = stream::iter(kinds)
            .map(|kind| async move { self.in_kind(kind).await })
            .buffered(FOLDERS)
            .try_collect()
            .await?;
        let wanted = |folder: &String| {
            let region = last(folder).unwrap_or_default();
            scope.regions.is_empty() || scope.regions.contains(region) || region.starts_with("CloudTrail")
        };
        Ok(regions.into_iter().flatten().filter(wanted).collect())
    }

    /// The folders of regions below one of logs or digests; itself, where something lies in it directly.
    async fn in_kind(&self, kind: String) -> Result<Vec<String>, CloudError> {
        let (folders, objects) = self.level(&kind).await?;
        let plain = objects.iter().any(|key| !key.ends_with('/'));
        Ok(if plain { vec![kind] } else { folders })
    }

    async fn folders(&self, prefix: &str) -> Result<Vec<String>, CloudError> {
        Ok(self.level(prefix).await?.0)
    }

    /// The folders and the objects directly below a prefix.
    async fn level(&self, prefix: &str) -> Result<(Vec<String>, Vec<String>), CloudError> {
        let (mut folders, mut objects) = (Vec::new(), Vec::new());
        let mut token: Option<String> = None;
        loop {
            let request = self.s3.list_objects_v2().bucket(&self.bucket).prefix(prefix).delimiter("/");
            let request = request.encoding_type(EncodingType::Url).set_continuation_token(token);
            let sending = request.customize().interceptor(self.clock.clone()).send();
            let answer = call("s3:ListBucket", sending).await?;
            let decoded = |key: &str| decoded(answer.encoding_type(), key);
            let found = answer.common_prefixes().iter().filter_map(|folder| folder.prefix()).map(decoded);
            folders.extend(found);
            objects.extend(answer.contents().iter().filter_map(|object| object.key()).map(decoded));
            match answer.next_continuation_token {
                Some(next) => token = Some(next),
                None => return Ok((folders, objects)),
            }
        }
    }

    /// The parts of a folder that a range needs: keys begin with year, month and day, so what is older is not listed. What
    /// lies where no year is keeps the folder whole.
    ///
    /// Not every store takes a key that it does not hold as a place to begin at, so parts are listed instead.
    async fn parts(&self, folder: String, scope: &Scope) -> Result<Vec<String>, CloudError> {
        let Some(since) = scope.since else { return Ok(vec![folder]) };
        // A day more, for what is late.
        let day = since.plus(-86_400).day();
        let (year, rest) = day.split_once('/').unwrap_or((&day, ""));
        let (month, _) = rest.split_once('/').unwrap_or((rest, ""));
        let (years, objects) = self.level(&folder).await?;
        if objects.iter().any(|key| !key.ends_with('/')) {
            return Ok(vec![folder]);
        }
        let mut parts = Vec::new();
        for part in years.into_iter().filter(|part| last(part).is_some_and(|name| name >= year)) {
            if last(&part) != Some(year) {
                parts.push(part);
                continue;
            }
            let (months, objects) = self.level(&part).await?;
            if objects.iter().any(|key| !key.ends_with('/')) {
                parts.push(part);
            } else {
                parts.extend(months.into_iter().filter(|part| last(part).is_some_and(|name| name >= month)));
            }
        }
        Ok(parts)
    }

    /// Sends every page of a folder on.
    async fn pages(
        &self,
        folder: String,
        scope: &Scope,
        pages: tokio::sync::mpsc::Sender<Vec<Object>>,
    ) -> Result<(), CloudError> {
        let end = scope.until.map(|until| format!("{folder}{}/~", until.plus(86_400).day()));
        for part in self.parts(folder, scope).await? {
            self.part(&part, end.as_deref(), &pages).await?;
        }
        Ok(())
    }

    /// Sends every page of a part of a folder on, up to a key.
    async fn part(
        &self,
        part: &str,
        end: Option<&str>,
        pages: &tokio::sync::mpsc::Sender<Vec<Object>>,
    ) -> Result<(), CloudError> {
        let mut next = None;
        loop {
            let page = match self.versions(part, next.clone()).await {
                Err(error) if error.kind == CloudErrorKind::AccessDenied && next.is_none() => {
                    return self.current(part, end, pages).await;
                }
                page => page?,
            };
            let (objects, after) = page;
            let done = objects.last().is_some_and(|object| end.is_some_and(|end| object.key.as_str() > end));
            if pages.send(objects).await.is_err() || done {
                return Ok(());
            }
            match after {
                Some(after) => next = Some(after),
                None => return Ok(()),
            }
        }
    }

    /// A page of versions, sorted by key, and where the next one begins.
    async fn versions(
        &self,
        folder: &str,
        after: Option<(String, Option<String>)>,
    ) -> Result<(Vec<Object>, Option<(String, Option<String>)>), CloudError> {
        let (key, version) = after.map_or((None, None), |(key, version)| (Some(key), version));
        let request = self
            .s3
            .list_object_versions()
            .bucket(&self.bucket)
            .prefix(folder)
            .encoding_type(EncodingType::Url);
        let request = request.set_key_marker(key).set_version_id_marker(version);
        let sending = request.customize().interceptor(self.clock.clone()).send();
        let answer = call("s3:ListBucketVersions", sending).await?;
        let encoding = answer.encoding_type;
        let decoded = |key: &str| decoded(encoding.as_ref(), key);
        let next = answer.next_key_marker.as_deref().filter(|_| answer.is_truncated == Some(true));
        let next = next.map(|key| (decoded(key), answer.next_version_id_marker.clone()));
        let versions = answer.versions.unwrap_or_default().into_iter().map(|version| Object {
            key: decoded(version.key.as_deref().unwrap_or_default()),
            version: version.version_id.filter(|id| id != "null" || version.is_latest == Some(false)),
            superseded: version.is_latest == Some(false),
            marker: false,
            size: version.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
            tag: tag(version.e_tag.as_deref(), version.last_modified.as_ref()),
        });
        let markers = answer.delete_markers.unwrap_or_default().into_iter().map(|marker| Object {
            key: decoded(marker.key.as_deref().unwrap_or_default()),
            version: marker.version_id,
            superseded: marker.is_latest == Some(false),
            marker: true,
            size: 0,
            tag: tag(None, marker.last_modified.as_ref()),
        });
        let mut objects: Vec<Object> = versions.chain(markers).collect();
        objects.sort_by(|a, b| a.key.cmp(&b.key));
        Ok((objects, next))
    }

    /// The current objects only, for who may not list versions.
    async fn current(
        &self,
        part: &str,
        end: Option<&str>,
        pages: &tokio::sync::mpsc::Sender<Vec<Object>>,
    ) -> Result<(), CloudError> {
        let mut token: Option<String> = None;
        loop {
            let request =
                self.s3.list_objects_v2().bucket(&self.bucket).prefix(part).encoding_type(EncodingType::Url);
            let sending =
                request.set_continuation_token(token).customize().interceptor(self.clock.clone()).send();
            let answer = call("s3:ListBucket", sending).await?;
            let objects: Vec<Object> = answer
                .contents()
                .iter()
                .map(|object| Object {
                    key: decoded(answer.encoding_type(), object.key().unwrap_or_default()),
                    size: object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
                    tag: tag(object.e_tag(), object.last_modified()),
                    ..Object::default()
                })
                .collect();
            let done = objects.last().is_some_and(|object| end.is_some_and(|end| object.key.as_str() > end));
            if pages.send(objects).await.is_err() || done {
                return Ok(());
            }
            match answer.next_continuation_token {
                Some(next) => token = Some(next),
                None => return Ok(()),
            }
        }
    }
}

fn tag(tag: Option<&str>, modified: Option<&aws_smithy_types::DateTime>) -> String {
    format!("{} {}", tag.unwrap_or_default(), modified.map_or(0, aws_smithy_types::DateTime::secs))
}

/// The name of a folder.
fn last(folder: &str) -> Option<&str> {
    folder.trim_end_matches('/').rsplit('/').next()
}

/// A key as it is: S3 is asked to encode keys, because XML cannot hold every character that a key may have. A store that
/// does not do it does not name the encoding in its answer.
fn decoded(encoding: Option<&EncodingType>, key: &str) -> String {
    match encoding {
        Some(EncodingType::Url) => {
            percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy().into_owned()
        }
        _ => key.to_owned(),
    }
}
