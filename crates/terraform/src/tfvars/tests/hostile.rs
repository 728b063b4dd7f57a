//! Texts that somebody chose or that chance made: they end with a value or an error, soon, and never with a panic.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// A short text whose value has ten times as many items with each level.
fn growth(levels: usize) -> String {
    let (start, end) = ("[for a in ".repeat(levels), " : [a,a,a,a,a,a,a,a,a,a]]".repeat(levels));
    format!("x = {start}[1,1,1,1,1,1,1,1,1,1]{end}")
}

/// A short text that takes ten times as many steps with each level.
fn loops(levels: usize) -> String {
    let start: String =
        (0..levels).map(|level| format!("[for a{level} in [1,2,3,4,5,6,7,8,9,0] : ")).collect();
    format!("x = {start}1{}", "]".repeat(levels))
}

#[test]
fn the_other_branch_of_a_condition_is_paid_for_too() {
    let other = loops(12);
    let other = other.strip_prefix("x = ").unwrap();
    let problems = problems(&format!("x = true ? [1] : {other}\ny = 1\nz = 1\n"));
    assert_eq!(problems, ["2,5-6 Value too large"]);
    assert_eq!(value(&format!("x = [for a in {:?} : a][999]", vec![7; 1000])), json!(7));
}

#[test]
fn splats_may_follow_one_another() {
    assert_eq!(value(&format!("x = [1]{}", ".*".repeat(1000))), json!([1]));
    assert!(read(&format!("x = [1]{}", "[*]".repeat(60))).is_ok());
    assert_eq!(value("x = [[{a=[1]}]][*][*].a[0]"), json!([[1]]));
    assert_eq!(value("x = [[1],[2]].*[0]"), json!([1]));
}

#[test]
fn hostile_depth_and_size_end_with_an_error() {
    let deep = 90_000;
    for (text, summary) in [
        (format!("x = {}", "[".repeat(deep)), "Value nested too deeply"),
        (format!("x = {}1{}", "{a=".repeat(100), "}".repeat(100)), "Value nested too deeply"),
        (format!("x = {}1", "-".repeat(deep)), "Invalid expression"),
        (format!("x = {}true", "!".repeat(deep)), "Invalid expression"),
        (format!("x = {}1", "1+".repeat(deep)), "Invalid expression"),
        (format!("x = {}2", "true ? 1 : ".repeat(deep)), "Invalid expression"),
        (format!("x = \"{}", "${\"".repeat(deep)), "Value nested too deeply"),
        (
            format!("x = {{{}}}", (0..5000).map(|i| format!("a{i}=1,")).collect::<String>()),
            "Object too large",
        ),
        (format!("x = [1]{}", "[*]".repeat(deep)), "Value nested too deeply"),
        (growth(8), "Value too large"),
        (loops(12), "Value too large"),
    ] {
        let problems = read(&text).unwrap_err();
        assert!(problems.iter().any(|problem| problem.summary == summary), "{:?}", problems[0]);
    }
    let doubling = "[for a in [\"${a}${a}\"] : ".repeat(40);
    let text = format!("x = [for a in [\"xxxxxxxxxxxxxxxx\"] : {doubling}a{}", "]".repeat(41));
    assert_eq!(read(&text).unwrap_err()[0].summary, "Value too large");
    assert!(read(&format!("x = {}1{}", "[".repeat(59), "]".repeat(59))).is_ok());
}

const VALID: &str = "a = 1\n# c\nb = [\"x\", { c = \"${1 + 2}\", \"d\" = <<-EOT\n  text %{ if true }y%{ endif }\n  EOT\n}, null]\nf = [for k, v in {a = 1} : \"${k}=${v}\" if v != 2][0]\ng = true ? -1.5e3 : { a = 1, a = 2 }.a\n";

fn check(text: &str) {
    for name in ["t.tfvars", "t.tfvars.json"] {
        match parse(&source(name, text)) {
            Ok(assignments) => {
                for assignment in assignments {
                    let span = assignment.value_location.span;
                    assert!(text.get(span.clone()).is_some(), "{span:?} cuts a character of {text:?}");
                }
            }
            Err(problems) => {
                assert!(!problems.is_empty());
                for problem in problems {
                    let span = problem.location.expect("a place").span;
                    assert!(span.start <= span.end && span.end <= text.len());
                    assert!(text.is_char_boundary(span.start), "{span:?} cuts a character of {text:?}");
                }
            }
        }
    }
}

#[test]
fn the_sample_of_the_properties_is_valid() {
    assert_eq!(read(VALID).unwrap().len(), 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn byte_soup_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_bytes("t.tfvars", &bytes, &|_| true);
        let _ = parse_bytes("t.tfvars.json", &bytes, &|_| true);
    }

    #[test]
    fn token_soup_never_panics(tokens in proptest::collection::vec(
        proptest::sample::select(vec![
            "a", "x = ", "=", "\n", "\r\n", " ", "\"", "${", "%{", "}", "{", "[", "]", "(", ")", "<<EOT\n",
            "<<-EOT\n", "EOT", "\nEOT\n", "for ", "in ", "if ", "endif", "endfor", ":", ",", ".", "*", "...", "1",
            "1e9", "-", "!", "==", "?", "&&", "\\", "\\u00e9", "é", "/*", "*/", "#", "//", "~", "null", "true",
        ]),
        0..40,
    )) {
        check(&tokens.concat());
        let _ = parse_value(&tokens.concat(), "v");
    }

    #[test]
    fn damaged_files_never_panic(at in 0..VALID.len(), insert in "\\PC{0,3}", drop in 0..6_usize) {
        let end = (at + drop).min(VALID.len());
        check(&format!("{}{insert}{}", &VALID[..at], &VALID[end..]));
    }
}
