//! `for` expressions.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use hcl_edit::expr::{Expression, ForExpr};
use serde_json::{Map, Value};

use super::evaluate::{Evaluator, type_name};
use crate::types::conversion;

impl Evaluator<'_> {
    /// The keys and elements of a collection, in Terraform's order.
    pub(super) fn elements(&mut self, collection: &Expression) -> Option<Vec<(Value, Value)>> {
        let span = self.span(collection);
        match self.value(collection)? {
            Value::Array(items) => {
                Some(items.into_iter().enumerate().map(|(index, item)| (Value::from(index), item)).collect())
            }
            Value::Object(fields) => {
                Some(fields.into_iter().map(|(name, value)| (Value::String(name), value)).collect())
            }
            Value::Null => self.fail(
                span,
                "Iteration over null value",
                "A null value cannot be used as the collection in a 'for' expression.",
            ),
            other => {
                let detail = format!(
                    "A value of type {} cannot be used as the collection in a 'for' expression.",
                    type_name(&other)
                );
                self.fail(span, "Iteration over non-iterable value", &detail)
            }
        }
    }

    /// Runs `body` with one element of a collection in scope.
    pub(super) fn with_element<T>(
        &mut self,
        names: (Option<&str>, &str),
        (key, value): (Value, Value),
        body: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let depth = self.scope.len();
        if let Some(name) = names.0 {
            self.scope.push((name.to_owned(), key));
        }
        self.scope.push((names.1.to_owned(), value));
        let result = body(self);
        self.scope.truncate(depth);
        result
    }

    pub(super) fn for_expression(&mut self, expression: &ForExpr) -> Option<Value> {
        let elements = self.elements(&expression.intro.collection_expr)?;
        let key_name = expression.intro.key_var.as_ref().map(|name| name.as_str());
        let names = (key_name, expression.intro.value_var.as_str());
        let mut items = Vec::new();
        let mut fields = BTreeMap::new();
        for element in elements {
            self.with_element(names, element, |this| match &expression.key_expr {
                _ if !this.is_included(expression)? => Some(()),
                None => {
                    items.push(this.value(&expression.value_expr)?);
                    Some(())
                }
                Some(key) => {
                    let name = this.for_key(key)?;
                    let value = this.value(&expression.value_expr)?;
                    this.insert(&mut fields, name, value, (key, expression.grouping))
                }
            })?;
        }
        Some(match expression.key_expr {
            None => Value::Array(items),
            Some(_) => Value::Object(Map::from_iter(fields)),
        })
    }

    fn is_included(&mut self, expression: &ForExpr) -> Option<bool> {
        let Some(condition) = &expression.cond else {
            return Some(true);
        };
        let span = self.span(&condition.expr);
        let value = self.value(&condition.expr)?;
        let included = conversion::to_bool(&value);
        if included.is_none() {
            let detail = if value.is_null() {
                "The value of the 'if' clause must not be null."
            } else {
                "The 'if' clause value is invalid: bool required."
            };
            return self.fail(span, "Invalid 'for' condition", detail);
        }
        included
    }

    fn for_key(&mut self, key: &Expression) -> Option<String> {
        let span = self.span(key);
        let value = self.value(key)?;
        let text = conversion::scalar_text(&value);
        if text.is_none() {
            let detail = if value.is_null() {
                "Key expression in 'for' expression must not produce a null value."
            } else {
                "The key expression produced an invalid result: string required."
            };
            return self.fail(span, "Invalid object key", detail);
        }
        text
    }

    fn insert(
        &mut self,
        fields: &mut BTreeMap<String, Value>,
        name: String,
        value: Value,
        (key, grouping): (&Expression, bool),
    ) -> Option<()> {
        match (fields.entry(name), grouping) {
            (Entry::Vacant(vacant), true) => {
                vacant.insert(Value::Array(vec![value]));
            }
            (Entry::Vacant(vacant), false) => {
                vacant.insert(value);
            }
            (Entry::Occupied(mut occupied), true) => {
                if let Value::Array(items) = occupied.get_mut() {
                    items.push(value);
                }
            }
            (Entry::Occupied(occupied), false) => {
                let detail = format!(
                    "Two different items produced the key \"{}\" in this 'for' expression. If duplicates are expected, use the ellipsis (...) after the value expression to enable grouping by key.",
                    occupied.key()
                );
                let span = self.span(key);
                return self.fail(span, "Duplicate object key", &detail);
            }
        }
        Some(())
    }
}
