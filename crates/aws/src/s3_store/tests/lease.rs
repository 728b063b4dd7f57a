//! Locks that last only while they are renewed, by the clock of the store.

use engine::holder::{Holder, LEASE, Life, Process};

use super::server::Inner;
use super::*;
use store::process;

/// The ways to lock.
fn places() -> [Place; 3] {
    let both = locked_both_ways();
    [Place { dynamodb_table: None, ..both.clone() }, Place { use_lockfile: false, ..both.clone() }, both]
}

/// A lock record of a run on another machine.
fn elsewhere(id: &str) -> LockInfo {
    let process = Process { boot: "another".to_owned(), namespace: 1, start: 1 };
    let holder = Holder { host: "other".to_owned(), process: Some(process), ..process::identify() };
    LockInfo { info: holder.to_string(), ..info(id) }
}

fn held(result: Result<Option<Takeover>, LockError>) -> (String, Life) {
    match result {
        Err(LockError::Held { holder, life, .. }) => (holder.unwrap().id, life),
        result => panic!("{result:?}"),
    }
}

/// The records as they are stored.
fn records(server: &Server) -> Vec<LockInfo> {
    let inner = server.inner();
    let objects = inner.objects.values().map(|bytes| LockInfo::from_json(bytes).unwrap());
    let items =
        inner.items.values().map(|item| LockInfo::from_json(item["Info"]["S"].as_str().unwrap().as_bytes()));
    objects.chain(items.map(Result::unwrap)).collect()
}

#[tokio::test]
async fn a_lock_lasts_while_it_is_renewed_and_a_lease_longer() {
    for place in places() {
        let server = Server::default();
        let theirs = server.store(place.clone());
        assert_eq!(theirs.lock(&elsewhere("theirs")).await.unwrap(), None);
        for renewals in 1..=3 {
            server.pass(80);
            theirs.renew(&elsewhere("theirs")).await.unwrap();
            for record in records(&server) {
                let holder = Holder::of(&record).unwrap();
                assert_eq!(holder.renewal, renewals);
                let unrenewed = Holder { renewal: 0, ..holder }.to_string();
                assert_eq!(
                    LockInfo { info: unrenewed, ..record },
                    elsewhere("theirs"),
                    "nothing else changes"
                );
            }
        }
        let ours = server.store(place.clone());
        server.pass(90);
        assert_eq!(held(ours.lock(&info("ours")).await), ("theirs".to_owned(), Life::Recent(LEASE)));
        server.pass(1);
        let takeover = ours.lock(&info("ours")).await.unwrap().unwrap();
        assert_eq!(
            (takeover.from.id.as_str(), takeover.life),
            ("theirs", Life::Silent(LEASE + Duration::from_secs(1)))
        );

        match theirs.renew(&elsewhere("theirs")).await {
            Err(StoreError::NotHeld { holder, .. }) => assert_eq!(holder.unwrap().id, "ours"),
            result => panic!("{result:?}"),
        }
        assert!(records(&server).iter().all(|record| *record == info("ours")));
        assert!(matches!(theirs.unlock(&elsewhere("theirs")).await, Err(StoreError::NotHeld { .. })));
        ours.unlock(&info("ours")).await.unwrap();
        assert!(records(&server).is_empty());
    }
}

#[tokio::test]
async fn the_lease_of_an_item_that_was_never_renewed_begins_when_it_is_seen() {
    let [_, place, _] = places();
    let server = Server::default();
    server.store(place.clone()).lock(&elsewhere("theirs")).await.unwrap();
    let ours = server.store(place);
    server.pass(1000);
    assert_eq!(held(ours.lock(&info("ours")).await), ("theirs".to_owned(), Life::Unknown));
    server.pass(90);
    assert_eq!(held(ours.lock(&info("ours")).await), ("theirs".to_owned(), Life::Recent(LEASE)));
    server.pass(1);
    assert_eq!(ours.lock(&info("ours")).await.unwrap().unwrap().from.id, "theirs");
}

