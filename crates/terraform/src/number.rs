//! Numbers of Terraform's language: decimal text of any length, and the arithmetic that settings need.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// The most digits a number may have before or after the point, so that `1e999999999` cannot fill the memory.
const DIGITS_LIMIT: usize = 1024;

/// The plain decimal form of a number's text: no exponent, no needless zeros, no plus sign.
///
/// `None` for what is no number, and for more than 1024 digits on either side of the point.
pub fn canonical(text: &str) -> Option<String> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (mantissa, ""),
    };
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let point = i64::try_from(whole.len()).ok()? + i64::from(exponent);
    let leading = digits.len() - digits.trim_start_matches('0').len();
    let digits = digits.trim_matches('0');
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    plain(negative, digits, point - i64::try_from(leading).ok()?)
}

/// `0.DIGITS` times ten to the power of `point`, in plain form.
fn plain(negative: bool, digits: &str, point: i64) -> Option<String> {
    let limit = i64::try_from(DIGITS_LIMIT).ok()?;
    let length = i64::try_from(digits.len()).ok()?;
    if point > limit || length - point > limit {
        return None;
    }
    let sign = if negative { "-" } else { "" };
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
    if point <= 0 {
        return Some(format!("{sign}0.{}{digits}", zeros(-point)));
    }
    if point >= length {
        return Some(format!("{sign}{digits}{}", zeros(point - length)));
    }
    let (whole, fraction) = digits.split_at_checked(usize::try_from(point).ok()?)?;
    Some(format!("{sign}{whole}.{fraction}"))
}

/// A number value in canonical form, from text.
pub fn value(text: &str) -> Option<Value> {
    canonical(text)?.parse::<Number>().ok().map(Value::Number)
}

/// The canonical text of a JSON number; its own text where it has too many digits.
pub fn text(number: &Number) -> String {
    let text = number.to_string();
    canonical(&text).unwrap_or(text)
}

/// Compares two canonical texts by the numbers they stand for.
pub fn compare(left: &str, right: &str) -> Ordering {
    match (left.strip_prefix('-'), right.strip_prefix('-')) {
        (None, None) => compare_positive(left, right),
        (Some(left), Some(right)) => compare_positive(right, left),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    }
}

fn compare_positive(left: &str, right: &str) -> Ordering {
    let (left_whole, left_fraction) = left.split_once('.').unwrap_or((left, ""));
    let (right_whole, right_fraction) = right.split_once('.').unwrap_or((right, ""));
    (left_whole.len(), left_whole, left_fraction).cmp(&(right_whole.len(), right_whole, right_fraction))
}

/// `left OPERATOR right` for `+ - * / %` on canonical texts, exact where 38 digits suffice.
///
/// `None` for division by zero and results without finite value.
pub fn calculate(left: &str, operator: char, right: &str) -> Option<String> {
    if matches!(operator, '/' | '%') && right == "0" {
        return None;
    }
    exact(left, operator, right)
        .or_else(|| approximate(left, operator, right))
        .and_then(|text| canonical(&text))
}

/// `mantissa` divided by ten to the power of `scale`.
#[derive(Clone, Copy)]
struct Decimal {
    mantissa: i128,
    scale: u32,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        Some(Self {
            mantissa: format!("{whole}{fraction}").parse().ok()?,
            scale: u32::try_from(fraction.len()).ok()?,
        })
    }

    fn rescaled(self, scale: u32) -> Option<i128> {
        let factor = 10_i128.checked_pow(scale.checked_sub(self.scale)?)?;
        self.mantissa.checked_mul(factor)
    }
}

fn exact(left: &str, operator: char, right: &str) -> Option<String> {
    let (left, right) = (Decimal::parse(left)?, Decimal::parse(right)?);
    let scale = left.scale.max(right.scale);
    let (l, r) = (left.rescaled(scale)?, right.rescaled(scale)?);
    let (mantissa, scale) = match operator {
        '+' => (l.checked_add(r)?, scale),
        '-' => (l.checked_sub(r)?, scale),
        '%' => (l.checked_rem(r)?, scale),
        '*' => (left.mantissa.checked_mul(right.mantissa)?, left.scale + right.scale),
        '/' => {
            const PLACES: u32 = 18;
            let shifted = l.checked_mul(10_i128.checked_pow(PLACES)?)?;
            if shifted.checked_rem(r)? != 0 {
                return None;
            }
            (shifted.checked_div(r)?, PLACES)
        }
        _ => return None,
    };
    Some(format!("{mantissa}e-{scale}"))
}

fn approximate(left: &str, operator: char, right: &str) -> Option<String> {
    let (left, right): (f64, f64) = (left.parse().ok()?, right.parse().ok()?);
    let result = match operator {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        '/' => left / right,
        '%' => left % right,
        _ => return None,
    };
    result.is_finite().then(|| result.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn canonical_form() {
        for (text, form) in [
            ("0", "0"),
            ("-0", "0"),
            ("007", "7"),
            ("1.50", "1.5"),
            ("1e3", "1000"),
            ("1E+3", "1000"),
            ("1.5e-3", "0.0015"),
            ("120", "120"),
            ("0.10", "0.1"),
            ("-12.340e1", "-123.4"),
            ("12345678901234567890123", "12345678901234567890123"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(form), "{text}");
        }
        for bad in
            ["", "-", ".5", "1.", "1e", "+1", "0x10", "1_000", "1e999999999", "1e-5000", "a", "1.2.3", "--1"]
        {
            assert_eq!(canonical(bad), None, "{bad}");
        }
    }

    #[test]
    fn arithmetic() {
        for (left, operator, right, result) in [
            ("0.1", '+', "0.2", Some("0.3")),
            ("1", '-', "2.5", Some("-1.5")),
            ("12", '*', "0.5", Some("6")),
            ("7", '/', "2", Some("3.5")),
            ("-10", '%', "3", Some("-1")),
            ("1", '/', "3", Some("0.3333333333333333")),
            ("1", '/', "0", None),
            ("1", '%', "0", None),
        ] {
            assert_eq!(calculate(left, operator, right).as_deref(), result);
        }
    }

    proptest! {
        #[test]
        fn canonical_is_idempotent(text in "-?[0-9]{1,30}(\\.[0-9]{1,20})?(e-?[0-9]{1,3})?") {
            if let Some(once) = canonical(&text) {
                prop_assert_eq!(canonical(&once), Some(once));
            }
        }

        #[test]
        fn comparison_agrees_with_integers(left in any::<i64>(), right in any::<i64>()) {
            prop_assert_eq!(compare(&left.to_string(), &right.to_string()), left.cmp(&right));
        }

        #[test]
        fn arithmetic_agrees_with_integers(left in any::<i32>(), right in any::<i32>()) {
            let (l, r) = (i64::from(left), i64::from(right));
            for (operator, result) in [('+', l + r), ('-', l - r), ('*', l * r)] {
                prop_assert_eq!(
                    calculate(&l.to_string(), operator, &r.to_string()),
                    Some(result.to_string())
                );
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,20}", other in "[-0-9.eE]{0,12}") {
            let _ = canonical(&text);
            if let (Some(left), Some(right)) = (canonical(&other), canonical("3")) {
                for operator in ['+', '-', '*', '/', '%'] {
                    let _ = calculate(&left, operator, &right);
                }
            }
        }
    }
}
