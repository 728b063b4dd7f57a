//! What the files of a directory say about the state, and what is refused.

use proptest::prelude::*;

use super::*;
use crate::backend::Backend as Validated;

fn file(name: &str, bytes: &[u8]) -> File {
    File::new(name, Rank::of(name.as_bytes()).unwrap(), bytes)
}

fn files(of: &[(&str, &str)]) -> Vec<File> {
    of.iter().map(|(name, text)| file(name, text.as_bytes())).collect()
}

/// A whole block whose key is `key`.
fn block(key: &str) -> String {
    format!("terraform {{\n  backend \"s3\" {{\n    bucket = \"b\"\n    key = \"{key}\"\n  }}\n}}\n")
}

/// The key in S3 that the files name.
fn key(of: &[File]) -> Option<String> {
    let found = backend(of).unwrap_or_else(|problems| panic!("{problems:#?}"))?;
    let Validated::S3(s3) = found.configuration.validate().unwrap().backend else { panic!("{found:?}") };
    Some(s3.key)
}

/// The problems of the files as `FILE:LINE: summary`, with the details.
fn refusal(of: &[File]) -> String {
    let problems = backend(of).expect_err("is refused");
    problems
        .iter()
        .map(|problem| {
            let place = problem.location.as_ref().map_or_else(String::new, |location| {
                format!("{}:{}: ", location.source.name, location.start().0)
            });
            format!("{place}{}: {}\n", problem.summary, problem.detail)
        })
        .collect()
}

#[test]
fn a_block_is_found_whatever_stands_around_it() {
    let x = block("x");
    let latin = [x.as_bytes(), b"# caf\xe9\n/* \xff\xfe */ // \xe9\n"].concat();
    assert_eq!(key(&[file("a.tf", &latin)]).as_deref(), Some("x"));
    for (before, after) in [
        ("\u{feff}", ""),
        ("", "locals {\n  a =\n}\n"),
        ("", "locals {\n  a = 1\n  a = 2\n}\n"),
        ("# terraform { backend \"s3\" {} }\n/* { */\n", "// }\n"),
        ("locals {\n  t = <<-EOT\n    terraform {\n  EOT\n  s = \"}${\"{\"}\"\n}\n", ""),
        ("variable \"v\" {}\r\n", "output \"o\" { value = provider::aws::x(var.v.*.y, 0.5) }\n"),
        (
            "locals { f = { for k, v in var.m : k => v... if v != null } }\n",
            "moved {\n  from = a.b\n  to = a.c[0]\n}\n",
        ),
        (
            "terraform {\n  required_version = \">= 1.0\"\n  required_providers {\n    aws = { source = \"hashicorp/aws\" }\n  }\n}\n",
            "",
        ),
    ] {
        assert_eq!(
            key(&files(&[("a.tf", &format!("{before}{x}{after}"))])).as_deref(),
            Some("x"),
            "{before}{after}"
        );
    }
    let crlf = x.replace('\n', "\r\n");
    assert_eq!(key(&files(&[("a.tf", &crlf)])).as_deref(), Some("x"));
    assert_eq!(key(&files(&[("a.tf", x.trim_end())])).as_deref(), Some("x"));
    let bare = x.replace("\"s3\"", "s3").replace("terraform {", "terraform /* here */ {");
    assert_eq!(key(&files(&[("a.tf", &bare)])).as_deref(), Some("x"));
}

#[test]
fn json_says_the_same_in_every_form() {
    for text in [
        r#"{"terraform":{"backend":{"s3":{"bucket":"b","key":"x"}}}}"#,
        r#"{"//":"c","terraform":[{"backend":[{"s3":[{"//":"c","bucket":"b","key":"x"}]}]}]}"#,
        r#"[{"locals":{}},{"terraform":{"required_version":">= 1","backend":{"s3":{"bucket":"b","key":"x"}}}}]"#,
        r#"{"terraform":{"required_version":">= 1"},"terraform":{"backend":{"s3":{"bucket":"b","key":"x"}}}}"#,
    ] {
        assert_eq!(key(&files(&[("b.tf.json", text)])).as_deref(), Some("x"), "{text}");
    }
    for text in ["{}", "[]", r#"{"terraform":null}"#, r#"{"terraform":{"backend":null,"cloud":null}}"#] {
        assert_eq!(backend(&files(&[("b.tf.json", text)])).unwrap(), None, "{text}");
    }
}

