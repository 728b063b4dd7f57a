//! A session that took its lock from a holder that is gone.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use engine::holder::Life;
use engine::{LockOptions, Notice, Session, SessionError, StateStore, StoreError};
use terraform::State;
use terraform::lock::LockInfo;

use super::store::MemoryStore;

const OLD: &[u8] =
    br#"{"version":4,"terraform_version":"1.15.5","serial":7,"lineage":"old","outputs":{},"resources":[]}"#;
const LATE: &[u8] =
    br#"{"version":4,"terraform_version":"1.15.5","serial":8,"lineage":"old","outputs":{},"resources":[]}"#;

async fn open(store: &Arc<MemoryStore>) -> (Result<Session, SessionError>, Vec<String>) {
    let options = LockOptions { lock: true, timeout: Duration::ZERO };
    let info = LockInfo { id: "ours".to_owned(), ..LockInfo::default() };
    let notices = Mutex::new(Vec::new());
    let told = |notice: Notice<'_>| {
        notices.lock().unwrap().push(match notice {
            Notice::Waiting => "waiting".to_owned(),
            Notice::TakenOver(takeover) => format!("{} {:?}", takeover.from.id, takeover.life),
        });
    };
    let shared: Arc<dyn StateStore> = store.clone();
    let session = match Session::open(shared, options, info, "new", &told).await {
        Ok(unconfirmed) => {
            let (session, confirmed) = unconfirmed.confirm(async |_| Ok::<_, SessionError>(())).await;
            confirmed.map(|()| session)
        }
        Err(error) => Err(error),
    };
    (session, notices.into_inner().unwrap())
}

fn serial(store: &MemoryStore) -> u64 {
    State::parse(&store.bytes().unwrap()).unwrap().serial
}

#[tokio::test]
async fn the_former_holder_is_shut_out_before_anything_else() {
    let store = Arc::new(MemoryStore::default());
    store.overwrite(OLD);
    let former = store.read().await.unwrap().unwrap().version;
    store.abandon("dead", Life::Ended);
    let (session, notices) = open(&store).await;
    let session = session.unwrap();
    assert_eq!(notices, ["dead Ended"]);
    assert_eq!((session.state.serial, serial(&store)), (8, 8));
    assert_eq!(session.state.lineage, "old");
    assert!(matches!(store.write(LATE, Some(&former)).await, Err(StoreError::Moved)));
    assert_eq!(store.read().await.unwrap().unwrap().version, session.version.clone().unwrap());
    session.close().await.unwrap();
    assert_eq!(store.holder(), None);
}

#[tokio::test]
async fn where_there_was_no_state_the_former_holder_cannot_make_one() {
    let store = Arc::new(MemoryStore::default());
    store.abandon("dead", Life::Silent(Duration::from_secs(91)));
    let session = open(&store).await.0.unwrap();
    assert_eq!((session.state.serial, session.state.lineage.as_str()), (1, "new"));
    assert!(matches!(store.write(LATE, None).await, Err(StoreError::Moved)));
    assert_eq!(serial(&store), 1);
}

#[tokio::test]
async fn what_the_former_holder_wrote_last_is_kept() {
    let store = Arc::new(MemoryStore::default());
    store.overwrite(OLD);
    store.intrude(LATE);
    store.abandon("dead", Life::Ended);
    let session = open(&store).await.0.unwrap();
    assert_eq!((session.state.serial, serial(&store)), (9, 9));
}

#[tokio::test]
async fn a_lock_is_kept_when_its_former_holder_is_not_shut_out() {
    let store = Arc::new(MemoryStore::default());
    store.overwrite(OLD);
    store.refuse_from(1);
    store.abandon("dead", Life::Ended);
    let (refused, _) = open(&store).await;
    assert!(matches!(refused, Err(SessionError::Store(StoreError::Moved))));
    assert_eq!(store.holder().as_deref(), Some("ours"));
}

#[tokio::test]
async fn a_lock_that_was_free_leaves_the_state_as_it_is() {
    let store = Arc::new(MemoryStore::default());
    store.overwrite(OLD);
    let (session, notices) = open(&store).await;
    assert_eq!(session.unwrap().state.serial, 7);
    assert!(notices.is_empty());
    assert_eq!(store.bytes().unwrap(), OLD);
}
