use proptest::prelude::*;

use super::{ArnGlob, Glob, NoVariables, Piece, Token, pieces, tokens};

/// Wildcard matching by its definition.
fn naive_match(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => (0..=text.len()).any(|taken| naive_match(rest, &text[taken..])),
        ([b'?', rest @ ..], [_, text @ ..]) => naive_match(rest, text),
        ([one, rest @ ..], [other, text @ ..]) => one == other && naive_match(rest, text),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_text_is_matched_as_by_the_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
        let glob = Glob::wildcards(&pattern);
        prop_assert_eq!(glob.matches(&text), naive_match(pattern.as_bytes(), text.as_bytes()));
    }

    #[test]
    fn pieces_put_together_are_the_text(text in r"[\$\{\}a:*?]{0,20}") {
        let again: String = pieces(&text).into_iter().map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Escape(char) => format!("${{{char}}}"),
            Piece::Variable(name) => format!("${{{name}}}"),
        }).collect();
        prop_assert_eq!(again, text);
    }
}

#[test]
fn wildcards_take_characters_not_bytes() {
    assert!(Glob::wildcards("?é*").matches("äéö"));
    assert!(!Glob::wildcards("??").matches("ä"));
}

#[test]
fn an_arn_is_matched_part_by_part() {
    let matches = |pattern: &str, text: &str| {
        ArnGlob::new(&tokens(pattern, &NoVariables).unwrap()).is_some_and(|glob| glob.matches(text))
    };
    assert!(matches("arn:aws:eks:*:*:cluster/*", "arn:aws:eks:us-east-1:1:cluster/a:b"));
    assert!(!matches("arn:aws:eks:*:cluster/*", "arn:aws:eks:us-east-1:1:cluster/a"));
    assert!(!matches("arn:aws:*:1:cluster/*", "arn:aws:eks:us-east-1:1:cluster/a"));
    assert!(!matches("*", "arn:aws:eks:us-east-1:1:cluster/a"));
    assert!(!matches("arn:*:*:*:*:*", "arn:aws:eks"));
}

#[test]
fn a_wildcard_can_be_written_as_itself() {
    assert_eq!(
        tokens("${*}${?}*", &NoVariables),
        Some(vec![Token::Char('*'), Token::Char('?'), Token::Many])
    );
    assert_eq!(tokens("${a:b}", &NoVariables), None);
    assert_eq!(tokens("${a:b, 'c'}", &NoVariables), Some(vec![Token::Char('c')]));
}

#[test]
fn variables_are_cut_out() {
    use Piece::{Escape, Text, Variable};
    for (text, expected) in [
        ("", vec![]),
        ("a/*", vec![Text("a/*")]),
        ("a/${aws:username}/*", vec![Text("a/"), Variable("aws:username"), Text("/*")]),
        ("${aws:a, 'b'}${s3:c}", vec![Variable("aws:a, 'b'"), Variable("s3:c")]),
        ("${*}${?}${$}", vec![Escape('*'), Escape('?'), Escape('$')]),
        ("${aws_kms_key.main.arn}", vec![Text("${aws_kms_key.main.arn}")]),
        ("${x}${aws:a}", vec![Text("${x}"), Variable("aws:a")]),
        ("${x ${aws:a}", vec![Text("${x "), Variable("aws:a")]),
        ("${aws:a", vec![Text("${aws:a")]),
        ("${}", vec![Text("${}")]),
    ] {
        assert_eq!(pieces(text), expected, "{text}");
    }
}
