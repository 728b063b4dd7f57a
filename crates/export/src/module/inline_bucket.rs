//! The bucket as provider 3 has it: its settings as blocks within.

use foundation::addresses::bucket;
use terraform::Address;

use crate::pattern::{Node, Part, Pattern, bucket_name_symbol};

/// The types that provider 3 does not have, and ownership, of which it lacks the value that is in use.
const FOLDED: [&str; 6] = [
    OWNERSHIP,
    "aws_s3_bucket_versioning",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_object_lock_configuration",
    "aws_s3_bucket_logging",
];

const OWNERSHIP: &str = "aws_s3_bucket_ownership_controls";

/// What is to be said in the bucket about that.
pub(super) const REMARK: &str = "aws_s3_bucket_ownership_controls: provider 3 does not know BucketOwnerEnforced, and leaves it as it is. With it no ACL\ncan be set, not even the one that the bucket has.";

/// Whether provider 3 lacks the type of a resource.
pub(super) fn is_folded(address: &Address) -> bool {
    FOLDED.contains(&address.resource_type())
}

/// Moves the settings that provider 3 has no types for into the bucket.
pub(super) fn fold(pattern: &mut Pattern) {
    let blocks: Vec<(String, Node)> = pattern
        .resources
        .iter()
        .filter(|resource| is_folded(&resource.address) && resource.address.resource_type() != OWNERSHIP)
        .map(|resource| {
            let arguments = Node::Object(resource.arguments.clone());
            block(resource.address.resource_type(), &arguments, &pattern.bucket_name)
        })
        .collect();
    let needs: Vec<Address> = pattern
        .resources
        .iter()
        .filter(|resource| is_folded(&resource.address))
        .flat_map(|resource| resource.depends_on.clone())
        .filter(|address| *address != bucket() && !is_folded(address))
        .collect();
    pattern.resources.retain(|resource| !is_folded(&resource.address));
    for resource in &mut pattern.resources {
        resource.depends_on.retain(|address| !is_folded(address));
        if resource.address == bucket() {
            resource.arguments.retain(|(name, _)| name != "object_lock_enabled");
            resource.arguments.extend(blocks.iter().cloned());
            resource.depends_on.extend(needs.iter().cloned());
        }
    }
}

/// The block of a setting.
fn block(resource_type: &str, arguments: &Node, bucket_name: &[Part]) -> (String, Node) {
    let rule = || arguments.block("rule").cloned().unwrap_or(Node::Null);
    let (name, content) = match resource_type {
        "aws_s3_bucket_versioning" => ("versioning", object([("enabled", Node::Bool(true))])),
        "aws_s3_bucket_server_side_encryption_configuration" => {
            ("server_side_encryption_configuration", object([("rule", list(rule()))]))
        }
        "aws_s3_bucket_lifecycle_configuration" => ("lifecycle_rule", lifecycle_rule(&rule())),
        "aws_s3_bucket_object_lock_configuration" => (
            "object_lock_configuration",
            object([("object_lock_enabled", copy(arguments, "object_lock_enabled")), ("rule", list(rule()))]),
        ),
        _ => (
            "logging",
            object([
                ("target_bucket", copy(arguments, "target_bucket")),
                ("target_prefix", prefix(arguments, bucket_name)),
            ]),
        ),
    };
    (name.to_owned(), list(content))
}

/// A rule with provider 3's names.
fn lifecycle_rule(rule: &Node) -> Node {
    let within = |block: &str, name: &str| rule.block(block).map_or(Node::Null, |block| copy(block, name));
    object([
        ("id", copy(rule, "id")),
        ("enabled", Node::Bool(true)),
        (
            "abort_incomplete_multipart_upload_days",
            within("abort_incomplete_multipart_upload", "days_after_initiation"),
        ),
        ("expiration", list(object([("days", within("expiration", "days"))]))),
        (
            "noncurrent_version_expiration",
            list(object([("days", within("noncurrent_version_expiration", "noncurrent_days"))])),
        ),
    ])
}

/// The prefix of access logs. It begins with the bucket's name, which the bucket cannot refer to itself for.
fn prefix(arguments: &Node, bucket_name: &[Part]) -> Node {
    match copy(arguments, "target_prefix") {
        Node::Text(parts) => Node::Text(
            parts
                .into_iter()
                .flat_map(|part| match part {
                    Part::Symbol(symbol) if symbol == bucket_name_symbol() => bucket_name.to_vec(),
                    part => vec![part],
                })
                .collect(),
        ),
        other => other,
    }
}

fn copy(node: &Node, name: &str) -> Node {
    node.field(name).cloned().unwrap_or(Node::Null)
}

fn list(node: Node) -> Node {
    Node::List(vec![node])
}

fn object<const N: usize>(fields: [(&str, Node); N]) -> Node {
    Node::Object(fields.into_iter().map(|(name, node)| (name.to_owned(), node)).collect())
}
