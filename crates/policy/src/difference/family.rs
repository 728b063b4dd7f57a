//! Texts that stand for all texts, as far as a family of wildcard patterns can tell them apart.

use super::words::Stretches;
use crate::pattern::Token;

/// A wildcard pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    pub steps: Vec<Step>,
    /// The first five colons of an ARN, over which no wildcard reaches; none of other texts.
    colons: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    Char(char),
    /// This letter, in lower case, in either case.
    Letter(char),
    /// Any one character; of an ARN's part, but a colon.
    One {
        colon: bool,
    },
    /// Any characters; of an ARN's part, but colons.
    Many {
        colon: bool,
    },
}

/// What stands in texts where a pattern leaves it open.
#[derive(Clone, Debug)]
pub(super) struct Filling {
    /// A word that no pattern has.
    pub word: String,
    /// An account that no pattern has.
    pub account: String,
    /// Where the policies are.
    pub place: Place,
    /// Words for variables.
    own: Vec<String>,
    /// Of which further words are made.
    letters: [char; 2],
}

/// A partition, and a region of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub partition: &'static str,
    pub region: &'static str,
}

impl Place {
    /// Where what nothing places is.
    pub(super) const COMMERCIAL: Self = Self { partition: "aws", region: "us-east-1" };

    /// The others (AWS general reference, "Partitions").
    const OTHERS: [Self; 3] = [
        Self { partition: "aws-cn", region: "cn-north-1" },
        Self { partition: "aws-eusc", region: "eusc-de-east-1" },
        Self { partition: "aws-us-gov", region: "us-gov-west-1" },
    ];

    /// The one that these texts name and no other: the commercial one where they name none, or several.
    fn of<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Self {
        let is_named = |place: &Self| {
            let arn = format!("arn:{}:", place.partition);
            texts.clone().any(|text| text.contains(&arn))
        };
        let mut named = Self::OTHERS.into_iter().filter(is_named);
        match (named.next(), named.next()) {
            (Some(only), None) if !is_named(&Self::COMMERCIAL) => only,
            _ => Self::COMMERCIAL,
        }
    }
}

impl Filling {
    /// What occurs in none of these texts, nor fits a part of their patterns, in the partition that they or `others` name.
    pub(super) fn new<'a>(
        texts: impl Iterator<Item = &'a str> + Clone,
        others: impl Iterator<Item = &'a str> + Clone,
    ) -> Self {
        let stretches = Stretches::new(texts.clone());
        let letters = stretches.letters();
        let coded = (0..).map(|number| coded(letters, number));
        let mut words = ["other", "another"].map(str::to_owned).into_iter().chain(coded);
        let word = words.find(|word| stretches.spare(word)).unwrap_or_default();
        let account = |number: u64| format!("{number:012}");
        let is_new = |account: &String| !texts.clone().any(|text| text.contains(account.as_str()));
        let has_variables = texts.clone().any(|text| text.contains("${"));
        Self {
            account: (444_455_556_666..).map(account).find(is_new).unwrap_or_default(),
            place: Place::of(texts.clone().chain(others)),
            own: if has_variables { stretches.readable(&word) } else { Vec::new() },
            letters,
            word,
        }
    }

    /// A word for one of several variables, which has nothing to do with any text nor with the others'.
    pub(super) fn own(&self, place: usize) -> String {
        let number = || u32::try_from(place - self.own.len()).unwrap_or(u32::MAX);
        self.own.get(place).cloned().unwrap_or_else(|| coded(self.letters, number().saturating_add(1)))
    }

    /// An ARN that no pattern has.
    pub(super) fn arn(&self) -> String {
        let Self { word, account, place: Place { partition, region }, .. } = self;
        format!("arn:{partition}:{word}:{region}:{account}:{word}")
    }

    /// A text of this length that no pattern fits but by its length.
    pub(super) fn of_length(&self, length: usize) -> String {
        let [letter, _] = self.letters;
        letter.to_string().repeat(length)
    }
}

/// A word of two letters, begun by one and ended by the other, so that none begins as another one ends.
fn coded([one, other]: [char; 2], number: u32) -> String {
    let inside: String =
        format!("{number:08b}").chars().map(|bit| if bit == '0' { one } else { other }).collect();
    format!("{one}{inside}{other}")
}

impl Step {
    pub(super) fn is_many(self) -> bool {
        matches!(self, Self::Many { .. })
    }

