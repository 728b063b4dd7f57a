//! An account, a store and settings, to run the engine in.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use engine::{
    Action, Goal, Lease, LockOptions, Options, Plan, Progress, Report, Run, Session, SessionError,
    StateStore, Written, refresh,
};
use foundation::Blueprint;
use foundation::testing::{drawn, over};
use serde_json::{Value, json};
use terraform::lock::LockInfo;
use terraform::{Attributes, State};
use tokio::sync::watch;

use super::cloud::MemoryCloud;
use super::store::MemoryStore;

/// Tells nobody.
pub(super) struct Silent;

impl Progress for Silent {
    fn event(&self, _: &engine::Event) {}
}

/// An account, a store, and the settings.
pub(super) struct World {
    pub cloud: MemoryCloud,
    pub store: Arc<MemoryStore>,
    pub settings: Value,
}

pub(super) const APPLY: Options =
    Options { goal: Goal::Apply, targets: Vec::new(), replace: Vec::new(), today: None };
pub(super) const DESTROY: Options = Options {
    goal: Goal::Destroy { delete_key: false },
    targets: Vec::new(),
    replace: Vec::new(),
    today: None,
};

impl World {
    pub(super) fn new(settings: Value) -> Self {
        Self { cloud: MemoryCloud::default(), store: Arc::default(), settings }
    }

    pub(super) fn blueprint(&self) -> Blueprint {
        drawn(over(json!({"tags": {"cost_center": "engineering"}}), self.settings.clone()))
    }

    pub(super) async fn session(&self) -> Session {
        let options = LockOptions { lock: false, timeout: Duration::ZERO };
        let store: Arc<dyn StateStore> = self.store.clone();
        let unconfirmed =
            Session::open(store, options, LockInfo::default(), "lineage", &|_| {}).await.unwrap();
        unconfirmed.confirm(async |_| Ok::<_, SessionError>(())).await.0
    }

    pub(super) async fn plan(&self, options: &Options) -> Plan {
        let (session, blueprint) = (self.session().await, self.blueprint());
        let observation = refresh(&self.cloud, &session.state, &blueprint, 8).await.unwrap();
        engine::plan(&blueprint, &session.state, &observation, options).unwrap()
    }

    pub(super) async fn carry_out(&self, plan: &Plan) -> (Report, Written) {
        let journal = self.session().await.journal();
        let (_stop, stop) = watch::channel(false);
        let run = Run {
            cloud: &self.cloud,
            journal: &journal,
            progress: &Silent,
            parallelism: 10,
            stop,
            lease: Lease::unlimited(),
        };
        let report = engine::apply::apply(plan, &run).await;
        (report, journal.close().await.unwrap())
    }

    pub(super) async fn run(&self, options: &Options) -> (Report, Written) {
        let plan = self.plan(options).await;
        self.carry_out(&plan).await
    }

    pub(super) fn state(&self) -> State {
        State::parse(&self.store.bytes().unwrap()).unwrap()
    }

    /// All objects and outputs, with drawn values made alike.
    pub(super) fn result(&self) -> (BTreeMap<String, Attributes>, BTreeMap<String, Value>) {
        let outputs: BTreeMap<String, Value> =
            self.state().outputs.into_iter().map(|(name, output)| (name, output.value)).collect();
        let text = serde_json::to_string(&(self.cloud.objects(), &outputs)).unwrap();
        let mut alike = String::new();
        for (n, part) in text.split("drawn").enumerate() {
            alike.push_str(if n == 0 { part } else { part.trim_start_matches(|c: char| c.is_ascii_digit()) });
        }
        serde_json::from_str(&alike).unwrap()
    }
}

pub(super) fn changed(plan: &Plan) -> Vec<(String, Action)> {
    plan.changes
        .iter()
        .filter(|change| !matches!(change.action, Action::NoOp | Action::Retain))
        .map(|change| (change.address.to_string(), change.action))
        .collect()
}

/// Settings that make every resource.
pub(super) fn everything() -> Value {
    json!({
        "artos_ecr_aws_account": "210987654321", "create_node_instance_profile": true, "kms_allow_autoscaling": true,
        "cloudtrail_log_retention_days": 400, "cloudtrail_object_lock": {"mode": "GOVERNANCE", "days": 30},
        "cloudtrail_access_log_bucket": "access-logs", "exclusive_role_policies": true,
    })
}
