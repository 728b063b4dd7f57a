//! A setting's value as its source has to spell it: a line of a file, a flag, a variable of the environment.

use terraform::hcl_text::quoted;

use super::table::Declaration;
use super::value::Origin;

/// What to write for the text of a setting that is a string, number or switch.
pub(super) fn text(declaration: &Declaration, text: &str, origin: Origin) -> String {
    match origin {
        Origin::File => quoted(text),
        Origin::CommandLine | Origin::Environment => given(declaration.name, text, origin),
    }
}

/// The declaration's example.
pub(super) fn example(declaration: &Declaration, origin: Origin) -> String {
    let expression = declaration.example.split_once('=').map_or("", |(_, expression)| expression.trim());
    match (origin, declaration.is_primitive()) {
        (Origin::File, _) => declaration.example.to_owned(),
        (_, true) => given(declaration.name, expression.trim_matches('"'), origin),
        (_, false) => given(declaration.name, expression, origin),
    }
}

/// What was probably meant by a flag or variable whose text is no expression: a list by its items, a map by its members;
/// the declaration's example where that is not known.
pub fn meant(declaration: &Declaration, text: &str, origin: Origin) -> String {
    let plain = !text.trim().is_empty() && !text.contains(['[', ']', '{', '}', '(', ')', '"', '\'']);
    let mut parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let expression = match declaration.type_expression {
        "list(string)" if plain => Some(format!("[{}]", parts.map(quoted).collect::<Vec<_>>().join(", "))),
        "map(string)" if plain => {
            let member = |part: &str| {
                let (key, value) = part.split_once(['=', ':'])?;
                Some(format!("{} = {}", quoted(key.trim()), quoted(value.trim())))
            };
            let members: Option<Vec<String>> = parts.try_fold(Vec::new(), |mut members, part| {
                members.push(member(part)?);
                Some(members)
            });
            members.map(|members| format!("{{ {} }}", members.join(", ")))
        }
        _ => None,
    };
    match expression {
        None if text.trim().is_empty() && origin == Origin::Environment => {
            format!("unset it, or write, for example:\n{}", example(declaration, origin))
        }
        Some(expression) => format!("write: {}", given(declaration.name, &expression, origin)),
        None => format!("write, for example:\n{}", example(declaration, origin)),
    }
}

/// A flag or a variable as a shell reads it.
pub(super) fn given(name: &str, text: &str, origin: Origin) -> String {
    // What a shell cannot be given (NUL) is in no flag and no variable.
    let word = shlex::try_quote(text).unwrap_or_default();
    match origin {
        Origin::Environment => format!("TF_VAR_{name}={word}"),
        Origin::CommandLine | Origin::File => format!("-var={name}={word}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{DECLARATIONS, declaration};

    #[test]
    fn every_example_is_one_word_of_a_shell() {
        for declaration in DECLARATIONS {
            let flag = example(declaration, Origin::CommandLine);
            let words = shlex::split(&flag).unwrap();
            assert_eq!(words.len(), 1, "{flag}");
            assert!(words[0].starts_with(&format!("-var={}=", declaration.name)), "{flag}");
            if declaration.is_primitive() {
                assert!(!words[0].contains('"'), "{flag}");
            }
        }
    }

    #[test]
    fn a_text_that_is_no_expression_is_spelt_as_one() {
        for (name, text, spelt) in [
            ("kms_key_administrators", "a, b", "-var=kms_key_administrators='[\"a\", \"b\"]'"),
            ("tags", "team=x,k8s.io/y=z w", "-var=tags='{ \"team\" = \"x\", \"k8s.io/y\" = \"z w\" }'"),
        ] {
            let hint = meant(declaration(name).unwrap(), text, Origin::CommandLine);
            assert_eq!(hint, format!("write: {spelt}"));
        }
        for (name, text) in [("tags", "x"), ("kms_key_administrators", "[a"), ("monitoring", "a")] {
            let hint = meant(declaration(name).unwrap(), text, Origin::Environment);
            assert!(hint.starts_with(&format!("write, for example:\nTF_VAR_{name}=")), "{hint}");
        }
    }
}
