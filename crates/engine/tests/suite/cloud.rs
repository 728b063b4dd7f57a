//! An account in memory: objects by type and identity, which may fail or be cut off at the n-th call.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use engine::{Cloud, CloudError, CloudErrorKind, Found, Made, Search, StepError};
use foundation::premises::{Answer, Premise};
use foundation::review::topic::{Document, TopicFacts};
use foundation::{Fact, Role, kinds};
use serde_json::{Value, json};
use terraform::{Address, Attributes};

/// What the n-th call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Fails without effect.
    Refuse,
    /// Takes effect, and the answer is lost.
    LoseAnswer,
}

/// The account.
#[derive(Default)]
pub(super) struct MemoryCloud {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    objects: BTreeMap<String, Attributes>,
    calls: Vec<String>,
    drawn: usize,
    fault: Option<(usize, Fault)>,
    begins: bool,
}

impl MemoryCloud {
    /// Sets the fault of the `n`-th changing call from now (from 1).
    pub(super) fn fail_at(&self, n: usize, fault: Fault) {
        let mut inner = self.inner.lock().unwrap();
        inner.fault = Some((inner.calls.len() + n, fault));
    }

    /// From now on a key is only begun when it is made.
    pub(super) fn begins_keys(&self) {
        self.inner.lock().unwrap().begins = true;
    }

    /// The changing calls so far, as `create aws_kms_key.main`.
    pub(super) fn calls(&self) -> Vec<String> {
        self.inner.lock().unwrap().calls.clone()
    }

    /// All objects by type and identity.
    pub(super) fn objects(&self) -> BTreeMap<String, Attributes> {
        self.inner.lock().unwrap().objects.clone()
    }

    /// Changes objects behind underpin's back.
    pub(super) fn meddle(&self, with: impl FnOnce(&mut BTreeMap<String, Attributes>)) {
        with(&mut self.inner.lock().unwrap().objects);
    }
}

impl Inner {
    /// Counts a changing call and does it, unless it is to fail.
    fn call<T>(&mut self, what: String, act: impl FnOnce(&mut Self) -> T) -> Result<T, StepError> {
        self.calls.push(what.clone());
        match self.fault.filter(|(n, _)| *n == self.calls.len()) {
            None => Ok(act(self)),
            Some((_, fault)) => {
                if fault == Fault::LoseAnswer {
                    act(self);
                }
                let kind = CloudErrorKind::Unreachable;
                let message = format!("{fault:?}");
                Err(CloudError { operation: what, kind, code: None, message, request_id: None, status: None }
                    .into())
            }
        }
    }

    fn draw(&mut self) -> String {
        self.drawn += 1;
        format!("drawn{}", self.drawn)
    }
}

/// The key of an object: its type and identity; a kind that has none in AWS (a key) is found by its address.
fn key(address: &Address, attributes: &Attributes) -> String {
    let schema = kinds::schema_of(address.resource_type()).unwrap();
    let identity: Vec<String> = schema
        .attributes
        .iter()
        .filter(|attribute| attribute.role == Role::Identity)
        .filter_map(|attribute| attributes.get(attribute.name).map(Value::to_string))
        .collect();
    format!("{} {}", address.resource_type(), identity.join(" "))
}

#[async_trait]
impl Cloud for MemoryCloud {
    async fn read(&self, address: &Address, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        if address.resource_type() == "terraform_data" {
            return Ok(Some(recorded.clone()));
        }
        Ok(self.inner.lock().unwrap().objects.get(&key(address, recorded)).cloned())
    }

    async fn find(&self, search: Search<'_>) -> Result<Found, CloudError> {
        let found = self.inner.lock().unwrap().objects.get(&key(search.address, search.planned)).cloned();
        let shared = search.address.resource_type() == "aws_iam_service_linked_role";
        Ok(match (found, search.deployment) {
            (Some(attributes), None) if shared => Found::Ours(attributes),
            (Some(attributes), Some(_)) => Found::Ours(attributes),
            (Some(_), None) => Found::Foreign(engine::Foreign {
                id: search.address.to_string(),
                owner: "somebody".to_owned(),
                deployment: None,
                elsewhere: false,
            }),
            (None, _) => Found::Nothing,
        })
    }

    async fn list(&self, _: &Address, _: &str) -> Result<Vec<Attributes>, CloudError> {
        Ok(Vec::new())
    }

    async fn review(&self, _: &Address, _: &Attributes) -> Result<Vec<Fact>, CloudError> {
        Ok(Vec::new())
    }

    async fn topic(&self, _: &str) -> Result<TopicFacts, CloudError> {
        Ok(TopicFacts { policy: Document::Absent, key: None })
    }

    async fn look_up(&self, _: &Premise) -> Result<Answer, CloudError> {
        Ok(Answer::Unread)
    }

    async fn documents(&self, _: &Address, _: &Attributes, _: &[String]) -> Result<Vec<Fact>, CloudError> {
        Ok(Vec::new())
    }

    async fn create(&self, address: &Address, planned: &Attributes) -> Result<Made, StepError> {
        tokio::task::yield_now().await;
        let mut inner = self.inner.lock().unwrap();
        let mut attributes = planned.clone();
        let begins = inner.begins && address.resource_type() == "aws_kms_key";
        if begins {
            attributes.insert("enable_key_rotation".to_owned(), json!(false));
        }
        let id = inner.draw();
        for name in ["id", "arn", "key_id"] {
            attributes.insert(name.to_owned(), json!(format!("{id}-{name}")));
        }
        if address.resource_type() == "terraform_data" {
            let suffix = planned.get("input").cloned().unwrap_or(json!("0badcafe"));
            attributes.insert("input".to_owned(), suffix.clone());
            attributes.insert("output".to_owned(), suffix);
            return inner.call(format!("create {address}"), |_| Made::Whole(attributes));
        }
        let key = key(address, planned);
        inner.call(format!("create {address}"), |inner| {
            assert!(!inner.objects.contains_key(&key), "{key} is made twice");
            inner.objects.insert(key, attributes.clone());
            if begins { Made::Begun(attributes) } else { Made::Whole(attributes) }
        })
    }

    async fn update(
        &self,
        address: &Address,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        tokio::task::yield_now().await;
        let mut inner = self.inner.lock().unwrap();
        let (key, mut attributes) = (key(address, prior), planned.clone());
        for name in ["id", "arn", "key_id"] {
            if let Some(decided) = prior.get(name) {
                attributes.entry(name).or_insert(decided.clone());
            }
        }
        if let Some(tags) = planned.get("tags") {
            attributes.insert("tags_all".to_owned(), tags.clone());
        }
        inner.call(format!("update {address}"), |inner| {
            inner.objects.insert(key, attributes.clone());
            attributes
        })
    }

    async fn delete(&self, address: &Address, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        tokio::task::yield_now().await;
        let mut inner = self.inner.lock().unwrap();
        let key = key(address, prior);
        if address.resource_type() == "aws_kms_key" {
            let mut left = prior.clone();
            left.insert("is_enabled".to_owned(), json!(false));
            return inner.call(format!("delete {address}"), |inner| {
                inner.objects.insert(key, left.clone());
                Some(left)
            });
        }
        inner.call(format!("delete {address}"), |inner| {
            inner.objects.remove(&key);
            None
        })
    }
}
