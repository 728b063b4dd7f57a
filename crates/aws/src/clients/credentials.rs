//! Sources of credentials beyond the SDK's: a bound on the wait, and roles with everything a backend can say about them.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future::ProvideCredentials as Future;
use aws_credential_types::provider::{ProvideCredentials, Result, SharedCredentialsProvider};
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};

use terraform::backend::{AssumeRole, AssumeRoleWithWebIdentity, WebIdentityToken};

/// A source that answers in time or not at all.
#[derive(Debug)]
pub(super) struct Bounded {
    pub(super) source: SharedCredentialsProvider,
    pub(super) limit: Duration,
}

impl ProvideCredentials for Bounded {
    fn provide_credentials<'a>(&'a self) -> Future<'a>
    where
        Self: 'a,
    {
        Future::new(async {
            match tokio::time::timeout(self.limit, self.source.provide_credentials()).await {
                Ok(answer) => answer,
                Err(_) => Err(CredentialsError::provider_timed_out(self.limit)),
            }
        })
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.source.fallback_on_interrupt()
    }
}

/// A role taken on with other credentials, which are in the client.
pub(super) struct RoleCredentials {
    pub(super) client: aws_sdk_sts::Client,
    pub(super) role: AssumeRole,
}

/// A role taken on with a token.
pub(super) struct WebIdentityCredentials {
    pub(super) client: aws_sdk_sts::Client,
    pub(super) identity: AssumeRoleWithWebIdentity,
}

impl fmt::Debug for RoleCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RoleCredentials")
            .field("role_arn", &self.role.role_arn)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for WebIdentityCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role_arn = &self.identity.role_arn;
        formatter.debug_struct("WebIdentityCredentials").field("role_arn", role_arn).finish_non_exhaustive()
    }
}

impl ProvideCredentials for RoleCredentials {
    fn provide_credentials<'a>(&'a self) -> Future<'a>
    where
        Self: 'a,
    {
        Future::new(self.assume())
    }
}

impl RoleCredentials {
    async fn assume(&self) -> Result {
        let role = &self.role;
        let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
        let tags: std::result::Result<Vec<_>, _> = role.tags.iter().map(tag).collect();
        let answer = self
            .client
            .assume_role()
            .role_arn(&role.role_arn)
            .role_session_name(session_name(role.session_name.as_deref()))
            .set_duration_seconds(seconds(role.duration))
            .set_external_id(role.external_id.clone())
            .set_policy(role.policy.clone())
            .set_policy_arns(policies(&role.policy_arns))
            .set_source_identity(role.source_identity.clone())
            .set_tags(some(tags.map_err(CredentialsError::invalid_configuration)?))
            .set_transitive_tag_keys(some(role.transitive_tag_keys.clone()))
            .send()
            .await
            .map_err(CredentialsError::provider_error)?;
        credentials(answer.credentials, "AssumeRole")
    }
}

impl ProvideCredentials for WebIdentityCredentials {
    fn provide_credentials<'a>(&'a self) -> Future<'a>
    where
        Self: 'a,
    {
        Future::new(self.assume())
    }
}

impl WebIdentityCredentials {
    async fn assume(&self) -> Result {
        let identity = &self.identity;
        let token = match &identity.token {
            WebIdentityToken::Text(token) => token.expose().to_owned(),
            WebIdentityToken::File(path) => {
                tokio::fs::read_to_string(path).await.map_err(CredentialsError::invalid_configuration)?
            }
        };
        let answer = self
            .client
            .assume_role_with_web_identity()
            .role_arn(&identity.role_arn)
            .role_session_name(session_name(identity.session_name.as_deref()))
            .web_identity_token(token)
            .set_duration_seconds(seconds(identity.duration))
            .set_policy(identity.policy.clone())
            .set_policy_arns(policies(&identity.policy_arns))
            .send()
            .await
            .map_err(CredentialsError::provider_error)?;
        credentials(answer.credentials, "AssumeRoleWithWebIdentity")
    }
}

fn session_name(given: Option<&str>) -> String {
    given.unwrap_or("underpin").to_owned()
}

fn seconds(duration: Option<Duration>) -> Option<i32> {
    i32::try_from(duration?.as_secs()).ok()
}

fn policies(arns: &[String]) -> Option<Vec<PolicyDescriptorType>> {
    some(arns.iter().map(|arn| PolicyDescriptorType::builder().arn(arn).build()).collect())
}

fn some<T>(values: Vec<T>) -> Option<Vec<T>> {
    (!values.is_empty()).then_some(values)
}

fn credentials(answer: Option<aws_sdk_sts::types::Credentials>, source: &'static str) -> Result {
    let answer = answer.ok_or_else(|| CredentialsError::unhandled("STS answered without credentials"))?;
    let expiry = SystemTime::try_from(answer.expiration).map_err(CredentialsError::unhandled)?;
    Ok(Credentials::new(
        answer.access_key_id,
        answer.secret_access_key,
        Some(answer.session_token),
        Some(expiry),
        source,
    ))
}
