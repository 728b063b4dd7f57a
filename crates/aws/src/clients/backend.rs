//! The clients of the S3 backend, which may use other credentials, endpoints and proxies than the resources.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::imds::client::EndpointMode;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::{RetryConfig, RetryMode};
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::credentials::{RoleCredentials, WebIdentityCredentials};
use super::endpoints::{DeprecatedVariable, Endpoints};
use super::{ClientError, Transport, finish, http_client, loader, s3_client};

/// How a backend is reached, in the words of its arguments.
#[derive(Clone, Default)]
pub struct BackendAccess {
    /// Of the bucket; without it the environment's or the profile's.
    pub region: Option<String>,
    /// Of STS, where it is another.
    pub sts_region: Option<String>,
    /// Access key id, secret key and session token.
    pub static_keys: Option<(String, String, Option<String>)>,
    /// A profile, which then comes before credentials in the environment.
    pub profile: Option<String>,
    /// Files with profiles, in place of `~/.aws/config`.
    pub shared_config_files: Vec<PathBuf>,
    /// Files with profiles' keys, in place of `~/.aws/credentials`.
    pub shared_credentials_files: Vec<PathBuf>,
    /// A role to take on with a token in place of credentials.
    pub web_identity: Option<WebIdentity>,
    /// A role to take on with the credentials found so far.
    pub assume_role: Option<AssumeRole>,
    /// Endpoints by service.
    pub endpoints: Endpoints,
    /// `IPv4` or `IPv6`.
    pub metadata_endpoint_mode: Option<String>,
    /// Leave out the instance metadata service.
    pub skip_metadata_api_check: bool,
    /// Put the bucket into the path.
    pub use_path_style: bool,
    /// Use FIPS endpoints.
    pub use_fips_endpoint: Option<bool>,
    /// Use dual-stack endpoints.
    pub use_dualstack_endpoint: Option<bool>,
    /// Attempts of a call.
    pub max_retries: Option<u32>,
    /// `standard` or `adaptive`.
    pub retry_mode: Option<String>,
    /// Proxies and certificates.
    pub transport: Transport,
}

/// A role to take on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssumeRole {
    /// The role.
    pub role_arn: String,
    /// How long its credentials last.
    pub duration: Option<Duration>,
    /// What the role's owner wants to hear.
    pub external_id: Option<String>,
    /// A policy that narrows the session.
    pub policy: Option<String>,
    /// Managed policies that narrow the session.
    pub policy_arns: Vec<String>,
    /// The session's name in logs.
    pub session_name: Option<String>,
    /// Who is behind the session.
    pub source_identity: Option<String>,
    /// Session tags.
    pub tags: BTreeMap<String, String>,
    /// The tags that further roles inherit.
    pub transitive_tag_keys: Vec<String>,
}

/// A role to take on with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebIdentity {
    /// The role.
    pub role_arn: String,
    /// How long its credentials last.
    pub duration: Option<Duration>,
    /// A policy that narrows the session.
    pub policy: Option<String>,
    /// Managed policies that narrow the session.
    pub policy_arns: Vec<String>,
    /// The session's name in logs.
    pub session_name: Option<String>,
    /// The token.
    pub token: WebIdentityToken,
}

/// Where a token is.
#[derive(Clone, PartialEq, Eq)]
pub enum WebIdentityToken {
    /// Here.
    Text(String),
    /// In a file, read each time it is needed.
    File(PathBuf),
}

impl std::fmt::Debug for WebIdentityToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(_) => formatter.write_str("Text(…)"),
            Self::File(path) => formatter.debug_tuple("File").field(path).finish(),
        }
    }
}

/// The clients of a backend.
#[derive(Clone, Debug)]
pub struct BackendClients {
    /// For the state.
    pub s3: aws_sdk_s3::Client,
    /// For the lock table.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// For who is asking.
    pub sts: aws_sdk_sts::Client,
    /// Of the bucket.
    pub region: String,
    /// Deprecated variables that decided on an endpoint.
    pub deprecated: Vec<DeprecatedVariable>,
}

/// The clients of a backend. `shared` is used unless the backend has proxies or certificates of its own; `environment`
/// answers variables.
///
/// # Errors
/// A configuration that cannot be used. Credentials are asked for with the first call only.
pub async fn backend_clients(
    access: BackendAccess,
    shared: &SharedHttpClient,
    environment: &(dyn Fn(&str) -> Option<String> + Send + Sync),
) -> Result<BackendClients, ClientError> {
    let mut transport = access.transport.clone();
    let http_client = match transport == Transport::default() {
        true => shared.clone(),
        false => {
            transport.ca_bundle = transport.ca_bundle.or(Transport::from_environment(environment).ca_bundle);
            http_client(&transport)?
        }
    };
    let (endpoints, deprecated) = access.endpoints.clone().complete(environment);
    let config = base_config(&access, http_client.clone()).await;
    let region = config.region().map(Region::to_string).ok_or(ClientError::NoRegion)?;
    let retry = retry(&access, &config)?;

    let source = source(&access, &endpoints, &region, http_client)?;
    let base = with_credentials(config, source);
    let sts_of = |config: &SdkConfig| sts_client(config, &access, &endpoints);
    let base = match &access.web_identity {
        Some(identity) => {
            let client = sts_of(&finish(base.clone(), retry.clone()));
            let source = WebIdentityCredentials { client, identity: identity.clone() };
            with_credentials(base, SharedCredentialsProvider::new(source))
        }
        None => base,
    };
    let base = match &access.assume_role {
        Some(role) => {
            let client = sts_of(&finish(base.clone(), retry.clone()));
            let source = RoleCredentials { client, role: role.clone() };
            with_credentials(base, SharedCredentialsProvider::new(source))
        }
        None => base,
    };
    let config = finish(base, retry);

    let mut dynamodb = aws_sdk_dynamodb::config::Builder::from(&config);
    if endpoints.dynamodb.is_some() {
        dynamodb.set_endpoint_url(endpoints.dynamodb.clone());
    }
    Ok(BackendClients {
        s3: s3_client(&config, endpoints.s3.as_deref(), access.use_path_style),
        dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
        sts: sts_of(&config),
        region,
        deprecated,
    })
}

