//! What is expected here was observed on Terraform 1.11 and 1.15 unless a comment says otherwise.

mod hostile;

use serde_json::json;

use super::*;

fn source(name: &str, text: &str) -> Arc<Source> {
    Arc::new(Source { name: name.to_owned(), text: text.to_owned() })
}

fn read(text: &str) -> Result<Vec<Assignment>, Vec<Diagnostic>> {
    parse(&source("t.tfvars", text))
}

/// The value of `x = …`, which must be the only argument.
fn value(text: &str) -> Value {
    match read(text).as_deref() {
        Ok([only]) if only.name == "x" => only.value.clone(),
        other => panic!("{text}: {other:?}"),
    }
}

/// `LINE,COLUMN-COLUMN summary`, one a problem.
fn problems(text: &str) -> Vec<String> {
    let name = |problem: &Diagnostic| {
        let place = problem.location.as_ref().unwrap().to_string();
        format!("{} {}", place.strip_prefix("t.tfvars:").unwrap(), problem.summary)
    };
    read(text).expect_err(text).iter().map(name).collect()
}

#[test]
fn the_documents_file_is_read() {
    let text = "# terraform.tfvars\nproject_name = \"genai-artos\"\ntags = {\n  system_owner = \"platform-team@company.com\"\n  created_by = \"Terraform\"\n}\n";
    let assignments = read(text).unwrap();
    let names: Vec<&str> = assignments.iter().map(|assignment| assignment.name.as_str()).collect();
    assert_eq!(names, ["project_name", "tags"]);
    assert_eq!(assignments[1].value["created_by"], "Terraform");
    assert_eq!(assignments[0].name_location.to_string(), "t.tfvars:2,1-13");
    assert_eq!(assignments[0].value_location.to_string(), "t.tfvars:2,16-29");
}

