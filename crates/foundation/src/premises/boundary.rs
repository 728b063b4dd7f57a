//! Whether a permissions boundary leaves a role anything of what its policies allow.

use std::collections::BTreeMap;

use policy::reference::reference;
use policy::{
    Conditions, Effect, Element, Policies, Policy, Prepared, Principal, Request, Statement, evaluate,
};
use terraform::{Diagnostic, Value};

use crate::accepted::Accepted;
use crate::blueprint::Blueprint;
use crate::finding::Topic;
use crate::identifiers::Arn;
use crate::managed_policies::managed_policy;

/// An error for the roles that the boundary leaves none of the actions that their policies name; nothing for a role of
/// which `accepted` says that it is known.
pub(super) fn left_nothing(
    blueprint: &Blueprint,
    arn: &str,
    document: &str,
    today: Option<&str>,
) -> Vec<Diagnostic> {
    let Ok(boundary) = Policy::parse(document).map(|policy| at_its_widest(&policy)) else {
        return Vec::new();
    };
    let is_accepted = |role: &str| blueprint.standing(today).any(|entry| names(entry, role, arn));
    let bounded = policies(blueprint).into_iter().filter(|(role, _)| !is_accepted(role));
    let powerless: Vec<String> = bounded
        .filter(|(role, policies)| {
            let named = named(policies);
            !named.is_empty() && !named.iter().any(|action| allows(blueprint, &boundary, role, action))
        })
        .map(|(role, _)| role)
        .collect();
    if powerless.is_empty() {
        return Vec::new();
    }
    let detail = format!(
        "`permissions_boundary_arn` is `{arn}`, which allows none of the actions that the policies of these roles name: {}. \
         Nothing that runs with them would work.",
        powerless.join(", ")
    );
    let error = Diagnostic::error("The permissions boundary leaves roles nothing", detail);
    vec![error.about("permissions_boundary_arn").hint(format!(
        "let the boundary allow what the roles are for; if it is meant so: accepted = [\"boundary:{arn}\"]"
    ))]
}

/// Whether an entry of `accepted` is about this boundary, of all roles or of this one.
fn names(entry: &Accepted, role: &str, arn: &str) -> bool {
    entry.accepts(Topic::Boundary, arn) || entry.accepts(Topic::Boundary, &format!("{role}/{arn}"))
}

/// What our own policies allow each role.
fn policies(blueprint: &Blueprint) -> BTreeMap<String, Vec<Policy>> {
    let mut all = BTreeMap::<String, Vec<Policy>>::new();
    for resource in &blueprint.resources {
        let text = |name: &str| resource.arguments.get(name).and_then(Value::as_str);
        let policy = match resource.address.resource_type() {
            "aws_iam_role_policy_attachment" => {
                text("policy_arn").and_then(managed_policy).map(|known| known.document)
            }
            "aws_iam_role_policy" => text("policy").and_then(|text| Policy::parse(text).ok()),
            _ => None,
        };
        if let (Some(role), Some(policy)) = (text("role"), policy) {
            all.entry(role.to_owned()).or_default().push(policy);
        }
    }
    all
}

/// The actions that policies allow, those that their patterns stand for included.
fn named(policies: &[Policy]) -> Vec<String> {
    let allowed = policies.iter().flat_map(|policy| &policy.statements);
    let allowed = allowed.filter(|statement| statement.effect == Effect::Allow);
    let actions = allowed.filter_map(|statement| statement.action.as_ref()).flat_map(Element::items);
    actions.flat_map(|action| expanded(action)).collect()
}

fn expanded(action: &str) -> Vec<String> {
    let Some((service, name)) = action.split_once(':') else { return Vec::new() };
    let Some(prefix) = name.strip_suffix('*').filter(|prefix| !prefix.contains(['*', '?'])) else {
        return vec![action.to_owned()];
    };
    let known = reference().actions(service).into_iter().flatten();
    let fits = known.filter(|one| one.name.to_ascii_lowercase().starts_with(&prefix.to_ascii_lowercase()));
    fits.map(|one| format!("{service}:{}", one.name)).collect()
}

