//! Gains that are easily overlooked.

use super::*;

fn identity(effect: &str, action: Value, resource: Value) -> Value {
    json!({"Effect": effect, "Action": action, "Resource": resource})
}

fn under(mut statement: Value, condition: Value) -> Value {
    statement["Condition"] = condition;
    statement
}

fn compared(before: &Value, after: &Value) -> Vec<PermissionChange> {
    difference(Some(&policy(before)), Some(&policy(after)), Attachment::to(Kind::Identity))
}

fn everything(effect: &str) -> Value {
    identity(effect, json!("*"), json!("*"))
}

#[test]
fn what_is_gained_only_where_several_things_come_together_is_gained() {
    let reads = |resource: &str| identity("Allow", json!("s3:GetObject"), json!(resource));
    let no_reads = |resource: &str| identity("Deny", json!("s3:GetObject"), json!(resource));
    let all_when = |effect: &str, condition: Value| under(everything(effect), condition);
    let text = |operator: &str, values: Value| json!({operator: {"aws:PrincipalTag/t": values}});
    let named = ["ec2", "dynamodb", "lambda", "sqs"].map(|service| format!("{service}:*"));
    let arn = |pattern: &str| json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::*:{pattern}")}});
    let user = |name: &str| json!({"StringEquals": {"aws:username": name}});
    let cases = [
        // All the services that stand for others are named.
        (json!([identity("Allow", json!(named), json!("*"))]), json!([everything("Allow")])),
        // A principal that fits two patterns, of two statements.
        (
            json!([all_when("Allow", arn("role/a*")), all_when("Deny", arn("role/*b"))]),
            json!([all_when("Allow", arn("role/a*"))]),
        ),
        // A user by name and by path.
        (
            json!([all_when("Allow", user("bob")), all_when("Deny", arn("user/team/*"))]),
            json!([all_when("Allow", user("bob"))]),
        ),
        // Two variables, whose values another text has in their places.
        (
            json!([
                reads("arn:aws:s3:::x/y/*"),
                no_reads("arn:aws:s3:::${aws:PrincipalTag/a}/${aws:PrincipalTag/b}/*")
            ]),
            json!([reads("arn:aws:s3:::x/y/*")]),
        ),
        // A value that has the character by which the variable ends.
        (
            json!([reads("arn:aws:s3:::home/p/q/x"), no_reads("arn:aws:s3:::home/${aws:PrincipalTag/a}/x")]),
            json!([reads("arn:aws:s3:::home/p/q/x")]),
        ),
        // A value whose surroundings a wildcard takes.
        (
            json!([reads("arn:aws:s3:::*/bob/x"), no_reads("arn:aws:s3:::home/${aws:PrincipalTag/a}/x")]),
            json!([reads("arn:aws:s3:::*/bob/x")]),
        ),
        // A spelling that is none of those that are written.
        (
            json!([all_when("Allow", text("StringEquals", json!(["ABC", "Abc", "abc"])))]),
            json!([all_when("Allow", text("StringEqualsIgnoreCase", json!("abc")))]),
        ),
        (
            json!([
                all_when("Allow", text("StringEqualsIgnoreCase", json!("abc"))),
                all_when("Deny", text("StringLike", json!("aB?"))),
            ]),
            json!([all_when("Allow", text("StringEqualsIgnoreCase", json!("abc")))]),
        ),
        // A date beyond the calendars.
        (
            json!([all_when("Allow", json!({"DateLessThan": {"aws:CurrentTime": "99999999999999"}}))]),
            json!([everything("Allow")]),
        ),
    ];
    for (before, after) in cases {
        let changes = compared(&before, &after);
        let gain = changes.iter().find(|change| change.widens());
        let gain = gain.unwrap_or_else(|| panic!("no gain from {before} to {after}: {changes:?}"));
        assert!(gain.witness.is_some() && !gain.is_undecided(), "{gain:?}");
        assert!(!compared(&after, &before).iter().any(PermissionChange::widens), "{after} to {before}");
    }
}

/// Thirteen sets of tag keys, each of them told apart.
#[test]
fn sets_of_many_values_are_told_apart() {
    let keys: Vec<String> = (0..13).map(|number| format!("key{number}")).collect();
    let only = |operator: &str, values: &[String]| {
        under(
            identity("Allow", json!("ec2:CreateTags"), json!("*")),
            json!({operator: {"aws:TagKeys": values}}),
        )
    };
    let each: Vec<Value> =
        keys.iter().map(|key| only("ForAllValues:StringEquals", std::slice::from_ref(key))).collect();
    let mut all = each.clone();
    all.push(only("ForAllValues:StringEquals", &keys[..2]));
    let changes = compared(&json!(each), &json!(all));
    let [gain] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!(gain.witness.as_ref().unwrap().context.values("aws:TagKeys"), &keys[..2]);
}
