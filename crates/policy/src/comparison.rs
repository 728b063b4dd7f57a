//! Condition tests on the values of a request.

use std::net::IpAddr;

use crate::condition::ConditionTest;
use crate::date::epoch_seconds;
use crate::operator::{Comparison, Operator, Order, Quantifier};
use crate::pattern::{ArnGlob, Glob, NoVariables, Token, Variables, has_variable, tokens};

/// The values that a request has under a condition key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found<'a> {
    /// As given.
    Many(&'a [String]),
    /// Derived from the rest of the request.
    One(&'a str),
}

impl<'a> Found<'a> {
    /// The key is absent.
    pub(crate) const ABSENT: Found<'static> = Found::Many(&[]);

    pub(crate) fn is_absent(self) -> bool {
        matches!(self, Self::Many([]))
    }

    /// The only value there is.
    pub(crate) fn only(self) -> Option<&'a str> {
        match self {
            Self::Many([only]) => Some(only),
            Self::One(only) => Some(only),
            Self::Many(_) => None,
        }
    }

    pub(crate) fn to_vec(self) -> Vec<String> {
        match self {
            Self::Many(values) => values.to_vec(),
            Self::One(value) => vec![value.to_owned()],
        }
    }

    fn all(self, mut holds: impl FnMut(&str) -> bool) -> bool {
        match self {
            Self::Many(values) => values.iter().all(|value| holds(value)),
            Self::One(value) => holds(value),
        }
    }

    fn any(self, mut holds: impl FnMut(&str) -> bool) -> bool {
        !self.all(|value| !holds(value))
    }
}

/// A condition test ready to be asked.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    /// In lower case.
    pub key: String,
    /// `None` if there is no such operator.
    pub operator: Option<Operator>,
    /// Any of these.
    pub wanted: Vec<Wanted>,
    /// As written.
    pub source: ConditionTest,
}

/// A value of the policy.
#[derive(Clone, Debug)]
pub(crate) enum Wanted {
    /// The same for every request.
    Fixed(Matcher),
    /// One with policy variables, as written.
    Open(Comparison, String),
}

impl Test {
    pub(crate) fn new(test: &ConditionTest) -> Self {
        let operator = Operator::parse(&test.operator);
        let comparison = operator.map_or(Comparison::Null, |operator| operator.comparison);
        let wanted = |value: &String| {
            if has_variable(value) {
                return Wanted::Open(comparison, value.clone());
            }
            let tokens = tokens(value, &NoVariables).unwrap_or_default();
            Wanted::Fixed(Matcher::new(comparison, &tokens))
        };
        Self {
            key: test.key.to_ascii_lowercase(),
            operator,
            wanted: test.values.iter().map(wanted).collect(),
            source: test.clone(),
        }
    }

    /// Whether the test holds; `None` if its operator is unknown.
    ///
    /// An absent key fails a test, passes a negated one, and passes `…IfExists` and `ForAllValues`
    /// (IAM user guide, `reference_policies_elements_condition_operators`, `…_condition-single-vs-multi-valued-context-keys`).
    pub(crate) fn holds(&self, found: Found<'_>, variables: &impl Variables) -> Option<bool> {
        let operator = self.operator?;
        if operator.comparison == Comparison::Null {
            return Some(self.wants_absence(found.is_absent()));
        }
        let matches = |value: &str| self.wanted.iter().any(|wanted| wanted.matches(value, variables));
        let passes = |value: &str| matches(value) != operator.negated;
        Some(match operator.quantifier {
            _ if found.is_absent() && operator.if_exists => true,
            Some(Quantifier::All) => found.all(passes),
            Some(Quantifier::Any) => found.any(passes),
            None => found.any(matches) != operator.negated,
        })
    }

    fn wants_absence(&self, is_absent: bool) -> bool {
        let wanted = if is_absent { "true" } else { "false" };
        self.wanted
            .iter()
            .any(|value| matches!(value, Wanted::Fixed(Matcher::Absence(text)) if text == wanted))
    }
}

impl Wanted {
    fn matches(&self, value: &str, variables: &impl Variables) -> bool {
        match self {
            Self::Fixed(matcher) => matcher.matches(value),
            Self::Open(comparison, text) => tokens(text, variables)
                .is_some_and(|tokens| Matcher::new(*comparison, &tokens).matches(value)),
        }
    }
}

