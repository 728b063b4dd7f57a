//! What of the alerts is tried, and what each trial comes to.

use std::collections::BTreeMap;

use aws::{Alerts, LiveAlarm};
use engine::{CloudError, CloudErrorKind};
use foundation::addresses::bucket;
use foundation::kinds::cloudwatch::metric_alarm;
use foundation::kinds::events::{rule, target};
use foundation::kinds::logs::metric_filter;
use foundation::{Caller, Settings, sample_event, sample_record};
use terraform::{Address, State, Value};

/// What a trial comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It works.
    Works,
    /// It does not.
    Fails,
    /// These credentials may not try it.
    Untried,
}

/// What was tried, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trial {
    /// In words.
    pub what: String,
    /// What it comes to.
    pub verdict: Verdict,
}

impl Trial {
    fn of(what: impl Into<String>, works: bool) -> Self {
        let verdict = if works { Verdict::Works } else { Verdict::Fails };
        Self { what: what.into(), verdict }
    }

    /// What a call answers that not everybody may make, and that AWS refuses where something is gone or cannot work.
    fn allowed(subject: &str, answer: Result<(String, bool), CloudError>) -> Result<Self, CloudError> {
        match answer {
            Ok((said, works)) => Ok(Self::of(format!("{subject}: {said}"), works)),
            Err(error) if error.kind == CloudErrorKind::AccessDenied => {
                let what = format!("{subject}: these credentials may not try it ({})", error.operation);
                Ok(Self { what, verdict: Verdict::Untried })
            }
            Err(error) if error.kind == CloudErrorKind::Refused => {
                let code = error.code.as_deref().unwrap_or("without a code");
                Ok(Self::of(format!("{subject}: AWS refuses it ({}: {code})", error.operation), false))
            }
            Err(error) => Err(error),
        }
    }
}

/// What is tried, and for whom.
pub(super) struct Trials<'a> {
    /// The account's alerts.
    pub alerts: &'a Alerts,
    /// What is asked for.
    pub settings: &'a Settings,
    /// Whose account it is.
    pub caller: &'a Caller,
    /// What was made.
    pub state: &'a State,
}

