//! The SDK's configuration: how requests are sent, signed, repeated and bounded in time.

mod activity;
mod backend;
mod calmed;
mod checked;
mod credentials;
mod endpoints;
mod named;
mod operation;
mod paced;
mod profile;
mod proxies;
mod routed;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use terraform::backend::without_credentials;

use self::activity::NotedClient;
use self::calmed::CalmedClient;
use self::checked::CheckedClient;
use self::credentials::Bounded;
use self::endpoints::is_local;
use self::named::NamedClient;
use self::paced::PacedClient;
use self::routed::RoutedClient;
use crate::services::Services;

pub use aws_smithy_runtime_api::client::http::SharedHttpClient;

pub(crate) use self::activity::Silent;
pub use self::activity::{Activity, Attempt, Call, SILENCE};
pub use self::backend::{BackendClients, backend_clients};
pub(crate) use self::checked::WebPage;
pub use self::endpoints::DeprecatedVariable;
pub use self::profile::{mfa_serial, profile_value};
pub use self::proxies::Proxies;

#[cfg(test)]
mod tests;

/// How requests name the program.
const APP_NAME: &str = "underpin";

/// Attempts of a call, the first one included, where the user says nothing.
const MAX_ATTEMPTS: u32 = 5;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(150);

/// How long any source of credentials may take: less than the attempt that waits for it, which would be tried again.
const CREDENTIALS_TIMEOUT: Duration = Duration::from_secs(25);

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// A file of certificates that cannot be read.
    #[error("cannot read the certificates in `{}`", path.display())]
    CaBundle {
        /// Which file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A file without certificates that can be used.
    #[error("`{}` holds no usable certificates", path.display())]
    Certificates {
        /// Which file.
        path: PathBuf,
    },
    /// A proxy that is no URL.
    #[error("`{url}` is not the URL of a proxy")]
    Proxy {
        /// What was given, without the password in it.
        url: String,
    },
    /// An address of the metadata service that is no URL.
    #[error("`{url}` is not the URL of a metadata service")]
    MetadataEndpoint {
        /// What was given.
        url: String,
    },
    /// A backend without a region.
    #[error("the region of the state bucket is not known")]
    NoRegion,
    /// A profile that does not exist.
    #[error("there is no profile `{name}`")]
    Profile {
        /// Its name.
        name: String,
        /// Those that exist, sorted.
        known: Vec<String>,
    },
    /// A retry mode that does not exist.
    #[error("`{mode}` is not a retry mode: it must be `standard` or `adaptive`")]
    RetryMode {
        /// What was given.
        mode: String,
    },
    /// An argument of the backend that asks for what underpin cannot do.
    #[error("the backend argument `{argument}` is not supported")]
    Unsupported {
        /// Its name.
        argument: &'static str,
    },
}

/// How connections are made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transport {
    /// Through which proxies.
    pub proxies: Proxies,
    /// A file of PEM certificates to trust instead of the system's.
    pub ca_bundle: Option<PathBuf>,
}

impl Transport {
    /// What the environment says: `AWS_CA_BUNDLE` and the proxies.
    pub fn from_environment(environment: &dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            proxies: Proxies::from_environment(environment),
            ca_bundle: environment("AWS_CA_BUNDLE").filter(|path| !path.is_empty()).map(PathBuf::from),
        }
    }
}

/// A pool of connections, for all clients of a run, whose calls are noted in `activity`; an answer longer than any that is used is an error.
///
/// # Errors
/// Certificates or proxies that cannot be used.
pub fn http_client(transport: &Transport, activity: &Activity) -> Result<SharedHttpClient, ClientError> {
    let context = transport.ca_bundle.as_deref().map(tls_context).transpose()?;
    let mut proxied = Vec::new();
    for url in transport.proxies.urls()? {
        let proxy =
            ProxyConfig::all(&url).map_err(|_| ClientError::Proxy { url: without_credentials(&url) })?;
        proxied.push((url, connections(context.clone(), proxy)));
    }
    let client = RoutedClient {
        proxies: transport.proxies.clone(),
        direct: connections(context, ProxyConfig::disabled()),
        proxied,
    };
    let checked = SharedHttpClient::new(CheckedClient(SharedHttpClient::new(client)));
    Ok(SharedHttpClient::new(NotedClient { client: checked, activity: activity.clone() }))
}

/// A pool of connections through a proxy, or through none.
fn connections(context: Option<TlsContext>, proxy: ProxyConfig) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
        if let Some(context) = &context {
            connector.set_tls_context(context.clone());
        }
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.set_proxy_config(Some(proxy.clone()));
        connector.build()
    })
}

