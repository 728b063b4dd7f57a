//! What cannot be decided of policies is said so, with the reason, and passes no gate.

use serde_json::{Value, json};

use super::place::Place;

/// A policy, and a statement that adds nothing to it, for a reason that is beyond what is looked at.
struct Try {
    why: &'static str,
    statements: Vec<Value>,
    more: Value,
}

fn statement(effect: &str, resource: Value, condition: Value) -> Value {
    json!({"Effect": effect, "Action": "s3:GetObject", "Resource": resource, "Condition": condition})
}

fn allowed_if(condition: Value) -> Value {
    statement("Allow", json!("*"), condition)
}

fn many<T>(count: usize, one: impl Fn(usize) -> T) -> Vec<T> {
    (0..count).map(one).collect()
}

fn tries() -> Vec<Try> {
    let tags = many(9, |number| format!("${{aws:PrincipalTag/t{number}}}")).join("/");
    let words = many(16, |number| format!("*w{number}x*"));
    let folders = many(16, |number| format!("arn:aws:s3:::b/*w{number}x*"));
    let tag = |operator: &str, value: Value| allowed_if(json!({operator: {"aws:PrincipalTag/Team": value}}));
    let keys = |operator: &str, value: Value| allowed_if(json!({operator: {"aws:TagKeys": value}}));
    let pair = |number: usize| {
        allowed_if(json!({"StringEquals": {
            (format!("aws:PrincipalTag/a{number}")): "x", (format!("aws:PrincipalTag/b{number}")): "x"}}))
    };
    let halves = ["StringEquals", "StringNotEquals"].map(|operator| {
        let mut half = tag("StringEquals", json!("y"));
        half["Condition"]
            .as_object_mut()
            .unwrap()
            .entry(operator)
            .or_insert_with(|| json!({}))
            .as_object_mut()
            .unwrap()
            .insert("aws:PrincipalTag/Half".to_owned(), json!("z"));
        half
    });
    vec![
        Try {
            why: "the values of ${aws:PrincipalTag/t0}, ${aws:PrincipalTag/t1}",
            statements: vec![
                statement("Deny", json!(format!("arn:aws:s3:::b/{tags}")), json!({})),
                allowed_if(json!({})),
            ],
            more: statement("Allow", json!("arn:aws:s3:::b/x"), json!({})),
        },
        Try {
            why: "the wildcards of the resources overlap",
            statements: folders.iter().map(|folder| statement("Allow", json!(folder), json!({}))).collect(),
            more: statement("Allow", json!("arn:aws:s3:::b/*w0x*w1x*"), json!({})),
        },
        Try {
            why: "the wildcards that aws:PrincipalTag/Team is compared with",
            statements: words.iter().map(|word| tag("StringLike", json!(word))).collect(),
            more: tag("StringLike", json!("*w0x*w1x*")),
        },
        Try {
            why: "the values of aws:TagKeys can be combined",
            statements: many(13, |number| keys("ForAnyValue:StringEquals", json!(format!("key{number}")))),
            more: keys("ForAnyValue:StringEquals", json!(["key0", "key1"])),
        },
        Try {
            why: "aws:PrincipalTag/Team is compared with wildcards, and as a number",
            statements: vec![tag("StringLike", json!("*5")), tag("NumericLessThan", json!("7"))],
            more: tag("StringLike", json!("*15")),
        },
        Try {
            why: "the statements overlap in too many ways",
            statements: many(14, pair).into_iter().chain(halves).collect(),
            more: tag("StringEquals", json!("y")),
        },
    ]
}

#[test]
fn what_cannot_be_decided_is_said_and_stopped() {
    for Try { why, statements, more } in tries() {
        let policy =
            |statements: &[Value]| json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let longer = [statements.as_slice(), &[more]].concat();
        let place = Place::with(&[("before.json", &policy(&statements)), ("after.json", &policy(&longer))]);
        let compared = |flags: &[&str], files: [&str; 2]| {
            let line = [&["policy", "diff", "-kind=identity"], flags, &files].concat();
            let output = place.command(&line).output().unwrap();
            (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
        };
        let (said, status) = compared(&["-detailed-exitcode"], ["before.json", "after.json"]);
        assert!(
            said.starts_with("+ may gain s3:GetObject")
                && said.ends_with("\n0 widen, 0 narrow, 1 undecided.\n"),
            "{why}: {said}"
        );
        assert!(said.split_whitespace().collect::<Vec<_>>().join(" ").contains(why), "{why}: {said}");
        assert_eq!(status, 2);
        for gate in ["any", "accounts", "public"] {
            let flag = format!("-no-widening={gate}");
            assert_eq!(compared(&[&flag], ["before.json", "after.json"]).1, 1, "{why}: {gate}");
        }
        let (told, _) = compared(&["-json"], ["before.json", "after.json"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        let [change] = told["permission_changes"].as_array().unwrap().as_slice() else { panic!("{told}") };
        assert_eq!((&change["direction"], &change["witness"]), (&json!("gain"), &Value::Null));
        assert!(change["undecided"][0].as_str().unwrap().contains(why), "{change}");
        // A statement that goes gives nobody more, whatever it says.
        assert_eq!(compared(&["-no-widening"], ["after.json", "before.json"]).1, 0, "{why}");
    }
}
