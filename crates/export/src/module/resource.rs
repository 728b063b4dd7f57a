//! A resource block.

use foundation::addresses::bucket;
use foundation::{Removal, kinds};

use super::{Provider, expression, inline_bucket, needs_no_mention};
use crate::hcl::{Body, Expression};
use crate::pattern::{Node, Part, Resource};

/// What a provider has no argument for: type, argument, which provider (`None`: none has it), and what to say.
const UNKNOWN: &[(&str, &str, Option<Provider>, &str)] = &[
    (
        "aws_cloudtrail",
        "recursive_logging",
        None,
        "recursive_logging = false: underpin keeps CloudTrail's own deliveries out of the data events, so that the log does not\nfeed itself. The provider has no argument for that.",
    ),
    (
        "aws_iam_role",
        "inline_policy_names",
        None,
        "inline_policy_names: underpin removes every inline policy of this role that is not in this module. That would take a\nresource of its own here, aws_iam_role_policies_exclusive.",
    ),
    (
        "aws_kms_key",
        "rotation_period_in_days",
        Some(Provider::Three),
        "rotation_period_in_days: provider 3 has no argument for it and leaves it as it is.",
    ),
    ("aws_s3_bucket", "acl", Some(Provider::Five), ACL),
    ("aws_s3_bucket", "acl", Some(Provider::Six), ACL),
];

/// What to say of an ACL where there is none.
const ACL: &str = "acl: left out, because ACLs are off (BucketOwnerEnforced).";

/// What to say of a trail that records management events only.
const DEFAULT_SELECTOR: &str = "event_selector: left out. All management events and no data events is the default, and the provider shows a trail\nwith no more than that as one without selectors.";

/// What to say of Insights that are newer than provider 3.
const NEWER_INSIGHTS: &str =
    "insight_selector: provider 3 knows ApiCallRateInsight only. The Insights are left as they are.";

/// Settings that are variables of the module: type, argument, variable.
const VARIABLES: &[(&str, &str, &str)] = &[
    ("aws_kms_key", "deletion_window_in_days", "kms_deletion_window_in_days"),
    ("aws_kms_key", "rotation_period_in_days", "kms_rotation_period_in_days"),
];

/// The provider of the region where the events of global services arrive.
pub(super) const ELSEWHERE: &str = "aws.global_events";

/// The argument that puts a resource into that region.
const REGION: &str = "region";

/// What every provider sets by itself, under names that change from release to release: type and argument.
const DEFAULTS: &[(&str, &str)] = &[("aws_cloudwatch_event_rule", "is_enabled")];

fn is_default(kind: &str, argument: &str) -> bool {
    DEFAULTS.contains(&(kind, argument))
}

/// Whether a resource is in another region than the rest.
pub(super) fn is_elsewhere(resource: &Resource) -> bool {
    resource.argument(REGION).is_some()
}

/// The content of a resource's block: attributes, blocks, then what is about the resource as a whole.
pub(super) fn body(resource: &Resource, provider: Provider) -> Body {
    let kind = resource.address.resource_type();
    // An empty text stands for what the trail shall not have.
    let is_said = |node: &Node| !is_unset(node) && *node != Node::Text(Vec::new());
    let known = resource.arguments.iter().filter(|(_, node)| is_said(node));
    let (unknown, known): (Vec<_>, Vec<_>) =
        known.partition(|(name, node)| remark(kind, name, node, provider).is_some());
    let (blocks, attributes): (Vec<_>, Vec<_>) = known.into_iter().partition(|(_, node)| is_blocks(node));
    let (long, short): (Vec<_>, Vec<_>) =
        attributes.into_iter().partition(|(_, node)| matches!(node, Node::Policy(_)));
    let mut body = Body::new();
    if is_elsewhere(resource) {
        body = body.attribute("provider", Expression::verbatim(ELSEWHERE));
    }
    let here = short.into_iter().chain(long).filter(|(name, _)| name != REGION && !is_default(kind, name));
    for (name, node) in here {
        let variable = VARIABLES.iter().find(|(of, argument, _)| *of == kind && argument == name);
        let value = match variable {
            Some((_, _, variable)) => Expression::verbatim(format!("var.{variable}")),
            None if name == "tags" => Expression::verbatim("local.tags"),
            None => expression::of(node),
        };
        body = body.attribute(name, value);
    }
    for (name, node) in blocks {
        body = nested(body, name, node);
    }
    for (name, node) in unknown {
        body = body.remark(remark(kind, name, node, provider).unwrap_or_default());
    }
    if resource.address == bucket() && provider == Provider::Three {
        body = body.remark(inline_bucket::REMARK);
    }
    let (protected, ignored) = (is_protected(kind), ignored(resource, provider));
    if protected || ignored.is_some() {
        let lifecycle = match protected {
            true => Body::new().attribute("prevent_destroy", Expression::verbatim("true")),
            false => Body::new(),
        };
        let list = ignored.map(|name| Expression::List(vec![Expression::verbatim(name)]));
        body = body.block(
            &["lifecycle"],
            list.into_iter().fold(lifecycle, |body, list| body.attribute("ignore_changes", list)),
        );
    }
    match depends_on(resource) {
        addresses if addresses.is_empty() => body,
        addresses => body.attribute("depends_on", Expression::List(addresses)),
    }
}

