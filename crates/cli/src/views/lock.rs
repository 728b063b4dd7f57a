//! State locks: who holds one, whether the holder is alive, and what became of it.

use engine::holder::{Holder, LEASE, Life};
use engine::{HeldLock, Takeover};
use serde_json::{Value, json};
use terraform::lock::LockInfo;

use super::advice::laid_out;
use crate::error::lock::{advice, life, sentence};
use crate::text::{clean, span, wrap};

/// Tells of a lock that was taken over.
pub(crate) fn taken_over(takeover: &Takeover) -> String {
    let LockInfo { who, operation, created, id, .. } = &takeover.from;
    let because = life(Some(&takeover.from), takeover.life);
    clean(&format!("Took over the state lock of {who} ({operation}, since {created}, ID {id}): {because}."))
}

/// What is looked at: a state in a workspace, and whether runs on it wait for each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// Where the state lives.
    pub state: &'a str,
    /// The workspace.
    pub workspace: &'a str,
    /// Whether the backend takes locks.
    pub takes_locks: bool,
}

/// `lock status` for people.
pub(crate) fn status(place: &Place<'_>, held: &[HeldLock], width: Option<usize>) -> String {
    let Place { state, workspace, takes_locks } = place;
    if !takes_locks {
        let text = format!(
            "No lock is taken on the state {state} (workspace {workspace}): two runs at a time can overwrite each other's state."
        );
        let advice = "help: to have runs wait for each other, write use_lockfile = true into the backend file, then: underpin init -reconfigure -backend-config=FILE";
        return format!("{}\n\n{}", wrap(&clean(&text), width), laid_out(advice, width));
    }
    if held.is_empty() {
        return wrap(
            &clean(&format!("Nobody holds a lock on the state {state} (workspace {workspace}).")),
            width,
        );
    }
    let blocks = held.iter().map(|lock| {
        let silence = lock.silence.map(|silence| format!("\nWritten or renewed {} ago.", span(silence)));
        let silence = silence.filter(|_| !matches!(lock.life, Life::Recent(_)));
        let record = match &lock.holder {
            Some(holder) => holder.to_string(),
            None => "The record cannot be read.".to_owned(),
        };
        let holder = lock.holder.as_ref();
        let known = sentence(holder, lock.life);
        let advice = advice(holder, lock.life, "underpin apply");
        let text = format!("{}\n{record}\n\n{known}{}", lock.place, silence.unwrap_or_default());
        format!("{}\n\n{}", wrap(&clean(&text), width), laid_out(&clean(&format!("help: {advice}")), width))
    });
    let blocks: Vec<String> = blocks.collect();
    clean(&format!("The state {state} (workspace {workspace}) is locked.\n\n{}", blocks.join("\n\n")))
}

/// `lock status -json`.
pub(crate) fn json(place: &Place<'_>, held: &[HeldLock]) -> String {
    let locks: Vec<Value> = held.iter().map(lock_json).collect();
    let Place { state, workspace, takes_locks } = place;
    json!({
        "format_version": "1.0",
        "state": state,
        "workspace": workspace,
        "takes_locks": takes_locks,
        "locks": locks,
    })
    .to_string()
}

