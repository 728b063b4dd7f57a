//! Which objects there are below a trail's prefix: few bytes for each, so that a million fit.

mod folder;
mod lane;
mod unique;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(crate) use folder::{Folder, Log};
pub(crate) use lane::{Entry, Lane};
use unique::Uniques;

use crate::moment::Moment;
use crate::name::{File, Name};
use crate::scope::{Scope, TrailId};

/// An object as the store lists it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listed<'a> {
    /// Its key.
    pub key: &'a str,
    /// Its version, in a bucket that has versions.
    pub version: Option<&'a str>,
    /// Whether it is not the current version.
    pub superseded: bool,
    /// Whether it is a delete marker.
    pub marker: bool,
    /// A number that is another when the object is: made of its size, its time and its tag.
    pub stamp: u64,
}

/// The objects that were listed.
#[derive(Debug, Default)]
pub struct Inventory {
    pub(crate) scope: Scope,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) folders: Vec<Folder>,
    /// What lies among the digests and has no name of a digest.
    pub(crate) strays: Vec<Stray>,
    /// What lies among the logs and has no name of a log: whether a digest names it.
    pub(crate) odd: BTreeMap<String, bool>,
    versions: HashMap<String, Versions>,
    lane_index: HashMap<String, usize>,
    folder_index: HashMap<String, usize>,
}

/// An object among the digests that has no name of a digest.
#[derive(Debug)]
pub(crate) struct Stray {
    pub key: String,
    pub region: String,
}

/// The versions of an object that has more than the current one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Versions {
    /// The delete marker that hides the others.
    pub marker: Option<String>,
    /// Those that are not current, as listed: the newest first.
    pub older: Vec<String>,
}

impl Inventory {
    /// An inventory of what `scope` covers, with nothing in it.
    pub fn new(scope: Scope) -> Self {
        Self { scope, ..Self::default() }
    }

    /// What it covers.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The trails whose digests are there.
    pub fn trails(&self) -> BTreeSet<TrailId> {
        self.lanes.iter().map(|lane| TrailId { account: None, ..lane.trail.clone() }).collect()
    }

    /// The regions that digests or logs are there of, each with the time of its oldest and newest digest: what keys are
    /// asked for. Regions without digests have no times.
    pub fn regions(&self) -> BTreeMap<&str, Option<(Moment, Moment)>> {
        let mut regions: BTreeMap<&str, Option<(Moment, Moment)>> = BTreeMap::new();
        for lane in &self.lanes {
            let times = lane.digests.iter().map(|entry| Moment::from_unix(i64::from(entry.end)));
            let known = regions.entry(&lane.region).or_default();
            for time in times {
                let (first, last) = known.unwrap_or((time, time));
                *known = Some((first.min(time), last.max(time)));
            }
        }
        regions
    }

    /// How many digests and logs are known.
    pub fn len(&self) -> (u64, u64) {
        let digests: usize = self.lanes.iter().map(|lane| lane.digests.len()).sum();
        let logs: usize = self.folders.iter().map(|folder| folder.logs.len()).sum();
        (digests as u64, logs as u64)
    }

    /// Adds an object; what is not CloudTrail's, and what lies outside the scope, is left out.
    pub fn add(&mut self, object: &Listed<'_>) {
        let prefix = std::mem::take(&mut self.scope.prefix);
        if let Some(name) = Name::parse(&prefix, object.key)
            && self.covers(&name)
        {
            if object.superseded {
                self.add_version(object);
            } else {
                self.add_current(&name, object);
            }
        }
        self.scope.prefix = prefix;
    }

    fn covers(&self, name: &Name<'_>) -> bool {
        let scope = &self.scope;
        let in_region =
            scope.regions.is_empty() || name.region.is_empty() || scope.regions.contains(name.region);
        let in_account =
            name.organization.is_none() || scope.accounts.is_empty() || scope.accounts.contains(name.account);
        let in_time = match name.file {
            File::Digest { end, .. } => scope.covers_digest(end),
            File::Log { delivered, .. } => scope.covers(delivered, delivered.plus(60)),
            File::Other => true,
        };
        in_region && in_account && in_time
    }

    fn add_version(&mut self, object: &Listed<'_>) {
        if let Some(version) = object.version.filter(|_| !object.marker) {
            self.versions.entry(object.key.to_owned()).or_default().older.push(version.to_owned());
        }
    }

    fn add_current(&mut self, name: &Name<'_>, object: &Listed<'_>) {
        if object.marker {
            let versions = self.versions.entry(object.key.to_owned()).or_default();
            versions.marker = Some(object.version.unwrap_or("null").to_owned());
        }
        match name.file {
            File::Digest { trail, home, end, backfill } => {
                let trail = TrailId {
                    name: trail.to_owned(),
                    home: home.to_owned(),
                    account: Some(name.account.to_owned()),
                };
                let Ok(end) = u32::try_from(end.unix()) else { return };
                let lane = self.lane(name, trail, backfill);
                if let Some(lane) = self.lanes.get_mut(lane) {
                    lane.digests.push(Entry { end, marked: object.marker });
                }
            }
            File::Log { delivered, unique } => {
                let Ok(minute) = u32::try_from(delivered.unix() / 60) else { return };
                let folder = self.folder(name);
                if let Some(folder) = self.folders.get_mut(folder) {
                    let unique = folder.uniques.keep(unique);
                    let (marked, stamp) = (object.marker, object.stamp);
                    folder.logs.push(Log { minute, unique, named: false, proven: false, marked, stamp });
                }
            }
            File::Other if object.marker => {}
            File::Other if name.is_digest() => {
                self.strays.push(Stray { key: object.key.to_owned(), region: name.region.to_owned() });
            }
            File::Other => {
                self.odd.insert(object.key.to_owned(), false);
            }
        }
    }

