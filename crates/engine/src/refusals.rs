//! Policies that a plan must not write: under which nobody could change the key's policy again, CloudTrail could not
//! deliver, or the logs could not be read. Pure.
//!
//! Only what a plan brings about is refused. What is so already is no reason to stop anything.

use std::collections::BTreeSet;

use foundation::{Arn, Compare, addresses, kinds};
use policy::{Decision, Kind, Policies, Policy, Prepared, Principal, Request, Statement, Verdict, evaluate};
use terraform::{Attributes, Diagnostic, Value};

use crate::plan::{Action, Change, Plan};
use crate::template;

/// What must remain possible.
struct Need {
    /// What it is, as a title.
    summary: &'static str,
    /// Who must be able to: one of these is enough.
    requests: Vec<Request>,
    /// What stops if nobody can.
    consequence: &'static str,
}

/// Everything that a plan would make impossible, with the statement at fault.
pub fn refusals(plan: &Plan) -> Vec<Diagnostic> {
    plan.changes.iter().flat_map(|change| of_change(change, plan)).collect()
}

fn of_change(change: &Change, plan: &Plan) -> Vec<Diagnostic> {
    if !matches!(change.action, Action::Create | Action::Update | Action::Replace) {
        return Vec::new();
    }
    let Some(schema) = kinds::schema_of(change.address.resource_type()) else { return Vec::new() };
    let mut found = Vec::new();
    for attribute in schema.attributes {
        let Compare::Policy(kind) = attribute.compare else { continue };
        let Some(after) = policy_in(change.after.as_ref(), attribute.name) else { continue };
        let before = match change.action {
            Action::Update => policy_in(change.before.as_ref(), attribute.name),
            _ => None,
        };
        let needs = match kind {
            Kind::Key => key_needs(&after, plan),
            Kind::Bucket => bucket_needs(plan),
            _ => Vec::new(),
        };
        found.extend(needs.iter().filter_map(|need| refusal(need, &after, before.as_ref(), change)));
    }
    found
}

/// A policy with a stand-in for what is known only after an apply.
fn policy_in(object: Option<&Attributes>, name: &str) -> Option<Policy> {
    Policy::parse(resolved(object?.get(name)?).as_str()?).ok()
}

/// A value with the same stand-in for everything that is not known yet.
fn resolved(value: &Value) -> Value {
    template::resolve(value, &|_| Some(Value::from("known-after-apply")))
}

fn key_needs(policy: &Policy, plan: &Plan) -> Vec<Need> {
    let account = plan.caller.account_id.as_str();
    let ask = |principal: &str, action: &str| {
        Request::new(Principal::aws(principal), action, key_arn(plan), account)
    };
    let people = people(policy, plan);
    let of_people = |action: &str| people.iter().map(|principal| ask(principal, action)).collect();
    let trail = trail_arn(plan);
    let encrypt = Request::new(
        Principal::service("cloudtrail.amazonaws.com"),
        "kms:GenerateDataKey",
        key_arn(plan),
        account,
    )
    .with("aws:SourceArn", [trail.as_str()])
    .with("aws:SourceAccount", [account])
    .with("kms:EncryptionContext:aws:cloudtrail:arn", [trail.as_str()]);
    vec![
        Need {
            summary: "Nobody could change the key's policy any more",
            requests: of_people("kms:PutKeyPolicy"),
            consequence: "Neither an administrator of the account nor anybody whom the policy names could write another one; \
                          only AWS's support can help then",
        },
        Need {
            summary: "Nobody could read the logs any more",
            requests: of_people("kms:Decrypt"),
            consequence: "Nobody in the account, whatever IAM allows, could decrypt a log",
        },
        Need {
            summary: "CloudTrail could not encrypt its logs any more",
            requests: vec![encrypt],
            consequence: "CloudTrail would stop delivering",
        },
    ]
}

fn bucket_needs(plan: &Plan) -> Vec<Need> {
    let account = plan.caller.account_id.as_str();
    let bucket = bucket_arn(plan);
    let trail = trail_arn(plan);
    let cloudtrail = |action: &str, resource: String| {
        Request::new(Principal::service("cloudtrail.amazonaws.com"), action, resource, account)
            .with("aws:SourceArn", [trail.as_str()])
            .with("aws:SourceAccount", [account])
            .with("aws:SecureTransport", ["true"])
            .with("s3:x-amz-acl", ["bucket-owner-full-control"])
    };
    let administrator = format!("arn:{}:iam::{account}:role/administrator", plan.caller.partition);
    let log = format!("{bucket}/AWSLogs/{account}/CloudTrail/log.json.gz");
    let read = Request::new(Principal::aws(administrator), "s3:GetObject", log.clone(), account)
        .with("aws:SecureTransport", ["true"]);
    vec![
        Need {
            summary: "CloudTrail could not look at the log bucket any more",
            requests: vec![cloudtrail("s3:GetBucketAcl", bucket.clone())],
            consequence: "CloudTrail would stop delivering",
        },
        Need {
            summary: "CloudTrail could not write its logs any more",
            requests: vec![cloudtrail("s3:PutObject", log)],
            consequence: "CloudTrail would stop delivering",
        },
        Need {
            summary: "Nobody could read the logs any more",
            requests: vec![read],
            consequence: "No administrator of the account, whatever IAM allows, could read a log",
        },
    ]
}