fn lock_json(lock: &HeldLock) -> Value {
    let state = match lock.life {
        Life::Alive => "alive",
        Life::Ended | Life::Silent(_) => "dead",
        Life::Recent(_) | Life::Unknown => "unknown",
    };
    let free_after = match lock.life {
        Life::Recent(silence) => Some(LEASE.saturating_sub(silence)),
        _ => None,
    };
    let info = lock.holder.as_ref();
    let text = |field: fn(&LockInfo) -> &String| info.map(field);
    let ours = info.and_then(Holder::of).map(|holder| {
        json!({ "host": holder.host, "pid": holder.pid, "renewals": holder.renewal, "lease_seconds": LEASE.as_secs() })
    });
    json!({
        "place": lock.place,
        "id": text(|info| &info.id),
        "operation": text(|info| &info.operation),
        "who": text(|info| &info.who),
        "version": text(|info| &info.version),
        "created": text(|info| &info.created),
        "path": text(|info| &info.path),
        "info": text(|info| &info.info),
        "holder": state,
        "reason": life(info, lock.life),
        "silence_seconds": lock.silence.map(|silence| silence.as_secs()),
        "free_after_seconds": free_after.map(|time| time.as_secs()),
        "underpin": ours,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use insta::assert_snapshot;

    use super::*;

    fn info(text: &str) -> LockInfo {
        LockInfo {
            id: "875b93c4".to_owned(),
            operation: "OperationTypeApply".to_owned(),
            info: text.to_owned(),
            who: "root@vm\u{1b}[2J".to_owned(),
            version: "1.15.5".to_owned(),
            created: "2026-11-22T05:29:32.5Z".to_owned(),
            path: "bucket/key".to_owned(),
        }
    }

    const PLACE: Place<'_> = Place { state: "s3://bucket/key", workspace: "prod", takes_locks: true };

    fn ours() -> LockInfo {
        info("underpin host=vm pid=812 renewal=3")
    }

    #[test]
    fn a_takeover_says_whose_lock_it_was_and_why() {
        assert_eq!(
            taken_over(&Takeover { from: ours(), life: Life::Ended }),
            "Took over the state lock of root@vm\u{fffd}[2J (OperationTypeApply, since 2026-11-22T05:29:32.5Z, ID \
             875b93c4): its process 812 on this machine has ended."
        );
        for (seconds, shown) in [(91, "1m31s"), (3600, "1h0m0s"), (90_061, "25h1m1s"), (59, "59s")] {
            let life = Life::Silent(Duration::from_secs(seconds));
            let text = taken_over(&Takeover { from: ours(), life });
            assert!(text.ends_with(&format!("the holder has not renewed it for {shown}.")), "{text}");
        }
    }

    #[test]
    fn the_status_of_locks() {
        let object = HeldLock {
            place: "s3://bucket/key.tflock".to_owned(),
            holder: Some(ours()),
            life: Life::Alive,
            silence: Some(Duration::from_secs(12)),
        };
        let item = HeldLock {
            place: "item bucket/key of the table locks".to_owned(),
            holder: Some(info("")),
            life: Life::Unknown,
            silence: None,
        };
        assert_snapshot!(status(&PLACE, &[object.clone(), item.clone()], None), @r"
        The state s3://bucket/key (workspace prod) is locked.

        s3://bucket/key.tflock
        Lock Info:
          ID:        875b93c4
          Path:      bucket/key
          Operation: OperationTypeApply
          Who:       root@vm�[2J
          Version:   1.15.5
          Created:   2026-11-22 05:29:32.5 +0000 UTC
          Info:      underpin host=vm pid=812 renewal=3

        The holder is alive.
        Written or renewed 12s ago.

        help: wait for it: underpin apply -lock-timeout=10m

        item bucket/key of the table locks
        Lock Info:
          ID:        875b93c4
          Path:      bucket/key
          Operation: OperationTypeApply
          Who:       root@vm�[2J
          Version:   1.15.5
          Created:   2026-11-22 05:29:32.5 +0000 UTC
          Info:      

        Whether the holder is alive cannot be told: underpin did not write this lock.

        help: wait for it: underpin apply -lock-timeout=10m; if that run is dead for certain: underpin force-unlock 875b93c4
        ");
        assert_eq!(
            status(&PLACE, &[], None),
            "Nobody holds a lock on the state s3://bucket/key (workspace prod)."
        );
        let unlocked = Place { takes_locks: false, ..PLACE };
        assert!(status(&unlocked, &[], None).contains("use_lockfile = true"));
        let elsewhere = HeldLock { life: Life::Recent(Duration::from_secs(12)), ..object.clone() };
        let shown = status(&PLACE, std::slice::from_ref(&elsewhere), None);
        assert!(shown.contains("The holder was last heard of 12s ago"), "{shown}");
        assert!(shown.contains("it is free in 1m18s") && !shown.contains("alive"), "{shown}");
        assert!(json(&PLACE, &[elsewhere]).contains("\"free_after_seconds\":78"));

        let unreadable = HeldLock { holder: None, life: Life::Unknown, silence: None, ..object.clone() };
        let shown: Value = serde_json::from_str(&json(&PLACE, &[object, item, unreadable])).unwrap();
        assert_eq!(shown["state"], "s3://bucket/key");
        assert_eq!(
            shown["locks"][0]["underpin"],
            json!({"host": "vm", "pid": 812, "renewals": 3, "lease_seconds": 90})
        );
        let of_all = |name: &str| [0, 1, 2].map(|at| shown["locks"][at][name].clone());
        assert_eq!(of_all("holder"), [json!("alive"), json!("unknown"), json!("unknown")]);
        assert_eq!(of_all("id"), [json!("875b93c4"), json!("875b93c4"), Value::Null]);
        assert_eq!(of_all("silence_seconds"), [json!(12), Value::Null, Value::Null]);
        assert_eq!(of_all("created")[0], "2026-11-22T05:29:32.5Z");
        assert_eq!(of_all("underpin")[1], Value::Null);
    }
}
