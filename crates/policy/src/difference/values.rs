//! Values of condition keys that stand for all values, as far as tests can tell them apart.

use std::net::IpAddr;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::family::{Filling, Shape, Step};
use super::frame::Frame;
use super::samples::{Listed, samples};
use super::undecided::Undecided;
use crate::comparison::{Network, Test};
use crate::condition_key::has_one_value;
use crate::date::epoch_seconds;
use crate::operator::{Comparison, Quantifier};
use crate::pattern::{Token, Variables, tokens};

/// What the tests of one key ask of its values.
#[derive(Default)]
struct Asked {
    patterns: Vec<Listed>,
    texts: Vec<(String, usize)>,
    numbers: Vec<f64>,
    dates: Vec<f64>,
    networks: Vec<Network>,
    is_truth: bool,
    is_arn: bool,
}

impl Asked {
    /// A value of a test, by its place.
    fn add(&mut self, place: usize, comparison: Comparison, tokens: &[Token]) {
        let text: String = tokens.iter().map(|token| token.char()).collect();
        let mut list = |shape: Shape| self.patterns.push(Listed { shape, lists: vec![place] });
        match comparison {
            Comparison::TextLike => list(Shape::text(tokens)),
            Comparison::Arn => {
                list(Shape::arn(tokens));
                self.is_arn = true;
            }
            Comparison::Text | Comparison::Binary => self.texts.push((text, place)),
            Comparison::TextIgnoreCase => list(Shape::any_case(tokens)),
            Comparison::Numeric(_) => {
                self.numbers.extend(text.parse::<f64>().ok().filter(|number| number.is_finite()))
            }
            Comparison::Date(_) => self.dates.extend(epoch_seconds(&text)),
            Comparison::Bool => self.is_truth = true,
            Comparison::IpAddress => self.networks.extend(Network::parse(&text)),
            Comparison::Null => {}
        }
    }

    /// Whether what the wildcards of texts stand for is compared in another way as well.
    fn has_two_types(&self) -> bool {
        let is_wild = |shape: &Shape| !shape.is_text() && !shape.is_everything();
        let is_ordered = !(self.numbers.is_empty() && self.dates.is_empty() && self.networks.is_empty());
        is_ordered && self.patterns.iter().any(|pattern| is_wild(&pattern.shape))
    }

    /// Plain texts count as patterns too where there are others.
    fn samples(mut self, key: &str, frame: Frame<'_>) -> Vec<String> {
        let filling = frame.filling;
        if self.has_two_types() {
            frame.doubts.add(Undecided::Types(key.to_owned()));
        }
        if !self.patterns.is_empty() {
            let plain = |(text, place): &(String, usize)| {
                let shape = Shape::plain(&text.chars().map(Token::Char).collect::<Vec<_>>());
                Listed { shape, lists: vec![*place] }
            };
            self.patterns.extend(self.texts.iter().map(plain));
        }
        let mut all = Vec::new();
        let is_one = |step: &&Step| matches!(step, Step::One { .. });
        let marks = |pattern: &Listed| pattern.shape.steps.iter().filter(is_one).count();
        let marks = self.patterns.iter().map(marks).max().unwrap_or(0);
        all.extend((0..=marks).filter(|_| marks > 0).map(|length| filling.of_length(length)));
        if self.is_truth {
            all.extend(["true", "false"].map(str::to_owned));
        }
        let mut edges: Vec<IpAddr> = self.networks.iter().flat_map(Network::edges).collect();
        edges.sort_unstable();
        edges.dedup();
        all.extend(self.texts.into_iter().map(|(text, _)| text));
        all.extend(edges.iter().map(IpAddr::to_string));
        all.extend(between(self.numbers, 1.0).into_iter().map(|number| number.to_string()));
        all.extend(between(self.dates, 86_400.0).into_iter().map(date));
        all.extend(samples(&self.patterns, Some(key), frame));
        if self.is_arn {
            let Filling { word, account, .. } = filling;
            all.push(format!("arn:aws:{word}:us-east-1:{account}:{word}"));
        }
        if all.is_empty() || !self.is_truth {
            all.push(filling.word.clone());
        }
        all
    }
}

/// The points themselves, and one in each space around them.
fn between(mut points: Vec<f64>, step: f64) -> Vec<f64> {
    points.sort_by(f64::total_cmp);
    points.dedup();
    let mut all = Vec::new();
    for (index, point) in points.iter().enumerate() {
        if index == 0 {
            all.push(point - step);
        }
        all.push(*point);
        all.push(match points.get(index + 1) {
            Some(next) if point + step >= *next => f64::midpoint(*point, *next),
            _ => point + step,
        });
    }
    all
}

/// As a calendar has it, or as seconds where calendars end.
fn date(seconds: f64) -> String {
    let nanoseconds = seconds * 1e9;
    let calendar = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds as i128).ok();
    let written = calendar.and_then(|date| date.format(&Rfc3339).ok());
    written.unwrap_or_else(|| format!("{seconds:.0}"))
}

/// Single values for a key that these tests are about, such that whatever a value does to the tests, one of these does.
pub(super) fn single_values(tests: &[&Test], variables: &impl Variables, frame: Frame<'_>) -> Vec<String> {
    let mut asked = Asked::default();
    for (place, test) in tests.iter().enumerate() {
        let Some(operator) = test.operator else { continue };
        for value in &test.source.values {
            if let Some(tokens) = tokens(value, variables) {
                asked.add(place, operator.comparison, &tokens);
            }
        }
    }
    let key = tests.first().map_or("", |test| test.source.key.as_str());
    asked.samples(key, frame)
}

/// Whether a test asks for several values, and the key may have several.
pub(super) fn has_quantifier(tests: &[&Test]) -> bool {
    let asks = tests.iter().any(|test| {
        matches!(
            test.operator.and_then(|operator| operator.quantifier),
            Some(Quantifier::All | Quantifier::Any)
        )
    });
    asks && !tests.first().is_some_and(|test| has_one_value(&test.key))
}
