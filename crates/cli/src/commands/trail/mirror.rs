//! `trail mirror`.

use std::path::PathBuf;
use std::process::ExitCode;

use aws::archive::{Archive, Fetched, Object, reason};
use futures::{StreamExt, stream};
use mirror::{Description, Folder, Line, Listing, MirrorError, Stored};
use terraform::Diagnostic;
use trail::name::Name;
use trail::{Inventory, PublicKeys};

use super::copy::unusable;
use super::records;
use super::source::{Bucket, named};
use super::which::Which;
use crate::context::Context;
use crate::error::CliError;
use crate::runtime;
use crate::views::trail::{Copied, mirrored};

/// How many objects are copied at a time.
const OBJECTS: usize = 32;

/// How many lines of the listing are looked at together.
const LINES: usize = 4096;

/// The arguments of `trail mirror`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin trail mirror DIR\nunderpin trail mirror -since=2026-01-01 DIR")]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// The folder of the copy
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Copies.
///
/// # Errors
/// The trail is not known, its bucket cannot be listed, or the folder cannot be written.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    if args.which.from.is_some() {
        let detail =
            "trail mirror copies from the bucket. A copy is copied with the tools for files, such as cp -a.";
        return Err(Diagnostic::error("Invalid combination of command line options", detail).into());
    }
    let named = named(&args.which, context)?;
    let folder = Folder::new(&args.folder);
    runtime::block_on(async {
        let mut bucket = Bucket::open(&args.which, named, context).await?;
        let record = folder.record("trail.json");
        let mut description = Description::of(&bucket.scope, bucket.circumstances.clone());
        folder.save(&record, &description).map_err(|error| unusable(&error))?;
        let (inventory, now) = list(&bucket, &folder).await?;
        bucket.circumstances.now = now;
        description.circumstances.now = now;
        let (keys, refused) = bucket.keys(&inventory).await;
        drop(inventory);
        save_keys(&folder, keys).map_err(|error| unusable(&error))?;
        let copied = copy(&bucket.archive, &folder).await?;
        description.unreadable = copied.unreadable.clone();
        description.complete = true;
        folder.save(&record, &description).map_err(|error| unusable(&error))?;
        context.terminal.say(&mirrored(&args.folder, &copied, &refused, context.terminal.width()));
        let whole = copied.unreadable.is_empty() && refused.is_empty();
        Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

/// Lists the bucket into the folder.
async fn list(bucket: &Bucket, folder: &Folder) -> Result<(Inventory, Option<trail::Moment>), CliError> {
    let mut listing = Listing::begin(folder).map_err(|error| unusable(&error))?;
    let mut inventory = Inventory::new(bucket.scope.clone());
    let mut failure = None;
    let mut take = |page: Vec<Object>| {
        for object in page {
            let line = records::line(&object);
            inventory.add(&line.listed());
            let added = listing.add(folder, &bucket.scope.prefix, &line);
            failure = failure.take().or(added.err());
        }
    };
    let now = bucket.archive.list(&bucket.scope, &mut take).await?;
    match failure {
        Some(error) => Err(unusable(&error)),
        None => {
            listing.finish(folder).map_err(|error| unusable(&error))?;
            Ok((inventory, now))
        }
    }
}

/// Adds the keys to those of an earlier copy.
fn save_keys(folder: &Folder, keys: PublicKeys) -> Result<(), MirrorError> {
    let path = folder.record("keys.json");
    let mut all: PublicKeys = folder.read(&path)?.unwrap_or_default();
    for (region, key) in keys.iter() {
        all.add(region, [key.clone()]);
    }
    folder.save(&path, &all)
}

/// Fetches what the listing names and the folder lacks.
async fn copy(archive: &Archive, folder: &Folder) -> Result<Copied, CliError> {
    let mut copied = Copied::default();
    let mut lines = mirror::lines(folder).map_err(|error| unusable(&error))?;
    loop {
        let part: Result<Vec<Line>, MirrorError> = lines.by_ref().take(LINES).collect();
        let part = part.map_err(|error| unusable(&error))?;
        if part.is_empty() {
            return Ok(copied);
        }
        let wanted =
            part.into_iter().filter(|line| !line.marker && Name::parse(&archive.prefix, &line.key).is_some());
        let mut fetched = stream::iter(wanted)
            .map(|line| async move {
                let fetched = fetch(archive, folder, &line).await;
                (line, fetched)
            })
            .buffer_unordered(OBJECTS);
        while let Some((line, fetched)) = fetched.next().await {
            match fetched.map_err(|error| unusable(&error))? {
                Copy::Kept => copied.kept += 1,
                Copy::Fetched(bytes) => {
                    copied.fetched += 1;
                    copied.bytes += bytes;
                }
                Copy::Gone => {}
                Copy::Unreadable(why) => copied.unreadable.push((line.key, why)),
            }
        }
    }
}

enum Copy {
    Kept,
    Fetched(u64),
    Gone,
    Unreadable(String),
}

async fn fetch(archive: &Archive, folder: &Folder, line: &Line) -> Result<Copy, MirrorError> {
    let version = line.version.as_deref().filter(|_| line.superseded);
    let path = folder.object(&archive.prefix, &line.key, version);
    if std::fs::symlink_metadata(&path).is_ok_and(|found| found.is_file() && found.len() == line.size) {
        return Ok(Copy::Kept);
    }
    let fetched = archive.fetch_patiently(&line.key, version).await;
    let (metadata, mut body) = match fetched {
        Ok(Fetched::Object { metadata, body }) => (metadata, body),
        Ok(Fetched::Absent) => return Ok(Copy::Gone),
        Err(error) => return Ok(Copy::Unreadable(reason(&error))),
    };
    let mut file = folder.begin()?;
    let mut length = 0;
    while let Some(chunk) = body.next().await {
        match chunk {
            Ok(chunk) => {
                length += chunk.len() as u64;
                file.write(&chunk)?;
            }
            Err(error) => {
                file.discard();
                return Ok(Copy::Unreadable(format!("the answer broke off: {error}")));
            }
        }
    }
    if Name::parse(&archive.prefix, &line.key).is_some_and(|name| name.is_digest()) {
        folder.save(&folder.metadata(&line.key, version), &Stored { metadata })?;
    }
    folder.place(file, &path)?;
    Ok(Copy::Fetched(length))
}
