//! A lock that lasts only while it is renewed, in paused time.

use std::sync::Arc;
use std::time::Duration;

use engine::{LockOptions, Loss, Session, SessionError, StateStore, StoreError};
use terraform::lock::LockInfo;
use tokio::time::{advance, sleep};

use super::store::MemoryStore;

fn lock(id: &str) -> LockInfo {
    LockInfo { id: id.to_owned(), ..LockInfo::default() }
}

async fn open(store: &Arc<MemoryStore>) -> Session {
    let options = LockOptions { lock: true, timeout: Duration::ZERO };
    let shared: Arc<dyn StateStore> = store.clone();
    let unconfirmed = Session::open(shared, options, lock("ours"), "new", &|_| {}).await.unwrap();
    unconfirmed.confirm(async |_| Ok::<_, SessionError>(())).await.0
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[tokio::test(start_paused = true)]
async fn a_lock_is_renewed_until_it_is_given_back() {
    let store = Arc::new(MemoryStore::default());
    let session = open(&store).await;
    sleep(seconds(65)).await;
    assert_eq!(store.renewals(), 3);
    assert!(session.lease().is_valid());
    session.close().await.unwrap();
    sleep(seconds(200)).await;
    assert_eq!((store.renewals(), store.holder()), (3, None));
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_somebody_took_away_is_lost_and_left_to_them() {
    let store = Arc::new(MemoryStore::default());
    let session = open(&store).await;
    let lease = session.lease();
    store.usurp("theirs");
    sleep(seconds(21)).await;
    assert!(!lease.is_valid());
    assert_eq!(lease.loss(), Some(Loss { holder: Some(Box::new(lock("theirs"))) }));
    lease.confirm().await;
    match session.close().await {
        Err(StoreError::NotHeld { id, holder }) => {
            assert_eq!((id.as_str(), holder), ("ours", Some(Box::new(lock("theirs")))));
        }
        result => panic!("{result:?}"),
    }
    assert_eq!(store.holder().as_deref(), Some("theirs"));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_answer_ends_the_right_before_the_lease() {
    let store = Arc::new(MemoryStore::default());
    let session = open(&store).await;
    let lease = session.lease();
    store.set_unreachable(true);
    sleep(seconds(69)).await;
    assert!(lease.is_valid());
    sleep(seconds(2)).await;
    assert!(!lease.is_valid());
    assert_eq!(lease.loss(), None);
    store.set_unreachable(false);
    lease.confirm().await;
    assert!(lease.is_valid());
}

#[tokio::test(start_paused = true)]
async fn a_process_that_was_paused_asks_before_it_goes_on() {
    for (taken, valid) in [(false, true), (true, false)] {
        let store = Arc::new(MemoryStore::default());
        let session = open(&store).await;
        let lease = session.lease();
        tokio::task::yield_now().await;
        if taken {
            store.usurp("theirs");
        }
        advance(seconds(600)).await;
        assert!(!lease.is_valid(), "it may be lost");
        lease.confirm().await;
        assert_eq!((lease.is_valid(), store.renewals()), (valid, 1));
    }
}

#[tokio::test]
async fn a_run_without_a_lock_needs_no_lease() {
    let store = Arc::new(MemoryStore::default());
    let options = LockOptions { lock: false, timeout: Duration::ZERO };
    let unconfirmed = Session::open(store, options, lock("ours"), "new", &|_| {}).await.unwrap();
    let session = unconfirmed.confirm(async |_| Ok::<_, SessionError>(())).await.0;
    session.lease().confirm().await;
    assert!(session.lease().is_valid());
}