fn tls_context(path: &Path) -> Result<TlsContext, ClientError> {
    let pem =
        std::fs::read(path).map_err(|source| ClientError::CaBundle { path: path.to_owned(), source })?;
    let unusable = || ClientError::Certificates { path: path.to_owned() };
    if !pem.windows(27).any(|window| window == b"-----BEGIN CERTIFICATE-----") {
        return Err(unusable());
    }
    let store = TrustStore::empty().with_pem_certificate(pem);
    TlsContext::builder().with_trust_store(store).build().map_err(|_| unusable())
}

/// The configuration for the resources: the SDK's usual sources (environment, profiles, SSO, web identity, containers,
/// instance metadata) in a region of ours.
///
/// # Errors
/// `AWS_PROFILE` names a profile that does not exist. Other sources of credentials are asked with the first call only.
pub async fn resource_config(region: &str, http_client: SharedHttpClient) -> Result<SdkConfig, ClientError> {
    profile::check_environment(&EnvConfigFiles::default()).await?;
    let config = loader(http_client).region(Region::new(region.to_owned())).load().await;
    Ok(finish(config, None))
}

/// The clients of the services that hold and watch the foundation.
pub fn services(config: &SdkConfig) -> Services {
    Services {
        cloudtrail: cloudtrail_client(config),
        cloudwatch: aws_sdk_cloudwatch::Client::new(config),
        ecr: aws_sdk_ecr::Client::new(config),
        events: aws_sdk_eventbridge::Client::new(config),
        iam: iam_client(config),
        kms: aws_sdk_kms::Client::new(config),
        logs: aws_sdk_cloudwatchlogs::Client::new(config),
        s3: s3_client(config, None, false),
        sns: aws_sdk_sns::Client::new(config),
    }
}

/// A client that slows down when IAM asks for it.
fn iam_client(config: &SdkConfig) -> aws_sdk_iam::Client {
    let mut builder = aws_sdk_iam::config::Builder::from(config);
    let calmed = config.http_client().map(|client| SharedHttpClient::new(CalmedClient::new(client)));
    builder.set_http_client(calmed);
    aws_sdk_iam::Client::from_conf(builder.build())
}

/// A client that keeps to CloudTrail's pace.
fn cloudtrail_client(config: &SdkConfig) -> aws_sdk_cloudtrail::Client {
    let mut builder = aws_sdk_cloudtrail::config::Builder::from(config);
    let paced = config.http_client().map(|client| SharedHttpClient::new(PacedClient::new(client)));
    builder.set_http_client(paced);
    aws_sdk_cloudtrail::Client::from_conf(builder.build())
}

/// The client that answers who is asking.
pub fn sts(config: &SdkConfig) -> aws_sdk_sts::Client {
    aws_sdk_sts::Client::new(config)
}

/// An S3 client. Buckets go into the path when asked, and where the host of the endpoint can have no names below it.
pub(crate) fn s3_client(config: &SdkConfig, endpoint: Option<&str>, path_style: bool) -> aws_sdk_s3::Client {
    let configured = endpoint.map(str::to_owned).or_else(|| endpoints::configured(config, "S3"));
    let path_style = path_style || configured.as_deref().is_some_and(is_local);
    let mut builder = aws_sdk_s3::config::Builder::from(config).force_path_style(path_style);
    if let Some(endpoint) = endpoint {
        builder.set_endpoint_url(Some(endpoint.to_owned()));
    }
    builder.set_http_client(config.http_client().map(|client| SharedHttpClient::new(NamedClient(client))));
    aws_sdk_s3::Client::from_conf(builder.build())
}

/// What both configurations begin with.
fn loader(http_client: SharedHttpClient) -> ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client)
        .timeout_config(timeouts)
        .stalled_stream_protection(StalledStreamProtectionConfig::enabled().build());
    match AppName::new(APP_NAME) {
        Ok(name) => loader.app_name(name),
        Err(_) => loader,
    }
}

/// Bounds the wait for credentials, and gives a call more attempts where the user named no number.
fn finish(config: SdkConfig, retry: Option<RetryConfig>) -> SdkConfig {
    let found = config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
    let retry =
        retry.unwrap_or_else(|| match found.max_attempts() == RetryConfig::standard().max_attempts() {
            true => found.with_max_attempts(MAX_ATTEMPTS),
            false => found,
        });
    let credentials = config.credentials_provider().map(|source| bounded(source, CREDENTIALS_TIMEOUT));
    let mut builder = config.into_builder().retry_config(retry);
    builder.set_credentials_provider(credentials);
    builder
        .identity_cache(
            aws_config::identity::IdentityCache::lazy().load_timeout(CREDENTIALS_TIMEOUT * 2).build(),
        )
        .build()
}

fn bounded(source: SharedCredentialsProvider, limit: Duration) -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Bounded { source, limit })
}
