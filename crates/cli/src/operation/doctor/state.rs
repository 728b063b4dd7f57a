//! The state and what is around it, as facts.

use aws::clients::BackendClients;
use aws::probe;
use doctor::facts::{BucketFacts, Digests, Lock, NO_TABLE, Place, Read, Refusal, StateFacts, StateRecord};
use engine::holder::Life;
use engine::{HeldLock, SessionError, StoreError, observation, session};
use foundation::{AccountId, Caller, Region, addresses};
use terraform::backend::Backend as Kind;
use terraform::{Address, State};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::unasked;
use crate::backend::Backend;
use crate::error::CliError;

/// A state that was read, and the facts about it.
pub(super) struct Stored {
    state: Option<State>,
    pub(super) facts: StateFacts,
}

impl Stored {
    pub(super) fn state(&self) -> Option<&State> {
        self.state.as_ref()
    }
}

/// Reads the state and what is around it, without a lock; `None` without a backend.
///
/// # Errors
/// A backend that cannot be used.
pub(super) async fn read(backend: Option<&Backend>) -> Result<Option<Stored>, CliError> {
    let Some(backend) = backend else { return Ok(None) };
    let connection = backend.connect().await?;
    let (content, locks) = futures::join!(session::read(&*connection.store), connection.store.locks());
    let (state, record, digests) = content_of(backend, content);
    let place = place(backend, connection.clients.as_ref());
    let mut facts = StateFacts {
        record,
        bucket: None,
        locks: locks.map_or_else(
            |error| Read::Refused(refused("s3:GetObject", &error)),
            |held| Read::Found(held.iter().map(lock).collect()),
        ),
        digests,
        earlier_versions: None,
        others: None,
        place,
    };
    if let (Place::S3 { bucket, key, .. }, Some(clients)) = (&facts.place, &connection.clients) {
        let (about, earlier, others) = futures::join!(
            bucket_facts(backend.owner(), clients, bucket),
            probe::earlier_versions(&clients.s3, bucket, key),
            probe::neighbours(&clients.s3, bucket, key),
        );
        (facts.bucket, facts.earlier_versions, facts.others) = (Some(about), Some(earlier), Some(others));
    }
    Ok(Some(Stored { state, facts }))
}

/// The bucket. The public access block of an account counts where it is known whose the bucket is.
async fn bucket_facts(owner: Option<&AccountId>, clients: &BackendClients, name: &str) -> BucketFacts {
    let region = clients.region.parse::<Region>();
    match owner.cloned().zip(region.ok()) {
        Some((account_id, region)) => {
            let owner = Caller { account_id, partition: region.partition() };
            probe::bucket_of(&clients.s3, &aws::Place::new(&owner, region.as_str()), name).await
        }
        None => probe::bucket(&clients.s3, name, owner.map(AccountId::as_str)).await,
    }
}

type Content = (Option<State>, Read<StateRecord>, Option<Digests>);

fn content_of<V>(backend: &Backend, content: Result<Option<(State, V)>, SessionError>) -> Content {
    let has_table = matches!(backend.kind(), Kind::S3(s3) if s3.dynamodb_table.is_some());
    let agree = has_table.then_some(Digests::Agree);
    match content {
        Ok(Some((state, _))) => {
            let record = record(&state);
            (Some(state), Read::Found(record), agree)
        }
        Ok(None) => (None, Read::Absent, None),
        Err(SessionError::Store(StoreError::Digest { expected, actual })) => {
            let refusal =
                unasked("reading the state", "its digest is not the one in the lock table".to_owned());
            (None, Read::Refused(refusal), Some(Digests::Differ { table: expected, state: actual }))
        }
        Err(SessionError::Store(StoreError::NoBucket { .. })) => (None, Read::Absent, None),
        Err(SessionError::Store(error)) => (None, Read::Refused(refused("s3:GetObject", &error)), None),
        Err(error) => (None, Read::Refused(unasked("reading the state", error.to_string())), None),
    }
}

fn refused(operation: &str, error: &StoreError) -> Refusal {
    match error {
        StoreError::Cloud(error) => probe::refusal(error),
        StoreError::NoTable { .. } => {
            Refusal { code: Some(NO_TABLE.to_owned()), ..unasked("dynamodb:GetItem", error.to_string()) }
        }
        other => unasked(operation, other.to_string()),
    }
}

fn place(backend: &Backend, clients: Option<&BackendClients>) -> Place {
    match backend.kind() {
        Kind::Local(local) => Place::Local { path: local.state_path(backend.workspace()) },
        Kind::S3(s3) => Place::S3 {
            bucket: s3.bucket.clone(),
            key: s3.state_key(backend.workspace()),
            region: clients.map(|clients| clients.region.clone()).unwrap_or_default(),
            lockfile: s3.use_lockfile,
            table: s3.dynamodb_table.clone(),
        },
    }
}

fn record(state: &State) -> StateRecord {
    let of = |address: &Address, name: &str| {
        let instance = state.instance(address)?;
        instance.attributes.get(name)?.as_str().map(str::to_owned)
    };
    StateRecord {
        account: observation::recorded_account(state),
        region: observation::recorded_region(state),
        key_id: of(&addresses::key(), "key_id"),
        bucket: of(&addresses::bucket(), "bucket"),
    }
}

fn lock(held: &HeldLock) -> Lock {
    let holder = held.holder.as_ref();
    Lock {
        place: held.place.clone(),
        id: holder.map(|holder| holder.id.clone()),
        who: holder.map(|holder| holder.who.clone()),
        operation: holder.map(|holder| holder.operation.clone()),
        created: holder.and_then(|holder| OffsetDateTime::parse(&holder.created, &Rfc3339).ok()),
        silence_seconds: held.silence.map(|silence| silence.as_secs()),
        alive: held.life == Life::Alive,
        over: held.life.is_over(),
    }
}
