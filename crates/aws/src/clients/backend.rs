//! The clients of the S3 backend, which may use other credentials, endpoints and proxies than the resources.

use std::path::PathBuf;

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
use aws_smithy_types::checksum_config::{RequestChecksumCalculation, ResponseChecksumValidation};
use terraform::backend::S3Backend;

use super::credentials::{RoleCredentials, WebIdentityCredentials};
use super::endpoints::{DeprecatedVariable, Endpoints};
use super::{Activity, ClientError, Proxies, Transport, finish, http_client, loader, profile, s3_client};

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
    backend: &S3Backend,
    (shared, activity): (&SharedHttpClient, &Activity),
    environment: &(dyn Fn(&str) -> Option<String> + Send + Sync),
) -> Result<BackendClients, ClientError> {
    if let Some(argument) = unsupported(backend) {
        return Err(ClientError::Unsupported { argument });
    }
    let http_client = match own_transport(backend, environment) {
        Some(transport) => http_client(&transport, activity)?,
        None => shared.clone(),
    };
    match &backend.profile {
        Some(name) => profile::check(name, &profile_files(backend)).await?,
        None if backend.access_key.is_none() => profile::check_environment(&profile_files(backend)).await?,
        None => {}
    }
    let (endpoints, deprecated) = Endpoints::of(backend).complete(environment);
    let config = base_config(backend, http_client.clone()).await;
    let region = config.region().map(Region::to_string).ok_or(ClientError::NoRegion)?;
    let retry = retry(backend, &config)?;

    let source = source(backend, &endpoints, &region, http_client)?;
    let base = with_credentials(config, source);
    let sts_of = |config: &SdkConfig| sts_client(config, backend, &endpoints);
    let base = match &backend.assume_role_with_web_identity {
        Some(identity) => {
            let client = sts_of(&finish(base.clone(), retry.clone()));
            let source = WebIdentityCredentials { client, identity: identity.clone() };
            with_credentials(base, SharedCredentialsProvider::new(source))
        }
        None => base,
    };
    let base = match &backend.assume_role {
        Some(role) => {
            let client = sts_of(&finish(base.clone(), retry.clone()));
            let source = RoleCredentials { client, role: role.clone() };
            with_credentials(base, SharedCredentialsProvider::new(source))
        }
        None => base,
    };
    let config = without_checksums(finish(base, retry), backend.skip_s3_checksum);

    let mut dynamodb = aws_sdk_dynamodb::config::Builder::from(&config);
    if endpoints.dynamodb.is_some() {
        dynamodb.set_endpoint_url(endpoints.dynamodb.clone());
    }
    Ok(BackendClients {
        s3: s3_client(&config, endpoints.s3.as_deref(), backend.use_path_style),
        dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb.build()),
        sts: sts_of(&config),
        region,
        deprecated,
    })
}

/// The configuration under which no checksums are sent that nobody asked for: stores that know none refuse them.
fn without_checksums(config: SdkConfig, skip: bool) -> SdkConfig {
    if !skip {
        return config;
    }
    config
        .into_builder()
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .build()
}

/// An argument that asks for what cannot be done here.
fn unsupported(backend: &S3Backend) -> Option<&'static str> {
    let sso = backend.endpoints.sso.is_some().then_some("endpoints.sso");
    backend.insecure.then_some("insecure").or(sso)
}

/// Proxies and certificates, where the backend names any; what it leaves open is the environment's.
fn own_transport(backend: &S3Backend, environment: &dyn Fn(&str) -> Option<String>) -> Option<Transport> {
    let transport = Transport {
        proxies: Proxies {
            http: backend.http_proxy.clone(),
            https: backend.https_proxy.clone(),
            exceptions: backend.no_proxy.clone(),
        },
        ca_bundle: backend.custom_ca_bundle.as_ref().map(PathBuf::from),
    };
    if transport == Transport::default() {
        return None;
    }
    let given = Transport::from_environment(environment);
    Some(Transport {
        proxies: transport.proxies.or(given.proxies),
        ca_bundle: transport.ca_bundle.or(given.ca_bundle),
    })
}

/// Everything but the credentials.
async fn base_config(backend: &S3Backend, http_client: SharedHttpClient) -> SdkConfig {
    let mut loader = loader(http_client).profile_files(profile_files(backend)).no_credentials();
    if let Some(region) = &backend.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &backend.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(use_fips) = backend.use_fips_endpoint {
        loader = loader.use_fips(use_fips);
    }
    if let Some(use_dualstack) = backend.use_dualstack_endpoint {
        loader = loader.use_dual_stack(use_dualstack);
    }
    loader.load().await
}

