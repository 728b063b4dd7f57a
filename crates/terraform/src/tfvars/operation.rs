//! Operators, indexes, attributes and splats.

use std::cmp::Ordering;
use std::ops::Range;

use hcl_edit::Decorated;
use hcl_edit::expr::{
    BinaryOp, BinaryOperator, Expression, Traversal, TraversalOperator, UnaryOp, UnaryOperator,
};
use serde_json::Value;

use super::evaluate::{Evaluator, type_name};
use crate::number;
use crate::types::conversion;

/// The most splats inside one another.
const SPLATS_LIMIT: usize = 60;

impl Evaluator<'_> {
    pub(super) fn unary(&mut self, operation: &UnaryOp, whole: &Expression) -> Option<Value> {
        let value = self.value(&operation.expr)?;
        let span = self.span(&operation.expr);
        match operation.operator.value() {
            UnaryOperator::Not => {
                let operand = self.bool_operand(&value, "unary", span, whole)?;
                Some(Value::Bool(!operand))
            }
            UnaryOperator::Neg => {
                let operand = self.number_operand(&value, "unary", span, whole)?;
                self.calculated("0", '-', &operand, whole)
            }
        }
    }

    pub(super) fn binary(&mut self, operation: &BinaryOp, whole: &Expression) -> Option<Value> {
        let left = self.value(&operation.lhs_expr);
        let right = self.value(&operation.rhs_expr);
        let (left, right) = (left?, right?);
        let left_span = self.span(&operation.lhs_expr);
        let right_span = self.span(&operation.rhs_expr);
        let operator = *operation.operator.value();
        match operator {
            BinaryOperator::Eq => return Some(Value::Bool(left == right)),
            BinaryOperator::NotEq => return Some(Value::Bool(left != right)),
            BinaryOperator::And | BinaryOperator::Or => {
                let left = self.bool_operand(&left, "left", left_span, whole);
                let right = self.bool_operand(&right, "right", right_span, whole);
                let (left, right) = (left?, right?);
                return Some(Value::Bool(match operator {
                    BinaryOperator::And => left && right,
                    _ => left || right,
                }));
            }
            _ => {}
        }
        let left = self.number_operand(&left, "left", left_span, whole);
        let right = self.number_operand(&right, "right", right_span, whole);
        let (left, right) = (left?, right?);
        let order = number::compare(&left, &right);
        match operator {
            BinaryOperator::LessEq => Some(Value::Bool(order != Ordering::Greater)),
            BinaryOperator::GreaterEq => Some(Value::Bool(order != Ordering::Less)),
            BinaryOperator::Less => Some(Value::Bool(order == Ordering::Less)),
            BinaryOperator::Greater => Some(Value::Bool(order == Ordering::Greater)),
            BinaryOperator::Plus => self.calculated(&left, '+', &right, whole),
            BinaryOperator::Minus => self.calculated(&left, '-', &right, whole),
            BinaryOperator::Mul => self.calculated(&left, '*', &right, whole),
            BinaryOperator::Div => self.calculated(&left, '/', &right, whole),
            _ => self.calculated(&left, '%', &right, whole),
        }
    }

    fn calculated(&mut self, left: &str, operator: char, right: &str, whole: &Expression) -> Option<Value> {
        let result = number::calculate(left, operator, right).and_then(|text| number::value(&text));
        if result.is_none() {
            let span = self.span(whole);
            let detail = format!(
                "Error during operation: {left} {operator} {right} is no finite number of at most 1024 digits."
            );
            return self.fail(span, "Operation failed", &detail);
        }
        result
    }

    fn bool_operand(
        &mut self,
        value: &Value,
        side: &str,
        span: Range<usize>,
        whole: &Expression,
    ) -> Option<bool> {
        self.not_null(value, whole)?;
        let operand = conversion::to_bool(value);
        if operand.is_none() {
            let detail = format!("Unsuitable value for {side} operand: bool required.");
            return self.fail(span, "Invalid operand", &detail);
        }
        operand
    }

    fn number_operand(
        &mut self,
        value: &Value,
        side: &str,
        span: Range<usize>,
        whole: &Expression,
    ) -> Option<String> {
        self.not_null(value, whole)?;
        let operand = conversion::to_number(value);
        if operand.is_none() {
            let detail = format!("Unsuitable value for {side} operand: a number is required.");
            return self.fail(span, "Invalid operand", &detail);
        }
        operand
    }

    fn not_null(&mut self, value: &Value, whole: &Expression) -> Option<()> {
        if value.is_null() {
            let span = self.span(whole);
            return self.fail(span, "Operation failed", "Error during operation: argument must not be null.");
        }
        Some(())
    }

    pub(super) fn traversal(&mut self, traversal: &Traversal, whole: &Expression) -> Option<Value> {
        let value = self.value(&traversal.expr)?;
        self.steps(value, &traversal.operators, whole)
    }

    fn steps(
        &mut self,
        mut value: Value,
        mut operators: &[Decorated<TraversalOperator>],
        whole: &Expression,
    ) -> Option<Value> {
        while let Some((operator, rest)) = operators.split_first() {
            self.spend(0, whole)?;
            let span = self.span(operator);
            operators = rest;
            value = match operator.value() {
                TraversalOperator::GetAttr(name) => self.attribute(value, name.as_str(), span)?,
                TraversalOperator::LegacyIndex(index) => {
                    self.index(value, &Value::from(*index.value()), span)?
                }
                TraversalOperator::Index(key) => {
                    let key = self.value(key)?;
                    self.index(value, &key, span)?
                }
                TraversalOperator::FullSplat(_) => return self.splat(value, rest, whole),
                TraversalOperator::AttrSplat(_) => {
                    let own = rest.iter().take_while(|operator| is_of_attribute_splat(operator)).count();
                    let (own, rest) = rest.split_at_checked(own)?;
                    operators = rest;
                    self.splat(value, own, whole)?
                }
            };
        }
        Some(value)
    }

    fn splat(
        &mut self,
        value: Value,
        operators: &[Decorated<TraversalOperator>],
        whole: &Expression,
    ) -> Option<Value> {
        let items = match value {
            Value::Null => Vec::new(),
            Value::Array(items) => items,
            other => vec![other],
        };
        if self.splats == SPLATS_LIMIT {
            let detail = format!("At most {SPLATS_LIMIT} splat operators may follow one another.");
            let span = self.span(whole);
            return self.fail(span, "Value nested too deeply", &detail);
        }
        self.splats += 1;
        let items = items
            .into_iter()
            .map(|item| {
                self.spend(0, whole)?;
                self.steps(item, operators, whole)
            })
            .collect::<Option<Vec<_>>>();
        self.splats -= 1;
        items.map(Value::Array)
    }

    fn attribute(&mut self, value: Value, name: &str, span: Range<usize>) -> Option<Value> {
        let kind = type_name(&value);
        match value {
            Value::Object(mut fields) => match fields.remove(name) {
                Some(value) => Some(value),
                None => {
                    let detail = format!("This object does not have an attribute named \"{name}\".");
                    self.fail(span, "Unsupported attribute", &detail)
                }
            },
            Value::Null => self.fail(
                span,
                "Attempt to get attribute from null value",
                "This value is null, so it does not have any attributes.",
            ),
            Value::Array(_) => {
                self.fail(span, "Unsupported attribute", "This value does not have any attributes.")
            }
            _ => {
                let detail = format!("Can't access attributes on a primitive-typed value ({kind}).");
                self.fail(span, "Unsupported attribute", &detail)
            }
        }
    }

    fn index(&mut self, value: Value, key: &Value, span: Range<usize>) -> Option<Value> {
        const NO_ELEMENT: &str = "The given key does not identify an element in this collection value";
        match value {
            Value::Array(items) => {
                let Some(index) = conversion::to_number(key) else {
                    let detail = format!("{NO_ELEMENT}: a number is required.");
                    return self.fail(span, "Invalid index", &detail);
                };
                let reason = if index.starts_with('-') {
                    ": a negative number is not a valid index for a sequence."
                } else if index.contains('.') {
                    ": indexing a sequence requires a whole number, but the given index has a fractional part."
                } else {
                    "."
                };
                let item = index.parse::<usize>().ok().and_then(|index| items.into_iter().nth(index));
                if item.is_none() {
                    return self.fail(span, "Invalid index", &format!("{NO_ELEMENT}{reason}"));
                }
                item
            }
            Value::Object(mut fields) => {
                let item = conversion::scalar_text(key).and_then(|key| fields.remove(&key));
                if item.is_none() {
                    return self.fail(span, "Invalid index", &format!("{NO_ELEMENT}."));
                }
                item
            }
            Value::Null => self.fail(
                span,
                "Attempt to index null value",
                "This value is null, so it does not have any indices.",
            ),
            _ => self.fail(span, "Invalid index", "This value does not have any indices."),
        }
    }
}

/// Whether `.*` takes the operator for each of its items.
fn is_of_attribute_splat(operator: &TraversalOperator) -> bool {
    matches!(operator, TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_))
}
