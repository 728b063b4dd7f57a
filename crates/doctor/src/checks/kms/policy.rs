//! The key's policy: what of it stops somebody, opens it to strangers, or is just not what the settings say.

use std::collections::BTreeSet;

use policy::{Attachment, Effect, Element, Kind, Policy, Principal, Statement, difference};

use super::blame::{OF_KEY, live_policy, statement_id};
use super::consumers::Use;
use crate::case::Case;
use crate::check::{Check, Status};
use crate::checks::strangers::{Stranger, strangers};
use crate::judge::{Answer, Asked, Party, Stop};
use crate::permission::sentence;

pub(super) fn checks(case: &Case<'_>, uses: &[Use]) -> Vec<Check> {
    const ID: &str = "kms.policy";
    if case.key().is_none() {
        return Vec::new();
    }
    let live = match live_policy(case) {
        Ok(live) => live,
        Err(refusal) => {
            return vec![Check::unknown(ID, &refusal, "who may use the key")];
        }
    };
    let Some(wanted) = case.wanted_policy("aws_kms_key", "main", "policy") else { return Vec::new() };
    let blamed: BTreeSet<&str> = uses.iter().filter_map(Use::statement_check).collect();
    let mut found: Vec<Check> = blamed.iter().map(|id| stopping(case, id, uses, (&live, &wanted))).collect();
    let orphans = orphans(&live);
    let orphaned = |stranger: &Stranger| orphans.contains(&stranger.statement);
    let strangers = strangers(case, &live, Some(&wanted), Kind::Key);
    let strangers: Vec<Stranger> = strangers.into_iter().filter(|stranger| !orphaned(stranger)).collect();
    let told = |statement: &Statement, index: usize| {
        let id = statement_id(statement, index);
        blamed.contains(id.as_str())
            || strangers.iter().any(|stranger| id_at(&live, stranger.statement) == id)
            || orphans.iter().any(|at| id_at(&live, *at) == id)
    };
    found.extend(strangers.iter().map(|found| stranger(case, &live, found)));
    let rest = rest(case, &live, &wanted, told);
    let others = usize::from(rest.status == Status::Warn);
    if blamed.len() + others <= 1 || blamed.is_empty() {
        found.push(rest);
        return found;
    }
    // Several statements at once are one act: somebody wrote another policy.
    let symptoms = found.into_iter().map(|check| check.explained_by(["kms.policy"]));
    symptoms.chain([replaced(case, &live, &wanted, uses)]).collect()
}

/// A policy of which several statements differ, and which stops somebody.
fn replaced(case: &Case<'_>, live: &Policy, wanted: &Policy, uses: &[Use]) -> Check {
    let missing = |from: &Policy, to: &Policy| {
        let known: BTreeSet<Statement> = canonical(to).into_iter().collect();
        let statements = from.statements.iter().zip(canonical_each(from));
        statements
            .filter(|(_, form)| !known.contains(form))
            .map(|(found, _)| found.clone())
            .collect::<Vec<_>>()
    };
    let (added, lacking) = (missing(live, wanted), missing(wanted, live));
    let stopped = uses.iter().filter(|used| used.statement_check().is_some()).map(|used| used.fails);
    let listed = |what: &'static str| move |statement: &Statement| format!("{what}: {}", json(statement));
    Check::fail(
        "kms.policy",
        "The key's policy is another one than the settings say, and stops who needs the key",
    )
    .cause(summary(&added, &lacking))
    .evidence(stopped)
    .evidence(lacking.iter().map(listed("lacks")))
    .evidence(added.iter().map(listed("has besides")))
    .evidence(written(case))
    .remedy(repair(case, live))
    .explained_by(["roles.recreated/"])
}

/// A statement that stops somebody: one that denies, or one that is missing or changed.
fn stopping(case: &Case<'_>, id: &str, uses: &[Use], (live, wanted): (&Policy, &Policy)) -> Check {
    let stopped: Vec<(&Use, &str, &Stop)> =
        uses.iter().filter_map(|used| used.blames(id).map(|(action, stop)| (used, action, stop))).collect();
    let title = match stopped.as_slice() {
        [(only, ..)] => only.fails.to_owned(),
        many => format!("The key's policy stops {} of those who need the key", many.len()),
    };
    let cause = match stopped.first() {
        Some((_, action, stop @ Stop::Denied { statement, .. })) => {
            format!("{action}: {}: {}", sentence(stop, OF_KEY), json(statement))
        }
        _ => missing(id, live, wanted),
    };
    let mut evidence: Vec<String> =
        stopped.iter().map(|(_, action, stop)| format!("{action}: {}", sentence(stop, OF_KEY))).collect();
    evidence.dedup();
    Check::fail(id, title)
        .cause(cause)
        .evidence(evidence)
        .evidence(written(case))
        .remedy(repair(case, live))
        .explained_by(["roles.recreated/"])
}

/// What is missing, ready to paste.
fn missing(id: &str, live: &Policy, wanted: &Policy) -> String {
    let of = |policy: &Policy| {
        let mut statements = policy.statements.iter().enumerate();
        statements
            .find(|(index, statement)| statement_id(statement, *index) == id)
            .map(|(_, found)| found.clone())
    };
    let sid = of(wanted).and_then(|statement| statement.sid).unwrap_or_default();
    let needed = of(wanted).map(|statement| json(&statement)).unwrap_or_default();
    match of(live) {
        Some(changed) => format!("the statement `{sid}` is {} and has to be {needed}", json(&changed)),
        None => format!("the key's policy lacks the statement `{sid}`: {needed}"),
    }
}

/// Who wrote the policy, as far as the events tell.
fn written(case: &Case<'_>) -> Option<String> {
    case.done(&["PutKeyPolicy"], &case.key()?.id)
}