/// What a value of the request must be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Matcher {
    /// This text.
    Text(String),
    /// This text, given in lower case.
    TextIgnoreCase(String),
    /// A text of this pattern.
    Like(Glob),
    /// A number in this order to this one.
    Number(Order, f64),
    /// A point in time in this order to this one.
    Date(Order, f64),
    /// `true` or `false`, in lower case.
    Bool(String),
    /// An address in this network.
    Network(Network),
    /// An ARN of this pattern.
    Arn(ArnGlob),
    /// `true` or `false`, in lower case: whether the key must be absent.
    Absence(String),
    /// What the comparison cannot understand: no value is it.
    Never,
}

impl Matcher {
    /// From the tokens of a policy's value, variables put in.
    pub(crate) fn new(comparison: Comparison, tokens: &[Token]) -> Self {
        let text: String = tokens.iter().map(|token| token.char()).collect();
        match comparison {
            Comparison::Text | Comparison::Binary => Self::Text(text),
            Comparison::TextIgnoreCase => Self::TextIgnoreCase(text.to_lowercase()),
            Comparison::TextLike => Self::Like(Glob::new(tokens.iter().copied())),
            Comparison::Numeric(order) => {
                number(&text).map_or(Self::Never, |number| Self::Number(order, number))
            }
            Comparison::Date(order) => {
                epoch_seconds(&text).map_or(Self::Never, |seconds| Self::Date(order, seconds))
            }
            Comparison::Bool => match text.to_ascii_lowercase() {
                text if text == "true" || text == "false" => Self::Bool(text),
                _ => Self::Never,
            },
            Comparison::IpAddress => Network::parse(&text).map_or(Self::Never, Self::Network),
            Comparison::Arn => ArnGlob::new(tokens).map_or(Self::Never, Self::Arn),
            Comparison::Null => Self::Absence(text.to_ascii_lowercase()),
        }
    }

    /// Whether a value of the request is it.
    pub(crate) fn matches(&self, value: &str) -> bool {
        match self {
            Self::Text(text) => text == value,
            Self::TextIgnoreCase(text) => *text == value.to_lowercase(),
            Self::Like(glob) => glob.matches(value),
            Self::Number(order, wanted) => number(value).is_some_and(|number| order.holds(number, *wanted)),
            Self::Date(order, wanted) => {
                epoch_seconds(value).is_some_and(|seconds| order.holds(seconds, *wanted))
            }
            Self::Bool(text) => text.eq_ignore_ascii_case(value),
            Self::Network(network) => value.parse().is_ok_and(|address| network.contains(address)),
            Self::Arn(glob) => glob.matches(value),
            Self::Absence(_) | Self::Never => false,
        }
    }
}

impl Order {
    fn holds(self, value: f64, wanted: f64) -> bool {
        match self {
            Self::Equal => value == wanted,
            Self::Less => value < wanted,
            Self::LessOrEqual => value <= wanted,
            Self::Greater => value > wanted,
            Self::GreaterOrEqual => value >= wanted,
        }
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// An address, or an address and a number of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    base: IpAddr,
    host_bits: u32,
}

impl Network {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (base, bits) = match text.split_once('/') {
            Some((base, bits)) => (base.parse().ok()?, Some(bits.parse::<u32>().ok()?)),
            None => (text.parse().ok()?, None),
        };
        let width = match base {
            IpAddr::V4(_) => 32_u32,
            IpAddr::V6(_) => 128,
        };
        Some(Self { base, host_bits: width.checked_sub(bits.unwrap_or(width))? })
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        if address.is_ipv4() != self.base.is_ipv4() {
            return false;
        }
        let network = |address| bits(address).checked_shr(self.host_bits).unwrap_or(0);
        network(address) == network(self.base)
    }

    /// The first and last address, and those just outside.
    pub(crate) fn edges(&self) -> Vec<IpAddr> {
        let size = 1_u128.checked_shl(self.host_bits).unwrap_or(0).wrapping_sub(1);
        let first = bits(self.base) & !size;
        let last = first | size;
        let address = |bits: Option<u128>| match self.base {
            IpAddr::V4(_) => {
                bits.and_then(|bits| u32::try_from(bits).ok()).map(|bits| IpAddr::V4(bits.into()))
            }
            IpAddr::V6(_) => bits.map(|bits| IpAddr::V6(bits.into())),
        };
        let edges = [Some(first), Some(last), first.checked_sub(1), last.checked_add(1)];
        edges.into_iter().filter_map(address).collect()
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => u128::from(address),
    }
}

#[cfg(test)]
mod tests;
