//! Values of the pattern as values of the template.

use foundation::addresses::deployment;
use terraform::Address;

use super::kinds;
use super::parameters::ALERT_TOPIC;
use super::value::Value;
use crate::pattern::{Node, Part, Symbol};

/// The name of a resource in the template: what it is called, and what it is.
pub(super) fn logical_id(address: &Address) -> String {
    let noun = kinds::form_of(address.resource_type()).map_or("", kinds::Form::noun);
    let name = match address.name() {
        "main" => String::new(),
        "autoscaling" => "AutoScaling".to_owned(),
        name if address.resource_type() == "aws_sns_topic_subscription" => subscriber(name),
        name => camel_case(name).replace("Cloudtrail", "CloudTrail"),
    };
    format!("{name}{noun}")
}

/// The name of an e-mail address's subscription without the underscores with which its escapes begin, another for every other
/// name: an escape begins with `Z`, and a `Z` is escaped.
fn subscriber(name: &str) -> String {
    let address = name.strip_prefix("foundation_alerts_").unwrap_or(name);
    format!("FoundationAlerts{}", address.replace('Z', "Z5A").replace('_', "Z"))
}

/// `kms_key_arn` as `KmsKeyArn`.
pub(super) fn camel_case(name: &str) -> String {
    let word = |word: &str| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_ascii_uppercase().to_string());
        first.unwrap_or_default() + characters.as_str()
    };
    name.split('_').map(word).collect()
}

/// Turns values of the pattern into values of the template.
pub(super) struct Writer<'a> {
    /// The trail's ARN.
    pub trail_arn: &'a [Part],
    /// The ARN of the user's own topic, which a stack may choose.
    pub alert_topic: Option<&'a str>,
}

impl Writer<'_> {
    /// A value; unset fields and items are left out.
    pub(super) fn value(&self, node: &Node) -> Value {
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
    pub(super) fn text(&self, parts: &[Part]) -> Value {
        match parts {
            [] => Value::text(""),
            // In a stack the ARN of a log group has the end that CloudTrail wants (CloudFormation user guide, AWS::Logs::LogGroup).
            [Part::Symbol(arn @ Symbol::Attribute(group, _)), Part::Literal(end)]
                if group.resource_type() == "aws_cloudwatch_log_group" && end == ":*" =>
            {
                self.text(&[Part::Symbol(arn.clone())])
            }
            [Part::Literal(literal)] if self.alert_topic == Some(literal) => Value::reference(ALERT_TOPIC),
            [Part::Literal(literal)]
                if self.alert_topic.is_some() && self.alert_topic == literal.strip_suffix(':') =>
            {
                Value::Short("Sub", format!("${{{ALERT_TOPIC}}}:"))
            }
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
            Symbol::Attribute(address, attribute) => match (address.resource_type(), attribute.as_str()) {
                ("aws_sns_topic", "arn") => format!("${{{}}}", logical_id(address)),
                ("aws_sns_topic", "name") => format!("${{{}.TopicName}}", logical_id(address)),
                (_, "arn") => format!("${{{}.Arn}}", logical_id(address)),
                _ if *address == deployment() => "${Suffix}".to_owned(),
                _ => format!("${{{}}}", logical_id(address)),
            },
        }
    }
}
