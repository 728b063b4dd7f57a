//! Calls that AWS refuses for being too many: waited for, however many tries that takes.

use terraform::lock::LockInfo;

use super::server::{Effect, Server};
use super::{info, locked_both_ways};
use crate::s3_store::StateStore;

const SLOW_DOWN: Effect = Effect::Answer(503, "SlowDown", &[]);
const TOO_MANY: Effect = Effect::Answer(400, "ThrottlingException", &[]);

fn refuse(server: &Server, calls: &[&'static str], effect: &Effect) {
    for call in calls {
        for _ in 0..12 {
            server.fail(call, effect.clone());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_call_of_a_run_is_waited_for() {
    let server = Server::default();
    let store = server.store(locked_both_ways());
    let lock: LockInfo = info("1");
    refuse(&server, &["PUT", "GET", "DELETE"], &SLOW_DOWN);
    refuse(&server, &["PutItem", "GetItem", "DeleteItem"], &TOO_MANY);
    store.lock(&lock).await.unwrap();
    assert_eq!(store.read().await.unwrap(), None);
    store.write(b"{}", None).await.unwrap();
    store.unlock(&lock).await.unwrap();
    let calls = server.calls();
    assert_eq!(calls.iter().filter(|call| call.starts_with("DELETE")).count(), 13, "{calls:?}");
    assert!(server.inner().objects.contains_key("a/terraform.tfstate"));
    assert!(!server.inner().objects.contains_key("a/terraform.tfstate.tflock"));
}

#[tokio::test(start_paused = true)]
async fn the_wait_has_an_end() {
    let server = Server::default();
    let store = server.store(locked_both_ways());
    store.lock(&info("1")).await.unwrap();
    for _ in 0..200 {
        server.fail("DELETE", SLOW_DOWN);
    }
    let begun = tokio::time::Instant::now();
    store.unlock(&info("1")).await.unwrap_err();
    assert!(begun.elapsed().as_secs() <= 120, "{:?}", begun.elapsed());
}
