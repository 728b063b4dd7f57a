//! Strings with the wildcards `*` and `?` and, in resources and condition values, policy variables.

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

/// A policy variable, taken apart: `aws:username` or `aws:PrincipalTag/team, 'none'`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Variable<'a> {
    /// The condition key whose value it stands for.
    pub key: &'a str,
    /// What it stands for where the request has no such key.
    pub default: Option<&'a str>,
}

impl<'a> Variable<'a> {
    /// From the inside of `${…}`.
    pub(crate) fn parse(inside: &'a str) -> Self {
        match inside.split_once(',') {
            Some((key, default)) => Self {
                key: key.trim(),
                default: default.trim().strip_prefix('\'').and_then(|text| text.strip_suffix('\'')),
            },
            None => Self { key: inside.trim(), default: None },
        }
    }
}

/// Gives the values of policy variables.
pub(crate) trait Variables {
    /// The one value of this key; `None` if it is absent or has several.
    fn value(&self, key: &str) -> Option<&str>;
}

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Token {
    /// This character.
    Char(char),
    /// `?`: any one character.
    One,
    /// `*`: any characters.
    Many,
}

impl Token {
    /// As it would be written.
    pub(crate) fn char(self) -> char {
        match self {
            Self::Char(char) => char,
            Self::One => '?',
            Self::Many => '*',
        }
    }

    /// `*` and `?` as wildcards, any other character as itself.
    pub(crate) fn wildcard(char: char) -> Self {
        match char {
            '*' => Self::Many,
            '?' => Self::One,
            other => Self::Char(other),
        }
    }
}

/// The tokens of a text with the values of `variables` in place; `None` if one has no value.
pub(crate) fn tokens(text: &str, variables: &impl Variables) -> Option<Vec<Token>> {
    let mut tokens = Vec::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => tokens.extend(text.chars().map(Token::wildcard)),
            Piece::Escape(char) => tokens.push(Token::Char(char)),
            Piece::Variable(inside) => {
                let variable = Variable::parse(inside);
                let value = variables.value(variable.key).or(variable.default)?;
                tokens.extend(value.chars().map(Token::Char));
            }
        }
    }
    Some(tokens)
}

/// Whether a text holds a policy variable.
pub(crate) fn has_variable(text: &str) -> bool {
    text.contains("${") && pieces(text).iter().any(|piece| matches!(piece, Piece::Variable(_)))
}

/// A request without any variable.
pub(crate) struct NoVariables;

impl Variables for NoVariables {
    fn value(&self, _key: &str) -> Option<&str> {
        None
    }
}

/// A pattern ready to be matched.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Glob {
    /// `*`.
    Everything,
    /// A text without wildcards.
    Exactly(String),
    /// A text, then anything.
    Prefix(String),
    /// Anything else.
    Tokens(Vec<Token>),
}

impl Glob {
    /// A pattern of wildcards alone, as actions are.
    pub(crate) fn wildcards(text: &str) -> Self {
        Self::new(text.chars().map(Token::wildcard))
    }

    /// From tokens; runs of wildcards are brought into one spelling: `*?*` is `?*`.
    pub(crate) fn new(source: impl IntoIterator<Item = Token>) -> Self {
        let mut tokens = Vec::new();
        let mut many = false;
        for token in source {
            match token {
                Token::Many => many = true,
                Token::One => tokens.push(token),
                Token::Char(_) => {
                    if std::mem::take(&mut many) {
                        tokens.push(Token::Many);
                    }
                    tokens.push(token);
                }
            }
        }
        let is_text = tokens.iter().all(|token| matches!(token, Token::Char(_)));
        match (is_text, many) {
            (true, true) if tokens.is_empty() => Self::Everything,
            (true, true) => Self::Prefix(tokens.into_iter().map(Token::char).collect()),
            (true, false) => Self::Exactly(tokens.into_iter().map(Token::char).collect()),
            (false, _) => {
                tokens.extend(many.then_some(Token::Many));
                Self::Tokens(tokens)
            }
        }
    }

    /// Whether the text fits.
    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Exactly(only) => only == text,
            Self::Prefix(prefix) => text.starts_with(prefix.as_str()),
            Self::Tokens(tokens) => tokens_match(tokens, text),
        }
    }
}

/// Greedy: on a mismatch the latest `*` takes one character more.
fn tokens_match(tokens: &[Token], text: &str) -> bool {
    let mut rest = text.chars();
    let mut next = 0;
    let mut retry = None;
    loop {
        let mut ahead = rest.clone();
        let fits = match (tokens.get(next), ahead.next()) {
            (Some(Token::Many), _) => {
                next += 1;
                retry = Some((next, rest.clone()));
                continue;
            }
            (Some(Token::One), Some(_)) => true,
            (Some(Token::Char(wanted)), Some(found)) => *wanted == found,
            (None, None) => return true,
            (_, None) => return false,
            (None, Some(_)) => false,
        };
        if fits {
            (next, rest) = (next + 1, ahead);
            continue;
        }
        let Some((after, mut from)) = retry else { return false };
        from.next();
        (next, rest) = (after, from.clone());
        retry = Some((after, from));
    }
}

/// A pattern for ARNs: each of the six parts is matched alone, so that a wildcard never reaches over a colon
/// (IAM user guide, `reference_policies_elements_condition_operators`, ARN operators).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ArnGlob(Vec<Glob>);

impl ArnGlob {
    /// `None` for what has no six parts, which matches nothing.
    pub(crate) fn new(tokens: &[Token]) -> Option<Self> {
        let parts: Vec<Glob> = tokens
            .splitn(6, |token| *token == Token::Char(':'))
            .map(|part| Glob::new(part.iter().copied()))
            .collect();
        (parts.len() == 6).then_some(Self(parts))
    }

    /// Whether the text is an ARN that fits.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let mut parts = text.splitn(6, ':');
        self.0.iter().all(|glob| parts.next().is_some_and(|part| glob.matches(part)))
    }
}

#[cfg(test)]
mod tests;
