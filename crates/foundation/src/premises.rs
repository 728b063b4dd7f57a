//! What the settings presuppose outside of the foundation, and what to say where it is not so: before anything is called that
//! changes something. Pure.

mod boundary;

use std::collections::{BTreeMap, BTreeSet};

use policy::{Decision, Effect, Element, Policies, Policy, Principal, Request, Statement, evaluate};
use terraform::{Address, Attributes, Diagnostic, Value};

use crate::addresses::{bucket, key, trail};
use crate::blueprint::Blueprint;
use crate::identifiers::Arn;

/// Something that has to be there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Premise {
    /// The bucket that gets the access logs.
    AccessLogTarget(String),
    /// The managed policy that bounds the roles: its ARN.
    Boundary(String),
    /// A user or role of the account: its ARN.
    Principal(String),
    /// Room for one more trail.
    Trail,
}

/// What AWS says about a premise; what could not be read says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is there.
    Present,
    /// What the policy says.
    Document(String),
    /// It is not.
    Absent,
    /// The bucket as it is.
    Bucket(TargetBucket),
    /// The ARNs of the trails of the region, those of other regions and accounts that reach it included.
    Trails(Vec<String>),
    /// It was not to be read.
    Unread,
}

/// A bucket that is to get access logs; `None` where a part was not to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetBucket {
    /// Its region.
    pub region: Option<String>,
    /// How it encrypts by default: `AES256`, `aws:kms`.
    pub encryption: Option<String>,
    /// Its default retention: `GOVERNANCE`, `COMPLIANCE`; empty for none.
    pub retention: Option<String>,
    /// Its policy; empty for none.
    pub policy: Option<String>,
    /// Whether its ACL names S3's log delivery group.
    pub acl: Option<bool>,
}

/// The most principals that are looked up: beyond that, KMS tells.
const MOST_PRINCIPALS: usize = 10;

/// The most trails of a region, which AWS does not raise (CloudTrail user guide, "Quotas in AWS CloudTrail").
const MOST_TRAILS: usize = 5;

/// What the settings ask for that the state does not record yet, and that presupposes something.
pub fn premises(blueprint: &Blueprint, recorded: &BTreeMap<Address, Attributes>) -> Vec<Premise> {
    let mut all = BTreeSet::new();
    for resource in &blueprint.resources {
        let record = recorded.get(&resource.address);
        let changed = |attribute: &str| {
            let desired = resource.arguments.get(attribute).and_then(Value::as_str)?;
            let present = record.and_then(|record| record.get(attribute)?.as_str());
            (present != Some(desired)).then(|| desired.to_owned())
        };
        all.extend(changed("permissions_boundary").map(Premise::Boundary));
        if resource.address.resource_type() == "aws_s3_bucket_logging" {
            all.extend(changed("target_bucket").map(Premise::AccessLogTarget));
        }
    }
    if blueprint.resource(&trail()).is_some() && !recorded.contains_key(&trail()) {
        all.insert(Premise::Trail);
    }
    let principals = new_principals(blueprint, recorded.get(&key()));
    if principals.len() <= MOST_PRINCIPALS {
        all.extend(principals.into_iter().map(Premise::Principal));
    }
    all.into_iter().collect()
}

/// The users and roles of this account that the key's policy is to name and does not yet. Service-linked roles are made by
/// the plan itself.
fn new_principals(blueprint: &Blueprint, recorded: Option<&Attributes>) -> BTreeSet<String> {
    let own = blueprint.caller.account_id.as_str();
    let named = |attributes: &Attributes| -> BTreeSet<String> {
        let policy =
            attributes.get("policy").and_then(Value::as_str).and_then(|text| Policy::parse(text).ok());
        let statements = policy.into_iter().flat_map(|policy| policy.statements);
        let principals = statements.filter_map(|statement| statement.principal);
        let of_account = |arn: &Arn| {
            arn.account() == own
                && (arn.resource().starts_with("user/")
                    || arn.resource().starts_with("role/")
                        && !arn.resource().starts_with("role/aws-service-role/"))
        };
        let arns =
            principals.flat_map(|principals| principals.items().to_vec()).filter_map(|one| match one {
                Principal::Aws(arn) => arn.parse::<Arn>().ok().filter(of_account).map(|_| arn),
                _ => None,
            });
        arns.collect()
    };
    let desired = blueprint.resource(&key()).map(|key| named(&key.arguments)).unwrap_or_default();
    let present = recorded.map(named).unwrap_or_default();
    desired.difference(&present).cloned().collect()
}

/// Everything that is not as it has to be, on that day.
pub fn unmet(blueprint: &Blueprint, answers: &[(Premise, Answer)], today: Option<&str>) -> Vec<Diagnostic> {
    answers.iter().flat_map(|(premise, answer)| judge(blueprint, premise, answer, today)).collect()
}