    pub(super) fn takes(self, char: char) -> bool {
        match self {
            Self::Char(own) => own == char,
            Self::Letter(own) => own == lower(char),
            Self::One { colon } | Self::Many { colon } => colon || char != ':',
        }
    }

    /// Whether every character that `other` takes is taken.
    fn takes_all(self, other: Self) -> bool {
        match (self, other) {
            (Self::Char(one), Self::Char(other)) => one == other,
            (Self::Char(_), _) => false,
            (step, Self::Char(char) | Self::Letter(char)) => step.takes(char),
            (Self::Letter(_), _) => false,
            (
                Self::One { colon } | Self::Many { colon },
                Self::One { colon: other } | Self::Many { colon: other },
            ) => colon || !other,
        }
    }

    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Char(char), step) | (step, Self::Char(char)) => step.takes(char),
            (Self::Letter(char), step) | (step, Self::Letter(char)) => step.takes(char),
            _ => true,
        }
    }
}

impl Shape {
    /// A pattern whose wildcards take any character.
    pub(super) fn text(tokens: &[Token]) -> Self {
        Self { steps: tokens.iter().map(|token| step(*token, true)).collect(), colons: Vec::new() }
    }

    /// A text without wildcards.
    pub(super) fn plain(tokens: &[Token]) -> Self {
        Self { steps: tokens.iter().map(|token| Step::Char(token.char())).collect(), colons: Vec::new() }
    }

    /// A text without wildcards, in whichever case.
    pub(super) fn any_case(tokens: &[Token]) -> Self {
        let step = |char: char| match lower(char) {
            small if char.is_alphabetic() => Step::Letter(small),
            _ => Step::Char(char),
        };
        Self { steps: tokens.iter().map(|token| step(token.char())).collect(), colons: Vec::new() }
    }

    /// A pattern for ARNs, whose wildcards do not reach over the first five colons.
    pub(super) fn arn(tokens: &[Token]) -> Self {
        let is_colon = |(_, token): &(usize, &Token)| **token == Token::Char(':');
        let colons: Vec<usize> =
            tokens.iter().enumerate().filter(is_colon).map(|(place, _)| place).take(5).collect();
        let rest = colons.get(4).copied().unwrap_or(tokens.len());
        let steps = tokens.iter().enumerate().map(|(place, token)| step(*token, place > rest));
        Self { steps: steps.collect(), colons }
    }

    /// A pattern for resources. One that is a whole ARN is told apart by ARNs whose region and account have no colon; a
    /// shorter one, whose last `*` stands for all that follows, by any text.
    pub(super) fn resource(tokens: &[Token]) -> Self {
        let colons = tokens.iter().filter(|token| **token == Token::Char(':')).count();
        if colons >= 5 { Self::arn(tokens) } else { Self::text(tokens) }
    }

    pub(super) fn is_text(&self) -> bool {
        self.steps.iter().all(|step| matches!(step, Step::Char(_)))
    }

    pub(super) fn is_everything(&self) -> bool {
        matches!(self.steps.as_slice(), [Step::Many { colon: true }])
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let mut active = self.start();
        for char in text.chars() {
            active = self.next(&active, char);
            if active.is_empty() {
                return false;
            }
        }
        active.contains(&self.steps.len())
    }

    fn start(&self) -> Vec<usize> {
        let mut active = Vec::new();
        self.reach(0, &mut active);
        active
    }

    /// Adds a place and those that nothing need be read to get to.
    fn reach(&self, place: usize, active: &mut Vec<usize>) {
        let mut place = place;
        loop {
            if !active.contains(&place) {
                active.push(place);
            }
            match self.steps.get(place) {
                Some(step) if step.is_many() => place += 1,
                _ => return,
            }
        }
    }

    fn next(&self, active: &[usize], char: char) -> Vec<usize> {
        let mut next = Vec::new();
        for place in active {
            let Some(step) = self.steps.get(*place).filter(|step| step.takes(char)) else { continue };
            self.reach(if step.is_many() { *place } else { place + 1 }, &mut next);
        }
        next.sort_unstable();
        next
    }

    /// A text that fits, with what the pattern leaves open filled in; in an ARN, region and account look like it.
    pub(super) fn filled(&self, filling: &Filling) -> String {
        let mut text = String::new();
        for (index, step) in self.steps.iter().enumerate() {
            match step {
                Step::Char(char) | Step::Letter(char) => text.push(*char),
                Step::One { .. } => text.push(filling.word.chars().next().unwrap_or('x')),
                Step::Many { .. } => {
                    let next = self.steps.get(index + 1);
                    let is_part = text.ends_with(':') && next == Some(&Step::Char(':'));
                    text.push_str(match text.matches(':').count() {
                        1 if is_part => "aws",
                        3 if is_part => "us-east-1",
                        4 if is_part => &filling.account,
                        _ => &filling.word,
                    });
                }
            }
        }
        text
    }

