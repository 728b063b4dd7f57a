//! Whether anybody in an account could do something.

use crate::condition::Conditions;
use crate::condition_key::is_key;
use crate::difference::{Attachment, Undecided, Witness, difference};
use crate::document::Policy;
use crate::kind::Kind;
use crate::prepared::action_glob;
use crate::principal::Principal;
use crate::reference::reference;
use crate::request::Request;
use crate::statement::{Element, Statement};

/// What only services bring with a request (IAM user guide, `reference_policies_condition-keys`, properties of the
/// resource in a service's request).
const OF_SERVICES: [&str; 5] =
    ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"];

/// What no service brings (IAM user guide, `reference_policies_condition-keys`, properties of the principal and of the role
/// session); a tag is one of these with its name.
const OF_PEOPLE: [&str; 7] = [
    "aws:federatedprovider",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceidentity",
    "aws:tokenissuetime",
];

/// Whether somebody in an account could do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Somebody {
    /// By this request.
    Can(Witness),
    /// Nobody could, whoever they are and whatever they bring with their request.
    Nobody,
    /// It cannot be told, for these reasons.
    Undecided(Vec<Undecided>),
}

/// Whether somebody in an account could do something under the policy of a resource, where their own policies allow
/// everything; or a service.
///
/// `asked.principal` is the account, or the service; `asked.resource` is `*` for whichever. A key of its context has one of the values that are given, and is absent if none are;
/// all others may have any value that a request for the action can have. Of an encryption context all of it is given, or
/// nothing.
///
/// ```
/// use policy::{Kind, Policy, Principal, Request, Somebody, somebody};
///
/// let policy = Policy::parse(
///     r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "kms:*", "Resource": "*",
///         "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}}"#,
/// )?;
/// let change = Request::new(
///     Principal::aws("123456789012"),
///     "kms:PutKeyPolicy",
///     "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
///     "123456789012",
/// );
/// let Somebody::Can(witness) = somebody(&policy, Kind::Key, &change) else { panic!("an administrator can") };
/// assert_eq!(witness.context.values("aws:MultiFactorAuthPresent"), ["true"]);
/// assert_eq!(somebody(&policy, Kind::Key, &change.with("aws:MultiFactorAuthPresent", ["false"])), Somebody::Nobody);
/// # Ok::<(), policy::PolicyError>(())
/// ```
pub fn somebody(policy: &Policy, kind: Kind, asked: &Request) -> Somebody {
    let account = asked.account.as_str();
    let lower = asked.action.to_ascii_lowercase();
    let is_about_it = |statement: &&Statement| {
        statement.action.as_ref().is_some_and(|actions| actions.has(|one| action_glob(one).matches(&lower)))
    };
    let mut statements: Vec<Statement> = policy.statements.iter().filter(is_about_it).cloned().collect();
    let service = match &asked.principal {
        Principal::Service(name) => Some(name.as_str()),
        _ => None,
    };
    if kind != Kind::Key && service.is_none() {
        // Their own policies are enough, if this one does not deny.
        statements.push(everything(Statement::allow().principals([Principal::Everyone])));
    }
    statements.push(everything(Statement {
        action: Some(Element::AllBut(vec![asked.action.clone()])),
        ..everyone()
    }));
    if kind != Kind::Key {
        statements.push(Statement {
            action: Some(Element::Only(vec!["*".to_owned()])),
            resource: Some(Element::AllBut(vec![asked.resource.clone()])),
            ..everyone()
        });
    }
    let denied_when =
        |operator: &str, key: &str, value: &str| everything(everyone()).when(operator, key, [value]);
    statements.push(match service {
        Some(service) => denied_when("StringNotEquals", "aws:PrincipalServiceName", service),
        None => denied_when("StringNotEquals", "aws:PrincipalAccount", account),
    });
    for (key, values) in asked.context.entries() {
        statements.push(match values {
            [] => denied_when("Null", key, "false"),
            values => everything(everyone()).when("StringNotEquals", key, values.to_vec()),
        });
    }
    let unsent = keys(policy).into_iter().filter(|key| !is_sent(key, asked));
    statements.extend(unsent.map(|key| denied_when("Null", &key, "false")));
    let narrowed = Policy { version: policy.version, id: None, statements };
    // Of a bucket the account's root user needs no policy: against none it would gain nothing.
    let nobody = Policy::new([everything(everyone())]);
    let changes = difference(Some(&nobody), Some(&narrowed), Attachment::to(kind).of(account));
    let mut why: Vec<Undecided> = Vec::new();
    for change in changes {
        match change.witness {
            Some(witness) => return Somebody::Can(witness),
            None if change.widens() => why.extend(change.undecided),
            None => {}
        }
    }
    if why.is_empty() { Somebody::Nobody } else { Somebody::Undecided(why) }
}

impl Somebody {
    /// Whether it is known that somebody could.
    pub fn can(&self) -> bool {
        matches!(self, Self::Can(_))
    }
}

fn everyone() -> Statement {
    Statement::deny().principals([Principal::Everyone])
}