    fn lane(&mut self, name: &Name<'_>, trail: TrailId, backfill: bool) -> usize {
        let Name { account, region, place, .. } = name;
        let index = lane_index(name, &trail.name, &trail.home, backfill);
        if let Some(known) = self.lane_index.get(&index) {
            return *known;
        }
        self.lanes.push(Lane {
            place: (*place).to_owned(),
            stem: format!("{account}_{}_{region}_{}_{}", name.folder, trail.name, trail.home),
            account: (*account).to_owned(),
            region: (*region).to_owned(),
            organization: name.organization.map(str::to_owned),
            trail,
            backfill,
            digests: Vec::new(),
        });
        self.lane_index.insert(index, self.lanes.len() - 1);
        self.lanes.len() - 1
    }

    fn folder(&mut self, name: &Name<'_>) -> usize {
        if let Some(known) = self.folder_index.get(name.place) {
            return *known;
        }
        let Name { account, region, place, folder, .. } = name;
        self.folders.push(Folder {
            place: (*place).to_owned(),
            stem: format!("{account}_{folder}_{region}"),
            account: (*account).to_owned(),
            organization: name.organization.map(str::to_owned),
            kind: (*folder).to_owned(),
            region: (*region).to_owned(),
            logs: Vec::new(),
            uniques: Uniques::default(),
        });
        self.folder_index.insert(name.place.to_owned(), self.folders.len() - 1);
        self.folders.len() - 1
    }

    /// Sorts what was added; what was added twice counts once.
    pub(crate) fn sort(&mut self) {
        self.strays.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        self.strays.dedup_by(|a, b| a.key == b.key);
        for lane in &mut self.lanes {
            lane.digests.sort_unstable_by_key(|entry| entry.end);
            lane.digests.dedup_by_key(|entry| entry.end);
        }
        for folder in &mut self.folders {
            folder.logs.sort_unstable_by_key(|log| (log.minute, log.unique));
            folder.logs.dedup_by_key(|log| (log.minute, log.unique));
        }
    }

    /// The versions of an object beside its current one.
    pub(crate) fn versions(&self, key: &str) -> Option<&Versions> {
        self.versions.get(key)
    }

    /// Notes that a digest names the object, and says where it is among the logs.
    pub(crate) fn name(&mut self, key: &str) -> Option<(usize, usize)> {
        if let Some(named) = self.odd.get_mut(key) {
            *named = true;
            return None;
        }
        let name = Name::parse(&self.scope.prefix, key)?;
        let File::Log { delivered, unique } = name.file else { return None };
        let at = *self.folder_index.get(name.place)?;
        let folder = self.folders.get_mut(at)?;
        let index = folder.find(u32::try_from(delivered.unix() / 60).ok()?, unique)?;
        folder.logs.get_mut(index)?.named = true;
        Some((at, index))
    }

    /// A log by where [`Self::name`] said it is.
    pub(crate) fn log_mut(&mut self, (folder, index): (usize, usize)) -> Option<&mut Log> {
        self.folders.get_mut(folder)?.logs.get_mut(index)
    }

    /// Which lane a digest with this key belongs to.
    pub(crate) fn lane_of(&self, key: &str) -> Option<usize> {
        let name = Name::parse(&self.scope.prefix, key)?;
        let File::Digest { trail, home, backfill, .. } = name.file else { return None };
        self.lane_index.get(&lane_index(&name, trail, home, backfill)).copied()
    }

    /// Whether a digest with this key was listed, and is not hidden.
    pub(crate) fn has_digest(&self, key: &str) -> bool {
        let end = Name::parse(&self.scope.prefix, key).and_then(|name| match name.file {
            File::Digest { end, .. } => u32::try_from(end.unix()).ok(),
            _ => None,
        });
        let Some(end) = end else { return self.strays.iter().any(|stray| stray.key == key) };
        let lane = self.lane_of(key).and_then(|lane| self.lanes.get(lane));
        lane.is_some_and(|lane| {
            let found = lane.digests.binary_search_by_key(&end, |entry| entry.end).ok();
            found.and_then(|index| lane.digests.get(index)).is_some_and(|entry| !entry.marked)
        })
    }
}

/// What a lane is found by.
fn lane_index(name: &Name<'_>, trail: &str, home: &str, backfill: bool) -> String {
    let Name { account, folder, region, place, .. } = name;
    format!("{place}{account}_{folder}_{region}_{trail}_{home}{backfill}")
}
