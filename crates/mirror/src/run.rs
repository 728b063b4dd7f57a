//! A verification of a copy, on all cores.

use std::io;
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use trail::examine::Content;
use trail::{Answer, Examiner, Progress, PublicKeys, Purpose, Request, Verification};

use crate::checkpoint::{Checkpoint, Proven};
use crate::reading::Mirror;

/// What a run is told and tells while it lasts.
pub struct Watch<'a> {
    /// Whether it is to stop.
    pub stop: &'a AtomicBool,
    /// Is told how far it is.
    pub progress: &'a mut dyn FnMut(Progress),
    /// What was proven before, and takes what is proven now.
    pub checkpoint: Option<&'a mut Checkpoint>,
    /// How many threads read; as many as there are cores when none are given.
    pub threads: Option<NonZero<usize>>,
    /// Whether the content of digests is kept.
    pub keeping: bool,
}

/// Answers all that `verification` asks for. `false` when it was stopped before.
pub fn run(
    verification: &mut Verification,
    mirror: &Mirror,
    keys: &PublicKeys,
    watch: &mut Watch<'_>,
) -> bool {
    let threads = watch.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZero::get);
    let examiner = || if watch.keeping { Examiner::keeping() } else { Examiner::default() };
    let mut examiners: Vec<Examiner> = (0..threads).map(|_| examiner()).collect();
    loop {
        let requests = verification.ask();
        if requests.is_empty() {
            return true;
        }
        if watch.stop.load(Ordering::Relaxed) {
            return false;
        }
        let known = watch.checkpoint.as_deref();
        let answers = answer(&requests, &mut examiners, |request, examiner| {
            one(mirror, keys, request, examiner, known)
        });
        for (request, (answer, proven)) in requests.into_iter().zip(answers) {
            if let (Some(checkpoint), Some(proven)) = (watch.checkpoint.as_deref_mut(), proven) {
                checkpoint.add(proven);
            }
            verification.take(request, answer);
        }
        if let Some(checkpoint) = watch.checkpoint.as_deref_mut() {
            checkpoint.flush();
        }
        (watch.progress)(verification.progress());
    }
}

/// Every request with its answer, in order; the threads take the next one whenever they are free.
fn answer<T: Send>(
    requests: &[Request],
    examiners: &mut [Examiner],
    one: impl Fn(&Request, &mut Examiner) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let answered = Mutex::new(Vec::with_capacity(requests.len()));
    thread::scope(|scope| {
        for examiner in examiners {
            scope.spawn(|| {
                let mut own = Vec::new();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(request) = requests.get(at) else { break };
                    own.push((at, one(request, examiner)));
                }
                if let Ok(mut answered) = answered.lock() {
                    answered.append(&mut own);
                }
            });
        }
    });
    let mut answered = answered.into_inner().unwrap_or_default();
    answered.sort_unstable_by_key(|(at, _)| *at);
    answered.into_iter().map(|(_, answer)| answer).collect()
}

fn one(
    mirror: &Mirror,
    keys: &PublicKeys,
    request: &Request,
    examiner: &mut Examiner,
    known: Option<&Checkpoint>,
) -> (Answer, Option<Proven>) {
    if request.bucket.is_some() {
        return (Answer::Unreadable("it is in another bucket, which this copy is not of".to_owned()), None);
    }
    let mut opened = match mirror.object(request) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let reason = mirror.unreadable(&request.key);
            return (reason.map_or(Answer::Absent, Answer::Unreadable), None);
        }
        Err(error) => return (Answer::Unreadable(error.to_string()), None),
    };
    let Purpose::Log(hash) = request.purpose else {
        return (examiner.examine(request, &mut opened.file, opened.metadata.as_ref(), keys), None);
    };
    if let Some(length) = known.and_then(|known| known.length(&request.key, opened.stamp, hash)) {
        return (Answer::Log(Ok(Content { hash, length })), None);
    }
    let answer = examiner.examine(request, &mut opened.file, None, keys);
    let proven = match &answer {
        Answer::Log(Ok(content)) if content.hash == hash => {
            Some(Proven::new(&request.key, opened.stamp, hash, content.length))
        }
        _ => None,
    };
    (answer, proven)
}
