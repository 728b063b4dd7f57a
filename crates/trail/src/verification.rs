//! A verification: it asks for objects, takes what they say, and comes to a report.

mod objects;
mod others;

use std::collections::VecDeque;
use std::fmt;

use crate::bundle::Kept;
use crate::chain::{Chain, Link, Settled, Surroundings, Weight};
use crate::event::Event;
use crate::examine::{Answer, Purpose, Request, Ticket};
use crate::finding::{Finding, Findings, Kind};
use crate::inventory::Inventory;
use crate::report::Counts;
use crate::scope::{Circumstances, TrailId};

/// How many digests are asked for at once: each may name a thousand logs.
const DIGESTS: usize = 64;

/// How many logs are asked for at once.
const LOGS: usize = 1024;

/// There are digests of several trails, and none was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhichTrail(pub Vec<TrailId>);

impl fmt::Display for WhichTrail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "there are digests of {} trails", self.0.len())
    }
}

impl std::error::Error for WhichTrail {}

/// How far a verification is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Objects that were judged.
    pub objects: u64,
    /// All that were listed.
    pub of: u64,
    /// What the logs hold so far, inflated.
    pub bytes: u64,
}

/// A verification under way.
#[derive(Debug)]
pub struct Verification {
    pub(crate) inventory: Inventory,
    pub(crate) circumstances: Circumstances,
    pub(crate) trail: Option<TrailId>,
    pub(crate) lanes: Vec<LaneState>,
    pub(crate) findings: Findings,
    pub(crate) counts: Counts,
    pub(crate) expired: u64,
    stage: Stage,
    queue: VecDeque<Request>,
    arrived: Vec<(Ticket, Option<String>, Answer)>,
    judged: u64,
    pub(crate) kept: Option<Vec<Kept>>,
}

/// How far the digests of a lane are.
#[derive(Debug, Default)]
pub(crate) struct LaneState {
    pub ours: bool,
    /// Whether digests of another trail whose signature cannot be checked name logs that are there.
    pub vouches: bool,
    pub chain: Chain,
    pub events: Vec<Vec<Event>>,
    cursor: usize,
    ended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Strays,
    Digests,
    Gaps,
    Done,
}

impl Verification {
    /// Begins to verify what was listed.
    ///
    /// # Errors
    /// The scope names no trail, and there are several.
    pub fn new(mut inventory: Inventory, circumstances: Circumstances) -> Result<Self, WhichTrail> {
        inventory.sort();
        let trail = match (&inventory.scope.trail, inventory.trails().into_iter().collect::<Vec<_>>()) {
            (Some(trail), _) => Some(trail.clone()),
            (None, found) if found.len() > 1 => return Err(WhichTrail(found)),
            (None, found) => found.into_iter().next(),
        };
        let lanes = inventory.lanes.iter().map(|lane| {
            let scope = &inventory.scope;
            let is_trail = |trail: &TrailId| {
                let account = trail.account.as_ref();
                let own = account.is_none_or(|account| *account == lane.account);
                (trail.name == lane.trail.name && trail.home == lane.trail.home)
                    && (own || lane.organization.is_some() || scope.accounts.contains(&lane.account))
            };
            let organization = scope.organization.is_none() || scope.organization == lane.organization;
            LaneState { ours: organization && trail.as_ref().is_some_and(is_trail), ..LaneState::default() }
        });
        Ok(Self {
            lanes: lanes.collect(),
            trail,
            inventory,
            circumstances,
            findings: Findings::default(),
            counts: Counts::default(),
            expired: 0,
            stage: Stage::Strays,
            queue: VecDeque::new(),
            arrived: Vec::new(),
            judged: 0,
            kept: None,
        })
    }

    /// Keeps what a bundle is made of. The examiners have to keep it too.
    #[must_use]
    pub fn keeping(mut self) -> Self {
        self.kept = Some(Vec::new());
        self
    }

    /// The trail that is verified.
    pub fn trail(&self) -> Option<&TrailId> {
        self.trail.as_ref()
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        let (digests, logs) = self.inventory.len();
        Progress { objects: self.judged, of: digests + logs, bytes: self.counts.bytes }
    }