/// What puts the policy right: an apply, unless the policy lets nobody here change it any more.
fn repair(case: &Case<'_>, live: &Policy) -> Vec<String> {
    let asked = Asked::new(case, "kms:PutKeyPolicy", case.key_arn());
    let administrator = Party::administrator(case);
    if administrator.may(Some(live), &asked) == Answer::Allowed {
        return case.apply().into();
    }
    let named = administrators(live);
    if named.is_empty() {
        return vec![
            "nobody may change the policy any more: open a case with AWS Support, who can bring it back"
                .to_owned(),
        ];
    }
    vec![
        format!("only {} may change the policy now; with those credentials:", named.join(", ")),
        case.underpin("apply"),
    ]
}

/// Those whom a policy allows to replace it.
fn administrators(live: &Policy) -> Vec<String> {
    let puts = |action: &String| {
        ["kms:*", "*", "kms:put*", "kms:putkeypolicy"].contains(&action.to_ascii_lowercase().as_str())
    };
    let allows = |statement: &&Statement| {
        let actions = statement.action.as_ref().map_or(&[][..], Element::items);
        statement.effect == Effect::Allow && actions.iter().any(puts)
    };
    let named = |statement: &Statement| {
        let principals = statement.principal.as_ref().map_or(&[][..], Element::items);
        principals.iter().filter_map(name).collect::<Vec<_>>()
    };
    live.statements.iter().filter(allows).flat_map(named).collect()
}

fn name(principal: &Principal) -> Option<String> {
    match principal {
        Principal::Aws(arn) => Some(arn.clone()),
        Principal::Everyone
        | Principal::Service(_)
        | Principal::Federated(_)
        | Principal::CanonicalUser(_) => None,
    }
}

/// The id of the statement at a place.
fn id_at(policy: &Policy, index: usize) -> String {
    policy.statements.get(index).map(|statement| statement_id(statement, index)).unwrap_or_default()
}

/// The statements that name a principal who is no more.
fn orphans(live: &Policy) -> BTreeSet<usize> {
    live.orphaned_principals().into_iter().map(|orphan| orphan.statement).collect()
}

fn stranger(case: &Case<'_>, live: &Policy, found: &Stranger) -> Check {
    let (statement, who) = (live.statements.get(found.statement), &found.name);
    let id = id_at(live, found.statement);
    let title = if who == "everyone" {
        "Everyone may use the key".to_owned()
    } else {
        format!("Somebody of another account may use the key: {who}")
    };
    Check::warn(id.replacen("kms.policy/", "kms.strangers/", 1), title)
        .cause(format!(
            "the key's policy has a statement that the settings do not: {}",
            statement.map(json).unwrap_or_default()
        ))
        .evidence(written(case))
        .remedy(repair(case, live))
}

/// What else differs from the settings, which stops nobody and lets no stranger in.
fn rest(case: &Case<'_>, live: &Policy, wanted: &Policy, told: impl Fn(&Statement, usize) -> bool) -> Check {
    const ID: &str = "kms.policy";
    let differs = |from: &Policy, to: &Policy| {
        let known: BTreeSet<Statement> = canonical(to).into_iter().collect();
        let statements = from.statements.iter().enumerate().zip(canonical_each(from));
        statements
            .filter(|((index, statement), form)| !known.contains(form) && !told(statement, *index))
            .map(|((_, statement), _)| statement.clone())
            .collect::<Vec<_>>()
    };
    let (added, lacking) = (differs(live, wanted), differs(wanted, live));
    if (added.is_empty() && lacking.is_empty())
        || difference(Some(live), Some(wanted), Attachment::to(Kind::Key)).is_empty()
    {
        return Check::pass(ID, "The key's policy lets those use it who have to");
    }
    let listed = |what: &'static str| move |statement: &Statement| format!("{what}: {}", json(statement));
    Check::warn(ID, "The key's policy is not what the settings say; nobody who needs the key is stopped")
        .cause(summary(&added, &lacking))
        .evidence(lacking.iter().map(listed("lacks")))
        .evidence(added.iter().map(listed("has besides")))
        .evidence(written(case))
        .remedy(repair(case, live))
        .explained_by(["roles.recreated/"])
}

fn summary(added: &[Statement], lacking: &[Statement]) -> String {
    let sids = |statements: &[Statement]| {
        let named = statements
            .iter()
            .map(|statement| statement.sid.clone().unwrap_or_else(|| "without a name".to_owned()));
        named.map(|sid| format!("`{sid}`")).collect::<Vec<_>>().join(", ")
    };
    match (added.is_empty(), lacking.is_empty()) {
        (true, _) => format!("the statement {} is missing", sids(lacking)),
        (false, true) => format!("the statement {} is there besides", sids(added)),
        (false, false) => format!("the statement {} stands where {} should", sids(added), sids(lacking)),
    }
}

/// The forms in which statements that mean the same are the same.
fn canonical(policy: &Policy) -> Vec<Statement> {
    policy.unnamed().canonical().statements
}

/// The same, each statement at its place.
fn canonical_each(policy: &Policy) -> Vec<Statement> {
    let alone = |statement: &Statement| {
        let alone = Policy { version: policy.version, id: None, statements: vec![statement.clone()] };
        canonical(&alone).into_iter().next().unwrap_or_else(|| statement.clone())
    };
    policy.statements.iter().map(alone).collect()
}

/// A statement as it is written.
fn json(statement: &Statement) -> String {
    let text = Policy::new([statement.clone()]).to_json();
    let start = text.find("[").map_or(0, |at| at + 1);
    text.get(start..text.len().saturating_sub(2)).unwrap_or(&text).to_owned()
}
