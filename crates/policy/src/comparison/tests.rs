use super::{Found, Test};
use crate::condition::ConditionTest;
use crate::pattern::Variables;

struct Ada;

impl Variables for Ada {
    fn value(&self, key: &str) -> Option<&str> {
        (key == "aws:user").then_some("Ada")
    }
}

fn holds(operator: &str, values: &[&str], found: &[&str]) -> Option<bool> {
    let test = ConditionTest {
        operator: operator.to_owned(),
        key: "aws:Key".to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    let found: Vec<String> = found.iter().map(|value| (*value).to_owned()).collect();
    Test::new(&test).holds(Found::Many(&found), &Ada)
}

#[test]
fn operators_compare() {
    for (operator, value, found, expected) in [
        ("StringEquals", "a*", "a*", true),
        ("StringEquals", "a*", "ab", false),
        ("StringEquals", "*?*", "*?*", true),
        ("StringEquals", "${*}", "*", true),
        ("StringLike", "${*}", "a", false),
        ("StringLike", "${aws:user}*", "Ada2", true),
        ("StringLike", "${aws:user}", "ada", false),
        ("StringEqualsIgnoreCase", "${aws:user}", "ADA", true),
        ("Bool", "TRUE", "true", true),
        ("Bool", "true", "True", true),
        ("Bool", "yes", "yes", false),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", true),
        ("BinaryEquals", "QmluYXJ5", "qmluYXJ5", false),
        ("NumericEquals", "1e1", "10.0", true),
        ("NumericGreaterThan", "9", "10", true),
        ("NumericGreaterThanEquals", "10", "10", true),
        ("NumericLessThan", "x", "1", false),
        ("NumericEquals", "inf", "inf", false),
        ("NumericNotEquals", "x", "x", true),
        ("DateEquals", "2026-01-01T01:00:00+01:00", "1767225600", true),
        ("DateGreaterThan", "2026", "2026-01-01T00:00:00.5Z", true),
        ("DateLessThanEquals", "2026-01", "2026-01-01", true),
        ("DateNotEquals", "2026-01", "2026-01-01", false),
        ("IpAddress", "0.0.0.0/0", "203.0.113.7", true),
        ("IpAddress", "203.0.113.7", "203.0.113.7", true),
        ("IpAddress", "203.0.113.7/33", "203.0.113.7", false),
        ("IpAddress", "::/0", "203.0.113.7", false),
        ("IpAddress", "2001:db8::/32", "2001:db8:ffff::", true),
        ("IpAddress", "2001:db8::1/128", "2001:db8::2", false),
        ("NotIpAddress", "nonsense", "203.0.113.7", true),
        ("ArnEquals", "arn:aws:s3:::a*", "arn:aws:s3:::ab", true),
        ("ArnLike", "arn:*:s3:::a", "arn:aws:s3:::a", true),
        ("ArnLike", "arn:*:::a", "arn:aws:s3:::a", false),
        ("ArnLike", "arn:aws:logs:r:1:*", "arn:aws:logs:r:1:log-group:a:*", true),
        ("ArnLike", "*", "arn:aws:s3:::a", false),
        ("ArnNotEquals", "arn:aws:s3:::a", "arn:aws:s3:::b", true),
    ] {
        assert_eq!(holds(operator, &[value], &[found]), Some(expected), "{operator} {value} {found}");
    }
}

#[test]
fn absent_keys_and_several_values() {
    for (operator, values, found, expected) in [
        ("StringEquals", &["a", "b"][..], &["b"][..], true),
        ("StringEquals", &["a"], &[], false),
        ("StringEquals", &[], &["a"], false),
        ("StringNotEquals", &["a"], &[], true),
        ("StringNotEquals", &["a", "b"], &["b"], false),
        ("StringEqualsIfExists", &["a"], &[], true),
        ("StringEqualsIfExists", &["a"], &["b"], false),
        ("stringnotequalsifexists", &["a"], &[], true),
        ("Null", &["true"], &[], true),
        ("Null", &["False"], &["a"], true),
        ("Null", &["true"], &["a"], false),
        ("Null", &["true", "false"], &["a"], true),
        ("ForAllValues:StringEquals", &["a", "b"], &["a", "b"], true),
        ("ForAllValues:StringEquals", &["a", "b"], &["a", "c"], false),
        ("ForAllValues:StringEquals", &["a"], &[], true),
        ("ForAllValues:StringNotEquals", &["a"], &["b", "a"], false),
        ("ForAnyValue:StringEquals", &["a"], &["b", "a"], true),
        ("ForAnyValue:StringEquals", &["a"], &[], false),
        ("ForAnyValue:StringEqualsIfExists", &["a"], &[], true),
        ("ForAnyValue:StringNotEquals", &["a"], &["a", "b"], true),
        ("ForAnyValue:StringNotEquals", &["a"], &["a"], false),
        ("ForAnyValue:StringNotEquals", &["a"], &[], false),
    ] {
        assert_eq!(holds(operator, values, found), Some(expected), "{operator} {values:?} {found:?}");
    }
}

#[test]
fn unknown_operators_have_no_answer() {
    for operator in [
        "StringEqualz",
        "",
        "ForSomeValues:StringEquals",
        "NullIfExists",
        "ForAnyValue:Null",
        "StringEqualsIfExistsIfExists",
    ] {
        assert_eq!(holds(operator, &["a"], &["a"]), None, "{operator}");
    }
}