impl Trials<'_> {
    /// Tries every rule, filter and alarm that is recorded, then the topic; `None` where nothing is recorded that tells one.
    ///
    /// # Errors
    /// AWS cannot be asked.
    pub(super) async fn run(&self) -> Result<Option<Vec<Trial>>, CloudError> {
        let mut trials = self.rules().await?;
        trials.extend(self.filters().await?);
        trials.extend(self.alarms().await?);
        let Some(topic) = self.topic() else { return Ok(None) };
        trials.extend(self.subscribers(&topic).await?);
        Ok(Some(trials))
    }

    async fn rules(&self) -> Result<Vec<Trial>, CloudError> {
        let log_bucket = self.recorded(&bucket(), "bucket").unwrap_or_default();
        let mut trials = Vec::new();
        for name in rule::SCHEMA.names {
            let Some(arn) = self.recorded(&Address::new(rule::SCHEMA.resource_type, *name), "arn") else {
                continue;
            };
            let event = sample_event(name, self.settings, self.caller, &log_bucket);
            let Some(event) = event else { continue };
            let target = self.recorded(&Address::new(target::SCHEMA.resource_type, *name), "arn");
            let answer = self.try_rule(&arn, target.as_deref(), &event).await;
            trials.push(Trial::allowed(&format!("rule {name}"), answer)?);
        }
        Ok(trials)
    }

    /// What a rule does with an event, and whether that is what it is for.
    async fn try_rule(
        &self,
        arn: &str,
        target: Option<&str>,
        event: &Value,
    ) -> Result<(String, bool), CloudError> {
        let Some(rule) = self.alerts.rule(arn).await? else { return Ok(("is gone".to_owned(), false)) };
        let action = event.pointer("/detail/eventName").and_then(Value::as_str).unwrap_or_default();
        if !rule.is_enabled {
            return Ok(("is disabled".to_owned(), false));
        }
        if !rule.targets.iter().any(|arn| Some(arn.as_str()) == target) {
            return Ok(("does not send what it matches to where it shall".to_owned(), false));
        }
        Ok(match self.alerts.matches(&rule.pattern, &event.to_string()).await? {
            true => (format!("tells of {action}"), true),
            false => (format!("does not tell of {action}"), false),
        })
    }

    async fn filters(&self) -> Result<Vec<Trial>, CloudError> {
        let mut trials = Vec::new();
        for at in self.of_type(metric_filter::SCHEMA.resource_type) {
            let name = at.name();
            let Some(event) = sample_record(name, self.settings, self.caller) else { continue };
            let answer = self.try_filter(&at, &event).await;
            trials.push(Trial::allowed(&format!("filter {name}"), answer)?);
        }
        Ok(trials)
    }

    /// What a filter of the log group does with an event, and whether that is what it is for.
    async fn try_filter(&self, at: &Address, event: &Value) -> Result<(String, bool), CloudError> {
        let recorded = |attribute: &str| self.recorded(at, attribute).unwrap_or_default();
        let filters = self.alerts.filters(&recorded("log_group_name")).await?;
        let Some(filter) = filters.into_iter().find(|filter| filter.name == recorded("name")) else {
            return Ok(("is gone".to_owned(), false));
        };
        let action = event.get("eventName").and_then(Value::as_str).unwrap_or_default();
        Ok(match self.alerts.counts(&filter.pattern, &event.to_string()).await? {
            true => (format!("counts {action}"), true),
            false => (format!("does not count {action}"), false),
        })
    }

    async fn alarms(&self) -> Result<Vec<Trial>, CloudError> {
        let recorded = self.of_type(metric_alarm::SCHEMA.resource_type);
        if recorded.is_empty() {
            return Ok(Vec::new());
        }
        let live = match self.alerts.alarms(&self.settings.name.joined("-")).await {
            Ok(live) => live.into_iter().map(|alarm| (alarm.name.clone(), alarm)).collect(),
            Err(error) => return Ok(vec![Trial::allowed("alarms", Err(error))?]),
        };
        Ok(recorded.iter().map(|at| self.try_alarm(at, &live)).collect())
    }

    /// Whether an alarm stands, watches what it shall, and tells when it rings.
    fn try_alarm(&self, at: &Address, live: &BTreeMap<String, LiveAlarm>) -> Trial {
        let recorded = |attribute: &str| self.recorded(at, attribute).unwrap_or_default();
        let told = self.first_of(at, "alarm_actions").unwrap_or_default();
        let (said, works) = match live.get(&recorded("alarm_name")) {
            None => ("is gone", false),
            Some(alarm) if !alarm.is_enabled => ("does nothing when it rings", false),
            Some(alarm) if alarm.metric != recorded("metric_name") => ("watches another metric", false),
            Some(alarm) if !alarm.actions.contains(&told) => ("does not tell the topic", false),
            Some(_) => ("tells the topic when it rings", true),
        };
        Trial::of(format!("alarm {}: {said}", at.name()), works)
    }

    /// The topic that rules and alarms tell.
    fn topic(&self) -> Option<String> {
        let targets =
            target::SCHEMA.names.iter().map(|name| Address::new(target::SCHEMA.resource_type, *name));
        let of_rules = targets.filter_map(|at| self.recorded(&at, "arn")).find(|arn| arn.contains(":sns:"));
        let alarms = self.of_type(metric_alarm::SCHEMA.resource_type);
        of_rules.or_else(|| alarms.iter().find_map(|at| self.first_of(at, "alarm_actions")))
    }

    /// Sends a message to the topic, and says whom it tells.
    async fn subscribers(&self, topic: &str) -> Result<Vec<Trial>, CloudError> {
        let name = self.settings.name.joined("");
        let message = format!("TEST: this is a trial of the alerts of {name}. Nothing was touched.");
        let sent = self.alerts.publish(topic, &format!("TEST of {name}"), &message).await;
        let sent = sent.map(|id| (format!("took the message {id}"), true));
        let mut trials = vec![Trial::allowed(&format!("topic {topic}"), sent)?];
        let subscribers = match self.alerts.subscribers(topic).await {
            Ok(subscribers) => subscribers,
            Err(error) => {
                trials.push(Trial::allowed("whom the topic tells", Err(error))?);
                return Ok(trials);
            }
        };
        if subscribers.is_empty() {
            trials.push(Trial::of(format!("topic {topic}: tells nobody"), false));
        }
        trials.extend(subscribers.into_iter().map(|subscriber| {
            let said = match subscriber.is_confirmed {
                true => "is told",
                false => "has not followed the link in AWS's e-mail, and is told nothing",
            };
            Trial::of(format!("{} {said}", subscriber.endpoint), subscriber.is_confirmed)
        }));
        Ok(trials)
    }

    /// What is recorded of a type.
    fn of_type(&self, resource_type: &str) -> Vec<Address> {
        let of_type = self.state.resources.iter().filter(|one| one.resource_type == resource_type);
        let addresses = of_type.map(|one| Address::new(&one.resource_type, &one.name));
        addresses.filter(foundation::addresses::is_managed).collect()
    }

    /// A recorded text.
    fn recorded(&self, address: &Address, attribute: &str) -> Option<String> {
        let instance = self.state.instance(address)?;
        instance.attributes.get(attribute).and_then(Value::as_str).map(str::to_owned)
    }

    /// The first of some recorded texts.
    fn first_of(&self, address: &Address, attribute: &str) -> Option<String> {
        let list = self.state.instance(address)?.attributes.get(attribute)?.as_array()?;
        list.first().and_then(Value::as_str).map(str::to_owned)
    }
}
