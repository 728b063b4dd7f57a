//! Whether the settings, the state and what stands are about the same account and region.

use foundation::Region;

use crate::case::Case;
use crate::check::Check;
use crate::facts::{Read, RefusalKind};
use crate::remedy::aws;

pub(super) fn checks(case: &Case<'_>) -> Vec<Check> {
    vec![account(case), region(case), unmade(case)]
}

fn account(case: &Case<'_>) -> Check {
    const ID: &str = "settings.account";
    let recorded = case
        .facts
        .state
        .as_ref()
        .and_then(|state| state.record.found())
        .and_then(|record| record.account.as_deref());
    let Read::Found(identity) = &case.facts.identity else {
        return Check::pass(ID, "The account is taken from -account-id");
    };
    let meant = recorded.unwrap_or_else(|| case.account());
    if identity.account_id == meant {
        return Check::pass(ID, format!("The account is {meant}"));
    }
    let why = if recorded.is_some() { "what the state records is in" } else { "-account-id names" };
    Check::fail(ID, "These are the credentials of another account")
        .cause(format!("they belong to account {}, and {why} account {meant}", identity.account_id))
        .evidence([format!("sts:GetCallerIdentity: {}", identity.arn)])
        .remedy([format!("use credentials of account {meant}, for example with AWS_PROFILE")])
}

fn region(case: &Case<'_>) -> Check {
    const ID: &str = "settings.region";
    let region = case.region();
    let is_refused = case.facts.identity.refusal().is_some_and(|refusal| {
        refusal.kind == RefusalKind::Credentials && refusal.code.as_deref() == Some("InvalidClientTokenId")
    });
    if is_refused && Region::is_opt_in(region) {
        return Check::fail(ID, format!("The region {region} is not enabled in this account"))
            .cause("a region that is not enabled knows no credentials of the account, so all of them look wrong there")
            .evidence(case.facts.identity.refusal().map(|refusal| refusal.sentence()))
            .remedy([aws(&["account", "enable-region", "--region-name", region, "--region", "us-east-1"])]);
    }
    let recorded = case
        .facts
        .state
        .as_ref()
        .and_then(|state| state.record.found())
        .and_then(|record| record.region.as_deref());
    match recorded {
        Some(recorded) if recorded != region => {
            Check::fail(ID, "The settings name another region than the one where the foundation stands")
                .cause(format!("what the state records is in {recorded}, and aws_region is {region}"))
                .remedy([format!("write aws_region = \"{recorded}\"")])
        }
        _ => Check::pass(ID, format!("The region is {region}")),
    }
}

/// Nothing of the foundation stands: one cause, and no list of what is missing.
fn unmade(case: &Case<'_>) -> Check {
    const ID: &str = "settings.unmade";
    let facts = case.facts;
    let no_role = facts.roles.values().all(|role| role.record.is_absent());
    let name = case.trail_name();
    let no_trail = match &facts.trail.trails {
        Read::Found(trails) => !trails.iter().any(|trail| trail.name == name),
        Read::Absent => true,
        Read::Refused(_) => false,
    };
    if !(facts.key.metadata.is_absent() && no_role && no_trail) {
        return Check::pass(ID, "The foundation has been made");
    }
    Check::fail(
        ID,
        format!("Nothing of the foundation exists in {} of account {}", case.region(), case.account()),
    )
    .cause("there is neither the key, nor a role, nor the trail")
    .remedy(case.apply())
    .explained_by(["settings.account", "settings.region"])
}