fn judge(blueprint: &Blueprint, premise: &Premise, answer: &Answer, today: Option<&str>) -> Vec<Diagnostic> {
    match (premise, answer) {
        (Premise::Boundary(arn), Answer::Absent) => vec![
            Diagnostic::error(
                "The permissions boundary does not exist",
                format!("`permissions_boundary_arn` is `{arn}`, and IAM has no such policy."),
            )
            .about("permissions_boundary_arn")
            .hint("make the policy first, or correct the ARN: the path is a part of it"),
        ],
        (Premise::Boundary(arn), Answer::Document(document)) => boundary::left_nothing(blueprint, arn, document, today),
        (Premise::Principal(arn), Answer::Absent) => vec![
            Diagnostic::error(
                "A principal of the key's policy does not exist",
                format!("The settings let `{arn}` use or administer the key, and IAM has no such user or role. KMS refuses such a policy."),
            )
            .hint("make it first, or correct the ARN: the path is a part of it"),
        ],
        (Premise::AccessLogTarget(name), Answer::Absent) => {
            vec![about_target(name, "there is no bucket of that name".to_owned(), "make the bucket first, or correct the name")]
        }
        (Premise::AccessLogTarget(name), Answer::Bucket(target)) => of_target(blueprint, name, target),
        (Premise::Trail, Answer::Trails(trails)) if trails.len() >= MOST_TRAILS => vec![
            Diagnostic::error(
                "There is no room for another trail",
                format!(
                    "AWS takes {MOST_TRAILS} trails a region, and {} has {}: {}.",
                    blueprint.region,
                    trails.len(),
                    trails.join(", ")
                ),
            )
            .about(trail().to_string())
            .hint("delete a trail that nobody needs; if one of them does this job already, take it over: underpin adopt"),
        ],
        _ => Vec::new(),
    }
}

/// What keeps a bucket from getting access logs (S3 user guide, "Enabling Amazon S3 server access logging").
fn of_target(blueprint: &Blueprint, name: &str, target: &TargetBucket) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let here = blueprint.region.as_str();
    if let Some(region) = target.region.as_deref().filter(|region| *region != here) {
        let reason = format!("it is in {region}, and the log bucket in {here}");
        found.push(about_target(name, reason, "name a bucket of the same region"));
    }
    if let Some(algorithm) = target.encryption.as_deref().filter(|algorithm| *algorithm != "AES256") {
        let reason = format!(
            "it encrypts with `{algorithm}`, and S3 delivers access logs only into buckets with SSE-S3"
        );
        found.push(about_target(name, reason, "name a bucket that encrypts with SSE-S3 (AES256)"));
    }
    if let Some(mode) = target.retention.as_deref().filter(|mode| !mode.is_empty()) {
        let reason =
            format!("it has a default retention ({mode}), and S3 delivers no access logs into such a bucket");
        found.push(about_target(name, reason, "name a bucket without default retention"));
    }
    found.extend(unwritable(blueprint, name, target));
    found
}

/// Whether S3's logging service may write there, by the bucket's policy or its ACL.
fn unwritable(blueprint: &Blueprint, name: &str, target: &TargetBucket) -> Option<Diagnostic> {
    let (text, acl) = (target.policy.as_deref()?, target.acl?);
    let account = blueprint.caller.account_id.as_str();
    let arn = |path: &str| Arn::new(blueprint.caller.partition, "s3", "", "", path).to_string();
    let logs = blueprint.resource(&bucket()).and_then(|bucket| bucket.arguments.get("bucket")?.as_str())?;
    let source = arn(logs);
    let request = Request::new(
        Principal::service("logging.s3.amazonaws.com"),
        "s3:PutObject",
        arn(&format!("{name}/{logs}/2026-01-01-00-00-00-0123456789ABCDEF")),
        account,
    )
    .with("aws:SourceArn", [source.as_str()])
    .with("aws:SourceAccount", [account])
    .with("aws:SecureTransport", ["true"]);
    let policy = if text.is_empty() { Policy::new([]) } else { Policy::parse(text).ok()? };
    let prepared = policy.prepare();
    let verdict = evaluate(&Policies { resource: Some(&prepared), ..Policies::default() }, &request);
    if verdict.is_allowed() || verdict.decision != Decision::ExplicitDeny && (acl || may_allow(&policy)) {
        return None;
    }
    let reason = match verdict.decision {
        Decision::ExplicitDeny => "its policy denies that to `logging.s3.amazonaws.com`",
        _ => "neither its policy nor its ACL lets `logging.s3.amazonaws.com` write",
    };
    let statement = Statement::allow()
        .sid("AccessLogs")
        .principals([Principal::service("logging.s3.amazonaws.com")])
        .actions(["s3:PutObject"])
        .resources([arn(&format!("{name}/*"))])
        .when("StringEquals", "aws:SourceAccount", [account]);
    let hint = format!("add to the policy of `{name}`:\n{}", statement.to_json());
    Some(about_target(name, reason.to_owned(), &hint))
}

