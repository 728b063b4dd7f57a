//! What somebody can do by what others did, and what stands although no setting asks for it.

use foundation::{Allows, Finding, FindingKind, Topic};
use policy::{Attachment, Effect, Kind, Mark, Policy, difference};
use serde_json::json;
use terraform::Value;

use super::{Entry, Permission, Sign, Subject};
use crate::plan::{Goal, Plan};

/// What the findings that nobody accepted allow: what apply leaves is a gain, and what it repairs a loss.
pub(super) fn of_findings(plan: &Plan) -> Vec<Permission> {
    let of = |finding: &Finding| match finding.kind {
        FindingKind::Foreign => of_finding(finding, plan),
        FindingKind::Drift if plan.goal == Goal::Apply => repaired(finding, plan),
        FindingKind::Drift | FindingKind::Ill => None,
    };
    plan.review.findings.iter().filter_map(of).collect()
}

/// What somebody can do no more once apply has repaired it; what a document allows is told by the policy that goes.
fn repaired(finding: &Finding, plan: &Plan) -> Option<Permission> {
    let Some(Allows::Actions { principal, actions, resources }) = &finding.allows else { return None };
    let gone = entry(principal.as_deref(), actions.clone(), resources.clone(), Vec::new());
    Some(Permission {
        subject: subject(finding, plan),
        address: finding.address.clone(),
        sign: Sign::Loss,
        marks: Vec::new(),
        sentence: format!("{}; apply ends that", finding.sentence),
        entries: vec![Entry { is_gain: false, ..gone }],
        accepted_by: None,
    })
}

fn of_finding(finding: &Finding, plan: &Plan) -> Option<Permission> {
    let entries = match (&finding.allows, finding.topic) {
        (Some(Allows::Document { role, document }), _) => of_document(role, document.as_deref()),
        (Some(Allows::Actions { principal, actions, resources }), _) => {
            let marks = marks(finding.topic, principal.as_deref(), actions, plan);
            vec![entry(principal.as_deref(), actions.clone(), resources.clone(), marks)]
        }
        // What cannot be seen may be anything.
        (None, Topic::Denied | Topic::Unread) => {
            vec![Entry { marks: vec![Mark::Foreign], ..Entry::unknown(finding.sentence.clone()) }]
        }
        (None, _) => return None,
    };
    if entries.is_empty() {
        return None;
    }
    let mut marks: Vec<Mark> = entries.iter().flat_map(|entry| entry.marks.iter().copied()).collect();
    marks.sort_unstable();
    marks.dedup();
    Some(Permission {
        subject: subject(finding, plan),
        address: finding.address.clone(),
        sign: Sign::Gain,
        marks,
        sentence: finding.sentence.clone(),
        entries,
        accepted_by: Some(finding.entry()),
    })
}

/// What a policy of a role allows; one that was not read may allow anything.
fn of_document(role: &str, document: Option<&str>) -> Vec<Entry> {
    let Some(policy) = document.and_then(|text| Policy::parse(text).ok()) else {
        return vec![entry(Some(role), vec!["*".to_owned()], vec!["*".to_owned()], vec![Mark::Foreign])];
    };
    let changes = difference(None, Some(&policy), Attachment::to(Kind::Identity));
    let mut entries: Vec<Entry> = changes.iter().map(|change| Entry::of(change, Some(role))).collect();
    entries.retain(|entry| entry.is_gain);
    entries.iter_mut().for_each(|entry| entry.marks.push(Mark::Foreign));
    entries
}

fn entry(principal: Option<&str>, actions: Vec<String>, resources: Vec<String>, marks: Vec<Mark>) -> Entry {
    Entry {
        is_gain: true,
        effect: Effect::Allow,
        principal: principal.into(),
        actions,
        resources,
        conditions: json!({}),
        marks,
        sid: Value::Null,
        witness: Value::Null,
        undecided: Vec::new(),
    }
}

/// What is dangerous about it, the worst first.
fn marks(topic: Topic, principal: Option<&str>, actions: &[String], plan: &Plan) -> Vec<Mark> {
    let own = plan.caller.account_id.as_str();
    let account = principal.map(|principal| account_of(principal).unwrap_or_default());
    let has = |action: &str| actions.iter().any(|one| one == action);
    let marks = [
        (principal == Some("*"), Mark::Public),
        (account.is_some_and(|account| !account.is_empty() && account != own), Mark::Account),
        (topic == Topic::Acl && principal != Some("*"), Mark::Account),
        (has("kms:CreateGrant") || topic == Topic::InstanceProfile, Mark::Escalation),
        (has("s3:PutBucketAcl"), Mark::SelfChange),
        (true, Mark::Foreign),
        (actions.iter().any(|action| action.starts_with("s3:Delete")), Mark::Protection),
    ];
    marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect()
}

/// The account that a principal belongs to, where its name tells.
fn account_of(principal: &str) -> Option<&str> {
    let is_account = |text: &&str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    Some(principal).filter(is_account).or_else(|| principal.split(':').nth(4).filter(is_account))
}

fn subject(finding: &Finding, plan: &Plan) -> Subject {
    let change = plan.changes.iter().find(|change| change.address == finding.address);
    let object = change.and_then(|change| change.before.as_ref().or(change.after.as_ref()));
    let text = |name: &str| {
        let text = object.and_then(|object| object.get(name)?.as_str());
        text.map_or_else(|| finding.address.to_string(), str::to_owned)
    };
    match finding.address.resource_type() {
        "aws_iam_role" => Subject::Role(text("name")),
        "aws_s3_bucket" => Subject::Bucket(text("bucket")),
        "aws_kms_key" => Subject::Key(finding.address.to_string()),
        _ => Subject::Trail(text("name")),
    }
}
