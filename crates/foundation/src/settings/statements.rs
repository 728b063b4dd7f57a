//! The settings `key_policy_statements` and `bucket_policy_statements`: statements of the user's own.

use policy::{Finding, Kind, Policy, Rule, Severity, Statement, lint};
use serde_json::json;
use terraform::types::PathStep;
use terraform::{Diagnostic, Value};

use super::reader::{Problem, Reader};

/// The setting with statements for the key's policy.
pub(crate) const KEY_POLICY_STATEMENTS: &str = "key_policy_statements";
/// The setting with statements for the log bucket's policy.
pub(crate) const BUCKET_POLICY_STATEMENTS: &str = "bucket_policy_statements";
/// What stands for the log bucket's ARN in a statement: its name may be drawn only when it is made.
pub(crate) const BUCKET_ARN: &str = "${aws_s3_bucket.cloudtrail.arn}";

/// Where the elements of a lone statement stand for the parser.
const FIRST: &str = "Statement[0]";

/// Reads the statements of a setting, each under a name of its own.
pub(super) fn read(reader: &mut Reader<'_>, name: &str, kind: Kind) -> Vec<Statement> {
    let Some(value) = reader.value(name) else { return Vec::new() };
    let Some(items) = value.as_array() else {
        reader.problem(name, &[], Problem::new("a list of statements is required"));
        return Vec::new();
    };
    let mut statements = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match statement(item, kind) {
            Ok(statement) => statements.push((index, statement)),
            Err((path, problem)) => reader.problem(name, &placed(index, item, &path), problem),
        }
    }
    let policy = Policy::new(statements.iter().map(|(_, statement)| statement.clone()));
    for finding in lint(&policy, kind, None).into_iter().filter(is_of_the_statements) {
        let Some((number, path)) = place(&finding.path) else { continue };
        let Some((index, item)) =
            statements.get(number).and_then(|(index, _)| Some((*index, items.get(*index)?)))
        else {
            continue;
        };
        match finding.rule.severity() {
            Severity::Error => reader.problem(name, &placed(index, item, path), problem(&finding)),
            Severity::Warning => reader.warn(name, warning(name, &finding)),
            Severity::Note => {}
        }
    }
    statements.into_iter().map(|(_, statement)| statement).collect()
}

/// Whether a finding is about the statements alone: who is locked out is judged with ours beside them, and what stands for
/// the bucket's ARN is ours.
fn is_of_the_statements(finding: &Finding) -> bool {
    finding.rule != Rule::LockOut && !finding.message.contains(BUCKET_ARN)
}

/// One statement; else the element that is wrong, and why.
fn statement(item: &Value, kind: Kind) -> Result<Statement, (String, Problem)> {
    let whole = |problem: Problem| (String::new(), problem);
    if !item.is_object() {
        return Err(whole(Problem::new("a statement is an object with a Sid")));
    }
    let document = json!({"Version": "2012-10-17", "Statement": [item]});
    let policy = Policy::parse(&document.to_string()).map_err(|error| {
        let path = error.path.strip_prefix(FIRST).unwrap_or_default().to_owned();
        (path, Problem::new(format!("the statement's `{}` {}", element(&error.path), error.reason)))
    })?;
    let Some(statement) = policy.statements.into_iter().next() else {
        return Err(whole(Problem::new("there is no statement")));
    };
    if statement.sid.as_deref().is_none_or(str::is_empty) {
        let problem = Problem::new("a statement lacks the `Sid` by which plans and errors name it");
        return Err(whole(problem.instead("write Sid = \"A name of your own\" into it")));
    }
    if let Some(reference) = foreign_reference(&item.to_string(), kind) {
        let problem =
            Problem::new(format!("`{reference}` is neither a policy variable nor the log bucket's ARN"));
        let instead = match kind {
            Kind::Bucket => {
                format!("write a policy variable such as $${{aws:PrincipalAccount}}, or ${BUCKET_ARN}")
            }
            _ => "write a policy variable such as $${aws:PrincipalAccount}, or the value itself".to_owned(),
        };
        return Err(whole(problem.instead(instead)));
    }
    Ok(statement)
}

/// The first `${…}` that would be taken for something of ours: policy variables have a colon.
fn foreign_reference(text: &str, kind: Kind) -> Option<&str> {
    text.match_indices("${").find_map(|(at, _)| {
        let end = text.get(at..)?.find('}')?;
        let reference = text.get(at..=at + end)?;
        let taken = reference.contains(':') || reference == BUCKET_ARN && kind == Kind::Bucket;
        (!taken && reference.contains('.')).then_some(reference)
    })
}

/// The last element of a path, or what it is about as a whole.
fn element(path: &str) -> &str {
    path.rsplit(['.', ']']).next().filter(|element| !element.is_empty()).unwrap_or("whole")
}

/// The number of the statement that a path leads to, and the way on from there. A policy as a whole has none: its size is
/// judged with our statements in it, and so is who could change it.
fn place(path: &str) -> Option<(usize, &str)> {
    let (number, rest) = path.strip_prefix("Statement[")?.split_once(']')?;
    Some((number.parse().ok()?, rest))
}