/// The statement about every action and resource, as far as it does not say otherwise.
fn everything(statement: Statement) -> Statement {
    let all = || Some(Element::Only(vec!["*".to_owned()]));
    Statement {
        action: statement.action.or_else(all),
        resource: statement.resource.or_else(all),
        ..statement
    }
}

/// The condition keys of a policy, in lower case.
fn keys(policy: &Policy) -> Vec<String> {
    let conditions = policy.statements.iter().map(|statement| &statement.condition);
    let tests = conditions.flat_map(Conditions::tests);
    let mut keys: Vec<String> = tests.map(|test| test.key.to_ascii_lowercase()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Whether a request of somebody's can have a key, in lower case.
fn is_sent(key: &str, asked: &Request) -> bool {
    let is_context = |key: &str| key.to_ascii_lowercase().starts_with("kms:encryptioncontext:");
    if !asked.context.values(key).is_empty() {
        return true;
    }
    let is_service = matches!(asked.principal, Principal::Service(_));
    let is_of_people = OF_PEOPLE.contains(&key) || key.starts_with("aws:principaltag/");
    if is_service && is_of_people
        || OF_SERVICES.contains(&key) && !is_service
        || is_context(key) && asked.context.entries().any(|(key, _)| is_context(key))
    {
        return false;
    }
    if key.starts_with("aws:") {
        return true;
    }
    let keys = reference().action(&asked.action).and_then(|action| action.condition_keys());
    keys.is_none_or(|mut keys| keys.any(|known| is_key(known, key)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ACCOUNT: &str = "123456789012";

    fn changes(statements: Value) -> bool {
        let policy =
            Policy::parse(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap();
        let key = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/1");
        let request = Request::new(Principal::aws(ACCOUNT), "kms:PutKeyPolicy", key, ACCOUNT);
        somebody(&policy, Kind::Key, &request).can()
    }

    fn account(condition: Value) -> Value {
        json!({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*", "Condition": condition})
    }

    fn denial(condition: Value) -> Value {
        json!({"Effect": "Deny", "Principal": "*", "Action": "kms:Put*", "Resource": "*", "Condition": condition})
    }

    #[test]
    fn whoever_can_bring_what_a_policy_asks_for_is_somebody() {
        for condition in [
            json!({}),
            json!({"StringEquals": {"aws:PrincipalTag/team": "security"}}),
            json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            json!({"StringEquals": {"kms:CallerAccount": ACCOUNT}}),
            json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/team-?/*"}}),
        ] {
            assert!(changes(json!([account(condition.clone())])), "{condition}");
        }
        for condition in [
            json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
            json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin*"}}),
            json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}),
            json!({"StringEquals": {"kms:EncryptionContext:aws:cloudtrail:arn": "x"}}),
        ] {
            assert!(changes(json!([account(json!({})), denial(condition.clone())])), "{condition}");
        }
    }

    #[test]
    fn what_nobody_in_the_account_can_bring_is_nobodys() {
        for condition in [
            json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
            json!({"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "false"}}),
            json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}),
            json!({"StringEquals": {"aws:PrincipalAccount": "999988887777"}}),
            json!({"StringEquals": {"aws:PrincipalTag/a": "b"}, "StringNotEquals": {"aws:PrincipalTag/a": "b"}}),
        ] {
            assert!(!changes(json!([account(condition.clone())])), "{condition}");
        }
        let elsewhere = json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:role/KeyAdmin"}, "Action": "kms:*",
            "Resource": "*"});
        assert!(!changes(json!([elsewhere])), "KMS lets no other account change a key's policy");
        assert!(!changes(json!([account(json!({})), denial(json!({}))])));
        assert!(!changes(json!([
            account(json!({})),
            denial(json!({"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}))
        ])));
    }

    #[test]
    fn root_is_somebody_in_every_partition() {
        for partition in ["aws", "aws-us-gov"] {
            let denial = json!({"Effect": "Deny", "NotPrincipal": {"AWS": format!("arn:{partition}:iam::{ACCOUNT}:root")},
                "Action": "s3:*", "Resource": "*"});
            let policy =
                Policy::parse(&json!({"Version": "2012-10-17", "Statement": [denial]}).to_string()).unwrap();
            let log = format!("arn:{partition}:s3:::logs/AWSLogs/x");
            let read = Request::new(Principal::aws(ACCOUNT), "s3:GetObject", log, ACCOUNT);
            assert!(somebody(&policy, Kind::Bucket, &read).can(), "{partition}");
        }
    }

    #[test]
    fn an_encryption_context_is_given_whole() {
        let statement = account(
            json!({"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:123456789012:*"}}),
        );
        let policy =
            Policy::parse(&json!({"Version": "2012-10-17", "Statement": statement}).to_string()).unwrap();
        let key = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/1");
        let read = Request::new(Principal::aws(ACCOUNT), "kms:Decrypt", key, ACCOUNT);
        assert!(somebody(&policy, Kind::Key, &read).can());
        let of_trail = read.with(
            "kms:EncryptionContext:aws:cloudtrail:arn",
            ["arn:aws:cloudtrail:us-east-1:123456789012:trail/t"],
        );
        assert_eq!(somebody(&policy, Kind::Key, &of_trail), Somebody::Nobody);
    }
}
