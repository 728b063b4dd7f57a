//! State locks: who holds one, and what became of it.

use std::time::Duration;

use engine::Takeover;
use terraform::holder::{Holder, Life};
use terraform::lock::LockInfo;

use super::text::clean;

/// Tells of a lock that was taken over.
pub fn taken_over(takeover: &Takeover) -> String {
    let LockInfo { who, operation, created, id, .. } = &takeover.from;
    let because = life(&takeover.from, takeover.life).unwrap_or_default();
    clean(&format!("Took over the state lock of {who} ({operation}, since {created}, ID {id}): {because}."))
}

/// What is known about whether a holder still works; `None` when nothing is.
pub fn life(info: &LockInfo, life: Life) -> Option<String> {
    let process = || Holder::of(info).map(|holder| format!(" {}", holder.pid)).unwrap_or_default();
    match life {
        Life::Alive => Some("it is alive".to_owned()),
        Life::Ended => Some(format!("its process{} on this machine has ended", process())),
        Life::Silent(silence) => Some(format!("it has not renewed its lock for {}", span(silence))),
        Life::Unknown => None,
    }
}

/// `2m5s`.
fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m{seconds}s"),
        (hours, minutes, seconds) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takeover(life: Life) -> Takeover {
        let from = LockInfo {
            id: "875b93c4".to_owned(),
            operation: "OperationTypeApply".to_owned(),
            info: "underpin host=vm pid=812 renewal=3".to_owned(),
            who: "root@vm\u{1b}[2J".to_owned(),
            created: "2026-11-22T05:29:32.5Z".to_owned(),
            ..LockInfo::default()
        };
        Takeover { from, life }
    }

    #[test]
    fn a_takeover_says_whose_lock_it_was_and_why() {
        assert_eq!(
            taken_over(&takeover(Life::Ended)),
            "Took over the state lock of root@vm\u{fffd}[2J (OperationTypeApply, since 2026-11-22T05:29:32.5Z, ID \
             875b93c4): its process 812 on this machine has ended."
        );
        for (seconds, shown) in [(91, "1m31s"), (3600, "1h0m0s"), (90_061, "25h1m1s"), (59, "59s")] {
            let text = taken_over(&takeover(Life::Silent(Duration::from_secs(seconds))));
            assert!(text.ends_with(&format!("it has not renewed its lock for {shown}.")), "{text}");
        }
    }
}
