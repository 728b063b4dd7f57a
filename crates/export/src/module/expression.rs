//! Values of the pattern as expressions of the module.

use foundation::addresses::deployment;

use crate::hcl::{Expression, escaped};
use crate::pattern::{Node, Part, Symbol};

/// A value.
pub(super) fn of(node: &Node) -> Expression {
    match node {
        Node::Null => Expression::verbatim("null"),
        Node::Bool(value) => Expression::verbatim(value.to_string()),
        Node::Number(number) => Expression::verbatim(number),
        Node::Text(parts) => text(parts),
        Node::List(items) => Expression::List(items.iter().map(of).collect()),
        Node::Object(fields) => {
            Expression::Object(fields.iter().map(|(name, field)| (name.clone(), of(field))).collect())
        }
        Node::Policy(policy) => Expression::Call("jsonencode", None, Box::new(of(policy))),
    }
}

/// A text: a reference alone stands without quotes.
pub(super) fn text(parts: &[Part]) -> Expression {
    match parts {
        [Part::Symbol(symbol)] => Expression::verbatim(reference(symbol)),
        parts => {
            let inner = parts.iter().map(|part| match part {
                Part::Literal(literal) => escaped(literal),
                Part::Symbol(symbol) => format!("${{{}}}", reference(symbol)),
            });
            Expression::Quoted(format!("\"{}\"", inner.collect::<String>()))
        }
    }
}

/// What the module calls that which a symbol stands for.
fn reference(symbol: &Symbol) -> String {
    match symbol {
        Symbol::Name => "local.name".to_owned(),
        Symbol::AccountId => "local.account_id".to_owned(),
        Symbol::Partition => "local.partition".to_owned(),
        Symbol::Region => "var.aws_region".to_owned(),
        Symbol::DnsSuffix => "data.aws_partition.current.dns_suffix".to_owned(),
        Symbol::RegistryAccountId => "var.artos_ecr_aws_account".to_owned(),
        Symbol::TrailArn => "local.trail_arn".to_owned(),
        Symbol::Attribute(address, attribute) if *address == deployment() && attribute == "output" => {
            "var.cloudtrail_bucket_suffix".to_owned()
        }
        Symbol::Attribute(address, attribute) => format!("{address}.{attribute}"),
    }
}
