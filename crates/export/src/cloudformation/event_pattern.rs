//! The event pattern of a rule: the provider takes it as JSON in a text, CloudFormation as a value.

use serde_json::Value;

use crate::pattern::{Node, Part, Symbol};

/// The characters that stand for symbols while the JSON is read: private use, of which no name is made.
const FIRST: u32 = 0xF_0000;

/// The value that a text of JSON stands for, its symbols in place; what is no JSON stays as it is.
pub(super) fn spread(node: &Node) -> Node {
    let Node::Text(parts) = node else { return node.clone() };
    let mut symbols = Vec::new();
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Literal(literal) => text.push_str(literal),
            Part::Symbol(symbol) => {
                text.extend(stand_in(symbols.len()));
                symbols.push(symbol);
            }
        }
    }
    serde_json::from_str(&text).map_or_else(|_| node.clone(), |value| read(&value, &symbols))
}

fn stand_in(index: usize) -> Option<char> {
    char::from_u32(FIRST + u32::try_from(index).ok()?)
}

fn read(value: &Value, symbols: &[&Symbol]) -> Node {
    match value {
        Value::Null => Node::Null,
        Value::Bool(value) => Node::Bool(*value),
        Value::Number(number) => Node::Number(number.to_string()),
        Value::String(text) => Node::Text(parts(text, symbols)),
        Value::Array(items) => Node::List(items.iter().map(|item| read(item, symbols)).collect()),
        Value::Object(fields) => {
            Node::Object(fields.iter().map(|(name, field)| (name.clone(), read(field, symbols))).collect())
        }
    }
}

fn parts(text: &str, symbols: &[&Symbol]) -> Vec<Part> {
    let mut parts = Vec::new();
    for character in text.chars() {
        let index = u32::from(character).checked_sub(FIRST).and_then(|index| usize::try_from(index).ok());
        match (index.and_then(|index| symbols.get(index)), parts.last_mut()) {
            (Some(symbol), _) => parts.push(Part::Symbol((*symbol).clone())),
            (None, Some(Part::Literal(literal))) => literal.push(character),
            (None, _) => parts.push(Part::Literal(character.to_string())),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_stay_where_they_stand_in_the_text() {
        let literal = |text: &str| Part::Literal(text.to_owned());
        let text = Node::Text(vec![
            literal(r#"{"a":["x-"#),
            Part::Symbol(Symbol::Name),
            literal(r#"-\"y",{"exists":false},""#),
            Part::Symbol(Symbol::AccountId),
            literal(r#""]}"#),
        ]);
        let items = vec![
            Node::Text(vec![literal("x-"), Part::Symbol(Symbol::Name), literal("-\"y")]),
            Node::Object(vec![("exists".to_owned(), Node::Bool(false))]),
            Node::Text(vec![Part::Symbol(Symbol::AccountId)]),
        ];
        assert_eq!(spread(&text), Node::Object(vec![("a".to_owned(), Node::List(items))]));
        let broken = Node::Text(vec![literal("{")]);
        assert_eq!(spread(&broken), broken);
    }
}
