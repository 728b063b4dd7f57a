//! Which source of credentials somebody set up that gave none: looked for once a call had none, for the hint alone.

use aws::clients::{mfa_serial, profile_value};

use crate::environment::Environment;
use crate::error::{Circumstances, Source};

/// The keys of the environment, which count together.
const KEYS: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/// The circumstances with what the environment and the shared configuration files tell of credentials.
pub(crate) async fn told(circumstances: Circumstances, environment: &Environment) -> Circumstances {
    let profile = circumstances.profile.clone();
    let profile = profile.as_deref().unwrap_or("default");
    let mfa_serial = mfa_serial(profile).await;
    let source = match of_environment(environment) {
        None => of_profile(profile).await.or(circumstances.profile.is_some().then_some(Source::Empty)),
        source => source,
    };
    Circumstances { mfa_serial, source, ..circumstances }
}

fn of_environment(environment: &Environment) -> Option<Source> {
    match KEYS.map(|key| environment.get(key).is_some()) {
        [true, false] => return Some(Source::Half { set: KEYS[0], unset: KEYS[1] }),
        [false, true] => return Some(Source::Half { set: KEYS[1], unset: KEYS[0] }),
        _ => {}
    }
    environment.get("AWS_WEB_IDENTITY_TOKEN_FILE").map(|_| Source::WebIdentity)
}

async fn of_profile(profile: &str) -> Option<Source> {
    if profile_value(profile, "credential_process").await.is_some() {
        return Some(Source::Process);
    }
    for key in ["sso_session", "sso_start_url", "role_arn"] {
        if profile_value(profile, key).await.is_some() {
            return Some(Source::SignOn);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_pair_of_keys_is_none() {
        let of = |one, other| of_environment(&Environment::from([(KEYS[0], one), (KEYS[1], other)]));
        let half = |set, unset| Some(Source::Half { set, unset });
        assert_eq!(of("x", ""), half(KEYS[0], KEYS[1]));
        assert_eq!(of("", "y"), half(KEYS[1], KEYS[0]));
        assert_eq!(of("x", "y"), None);
        assert_eq!(of("", ""), None);
    }
}
