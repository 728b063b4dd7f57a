//! Who has to use the key, and whether the live policies let them.

use policy::{Policy, Principal};

use super::blame::{OF_KEY, blamed, live_policy};
use crate::case::Case;
use crate::check::{Check, slug};
use crate::facts::Refusal;
use crate::judge::{Answer, Asked, Party, Stop};
use crate::permission::{allowance, cure, party, sentence};

/// Someone who has to use the key.
struct Consumer {
    /// The instance of `kms.use/…`.
    name: &'static str,
    /// What works.
    works: &'static str,
    /// What does not work, in the user's words.
    fails: &'static str,
    party: Party,
    asked: Vec<Asked>,
    /// The setting that asks for it, when one has to and does not.
    missing_setting: Option<&'static str>,
}

/// What was decided about a consumer.
pub(super) struct Use {
    name: &'static str,
    works: &'static str,
    pub(super) fails: &'static str,
    outcome: Outcome,
}

/// The outcome of an evaluation.
pub(super) enum Outcome {
    Works,
    /// Nobody asked for it.
    NotSetUp(String),
    /// A policy could not be read.
    Open(Refusal),
    /// The action that is stopped, by what, and the check that is about that.
    Stopped {
        action: String,
        stop: Stop,
        because: Option<String>,
    },
}

/// All consumers, decided; none where there is no key.
pub(super) fn uses(case: &Case<'_>) -> Vec<Use> {
    if case.key().is_none() {
        return Vec::new();
    }
    let live = live_policy(case);
    let wanted = case.wanted_policy("aws_kms_key", "main", "policy");
    let consumers = consumers(case).into_iter();
    let mut uses: Vec<Use> = consumers
        .map(|consumer| {
            let outcome = decide(case, &consumer, live.as_ref(), wanted.as_ref());
            Use { name: consumer.name, works: consumer.works, fails: consumer.fails, outcome }
        })
        .collect();
    uses.extend(cluster_secrets(case, live.as_ref().ok()));
    uses
}

fn decide(
    case: &Case<'_>,
    consumer: &Consumer,
    live: Result<&Policy, &Refusal>,
    wanted: Option<&Policy>,
) -> Outcome {
    if let Some(setting) = consumer.missing_setting {
        return Outcome::NotSetUp(format!("it would be by {setting}"));
    }
    let live = match live {
        Ok(live) => live,
        Err(refusal) => return Outcome::Open(refusal.clone()),
    };
    for asked in &consumer.asked {
        match consumer.party.may(Some(live), asked) {
            Answer::Allowed => {}
            Answer::Open(refusal) => return Outcome::Open(refusal),
            Answer::Stopped(stop) => {
                let because = blamed(case, &stop, &consumer.party, asked, wanted);
                return Outcome::Stopped { action: asked.action.clone(), stop, because };
            }
        }
    }
    Outcome::Works
}

impl Use {
    /// The action and what stops it, when the key's policy does, under the id of the statement's check.
    pub(super) fn blames(&self, id: &str) -> Option<(&str, &Stop)> {
        match &self.outcome {
            Outcome::Stopped { action, stop, because } if because.as_deref() == Some(id) => {
                Some((action, stop))
            }
            _ => None,
        }
    }

    /// The check that this use is a symptom of, when the key's policy stops it.
    pub(super) fn statement_check(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Stopped { because: Some(because), .. } if because.starts_with("kms.policy/") => {
                Some(because)
            }
            _ => None,
        }
    }

    pub(super) fn check(&self) -> Check {
        let id = format!("kms.use/{}", self.name);
        match &self.outcome {
            Outcome::Works => Check::pass(id, self.works),
            Outcome::NotSetUp(by) => Check::not_set_up(id, self.works, by.clone()),
            Outcome::Open(refusal) => {
                Check::unknown(id, refusal, &format!("whether this works: {}", self.works))
                    .explained_by(["kms.policy"])
                    .explained_by(super::UNUSABLE)
            }
            Outcome::Stopped { action, stop, because } => Check::fail(id, self.fails)
                .cause(format!("{action}: {}", sentence(stop, OF_KEY)))
                .explained_by(super::UNUSABLE)
                .explained_by(because.clone()),
        }
    }
}

