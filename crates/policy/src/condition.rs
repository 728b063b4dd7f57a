//! The `Condition` element: tests that must all hold.

use serde_json::{Map, Value};

/// The tests of a statement; all must hold.
///
/// No two have the same operator and key, in any case of letters: JSON could not say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conditions {
    tests: Vec<ConditionTest>,
}

/// One test: the values under `key` in the request, compared with `values`, any of which may match.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConditionTest {
    /// `StringEquals`, `ForAnyValue:ArnLikeIfExists`; case of letters does not matter.
    pub operator: String,
    /// `aws:SourceArn`; case of letters does not matter.
    pub key: String,
    /// Booleans and numbers as their text.
    pub values: Vec<String>,
}

impl ConditionTest {
    /// Whether operator and key are these, in any case of letters.
    pub(crate) fn is_about(&self, operator: &str, key: &str) -> bool {
        self.operator.eq_ignore_ascii_case(operator) && self.key.eq_ignore_ascii_case(key)
    }
}

impl Conditions {
    /// Adds a test; values for an operator and key that are there already become further values of that test.
    pub fn add<V: Into<String>>(
        &mut self,
        operator: impl Into<String>,
        key: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) {
        let (operator, key) = (operator.into(), key.into());
        let values = values.into_iter().map(Into::into);
        match self.tests.iter_mut().find(|test| test.is_about(&operator, &key)) {
            Some(test) => test.values.extend(values),
            None => self.tests.push(ConditionTest { operator, key, values: values.collect() }),
        }
    }

    /// Tests of which no two have the same operator and key.
    pub(crate) fn from_distinct(tests: Vec<ConditionTest>) -> Self {
        Self { tests }
    }

    /// The tests in the order given.
    pub fn tests(&self) -> &[ConditionTest] {
        &self.tests
    }

    /// Whether the statement applies unconditionally.
    pub fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    /// The same with each test changed and the tests sorted. `change` keeps operators and keys apart.
    pub(crate) fn map_sorted(&self, change: impl Fn(&ConditionTest) -> ConditionTest) -> Self {
        let mut tests: Vec<ConditionTest> = self.tests.iter().map(change).collect();
        tests.sort();
        Self { tests }
    }

    /// `{operator: {key: values}}`, operators and keys in the order first given.
    pub(crate) fn to_value(&self) -> Value {
        let mut operators = Map::new();
        for test in &self.tests {
            let name = operators
                .keys()
                .find(|operator| operator.eq_ignore_ascii_case(&test.operator))
                .cloned()
                .unwrap_or_else(|| test.operator.clone());
            let keys = operators.entry(name).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(keys) = keys {
                keys.insert(test.key.clone(), one_or_many(test.values.iter().map(String::as_str)));
            }
        }
        Value::Object(operators)
    }
}

/// A list of one as the string itself, as AWS writes it.
pub(crate) fn one_or_many<'a>(values: impl Iterator<Item = &'a str>) -> Value {
    let mut list: Vec<Value> = values.map(Value::from).collect();
    match (list.len(), list.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            list.extend(last);
            Value::Array(list)
        }
    }
}
