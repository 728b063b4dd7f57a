mod lease;
mod server;
mod takeover;
mod throttled;

use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use serde_json::json;

use self::server::{Effect, Server};
use super::*;

fn place() -> Place {
    Place { bucket: "state-bucket".to_owned(), key: "a/terraform.tfstate".to_owned(), ..Place::default() }
}

fn locked_both_ways() -> Place {
    Place { use_lockfile: true, dynamodb_table: Some("locks".to_owned()), ..place() }
}

fn info(id: &str) -> LockInfo {
    LockInfo {
        id: id.to_owned(),
        created: "2026-11-22T05:29:32.5Z".to_owned(),
        path: "state-bucket/a/terraform.tfstate".to_owned(),
        ..LockInfo::default()
    }
}

#[tokio::test]
async fn what_a_glance_saw_is_not_sent_again_under_the_lock() {
    let server = Server::default();
    let store = server.store(place());
    assert_eq!(store.glance().await.unwrap(), None);
    assert_eq!(store.read_after(None).await.unwrap(), None);
    store.write(b"{}", None).await.unwrap();
    let glanced = store.glance().await.unwrap();
    server.calls();
    assert_eq!(store.read_after(glanced.as_ref()).await.unwrap(), glanced);
    assert_eq!(server.calls(), ["GET a/terraform.tfstate if-none-match"]);
    store.write(b"[]", glanced.as_ref().map(|glanced| &glanced.version)).await.unwrap();
    assert_eq!(store.read_after(glanced.as_ref()).await.unwrap().unwrap().bytes, b"[]");
    server.inner().objects.clear();
    assert_eq!(store.read_after(glanced.as_ref()).await.unwrap(), None);
}

#[tokio::test]
async fn a_glance_does_not_wait_for_a_digest_and_a_state_that_is_unchanged_needs_its_own() {
    let server = Server::default();
    let store = server.store(locked_both_ways());
    store.write(b"{}", None).await.unwrap();
    let glanced = store.glance().await.unwrap();
    assert_eq!(store.read_after(glanced.as_ref()).await.unwrap(), glanced);
    let item = "state-bucket/a/terraform.tfstate-md5";
    let other = json!({"LockID": {"S": item}, "Digest": {"S": "00000000000000000000000000000000"}});
    server.inner().items.insert(item.to_owned(), other);
    server.calls();
    assert!(matches!(store.glance().await, Err(StoreError::Digest { .. })));
    assert_eq!(server.calls(), ["GET a/terraform.tfstate", "GetItem"]);
    assert!(matches!(store.read_after(glanced.as_ref()).await, Err(StoreError::Digest { .. })));
}

#[tokio::test]
async fn locks_and_digest_are_asked_for_in_terraforms_order() {
    let server = Server::default();
    let store = server.store(locked_both_ways());
    store.lock(&info("1")).await.unwrap();
    assert_eq!(server.calls(), ["PUT a/terraform.tfstate.tflock if-none-match", "PutItem"]);
    assert_eq!(server.inner().objects["a/terraform.tfstate.tflock"], info("1").to_json().into_bytes());
    assert_eq!(
        server.inner().items["state-bucket/a/terraform.tfstate"],
        json!({"LockID": {"S": "state-bucket/a/terraform.tfstate"}, "Info": {"S": info("1").to_json()}})
    );

    assert_eq!(store.read().await.unwrap(), None);
    let version = store.write(b"{}", None).await.unwrap();
    assert_eq!(
        server.calls(),
        ["GET a/terraform.tfstate", "GetItem", "PUT a/terraform.tfstate if-none-match", "PutItem"]
    );
    assert_eq!(
        server.inner().items["state-bucket/a/terraform.tfstate-md5"],
        json!({"LockID": {"S": "state-bucket/a/terraform.tfstate-md5"}, "Digest": {"S": "99914b932bd37a50b983c5e7c90ae93b"}})
    );
    assert_eq!(store.read().await.unwrap().unwrap().version, version);
    server.calls();

    store.unlock(&info("1")).await.unwrap();
    assert_eq!(server.calls(), ["DELETE a/terraform.tfstate.tflock if-match", "GetItem", "DeleteItem"]);
}

