//! Finding the stand-ins again.

use foundation::{Blueprint, Compare, Reference, kinds};
use terraform::{Address, Value};

use super::node::{Node, Part, Symbol};
use super::stage::{Stage, StandIn};

/// Finds stand-ins in the values of one resource.
pub(super) struct Reader<'a> {
    pub(super) stage: &'a Stage,
    pub(super) drawn: &'a Blueprint,
    pub(super) stand_ins: &'a [StandIn],
    /// Whose values; it is not referred to from within.
    pub(super) within: Option<&'a Address>,
}

impl Reader<'_> {
    /// An argument; policies are spread out, and another resource is referred to where its name is asked for.
    pub(super) fn argument(&self, name: &str, value: &Value) -> Node {
        let schema = self.within.and_then(|address| kinds::schema_of(address.resource_type()));
        let (Some(attribute), Some(text)) =
            (schema.and_then(|schema| schema.attribute(name)), value.as_str())
        else {
            return self.node(value);
        };
        if matches!(attribute.compare, Compare::Policy(_))
            && let Ok(policy) = serde_json::from_str::<Value>(text)
        {
            return Node::Policy(Box::new(self.node(&policy)));
        }
        let node = self.node(value);
        let refers = matches!(&node, Node::Text(parts) if matches!(parts.as_slice(), [Part::Symbol(_)]));
        let referred = attribute.refers_to.filter(|_| !refers).and_then(|to| self.referred(to, text));
        referred.map_or(node, |symbol| Node::Text(vec![Part::Symbol(symbol)]))
    }

    /// The resource of a name.
    fn referred(&self, to: Reference, name: &str) -> Option<Symbol> {
        let named = |resource: &&foundation::Resource| {
            resource.address.resource_type() == to.resource_type
                && resource.arguments.get(to.attribute).and_then(Value::as_str) == Some(name)
        };
        let resource = self.drawn.resources.iter().find(named)?;
        Some(Symbol::Attribute(resource.address.clone(), to.attribute.to_owned()))
    }

    pub(super) fn node(&self, value: &Value) -> Node {
        match value {
            Value::Null => Node::Null,
            Value::Bool(value) => Node::Bool(*value),
            Value::Number(number) => Node::Number(number.to_string()),
            Value::String(text) => Node::Text(self.text(text)),
            Value::Array(items) => Node::List(items.iter().map(|item| self.node(item)).collect()),
            Value::Object(fields) => {
                Node::Object(fields.iter().map(|(name, field)| (name.clone(), self.node(field))).collect())
            }
        }
    }

    pub(super) fn text(&self, text: &str) -> Vec<Part> {
        let partition = self.stage.caller.partition;
        let region = &self.stage.settings.aws_region;
        if text == format!("logs.{region}.{}", partition.dns_suffix()) {
            let literal = |text: &str| Part::Literal(text.to_owned());
            return vec![
                literal("logs."),
                Part::Symbol(Symbol::Region),
                literal("."),
                Part::Symbol(Symbol::DnsSuffix),
            ];
        }
        let mut parts = Parts::default();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let found = self.symbol(rest).or_else(|| {
                let of_arn = rest.len() == text.len()
                    && rest.starts_with(&format!("arn:{partition}:"))
                    && !self.stage.is_given(text);
                (of_arn || self.is_ours(rest)).then_some((0, Symbol::Partition))
            });
            let consumed = match found {
                Some((0, symbol)) => {
                    parts.literal("arn:");
                    parts.0.push(Part::Symbol(symbol));
                    "arn:".len() + partition.name().len()
                }
                Some((length, symbol)) => {
                    parts.0.push(Part::Symbol(symbol));
                    length
                }
                None => {
                    parts.literal(character.encode_utf8(&mut [0; 4]));
                    character.len_utf8()
                }
            };
            rest = rest.get(consumed..).unwrap_or_default();
        }
        parts.0
    }

    /// Whether a text begins with an ARN of the stand-in's region or account, which is nobody's but ours.
    fn is_ours(&self, text: &str) -> bool {
        let stage = self.stage;
        let after = text.strip_prefix(&format!("arn:{}:", stage.caller.partition));
        let Some((_, rest)) = after.and_then(|rest| rest.split_once(':')) else { return false };
        rest.starts_with(stage.settings.aws_region.as_str())
            || rest.strip_prefix(':').is_some_and(|rest| rest.starts_with(stage.caller.account_id.as_str()))
    }

    /// The symbol that a text begins with, and its length: a stand-in or a template.
    fn symbol(&self, text: &str) -> Option<(usize, Symbol)> {
        let own =
            |symbol: &Symbol| matches!(symbol, Symbol::Attribute(address, _) if Some(address) == self.within);
        let stand_in =
            self.stand_ins.iter().find(|(stand_in, symbol)| !own(symbol) && text.starts_with(stand_in));
        if let Some((stand_in, symbol)) = stand_in {
            return Some((stand_in.len(), symbol.clone()));
        }
        let (inner, _) = text.strip_prefix("${")?.split_once('}')?;
        let (address, attribute) = inner.rsplit_once('.')?;
        Some((inner.len() + 3, Symbol::Attribute(address.parse().ok()?, attribute.to_owned())))
    }
}

/// Pieces of text, of which no two literals are neighbours.
#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn literal(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Part::Literal(literal)) => literal.push_str(text),
            _ => self.0.push(Part::Literal(text.to_owned())),
        }
    }
}
