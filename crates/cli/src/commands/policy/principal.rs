//! Who asks, as a user names it, and whose a resource is.

use foundation::Partition;
use policy::Principal;

/// Who is meant: an ARN, an account, a service, `anonymous`.
///
/// # Errors
/// Anything else.
pub(super) fn principal(text: &str) -> Result<Principal, String> {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    match text {
        "anonymous" | "*" => Ok(Principal::Everyone),
        provider if is_provider(provider) => Ok(Principal::Federated(provider.to_owned())),
        arn if arn.starts_with("arn:") || is_account => Ok(Principal::aws(arn)),
        service if is_service(service) => Ok(Principal::service(service)),
        provider if provider.contains('.') => Ok(Principal::Federated(provider.to_owned())),
        other => Err(format!("`{other}` is neither an ARN, an account, a service nor `anonymous`")),
    }
}

/// Whether this is an identity provider that looks like something else: one that an account has is named by its ARN, and
/// Cognito like a service (IAM user guide, `reference_policies_elements_principal`, federated principals).
fn is_provider(text: &str) -> bool {
    let of_account = text.split(':').nth(5).is_some_and(|resource| {
        resource.starts_with("oidc-provider/") || resource.starts_with("saml-provider/")
    });
    text.starts_with("arn:") && of_account || text.starts_with("cognito-identity") && is_service(text)
}

/// Whether this is a service of some partition: `logs.eusc-de-east-1.amazonaws.eu`; a cluster's identity provider has a path.
fn is_service(text: &str) -> bool {
    let of = |partition: Partition| text.ends_with(&format!(".{}", partition.dns_suffix()));
    !text.contains('/') && Partition::ALL.into_iter().any(of)
}

/// The account of a resource: the one in its ARN, or that of who asks.
pub(super) fn account_of(resource: &str, principal: &Principal) -> String {
    let of_arn = |arn: &str| arn.split(':').nth(4).filter(|account| !account.is_empty()).map(str::to_owned);
    let of_principal = match principal {
        Principal::Aws(text) if text.starts_with("arn:") => of_arn(text),
        Principal::Aws(account) => Some(account.clone()),
        _ => None,
    };
    of_arn(resource).or(of_principal).unwrap_or_default()
}
