//! Credentials that are missing, expired or refused: which source lacks what.

use engine::CloudError;
use foundation::Region;

use super::advice::{Advice, identity, profile_flag};
use super::{Circumstances, Source};
use crate::typed::quoted;

/// What to say of a call that had no credentials that AWS takes.
pub(super) fn credentials(error: &CloudError, circumstances: &Circumstances) -> Advice {
    let profile = profile_flag(circumstances);
    let login = format!("aws sso login{profile}");
    let again = circumstances.again();
    match (error.code.as_deref(), &circumstances.mfa_serial) {
        (None | Some("AccessDenied"), Some(serial)) => mfa(serial, circumstances),
        (None, None) => none(circumstances),
        (Some("ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired"), _) => Advice {
            summary: "The AWS credentials have expired".to_owned(),
            detail: String::new(),
            hint: Some(format!("sign in again: {login}; then: {again}")),
        },
        (Some("InvalidClientTokenId" | "UnrecognizedClientException"), _)
            if opt_in(circumstances).is_some() =>
        {
            let region = opt_in(circumstances).unwrap_or_default();
            Advice {
                summary: "AWS does not accept these credentials".to_owned(),
                detail: format!("{region} has to be enabled before it knows the credentials of an account."),
                hint: Some(format!(
                    "see whether it is enabled:\n  aws account get-region-opt-status --region-name {region}\nenable it:\n  aws \
                     account enable-region --region-name {region}\nif it is, the credentials are wrong: {}",
                    identity(circumstances)
                )),
            }
        }
        (Some("SignatureDoesNotMatch" | "InvalidSignatureException"), _) => Advice {
            summary: "AWS does not accept these credentials".to_owned(),
            detail: "The secret key is not the one of the access key, most often for a missing character, a blank or a quotation mark.".to_owned(),
            hint: Some(format!("give AWS_SECRET_ACCESS_KEY again, or the profile's aws_secret_access_key; check with: {}", identity(circumstances))),
        },
        (Some(_), _) => Advice {
            summary: "AWS does not accept these credentials".to_owned(),
            detail: "They may be deleted or inactive, lack their AWS_SESSION_TOKEN, or belong to another partition than the region.".to_owned(),
            hint: Some(format!("check with: {}", identity(circumstances))),
        },
    }
}

/// No source gives any: of the one that is set up, what it lacks.
fn none(circumstances: &Circumstances) -> Advice {
    let (profile, again) = (profile_flag(circumstances), circumstances.again());
    let name = circumstances.profile.as_deref().unwrap_or("default");
    let (detail, hint) = match circumstances.source {
        Some(Source::Half { set, unset }) => (
            format!("{set} is set in the environment, and {unset} is not, or is empty."),
            format!("set both, or neither and name a profile (AWS_PROFILE); then: {again}"),
        ),
        Some(Source::WebIdentity) => (
            "AWS_WEB_IDENTITY_TOKEN_FILE is set; it needs a file that can be read, and the role in AWS_ROLE_ARN.".to_owned(),
            format!("look at both: ls -l \"$AWS_WEB_IDENTITY_TOKEN_FILE\"; echo \"$AWS_ROLE_ARN\"; what was tried: {again} -debug"),
        ),
        Some(Source::Process) => (
            format!("The credential_process of the profile `{name}` gives none."),
            format!("see what it says: aws configure export-credentials{profile}"),
        ),
        Some(Source::Empty) => (
            format!("The profile `{name}` has none, nor does the environment (AWS_ACCESS_KEY_ID)."),
            format!("give it some: aws configure sso{profile}, or for keys: aws configure{profile}; then: {again}"),
        ),
        Some(Source::SignOn) | None => (
            format!("Neither the environment (AWS_ACCESS_KEY_ID), nor the profile `{name}`, nor a role of this machine gives any."),
            format!(
                "sign in, or name a profile that can (AWS_PROFILE): aws sso login{profile}; what was tried: {again} -debug"
            ),
        ),
    };
    Advice { summary: "No usable AWS credentials".to_owned(), detail, hint: Some(hint) }
}

/// The profile wants a code that nobody was asked for.
fn mfa(serial: &str, circumstances: &Circumstances) -> Advice {
    let profile = circumstances.profile.as_deref().unwrap_or("default");
    Advice {
        summary: format!("The profile `{profile}` needs MFA"),
        detail: format!(
            "It asks for a code of {serial}, and underpin asks nobody for one. The AWS CLI does, and hands on the session."
        ),
        hint: Some(format!(
            "get a session and use it:\n  eval \"$(aws configure export-credentials --profile {} --format env)\"\n  AWS_PROFILE= {}",
            quoted(profile),
            circumstances.again()
        )),
    }
}

/// The region in use, where accounts have to enable it.
fn opt_in(circumstances: &Circumstances) -> Option<&str> {
    let region = circumstances.aws_region.as_deref().or(circumstances.region.as_deref());
    region.filter(|region| Region::is_opt_in(region))
}
