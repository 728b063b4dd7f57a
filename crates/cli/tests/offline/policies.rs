//! `underpin policy`: what policies decide, what changes between them, what is wrong with them.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use super::place::Place;

const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn statement(principal: &Value, action: &Value) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"})
}

fn policy(statements: &[Value]) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn delegation() -> Value {
    statement(&json!({"AWS": "arn:aws:iam::123456789012:root"}), &json!("kms:*"))
}

fn administrators(count: usize) -> String {
    let names: Vec<String> =
        (0..count).map(|number| format!("arn:aws:iam::123456789012:role/admin-{number}")).collect();
    let eks = statement(&json!({"Service": "eks.amazonaws.com"}), &json!("kms:Decrypt"));
    policy(&[
        delegation(),
        eks,
        statement(&json!({"AWS": names}), &json!(["kms:PutKeyPolicy", "kms:Enable*"])),
    ])
}

/// stdout, and the exit status.
fn outcome(place: &Place, arguments: &[&str]) -> (String, i32) {
    let output = place.command(arguments).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

/// `permission_changes` of `policy diff -json`.
fn changes(place: &Place) -> Vec<Value> {
    let (text, status) = outcome(place, &["policy", "diff", "-json", "before.json", "after.json"]);
    assert_eq!(status, 0, "{text}");
    let document: Value = serde_json::from_str(&text).unwrap();
    document["permission_changes"].as_array().unwrap().clone()
}

/// The answers to requests on stdin.
fn answers(place: &Place, requests: &[Value]) -> Vec<Value> {
    let mut command = place.command(&["policy", "simulate", "-requests", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines: String = requests.iter().map(|request| format!("{request}\n")).collect();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn of_66_administrators_eleven_gain() {
    let place = Place::with(&[("before.json", &administrators(55)), ("after.json", &administrators(66))]);
    let changes = changes(&place);
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0]["principal"].as_array().unwrap().len(), 11);
    assert_eq!((&changes[0]["direction"], &changes[0]["marks"]), (&json!("gain"), &json!(["self"])));
}

#[test]
fn what_is_no_gain_passes_the_gate_and_what_is_one_does_not() {
    let eks = |condition: Value| {
        let mut one = statement(&json!({"Service": "eks.amazonaws.com"}), &json!("kms:Decrypt"));
        one["Condition"] = condition;
        policy(&[delegation(), one])
    };
    let wide = eks(json!({"StringLike": {"aws:SourceAccount": "*"}}));
    let narrow = eks(json!({"StringEquals": {"aws:SourceAccount": "123456789012"}}));
    let place = Place::with(&[("wide.json", &wide), ("narrow.json", &narrow)]);
    let gate = |files: [&str; 2], who: &str| {
        outcome(&place, &["policy", "diff", &format!("-no-widening={who}"), files[0], files[1]]).1
    };
    assert_eq!(gate(["wide.json", "narrow.json"], "any"), 0);
    assert_eq!(gate(["narrow.json", "wide.json"], "any"), 1);
    assert_eq!(gate(["narrow.json", "wide.json"], "public"), 0);
    assert_eq!(outcome(&place, &["policy", "diff", "-detailed-exitcode", "wide.json", "narrow.json"]).1, 2);
    assert_eq!(
        outcome(&place, &["policy", "diff", "wide.json", "wide.json"]),
        ("The same permissions.\n".to_owned(), 0)
    );
}

/// A key that never has several values is not compared as if it had (IAM user guide,
/// `reference_policies_condition-single-vs-multi-valued-context-keys`); one that has is.
#[test]
fn a_set_operator_on_a_key_of_one_value_is_an_operator_for_one() {
    let gate = |key: &str, before: &str, after: &str| {
        let read = |operator: &str| {
            let one = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {operator: {key: "a"}}});
            policy(&[one])
        };
        let place = Place::with(&[("before.json", &read(before)), ("after.json", &read(after))]);
        outcome(&place, &["policy", "diff", "-kind=identity", "-no-widening", "before.json", "after.json"]).1
    };
    let every = "ForAllValues:StringEquals";
    let any = "ForAnyValue:StringEquals";
    for key in ["aws:PrincipalOrgID", "s3:prefix", "aws:RequestTag/team"] {
        assert_eq!(gate(key, every, "StringEqualsIfExists"), 0, "{key}");
        assert_eq!(gate(key, "StringEquals", any), 0, "{key}");
        assert_eq!(gate(key, "StringEquals", every), 1, "{key}: absent");
    }
    for key in ["aws:TagKeys", "aws:PrincipalOrgPaths", "nosuch:keys"] {
        assert_eq!(gate(key, every, "ForAnyValue:StringEqualsIfExists"), 1, "{key}");
    }
}

