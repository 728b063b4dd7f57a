//! Whether a backend can be used, and what is worth saying about it.

use std::sync::Arc;

use aws::caller::{self, Identity};
use aws::s3_store::{Owner, learn_owner};
use foundation::AccountId;
use terraform::Diagnostic;
use terraform::backend::{Backend as Kind, S3Backend, Secret, WebIdentityToken, has_credentials};

use crate::backend::{Backend, CUSTOMER_KEY, Connection, bucket_owner};
use crate::context::Context;
use crate::error::CliError;
use crate::operation::wrong_account;
use crate::runtime;

/// The backend, after it was asked whether it can be used, with what was learned about its owner.
///
/// # Errors
/// It cannot.
pub(super) fn usable(kind: Kind, context: &Context) -> Result<Backend, CliError> {
    let backend = Backend::new(kind.clone(), context)?.owned_by(None);
    let Kind::S3(s3) = &kind else { return Ok(backend) };
    let owner = runtime::block_on(async { check(s3, backend.connect().await?, &backend).await })?;
    if owner.is_none() {
        context.terminal.report(&[owner_unknown(s3)]);
    }
    warn_of_secrets(s3, context);
    Ok(backend.owned_by(owner))
}

/// Asks AWS whether the backend can be used: the credentials, their account, the bucket, its owner, the lock table.
/// Answers the bucket's owner, when it is the account of the credentials.
async fn check(
    s3: &S3Backend,
    connection: Connection,
    backend: &Backend,
) -> Result<Option<AccountId>, CliError> {
    let Some(clients) = connection.clients else { return Ok(None) };
    let store = Arc::clone(&connection.store);
    let reading = async { store.read().await };
    if s3.skip_credentials_validation && s3.skip_requesting_account_id {
        return reading.await.map(|_| None).map_err(CliError::from);
    }
    let identity = async { Ok::<Identity, CliError>(caller::identity(&clients.sts).await?) };
    let (identity, state) = futures::future::join(identity, reading).await;
    let identity = identity?;
    let rules = backend.account_rules();
    rules.check(&identity.caller.account_id).map_err(|error| wrong_account(&error, &identity.arn))?;
    // Only now: a bucket that is missing or closed is what credentials of a wrong account see.
    state?;
    match learn_owner(&clients.s3, &s3.bucket, identity.caller.account_id.as_str()).await {
        Ok(Owner::Caller) => Ok(Some(identity.caller.account_id)),
        Ok(Owner::Another | Owner::Unknown) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Says that nobody checks whose the bucket is.
fn owner_unknown(s3: &S3Backend) -> Diagnostic {
    let detail = format!(
        "The bucket {} is not known to belong to the account of the backend's credentials, so later commands cannot ask \
         S3 to refuse a bucket that somebody else made under this name.",
        s3.bucket
    );
    Diagnostic::warning("The state bucket's owner is not checked", detail)
}

/// Whether the state is encrypted with a key of the user's: one is given, or was at an `init` that this one repeats.
///
/// # Errors
/// What was noted cannot be read.
pub(super) fn needs_customer_key(
    s3: &S3Backend,
    reconfigure: bool,
    context: &Context,
) -> Result<bool, CliError> {
    let given = s3.sse_customer_key.is_some() || context.environment.get(CUSTOMER_KEY).is_some();
    let was = !reconfigure && bucket_owner::needs_customer_key(&context.environment, &s3.bucket)?;
    Ok(s3.encrypt && s3.kms_key_id.is_none() && (given || was))
}

/// Says that secrets have to be given again.
fn warn_of_secrets(s3: &S3Backend, context: &Context) {
    let given = |secret: &Option<Secret>, name| secret.as_ref().map(|_| name);
    let proxy = |url: &Option<String>, name| url.as_deref().filter(|url| has_credentials(url)).map(|_| name);
    let names: Vec<&str> = [
        given(&s3.access_key, "access_key"),
        given(&s3.secret_key, "secret_key"),
        given(&s3.token, "token"),
        given(&s3.sse_customer_key, "sse_customer_key"),
        proxy(&s3.http_proxy, "http_proxy"),
        proxy(&s3.https_proxy, "https_proxy"),
        s3.assume_role_with_web_identity
            .as_ref()
            .filter(|role| matches!(role.token, WebIdentityToken::Text(_)))
            .map(|_| "web_identity_token (better give web_identity_token_file)"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if names.is_empty() {
        return;
    }
    let detail = format!(
        "The record of the backend holds no secrets, so {} will be missing when other commands open the state.",
        names.join(", ")
    );
    let warning = Diagnostic::warning("Secrets of the backend are not recorded", detail);
    let hint = "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_SSE_CUSTOMER_KEY, HTTPS_PROXY, or name a profile";
    context.terminal.report(&[warning.hint(hint)]);
}
