//! Principals that stand for everyone, as far as policies can tell them apart.

use std::collections::HashSet;

use super::family::Shape;
use super::frame::Frame;
use super::samples::{Listed, samples};
use crate::arn::{Arn, is_account_id};
use crate::comparison::Test;
use crate::kind::Kind;
use crate::operator::Comparison;
use crate::party::Party;
use crate::pattern::{Token, Variables, tokens};
use crate::prepared::Rule;
use crate::principal::Principal;
use crate::request::{principal_arn, principal_key};
use crate::statement::Element;

/// Someone who may ask.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub principal: Principal,
    pub party: Party,
    arn: Option<String>,
}

/// The keys whose value follows from who asks.
const KEYS: [&str; 7] = [
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principaltype",
    "aws:username",
    "kms:calleraccount",
];

/// Whether the value of a key, in lower case, follows from who asks.
pub(super) fn is_of_principal(key: &str) -> bool {
    KEYS.contains(&key)
}

impl Person {
    fn new(principal: Principal) -> Self {
        let party = Party::new(&principal);
        Self { arn: principal_arn(&principal, &party), principal, party }
    }

    /// Whether this is the root user of an account.
    pub(super) fn is_root(&self) -> bool {
        matches!(self.party, Party::Account(_))
    }

    /// The value of a key of [`is_of_principal`].
    pub(super) fn value(&self, key: &str) -> Option<&str> {
        let key = if key == "kms:calleraccount" { "aws:principalaccount" } else { key };
        principal_key(&self.party, self.arn.as_deref(), key)
    }
}

/// Everyone who may ask about a policy of this kind; those who are named come first.
pub(super) fn people(rules: &[&Rule], variables: &impl Variables, frame: Frame<'_>) -> Vec<Person> {
    let Frame { kind, owner, filling, .. } = frame;
    let mut principals: Vec<Principal> = Vec::new();
    let named = || rules.iter().filter_map(|rule| rule.source.principal.as_ref()).flat_map(Element::items);
    principals.extend(named().filter(|principal| !principal.is_orphan()).filter_map(asking));
    // In statements about KMS alone a session stands for its role.
    principals.extend(named().filter_map(Principal::issuer));
    let tests = || rules.iter().flat_map(|rule| &rule.condition);
    let of_principal = |principal: &Principal| Party::new(principal).account().map(str::to_owned);
    let mut accounts: Vec<String> = owner.map(str::to_owned).into_iter().collect();
    accounts.extend(principals.iter().filter_map(of_principal));
    let of_principals: Vec<&Test> = tests().filter(|test| is_of_principal(&test.key)).collect();
    add_asked_for(&of_principals, variables, frame, &mut principals, &mut accounts);
    accounts.extend(principals.iter().filter_map(of_principal));
    accounts.push(filling.account.clone());
    let mut seen = HashSet::new();
    accounts.retain(|account| seen.insert(account.clone()));
    if kind == Kind::Bucket || kind == Kind::Repository || kind == Kind::Topic {
        principals.push(Principal::Everyone);
    }
    let partition = principals.iter().find_map(|principal| match principal {
        Principal::Aws(text) => Arn::parse(text).map(|arn| arn.partition.to_owned()),
        _ => None,
    });
    let partition = partition.as_deref().unwrap_or("aws");
    for account in accounts.iter().rev().chain(&accounts) {
        for resource in
            [format!("role/{}", filling.word), format!("user/{}", filling.word), "root".to_owned()]
        {
            principals.push(Principal::aws(format!("arn:{partition}:iam::{account}:{resource}")));
        }
    }
    principals.push(Principal::Everyone);
    principals.push(Principal::service(format!("{}.amazonaws.com", filling.word)));
    let mut people: Vec<Person> = Vec::new();
    for principal in principals {
        if may_ask(kind, &principal) && !people.iter().any(|known| known.principal == principal) {
            people.push(Person::new(principal));
        }
    }
    people
}

/// Who asks where this principal is named: nobody is everyone.
fn asking(named: &Principal) -> Option<Principal> {
    match named.tidy() {
        Principal::Everyone => None,
        tidy if tidy.is_account() => Some(Principal::aws(match named {
            Principal::Aws(text) if text.starts_with("arn:") => text.clone(),
            _ => format!("arn:aws:iam::{}:root", tidy.entry().1),
        })),
        other => Some(other),
    }
}

fn may_ask(kind: Kind, principal: &Principal) -> bool {
    let party = Party::new(principal);
    match kind {
        Kind::Identity | Kind::Boundary | Kind::Session => {
            matches!(party, Party::Role { .. } | Party::Session { .. } | Party::Other { .. })
        }
        Kind::Scp => party.account().is_some() && !party.is_service_linked(),
        Kind::Key => party != Party::Everyone,
        _ => true,
    }
}

