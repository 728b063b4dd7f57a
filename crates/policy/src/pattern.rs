//! Strings with the wildcards `*` and `?` and, in resources and condition values, policy variables.

use crate::request::Context;

/// A tokenised pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Pattern<'a> {
    tokens: Vec<Token<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Token<'a> {
    /// This character.
    Char(char),
    /// `?`: any one character.
    One,
    /// `*`: any characters.
    Many,
    /// `${aws:username}`: whatever the request has there.
    Variable(&'a str),
}

/// A stretch of a text that may hold policy variables (language version `2012-10-17`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Plain text, wildcards included.
    Text(&'a str),
    /// `${*}`, `${?}`, `${$}`: the character itself.
    Escape(char),
    /// The inside of `${…}`.
    Variable(&'a str),
}

/// Cuts a text at its policy variables.
///
/// `${…}` is a variable if it has a colon, as all variables have (`aws:username`, `s3:prefix`), and an escape if it
/// is one of `*`, `?`, `$`; anything else is plain text (IAM user guide, `reference_policies_variables`).
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut plain, mut rest) = (text, text);
    while let Some((_, after)) = rest.split_once("${") {
        rest = after;
        let Some((inside, behind)) = after.split_once('}') else { break };
        let piece = match inside {
            "*" => Piece::Escape('*'),
            "?" => Piece::Escape('?'),
            "$" => Piece::Escape('$'),
            _ if inside.contains(':') && !inside.contains("${") => Piece::Variable(inside),
            _ => continue,
        };
        let before = plain.len() - after.len() - "${".len();
        if let Some(before) = plain.get(..before).filter(|text| !text.is_empty()) {
            pieces.push(Piece::Text(before));
        }
        pieces.push(piece);
        (plain, rest) = (behind, behind);
    }
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    pieces
}

/// A text with the request's values in place of variables; `None` if one has no value.
pub(crate) fn resolved_text(text: &str, context: &Context) -> Option<String> {
    let resolved = |piece| match piece {
        Piece::Text(text) => Some(text.to_owned()),
        Piece::Escape(char) => Some(char.to_string()),
        Piece::Variable(name) => context.variable(name).map(str::to_owned),
    };
    pieces(text).into_iter().map(resolved).collect()
}

impl<'a> Pattern<'a> {
    /// A pattern with wildcards alone: an action.
    pub(crate) fn wildcards(text: &str) -> Self {
        Self::from_tokens(text.chars().map(Token::wildcard))
    }

    /// A pattern with wildcards and policy variables: a resource.
    pub(crate) fn with_variables(text: &'a str) -> Self {
        Self::from_tokens(pieces(text).into_iter().flat_map(|piece| match piece {
            Piece::Text(text) => text.chars().map(Token::wildcard).collect(),
            Piece::Escape(char) => vec![Token::Char(char)],
            Piece::Variable(name) => vec![Token::Variable(name)],
        }))
    }

    /// A pattern that matches this text alone.
    pub(crate) fn literal(text: &str) -> Self {
        Self::from_tokens(text.chars().map(Token::Char))
    }

    /// The same with the request's values in place of variables; `None` if one has no value.
    pub(crate) fn resolved(&self, context: &Context) -> Option<Pattern<'static>> {
        let mut tokens = Vec::new();
        for token in &self.tokens {
            match token {
                Token::Char(char) => tokens.push(Token::Char(*char)),
                Token::One => tokens.push(Token::One),
                Token::Many => tokens.push(Token::Many),
                Token::Variable(name) => tokens.extend(context.variable(name)?.chars().map(Token::Char)),
            }
        }
        Some(Pattern { tokens })
    }

    /// The parts of an ARN: at most six, the last with all further colons.
    pub(crate) fn arn_parts(&self) -> Vec<Self> {
        let parts = self.tokens.splitn(6, |token| *token == Token::Char(':'));
        parts.map(|tokens| Self { tokens: tokens.to_vec() }).collect()
    }

    /// Runs of wildcards in one spelling: `*?*` is `?*`.
    fn from_tokens(source: impl Iterator<Item = Token<'a>>) -> Self {
        let mut tokens = Vec::new();
        let mut many = false;
        for token in source {
            match token {
                Token::Many => many = true,
                Token::One => tokens.push(token),
                Token::Char(_) | Token::Variable(_) => {
                    if std::mem::take(&mut many) {
                        tokens.push(Token::Many);
                    }
                    tokens.push(token);
                }
            }
        }
        if many {
            tokens.push(Token::Many);
        }
        Self { tokens }
    }

    /// Whether the pattern matches every text.
    pub(crate) fn is_everything(&self) -> bool {
        self.tokens == [Token::Many]
    }

    /// Whether the pattern matches one text alone.
    pub(crate) fn is_single(&self) -> bool {
        self.tokens.iter().all(|token| matches!(token, Token::Char(_) | Token::Variable(_)))
    }

    /// Whether this pattern matches everything that `other` matches.
    ///
    /// Never wrongly true; false for some pairs where only several alternatives together show it (`*?a` and `*ba`).
    pub(crate) fn covers(&self, other: &Self) -> bool {
        // Greedy: on a mismatch the latest `*` takes one token more.
        let (mut mine, mut theirs) = (0, 0);
        let mut retry = None;
        while let Some(target) = other.tokens.get(theirs) {
            match self.tokens.get(mine) {
                Some(Token::Many) => {
                    retry = Some((mine + 1, theirs));
                    mine += 1;
                }
                Some(token) if token.absorbs(target) => {
                    mine += 1;
                    theirs += 1;
                }
                _ => {
                    let Some((after, taken)) = retry else { return false };
                    retry = Some((after, taken + 1));
                    (mine, theirs) = (after, taken + 1);
                }
            }
        }
        self.tokens.iter().skip(mine).all(|token| *token == Token::Many)
    }

    /// Whether some text may match both patterns. Never wrongly false; a variable may be any text.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        // reachable[j]: the tokens of `self` so far and the first j tokens of `other` can match one text.
        let mut reachable = vec![true];
        for target in &other.tokens {
            reachable.push(reachable.last() == Some(&true) && target.may_be_empty());
        }
        for token in &self.tokens {
            let mut next = vec![reachable.first() == Some(&true) && token.may_be_empty()];
            for (target, window) in other.tokens.iter().zip(reachable.windows(2)) {
                let [diagonal, above] = window else { continue };
                let left = next.last() == Some(&true);
                let stretches = token.may_be_empty() || target.may_be_empty();
                next.push(stretches && (*above || left) || *diagonal && token.may_equal(target));
            }
            reachable = next;
        }
        reachable.last() == Some(&true)
    }
}

impl Token<'_> {
    fn wildcard(char: char) -> Self {
        match char {
            '*' => Self::Many,
            '?' => Self::One,
            other => Self::Char(other),
        }
    }

    /// Whether this token, which is no `*`, matches whatever `other` matches.
    fn absorbs(&self, other: &Self) -> bool {
        self == other || matches!((self, other), (Self::One, Self::Char(_)))
    }

    fn may_be_empty(&self) -> bool {
        matches!(self, Self::Many | Self::Variable(_))
    }

    fn may_equal(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Char(one), Self::Char(other)) => one == other,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests;
