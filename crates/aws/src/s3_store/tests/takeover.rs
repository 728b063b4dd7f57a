//! Locks of holders that are gone.

use std::process::{Command, Stdio};

use engine::holder::{Holder, Life};

use super::server::Inner;
use super::*;
use store::process;

/// The ways to lock.
fn places() -> [Place; 3] {
    let both = locked_both_ways();
    [Place { dynamodb_table: None, ..both.clone() }, Place { use_lockfile: false, ..both.clone() }, both]
}

/// A lock record of a process of ours on this machine.
fn held_by(id: &str, holder: &Holder) -> LockInfo {
    LockInfo { info: holder.to_string(), ..info(id) }
}

/// A lock record of this process.
fn alive(id: &str) -> LockInfo {
    held_by(id, &process::identify())
}

/// A lock record of a process that has ended.
fn dead(id: &str) -> LockInfo {
    let mut child = Command::new("true").stdin(Stdio::null()).spawn().unwrap();
    child.wait().unwrap();
    held_by(id, &Holder { pid: child.id(), ..process::identify() })
}

#[tokio::test]
async fn a_lock_of_a_process_that_has_ended_is_taken_over() {
    for place in places() {
        let server = Server::default();
        server.store(place.clone()).lock(&dead("dead")).await.unwrap();
        let ours = server.store(place.clone());
        let takeover = ours.lock(&alive("ours")).await.unwrap().unwrap();
        assert_eq!((takeover.from.id.as_str(), takeover.life), ("dead", Life::Ended));
        match server.store(place).lock(&alive("late")).await {
            Err(LockError::Held { holder, life, .. }) => {
                assert_eq!((holder.unwrap().id.as_str(), life), ("ours", Life::Alive));
            }
            result => panic!("{result:?}"),
        }
        ours.unlock(&alive("ours")).await.unwrap();
        assert!(server.inner().objects.is_empty() && server.inner().items.is_empty());
    }
}

#[tokio::test]
async fn of_two_kinds_each_is_taken_as_it_is_found() {
    let [object, item, both] = places();
    for half in [object, item] {
        let server = Server::default();
        server.store(half).lock(&dead("dead")).await.unwrap();
        let ours = server.store(both.clone());
        assert_eq!(ours.lock(&alive("ours")).await.unwrap().unwrap().from.id, "dead");
        assert_eq!(server.inner().objects.len(), 1);
        assert_eq!(server.inner().items.len(), 1);
        ours.unlock(&alive("ours")).await.unwrap();
        assert!(server.inner().objects.is_empty() && server.inner().items.is_empty());
    }
}

#[tokio::test]
async fn a_lock_of_another_tool_is_never_taken_over() {
    let ours = dead("theirs");
    let theirs = [
        LockInfo { info: String::new(), ..ours.clone() },
        LockInfo { info: format!("{} and more", ours.info), ..ours.clone() },
    ];
    for (place, holder) in
        places().into_iter().flat_map(|place| theirs.clone().map(|info| (place.clone(), info)))
    {
        let server = Server::default();
        server.store(place.clone()).lock(&holder).await.unwrap();
        match server.store(place).lock(&alive("ours")).await {
            Err(LockError::Held { holder, life, .. }) => {
                assert_eq!((holder.unwrap().id.as_str(), life), ("theirs", Life::Unknown));
            }
            result => panic!("{result:?}"),
        }
    }
}

#[tokio::test]
async fn a_takeover_that_another_was_faster_with_takes_nothing() {
    let faster = |inner: &mut Inner| {
        let record = alive("fast").to_json();
        for object in inner.objects.values_mut() {
            *object = record.clone().into_bytes();
        }
        for item in inner.items.values_mut() {
            item["Info"] = json!({ "S": record });
        }
    };
    let [object, item, _] = places();
    for (place, call) in [(object, "PUT a/terraform.tfstate.tflock if-match"), (item, "PutItem")] {
        let server = Server::default();
        server.store(place.clone()).lock(&dead("dead")).await.unwrap();
        if call == "PutItem" {
            server.fail(call, Effect::Preceded(|_| {}));
        }
        server.fail(call, Effect::Preceded(faster));
        match server.store(place.clone()).lock(&alive("slow")).await {
            Err(LockError::Held { holder, .. }) => assert_eq!(holder.unwrap().id, "fast"),
            result => panic!("{result:?}"),
        }
        server.store(place).unlock(&alive("fast")).await.unwrap();
    }
}

#[tokio::test]
async fn a_lock_that_its_dying_holder_still_gave_back_is_free() {
    let gone = |inner: &mut Inner| {
        inner.objects.clear();
        inner.items.clear();
    };
    let [object, item, _] = places();
    for (place, call) in [(object, "PUT a/terraform.tfstate.tflock if-match"), (item, "PutItem")] {
        let server = Server::default();
        server.store(place.clone()).lock(&dead("dead")).await.unwrap();
        if call == "PutItem" {
            server.fail(call, Effect::Preceded(|_| {}));
        }
        server.fail(call, Effect::Preceded(gone));
        let ours = server.store(place);
        assert_eq!(ours.lock(&alive("ours")).await.unwrap(), None);
        ours.unlock(&alive("ours")).await.unwrap();
        assert!(server.inner().objects.is_empty() && server.inner().items.is_empty());
    }
}

#[tokio::test]
async fn a_state_whose_digest_its_dead_writer_did_not_record_is_read_after_a_takeover() {
    let place = Place { use_lockfile: false, ..locked_both_ways() };
    let id = "state-bucket/a/terraform.tfstate-md5";
    let stale = json!({"LockID": {"S": id}, "Digest": {"S": "00000000000000000000000000000000"}});
    let server = Server::default();
    server.store(place.clone()).lock(&dead("dead")).await.unwrap();
    server.inner().objects.insert("a/terraform.tfstate".to_owned(), b"{}".to_vec());
    server.inner().items.insert(id.to_owned(), stale.clone());
    assert!(matches!(server.store(place.clone()).read().await, Err(StoreError::Digest { .. })));

    let ours = server.store(place.clone());
    ours.lock(&alive("ours")).await.unwrap().unwrap();
    let found = ours.read().await.unwrap().unwrap();
    assert_eq!(found.bytes, b"{}");
    ours.write(b"{\"serial\":2}", Some(&found.version)).await.unwrap();
    assert_eq!(server.inner().items[id]["Digest"]["S"], md5(b"{\"serial\":2}"));

    server.inner().items.insert(id.to_owned(), stale);
    server.inner().objects.clear();
    assert!(
        matches!(ours.read().await, Err(StoreError::Digest { .. })),
        "a state that is missing is not healed"
    );
}
