//! Policy documents, and the principals in them that a service may not see yet.
//!
//! AWS calls a document malformed if a principal in it does not exist, and also if it was made a moment ago. Only the second
//! passes by itself.

use std::time::{Duration, SystemTime};

use aws_smithy_types::DateTime;
use engine::CloudError;
use terraform::Value;

use crate::account::Account;
use crate::call::{absent_if, answered, call, has_code};
use crate::waiting::MALFORMED;

/// For how long after it was made a principal may be unknown somewhere.
const NEW: Duration = Duration::from_secs(15 * 60);

/// What is known of the principals of a document.
enum Principals {
    /// One was made a moment ago, or cannot be looked at.
    New,
    /// All are as old as they have to be; these are not there.
    Settled(Vec<String>),
}

/// Sends a document until it is taken or refused for good: with one of the `passing` codes it is sent again, and one that is
/// called malformed only while a principal in it is new.
///
/// # Errors
/// The last refusal; of a malformed document with the principals that do not exist.
pub(crate) async fn send<T, F>(
    account: &Account,
    document: &str,
    passing: &[&str],
    mut attempt: impl FnMut() -> F,
) -> Result<T, CloudError>
where
    F: Future<Output = Result<T, CloudError>>,
{
    let steady: Vec<&str> = passing.iter().copied().filter(|code| !MALFORMED.contains(code)).collect();
    let refusal = match account.patience.retry(&steady, &mut attempt).await {
        Err(refusal) if has_code(&refusal, MALFORMED) => refusal,
        answer => return answer,
    };
    match look(account, document).await {
        Principals::New => account.patience.retry(passing, attempt).await,
        Principals::Settled(missing) if missing.is_empty() => Err(refusal),
        Principals::Settled(missing) => {
            let message = format!("{} There is no {}.", refusal.message, missing.join(", no "));
            Err(CloudError { message, ..refusal })
        }
    }
}

/// Looks at the users and roles of this account that a document names.
async fn look(account: &Account, document: &str) -> Principals {
    let mut missing = Vec::new();
    for arn in named(document) {
        match made(account, &arn).await {
            Ok(Some(date)) if is_new(&date) => return Principals::New,
            Ok(Some(_)) => {}
            Ok(None) => missing.push(arn),
            Err(_) => return Principals::New,
        }
    }
    Principals::Settled(missing)
}

/// When a principal was made; `None`: there is no such principal. One of another account, and an account itself, is taken
/// for old: nothing here could have made it.
async fn made(account: &Account, arn: &str) -> Result<Option<DateTime>, CloudError> {
    let of_account = format!("arn:{}:iam::{}:", account.place.partition, account.place.account_id);
    let own = arn.strip_prefix(&of_account).and_then(|own| own.split_once('/'));
    let iam = &account.services.iam;
    Ok(match own.map(|(kind, path)| (kind, path.rsplit('/').next().unwrap_or(path))) {
        Some(("role", name)) => {
            let answer = call("iam:GetRole", iam.get_role().role_name(name).send()).await;
            let answer = absent_if(answer, &["NoSuchEntity"])?;
            let role = answer.map(|answer| answered("iam:GetRole", answer.role, "role")).transpose()?;
            role.map(|role| role.create_date)
        }
        Some(("user", name)) => {
            let answer = call("iam:GetUser", iam.get_user().user_name(name).send()).await;
            let answer = absent_if(answer, &["NoSuchEntity"])?;
            let user = answer.map(|answer| answered("iam:GetUser", answer.user, "user")).transpose()?;
            user.map(|user| user.create_date)
        }
        _ => Some(DateTime::from_secs(0)),
    })
}

fn is_new(date: &DateTime) -> bool {
    let now = SystemTime::now();
    SystemTime::try_from(*date).is_ok_and(|made| now.duration_since(made).map_or(true, |age| age < NEW))
}

/// The ARNs that a document names as principals, each once.
fn named(document: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let statements = match document.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().collect(),
        Some(statement) => vec![statement],
        None => Vec::new(),
    };
    let mut arns: Vec<String> = Vec::new();
    for statement in statements {
        for element in ["Principal", "NotPrincipal"] {
            match statement.get(element).and_then(|principal| principal.get("AWS")) {
                Some(Value::String(one)) => arns.push(one.clone()),
                Some(Value::Array(many)) => {
                    arns.extend(many.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                _ => {}
            }
        }
    }
    arns.sort();
    arns.dedup();
    arns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_found_in_every_form() {
        let document = r#"{"Statement": [
            {"Principal": {"AWS": "arn:aws:iam::1:root"}},
            {"Principal": {"AWS": ["arn:aws:iam::1:role/b", "arn:aws:iam::1:role/a"]}},
            {"NotPrincipal": {"AWS": "arn:aws:iam::1:role/a"}},
            {"Principal": "*"},
            {"Principal": {"Service": "x.amazonaws.com"}}
        ]}"#;
        assert_eq!(
            named(document),
            ["arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b", "arn:aws:iam::1:root"]
        );
        assert_eq!(named(r#"{"Statement": {"Principal": {"AWS": "a"}}}"#), ["a"]);
        assert!(named("no document").is_empty());
    }

    #[test]
    fn what_was_made_a_moment_ago_is_new() {
        let minutes_ago =
            |minutes: u64| DateTime::from(SystemTime::now() - Duration::from_secs(60 * minutes));
        assert!(is_new(&minutes_ago(0)) && is_new(&minutes_ago(14)));
        assert!(!is_new(&minutes_ago(16)) && !is_new(&DateTime::from_secs(0)));
    }
}
