//! Words that stand for what no text says.

/// The stretches of some texts between wildcards, in lower case.
pub(super) struct Stretches {
    /// Those that a wildcard follows.
    followed: Vec<String>,
    /// Those that stand behind a wildcard.
    behind: Vec<String>,
    /// Those with a wildcard on both sides.
    between: Vec<String>,
    texts: Vec<String>,
}

/// Words for people to read. None begins as another one ends.
const READABLE: [&str; 17] = [
    "blue", "cave", "dove", "fire", "gate", "hope", "joke", "kite", "lake", "mole", "nose", "pine", "sage",
    "tone", "vale", "wave", "zone",
];

impl Stretches {
    pub(super) fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let texts: Vec<String> = texts.map(str::to_lowercase).collect();
        let mut stretches =
            Self { followed: Vec::new(), behind: Vec::new(), between: Vec::new(), texts: Vec::new() };
        for text in &texts {
            let parts: Vec<&str> = text.split(['*', '?']).collect();
            for (place, part) in parts.iter().enumerate().filter(|(_, part)| !part.is_empty()) {
                let (is_first, is_last) = (place == 0, place + 1 == parts.len());
                if !is_last {
                    stretches.followed.push((*part).to_owned());
                }
                if !is_first {
                    stretches.behind.push((*part).to_owned());
                }
                if !is_first && !is_last {
                    stretches.between.push((*part).to_owned());
                }
            }
        }
        Self { texts, ..stretches }
    }

    /// Whether no text has a word, and no wildcard of one with what stands beside it takes a part of it.
    pub(super) fn spare(&self, word: &str) -> bool {
        !self.texts.iter().any(|text| text.contains(word))
            && !self.followed.iter().any(|stretch| overlap(stretch, word))
            && !self.behind.iter().any(|stretch| overlap(word, stretch))
            && !self.between.iter().any(|stretch| word.contains(stretch.as_str()))
    }

    /// Two letters of which any word may be made.
    pub(super) fn letters(&self) -> [char; 2] {
        let is_spared = |letter: &char| {
            let ends = |stretch: &String| stretch.ends_with(*letter);
            let begins = |stretch: &String| stretch.starts_with(*letter);
            !self.followed.iter().any(ends) && !self.behind.iter().any(begins)
        };
        // Letters that no name has are left at last.
        let mut letters = ('a'..='z').rev().chain('0'..='9').chain('\u{e0}'..).filter(is_spared);
        [letters.next().unwrap_or('z'), letters.next().unwrap_or('y')]
    }

    /// Words that have nothing to do with each other, nor with this one.
    pub(super) fn readable(&self, other: &str) -> Vec<String> {
        let is_apart = |word: &&&str| !overlap(word, other) && !overlap(other, word);
        READABLE
            .iter()
            .filter(is_apart)
            .filter(|word| self.spare(word))
            .map(|word| (*word).to_owned())
            .collect()
    }
}

/// Whether one text ends as another begins.
fn overlap(one: &str, other: &str) -> bool {
    let ends = other.char_indices().map(|(place, char)| place + char.len_utf8());
    ends.filter_map(|end| other.get(..end)).any(|begin| one.ends_with(begin))
}