/// Texts that tell apart whatever the tests on one key of who asks are about.
fn asked_for(keys: &[&str], tests: &[&Test], variables: &impl Variables, frame: Frame<'_>) -> Vec<String> {
    let mut patterns: Vec<Listed> = Vec::new();
    let mut spelled = None;
    for (place, test) in tests.iter().enumerate().filter(|(_, test)| keys.contains(&test.key.as_str())) {
        let Some(operator) = test.operator else { continue };
        spelled = Some(test.source.key.as_str());
        let values = test.source.values.iter().filter_map(|value| tokens(value, variables));
        let shapes = values.map(|tokens| match operator.comparison {
            Comparison::Arn => Shape::arn(&tokens),
            Comparison::TextLike => Shape::text(&tokens),
            Comparison::TextIgnoreCase => Shape::any_case(&tokens),
            _ => Shape::plain(&tokens),
        });
        patterns.extend(shapes.map(|shape| Listed { shape, lists: vec![place] }));
    }
    let is_open = |pattern: &Listed| !pattern.shape.is_text() && !pattern.shape.is_everything();
    if keys == ["aws:principalarn"] && patterns.iter().any(is_open) {
        // Who can ask has an ARN of one of these forms.
        let partition = frame.filling.place.partition;
        for (place, of) in ["role/*", "user/*", "root"].into_iter().enumerate() {
            let form = format!("arn:{partition}:iam::*:{of}");
            let tokens: Vec<Token> = form.chars().map(Token::wildcard).collect();
            patterns.push(Listed { shape: Shape::arn(&tokens), lists: vec![tests.len() + place] });
        }
    }
    samples(&patterns, spelled, frame)
}

/// Adds those that the tests on who asks tell from others.
fn add_asked_for(
    tests: &[&Test],
    variables: &impl Variables,
    frame: Frame<'_>,
    principals: &mut Vec<Principal>,
    accounts: &mut Vec<String>,
) {
    let asked = |keys: &[&str]| asked_for(keys, tests, variables, frame);
    let of_accounts = asked(&["aws:principalaccount", "kms:calleraccount"]);
    accounts.extend(of_accounts.iter().flat_map(|text| account_ids(text)));
    let accounts_of_variables = ["aws:principalaccount", "kms:calleraccount"].map(|key| variables.value(key));
    accounts.extend(
        accounts_of_variables.into_iter().flatten().filter(|text| is_account_id(text)).map(str::to_owned),
    );
    principals.extend(asked(&["aws:principalservicename"]).into_iter().map(Principal::service));
    let filled = format!("::{}:", frame.filling.account);
    // Where any account will do, those that are known are among them.
    let everywhere = |text: &String| {
        let known = accounts.iter().map(|account| text.replacen(&filled, &format!("::{account}:"), 1));
        std::iter::once(text.clone()).chain(known).collect::<Vec<_>>()
    };
    let stands_for = |key: &str| variables.value(key).map(str::to_owned);
    let mut names = asked(&["aws:username"]);
    names.extend(stands_for("aws:username"));
    let mut arns = asked(&["aws:principalarn"]);
    arns.extend(stands_for("aws:principalarn"));
    for text in arns.iter().flat_map(|text| with_account(text, frame)).flat_map(|text| everywhere(&text)) {
        // The name of a user is the end of its ARN.
        if let Some((path, _)) = text.rsplit_once('/').filter(|(path, _)| path.contains(":user")) {
            principals.extend(names.iter().filter_map(|name| as_principal(&format!("{path}/{name}"))));
        }
        principals.extend(as_principal(&text));
    }
    for name in names {
        let users = everywhere(&format!("arn:aws:iam{filled}user/{name}"));
        principals.extend(users.into_iter().map(Principal::aws));
    }
}

/// The ARN as one of an account, if it is none yet.
fn with_account(text: &str, frame: Frame<'_>) -> Vec<String> {
    let Some(arn) = Arn::parse(text) else { return Vec::new() };
    let mut accounts = account_ids(arn.account);
    if arn.account.is_empty() {
        accounts.push(frame.filling.account.clone());
    }
    let of = |account: &String| {
        format!("arn:{}:{}:{}:{account}:{}", arn.partition, arn.service, arn.region, arn.resource)
    };
    accounts.iter().map(of).collect()
}

/// What a text stands for where it has to be an account: more digits, where it leaves something open or at an end.
fn account_ids(text: &str) -> Vec<String> {
    const LENGTH: usize = 12;
    if is_account_id(text) {
        return vec![text.to_owned()];
    }
    let is_digit = |char: &char| char.is_ascii_digit();
    let open = text.find(|char: char| !is_digit(&char));
    let (front, back) = text.split_at(open.unwrap_or(text.len()));
    let back: String = back.chars().filter(is_digit).collect();
    let Some(missing) = LENGTH.checked_sub(front.len() + back.len()) else { return Vec::new() };
    let zeros = "0".repeat(missing);
    let mut ids = vec![format!("{front}{zeros}{back}")];
    if open.is_none() && !text.is_empty() {
        ids.push(format!("{zeros}{text}"));
    }
    ids
}

/// A principal that can have this ARN.
fn as_principal(text: &str) -> Option<Principal> {
    let arn = Arn::parse(text)?;
    let is_one =
        arn.resource == "root" || arn.resource.starts_with("role/") || arn.resource.starts_with("user/");
    (arn.service == "iam" && arn.region.is_empty() && is_account_id(arn.account) && is_one)
        .then(|| Principal::aws(text))
}