#[tokio::test]
async fn a_taken_lock_names_its_holder_and_leaves_nothing_of_ours() {
    let server = Server::default();
    let table_only = Place { use_lockfile: false, ..locked_both_ways() };
    server.store(table_only).lock(&info("theirs")).await.unwrap();
    let ours = server.store(locked_both_ways());
    match ours.lock(&info("ours")).await {
        Err(LockError::Held { holder, message, .. }) => {
            assert_eq!(holder.unwrap().id, "theirs");
            assert_eq!(
                message,
                "operation error DynamoDB: PutItem, https response error StatusCode: 400, RequestID: , \
                 ConditionalCheckFailedException: no"
            );
        }
        result => panic!("{result:?}"),
    }
    assert!(server.inner().objects.is_empty());

    let file_only = || Place { dynamodb_table: None, ..locked_both_ways() };
    server.store(file_only()).lock(&info("theirs")).await.unwrap();
    match server.store(file_only()).lock(&info("ours")).await {
        Err(LockError::Held { holder, message, .. }) => {
            assert_eq!(holder.unwrap().id, "theirs");
            assert_eq!(
                message,
                "operation error S3: PutObject, https response error StatusCode: 412, RequestID: R1, HostID: H2, \
                 api error PreconditionFailed: no"
            );
        }
        result => panic!("{result:?}"),
    }
}

#[tokio::test]
async fn a_lost_answer_to_a_lock_is_a_lock() {
    for (call, place) in [
        ("PUT", Place { dynamodb_table: None, ..locked_both_ways() }),
        ("PutItem", Place { use_lockfile: false, ..locked_both_ways() }),
    ] {
        let server = Server::default();
        let store = server.store(place);
        server.fail(call, Effect::Lost);
        store.lock(&info("1")).await.unwrap();
        store.unlock(&info("1")).await.unwrap();
        assert!(server.inner().objects.is_empty() && server.inner().items.is_empty());
        server.fail(call, Effect::Dropped);
        assert!(matches!(store.lock(&info("1")).await, Err(LockError::Store(_))));
    }
}

#[tokio::test]
async fn a_lock_is_given_back_only_by_its_id() {
    let server = Server::default();
    let store = server.store(locked_both_ways());
    store.lock(&info("1")).await.unwrap();
    let other = server.store(locked_both_ways());
    match other.unlock(&info("2")).await {
        Err(StoreError::NotHeld { id, holder }) => {
            assert_eq!((id.as_str(), holder.unwrap().id.as_str()), ("2", "1"))
        }
        result => panic!("{result:?}"),
    }
    assert_eq!(server.inner().objects.len(), 1);
    // Another process that knows the id may give it back; the first one is told.
    other.unlock(&info("1")).await.unwrap();
    assert!(server.inner().objects.is_empty() && server.inner().items.is_empty());
    assert!(matches!(store.unlock(&info("1")).await, Err(StoreError::NotHeld { holder: None, .. })));
}

#[tokio::test]
async fn a_lock_is_given_back_where_answers_are_lost_or_conditions_unknown() {
    for effect in [Effect::Lost, Effect::Dropped, Effect::Answer(501, "NotImplemented", &[])] {
        let server = Server::default();
        let store = server.store(Place { dynamodb_table: None, ..locked_both_ways() });
        store.lock(&info("1")).await.unwrap();
        server.fail("DELETE", effect);
        store.unlock(&info("1")).await.unwrap();
        assert!(server.inner().objects.is_empty());
    }
}

#[tokio::test]
async fn a_write_over_another_version_changes_nothing() {
    let server = Server::default();
    let store = server.store(place());
    let first = store.write(b"{\"serial\":1}", None).await.unwrap();
    let second = store.write(b"{\"serial\":2}", Some(&first)).await.unwrap();
    for replaces in [None, Some(&first)] {
        assert!(matches!(store.write(b"{\"serial\":3}", replaces).await, Err(StoreError::Moved)));
    }
    assert_eq!(store.read().await.unwrap().unwrap().version, second);
    server.inner().objects.clear();
    assert!(matches!(store.write(b"{\"serial\":3}", Some(&second)).await, Err(StoreError::Moved)));
    assert!(server.inner().objects.is_empty());
}

