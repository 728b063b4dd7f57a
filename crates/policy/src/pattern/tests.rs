use proptest::prelude::*;

use super::{Pattern, Piece, pieces};

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

/// All texts over two letters up to this length.
fn texts(length: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut latest = all.clone();
    for _ in 0..length {
        latest = latest.iter().flat_map(|text| [format!("{text}a"), format!("{text}b")]).collect();
        all.extend(latest.clone());
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_text_is_matched_as_by_the_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
        let matched = Pattern::wildcards(&pattern).covers(&Pattern::wildcards(&text));
        prop_assert_eq!(matched, naive_match(pattern.as_bytes(), text.as_bytes()));
    }

    #[test]
    fn covering_is_never_wrongly_true(one in "[ab*?]{0,5}", other in "[ab*?]{0,5}") {
        if Pattern::wildcards(&one).covers(&Pattern::wildcards(&other)) {
            for text in texts(6) {
                let (one, other, text) = (one.as_bytes(), other.as_bytes(), text.as_bytes());
                prop_assert!(!naive_match(other, text) || naive_match(one, text), "{text:?}");
            }
        }
    }

    #[test]
    fn overlap_is_found_exactly(one in "[ab*?]{0,4}", other in "[ab*?]{0,4}") {
        let found = texts(8).iter().any(|text| {
            naive_match(one.as_bytes(), text.as_bytes()) && naive_match(other.as_bytes(), text.as_bytes())
        });
        let (one, other) = (Pattern::wildcards(&one), Pattern::wildcards(&other));
        prop_assert_eq!(one.overlaps(&other), found);
        prop_assert_eq!(other.overlaps(&one), found);
    }

    #[test]
    fn every_pattern_covers_itself(one in "[ab*?]{0,8}") {
        prop_assert!(Pattern::wildcards(&one).covers(&Pattern::wildcards(&one)));
        prop_assert!(Pattern::wildcards("*").covers(&Pattern::wildcards(&one)));
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
fn wildcards_cover_wildcards() {
    for (one, other, covered) in [
        ("kms:*", "kms:Decrypt", true),
        ("kms:*", "kms:GenerateDataKey*", true),
        ("kms:Generate*", "kms:GenerateDataKey*", true),
        ("kms:GenerateDataKey*", "kms:*", false),
        ("kms:Decrypt", "kms:*", false),
        ("*?*", "?*", true),
        ("?*", "*?", true),
        ("a?", "a*", false),
        ("*", "", true),
        ("", "*", false),
    ] {
        assert_eq!(Pattern::wildcards(one).covers(&Pattern::wildcards(other)), covered, "{one} {other}");
    }
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

#[test]
fn a_variable_is_covered_by_itself_and_by_anything() {
    let pattern = |text| Pattern::with_variables(text);
    assert!(pattern("home/*").covers(&pattern("home/${aws:username}")));
    assert!(pattern("home/${aws:username}/*").covers(&pattern("home/${aws:username}/a")));
    assert!(!pattern("home/?").covers(&pattern("home/${aws:username}")));
    assert!(!pattern("home/${aws:userid}").covers(&pattern("home/${aws:username}")));
    assert!(!pattern("home/${aws:username}").covers(&pattern("home/ada")));
    assert!(pattern("home/${aws:username}").overlaps(&pattern("home/ada")));
    assert!(pattern("home/ada").overlaps(&pattern("home/${aws:username}")));
    assert!(!pattern("home/${aws:username}").overlaps(&pattern("away/*")));
    assert!(!pattern("${*}").covers(&pattern("a")));
    assert!(pattern("${?}a").covers(&pattern("${?}a")));
}