    /// What has to be compared with each other: the parts of two ARNs, the whole of other texts.
    fn side_by_side<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a [Step], &'a [Step])> {
        let is_arn = |shape: &Self| shape.colons.len() == 5;
        let parts = if is_arn(self) && is_arn(other) { 6 } else { 1 };
        (0..parts).map(move |part| {
            if parts == 1 { (&*self.steps, &*other.steps) } else { (self.part(part), other.part(part)) }
        })
    }

    /// A part of an ARN.
    fn part(&self, part: usize) -> &[Step] {
        let start =
            part.checked_sub(1).and_then(|before| self.colons.get(before)).map_or(0, |colon| colon + 1);
        let end = self.colons.get(part).copied().unwrap_or(self.steps.len());
        self.steps.get(start..end).unwrap_or_default()
    }

    /// Whether some text may fit both; never wrongly false.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.side_by_side(other).all(|(one, other)| one == other || meet(one, other))
    }

    /// Whether everything that fits `other` fits; never wrongly true.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.side_by_side(other).all(|(one, other)| one == other || cover(one, other))
    }
}

/// Whether before the first `*` of either, or behind the last, there is a place where nothing fits both.
fn end_apart(one: &[Step], other: &[Step]) -> bool {
    fn apart<'a>(one: impl Iterator<Item = &'a Step>, other: impl Iterator<Item = &'a Step>) -> bool {
        one.zip(other)
            .take_while(|(one, other)| !one.is_many() && !other.is_many())
            .any(|(one, other)| !one.meets(*other))
    }
    apart(one.iter(), other.iter()) || apart(one.iter().rev(), other.iter().rev())
}

/// Whether some text may fit both; never wrongly false.
fn meet(one: &[Step], other: &[Step]) -> bool {
    if end_apart(one, other) {
        return false;
    }
    // reachable[j]: the steps of `one` so far and the first j of `other` can take one text.
    let mut reachable = vec![true];
    for step in other {
        reachable.push(reachable.last() == Some(&true) && step.is_many());
    }
    for step in one {
        let mut next = vec![reachable.first() == Some(&true) && step.is_many()];
        for (target, window) in other.iter().zip(reachable.windows(2)) {
            let [diagonal, above] = window else { continue };
            let left = next.last() == Some(&true);
            let skips = step.is_many() && *above || target.is_many() && left;
            // A `*` that has taken a character of the other side stays where it is.
            let stays = step.meets(*target) && (step.is_many() && left || target.is_many() && *above);
            next.push(skips || stays || *diagonal && step.meets(*target));
        }
        reachable = next;
    }
    reachable.last() == Some(&true)
}

/// Whether everything that fits `other` fits `one`; never wrongly true.
fn cover(one: &[Step], other: &[Step]) -> bool {
    if end_apart(one, other) {
        return false;
    }
    // covered[j]: the steps of `one` from here cover those of `other` from j on.
    let mut covered: Vec<bool> = (0..=other.len()).map(|place| place == other.len()).collect();
    for step in one.iter().rev() {
        let mut next = vec![false; covered.len()];
        for place in (0..covered.len()).rev() {
            let rest = |covered: &[bool], place: usize| covered.get(place) == Some(&true);
            let taken = other.get(place).is_some_and(|target| step.takes_all(*target));
            let holds = if step.is_many() {
                rest(&covered, place) || taken && rest(&next, place + 1)
            } else {
                let is_one = other.get(place).is_some_and(|target| !target.is_many());
                taken && is_one && rest(&covered, place + 1)
            };
            if let Some(slot) = next.get_mut(place) {
                *slot = holds;
            }
        }
        covered = next;
    }
    covered.first() == Some(&true)
}

/// A character in lower case, where that is one.
fn lower(char: char) -> char {
    let mut lower = char.to_lowercase();
    lower.next().filter(|_| lower.next().is_none()).unwrap_or(char)
}

fn step(token: Token, colon: bool) -> Step {
    match token {
        Token::Char(char) => Step::Char(char),
        Token::One => Step::One { colon },
        Token::Many => Step::Many { colon },
    }
}
