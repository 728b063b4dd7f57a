//! What others hang on our roles.

use std::collections::BTreeSet;

use super::Circumstances;
use super::fact::Fact;
use crate::blueprint::CROSS_ACCOUNT_ECR;
use crate::finding::{Allows, Finding, FindingKind, Topic};
use crate::identifiers::{AccountId, Arn};
use crate::managed_policies::managed_policy;
use crate::resource::Resource;
use policy::{Effect, Policy};
use terraform::{Address, Attributes, Value};

/// What a fact about a role comes to.
pub(super) fn judge(fact: &Fact, address: &Address, around: &Circumstances<'_>) -> Option<Finding> {
    let Fact::InstanceProfile { name, created } = fact else { return None };
    if around.is_desired("aws_iam_instance_profile", "name", name) {
        return None;
    }
    let role = around.text(address, "name").unwrap_or_default();
    let since = created.as_ref().map(|date| format!(", made {date},")).unwrap_or_default();
    let sentence = format!(
        "the instance profile `{name}`{since} holds the role `{role}`: instances that it is given to have the role's permissions"
    );
    let finding = Finding::new(FindingKind::Foreign, (Topic::InstanceProfile, name), address, sentence);
    Some(finding.allows(Some("ec2.amazonaws.com"), ["sts:AssumeRole"], around.arn(address)))
}

/// Policies and boundary of a role that the settings do not give it.
pub(super) fn of(role: &Resource, observed: &Attributes, around: &Circumstances<'_>) -> Vec<Finding> {
    let Some(name) = role.arguments.get("name").and_then(Value::as_str) else { return Vec::new() };
    let exclusive = role.arguments.contains_key("managed_policy_arns");
    let kind = if exclusive { FindingKind::Drift } else { FindingKind::Foreign };
    let policy = |policy: &str, how: &str, removal: String| {
        let document = document(around, &role.address, policy);
        let parsed = document.as_deref().and_then(|text| Policy::parse(text).ok());
        let allows = match &parsed {
            Some(parsed) => format!(", and {}", allowed(parsed)),
            None => "; what it allows was not read".to_owned(),
        };
        let sentence = format!(
            "{how} `{policy}` on role `{name}` is not underpin's{allows}: whoever assumes the role can do that too"
        );
        let finding = Finding::new(kind, (Topic::RolePolicy, policy), &role.address, sentence);
        let mut finding = finding.or(format!("{name}/{policy}"));
        let role = around.text(&role.address, "arn").unwrap_or(name).to_owned();
        finding.allows = Some(Allows::Document { role, document: document.filter(|_| parsed.is_some()) });
        match registry_account(policy, parsed.as_ref()) {
            Some(account) => finding.hint(format!(
                "nodes pull images by it; to have it in the settings: artos_ecr_aws_account = \"{account}\""
            )),
            None if exclusive => finding,
            None => finding.hint(format!("if nobody needs it: {removal}")),
        }
    };
    let attached = parts(around, "aws_iam_role_policy_attachment", name, "policy_arn");
    let attached =
        strings(observed, "managed_policy_arns").filter(|arn| !attached.contains(arn)).map(|arn| {
            let removal = format!("aws iam detach-role-policy --role-name {name} --policy-arn {arn}");
            policy(arn, "the managed policy", removal)
        });
    let inline = parts(around, "aws_iam_role_policy", name, "name");
    let inline = strings(observed, "inline_policy_names").filter(|text| !inline.contains(text)).map(|text| {
        let removal = format!("aws iam delete-role-policy --role-name {name} --policy-name {text}");
        policy(text, "the inline policy", removal)
    });
    attached.chain(inline).chain(boundary(role, observed, around)).collect()
}

/// The account whose images a policy lets nodes pull, if it is the one that the settings would write.
fn registry_account(name: &str, document: Option<&Policy>) -> Option<String> {
    let statements = &document.filter(|_| name == CROSS_ACCOUNT_ECR)?.statements;
    let resources = statements.iter().filter_map(|statement| statement.resource.as_ref());
    let arns =
        resources.flat_map(|resource| resource.items().iter().filter_map(|item| item.parse::<Arn>().ok()));
    let mut accounts = arns.filter(|arn| arn.service() == "ecr").map(|arn| arn.account().to_owned());
    accounts.find(|account| account.parse::<AccountId>().is_ok())
}

/// The most statements that a sentence tells.
const TOLD: usize = 3;

/// What a policy says, statement by statement: `allows * on *`.
fn allowed(policy: &Policy) -> String {
    let told = policy.statements.iter().take(TOLD).map(|statement| {
        let sentence = statement.to_string();
        match statement.effect {
            Effect::Allow => format!("allows {}", sentence.strip_prefix("may ").unwrap_or(&sentence)),
            Effect::Deny => format!("denies {}", sentence.strip_prefix("may not ").unwrap_or(&sentence)),
        }
    });
    let more = policy.statements.len().saturating_sub(TOLD);
    let more = (more > 0).then(|| format!("{more} more statements"));
    told.chain(more).collect::<Vec<_>>().join(", ")
}

/// What a policy of a role says: as it was read, or as it is built in.
fn document(around: &Circumstances<'_>, role: &Address, name: &str) -> Option<String> {
    let read = around.reviewed.facts.and_then(|facts| facts.get(role)).into_iter().flatten();
    let mut read = read.filter_map(|fact| match fact {
        Fact::RolePolicy { policy, document } if policy == name => Some(document.clone()),
        _ => None,
    });
    read.next().or_else(|| Some(managed_policy(name)?.document.to_json()))
}

/// A boundary that no setting and no record of ours names.
fn boundary(role: &Resource, observed: &Attributes, around: &Circumstances<'_>) -> Option<Finding> {
    let present =
        observed.get("permissions_boundary").and_then(Value::as_str).filter(|arn| !arn.is_empty())?;
    let desired = role.arguments.get("permissions_boundary").and_then(Value::as_str);
    let recorded = around.recorded(&role.address, "permissions_boundary");
    if desired.is_some() || recorded == Some(present) {
        return None;
    }
    let name = role.arguments.get("name").and_then(Value::as_str).unwrap_or_default();
    let sentence = format!(
        "somebody else set the permissions boundary `{present}` on role `{name}`: the role can do no more than that allows"
    );
    let finding = Finding::new(FindingKind::Foreign, (Topic::Boundary, present), &role.address, sentence);
    Some(
        finding
            .or(format!("{name}/{present}"))
            .hint(format!("to make it the setting of all roles: permissions_boundary_arn = \"{present}\"")),
    )
}

/// What the blueprint puts on the role called `name`.
fn parts<'a>(
    around: &Circumstances<'a>,
    resource_type: &str,
    name: &str,
    attribute: &str,
) -> BTreeSet<&'a str> {
    around
        .blueprint
        .resources
        .iter()
        .filter(|resource| resource.address.resource_type() == resource_type)
        .filter(|resource| resource.arguments.get("role").and_then(Value::as_str) == Some(name))
        .filter_map(|resource| resource.arguments.get(attribute).and_then(Value::as_str))
        .collect()
}

/// The strings of a list; none when it is missing.
fn strings<'a>(attributes: &'a Attributes, name: &str) -> impl Iterator<Item = &'a str> {
    attributes.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}