/// A boundary that allows what it allows on some resource and under some condition, and denies only what it always denies:
/// what it does not allow then, it never does.
fn at_its_widest(boundary: &Policy) -> Prepared {
    let everywhere = || Some(Element::Only(vec!["*".to_owned()]));
    let wide = boundary.statements.iter().filter_map(|statement| match statement.effect {
        Effect::Allow => {
            Some(Statement { resource: everywhere(), condition: Conditions::default(), ..statement.clone() })
        }
        Effect::Deny => {
            (statement.resource == everywhere() && statement.condition.is_empty()).then(|| statement.clone())
        }
    });
    Policy::new(wide).prepare()
}

fn allows(blueprint: &Blueprint, boundary: &Prepared, role: &str, action: &str) -> bool {
    let account = blueprint.caller.account_id.as_str();
    let principal =
        Arn::iam(blueprint.caller.partition, &blueprint.caller.account_id, format!("role/{role}"));
    let request = Request::new(Principal::aws(principal.to_string()), action, "*", account);
    let everything = [Policy::new([Statement::allow().actions(["*"]).resources(["*"])]).prepare()];
    let boundaries = std::slice::from_ref(boundary);
    let policies = Policies { identity: &everything, boundary: boundaries, ..Policies::default() };
    evaluate(&policies, &request).is_allowed()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::settings;
    use crate::{Caller, Partition, blueprint};

    const ARN: &str = "arn:aws:iam::123456789012:policy/B";

    fn said(changes: Value, actions: Value) -> String {
        let caller = Caller { account_id: "123456789012".parse().unwrap(), partition: Partition::Aws };
        let mut changes = changes;
        changes["permissions_boundary_arn"] = json!(ARN);
        let document = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": actions, "Resource": "arn:aws:s3:::only/*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
            {"Effect": "Deny", "Action": "iam:*", "Resource": "*"},
        ]});
        let found = left_nothing(
            &blueprint(&settings(changes), &caller),
            ARN,
            &document.to_string(),
            Some("2026-11-28"),
        );
        found.into_iter().map(|one| one.detail).collect()
    }

    #[test]
    fn only_a_role_that_is_left_nothing_at_all_is_named() {
        assert_eq!(said(json!({}), json!("*")), "");
        assert_eq!(said(json!({}), json!(["ec2:*", "ecr:*", "logs:*"])), "");
        let detail = said(json!({}), json!(["ec2:Describe*", "ecr:Get*"]));
        assert!(detail.contains("genai-artos-production-rds-enhanced-monitoring-role."), "{detail}");
        assert!(!detail.contains("eks-node-group-role") && !detail.contains("fargate"), "{detail}");
        assert_eq!(said(json!({}), json!("s3:GetObject")).matches("genai-artos-production").count(), 4);
        let accepted = json!({"accepted": [format!("boundary:{ARN}")]});
        assert_eq!(said(accepted, json!("s3:GetObject")), "");
        let until = |day: &str| json!({"accepted": [{"what": format!("boundary:{ARN}"), "until": day}]});
        assert_eq!(said(until("2026-11-28"), json!("s3:GetObject")), "");
        assert!(!said(until("2026-11-27"), json!("s3:GetObject")).is_empty());
    }

    #[test]
    fn what_is_always_denied_is_left_to_nobody() {
        let caller = Caller { account_id: "123456789012".parse().unwrap(), partition: Partition::Aws };
        let blueprint = blueprint(&settings(json!({"permissions_boundary_arn": ARN})), &caller);
        let left_nothing = |denial: Value| {
            let everything = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
            let document = json!({"Version": "2012-10-17", "Statement": [everything, denial]}).to_string();
            let found = left_nothing(&blueprint, ARN, &document, None);
            found.iter().map(|one| one.detail.matches("genai-artos-production").count()).sum::<usize>()
        };
        assert_eq!(left_nothing(json!({"Effect": "Deny", "Action": "*", "Resource": "*"})), 4);
        assert_eq!(left_nothing(json!({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"})), 3);
        assert_eq!(left_nothing(json!({"Effect": "Deny", "Action": "logs:*", "Resource": "*"})), 1);
        let sometimes = json!({"Bool": {"aws:SecureTransport": "false"}});
        assert_eq!(
            left_nothing(json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": sometimes})),
            0
        );
        assert_eq!(
            left_nothing(json!({"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::only/*"})),
            0
        );
    }
}
