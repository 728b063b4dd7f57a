//! Grants on the key to those who should have none.

use foundation::Topic;

use crate::case::{Case, moment};
use crate::check::{Check, slug};
use crate::facts::{Grant, Read};
use crate::remedy::aws;

pub(super) fn checks(case: &Case<'_>) -> Vec<Check> {
    const ID: &str = "kms.grants";
    if case.key().is_none() {
        return Vec::new();
    }
    let grants = match &case.facts.key.grants {
        Read::Refused(refusal) => {
            return vec![Check::unknown(ID, refusal, "whether somebody was given the key by a grant")];
        }
        Read::Absent => &Vec::new(),
        Read::Found(grants) => grants,
    };
    let strangers: Vec<&Grant> = grants.iter().filter(|grant| is_stranger(case, grant)).collect();
    if strangers.is_empty() {
        let count = format!("kms:ListGrants: {} grants, all to this account or to services", grants.len());
        return vec![Check::pass(ID, "No stranger has a grant on the key").evidence([count])];
    }
    strangers.into_iter().map(|grant| stranger(case, grant)).collect()
}

/// Whether a grant is to another account.
fn is_stranger(case: &Case<'_>, grant: &Grant) -> bool {
    let account = grant.grantee.split(':').nth(4).unwrap_or(&grant.grantee);
    let is_other =
        account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) && account != case.account();
    is_other && !case.asks.accepted.has(&[Topic::Grant], &[&grant.id, &grant.grantee, account])
}

fn stranger(case: &Case<'_>, grant: &Grant) -> Check {
    let revoke = [
        "kms",
        "revoke-grant",
        "--grant-id",
        &grant.id,
        "--key-id",
        &case.key_arn(),
        "--region",
        case.region(),
    ];
    let made = grant.created.map(|at| format!("made {}", moment(at)));
    let issuer = grant.issuer.as_ref().map(|issuer| format!("made by {issuer}"));
    Check::warn(
        format!("kms.grants/{}", slug(&grant.id)),
        format!("A grant lets another account use the key: {}", grant.grantee),
    )
    .cause(format!("grant {} allows {}", grant.id, grant.operations.join(", ")))
    .evidence(made)
    .evidence(issuer)
    .remedy([aws(&revoke)])
}
