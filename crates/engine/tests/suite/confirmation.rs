//! A state that was looked at before the lock was ours, and what was worked out from it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use engine::{LockOptions, Session, SessionError, StateStore, StoreError, Unconfirmed};
use terraform::State;
use terraform::lock::LockInfo;

use super::store::MemoryStore;

const SEVENTH: &[u8] =
    br#"{"version":4,"terraform_version":"1.15.5","serial":7,"lineage":"old","outputs":{},"resources":[]}"#;
const EIGHTH: &[u8] =
    br#"{"version":4,"terraform_version":"1.15.5","serial":8,"lineage":"old","outputs":{},"resources":[]}"#;

async fn open(store: &Arc<MemoryStore>, lock: bool) -> Result<Unconfirmed, SessionError> {
    let options = LockOptions { lock, timeout: Duration::ZERO };
    let shared: Arc<dyn StateStore> = store.clone();
    let info = LockInfo { id: "ours".to_owned(), ..LockInfo::default() };
    Session::open(shared, options, info, "new", &|_| {}).await
}

/// Work that takes so many turns, and notes on which serials it began; it fails on the seventh.
async fn serials(unconfirmed: Unconfirmed, turns: usize) -> (Session, Vec<u64>, Result<u64, SessionError>) {
    let begun = Mutex::new(Vec::new());
    let work = async |state: &State| {
        begun.lock().unwrap().push(state.serial);
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        if state.serial == 7 { Err(SessionError::Store(StoreError::Moved)) } else { Ok(state.serial) }
    };
    let (session, done) = unconfirmed.confirm(work).await;
    (session, begun.into_inner().unwrap(), done)
}

#[tokio::test]
async fn what_was_worked_out_holds_where_nobody_wrote_in_between() {
    for turns in [0, 5] {
        let store = Arc::new(MemoryStore::default());
        store.overwrite(EIGHTH);
        let unconfirmed = open(&store, true).await.unwrap();
        let (session, begun, done) = serials(unconfirmed, turns).await;
        assert_eq!((begun, done.unwrap(), session.state.serial), (vec![8], 8, 8));
        session.close().await.unwrap();
        assert_eq!(store.holder(), None);
    }
}

#[tokio::test]
async fn work_on_a_state_that_was_written_in_between_is_dropped_also_where_it_failed() {
    for turns in [0, 5] {
        let store = Arc::new(MemoryStore::default());
        store.overwrite(SEVENTH);
        let unconfirmed = open(&store, true).await.unwrap();
        store.write(EIGHTH, store.read().await.unwrap().map(|stored| stored.version).as_ref()).await.unwrap();
        let (session, begun, done) = serials(unconfirmed, turns).await;
        assert_eq!((done.unwrap(), session.state.serial), (8, 8));
        assert_eq!(begun.last(), Some(&8));
        assert_eq!(session.version, store.read().await.unwrap().map(|stored| stored.version));
    }
}

#[tokio::test]
async fn a_state_that_came_or_went_in_between_is_seen() {
    let store = Arc::new(MemoryStore::default());
    let unconfirmed = open(&store, true).await.unwrap();
    store.overwrite(EIGHTH);
    let (session, _, done) = serials(unconfirmed, 5).await;
    assert_eq!((done.unwrap(), session.state.lineage.as_str()), (8, "old"));
    session.close().await.unwrap();

    let unconfirmed = open(&store, true).await.unwrap();
    store.remove(&store.read().await.unwrap().unwrap().version).await.unwrap();
    let (session, _, done) = serials(unconfirmed, 5).await;
    assert_eq!((done.unwrap(), session.version, session.state.lineage.as_str()), (0, None, "new"));
}

#[tokio::test]
async fn a_glance_at_what_is_no_state_is_repeated_under_the_lock_and_told_there() {
    let store = Arc::new(MemoryStore::default());
    store.overwrite(b"{");
    assert!(matches!(open(&store, true).await, Err(SessionError::State { .. })));
    assert_eq!(store.holder(), None, "the lock was given back");
}

#[tokio::test]
async fn without_a_lock_there_is_nothing_to_confirm() {
    let store = Arc::new(MemoryStore::default());
    store.overwrite(EIGHTH);
    let unconfirmed = open(&store, false).await.unwrap();
    store.overwrite(SEVENTH);
    let (_, begun, done) = serials(unconfirmed, 0).await;
    assert_eq!((begun, done.unwrap()), (vec![8], 8));
}
