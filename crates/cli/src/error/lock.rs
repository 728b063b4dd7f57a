//! What is known of a lock's holder, and what to do about the lock.

use engine::UNREADABLE;
use engine::holder::{Holder, LEASE, Life};
use terraform::lock::LockInfo;

use crate::text::{self, span};

/// What is known about whether a holder is alive, as a part of a sentence.
pub(crate) fn life(holder: Option<&LockInfo>, life: Life) -> String {
    let ours = holder.and_then(Holder::of);
    match (life, &ours) {
        (Life::Alive, _) => "the holder is alive".to_owned(),
        (Life::Recent(silence), _) => format!(
            "the holder was last heard of {} ago; if it stays silent, it is free in {}",
            span(silence),
            span(LEASE.saturating_sub(silence))
        ),
        (Life::Ended, Some(holder)) => format!("its process {} on this machine has ended", holder.pid),
        (Life::Ended, None) => "its process on this machine has ended".to_owned(),
        (Life::Silent(silence), _) => format!("the holder has not renewed it for {}", span(silence)),
        (Life::Unknown, Some(_)) => {
            format!("whether the holder is alive shows within {}", span(LEASE))
        }
        (Life::Unknown, None) => {
            "whether the holder is alive cannot be told: underpin did not write this lock".to_owned()
        }
    }
}

/// The same as a sentence.
pub(crate) fn sentence(holder: Option<&LockInfo>, life: Life) -> String {
    text::sentence(&self::life(holder, life))
}

/// What to do about a lock, for a command to be run `again`.
pub(crate) fn advice(holder: Option<&LockInfo>, life: Life, again: &str) -> String {
    match (life, holder) {
        (Life::Alive, _) => {
            format!("wait for it: {again} -lock-timeout=10m")
        }
        (Life::Recent(_), _) => {
            format!("wait for it, and take it over if its holder is dead: {again} -lock-timeout=5m")
        }
        (Life::Ended | Life::Silent(_), _) => format!("the next run takes it over: {again}"),
        (Life::Unknown, Some(holder)) if Holder::of(holder).is_some() => {
            format!("wait for it, and take it over if its holder is dead: {again} -lock-timeout=5m")
        }
        (Life::Unknown, Some(holder)) => format!(
            "wait for it: {again} -lock-timeout=10m; if that run is dead for certain: underpin force-unlock {}",
            holder.id
        ),
        (Life::Unknown, None) => format!(
            "wait for it: {again} -lock-timeout=10m; if nobody works with this state: underpin force-unlock {UNREADABLE}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lock_that_nothing_is_known_about_is_to_be_removed_by_hand() {
        let info =
            |text: &str| LockInfo { id: "875b93c4".to_owned(), info: text.to_owned(), ..LockInfo::default() };
        let (ours, theirs) = (info("underpin host=vm pid=812 renewal=3"), info(""));
        for (holder, life, removed) in [
            (Some(&ours), Life::Alive, false),
            (Some(&ours), Life::Recent(std::time::Duration::ZERO), false),
            (Some(&ours), Life::Ended, false),
            (Some(&ours), Life::Unknown, false),
            (Some(&theirs), Life::Alive, false),
            (Some(&theirs), Life::Unknown, true),
            (None, Life::Unknown, false),
        ] {
            let text = advice(holder, life, "underpin plan");
            assert_eq!(text.contains("force-unlock 875b93c4"), removed, "{text}");
            assert!(text.contains("underpin plan"), "{text}");
        }
        assert!(advice(None, Life::Unknown, "underpin plan").contains("underpin force-unlock unreadable"));
    }
}