#[tokio::test]
async fn an_item_lasts_no_longer_than_the_object_beside_it() {
    let [_, _, place] = places();
    let server = Server::default();
    server.store(place.clone()).lock(&elsewhere("theirs")).await.unwrap();
    server.pass(91);
    assert_eq!(server.store(place.clone()).lock(&info("ours")).await.unwrap().unwrap().from.id, "theirs");

    let server = Server::default();
    server.store(place.clone()).lock(&elsewhere("theirs")).await.unwrap();
    let id = "state-bucket/a/terraform.tfstate";
    server.inner().items.get_mut(id).unwrap()["Info"] = json!({ "S": elsewhere("another").to_json() });
    server.pass(91);
    assert_eq!(held(server.store(place).lock(&info("ours")).await).0, "another");
    assert!(server.inner().objects.is_empty(), "the object that was taken is given back");
}

#[tokio::test]
async fn the_lock_of_another_tool_has_no_lease() {
    for place in places() {
        let server = Server::default();
        server.store(place.clone()).lock(&info("theirs")).await.unwrap();
        let before = server.inner().items.clone();
        server.pass(1_000_000);
        let ours = server.store(place);
        for _ in 0..2 {
            assert_eq!(held(ours.lock(&elsewhere("ours")).await), ("theirs".to_owned(), Life::Unknown));
            server.pass(1000);
        }
        assert_eq!(server.inner().items, before, "its item is left as it was");
    }
}

#[tokio::test]
async fn a_renewal_without_an_answer_loses_nothing() {
    let [object, item, _] = places();
    for (place, call) in [(object, "PUT a/terraform.tfstate.tflock if-match"), (item, "PutItem")] {
        for effect in [Effect::Lost, Effect::Dropped] {
            let server = Server::default();
            let store = server.store(place.clone());
            store.lock(&elsewhere("ours")).await.unwrap();
            server.fail(call, effect.clone());
            let first = store.renew(&elsewhere("ours")).await;
            assert!(!matches!(first, Err(StoreError::NotHeld { .. })), "{first:?}");
            store.renew(&elsewhere("ours")).await.unwrap();
            server.fail(call, effect);
            let _ = store.renew(&elsewhere("ours")).await;
            store.unlock(&elsewhere("ours")).await.unwrap();
            assert!(records(&server).is_empty());
        }
    }
}

#[tokio::test]
async fn a_lock_is_given_back_though_a_renewal_arrives_late() {
    fn late(inner: &mut Inner) {
        let record =
            LockInfo { info: Holder { renewal: 9, ..process::identify() }.to_string(), ..info("ours") };
        for object in inner.objects.values_mut() {
            *object = record.to_json().into_bytes();
        }
        for item in inner.items.values_mut() {
            item["Info"] = json!({ "S": record.to_json() });
        }
    }
    let [object, item, _] = places();
    for (place, call) in [(object, "DELETE"), (item, "DeleteItem")] {
        let server = Server::default();
        let store = server.store(place);
        store.lock(&info("ours")).await.unwrap();
        server.fail(call, Effect::Preceded(late));
        store.unlock(&info("ours")).await.unwrap();
        assert!(records(&server).is_empty());
    }
}

#[tokio::test]
async fn locks_are_shown_and_removed_by_their_id() {
    let [object, item, both] = places();
    for half in [object, item, both.clone()] {
        let server = Server::default();
        let kinds = usize::from(half.use_lockfile) + usize::from(half.dynamodb_table.is_some());
        server.store(half).lock(&elsewhere("theirs")).await.unwrap();
        server.pass(7);
        let ours = server.store(both.clone());
        let locks = ours.locks().await.unwrap();
        assert_eq!(locks.len(), kinds);
        for lock in &locks {
            assert_eq!(lock.holder, Some(elsewhere("theirs")));
            let at = [
                "s3://state-bucket/a/terraform.tfstate.tflock",
                "item state-bucket/a/terraform.tfstate of the table locks",
            ];
            assert!(at.contains(&lock.place.as_str()), "{}", lock.place);
            if lock.place == at[0] {
                assert_eq!(
                    (lock.silence, lock.life),
                    (Some(Duration::from_secs(7)), Life::Recent(Duration::from_secs(7)))
                );
            }
        }
        match ours.force_unlock("other").await {
            Err(StoreError::NotHeld { id, holder }) => {
                assert_eq!((id.as_str(), holder.unwrap().id.as_str()), ("other", "theirs"));
            }
            result => panic!("{result:?}"),
        }
        assert_eq!(records(&server).len(), kinds);
        ours.force_unlock("theirs").await.unwrap();
        assert!(records(&server).is_empty());
        assert!(matches!(ours.force_unlock("theirs").await, Err(StoreError::NotHeld { holder: None, .. })));
    }
}