#[test]
fn overrides_take_the_place_of_what_they_override() {
    let (base, ci) = (block("base"), block("ci"));
    let cloud = "terraform {\n  cloud {\n    organization = \"acme\"\n  }\n}\n";
    let json = r#"{"terraform":{"backend":{"s3":{"bucket":"b","key":"json"}}}}"#;
    for (expected, of) in [
        ("ci", files(&[("backend.tf", &base), ("backend_override.tf", &ci)])),
        ("ci", files(&[("override.tf", &ci), ("z.tf", &base)])),
        ("json", files(&[("a_override.tf", &ci), ("b_override.tf.json", json), ("backend.tf", &base)])),
        ("ci", files(&[("backend.tf", cloud), ("ci_override.tf", &ci)])),
        ("ci", files(&[("ci_override.tf", &ci), ("main.tf", "locals {}\n")])),
        // What loses is not evaluated.
        ("ci", files(&[("backend.tf", &base.replace("\"base\"", "var.key")), ("ci_override.tf", &ci)])),
    ] {
        assert_eq!(key(&of).as_deref(), Some(expected));
    }
    let shown = refusal(&files(&[("backend.tf", &base), ("x_override.tf", cloud)]));
    assert!(shown.starts_with("x_override.tf:2: Unsupported place of the state"), "{shown}");
}