#[tokio::test]
async fn a_write_without_an_answer_is_looked_into() {
    let server = Server::default();
    let store = server.store(place());
    let first = store.write(b"{\"serial\":1}", None).await.unwrap();
    server.fail("PUT", Effect::Lost);
    let second = store.write(b"{\"serial\":2}", Some(&first)).await.unwrap();
    assert_eq!(store.read().await.unwrap().unwrap().version, second);

    server.fail("PUT", Effect::Dropped);
    assert!(matches!(store.write(b"{\"serial\":3}", Some(&second)).await, Err(StoreError::Cloud(_))));
    server.fail("PUT", Effect::Answer(412, "PreconditionFailed", &[]));
    server.inner().objects.insert("a/terraform.tfstate".to_owned(), b"{\"serial\":3}".to_vec());
    store.write(b"{\"serial\":3}", Some(&second)).await.unwrap();
    server.fail("PUT", Effect::Dropped);
    assert!(matches!(store.write(b"{\"serial\":4}", Some(&second)).await, Err(StoreError::Moved)));
}

#[tokio::test]
async fn a_state_is_removed_in_the_version_that_was_read_after_its_digest() {
    let server = Server::default();
    let store = server.store(locked_both_ways());
    let first = store.write(b"{}", None).await.unwrap();
    let second = store.write(b"{ }", Some(&first)).await.unwrap();
    assert!(matches!(store.remove(&first).await, Err(StoreError::Moved)));
    assert!(server.inner().objects.contains_key("a/terraform.tfstate"));
    server.calls();
    store.remove(&second).await.unwrap();
    let calls = server.calls();
    assert!(
        calls[0].contains("DeleteItem") && calls[1].starts_with("DELETE a/terraform.tfstate if-match"),
        "{calls:?}"
    );
    assert!(server.inner().objects.is_empty());
    assert!(server.inner().items.is_empty());
    assert_eq!(store.read().await.unwrap(), None);
}

#[tokio::test]
async fn an_empty_object_is_no_state() {
    let server = Server::default();
    server.inner().objects.insert("a/terraform.tfstate".to_owned(), Vec::new());
    let store = server.store(place());
    assert_eq!(store.read().await.unwrap(), None);
    store.write(b"{}", None).await.unwrap();
    assert_eq!(store.read().await.unwrap().unwrap().bytes, b"{}");
}

#[tokio::test]
async fn a_digest_that_does_not_fit_is_waited_for() {
    let server = Server::default();
    let mut store = server.store(Place { use_lockfile: false, ..locked_both_ways() });
    server.inner().objects.insert("a/terraform.tfstate".to_owned(), b"{}".to_vec());
    let digest =
        |text: &str| json!({"LockID": {"S": "state-bucket/a/terraform.tfstate-md5"}, "Digest": {"S": text}});
    let id = "state-bucket/a/terraform.tfstate-md5".to_owned();
    for ignored in ["", "99914b932bd37a50b983c5e7c90ae93", "no digest of thirty-two letters!"] {
        server.inner().items.insert(id.clone(), digest(ignored));
        assert_eq!(store.read().await.unwrap().unwrap().bytes, b"{}");
    }
    server.inner().items.insert(id.clone(), digest("00000000000000000000000000000000"));
    let waits = Arc::new(AtomicUsize::new(0));
    let (counter, mended) = (Arc::clone(&waits), server.clone());
    let right = digest("99914B932BD37A50B983C5E7C90AE93B");
    store.objects.pause = Arc::new(move |time| {
        assert_eq!(time, Duration::from_secs(2));
        if counter.fetch_add(1, Ordering::SeqCst) == 4 {
            mended.inner().items.insert("state-bucket/a/terraform.tfstate-md5".to_owned(), right.clone());
        }
        Box::pin(std::future::ready(()))
    });
    assert_eq!(store.read().await.unwrap().unwrap().bytes, b"{}");
    assert_eq!(waits.load(Ordering::SeqCst), 5);

    server.inner().items.insert(id, digest("00000000000000000000000000000000"));
    match store.read().await {
        Err(StoreError::Digest { expected, actual }) => {
            assert_eq!(expected, "00000000000000000000000000000000");
            assert_eq!(actual, "99914b932bd37a50b983c5e7c90ae93b");
        }
        result => panic!("{result:?}"),
    }
}

