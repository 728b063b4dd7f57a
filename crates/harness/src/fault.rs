//! What can be done to a call, to which calls, and when.

use crate::call::Call;

/// What the proxy does to a call instead of passing it on and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Kills the victim with SIGKILL; the call is never executed.
    KillBefore,
    /// Executes the call, then kills the victim with SIGKILL before it sees the answer.
    KillAfter,
    /// Cuts the connection; the call is never executed, the process lives.
    CutBefore,
    /// Executes the call, then cuts the connection instead of answering; the process lives.
    CutAfter,
    /// Never answers and does not execute; the connection stays open until the client gives up.
    SilenceBefore,
    /// Executes, then never answers; the connection stays open until the client gives up.
    SilenceAfter,
    /// Answers the service's own throttling error.
    Throttle,
    /// Answers the service's own failure, status 500 or 503.
    ServerError(u16),
    /// Answers an error with a status and a code, in the protocol of the call.
    Refuse(u16, &'static str),
    /// Answers this document, with status 200, in the protocol of JSON.
    Answer(&'static str),
    /// Sends the victim SIGINT, then passes the call on.
    Interrupt,
    /// Sends the victim SIGTERM, then passes the call on.
    Terminate,
}

/// Which calls a rule looks at; `None` looks at any.
#[derive(Clone, Debug, Default)]
pub struct Matching {
    /// The signing name.
    pub service: Option<&'static str>,
    /// The API's name for the call.
    pub action: Option<&'static str>,
    /// How the resource begins: `bucket/key` for S3.
    pub resource: Option<String>,
}

impl Matching {
    /// Every call.
    pub fn any() -> Self {
        Self::default()
    }

    /// The calls of one action of a service.
    pub fn action(service: &'static str, action: &'static str) -> Self {
        Self { service: Some(service), action: Some(action), resource: None }
    }

    /// The writes of objects into a bucket: where a state is stored.
    pub fn state_writes(bucket: &str) -> Self {
        let resource = Some(format!("{bucket}/"));
        Self { resource, ..Self::action("s3", "PutObject") }
    }

    fn matches(&self, call: &Call) -> bool {
        self.service.is_none_or(|service| call.service == service)
            && self.action.is_none_or(|action| call.action == action)
            && self.resource.as_ref().is_none_or(|start| call.resource.starts_with(start))
    }
}

/// At which of the matching calls a rule strikes.
#[derive(Clone, Debug)]
pub enum When {
    /// All of them.
    Always,
    /// The k-th, from 1, and no other.
    At(u64),
    /// The first n.
    First(u64),
    /// The k-th, from 1, and all after it.
    From(u64),
    /// Each with a chance in percent, drawn from a seed.
    Chance(u8, fastrand::Rng),
}

impl When {
    /// A chance in percent, drawn from a seed.
    pub fn chance(percent: u8, seed: u64) -> Self {
        Self::Chance(percent, fastrand::Rng::with_seed(seed))
    }
}

/// A fault, the calls it is for, and when it strikes.
#[derive(Clone, Debug)]
pub struct Rule {
    fault: Fault,
    matching: Matching,
    when: When,
    seen: u64,
}

impl Rule {
    /// Puts a rule together.
    pub fn new(fault: Fault, matching: Matching, when: When) -> Self {
        Self { fault, matching, when, seen: 0 }
    }

    /// A fault at the k-th call of all, from 1.
    pub fn at(call: u64, fault: Fault) -> Self {
        Self::new(fault, Matching::any(), When::At(call))
    }

    /// Counts a call and answers the fault if it strikes.
    pub(crate) fn strikes(&mut self, call: &Call) -> Option<Fault> {
        if !self.matching.matches(call) {
            return None;
        }
        self.seen += 1;
        let strikes = match &mut self.when {
            When::Always => true,
            When::At(k) => self.seen == *k,
            When::First(n) => self.seen <= *n,
            When::From(k) => self.seen >= *k,
            When::Chance(percent, random) => random.u8(0..100) < *percent,
        };
        strikes.then(|| self.fault.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Protocol;

    fn call(service: &str, action: &str, resource: &str) -> Call {
        Call {
            index: 1,
            service: service.to_owned(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            protocol: Protocol::Other,
            parameters: std::collections::BTreeMap::new(),
            body: String::new(),
            access_key: String::new(),
            region: String::new(),
        }
    }

    fn struck(mut rule: Rule, calls: usize) -> Vec<usize> {
        let call = call("iam", "GetRole", "r");
        (1..=calls).filter(|_| rule.strikes(&call).is_some()).collect()
    }

    fn strikes(when: When) -> Vec<usize> {
        struck(Rule::new(Fault::Throttle, Matching::any(), when), 5)
    }

    #[test]
    fn when_counts_matching_calls() {
        assert_eq!(strikes(When::Always), [1, 2, 3, 4, 5]);
        assert_eq!(strikes(When::At(2)), [2]);
        assert_eq!(strikes(When::First(2)), [1, 2]);
        assert_eq!(strikes(When::From(4)), [4, 5]);
    }

    #[test]
    fn a_seed_repeats_its_strikes() {
        let drawn = |seed| struck(Rule::new(Fault::CutAfter, Matching::any(), When::chance(50, seed)), 64);
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
    }

    #[test]
    fn state_writes_are_those_of_the_bucket() {
        let mut rule =
            Rule::new(Fault::Refuse(412, "PreconditionFailed"), Matching::state_writes("b"), When::Always);
        assert!(rule.strikes(&call("s3", "PutObject", "b/terraform.tfstate")).is_some());
        assert!(rule.strikes(&call("s3", "PutObject", "b-trail/x")).is_none());
        assert!(rule.strikes(&call("s3", "GetObject", "b/terraform.tfstate")).is_none());
    }
}