    /// The objects that are needed next; none when all is known. Every one wants an answer before the next are asked for.
    pub fn ask(&mut self) -> Vec<Request> {
        loop {
            self.digest_arrived();
            if !self.queue.is_empty() {
                return self.queue.drain(..LOGS.min(self.queue.len())).collect();
            }
            let requests = match self.stage {
                Stage::Strays => {
                    self.stage = Stage::Digests;
                    self.ask_strays()
                }
                Stage::Digests => {
                    let requests = self.ask_digests();
                    if requests.is_empty() && !self.end_lane() {
                        self.stage = Stage::Gaps;
                    }
                    requests
                }
                Stage::Gaps => {
                    self.stage = Stage::Done;
                    self.ask_events()
                }
                Stage::Done => return Vec::new(),
            };
            if !requests.is_empty() {
                return requests;
            }
        }
    }

    /// Takes what an object says.
    pub fn take(&mut self, request: Request, answer: Answer) {
        match (request.ticket, answer) {
            (Ticket::Log { lane, log, end }, answer) => {
                self.judged += 1;
                self.take_log(request, answer, (lane, log, end));
            }
            (Ticket::Version { finding }, Answer::Log(Ok(content))) => {
                if request.purpose == Purpose::Log(content.hash)
                    && let Some(finding) = self.findings.list.get_mut(finding)
                    && finding.version.is_none()
                {
                    finding.version = request.version;
                }
            }
            (Ticket::Events { lane, gap }, Answer::Events(events)) => {
                let gaps = self.lanes.get_mut(lane).map(|lane| &mut lane.events);
                if let Some(known) = gaps.and_then(|gaps| gaps.get_mut(gap)) {
                    known.extend(events);
                }
            }
            (Ticket::Version { .. } | Ticket::Events { .. }, _) => {}
            (ticket, answer) => self.arrived.push((ticket, request.version, answer)),
        }
    }

    fn ask_strays(&self) -> Vec<Request> {
        let strays = self.inventory.strays.iter().enumerate();
        strays
            .map(|(index, stray)| Request {
                bucket: None,
                key: stray.key.clone(),
                version: None,
                purpose: Purpose::Digest,
                stamp: 0,
                region: stray.region.clone(),
                ticket: Ticket::Stray { index },
            })
            .collect()
    }

    /// The next digests of every lane, so that all regions go on together.
    fn ask_digests(&mut self) -> Vec<Request> {
        let open = self.lanes.iter().filter(|state| !state.ended).count().max(1);
        let share = (DIGESTS / open).max(1);
        let mut requests = Vec::new();
        for (index, (state, lane)) in self.lanes.iter_mut().zip(&self.inventory.lanes).enumerate() {
            if requests.len() >= DIGESTS {
                break;
            }
            let next = lane.digests.iter().enumerate().skip(state.cursor).take(share);
            for (at, entry) in next {
                state.cursor += 1;
                let key = lane.key(*entry);
                let request = |version, alternate| Request {
                    bucket: None,
                    key: key.clone(),
                    version,
                    purpose: Purpose::Digest,
                    stamp: 0,
                    region: lane.region.clone(),
                    ticket: Ticket::Digest { lane: index, index: at, alternate },
                };
                let versions = self.inventory.versions(&key);
                let older = versions.map(|versions| versions.older.as_slice()).unwrap_or_default();
                if !entry.marked {
                    requests.push(request(None, 0));
                } else {
                    self.arrived.push((
                        Ticket::Digest { lane: index, index: at, alternate: 0 },
                        None,
                        Answer::Absent,
                    ));
                }
                let older =
                    older.iter().enumerate().map(|(n, version)| request(Some(version.clone()), n + 1));
                requests.extend(older);
            }
        }
        if requests.is_empty() && !self.arrived.is_empty() {
            self.digest_arrived();
        }
        requests
    }

    /// Ends one lane whose digests are all known; `false` when there is none left.
    fn end_lane(&mut self) -> bool {
        let lanes = self.lanes.iter().zip(&self.inventory.lanes).enumerate();
        let next = lanes.filter(|(_, (state, lane))| !state.ended && state.cursor >= lane.digests.len());
        let Some(index) = next.map(|(index, _)| index).next() else {
            return self.lanes.iter().any(|state| !state.ended);
        };
        if let Some(state) = self.lanes.get_mut(index) {
            state.ended = true;
        }
        let settled = self.in_chain(index, |chain, around| chain.end(around));
        self.settled(index, settled);
        true
    }