/// Who might be able to do something with the key: an administrator of the account, its root user, and everybody whom the
/// policy names anywhere.
fn people(policy: &Policy, plan: &Plan) -> BTreeSet<String> {
    let own = |resource: &str| Arn::iam(plan.caller.partition, &plan.caller.account_id, resource).to_string();
    let mut people = BTreeSet::from([own("root"), own("role/administrator"), own("user/administrator")]);
    let text = policy.to_json();
    let named = text.split('"').filter(|text| text.parse::<Arn>().is_ok_and(|arn| is_principal(&arn)));
    people.extend(named.filter(|text| !text.contains(['*', '?'])).map(str::to_owned));
    people
}

fn is_principal(arn: &Arn) -> bool {
    let names = |kind: &str| arn.resource().starts_with(kind);
    arn.service() == "iam" && (arn.resource() == "root" || names("role/") || names("user/"))
}

/// An error, if the plan takes away what somebody needs.
fn refusal(need: &Need, after: &Policy, before: Option<&Policy>, change: &Change) -> Option<Diagnostic> {
    let verdicts = verdicts(need, after);
    if verdicts.iter().any(Verdict::is_allowed) {
        return None;
    }
    if before.is_some_and(|before| !self::verdicts(need, before).iter().any(Verdict::is_allowed)) {
        return None;
    }
    let denied = verdicts.iter().find(|verdict| verdict.decision == Decision::ExplicitDeny);
    let at_fault = match denied.and_then(|verdict| verdict.deciding.first()) {
        Some(deciding) => {
            let name = match &deciding.sid {
                Some(sid) => format!("statement `{sid}`"),
                None => format!("statement {}", deciding.statement + 1),
            };
            format!("{name} denies it")
        }
        None => "no statement allows it".to_owned(),
    };
    let hint = match denied.is_some() {
        true => {
            "leave the statement out, or except from it who needs this: a condition such as ArnNotLike on aws:PrincipalArn, or \
                 Bool aws:PrincipalIsAWSService = false"
        }
        false => "let the policy allow it; the statements that underpin writes by itself do",
    };
    let detail = format!("With the planned policy of {}, {at_fault}. {}.", change.address, need.consequence);
    Some(Diagnostic::error(need.summary, detail).about(change.address.to_string()).hint(hint))
}

/// What is decided about each request, where IAM policies allow everything.
fn verdicts(need: &Need, policy: &Policy) -> Vec<Verdict> {
    let everything: Prepared = Policy::new([Statement::allow().actions(["*"]).resources(["*"])]).prepare();
    let (identity, resource) = ([everything], policy.prepare());
    let policies = |request: &Request| Policies {
        identity: if matches!(request.principal, Principal::Aws(_)) { &identity } else { &[] },
        resource: Some(&resource),
        ..Policies::default()
    };
    need.requests.iter().map(|request| evaluate(&policies(request), request)).collect()
}

fn key_arn(plan: &Plan) -> String {
    let known = planned(plan, |change| change.address == addresses::key()).and_then(|key| key.get("arn"));
    let (region, account) = (plan.region.as_str(), plan.caller.account_id.as_str());
    let arn = || Arn::new(plan.caller.partition, "kms", region, account, "key/known-after-apply");
    known.and_then(Value::as_str).map_or_else(|| arn().to_string(), str::to_owned)
}

fn bucket_arn(plan: &Plan) -> String {
    let bucket = planned(plan, |change| change.address == addresses::bucket());
    let name = bucket.and_then(|bucket| bucket.get("bucket")).map(resolved);
    let name = name.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    Arn::new(plan.caller.partition, "s3", "", "", name).to_string()
}

/// The trail's ARN, which is known before there is a trail: as the statements of the foundation name it.
fn trail_arn(plan: &Plan) -> String {
    let trail = planned(plan, |change| change.address == addresses::trail());
    let name = trail.and_then(|trail| trail.get("name")?.as_str()).unwrap_or_default();
    let resource = format!("trail/{name}");
    Arn::new(
        plan.caller.partition,
        "cloudtrail",
        plan.region.as_str(),
        plan.caller.account_id.as_str(),
        resource,
    )
    .to_string()
}

fn planned(plan: &Plan, is: impl Fn(&Change) -> bool) -> Option<&Attributes> {
    plan.changes
        .iter()
        .find(|change| is(change))
        .and_then(|change| change.after.as_ref().or(change.before.as_ref()))
}

#[cfg(test)]
mod tests;
