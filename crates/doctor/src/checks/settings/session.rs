//! Credentials, clock, and how sessions are got.

use foundation::Region;

use crate::case::Case;
use crate::check::Check;
use crate::facts::{Read, RefusalKind};

/// AWS refuses signatures that differ from its clock by more than five minutes.
const SKEW: i64 = 5 * 60;

pub(super) fn checks(case: &Case<'_>) -> Vec<Check> {
    vec![credentials(case), clock(case), mfa(case), sts(case)]
}

fn credentials(case: &Case<'_>) -> Check {
    const ID: &str = "settings.credentials";
    match &case.facts.identity {
        Read::Found(identity) => Check::pass(ID, format!("The credentials are those of {}", identity.arn)),
        Read::Absent => Check::pass(ID, "No credentials were asked for"),
        Read::Refused(refusal) => {
            let login = match &case.facts.connection.profile {
                Some(profile) => format!("sign in again, for example: aws sso login --profile {profile}"),
                None => "name a profile with AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                    .to_owned(),
            };
            let reasons = ["settings.clock", "settings.region", "settings.mfa"];
            match refusal.kind {
                RefusalKind::Unreachable => Check::fail(ID, "AWS cannot be reached")
                    .cause(refusal.sentence())
                    .remedy(["look at the network, the proxy and AWS_ENDPOINT_URL"]),
                _ => Check::fail(ID, "AWS does not take the credentials")
                    .cause(refusal.sentence())
                    .remedy([login])
                    .explained_by(reasons),
            }
        }
    }
}

fn clock(case: &Case<'_>) -> Check {
    const ID: &str = "settings.clock";
    let is_refused = case.facts.identity.refusal().is_some_and(|refusal| refusal.kind == RefusalKind::Clock);
    let ahead = case.facts.connection.clock_ahead_seconds;
    let fail = |cause: String| {
        Check::fail(ID, "AWS refuses what this machine signs: its clock is wrong")
            .cause(cause)
            .remedy(["set the clock, for example: sudo timedatectl set-ntp true"])
    };
    match ahead {
        Some(seconds) if seconds.abs() > SKEW => {
            let way = if seconds > 0 { "ahead of" } else { "behind" };
            fail(format!("the clock is {} seconds {way} AWS's", seconds.abs()))
        }
        _ if is_refused => fail("AWS says that the request's time is too far from its own".to_owned()),
        Some(seconds) => {
            Check::pass(ID, "The clock is right").evidence([format!("{seconds} seconds ahead of AWS's")])
        }
        None => Check::pass(ID, "Nothing says that the clock is wrong"),
    }
}

fn mfa(case: &Case<'_>) -> Check {
    const ID: &str = "settings.mfa";
    let connection = &case.facts.connection;
    let profile = connection.profile.as_deref().unwrap_or("default");
    match (&connection.mfa_serial, &case.facts.identity) {
        (Some(serial), Read::Refused(refusal)) if refusal.kind != RefusalKind::Unreachable && refusal.kind != RefusalKind::Clock => {
            Check::fail(ID, format!("The profile {profile} needs a code of its MFA device, and nobody asks for one here"))
                .cause(format!("mfa_serial = {serial}"))
                .evidence([refusal.sentence()])
                .remedy([
                    "get a session with the code that the device shows, and set what it prints in the environment:".to_owned(),
                    format!("aws configure export-credentials --profile {profile} --format env"),
                ])
        }
        (Some(serial), _) => Check::pass(ID, format!("The profile {profile} uses the MFA device {serial}")),
        (None, _) => Check::pass(ID, "No MFA device is asked for"),
    }
}

/// Tokens of the global endpoint are not valid in opt-in regions (IAM user guide, "Manage AWS STS in an AWS Region").
fn sts(case: &Case<'_>) -> Check {
    const ID: &str = "settings.sts";
    if case.facts.connection.global_sts && Region::is_opt_in(case.region()) {
        return Check::warn(
            ID,
            format!("Sessions of the global STS endpoint are refused in {}", case.region()),
        )
        .cause("AWS_STS_REGIONAL_ENDPOINTS, or sts_regional_endpoints in the profile, is `legacy`")
        .remedy(["export AWS_STS_REGIONAL_ENDPOINTS=regional"]);
    }
    Check::pass(ID, "Sessions are valid in this region")
}