fn profile_files(backend: &S3Backend) -> EnvConfigFiles {
    let mut files = EnvConfigFiles::builder()
        .include_default_config_file(backend.shared_config_files.is_empty())
        .include_default_credentials_file(backend.shared_credentials_files.is_empty());
    for path in &backend.shared_config_files {
        files = files.with_file(EnvConfigFileKind::Config, path);
    }
    for path in &backend.shared_credentials_files {
        files = files.with_file(EnvConfigFileKind::Credentials, path);
    }
    files.build()
}

fn with_credentials(config: SdkConfig, source: SharedCredentialsProvider) -> SdkConfig {
    config.into_builder().credentials_provider(source).build()
}

/// The credentials that a role is taken on with, or that are used as they are.
fn source(
    backend: &S3Backend,
    endpoints: &Endpoints,
    region: &str,
    http_client: SharedHttpClient,
) -> Result<SharedCredentialsProvider, ClientError> {
    if let (Some(id), Some(secret)) = (&backend.access_key, &backend.secret_key) {
        let token = backend.token.as_ref().map(|token| token.expose().to_owned());
        let keys = Credentials::new(id.expose(), secret.expose(), token, None, "backend configuration");
        return Ok(SharedCredentialsProvider::new(keys));
    }
    let config = ProviderConfig::without_region()
        .with_region(Some(Region::new(region.to_owned())))
        .with_http_client(http_client);
    let mut profile =
        ProfileFileCredentialsProvider::builder().configure(&config).profile_files(profile_files(backend));
    if let Some(name) = &backend.profile {
        profile = profile.profile_name(name);
    }
    let profile = profile.build();
    let variables = EnvironmentVariableCredentialsProvider::new();
    let chain = match backend.profile {
        Some(_) => CredentialsProviderChain::first_try("profile", profile),
        None => CredentialsProviderChain::first_try("environment", variables).or_else("profile", profile),
    };
    let chain = chain
        .or_else("web identity", WebIdentityTokenCredentialsProvider::builder().configure(&config).build())
        .or_else("container", EcsCredentialsProvider::builder().configure(&config).build());
    Ok(SharedCredentialsProvider::new(match backend.skip_metadata_api_check {
        true => chain,
        false => chain.or_else("instance metadata", metadata(backend, endpoints, &config)?),
    }))
}

fn metadata(
    backend: &S3Backend,
    endpoints: &Endpoints,
    config: &ProviderConfig,
) -> Result<ImdsCredentialsProvider, ClientError> {
    let mut client = aws_config::imds::Client::builder().configure(config);
    if let Some(url) = &endpoints.metadata {
        client = client.endpoint(url).map_err(|_| ClientError::MetadataEndpoint { url: url.clone() })?;
    }
    match backend.ec2_metadata_service_endpoint_mode.as_deref() {
        Some(mode) if mode.eq_ignore_ascii_case("ipv6") => client = client.endpoint_mode(EndpointMode::IpV6),
        Some(_) => client = client.endpoint_mode(EndpointMode::IpV4),
        None => {}
    }
    Ok(ImdsCredentialsProvider::builder().configure(config).imds_client(client.build()).build())
}

fn sts_client(config: &SdkConfig, backend: &S3Backend, endpoints: &Endpoints) -> aws_sdk_sts::Client {
    let mut builder = aws_sdk_sts::config::Builder::from(config);
    if let Some(region) = &backend.sts_region {
        builder.set_region(Some(Region::new(region.clone())));
    }
    if endpoints.sts.is_some() {
        builder.set_endpoint_url(endpoints.sts.clone());
    }
    aws_sdk_sts::Client::from_conf(builder.build())
}

fn retry(backend: &S3Backend, config: &SdkConfig) -> Result<Option<RetryConfig>, ClientError> {
    if backend.max_retries.is_none() && backend.retry_mode.is_none() {
        return Ok(None);
    }
    let mut retry = config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
    if let Some(mode) = &backend.retry_mode {
        let mode = mode.parse::<RetryMode>().map_err(|_| ClientError::RetryMode { mode: mode.clone() })?;
        retry = retry.with_retry_mode(mode);
    }
    let attempts = backend.max_retries.map_or(super::MAX_ATTEMPTS, |retries| retries.saturating_add(1));
    Ok(Some(retry.with_max_attempts(attempts)))
}