#[test]
fn literals_and_collections() {
    for (text, expected) in [
        ("x = 1", json!(1)),
        ("x = 1e3", json!(1000)),
        ("x = 1.50", json!(1.5)),
        ("x = - 5", json!(-5)),
        ("x = -/* c */5", json!(-5)),
        ("x = true\n", json!(true)),
        ("x = (null)", json!(null)),
        ("x = [1,]", json!([1])),
        ("x = [\n\n1\n\n,\n2\n]", json!([1, 2])),
        ("x = [1, # c\n2 /* d */ ]", json!([1, 2])),
        ("x = {\n # c\n a = 1 # d\n // e\n b : 2 /* f */\n}", json!({"a": 1, "b": 2})),
        ("x = {a = 1,\n}", json!({"a": 1})),
        ("x = {a = (\n1\n)}", json!({"a": 1})),
        ("x = {a = [\n1\n]\nb=2}", json!({"a": [1], "b": 2})),
        ("x = {\n a = 1,\n\n b = 2\n}\n", json!({"a": 1, "b": 2})),
        ("x={\"a\":1,b:2}", json!({"a": 1, "b": 2})),
        (
            "x = {b=1, \"c d\"=3, 1=\"n\", (true)=\"t\", \"x${1}\"=4, 1.50 = \"q\", null = 5}",
            json!({"1": "n", "1.5": "q", "b": 1, "c d": 3, "null": 5, "true": "t", "x1": 4}),
        ),
        ("x = {}", json!({})),
        ("\u{feff}x = 1\n", json!(1)),
        ("x = 1\r\n", json!(1)),
        ("x = {\r\na = 1\r\nb = 2\r\n}\r\n", json!({"a": 1, "b": 2})),
        ("x = [for\r\ni in [1]\r\n: i]\r\n", json!([1])),
        ("x = /* c */ 1 /* d\n e */", json!(1)),
        ("x = 1 // c", json!(1)),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
    assert_eq!(value("x = 12345678901234567890123").to_string(), "12345678901234567890123");
    assert_eq!(value("x = {b=1, a={d=1, c=2}}").to_string(), r#"{"a":{"c":2,"d":1},"b":1}"#);
    assert_eq!(read("").unwrap(), []);
    assert_eq!(read("\n # only a comment").unwrap(), []);
}

#[test]
fn the_last_of_repeated_keys_wins() {
    for (text, expected) in [
        ("x = {a=1, a=2}", json!({"a": 2})),
        ("x = {a=1, \"a\"=2}", json!({"a": 2})),
        ("x = {\n  a = \"é\" # c\n  b = 1\n  a = {a=1, a=3}\n}", json!({"a": {"a": 3}, "b": 1})),
        ("x = {a = <<-E\n  x\n  E\n a = 2}", json!({"a": 2})),
        ("x = {a=1, a=2, a=3, b=[{c=1, c=2}]}", json!({"a": 3, "b": [{"c": 2}]})),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn strings_and_heredocs() {
    for (text, expected) in [
        (r#"x = "\"q\" \\ \r\n\t""#, json!("\"q\" \\ \r\n\t")),
        (r#"x = "\u00e9\U0001F600""#, json!("é😀")),
        (r#"x = "$${a} %%{b} $ % $$ %% $a {}""#, json!("${a} %{b} $ % $$ %% $a {}")),
        (r#"x = "${1.50}""#, json!(1.5)),
        (r#"x = "${"${"${1}"}"}""#, json!(1)),
        (r#"x = "a${1+2}b""#, json!("a3b")),
        (r#"x = "${ {a=1} }""#, json!({"a": 1})),
        (r#"x = "a ${~ 1 ~} b""#, json!("a1b")),
        (r#"x = "~${~ 1 ~}~""#, json!("~1~")),
        (r#"x = "%{ if true }a%{ else }b%{ endif }c""#, json!("ac")),
        (r#"x = "%{ for i, v in ["a", "b"] }${i}${v};%{ endfor }""#, json!("0a;1b;")),
        ("x = <<EOT\n  a\n b ${1}\n\\n \"q\"\nEOT\n", json!("  a\n b 1\n\\n \"q\"\n")),
        ("x = <<EOT\nEOT\n", json!("")),
        ("x = <<EOT\n\nEOT\n", json!("\n")),
        ("x = <<EOT\n  EOT\n", json!("")),
        ("x = <<EOT\nEOT)\nEOT\n", json!("EOT)\n")),
        ("x = <<-EOT\n  a ${1}\n  EOT b\n  EOT\n", json!("a 1\nEOT b\n")),
        ("x = [<<E\na\nE, \nA\nE\n, <<E\nb\nE\n]", json!(["a\nE, \nA\n", "b\n"])),
        ("x = <<EOT\r\na\r\nb\r\nEOT\r\n", json!("a\r\nb\r\n")),
        ("x = <<EOT\n%{ for i in [1,2] ~}\n- ${i}\n%{ endfor ~}\nend\nEOT\n", json!("- 1\n- 2\nend\n")),
        ("x = <<EOT\na\n  ${~ 1 ~}\n\n  b\nEOT\n", json!("a\n1\n  b\n")),
        ("x = <<-EOT\n    a\n\n      b\n   c\n    EOT\n", json!(" a\n\n   b\nc\n")),
        ("x = <<-EOT\n    a\n  \n    b\n    EOT\n", json!("a\n  \nb\n")),
        ("x = <<-EOT\n    ${1}\n      b\n  EOT\n", json!("1\n  b\n")),
        ("x = <<-EOT\n\t\ta\n\t\t\tb\n\tEOT\n", json!("a\n\tb\n")),
        ("x = <<-EOT\n    %{ if true }\n    a\n      b\n    %{ endif }\n    EOT\n", json!("\na\n  b\n\n")),
        (
            "x = <<-EOT\n    %{ if true ~}\n    a\n      b\n    %{ endif ~}\n    c\n    EOT\n",
            json!("    a\n  b\n    c\n"),
        ),
        ("x = <<-EOT\n${1}\n  b\n  EOT\n", json!("1\n  b\n")),
        ("x = [<<EOT\na\nEOT\n, 2, <<-E\n  b\n  E\n]", json!(["a\n", 2, "b\n"])),
        ("x = {a = <<EOT\na\nEOT\n b=1}", json!({"a": "a\n", "b": 1})),
    ] {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn operators_and_expressions() {
    for (text, expected) in [
        ("x = 1+2*3", json!(7)),
        ("x = (1+2)*3", json!(9)),
        ("x = 7/2", json!(3.5)),
        ("x = -10 % 3", json!(-1)),
        ("x = 0.1+0.2", json!(0.3)),
        ("x = --5", json!(5)),
        ("x = \"1\" + 2", json!(3)),
        ("x = !\"true\"", json!(false)),
        ("x = 1 < \"2\" && \"a\" == \"a\" || false", json!(true)),
        ("x = 1 == \"1\"", json!(false)),
        ("x = {a=1} == {a=1.0}", json!(true)),
        ("x = 2 > 1 ? \"y\" : \"n\"", json!("y")),
        ("x = true ? 1 : \"a\"", json!("1")),
        ("x = true ? [1] : [\"a\"]", json!(["1"])),
        ("x = true ? null : 1", json!(null)),
        ("x = false ? nope : 1", json!(1)),
        ("x = [1,2,3][1]", json!(2)),
        ("x = [1,2,3].1", json!(2)),
        ("x = {a=[{b=1}]}[\"a\"][0].b", json!(1)),
        ("x = [{a=1},{a=2}][*].a", json!([1, 2])),
        ("x = [[1,2],[3]].*.0", json!([1, 3])),
        ("x = null[*]", json!([])),
        ("x = 5[*]", json!([5])),
        ("x = [for k, v in {b=1,a=2} : \"${k}${v}\"]", json!(["a2", "b1"])),
        ("x = [for v in [1,2,3] : v if v > 1]", json!([2, 3])),
        ("x = {for v in [\"a\",\"b\",\"a\"] : v => 1...}", json!({"a": [1, 1], "b": [1]})),
        ("x = {for i, v in [\"a\"] : v => i}", json!({"a": 0})),
    ] {
        assert_eq!(value(text).to_string(), expected.to_string(), "{text}");
    }
}

#[test]
fn problems_have_terraforms_words_and_places() {
    for (text, problem) in [
        ("x = foo.bar[0]\n", "1,5-8 Variables not allowed"),
        ("x = f(1)\n", "1,5-9 Function calls not allowed"),
        ("blk {\n}\n", "1,1-4 Unexpected \"blk\" block"),
        ("blk \"a\" {\n a = 1\n}\n", "1,1-4 Unexpected \"blk\" block"),
        ("variable \"x\" {\n default = 1\n}\n", "1,1-9 Variable declaration in .tfvars file"),
        ("\"x\" = 1\n", "1,1-2 Invalid argument name"),
        ("x: 1\n", "1,1-2 Argument or block definition required"),
        ("x == 1\n", "1,1-2 Argument or block definition required"),
        ("x.y = 1\n", "1,1-2 Argument or block definition required"),
        ("x\n", "1,1-2 Argument or block definition required"),
        ("-b = 1\n", "1,1-2 Argument or block definition required"),
        ("}\n", "1,1-2 Argument or block definition required"),
        ("x = 1, s = 2\n", "1,6-7 Unexpected comma after argument"),
        ("x = 1 s = 2\n", "1,7-8 Missing newline after argument"),
        ("x = \"a\" \"b\"\n", "1,9-10 Missing newline after argument"),
        ("x = foo bar\n", "1,9-12 Missing newline after argument"),
        ("x = 0x10\n", "1,6-9 Missing newline after argument"),
        ("x = 1 }\n", "1,7-8 Missing newline after argument"),
        ("x =\n", "1,4-2,1 Invalid expression"),
        ("x = .5\n", "1,5-6 Invalid expression"),
        ("x = 1 +\n", "1,8-2,1 Invalid expression"),
        ("x = [,]\n", "1,6-7 Invalid expression"),
        ("x = {a = 1,,b=2}\n", "1,12-13 Invalid expression"),
        ("x = 1.", "1,7-7 Invalid attribute name"),
        ("x = [1 2]\n", "1,8-9 Missing item separator"),
        ("x = { a = 1 b = 2 }\n", "1,13-14 Missing attribute separator"),
        ("x = { a 1 }\n", "1,9-10 Missing key/value separator"),
        ("x = { a.b = 1 }\n", "1,7-10 Ambiguous attribute key"),
        ("x = {a = 1", "1,5-6 Unterminated object constructor expression"),
        ("x = [1", "1,5-6 Unterminated tuple constructor expression"),
        ("x = (1", "1,7-7 Unbalanced parentheses"),
        ("x = \"abc", "1,9-9 Unterminated template string"),
        ("x = \"a\n", "1,7-2,1 Invalid multi-line string"),
        ("x = <<EOT\nabc\nEOT", "3,4-4 Unterminated template string"),
        ("x = <<EOT\nabc\n", "3,1-1 Unterminated template string"),
        ("x = 'abc'\n", "1,5-6 Invalid character"),
        ("x = `a`\n", "1,5-6 Invalid character"),
        ("x = @\n", "1,5-6 Invalid character"),
        ("x = a;\n", "1,6-7 Invalid character"),
        ("x = 1 & 2\n", "1,7-8 Unsupported operator"),
        ("x = \"\\q\"\n", "1,6-8 Invalid escape sequence"),
        ("x = \"\\u12\"\n", "1,6-10 Invalid escape sequence"),
        ("x = \"\\ud800\"\n", "1,6-12 Invalid escape sequence"),
        ("x = 1 + \"a\"\n", "1,9-12 Invalid operand"),
        ("x = -\"a\"\n", "1,6-9 Invalid operand"),
        ("x = 1 && true", "1,5-6 Invalid operand"),
        ("x = null + 1\n", "1,5-13 Operation failed"),
        ("x = 0/0", "1,5-8 Operation failed"),
        ("x = \"a\" ? 1 : 2", "1,5-8 Incorrect condition type"),
        ("x = null ? 1 : 2", "1,5-9 Null condition"),
        ("x = true ? 1 : true", "1,12-20 Inconsistent conditional result types"),
        ("x = \"${true}-${null}\"", "1,16-20 Invalid template interpolation value"),
        ("x = \"a${[1]}\"", "1,9-12 Invalid template interpolation value"),
        ("x = [1][5]\n", "1,8-11 Invalid index"),
        ("x = [1,2,3][-1]", "1,12-16 Invalid index"),
        ("x = \"abc\"[0]", "1,10-13 Invalid index"),
        ("x = {a=1}.b\n", "1,10-12 Unsupported attribute"),
        ("x = [1].foo\n", "1,8-12 Unsupported attribute"),
        ("x = 5 .a", "1,7-9 Unsupported attribute"),
        ("x = null.a", "1,9-11 Attempt to get attribute from null value"),
        ("x = {for i in [1,1] : \"a\" => i}\n", "1,23-26 Duplicate object key"),
        ("x = {for v in [null] : v => 1}", "1,24-25 Invalid object key"),
        ("x = [for i in 5 : i]\n", "1,15-16 Iteration over non-iterable value"),
        ("x = [for v in null : v]", "1,15-19 Iteration over null value"),
        ("x = [for v in [1] : v if 5]", "1,26-27 Invalid 'for' condition"),
        ("x = [for i in [1] : j]\n", "1,21-22 Unknown variable"),
        ("x={([])=1}\n", "1,4-8 Incorrect key type"),
        // The words are our own from here on.
        ("x = {(null)=1}\n", "1,6-12 Null value as key"),
        ("x = {for:1}", "1,6-9 Invalid 'for' expression"),
        ("x = \"%{ if true }a\"\n", "1,6-7 Invalid template directive"),
        ("x = 1\n/* foo", "2,1-3 Unterminated comment"),
        ("x = 1/0", "1,5-8 Operation failed"),
        ("x = 1e400\n", "1,6-10 Invalid number"),
        (&format!("x = {}\n", "9".repeat(400)), "1,5-405 Invalid number"),
    ] {
        assert_eq!(problems(text), [problem], "{text}");
    }
}

#[test]
fn all_problems_of_a_file_come_at_once() {
    let text = "a = foo\nb = [bar, f(1),\n  2]\nblk {\n  x = 1\n}\nc = \"x\ny = 1\nd = 'q'\ny = 2\ne = {\n  f = g\n  h = 1 + true\n}\nlast = ok\n";
    assert_eq!(
        problems(text),
        [
            "1,5-8 Variables not allowed",
            "2,6-9 Variables not allowed",
            "2,11-15 Function calls not allowed",
            "4,1-4 Unexpected \"blk\" block",
            "7,7-8,1 Invalid multi-line string",
            "9,5-6 Invalid character",
            "10,1-2 Attribute redefined",
            "12,7-8 Variables not allowed",
            "13,11-15 Invalid operand",
            "15,8-10 Variables not allowed",
        ]
    );
    let redefined = &read("x = 1\nx = 2\n").unwrap_err()[0];
    assert_eq!(
        redefined.detail,
        "The argument \"x\" was already set at t.tfvars:1,1-2. Each argument may be set only once."
    );
}

#[test]
fn columns_count_characters() {
    assert_eq!(problems("# é\nx = [\"éé\", foo]\n"), ["2,12-15 Variables not allowed"]);
    assert_eq!(problems("\u{feff}x = foo\n"), ["1,5-8 Variables not allowed"]);
    assert_eq!(problems("x = {\r\n  a = foo\r\n}\r\n"), ["2,7-10 Variables not allowed"]);
}

#[test]
fn bytes_that_are_no_text_are_refused_where_they_are() {
    let problems = parse_bytes("t.tfvars", b"a = 1\nx = \"\xff\"\n", &|_| true).unwrap_err();
    assert_eq!(problems[0].summary, "Invalid character encoding");
    assert_eq!(problems[0].location.as_ref().unwrap().start(), (2, 6));
    assert!(parse_bytes("t.tfvars", b"x = 1\n", &|_| true).is_ok());
    let long = vec![b'#'; FILE_LIMIT + 1];
    assert_eq!(parse_bytes("t.tfvars", &long, &|_| true).unwrap_err()[0].summary, "File too large");
}

#[test]
fn items_are_found_where_they_stand() {
    let text = "tags = {\n  a = 1\n  \"b c\" = [10, {d = 2}]\n  a = 3\n}\ncomputed = [for i in [1] : i]\n";
    let assignments = read(text).unwrap();
    let key = |name: &str| PathStep::Key(name.to_owned());
    let place = |path: &[PathStep]| assignments[0].location_of(path).to_string();
    assert_eq!(place(&[]), "t.tfvars:1,8-5,2");
    assert_eq!(place(&[key("a")]), "t.tfvars:4,3-4");
    assert_eq!(place(&[key("b c")]), "t.tfvars:3,3-8");
    assert_eq!(place(&[key("b c"), PathStep::Index(0)]), "t.tfvars:3,12-14");
    assert_eq!(place(&[key("b c"), PathStep::Index(1), key("d")]), "t.tfvars:3,17-18");
    assert_eq!(place(&[key("b c"), PathStep::Index(7)]), "t.tfvars:3,3-8");
    assert_eq!(place(&[key("nope")]), "t.tfvars:1,8-5,2");
    assert_eq!(assignments[0].value_location_of(&[key("a")]).to_string(), "t.tfvars:4,7-8");
    assert_eq!(assignments[1].location_of(&[PathStep::Index(0)]).to_string(), "t.tfvars:6,12-30");
}

#[test]
fn a_value_may_come_as_text() {
    let assignment = parse_value(" [1, \"a\"] ", "l").unwrap();
    assert_eq!((assignment.name.as_str(), assignment.value), ("l", json!([1, "a"])));
    assert_eq!(parse_value("{a = 1\nb = 2}", "m").unwrap().value, json!({"a": 1, "b": 2}));
    let problem = &parse_value("x", "l").unwrap_err()[0];
    assert_eq!(problem.summary, "Variables not allowed");
    assert_eq!(problem.location.as_ref().unwrap().to_string(), "<value for var.l>:1,1-2");
    for (text, summary) in [
        ("", "Invalid expression"),
        ("[1", "Unterminated tuple constructor expression"),
        ("[1] [", "Unterminated tuple constructor expression"),
        ("[1]\n2", "Extra characters after expression"),
    ] {
        assert_eq!(parse_value(text, "l").unwrap_err()[0].summary, summary, "{text}");
    }
}

#[test]
fn json_files() {
    let read = |text: &str| parse(&source("t.tfvars.json", text));
    let text =
        "{\n  \"//\": \"c\",\n  \"x\": {\"b\": \"${1+1}\", \"a\": [1, \"\\u00e9\"]},\n  \"y\": 1.50\n}";
    let assignments = read(text).unwrap();
    assert_eq!(assignments[0].value.to_string(), r#"{"a":[1,"é"],"b":"${1+1}"}"#);
    assert_eq!(assignments[1].value.to_string(), "1.5");
    let path = [PathStep::Key("a".to_owned()), PathStep::Index(1)];
    assert_eq!(assignments[0].location_of(&path).to_string(), "t.tfvars.json:3,33-41");
    assert_eq!(assignments[0].name_location.to_string(), "t.tfvars.json:3,3-6");
    for (text, problem) in [
        ("{\"x\": 1, \"x\": 2}", "1,10-13 Duplicate attribute definition"),
        ("{\"x\": {\"a\":1,\"a\":2}}", "1,14-17 Duplicate object attribute"),
        ("", "1,1-1 Missing JSON value"),
        ("[]", "1,1-3 Invalid JSON variables file"),
        ("{\"x\": 1} 2", "1,10-11 Invalid JSON"),
        ("{\n  \"x\": 1\n  \"y\": 2\n}", "3,3-4 Invalid JSON"),
    ] {
        let problems = read(text).unwrap_err();
        let place = problems[0].location.as_ref().unwrap().to_string();
        let named = format!("{} {}", place.strip_prefix("t.tfvars.json:").unwrap(), problems[0].summary);
        assert_eq!(named, problem, "{text}");
    }
}
