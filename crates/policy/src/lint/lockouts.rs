//! What a policy makes impossible that must be possible.

use super::{Finding, Rule};
use crate::difference::{Attachment, Undecided, difference};
use crate::document::Policy;
use crate::kind::Kind;
use crate::principal::Principal;
use crate::request::Request;
use crate::somebody::{Somebody, somebody};
use crate::statement::{Effect, Element};

const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// Something that must be possible.
struct Need {
    /// Who, and what; on whichever resource.
    principal: Principal,
    action: &'static str,
    /// Keys that the request has not.
    absent: &'static [&'static str],
    /// What it is if it is not so.
    message: String,
}

/// The lock-outs of a policy; `account` is whose resource it is of, whichever the policy mentions if it is not known.
pub(super) fn of_policy(policy: &Policy, kind: Kind, account: Option<&str>) -> Vec<Finding> {
    let accounts = match account {
        Some(account) => vec![account.to_owned()],
        None => mentioned(policy),
    };
    let mut findings: Vec<Finding> =
        needs(policy, kind).iter().filter_map(|need| unmet(need, policy, kind, &accounts)).collect();
    findings.extend(idle(policy, kind));
    findings
}

fn needs(policy: &Policy, kind: Kind) -> Vec<Need> {
    match kind {
        Kind::Key => of_key(policy),
        Kind::Bucket => of_bucket(policy),
        Kind::Trust => services(policy).into_iter().map(assuming).collect(),
        _ => Vec::new(),
    }
}

/// KMS itself asks only whether the caller could change the policy again (KMS API, `PutKeyPolicy`), and not by a service
/// (KMS developer guide, `conditions-kms`, `kms:ViaService`). A key that CloudTrail is let in to is the logs'.
fn of_key(policy: &Policy) -> Vec<Need> {
    let mut needs = vec![Need {
        absent: &["kms:ViaService"],
        ..of_account(
            "kms:PutKeyPolicy",
            "nobody in the key's account could change this policy again: allow kms:PutKeyPolicy to the account",
        )
    }];
    if services(policy).iter().any(|service| service == CLOUDTRAIL) {
        needs.push(of_cloudtrail("kms:GenerateDataKey", "encrypt its logs"));
        needs.push(of_account("kms:Decrypt", "nobody in the key's account could read the logs"));
    }
    needs
}

/// CloudTrail looks at the bucket's ACL before it delivers (CloudTrail user guide,
/// `create-s3-bucket-policy-for-cloudtrail`).
fn of_bucket(policy: &Policy) -> Vec<Need> {
    let mut needs =
        vec![of_account("s3:GetObject", "nobody in the bucket's account could read what is in the bucket")];
    if services(policy).iter().any(|service| service == CLOUDTRAIL) {
        needs.push(of_cloudtrail("s3:GetBucketAcl", "look at the bucket before it delivers"));
        needs.push(of_cloudtrail("s3:PutObject", "deliver its logs"));
    }
    needs
}

fn of_account(action: &'static str, message: &str) -> Need {
    Need { principal: Principal::aws(""), action, absent: &[], message: message.to_owned() }
}

fn of_cloudtrail(action: &'static str, what: &str) -> Need {
    let message = format!("`{CLOUDTRAIL}` could not {what}: it needs {action}");
    Need { principal: Principal::service(CLOUDTRAIL), action, absent: &[], message }
}

fn assuming(service: String) -> Need {
    let message = format!("`{service}`, which the policy lets in, could not assume the role");
    Need { principal: Principal::service(service), action: "sts:AssumeRole", absent: &[], message }
}

/// The services that statements let in.
fn services(policy: &Policy) -> Vec<String> {
    let allowing = policy.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    let named = allowing.filter_map(|statement| match &statement.principal {
        Some(Element::Only(named)) => Some(named),
        _ => None,
    });
    let mut services: Vec<String> = Vec::new();
    for principal in named.flatten() {
        if let Principal::Service(name) = principal
            && !services.contains(name)
        {
            services.push(name.clone());
        }
    }
    services
}

/// Every account that the policy has anywhere, and one that it has not.
fn mentioned(policy: &Policy) -> Vec<String> {
    let text = policy.to_json();
    let numbers = text.split(|char: char| !char.is_ascii_digit()).filter(|number| number.len() == 12);
    let mut accounts: Vec<String> = numbers.map(str::to_owned).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let stranger = (444_455_556_666_u64..).map(|number| number.to_string());
    accounts.extend(stranger.into_iter().find(|number| !text.contains(number.as_str())));
    accounts
}

/// What is wrong if a need is not met, with the denial that is in its way.
fn unmet(need: &Need, policy: &Policy, kind: Kind, accounts: &[String]) -> Option<Finding> {
    let why = match answer(need, policy, kind, accounts) {
        Somebody::Can(_) => return None,
        Somebody::Nobody => Vec::new(),
        Somebody::Undecided(why) => why,
    };
    let without = |index: usize| {
        let mut policy = policy.clone();
        policy.statements.remove(index);
        policy
    };
    let denials = policy.statements.iter().enumerate().filter(|(_, one)| one.effect == Effect::Deny);
    let at_fault = denials
        .filter(|_| why.is_empty())
        .find(|(index, _)| answer(need, &without(*index), kind, accounts).can())
        .map(|(index, statement)| (index, statement.sid.clone()));
    let (path, sid) = match at_fault {
        Some((index, sid)) => (format!("Statement[{index}]"), sid),
        None => (String::new(), None),
    };
    Some(match why.as_slice() {
        [] => Finding { rule: Rule::LockOut, path, sid, message: need.message.clone(), suggestion: None },
        why => undecided(path, &format!("perhaps {}", need.message), why),
    })
}

/// Whether somebody can; in one of these accounts, where the need is of whoever is in one.
fn answer(need: &Need, policy: &Policy, kind: Kind, accounts: &[String]) -> Somebody {
    let mut why = Vec::new();
    for account in accounts {
        let principal = match &need.principal {
            Principal::Aws(_) => Principal::aws(account),
            service => service.clone(),
        };
        let request = Request::new(principal, need.action, "*", account);
        let absent = |request: Request, key: &&str| request.with(key, Vec::<String>::new());
        match somebody(policy, kind, &need.absent.iter().fold(request, absent)) {
            Somebody::Nobody => {}
            Somebody::Undecided(more) => why.extend(more),
            can @ Somebody::Can(_) => return can,
        }
    }
    if why.is_empty() { Somebody::Nobody } else { Somebody::Undecided(why) }
}

/// A trust under which nobody gets in, and a boundary or a session's policy that leaves nothing.
fn idle(policy: &Policy, kind: Kind) -> Option<Finding> {
    let message = match kind {
        Kind::Trust => "nobody can assume the role",
        Kind::Boundary => "it leaves whomever it bounds nothing: what a boundary does not allow is refused",
        Kind::Session => "it leaves the session nothing: what its policy does not allow is refused",
        _ => return None,
    };
    let changes = difference(None, Some(policy), Attachment::to(kind));
    if changes.iter().any(|change| change.widens() && change.effect == Effect::Allow) {
        return None;
    }
    let (path, message) = (String::new(), message.to_owned());
    Some(Finding { rule: Rule::LockOut, path, sid: None, message, suggestion: None })
}

/// A finding that what a message says cannot be told.
pub(super) fn undecided(path: String, message: &str, why: &[Undecided]) -> Finding {
    let why: Vec<String> = why.iter().map(ToString::to_string).collect();
    let message = format!("{message}; that cannot be told, because {}", why.join(", and "));
    Finding { rule: Rule::Undecided, path, sid: None, message, suggestion: None }
}
