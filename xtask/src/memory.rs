//! Runs a command and measures its wall time and the memory of the largest process of its tree.

use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::Outcome;

/// How often the tree is looked at. The kernel keeps each process's own peak, so only its last moments can be missed.
const SAMPLE: Duration = Duration::from_millis(5);

/// What a run took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// From the start to the end.
    pub wall: Duration,
    /// The largest peak of a process of the tree, in KiB.
    pub peak_kib: u64,
    /// The exit code; `None` after a signal.
    pub code: Option<i32>,
}

/// Runs a command to its end.
pub(crate) fn measure(command: &mut Command) -> Outcome<Run> {
    let done = AtomicBool::new(false);
    let start = Instant::now();
    let mut child = command.spawn()?;
    let root = child.id();
    let (status, wall, peak_kib) = thread::scope(|scope| {
        let sampler = scope.spawn(|| {
            let mut peak = 0;
            while !done.load(Ordering::Relaxed) {
                peak = peak.max(largest(root));
                thread::sleep(SAMPLE);
            }
            peak
        });
        let status = child.wait();
        let wall = start.elapsed();
        done.store(true, Ordering::Relaxed);
        (status, wall, sampler.join().unwrap_or_default())
    });
    Ok(Run { wall, peak_kib, code: status?.code() })
}

/// Answers the largest peak of a process and all below it, 0 when it is gone.
fn largest(process: u32) -> u64 {
    let mut largest = peak(process);
    let tasks = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    for task in tasks {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
            largest = largest.max(self::largest(child));
        }
    }
    largest
}

fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_the_memory_of_a_grandchild() {
        let script = "head -c 40000000 /dev/zero | tail -c 39000000 | wc -c >/dev/null; exit 3";
        let run = measure(Command::new("sh").args(["-c", script])).unwrap();
        assert_eq!(run.code, Some(3));
        assert!(run.peak_kib > 38_000_000 / 1024, "{run:?}");
    }
}
