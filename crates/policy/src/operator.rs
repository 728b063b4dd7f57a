//! Condition operators.

/// A condition operator, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    /// For keys with several values.
    pub quantifier: Option<Quantifier>,
    /// The comparison.
    pub comparison: Comparison,
    /// Whether the comparison must fail.
    pub negated: bool,
    /// Whether an absent key passes.
    pub if_exists: bool,
}

/// How many of a request's values must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// `ForAllValues:`.
    All,
    /// `ForAnyValue:`.
    Any,
}

/// How a request's value is compared with a policy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// The same text.
    Text,
    /// The same text but for case.
    TextIgnoreCase,
    /// A text that matches wildcards.
    TextLike,
    /// A number in this order.
    Numeric(Order),
    /// A point in time in this order.
    Date(Order),
    /// `true` or `false`.
    Bool,
    /// The same base64 text.
    Binary,
    /// An address in a network.
    IpAddress,
    /// An ARN that matches wildcards part by part; `ArnEquals` and `ArnLike` are the same.
    Arn,
    /// Whether the key is absent.
    Null,
}

/// The request's value, seen from the policy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// All operators: name in lower case, comparison, whether negated
/// (IAM user guide, `reference_policies_elements_condition_operators`).
const OPERATORS: [(&str, Comparison, bool); 27] = [
    ("stringequals", Comparison::Text, false),
    ("stringnotequals", Comparison::Text, true),
    ("stringequalsignorecase", Comparison::TextIgnoreCase, false),
    ("stringnotequalsignorecase", Comparison::TextIgnoreCase, true),
    ("stringlike", Comparison::TextLike, false),
    ("stringnotlike", Comparison::TextLike, true),
    ("numericequals", Comparison::Numeric(Order::Equal), false),
    ("numericnotequals", Comparison::Numeric(Order::Equal), true),
    ("numericlessthan", Comparison::Numeric(Order::Less), false),
    ("numericlessthanequals", Comparison::Numeric(Order::LessOrEqual), false),
    ("numericgreaterthan", Comparison::Numeric(Order::Greater), false),
    ("numericgreaterthanequals", Comparison::Numeric(Order::GreaterOrEqual), false),
    ("dateequals", Comparison::Date(Order::Equal), false),
    ("datenotequals", Comparison::Date(Order::Equal), true),
    ("datelessthan", Comparison::Date(Order::Less), false),
    ("datelessthanequals", Comparison::Date(Order::LessOrEqual), false),
    ("dategreaterthan", Comparison::Date(Order::Greater), false),
    ("dategreaterthanequals", Comparison::Date(Order::GreaterOrEqual), false),
    ("bool", Comparison::Bool, false),
    ("binaryequals", Comparison::Binary, false),
    ("ipaddress", Comparison::IpAddress, false),
    ("notipaddress", Comparison::IpAddress, true),
    ("arnequals", Comparison::Arn, false),
    ("arnlike", Comparison::Arn, false),
    ("arnnotequals", Comparison::Arn, true),
    ("arnnotlike", Comparison::Arn, true),
    ("null", Comparison::Null, false),
];

impl Operator {
    /// The operator called `name`, in any case of letters.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (quantifier, rest) = match name.split_once(':') {
            Some(("forallvalues", rest)) => (Some(Quantifier::All), rest),
            Some(("foranyvalue", rest)) => (Some(Quantifier::Any), rest),
            Some(_) => return None,
            None => (None, name.as_str()),
        };
        let (rest, if_exists) = match rest.strip_suffix("ifexists") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let (_, comparison, negated) = OPERATORS.iter().find(|(known, ..)| *known == rest)?;
        if *comparison == Comparison::Null && (if_exists || quantifier.is_some()) {
            return None;
        }
        Some(Self { quantifier, comparison: *comparison, negated: *negated, if_exists })
    }
}