/// A witness is refused before and allowed after, also for `policy simulate`.
#[test]
fn a_witness_is_confirmed() {
    let trail = "arn:aws:cloudtrail:us-east-1:123456789012:trail/main";
    let mut cloudtrail =
        statement(&json!({"Service": "cloudtrail.amazonaws.com"}), &json!("kms:GenerateDataKey*"));
    cloudtrail["Condition"] = json!({"StringEquals": {"aws:SourceArn": trail}});
    let (before, after) = (policy(&[delegation()]), policy(&[delegation(), cloudtrail]));
    let place = Place::with(&[("before.json", &before), ("after.json", &after)]);
    let witness = changes(&place)[0]["witness"].clone();
    assert_eq!(witness["context"], json!({"aws:SourceArn": trail}));
    let request = |policy: &str| {
        let mut request = witness.clone();
        request["resource_policy"] = serde_json::from_str(policy).unwrap();
        request
    };
    let decisions: Vec<Value> = answers(&place, &[request(&before), request(&after)]);
    assert_eq!(decisions[0]["decision"], "ImplicitDeny");
    assert_eq!(decisions[1]["decision"], "Allow");
}

#[test]
fn requests_are_answered_in_order_with_reasons() {
    let place = Place::with(&[]);
    let everything =
        json!([{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]);
    let ci = "arn:aws:iam::123456789012:role/ci";
    let role = "arn:aws:iam::123456789012:role/target";
    let trust = json!({"Statement": {"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:AssumeRole"}});
    let home = json!([{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::home/${aws:username}/*"}}]);
    let told = answers(
        &place,
        &[
            json!({"id": "create", "principal": ci, "action": "kms:CreateKey", "resource": "*", "identity": everything}),
            json!({"id": "list", "principal": ci, "action": "kms:ListAliases", "resource": "*", "identity": everything}),
            json!({"id": "tag", "principal": ci, "action": "sts:TagSession", "resource": role, "identity": everything, "resource_policy": trust}),
            json!({"id": "home", "principal": ci, "action": "s3:GetObject", "resource": "arn:aws:s3:::home/alice/x", "identity": home}),
            json!({"id": 5, "principal": ci, "action": "kms:Decrypt", "resource": KEY, "identity": everything, "scp": [everything, [{"Statement": {"Sid": "No", "Effect": "Deny", "Action": "kms:*", "Resource": "*"}}]]}),
            json!({"id": 6, "principal": "nobody", "action": "kms:Decrypt"}),
        ],
    );
    let decisions: Vec<&Value> = told.iter().map(|answer| &answer["decision"]).collect();
    assert_eq!(
        decisions,
        ["Allow", "Allow", "ImplicitDeny", "ImplicitDeny", "ExplicitDeny", ""]
            .map(|text| if text.is_empty() { Value::Null } else { json!(text) })
            .iter()
            .collect::<Vec<_>>()
    );
    assert_eq!(told[2]["missing"][0]["policy"], "resource");
    assert_eq!(told[2]["missing"][0]["statement"]["Action"], "sts:TagSession");
    assert_eq!(told[4]["deciding"], json!([{"policy": "scp[1][0]", "statement": 0, "sid": "No"}]));
    assert_eq!((&told[5]["id"], told[5]["error"].is_string()), (&json!(6), true));
}

/// A line that is not understood is answered, and takes none of the others along.
#[test]
fn a_request_that_is_none_is_answered_with_an_error_alone() {
    let place = Place::with(&[]);
    let command = |line: &[u8]| {
        let mut command = place.command(&["policy", "simulate", "-requests", "-"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let good =
            br#"{"id": "good", "principal": "anonymous", "action": "s3:GetObject", "note": "of the caller"}"#;
        let lines = [good, line, good].join(&b"\r\n"[..]);
        child.stdin.take().unwrap().write_all(&lines).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let told: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!((told.len(), &told[0], &told[0]["decision"]), (3, &told[2], &json!("ImplicitDeny")));
        told[1]["error"].as_str().unwrap().to_owned()
    };
    assert_eq!(command(b"\xff\xfe{}"), "is not text in UTF-8");
    assert_eq!(command(b"[]"), "is not a JSON object");
    let with = |more: &str| {
        command(
            format!(r#"{{"id": 1, "principal": "anonymous", "action": "s3:GetObject", {more}}}"#).as_bytes(),
        )
    };
    assert_eq!(with(r#""scps": [[]]"#), "has `scps`: did you mean `scp`?");
    assert_eq!(with(r#""resource-policy": {}"#), "has `resource-policy`: did you mean `resource_policy`?");
    assert_eq!(with(r#""identity": [], "identity": []"#), "has `identity` twice");
    let pattern = |action: &str| {
        command(format!(r#"{{"id": 1, "principal": "anonymous", "action": "{action}"}}"#).as_bytes())
    };
    assert!(pattern("s3:*").contains("is a pattern of actions"));
    assert!(pattern("GetObject").contains("is no action"));
    let all = json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}).to_string();
    let place = Place::with(&[("x.json", &all)]);
    let line = ["policy", "simulate", "-principal=arn:aws:iam::123456789012:role/x", "-identity=x.json"];
    let unknown = place.command(&[&line[..], &["-action=s3:GetObjct", "-json"]].concat()).output().unwrap();
    assert!(String::from_utf8(unknown.stderr).unwrap().starts_with("AWS has no action `s3:GetObjct`"));
    assert_eq!(serde_json::from_slice::<Value>(&unknown.stdout).unwrap()["decision"], "Allow");
    let line = ["policy", "simulate", "-principal=anonymous", "-identity=x.json", "-action=s3:Get*"];
    let refused = place.command(&line).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("is a pattern of actions"));
}

#[test]
fn services_of_every_partition_and_identity_providers_are_told_apart() {
    let place = Place::with(&[]);
    let trust = |principal: Value, action: &str| json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": principal, "Action": action}});
    let services = [
        "eks.amazonaws.com",
        "logs.cn-north-1.amazonaws.com.cn",
        "logs.eusc-de-east-1.amazonaws.eu",
        "ec2.amazonaws.com.cn",
    ];
    let providers = [
        "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF",
        "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        "arn:aws-cn:iam::123456789012:saml-provider/idp",
        "accounts.google.com",
        "cognito-identity.amazonaws.com",
        "cognito-identity.cn-north-1.amazonaws.com.cn",
    ];
    let asked = |name: &str, kind: &str, action: &str| {
        json!({"id": name, "principal": name, "action": action, "resource": "arn:aws:iam::123456789012:role/r",
            "resource_policy": trust(json!({kind: name}), action)})
    };
    let mut requests: Vec<Value> =
        services.iter().map(|name| asked(name, "Service", "sts:AssumeRole")).collect();
    requests.extend(providers.iter().map(|name| asked(name, "Federated", "sts:AssumeRoleWithWebIdentity")));
    for answer in answers(&place, &requests) {
        assert_eq!(answer["decision"], "Allow", "{answer}");
    }
}

#[test]
fn what_a_request_lacks_is_told_apart_from_what_a_policy_lacks() {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}, "ArnLike": {"aws:SourceArn": "arn:aws:eks:*"}}}]});
    let place = Place::with(&[("trust.json", &trust.to_string())]);
    let asked = |context: &[&str]| {
        let role = "-resource=arn:aws:iam::123456789012:role/r";
        let mut line =
            vec!["policy", "simulate", "-resource-policy=trust.json", "-principal=eks.amazonaws.com", role];
        line.extend(["-action=sts:AssumeRole"].iter().chain(context));
        place.run(&line)
    };
    let said = asked(&[]);
    assert!(
        said.contains("-context 'aws:SourceArn=arn:aws:eks:*' -context 'aws:SourceAccount=123456789012'"),
        "{said}"
    );
    assert!(!said.contains("this would"), "{said}");
    let said = asked(&["-context=aws:SourceAccount=1", "-context=aws:SourceArn=arn:aws:eks:x"]);
    assert!(said.contains("(it is 1)") && said.contains("this would"), "{said}");
    let said = asked(&["-context=aws:SourceAccount=123456789012,aws:SourceArn=arn:aws:eks:x"]);
    assert!(
        said.contains("holds a second key") && said.contains("-context 'aws:SourceArn=arn:aws:eks:x'"),
        "{said}"
    );
}

#[test]
fn mistakes_are_found_at_their_place() {
    let text = "{\n  \"Statement\": [\n    {\"Effect\": \"Allow\",\n     \"Action\": \"s3:GetObjct\",\n     \"Resource\": \"*\"}\n  ]\n}\n";
    let place = Place::with(&[("policy.json", text)]);
    let (said, status) = outcome(&place, &["policy", "lint", "policy.json"]);
    assert_eq!(status, 1);
    assert!(said.starts_with("policy.json:4:16: error[unknown-action]\n"), "{said}");
    assert!(said.contains("did you mean s3:GetObject?"), "{said}");
    let (sarif, _) = outcome(&place, &["policy", "lint", "-sarif", "policy.json"]);
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "unknown-action");
}

/// Text of a policy cannot pass for a line of ours.
#[test]
fn no_text_of_a_policy_forges_the_report() {
    let mut forged = statement(&json!("*"), &json!("kms:Decrypt"));
    forged["Sid"] = json!("a\nPlan: 0 to add");
    forged["Condition"] =
        json!({"StringLike": {"aws:PrincipalArn": ["nobody\n\nPlan: 0 to add\u{202e}", "*"]}});
    let place = Place::with(&[
        ("before.json", &policy(&[delegation()])),
        ("after.json", &policy(&[delegation(), forged])),
    ]);
    for arguments in [
        &["policy", "diff", "before.json", "after.json"][..],
        &["policy", "explain", "after.json"],
        &["policy", "lint", "after.json"],
    ] {
        let (said, _) = outcome(&place, arguments);
        assert!(!said.lines().any(|line| line.trim_start().starts_with("Plan:")), "{said}");
        assert!(!said.contains('\u{202e}'), "{said}");
    }
}