    /// Hands the digests that arrived to their chains, in order.
    fn digest_arrived(&mut self) {
        let mut arrived = std::mem::take(&mut self.arrived);
        arrived.sort_by_key(|(ticket, _, _)| *ticket);
        let mut arrived = arrived.into_iter().peekable();
        while let Some((ticket, version, answer)) = arrived.next() {
            match ticket {
                Ticket::Stray { index } => self.stray(index, answer),
                Ticket::Digest { lane, index, .. } => {
                    self.judged += 1;
                    let mut answers = vec![(version, answer)];
                    let same = |other: &(Ticket, Option<String>, Answer)| matches!(other.0, Ticket::Digest { lane: l, index: i, .. } if (l, i) == (lane, index));
                    while let Some((_, version, answer)) = arrived.next_if(same) {
                        answers.push((version, answer));
                    }
                    self.digest(lane, index, answers);
                }
                _ => {}
            }
        }
    }

    fn digest(&mut self, index: usize, at: usize, answers: Vec<(Option<String>, Answer)>) {
        let Some(lane) = self.inventory.lanes.get(index) else { return };
        let Some(entry) = lane.digests.get(at) else { return };
        let bucket = self.inventory.scope.bucket.as_deref();
        let mut link = Link::weigh(lane.key(*entry), entry.end(), bucket, answers);
        if entry.marked {
            link.standing = Weight::Marked;
        }
        let settled = self.in_chain(index, |chain, around| chain.next(link, around));
        self.settled(index, settled);
    }

    fn in_chain<T>(
        &mut self,
        index: usize,
        act: impl FnOnce(&mut Chain, &Surroundings<'_>) -> T,
    ) -> Option<T> {
        let lane = self.inventory.lanes.get(index)?;
        let state = self.lanes.get_mut(index)?;
        let around = Surroundings {
            bucket: self.inventory.scope.bucket.as_deref(),
            prefix: &self.inventory.scope.prefix,
            region: &lane.region,
            backfill: lane.backfill,
            present: &|key| self.inventory.has_digest(key),
            expired: &|time| self.circumstances.expired(time),
            covers: &|end| self.inventory.scope.covers_digest(end),
        };
        Some(act(&mut state.chain, &around))
    }

    /// A digest's worth is known: its findings count, and its logs are needed.
    fn settled(&mut self, index: usize, settled: Option<Option<Settled>>) {
        let Some(mut settled) = settled.flatten() else { return };
        let ours = self.lanes.get(index).is_some_and(|state| state.ours);
        let logs = settled.logs();
        if !ours {
            self.others(index, &settled.link, &logs);
            return;
        }
        for finding in settled.findings {
            self.findings.add(finding);
        }
        if settled.trusted && !matches!(settled.link.standing, Weight::Unchecked(_)) {
            self.counts.digests += 1;
        }
        let (end, region) =
            (settled.link.end, self.inventory.lanes.get(index).map(|lane| lane.region.clone()));
        if let Some(kept) = &mut self.kept {
            kept.extend(Kept::new(&settled.link, region.as_deref().unwrap_or_default()));
        }
        for log in logs {
            let place = self.inventory.name(&log.object);
            let known = place.and_then(|place| self.inventory.log_mut(place)).copied();
            let region = region.clone().unwrap_or_default();
            let Some(hash) = log.hash.filter(|_| settled.trusted) else {
                self.counts.unproven += 1;
                let detail = format!("the digest that names it is not CloudTrail's: {}", settled.link.key);
                self.findings.add(
                    Finding::new(Kind::LogUnproven, detail).region(&region).object(log.object).time(end),
                );
                continue;
            };
            self.queue.push_back(Request {
                bucket: log.bucket,
                key: log.object,
                version: None,
                purpose: Purpose::Log(hash),
                stamp: known.map_or(0, |log| log.stamp),
                region,
                ticket: Ticket::Log { lane: index, log: place, end },
            });
        }
    }
}