/// Whether a statement is about the logging service under conditions that nobody here can decide.
fn may_allow(policy: &Policy) -> bool {
    policy.statements.iter().any(|statement| {
        let named = statement.principal.as_ref().map_or(&[][..], Element::items);
        let about = |one: &Principal| {
            matches!(one, Principal::Everyone)
                || matches!(one, Principal::Service(name) if name == "logging.s3.amazonaws.com")
        };
        statement.effect == Effect::Allow && !statement.condition.is_empty() && named.iter().any(about)
    })
}

fn about_target(name: &str, reason: String, hint: &str) -> Diagnostic {
    let detail = format!("`cloudtrail_access_log_bucket` is `{name}`: {reason}.");
    Diagnostic::error("The bucket for access logs cannot take them", detail)
        .about("cloudtrail_access_log_bucket")
        .hint(hint.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::settings;
    use crate::{Caller, Partition, blueprint};

    fn drawn(changes: Value) -> Blueprint {
        let caller = Caller { account_id: "123456789012".parse().unwrap(), partition: Partition::Aws };
        blueprint(&settings(changes), &caller)
    }

    #[test]
    fn only_what_is_new_is_looked_at() {
        let admin = "arn:aws:iam::123456789012:role/admin";
        let with = drawn(json!({
            "kms_key_administrators": [admin, "arn:aws:iam::999988887777:role/other", "arn:aws:iam::123456789012:root"],
            "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/B",
            "cloudtrail_access_log_bucket": "access-logs",
            "kms_allow_autoscaling": true,
        }));
        assert_eq!(
            premises(&with, &BTreeMap::new()),
            [
                Premise::AccessLogTarget("access-logs".to_owned()),
                Premise::Boundary("arn:aws:iam::123456789012:policy/B".to_owned()),
                Premise::Principal(admin.to_owned()),
                Premise::Trail,
            ]
        );
        let recorded =
            with.resources.iter().map(|one| (one.address.clone(), one.arguments.clone())).collect();
        assert_eq!(premises(&with, &recorded), []);
        let many: Vec<String> = (0..11).map(|n| format!("{admin}-{n}")).collect();
        let many = drawn(json!({"kms_key_administrators": many}));
        assert_eq!(premises(&many, &BTreeMap::new()), [Premise::Trail], "KMS tells");
    }

    #[test]
    fn a_target_is_judged_by_all_that_s3_asks_of_it() {
        let blueprint =
            drawn(json!({"cloudtrail_access_log_bucket": "access-logs", "cloudtrail_bucket_suffix": "x"}));
        let good = TargetBucket {
            region: Some("us-east-1".to_owned()),
            encryption: Some("AES256".to_owned()),
            retention: Some(String::new()),
            policy: Some(String::new()),
            acl: Some(true),
        };
        let said = |target: TargetBucket| {
            let answers = [(Premise::AccessLogTarget("access-logs".to_owned()), Answer::Bucket(target))];
            unmet(&blueprint, &answers, None).into_iter().map(|one| one.detail).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(said(good.clone()), "");
        let policy = |condition: Value| {
            Some(json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Action": "s3:PutObject", "Resource": "arn:aws:s3:::access-logs/*", "Condition": condition}]}).to_string())
        };
        let source =
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::genai-artos-production-cloudtrail-logs-*"}});
        assert_eq!(said(TargetBucket { acl: Some(false), policy: policy(source), ..good.clone() }), "");
        let organization = json!({"StringEquals": {"aws:SourceOrgID": "o-1"}});
        assert_eq!(
            said(TargetBucket { acl: Some(false), policy: policy(organization), ..good.clone() }),
            "",
            "nobody can tell"
        );
        assert_eq!(
            said(TargetBucket { acl: None, policy: None, ..good.clone() }),
            "",
            "what was not read says nothing"
        );
        for (target, expected) in [
            (TargetBucket { region: Some("eu-west-1".to_owned()), ..good.clone() }, "it is in eu-west-1"),
            (
                TargetBucket { encryption: Some("aws:kms".to_owned()), ..good.clone() },
                "only into buckets with SSE-S3",
            ),
            (
                TargetBucket { retention: Some("COMPLIANCE".to_owned()), ..good.clone() },
                "default retention (COMPLIANCE)",
            ),
            (TargetBucket { acl: Some(false), ..good.clone() }, "neither its policy nor its ACL"),
        ] {
            assert!(said(target).contains(expected), "{expected}");
        }
        let deny = json!({"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::access-logs/*"}});
        assert!(
            said(TargetBucket { policy: Some(deny.to_string()), ..good }).contains("its policy denies that")
        );
    }
}