#[tokio::test]
async fn a_digest_that_was_not_recorded_is_recorded_with_the_unlock() {
    let server = Server::default();
    let store = server.store(Place { use_lockfile: false, ..locked_both_ways() });
    store.lock(&info("1")).await.unwrap();
    server.fail("PutItem", Effect::Dropped);
    store.write(b"{}", None).await.unwrap();
    assert!(!server.inner().items.contains_key("state-bucket/a/terraform.tfstate-md5"));
    store.unlock(&info("1")).await.unwrap();
    assert!(server.inner().items.contains_key("state-bucket/a/terraform.tfstate-md5"));
}

#[tokio::test]
async fn a_write_that_was_cut_off_leaves_the_digest_of_what_is_there() {
    let digest_of =
        |server: &Server| server.inner().items["state-bucket/a/terraform.tfstate-md5"]["Digest"]["S"].clone();
    for (effect, there) in [(Effect::Lost, "{\"serial\":2}"), (Effect::Dropped, "{}")] {
        let server = Server::default();
        let store = server.store(Place { use_lockfile: false, ..locked_both_ways() });
        store.lock(&info("1")).await.unwrap();
        let first = store.write(b"{}", None).await.unwrap();
        server.fail("PUT", effect);
        server.fail("GET", Effect::Dropped);
        store.write(b"{\"serial\":2}", Some(&first)).await.unwrap_err();
        assert_eq!(digest_of(&server), md5(b"{}"));
        store.unlock(&info("1")).await.unwrap();
        assert_eq!(digest_of(&server), md5(there.as_bytes()));
    }
}

#[tokio::test]
async fn a_lock_is_kept_while_the_digest_behind_it_is_wrong() {
    let server = Server::default();
    let store = server.store(locked_both_ways());
    store.lock(&info("1")).await.unwrap();
    server.fail("PutItem", Effect::Dropped);
    store.write(b"{}", None).await.unwrap();
    server.fail("PutItem", Effect::Dropped);
    assert!(matches!(store.unlock(&info("1")).await, Err(StoreError::Cloud(_))));
    assert!(server.inner().objects.contains_key("a/terraform.tfstate.tflock"));
    store.unlock(&info("1")).await.unwrap();
    assert_eq!(server.inner().objects.len(), 1);
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let server = Server::default();
    let store = server.store(place());
    server.fail("GET", Effect::Answer(404, "NoSuchBucket", &[]));
    assert!(matches!(store.read().await, Err(StoreError::NoBucket { bucket }) if bucket == "state-bucket"));
    server.fail("GET", Effect::Answer(301, "PermanentRedirect", &[("x-amz-bucket-region", "eu-west-1")]));
    match store.read().await {
        Err(StoreError::WrongRegion { region, .. }) => assert_eq!(region.as_deref(), Some("eu-west-1")),
        result => panic!("{result:?}"),
    }
    server.fail("PUT", Effect::Answer(501, "NotImplemented", &[]));
    assert!(matches!(store.write(b"{}", None).await, Err(StoreError::NoConditionalWrites { .. })));
    server.fail("GET", Effect::Answer(403, "RequestTimeTooSkewed", &[]));
    match store.read().await {
        Err(StoreError::Cloud(error)) => assert_eq!(error.kind, engine::CloudErrorKind::ClockSkew),
        result => panic!("{result:?}"),
    }
    let store = server.store(locked_both_ways());
    server.fail("PutItem", Effect::Answer(400, "ResourceNotFoundException", &[]));
    let refused = store.lock(&info("1")).await;
    let Err(LockError::Store(StoreError::NoTable { table })) = refused else { panic!("{refused:?}") };
    assert_eq!(table, "locks");
    assert!(server.inner().objects.is_empty());
}