fn on_key(case: &Case<'_>, action: &str) -> Asked {
    Asked::new(case, action, case.key_arn()).with("kms:CallerAccount", case.account())
}

/// A service that uses the key in the name of whoever calls it.
fn forwarded(
    case: &Case<'_>,
    names: (&'static str, &'static str, &'static str),
    service: &str,
    actions: &[&str],
) -> Consumer {
    let (name, works, fails) = names;
    let via = format!("{service}.{}.{}", case.region(), case.caller.partition.dns_suffix());
    let asked = actions.iter().map(|action| {
        let asked =
            on_key(case, action).with("kms:ViaService", via.clone()).with("aws:ViaAWSService", "true");
        if *action == "kms:CreateGrant" { asked.with("kms:GrantIsForAWSResource", "true") } else { asked }
    });
    Consumer {
        name,
        works,
        fails,
        party: Party::administrator(case),
        asked: asked.collect(),
        missing_setting: None,
    }
}

const GRANTING: [&str; 4] = ["kms:DescribeKey", "kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt"];
const DATA: [&str; 2] = ["kms:GenerateDataKey", "kms:Decrypt"];

fn consumers(case: &Case<'_>) -> Vec<Consumer> {
    let grants = ["kms:DescribeKey", "kms:CreateGrant"];
    let volumes =
        ["kms:DescribeKey", "kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt"];
    vec![
        forwarded(
            case,
            (
                "eks",
                "EKS clusters can be created with the key",
                "EKS clusters cannot be created with the key",
            ),
            "eks",
            &grants,
        ),
        forwarded(
            case,
            ("rds", "RDS and Aurora can use the key", "RDS and Aurora cannot encrypt databases with the key"),
            "rds",
            &GRANTING,
        ),
        forwarded(
            case,
            ("s3", "S3 can use the key", "Objects in S3 cannot be encrypted or read with the key"),
            "s3",
            &DATA,
        ),
        forwarded(
            case,
            ("secretsmanager", "Secrets Manager can use the key", "Secrets Manager cannot use the key"),
            "secretsmanager",
            &DATA,
        ),
        forwarded(
            case,
            ("ebs", "Volumes can use the key", "Volumes cannot be encrypted with the key"),
            "ec2",
            &volumes,
        ),
        log_readers(case),
        cloudtrail(case),
        logs(case),
        auto_scaling(case),
        event_bridge(case),
        alarms(case),
    ]
}

/// Whoever reads the logs: the object's context names the trail.
fn log_readers(case: &Case<'_>) -> Consumer {
    let asked =
        on_key(case, "kms:Decrypt").with("kms:EncryptionContext:aws:cloudtrail:arn", case.trail_arn());
    Consumer {
        name: "log-readers",
        works: "The audit logs can be decrypted",
        fails: "Nobody can decrypt the audit logs",
        party: Party::administrator(case),
        asked: vec![asked],
        missing_setting: None,
    }
}

/// CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail".
fn cloudtrail(case: &Case<'_>) -> Consumer {
    let asked = |action: &str| {
        on_key(case, action).with("aws:SourceArn", case.trail_arn()).with("aws:SourceAccount", case.account())
    };
    let encrypting =
        asked("kms:GenerateDataKey").with("kms:EncryptionContext:aws:cloudtrail:arn", case.trail_arn());
    Consumer {
        name: "cloudtrail",
        works: "CloudTrail can encrypt its logs with the key",
        fails: "CloudTrail cannot encrypt its logs with the key",
        party: Party::service("cloudtrail.amazonaws.com"),
        asked: vec![encrypting, asked("kms:DescribeKey"), asked("kms:Decrypt")],
        missing_setting: None,
    }
}

/// CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
fn logs(case: &Case<'_>) -> Consumer {
    let service = format!("logs.{}.{}", case.region(), case.caller.partition.dns_suffix());
    let group = case.arn(&format!("logs:{}:{}:log-group:any", case.region(), case.account()));
    let asked = |action: &str| on_key(case, action).with("kms:EncryptionContext:aws:logs:arn", group.clone());
    Consumer {
        name: "logs",
        works: "CloudWatch Logs can use the key",
        fails: "CloudWatch Logs cannot encrypt log groups with the key",
        party: Party::service(&service),
        asked: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom"].map(asked).into(),
        missing_setting: (!case.settings.kms_allow_cloudwatch_logs)
            .then_some("kms_allow_cloudwatch_logs = true"),
    }
}

/// EventBridge publishes to the deployment's topic; it says nothing of where an event comes from (SNS developer guide,
/// "Enable compatibility between event sources from AWS services and encrypted topics").
fn event_bridge(case: &Case<'_>) -> Consumer {
    let topic = case.alerts().filter(|alerts| alerts.is_ours).map(|alerts| alerts.topic.clone());
    Consumer {
        name: "eventbridge",
        works: "EventBridge can encrypt alerts with the key",
        fails: "EventBridge cannot encrypt alerts with the key: they vanish",
        party: Party::service("events.amazonaws.com"),
        asked: DATA.map(|action| publishing(case, action, topic.as_deref())).into(),
        missing_setting: topic.is_none().then_some("monitoring"),
    }
}

/// CloudWatch, for alarms of this account (the same page).
fn alarms(case: &Case<'_>) -> Consumer {
    let alerts = case.alerts().filter(|alerts| alerts.is_ours);
    let topic = alerts.map(|alerts| alerts.topic.as_str());
    let alarm = alerts
        .and_then(|alerts| alerts.alarms.first())
        .map(|(_, name)| case.arn(&format!("cloudwatch:{}:{}:alarm:{name}", case.region(), case.account())));
    let asked = |action: &str| {
        let asked = publishing(case, action, topic).with("aws:SourceAccount", case.account());
        match &alarm {
            Some(alarm) => asked.with("aws:SourceArn", alarm.clone()),
            None => asked,
        }
    };
    Consumer {
        name: "alarms",
        works: "CloudWatch can encrypt alerts with the key",
        fails: "CloudWatch cannot encrypt alerts with the key: they vanish",
        party: Party::service("cloudwatch.amazonaws.com"),
        asked: DATA.map(asked).into(),
        missing_setting: alarm.is_none().then_some("monitoring.heartbeat"),
    }
}

fn publishing(case: &Case<'_>, action: &str, topic: Option<&str>) -> Asked {
    let asked = Asked::new(case, action, case.key_arn());
    asked.with("kms:EncryptionContext:aws:sns:topicArn", topic.unwrap_or_default())
}

/// EC2 Auto Scaling user guide, "Required AWS KMS key policy for use with encrypted volumes".
fn auto_scaling(case: &Case<'_>) -> Consumer {
    let role = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
    let arn = case.arn(&format!("iam::{}:{role}", case.account()));
    let actions =
        ["kms:DescribeKey", "kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom"];
    let mut asked: Vec<Asked> = actions.map(|action| on_key(case, action)).into();
    asked.push(on_key(case, "kms:CreateGrant").with("kms:GrantIsForAWSResource", "true"));
    Consumer {
        name: "autoscaling",
        works: "Auto Scaling can start nodes with encrypted volumes",
        fails: "Auto Scaling cannot start nodes whose volumes are encrypted with the key",
        party: Party::powerless(Principal::aws(arn)),
        asked,
        missing_setting: (!case.settings.kms_allow_autoscaling).then_some("kms_allow_autoscaling = true"),
    }
}

/// Envelope encryption of Kubernetes secrets, by the cluster's role. No setting asks for it: it counts where a grant or
/// a denied call shows that a cluster does it (EKS user guide, "Encrypt Kubernetes secrets with KMS").
fn cluster_secrets(case: &Case<'_>, live: Option<&Policy>) -> Option<Use> {
    let facts = case.facts.roles.get("eks_service")?;
    let party = Party::role(case, facts)?;
    let arn = case.role_arn("eks_service");
    let granted = case.facts.key.grants.found().into_iter().flatten().any(|grant| grant.grantee == arn);
    let asked = ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"].into_iter();
    let answers = asked.map(|action| (action, party.may(live, &on_key(case, action))));
    let mut not_allowed = answers.filter(|(_, answer)| *answer != Answer::Allowed);
    // A grant names what it gives; what it does not give, no cluster with one needs. A denial stops a grant too.
    let is_denial = |answer: &Answer| matches!(answer, Answer::Stopped(Stop::Denied { .. }));
    let not_allowed = not_allowed.find(|(_, answer)| !granted || is_denial(answer));
    let is_denied = super::history::of_caller(case, &arn).next().is_some();
    let outcome = match not_allowed {
        Some((action, Answer::Stopped(stop))) if granted => {
            let because = blamed(case, &stop, &party, &on_key(case, action), None);
            Outcome::Stopped { action: action.to_owned(), stop, because }
        }
        None | Some((_, Answer::Allowed)) => Outcome::Works,
        Some((_, Answer::Open(refusal))) => Outcome::Open(refusal),
        Some((action, Answer::Stopped(stop))) if is_denied => {
            let action = action.to_owned();
            let because = Some(format!("kms.denied/{}", slug(&facts.name)));
            Outcome::Stopped { action, stop, because }
        }
        Some((_, Answer::Stopped(_))) => Outcome::NotSetUp(format!(
            "a cluster that encrypts its secrets with the key needs, on {}: {}",
            facts.name,
            allowance(
                &["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey", "kms:ListGrants"],
                &[case.key_arn()]
            )
        )),
    };
    Some(Use {
        name: "eks-secrets",
        works: "EKS encrypts the secrets of clusters with the key",
        fails: "EKS cannot encrypt the secrets of its clusters with the key",
        outcome,
    })
}

/// Whoever `-principal` and `-action` ask about, if the action is one on the key.
pub(super) fn asked(case: &Case<'_>) -> Option<Check> {
    let (principal, action) = case.asks.request.as_ref()?;
    if !action.to_ascii_lowercase().starts_with("kms:") {
        return None;
    }
    let id = "kms.use/asked";
    let party = match party(case, principal) {
        Ok(party) => party,
        Err(refusal) => {
            return Some(Check::unknown(id, &refusal, &format!("whether {principal} may {action}")));
        }
    };
    let live = match live_policy(case) {
        Ok(live) => live,
        Err(refusal) => {
            let unknown = Check::unknown(id, &refusal, &format!("whether {principal} may {action}"));
            return Some(unknown.explained_by(["kms.policy"]).explained_by(super::UNUSABLE));
        }
    };
    let asked = on_key(case, action);
    Some(match party.may(Some(&live), &asked) {
        Answer::Allowed => Check::pass(id, format!("{principal} may {action}")).explained_by(super::UNUSABLE),
        Answer::Open(refusal) => Check::unknown(id, &refusal, &format!("whether {principal} may {action}")),
        Answer::Stopped(stop) => {
            let wanted = case.wanted_policy("aws_kms_key", "main", "policy");
            let because = blamed(case, &stop, &party, &asked, wanted.as_ref());
            Check::fail(id, format!("{principal} cannot {action} with the key"))
                .cause(sentence(&stop, OF_KEY))
                .remedy(cure(case, &stop, (principal, action), &[case.key_arn()]))
                .explained_by(because)
        }
    })
}
