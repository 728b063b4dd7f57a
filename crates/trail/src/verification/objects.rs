//! What single objects come to: logs, what lies among the digests and is none, and the logs that may explain a gap.

use super::Verification;
use crate::chain::Gap;
use crate::examine::{Answer, Content, Purpose, Request, Standing, Ticket};
use crate::finding::{Finding, Kind};
use crate::gunzip::Fault;
use crate::moment::{HOUR, Moment};
use crate::name::{File, Name};

impl Verification {
    /// An object among the digests that has no name of a digest.
    pub(super) fn stray(&mut self, index: usize, answer: Answer) {
        let Some(stray) = self.inventory.strays.get(index) else { return };
        let opened = match answer {
            Answer::Digest(opened) => *opened,
            Answer::Unreadable(reason) => {
                let finding = Finding::new(Kind::Unreadable, reason).decided(false);
                self.findings.add(finding.region(&stray.region).object(stray.key.clone()));
                return;
            }
            _ => return,
        };
        let genuine =
            matches!(opened.standing, Standing::Valid | Standing::KeyUnknown | Standing::NoMetadata);
        let (kind, time, detail) = match &opened.digest {
            Ok(digest) if self.inventory.has_digest(&digest.object) => (
                Kind::DigestDuplicate,
                Some(digest.end),
                format!("the same digest is at {} too", digest.object),
            ),
            Ok(digest) if genuine => {
                let detail = format!("it is the digest that CloudTrail wrote to {}", digest.object);
                (Kind::DigestMoved, Some(digest.end), detail)
            }
            Ok(digest) => {
                let detail = "it lies among the digests, and CloudTrail has not signed it".to_owned();
                (Kind::ForeignObject, Some(digest.end), detail)
            }
            Err(_) => (Kind::ForeignObject, None, "it lies among the digests, and is none".to_owned()),
        };
        self.findings
            .add(Finding::new(kind, detail).region(&stray.region).object(stray.key.clone()).time(time));
    }

    pub(super) fn take_log(
        &mut self,
        request: Request,
        answer: Answer,
        at: (usize, Option<(usize, usize)>, Moment),
    ) {
        let (_, log, end) = at;
        let Purpose::Log(hash) = request.purpose else { return };
        let marked = log.and_then(|log| self.inventory.log_mut(log)).is_some_and(|log| log.marked);
        let (kind, decided, detail) = match answer {
            Answer::Log(Ok(Content { hash: found, length })) if found == hash => {
                self.counts.logs += 1;
                self.counts.bytes += length;
                if let Some(log) = log.and_then(|log| self.inventory.log_mut(log)) {
                    log.proven = true;
                }
                return;
            }
            Answer::Log(Ok(_)) => {
                (Kind::LogChanged, true, "its content is not what its digest says".to_owned())
            }
            Answer::Log(Err(Fault::Header)) => {
                (Kind::LogChanged, true, "its gzip header is none that a program writes".to_owned())
            }
            Answer::Log(Err(fault)) => (Kind::LogChanged, true, fault.to_string()),
            Answer::Unreadable(reason) => (Kind::Unreadable, false, reason),
            _ if self.circumstances.expired(end) => {
                self.expired += 1;
                self.counts.unproven += 1;
                return;
            }
            _ if marked => {
                (Kind::DeleteMarker, true, "somebody deleted it: a delete marker hides it".to_owned())
            }
            _ => (Kind::LogMissing, true, "a digest names it, and it is not there".to_owned()),
        };
        self.counts.unproven += 1;
        let time = self.delivered(&request.key).unwrap_or(end);
        let finding = Finding::new(kind, detail).decided(decided).region(&request.region);
        let finding = finding.object(address(&request)).time(time);
        let Some(finding) = self.findings.add(finding) else { return };
        let versions = self.inventory.versions(&request.key).cloned().unwrap_or_default();
        for version in versions.older {
            let version = Some(version);
            self.queue.push_back(Request { version, ticket: Ticket::Version { finding }, ..request.clone() });
        }
    }

    /// When a log was delivered, as its key says.
    fn delivered(&self, key: &str) -> Option<Moment> {
        match Name::parse(&self.inventory.scope.prefix, key)?.file {
            File::Log { delivered, .. } => Some(delivered),
            _ => None,
        }
    }

    /// For every gap the proven logs that may say why it is there: those around its begin and its end in the home region.
    pub(super) fn ask_events(&mut self) -> Vec<Request> {
        let Some(trail) = self.trail.clone() else { return Vec::new() };
        let mut requests = Vec::new();
        for (lane, state) in self.lanes.iter_mut().enumerate().filter(|(_, state)| state.ours) {
            state.events = vec![Vec::new(); state.chain.gaps.len()];
            let account = self.inventory.lanes.get(lane).map(|lane| lane.account.clone()).unwrap_or_default();
            let account = trail.account.clone().unwrap_or(account);
            let folders = self.inventory.folders.iter();
            for folder in folders.filter(|folder| folder.account == account && folder.region == trail.home) {
                for (gap, Gap { from, to, .. }) in state.chain.gaps.iter().enumerate() {
                    let near = |time: Moment| {
                        let around = |edge: &Moment| (time.unix() - edge.unix()).abs() <= 2 * HOUR;
                        around(from) || around(to)
                    };
                    let logs = folder.logs.iter().filter(|log| log.proven && near(log.delivered()));
                    requests.extend(logs.map(|log| Request {
                        bucket: None,
                        key: folder.key(log),
                        version: None,
                        purpose: Purpose::Events,
                        stamp: 0,
                        region: folder.region.clone(),
                        ticket: Ticket::Events { lane, gap },
                    }));
                }
            }
        }
        requests
    }
}

/// The object of a request, for a finding.
fn address(request: &Request) -> String {
    match &request.bucket {
        Some(bucket) => format!("s3://{bucket}/{}", request.key),
        None => request.key.clone(),
    }
}
