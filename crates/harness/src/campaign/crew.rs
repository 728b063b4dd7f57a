//! Trials side by side, each worker in a world of its own.

use std::collections::VecDeque;
use std::sync::{Mutex, mpsc};
use std::thread;

use crate::error::Error;
use crate::traffic::{Options, lock};
use crate::world::World;

use super::Setting;
use super::mishap::{MISHAPS, Mishap};
use super::trial::{Point, Trial, attempt};

/// How many more worlds there are for faults that only wait.
const IDLE: usize = 8;

/// The calls around which most is at stake, and the faults that a short campaign tries there.
const SMOKE_CALLS: [&str; 5] = [
    "kms:CreateKey",
    "s3:CreateBucket",
    "cloudtrail:CreateTrail",
    "cloudtrail:StartLogging",
    "iam:CreateRole",
];
const SMOKE_FAULTS: [&str; 5] = ["a", "b", "c2", "e1", "f2"];
/// The writes of the state that a short campaign breaks: the record of what is generated, and the first after it.
const SMOKE_WRITES: usize = 2;

impl Setting<'_> {
    /// Answers every point: each fault at each call it is for.
    pub fn points(&self) -> Vec<Point> {
        let points_of = |mishap: &Mishap| -> Vec<Point> {
            let calls = self.reference.calls.iter().enumerate();
            calls
                .filter(|(_, call)| call.writes_state() || !mishap.state_only)
                .map(|(index, call)| Point { k: index + 1, call: call.clone(), mishap: mishap.clone() })
                .collect()
        };
        MISHAPS.iter().flat_map(points_of).collect()
    }

    /// Answers the points of a short campaign.
    pub fn smoke(&self) -> Vec<Point> {
        let mut roles = 0;
        let mut points = self.points();
        points.retain(|point| {
            let (action, _) = point.call.call.split_once(' ').unwrap_or((&point.call.call, ""));
            let chosen = SMOKE_CALLS.contains(&action)
                || point.call.writes_state() && point.call.occurrence <= SMOKE_WRITES;
            roles += usize::from(action == "iam:CreateRole");
            let one_role = action != "iam:CreateRole" || roles % 4 == 1;
            chosen && one_role && SMOKE_FAULTS.contains(&point.mishap.name)
        });
        points
    }

    /// Tries all points, `jobs` at a time (more of those that only wait), and reports each trial as it ends.
    ///
    /// # Errors
    /// The surroundings broke.
    pub fn try_all(
        &self,
        points: Vec<Point>,
        jobs: usize,
        report: &mut dyn FnMut(&Trial),
    ) -> Result<(), Error> {
        let (waiting, working): (Vec<Point>, Vec<Point>) =
            points.into_iter().partition(|point| point.mishap.is_silent());
        self.try_with(working, jobs, report)?;
        self.try_with(waiting, jobs * IDLE, report)
    }

    fn try_with(
        &self,
        points: Vec<Point>,
        workers: usize,
        report: &mut dyn FnMut(&Trial),
    ) -> Result<(), Error> {
        let workers = workers.min(points.len());
        let points = Mutex::new(VecDeque::from(points));
        let (done, trials) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..workers {
                let (points, done) = (&points, done.clone());
                scope.spawn(move || {
                    if let Err(error) = self.toil(points, &done) {
                        let _nobody_listens = done.send(Err(error));
                    }
                });
            }
            drop(done);
            for trial in trials {
                match trial {
                    Ok(trial) => report(&trial),
                    Err(error) => {
                        lock(&points).clear();
                        return Err(error);
                    }
                }
            }
            Ok(())
        })
    }

    fn toil(
        &self,
        points: &Mutex<VecDeque<Point>>,
        done: &mpsc::Sender<Result<Trial, Error>>,
    ) -> Result<(), Error> {
        let mut world = World::new(self.oracles, self.tool, Options::default())?;
        loop {
            let Some(point) = lock(points).pop_front() else { return Ok(()) };
            let trial = attempt(&mut world, self, &point)?;
            if done.send(Ok(trial)).is_err() {
                return Ok(());
            }
        }
    }
}
