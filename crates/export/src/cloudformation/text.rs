//! Values of the pattern as values of the template.

use terraform::Address;

use super::value::Value;
use crate::pattern::{Node, Part, Symbol};

/// The names of resources in the template.
const LOGICAL_IDS: [(&str, &str, &str); 10] = [
    ("aws_kms_key", "main", "KmsKey"),
    ("aws_kms_alias", "main", "KmsAlias"),
    ("aws_iam_role", "eks_service", "EksServiceRole"),
    ("aws_iam_role", "eks_node_group", "EksNodeGroupRole"),
    ("aws_iam_role", "eks_fargate", "EksFargateRole"),
    ("aws_iam_role", "rds_enhanced_monitoring", "RdsEnhancedMonitoringRole"),
    ("aws_iam_instance_profile", "eks_node_group", "EksNodeGroupInstanceProfile"),
    ("aws_iam_service_linked_role", "autoscaling", "AutoScalingServiceLinkedRole"),
    ("aws_s3_bucket", "cloudtrail", "CloudTrailBucket"),
    ("aws_cloudtrail", "main", "CloudTrail"),
];

/// The name of a resource in the template.
pub fn logical_id(address: &Address) -> &'static str {
    let found = LOGICAL_IDS
        .iter()
        .find(|(kind, name, _)| address.resource_type() == *kind && address.name() == *name);
    found.map_or("", |(_, _, id)| id)
}

/// Turns values of the pattern into values of the template.
pub struct Writer<'a> {
    /// The trail's ARN.
    pub trail_arn: &'a [Part],
}

impl Writer<'_> {
    /// A value; unset fields and items are left out.
    pub fn value(&self, node: &Node) -> Value {
        match node {
            Node::Null => Value::none(),
            Node::Bool(value) => Value::Bool(*value),
            Node::Number(number) => Value::Number(number.clone()),
            Node::Text(parts) => self.text(parts),
            Node::List(items) => Value::List(items.iter().map(|item| self.value(item)).collect()),
            Node::Object(fields) => Value::Map(
                fields
                    .iter()
                    .filter(|(_, field)| *field != Node::Null)
                    .map(|(name, field)| (name.clone(), self.value(field)))
                    .collect(),
            ),
            Node::Policy(policy) => self.value(policy),
        }
    }

    /// A text: literal, a reference alone, or a template.
    pub fn text(&self, parts: &[Part]) -> Value {
        match parts {
            [] => Value::text(""),
            [Part::Literal(literal)] => Value::text(literal),
            [Part::Symbol(symbol)] => match self.inner(symbol) {
                inner if inner.matches("${").count() > 1 || !inner.starts_with("${") => {
                    Value::Short("Sub", inner)
                }
                inner => {
                    let name = inner.trim_start_matches("${").trim_end_matches('}');
                    Value::Short(if name.contains('.') { "GetAtt" } else { "Ref" }, name.to_owned())
                }
            },
            parts => Value::Short("Sub", self.template(parts)),
        }
    }

    /// A text as `Sub` takes it.
    fn template(&self, parts: &[Part]) -> String {
        let piece = |part: &Part| match part {
            Part::Literal(literal) => literal.replace("${", "${!"),
            Part::Symbol(symbol) => self.inner(symbol),
        };
        parts.iter().map(piece).collect()
    }

    /// What stands for a symbol within a text.
    fn inner(&self, symbol: &Symbol) -> String {
        match symbol {
            Symbol::Name => "${ProjectName}-${Environment}".to_owned(),
            Symbol::AccountId => "${AWS::AccountId}".to_owned(),
            Symbol::Partition => "${AWS::Partition}".to_owned(),
            Symbol::Region => "${AWS::Region}".to_owned(),
            Symbol::DnsSuffix => "${AWS::URLSuffix}".to_owned(),
            Symbol::RegistryAccountId => "${ArtosEcrAwsAccount}".to_owned(),
            Symbol::TrailArn => self.template(self.trail_arn),
            Symbol::Attribute(address, attribute) => match attribute.as_str() {
                "arn" => format!("${{{}.Arn}}", logical_id(address)),
                _ if address.resource_type() == "terraform_data" => "${Suffix}".to_owned(),
                _ => format!("${{{}}}", logical_id(address)),
            },
        }
    }
}
