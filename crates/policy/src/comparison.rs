//! Condition tests on the values of a request.

use std::net::IpAddr;

use crate::condition::ConditionTest;
use crate::date::epoch_seconds;
use crate::operator::{Comparison, Operator, Order, Quantifier};
use crate::pattern::{Pattern, resolved_text};
use crate::request::Context;

impl ConditionTest {
    /// Whether the test holds; `None` if its operator is unknown.
    ///
    /// An absent key fails a test, passes a negated one, and passes `…IfExists` and `ForAllValues`
    /// (IAM user guide, `reference_policies_elements_condition_operators`, `…_condition-single-vs-multi-valued-context-keys`).
    pub(crate) fn holds(&self, context: &Context) -> Option<bool> {
        let operator = Operator::parse(&self.operator)?;
        let found = context.values(&self.key);
        if operator.comparison == Comparison::Null {
            let wanted = if found.is_empty() { "true" } else { "false" };
            return Some(self.values.iter().any(|value| value.eq_ignore_ascii_case(wanted)));
        }
        let matches = |value: &String| {
            self.values.iter().any(|pattern| operator.comparison.matches(pattern, value, context))
        };
        let passes = |value: &String| matches(value) != operator.negated;
        Some(match operator.quantifier {
            _ if found.is_empty() && operator.if_exists => true,
            Some(Quantifier::All) => found.iter().all(passes),
            Some(Quantifier::Any) => found.iter().any(passes),
            None => found.iter().any(matches) != operator.negated,
        })
    }
}

impl Comparison {
    /// Whether a value of the request is what a value of the policy asks for.
    fn matches(self, wanted: &str, value: &str, context: &Context) -> bool {
        let Some(plain) = resolved_text(wanted, context) else { return false };
        let Some(pattern) = Pattern::with_variables(wanted).resolved(context) else { return false };
        let text = Pattern::literal(value);
        match self {
            Self::Text | Self::Binary => plain == value,
            Self::TextIgnoreCase => plain.to_lowercase() == value.to_lowercase(),
            Self::TextLike => pattern.covers(&text),
            Self::Bool => is_bool(&plain) && plain.eq_ignore_ascii_case(value),
            Self::Numeric(order) => compare(order, number(value), number(&plain)),
            Self::Date(order) => compare(order, epoch_seconds(value), epoch_seconds(&plain)),
            Self::IpAddress => is_in_network(value, &plain).unwrap_or(false),
            Self::Arn => is_arn_like(&pattern, &text),
            Self::Null => false,
        }
    }
}

fn is_bool(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

fn compare<T: PartialOrd>(order: Order, value: Option<T>, wanted: Option<T>) -> bool {
    let (Some(value), Some(wanted)) = (value, wanted) else { return false };
    match order {
        Order::Equal => value == wanted,
        Order::Less => value < wanted,
        Order::LessOrEqual => value <= wanted,
        Order::Greater => value > wanted,
        Order::GreaterOrEqual => value >= wanted,
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Whether `address` lies in `network`: an address, or an address and a number of bits.
fn is_in_network(address: &str, network: &str) -> Option<bool> {
    let address: IpAddr = address.parse().ok()?;
    let (base, bits) = match network.split_once('/') {
        Some((base, bits)) => (base.parse().ok()?, Some(bits.parse::<u32>().ok()?)),
        None => (network.parse().ok()?, None),
    };
    let (address, base, width) = match (address, base) {
        (IpAddr::V4(address), IpAddr::V4(base)) => {
            (u32::from(address).into(), u32::from(base).into(), 32_u32)
        }
        (IpAddr::V6(address), IpAddr::V6(base)) => (u128::from(address), u128::from(base), 128),
        _ => return Some(false),
    };
    let host_bits = width.checked_sub(bits.unwrap_or(width))?;
    Some(address.checked_shr(host_bits).unwrap_or(0) == base.checked_shr(host_bits).unwrap_or(0))
}

/// Each of an ARN's six parts is matched alone, so that a wildcard never reaches over a colon; what is no ARN matches
/// nothing.
fn is_arn_like(pattern: &Pattern<'_>, text: &Pattern<'_>) -> bool {
    let (pattern, text) = (pattern.arn_parts(), text.arn_parts());
    pattern.len() == 6
        && text.len() == 6
        && pattern.iter().zip(&text).all(|(pattern, text)| pattern.covers(text))
}

#[cfg(test)]
mod tests;
