//! What should be said about the foundation as it is, although nothing of it is to be changed.

use std::collections::{BTreeMap, BTreeSet};

use policy::Policy;
use terraform::{Address, Attributes, Diagnostic, Value};

use crate::blueprint::Blueprint;
use crate::resource::Resource;

/// Warnings about policies that others gave our roles, and about principals of the key policy that are no more.
///
/// `observed` holds the objects as AWS answers them. With `exclusive_role_policies` foreign policies are drift instead,
/// and the plan shows them.
pub fn review(blueprint: &Blueprint, observed: &BTreeMap<Address, Attributes>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for resource in &blueprint.resources {
        let Some(observed) = observed.get(&resource.address) else { continue };
        match resource.address.resource_type() {
            "aws_iam_role" => diagnostics.extend(foreign_policies(blueprint, resource, observed)),
            "aws_kms_key" => diagnostics.extend(orphaned_principals(resource, observed)),
            _ => {}
        }
    }
    diagnostics
}

/// A warning for each policy on a role that the blueprint does not put there.
fn foreign_policies(blueprint: &Blueprint, role: &Resource, observed: &Attributes) -> Vec<Diagnostic> {
    if role.arguments.contains_key("managed_policy_arns") {
        return Vec::new();
    }
    let Some(name) = text(&role.arguments, "name") else { return Vec::new() };
    let ours = |resource_type: &str, attribute: &str| {
        blueprint
            .resources
            .iter()
            .filter(|resource| resource.address.resource_type() == resource_type)
            .filter(|resource| text(&resource.arguments, "role") == Some(name))
            .filter_map(|resource| text(&resource.arguments, attribute))
            .collect::<BTreeSet<_>>()
    };
    let attached = ours("aws_iam_role_policy_attachment", "policy_arn");
    let inline = ours("aws_iam_role_policy", "name");
    let warning = |what: String, command: String| {
        let detail = format!(
            "{what}, and this foundation did not put it there. Whoever assumes the role has its permissions too. \
             With `exclusive_role_policies = true` it counts as drift and apply removes it."
        );
        Diagnostic::warning("A role has a policy of somebody else's", detail)
            .about(role.address.to_string())
            .hint(command)
    };
    let attached =
        strings(observed, "managed_policy_arns").filter(|arn| !attached.contains(arn)).map(|arn| {
            warning(
                format!("The policy `{arn}` is attached to role `{name}`"),
                format!("to remove it: aws iam detach-role-policy --role-name {name} --policy-arn {arn}"),
            )
        });
    let inline =
        strings(observed, "inline_policy_names").filter(|policy| !inline.contains(policy)).map(|policy| {
            warning(
                format!("Role `{name}` has the inline policy `{policy}`"),
                format!("to remove it: aws iam delete-role-policy --role-name {name} --policy-name {policy}"),
            )
        });
    attached.chain(inline).collect()
}

/// A warning for each principal of a key policy that was deleted since.
fn orphaned_principals(key: &Resource, observed: &Attributes) -> Vec<Diagnostic> {
    let Some(Ok(policy)) = text(observed, "policy").map(Policy::parse) else { return Vec::new() };
    policy
        .orphaned_principals()
        .into_iter()
        .map(|orphan| {
            let what = if orphan.id.starts_with("AROA") { "role" } else { "user" };
            let statement = match &orphan.sid {
                Some(sid) => format!("statement `{sid}`"),
                None => format!("statement {}", orphan.statement + 1),
            };
            let detail = format!(
                "The key policy's {statement} names `{}`, the id of a {what} that was deleted. A {what} that was made again \
                 under the old name is another principal and cannot use the key.",
                orphan.id
            );
            Diagnostic::warning("The key policy names a principal that no longer exists", detail)
                .about(key.address.to_string())
                .hint("run apply to write the policy again; if it names the principal in kms_key_administrators, make sure that it exists")
        })
        .collect()
}

fn text<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.get(name).and_then(Value::as_str)
}

/// The strings of a list; none when it is missing.
fn strings<'a>(attributes: &'a Attributes, name: &str) -> impl Iterator<Item = &'a str> {
    attributes.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::tests::settings;
    use crate::{Caller, Partition, blueprint};

    fn reviewed(changes: Value, observed: Value) -> Vec<String> {
        let caller = Caller { account_id: "123456789012".parse().unwrap(), partition: Partition::Aws };
        let blueprint = blueprint(&settings(changes), &caller);
        let observed = observed
            .as_object()
            .unwrap()
            .iter()
            .map(|(address, attributes)| (address.parse().unwrap(), attributes.as_object().unwrap().clone()))
            .collect();
        review(&blueprint, &observed)
            .into_iter()
            .map(|diagnostic| format!("{} | {}", diagnostic.subject.unwrap(), diagnostic.hint.unwrap()))
            .collect()
    }

    fn node_role() -> Value {
        json!({"aws_iam_role.eks_node_group": {
            "managed_policy_arns": ["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"],
            "inline_policy_names": ["backdoor", "cross-account-ecr"],
        }})
    }

    #[test]
    fn policies_of_others_are_named_with_the_command_that_removes_them() {
        let role = "genai-artos-production-eks-node-group-role";
        let admin = format!(
            "aws_iam_role.eks_node_group | to remove it: aws iam detach-role-policy --role-name {role} --policy-arn arn:aws:iam::aws:policy/AdministratorAccess"
        );
        let inline = |name: &str| {
            format!(
                "aws_iam_role.eks_node_group | to remove it: aws iam delete-role-policy --role-name {role} --policy-name {name}"
            )
        };
        let with_registry = json!({"artos_ecr_aws_account": "210987654321"});
        assert_eq!(reviewed(with_registry, node_role()), [admin.clone(), inline("backdoor")]);
        assert_eq!(
            reviewed(json!({}), node_role()),
            [admin, inline("backdoor"), inline("cross-account-ecr")]
        );
        assert_eq!(reviewed(json!({"exclusive_role_policies": true}), node_role()), [""; 0]);
        assert_eq!(reviewed(json!({}), json!({"aws_iam_role.eks_node_group": {}})), [""; 0]);
    }

    #[test]
    fn deleted_principals_of_the_key_policy_are_named() {
        let key = |principal: &str| {
            let policy = json!({"Version": "2012-10-17", "Statement": [
                {"Sid": "Allow Key Administrators", "Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:Put*", "Resource": "*"},
            ]});
            json!({"aws_kms_key.main": {"policy": policy.to_string()}})
        };
        assert_eq!(reviewed(json!({}), key("AROAEXAMPLEEXAMPLE123")).len(), 1);
        assert_eq!(reviewed(json!({}), key("arn:aws:iam::123456789012:role/KeyAdmin")), [""; 0]);
    }
}