/// Everything but the credentials.
async fn base_config(access: &BackendAccess, http_client: SharedHttpClient) -> SdkConfig {
    let mut loader = loader(http_client).profile_files(profile_files(access)).no_credentials();
    if let Some(region) = &access.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &access.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(use_fips) = access.use_fips_endpoint {
        loader = loader.use_fips(use_fips);
    }
    if let Some(use_dualstack) = access.use_dualstack_endpoint {
        loader = loader.use_dual_stack(use_dualstack);
    }
    loader.load().await
}

fn profile_files(access: &BackendAccess) -> EnvConfigFiles {
    let mut files = EnvConfigFiles::builder()
        .include_default_config_file(access.shared_config_files.is_empty())
        .include_default_credentials_file(access.shared_credentials_files.is_empty());
    for path in &access.shared_config_files {
        files = files.with_file(EnvConfigFileKind::Config, path);
    }
    for path in &access.shared_credentials_files {
        files = files.with_file(EnvConfigFileKind::Credentials, path);
    }
    files.build()
}

fn with_credentials(config: SdkConfig, source: SharedCredentialsProvider) -> SdkConfig {
    config.into_builder().credentials_provider(source).build()
}

/// The credentials that a role is taken on with, or that are used as they are.
fn source(
    access: &BackendAccess,
    endpoints: &Endpoints,
    region: &str,
    http_client: SharedHttpClient,
) -> Result<SharedCredentialsProvider, ClientError> {
    if let Some((id, secret, token)) = &access.static_keys {
        let keys = Credentials::new(id, secret, token.clone(), None, "backend configuration");
        return Ok(SharedCredentialsProvider::new(keys));
    }
    let config = ProviderConfig::without_region()
        .with_region(Some(Region::new(region.to_owned())))
        .with_http_client(http_client);
    let mut profile =
        ProfileFileCredentialsProvider::builder().configure(&config).profile_files(profile_files(access));
    if let Some(name) = &access.profile {
        profile = profile.profile_name(name);
    }
    let profile = profile.build();
    let variables = EnvironmentVariableCredentialsProvider::new();
    let chain = match access.profile {
        Some(_) => CredentialsProviderChain::first_try("profile", profile),
        None => CredentialsProviderChain::first_try("environment", variables).or_else("profile", profile),
    };
    let chain = chain
        .or_else("web identity", WebIdentityTokenCredentialsProvider::builder().configure(&config).build())
        .or_else("container", EcsCredentialsProvider::builder().configure(&config).build());
    Ok(SharedCredentialsProvider::new(match access.skip_metadata_api_check {
        true => chain,
        false => chain.or_else("instance metadata", metadata(access, endpoints, &config)?),
    }))
}

fn metadata(
    access: &BackendAccess,
    endpoints: &Endpoints,
    config: &ProviderConfig,
) -> Result<ImdsCredentialsProvider, ClientError> {
    let mut client = aws_config::imds::Client::builder().configure(config);
    if let Some(url) = &endpoints.metadata {
        client = client.endpoint(url).map_err(|_| ClientError::MetadataEndpoint { url: url.clone() })?;
    }
    match access.metadata_endpoint_mode.as_deref() {
        Some(mode) if mode.eq_ignore_ascii_case("ipv6") => client = client.endpoint_mode(EndpointMode::IpV6),
        Some(_) => client = client.endpoint_mode(EndpointMode::IpV4),
        None => {}
    }
    Ok(ImdsCredentialsProvider::builder().configure(config).imds_client(client.build()).build())
}

fn sts_client(config: &SdkConfig, access: &BackendAccess, endpoints: &Endpoints) -> aws_sdk_sts::Client {
    let mut builder = aws_sdk_sts::config::Builder::from(config);
    if let Some(region) = &access.sts_region {
        builder.set_region(Some(Region::new(region.clone())));
    }
    if endpoints.sts.is_some() {
        builder.set_endpoint_url(endpoints.sts.clone());
    }
    aws_sdk_sts::Client::from_conf(builder.build())
}

fn retry(access: &BackendAccess, config: &SdkConfig) -> Result<Option<RetryConfig>, ClientError> {
    if access.max_retries.is_none() && access.retry_mode.is_none() {
        return Ok(None);
    }
    let mut retry = config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
    if let Some(mode) = &access.retry_mode {
        let mode = mode.parse::<RetryMode>().map_err(|_| ClientError::RetryMode { mode: mode.clone() })?;
        retry = retry.with_retry_mode(mode);
    }
    let attempts = access.max_retries.unwrap_or(super::MAX_ATTEMPTS).max(1);
    Ok(Some(retry.with_max_attempts(attempts)))
}