/// Whether it must not be destroyed, whatever Terraform is asked for.
fn is_protected(kind: &str) -> bool {
    kinds::schema_of(kind)
        .is_some_and(|schema| matches!(schema.removal, Removal::Retained { .. } | Removal::Scheduled { .. }))
}

/// What Terraform has to leave as it is, because the provider cannot say it.
fn ignored(resource: &Resource, provider: Provider) -> Option<&'static str> {
    const INSIGHTS: &str = "insight_selector";
    if provider != Provider::Three {
        return None;
    }
    if resource.address == bucket() {
        return Some("acl");
    }
    resource.argument(INSIGHTS).filter(|node| has_newer_insights(node)).map(|_| INSIGHTS)
}

/// Whether a trail makes Insights of a type that provider 3 refuses.
fn has_newer_insights(selectors: &Node) -> bool {
    let known = Node::Text(vec![Part::Literal("ApiCallRateInsight".to_owned())]);
    selectors.items().iter().any(|selector| selector.field("insight_type") != Some(&known))
}

/// What to say of an argument that the provider lacks, or does not show.
fn remark(kind: &str, name: &str, node: &Node, provider: Provider) -> Option<&'static str> {
    if name == "event_selector" && is_default_selector(node) {
        return Some(DEFAULT_SELECTOR);
    }
    if name == "insight_selector" && provider == Provider::Three && has_newer_insights(node) {
        return Some(NEWER_INSIGHTS);
    }
    let found = UNKNOWN.iter().find(|(of, argument, which, _)| {
        *of == kind && *argument == name && which.is_none_or(|which| which == provider)
    });
    found.map(|(_, _, _, remark)| *remark)
}

/// Whether a trail records what every new one does.
fn is_default_selector(selectors: &Node) -> bool {
    let [selector] = selectors.items() else { return false };
    let all = Node::Text(vec![Part::Literal("All".to_owned())]);
    selector.field("data_resource").is_none_or(is_unset) && selector.field("read_write_type") == Some(&all)
}

fn is_unset(node: &Node) -> bool {
    match node {
        Node::Null => true,
        Node::List(items) => items.is_empty(),
        _ => false,
    }
}

/// Whether the provider has blocks for it: it is a list of objects.
fn is_blocks(node: &Node) -> bool {
    node.items().first().is_some_and(|item| matches!(item, Node::Object(_)))
}

/// Adds one block for each object of a list.
fn nested(body: Body, name: &str, node: &Node) -> Body {
    node.items().iter().fold(body, |body, item| {
        let Node::Object(fields) = item else { return body };
        let (blocks, attributes): (Vec<_>, Vec<_>) =
            fields.iter().filter(|(_, field)| !is_unset(field)).partition(|(_, field)| is_blocks(field));
        let inner = attributes
            .into_iter()
            .fold(Body::new(), |inner, (name, field)| inner.attribute(name, expression::of(field)));
        let inner = blocks.into_iter().fold(inner, |inner, (name, field)| nested(inner, name, field));
        body.block(&[name], inner)
    })
}

/// What must exist first and is not referred to already.
fn depends_on(resource: &Resource) -> Vec<Expression> {
    let mut referred = Vec::new();
    resource.arguments.iter().for_each(|(_, node)| node.references(&mut referred));
    let unsaid = resource
        .depends_on
        .iter()
        .filter(|address| !referred.contains(address) && !needs_no_mention(address));
    unsaid.map(|address| Expression::verbatim(address.to_string())).collect()
}
