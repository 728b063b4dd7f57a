use std::sync::Arc;

use insta::assert_snapshot;
use terraform::Source;

use super::*;

const SETTINGS: &str = "# terraform.tfvars\nproject_name = \"Genai Artos\"\nenvironment = \"production--eu\"\ntags = {\n  system_owner = 3\n}\n";

fn place(name: &str, text: &str, part: &str) -> Option<Location> {
    let start = text.find(part).unwrap();
    let source = Arc::new(Source { name: name.to_owned(), text: text.to_owned() });
    Some(Location { source, span: start..start + part.len() })
}

fn plain(finding: Diagnostic) -> String {
    render(&[finding], Palette::PLAIN, None)
}

fn several() -> Vec<Diagnostic> {
    vec![
        Diagnostic::error(
            "No value for required variable",
            "`aws_region` has no default and is set nowhere.",
        )
        .about("aws_region")
        .hint("write `aws_region = \"us-east-1\"` in terraform.tfvars"),
        Diagnostic::error(
            "Invalid environment",
            "Two hyphens in a row are not allowed in the name of a trail.",
        )
        .at(place("terraform.tfvars", SETTINGS, "\"production--eu\""))
        .about("environment")
        .hint("write `production-eu`"),
        Diagnostic::error(
            "Invalid project_name",
            "A bucket's name has lower case letters, digits and hyphens only.",
        )
        .at(place("terraform.tfvars", SETTINGS, "\"Genai Artos\""))
        .hint("write `genai-artos`"),
        Diagnostic::error("Unsupported argument", "The backend has no argument `buckett`.")
            .at(place("backend.hcl", "buckett = \"x\"\n", "buckett"))
            .hint("did you mean `bucket`?"),
    ]
}

#[test]
fn several_problems_in_order_of_file_and_line() {
    assert_snapshot!(render(&several(), Palette::PLAIN, None), @r#"
    Error: Unsupported argument
     --> backend.hcl:1:1
      |
    1 | buckett = "x"
      | ^^^^^^^
      |
      = The backend has no argument `buckett`.
      = help: did you mean `bucket`?

    Error: Invalid project_name
     --> terraform.tfvars:2:16
      |
    2 | project_name = "Genai Artos"
      |                ^^^^^^^^^^^^^
      |
      = A bucket's name has lower case letters, digits and hyphens only.
      = help: write `genai-artos`

    Error: Invalid environment
     --> terraform.tfvars:3:15
      |
    3 | environment = "production--eu"
      |               ^^^^^^^^^^^^^^^^
      |
      = Two hyphens in a row are not allowed in the name of a trail.
      = help: write `production-eu`

    Error: No value for required variable
      with aws_region

    `aws_region` has no default and is set nowhere.

    help: write `aws_region = "us-east-1"` in terraform.tfvars
    "#);
    assert_eq!(count(&several()), "4 errors");
}

#[test]
fn colour_changes_no_letter() {
    let coloured = render(&several(), Palette::new(true), Some(80));
    let plain = render(&several(), Palette::PLAIN, Some(80));
    assert!(coloured.contains('\u{1b}'));
    assert!(!plain.contains('\u{1b}'));
    assert_eq!(crate::views::sample::without_colour(&coloured), plain);
}

#[test]
fn carets_under_tabs_wide_characters_and_several_lines() {
    let text = "\ttags = {\r\n\t  \"日本\" = \"東京\" # \u{1b}[31m\r\n}\r\n";
    let finding = |part| Diagnostic::error("Wrong", "Because.").at(place("a.tfvars", text, part));
    assert_snapshot!(plain(finding("tags")), @r"
    Error: Wrong
     --> a.tfvars:1:2
      |
    1 |     tags = {
      |     ^^^^
      |
      = Because.
    ");
    assert_snapshot!(plain(finding("\"東京\"")), @r#"
    Error: Wrong
     --> a.tfvars:2:11
      |
    2 |       "日本" = "東京" # ␛[31m
      |                ^^^^^^
      |
      = Because.
    "#);
    assert_snapshot!(plain(finding("{\r\n\t  \"日本\" = \"東京\" # \u{1b}[31m\r\n}")), @r#"
    Error: Wrong
     --> a.tfvars:1:9
      |
    1 |       tags = {
      |  ____________^
    2 | |       "日本" = "東京" # ␛[31m
    3 | | }
      | |_^
      |
      = Because.
    "#);
}

#[test]
fn the_end_of_a_file_is_a_place() {
    for (text, span) in [("tags = {", 8..8), ("tags = {\n", 9..9), ("", 0..0)] {
        let source = Arc::new(Source { name: "a.tfvars".to_owned(), text: text.to_owned() });
        let finding = Diagnostic::error("Unclosed", "A `}` is missing.").at(Some(Location { source, span }));
        let shown = plain(finding);
        assert!(shown.contains('^'), "{text:?}: {shown}");
    }
    assert_snapshot!(
        plain(Diagnostic::error("Unclosed", "").at(Some(Location {
            source: Arc::new(Source { name: "a.tfvars".to_owned(), text: "a = 1\ntags = {".to_owned() }),
            span: 14..14,
        }))),
        @r"
        Error: Unclosed
         --> a.tfvars:2:9
          |
        2 | tags = {
          |         ^
        "
    );
}

#[test]
fn a_span_that_does_not_fit_the_text_is_moved_onto_it() {
    let text = "é = 1";
    for span in [1..1, 1..2, 4..99, 99..120] {
        let source = Arc::new(Source { name: "a.tfvars".to_owned(), text: text.to_owned() });
        assert!(
            plain(Diagnostic::error("Wrong", "").at(Some(Location { source, span }))).contains("a.tfvars:1:")
        );
    }
}

#[test]
fn a_warning_and_what_aws_says() {
    let finding = Diagnostic::warning(
        "A role has a policy of somebody else's",
        "It says \u{1b}[2J\u{202e}this.\nAnd that.",
    )
    .about("aws_iam_role.eks_service")
    .hint("run this");
    assert_snapshot!(plain(finding), @r"
    Warning: A role has a policy of somebody else's
      with aws_iam_role.eks_service

    It says �[2J�this.
    And that.

    help: run this
    ");
}

#[test]
fn long_text_is_wrapped_on_a_terminal_only() {
    let long = "word ".repeat(20);
    let hint = "type ".repeat(14);
    let finding = Diagnostic::error("Long", long.trim()).hint(hint.trim());
    assert_snapshot!(render(std::slice::from_ref(&finding), Palette::PLAIN, Some(40)), @r"
    Error: Long

    word word word word word word word word
    word word word word word word word word
    word word word word

    help: type type type type type type type
    type type type type type type type
    ");
    let located = finding.at(place("a.tfvars", "x = 1", "x"));
    let wrapped = render(std::slice::from_ref(&located), Palette::PLAIN, Some(40));
    assert_snapshot!(wrapped, @r"
    Error: Long
     --> a.tfvars:1:1
      |
    1 | x = 1
      | ^
      |
      = word word word word word word word
        word word word word word word word
        word word word word word word
      = help: type type type type type
              type type type type type
              type type type type
    ");
    assert!(wrapped.lines().all(|line| line.chars().count() <= 40));
    assert!(plain(located).lines().any(|line| line.chars().count() > 100));
}

#[test]
fn a_byte_order_mark_is_no_column() {
    let finding = Diagnostic::error("Wrong", "").at(place("a.tfvars", "\u{feff}tags = 1\n", "tags"));
    assert_snapshot!(plain(finding), @r"
    Error: Wrong
     --> a.tfvars:1:1
      |
    1 | tags = 1
      | ^^^^
    ");
}