#[test]
fn what_keeps_the_state_elsewhere_is_refused_with_its_place() {
    let (one, two) = (block("one"), block("two"));
    for (of, place, named) in [
        (vec![("a.tf", one.as_str()), ("b.tf", two.as_str())], "b.tf:2: Duplicate", "a.tf:2"),
        (vec![("a.tf", &*format!("{one}{two}"))], "a.tf:8: Duplicate", "a.tf:2"),
        (vec![("a_override.tf", &*format!("{one}{two}"))], "a_override.tf:8: Duplicate", "a_override.tf:2"),
        (
            vec![("a.tf", "terraform {\n  cloud {\n    organization = \"acme\"\n  }\n}\n")],
            "a.tf:2: ",
            "HCP Terraform",
        ),
        (vec![("a.tf", &one), ("b.tf", "terraform {\n  cloud {}\n}\n")], "b.tf:2: Both a backend", "a.tf:2"),
        (
            vec![("a.tf", "terraform {\n  state_store \"foo_bar\" {\n    provider \"foo\" {}\n  }\n}\n")],
            "a.tf:2: ",
            "state_store",
        ),
        (vec![("a.tf", "terraform {\n  backend \"gcs\" {}\n}\n")], "a.tf:2: ", "\"gcs\""),
        (vec![("a.tf", &one), ("e.tf", "terraform {\n  encryption {}\n}\n")], "e.tf:2: ", "OpenTofu"),
        (vec![("a.tf", "terraform {\n  store_of_tomorrow \"x\" {}\n}\n")], "a.tf:2: ", "store_of_tomorrow"),
        (vec![("a.tf", "terraform {\n  backend = \"s3\"\n}\n")], "a.tf:2: ", "backend"),
        (vec![("a.tf", "terraform {\n  backend {}\n}\n")], "a.tf:2: Missing name", "backend"),
        (
            vec![("a.tf", "terraform {\n  backend \"s3\" \"x\" {}\n}\n")],
            "a.tf:2: Extraneous label",
            "backend",
        ),
        (vec![("a.tf", "terraform = {}\n")], "a.tf:1: ", "terraform"),
        (
            vec![("b.tf.json", r#"{"terraform":{"backend":{"gcs":{"bucket":"x"}}}}"#)],
            "b.tf.json:1: ",
            "\"gcs\"",
        ),
        (vec![("b.tf.json", r#"{"terraform":{"cloud":{}}}"#)], "b.tf.json:1: ", "HCP Terraform"),
        (
            vec![("b.tf.json", r#"{"terraform":{"backend":{"s3":{},"local":{}}}}"#)],
            "b.tf.json:1: Duplicate",
            "b.tf.json:1",
        ),
        (vec![("b.tf.json", r#"{"terraform":{"backend":"s3"}}"#)], "b.tf.json:1: ", "JSON"),
        (
            vec![("b.tf.json", "{\"terraform\":\n{\"backend\":{\"s3\":{\"bucket\":\"x\",}}}}")],
            "b.tf.json:2: Invalid JSON",
            "",
        ),
        (vec![("b.tf.json", "")], "b.tf.json:1: Missing JSON value", ""),
        (vec![("b.tofu", &one), ("b.tf", &two)], "b.tf:2: Duplicate", "b.tofu:2"),
    ] {
        let shown = refusal(&files(&of));
        assert!(shown.starts_with(place) && shown.contains(named), "{of:?}: {shown}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    let x = block("x");
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(x.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let big: Vec<u8> = x.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [utf16, big] {
        let shown = refusal(&[file("a.tf", &bytes)]);
        assert!(shown.starts_with("a.tf:1: Invalid character encoding"), "{shown}");
    }
    let latin = x.replace("\"x\"", "\"caf?\"").replace('?', "\u{0}");
    let latin: Vec<u8> = latin.bytes().map(|byte| if byte == 0 { 0xe9 } else { byte }).collect();
    let shown = refusal(&[file("a.tf", &latin)]);
    assert!(shown.starts_with("a.tf:4: Invalid character encoding"), "{shown}");
    for (text, place) in [
        (x.replace("key = \"x\"", "key = \"x\"\n    key = \"y\""), "a.tf:5: Attribute redefined"),
        (x.replace("\"x\"", "var.key"), "a.tf:4: Variables"),
        (x.replace("\"x\"", "\"x"), "a.tf:4: Invalid multi-line string"),
        (format!("{x}locals {{\n"), "a.tf:7: Unterminated"),
        (format!("{x}}}\n"), "a.tf:7: Argument or block definition required"),
        (format!("{x}/* open\n"), "a.tf:7: Unterminated comment"),
        (x.replace("terraform {", "terraform\n{"), "a.tf:1: Argument or block definition required"),
        (x.replace("\n}\n", "\n} locals {}\n"), "a.tf:6: "),
    ] {
        let shown = refusal(&files(&[("a.tf", &text)]));
        assert!(shown.starts_with(place), "{text}: {shown}");
    }
}

#[test]
fn names_tell_what_is_configuration() {
    for (name, rank) in [
        ("main.tf", Some(Rank::Primary)),
        ("a.tf.json", Some(Rank::Primary)),
        ("a.tofu", Some(Rank::Primary)),
        ("override.tf", Some(Rank::Override)),
        ("x_override.tf.json", Some(Rank::Override)),
        ("xoverride.tf", Some(Rank::Primary)),
        (".hidden.tf", None),
        ("main.tf~", None),
        ("#main.tf#", None),
        ("main.tfvars", None),
        ("main.tf.bak", None),
    ] {
        assert_eq!(Rank::of(name.as_bytes()), rank, "{name}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), json in any::<bool>()) {
        let name = if json { "a.tf.json" } else { "a.tf" };
        let _ = backend(&[file(name, &bytes)]);
    }

    #[test]
    fn a_block_is_never_lost_among_others(before in "[a-z{}\"#/*\n =$<E]{0,40}") {
        let text = format!("{before}\n{}", block("x"));
        if let Ok(found) = backend(&files(&[("a.tf", &text)])) {
            // Unless what stands before it opens a comment, a string or a heredoc, it is there.
            prop_assert!(found.is_some() || before.contains("/*") || before.contains("<<"), "{}", text);
        }
    }
}