/// How objects are written, the headers that say so, and headers that must not be there.
type Written<'a> = (Writing, Vec<(&'a str, &'a str)>, &'a [&'a str]);

#[tokio::test]
async fn objects_are_written_as_the_backend_says() {
    let key = base64::prelude::BASE64_STANDARD.encode([7; 32]);
    let customer_key_md5 = base64::prelude::BASE64_STANDARD.encode(Md5::digest([7; 32]));
    let table: [Written<'_>; 4] = [
        (
            Writing::default(),
            vec![("content-type", "application/json"), ("x-amz-sdk-checksum-algorithm", "SHA256")],
            &["x-amz-server-side-encryption", "x-amz-acl"],
        ),
        (
            Writing {
                encryption: Encryption::S3,
                acl: Some("bucket-owner-full-control".to_owned()),
                skip_checksum: true,
            },
            vec![("x-amz-server-side-encryption", "AES256"), ("x-amz-acl", "bucket-owner-full-control")],
            &["x-amz-checksum-sha256"],
        ),
        (
            Writing { encryption: Encryption::Kms("alias/state".to_owned()), ..Writing::default() },
            vec![
                ("x-amz-server-side-encryption", "aws:kms"),
                ("x-amz-server-side-encryption-aws-kms-key-id", "alias/state"),
            ],
            &[],
        ),
        (
            Writing { encryption: Encryption::Customer(key.clone()), ..Writing::default() },
            vec![
                ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
                ("x-amz-server-side-encryption-customer-key", &key),
                ("x-amz-server-side-encryption-customer-key-md5", &customer_key_md5),
            ],
            &["x-amz-server-side-encryption"],
        ),
    ];
    for (writing, present, absent) in table {
        let server = Server::default();
        let owner = Some("123456789012".to_owned());
        let store = server.store(Place { writing, use_lockfile: true, expected_owner: owner, ..place() });
        store.lock(&info("1")).await.unwrap();
        store.write(b"{}", None).await.unwrap();
        for headers in &server.inner().headers {
            assert_eq!(headers["x-amz-expected-bucket-owner"], "123456789012");
            for (name, value) in &present {
                assert_eq!(headers.get(*name).map(String::as_str), Some(*value), "{name}");
            }
            for name in absent {
                assert!(!headers.contains_key(*name), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn the_owner_is_learned_from_what_is_refused() {
    let forbidden = || Effect::Answer(403, "", &[]);
    for (refusals, owner) in [(0, Owner::Caller), (1, Owner::Another), (2, Owner::Unknown)] {
        let server = Server::default();
        for _ in 0..refusals {
            server.fail("HEAD", forbidden());
        }
        let (s3, _) = server.clients();
        assert_eq!(learn_owner(&s3, "state-bucket", "123456789012").await.unwrap(), owner);
    }
    let server = Server::default();
    server.fail("HEAD", Effect::Answer(404, "", &[]));
    let (s3, _) = server.clients();
    let missing = learn_owner(&s3, "state-bucket", "123456789012").await;
    assert!(matches!(missing, Err(StoreError::NoBucket { .. })), "{missing:?}");
}

#[test]
fn a_place_follows_from_the_backend() {
    let backend = S3Backend {
        bucket: "state-bucket".to_owned(),
        key: "a/terraform.tfstate".to_owned(),
        workspace_key_prefix: "env:".to_owned(),
        kms_key_id: Some("alias/state".to_owned()),
        ..S3Backend::default()
    };
    let nothing = |_: &str| None;
    assert_eq!(Place::of(&backend, "default", &nothing), place());
    assert_eq!(Place::of(&backend, "w1", &nothing).key, "env:/w1/a/terraform.tfstate");
    let encrypted = S3Backend { encrypt: true, ..backend.clone() };
    assert_eq!(
        Place::of(&encrypted, "default", &nothing).writing.encryption,
        Encryption::Kms("alias/state".to_owned())
    );
    let keyless = S3Backend { kms_key_id: None, ..encrypted };
    assert_eq!(Place::of(&keyless, "default", &nothing).writing.encryption, Encryption::S3);
    let variable = |name: &str| (name == "AWS_SSE_CUSTOMER_KEY").then(|| "key".to_owned());
    assert_eq!(
        Place::of(&keyless, "default", &variable).writing.encryption,
        Encryption::Customer("key".to_owned())
    );
}