/// The steps from a setting's value to an element of one of its statements.
fn placed(index: usize, statement: &Value, path: &str) -> Vec<PathStep> {
    let mut steps = vec![PathStep::Index(index)];
    let (mut value, mut rest) = (statement, path);
    loop {
        rest = rest.strip_prefix('.').unwrap_or(rest);
        let is_end = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
        let next = match value {
            Value::Object(fields) => fields.iter().find_map(|(key, field)| {
                let behind = rest.strip_prefix(key.as_str()).filter(|behind| is_end(behind))?;
                Some((PathStep::Key(key.clone()), field, behind))
            }),
            Value::Array(items) => rest.strip_prefix('[').and_then(|rest| {
                let (index, behind) = rest.split_once(']')?;
                let index: usize = index.parse().ok()?;
                Some((PathStep::Index(index), items.get(index)?, behind))
            }),
            _ => None,
        };
        let Some((step, inner, behind)) = next else { return steps };
        steps.push(step);
        (value, rest) = (inner, behind);
    }
}

/// What is wrong with a statement, in its own words.
fn problem(finding: &Finding) -> Problem {
    let problem = Problem::new(sentence(finding));
    match (&finding.suggestion, finding.rule) {
        (Some(suggestion), _) => problem.instead(format!("write \"{suggestion}\"")),
        (None, Rule::DuplicateSid) => problem.instead("give every statement a name of its own"),
        (None, _) => problem,
    }
}

fn warning(name: &str, finding: &Finding) -> Diagnostic {
    let detail = format!("In `{name}`: {}.", sentence(finding));
    Diagnostic::warning("A statement of yours is dangerous, or does nothing", detail)
        .hint("leave it so if that is meant; underpin policy lint tells more of a whole policy")
}

fn sentence(finding: &Finding) -> String {
    match &finding.sid {
        Some(sid) => format!("the statement `{sid}`: {}", finding.message),
        None => finding.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;
    use crate::testing::{example, settings};

    fn partner() -> Value {
        json!({
            "Sid": "Partner", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:role/reader"},
            "Action": "kms:Decrypt", "Resource": "*",
        })
    }

    #[test]
    fn statements_are_read_as_policies_have_them() {
        let settings = settings(json!({
            KEY_POLICY_STATEMENTS: [partner()],
            BUCKET_POLICY_STATEMENTS: [{
                "Sid": "Own", "Effect": "Deny", "Principal": "*", "Action": ["s3:DeleteObject"],
                "Resource": [format!("{BUCKET_ARN}/AWSLogs/*")],
                "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
            }],
        }));
        let sids = |statements: &[Statement]| {
            statements.iter().map(|statement| statement.sid.clone().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(sids(&settings.key_policy_statements), ["Partner"]);
        assert_eq!(sids(&settings.bucket_policy_statements), ["Own"]);
    }

    #[test]
    fn what_is_no_statement_is_refused_where_it_stands() {
        let with = |changes: Value| {
            let mut statement = partner();
            statement.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            statement
        };
        for (statement, reason, hint) in [
            (json!("Partner"), "an object with a Sid", "key_policy_statements = ["),
            (with(json!({"Sid": ""})), "lacks the `Sid`", "write Sid"),
            (with(json!({"Effect": "Permit"})), "`Effect` is `Permit`", "key_policy_statements = ["),
            (with(json!({"Actions": []})), "unknown element `Actions`", "key_policy_statements = ["),
            (with(json!({"Action": "kms:Decript"})), "no action `kms:Decript`", "write \"kms:Decrypt\""),
            (with(json!({"Resource": "arn:aws:s3:::x"})), "about its key alone", "key_policy_statements = ["),
            (with(json!({"Resource": BUCKET_ARN})), "neither a policy variable", "the value itself"),
        ] {
            let values = example(json!({KEY_POLICY_STATEMENTS: [statement]}));
            let problems = Settings::from_values(&values).unwrap_err();
            let [problem] = problems.as_slice() else { panic!("{problems:?}") };
            assert!(problem.detail.contains(reason), "{problem:?}");
            assert!(problem.hint.as_ref().unwrap().contains(hint), "{problem:?}");
        }
        let values = example(json!({KEY_POLICY_STATEMENTS: [partner(), partner()]}));
        let problems = Settings::from_values(&values).unwrap_err();
        assert!(problems[0].detail.contains("has the name `Partner` as well"), "{problems:?}");
    }

    #[test]
    fn elements_are_found_by_their_paths() {
        let statement = json!({"Condition": {"Bool": {"a.b:c": ["x", "y"]}}});
        let steps = placed(2, &statement, ".Condition.Bool.a.b:c[1]");
        let key = |key: &str| PathStep::Key(key.to_owned());
        assert_eq!(
            steps,
            [PathStep::Index(2), key("Condition"), key("Bool"), key("a.b:c"), PathStep::Index(1)]
        );
        assert_eq!(placed(0, &statement, ""), [PathStep::Index(0)]);
    }
}
