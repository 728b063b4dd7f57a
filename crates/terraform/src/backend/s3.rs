//! State in an S3 bucket.

use std::collections::BTreeMap;

use serde_json::Value;

use super::DEFAULT_WORKSPACE;
use super::role::{AssumeRole, AssumeRoleWithWebIdentity};
use super::secret::Secret;
use super::setting::{text, texts};

/// The S3 backend; deprecated arguments are already in their new place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct S3Backend {
    /// The bucket.
    pub bucket: String,
    /// The object of the default workspace.
    pub key: String,
    /// The bucket's region; `None` leaves it to the environment.
    pub region: Option<String>,
    /// The prefix of the other workspaces' objects.
    pub workspace_key_prefix: String,
    /// Ask for encryption at rest.
    pub encrypt: bool,
    /// The key to encrypt with; without effect unless `encrypt`.
    pub kms_key_id: Option<String>,
    /// A customer key to encrypt with, in base64.
    pub sse_customer_key: Option<Secret>,
    /// A canned ACL for the state.
    pub acl: Option<String>,
    /// Send no SHA-256 checksum.
    pub skip_s3_checksum: bool,
    /// Lock with an object beside the state.
    pub use_lockfile: bool,
    /// Lock with an item in this DynamoDB table, and keep the state's digest there.
    pub dynamodb_table: Option<String>,
    /// Access key id.
    pub access_key: Option<Secret>,
    /// Secret access key.
    pub secret_key: Option<Secret>,
    /// Session token.
    pub token: Option<Secret>,
    /// A profile of the shared files.
    pub profile: Option<String>,
    /// Configuration files with profiles.
    pub shared_config_files: Vec<String>,
    /// Credentials files with profiles.
    pub shared_credentials_files: Vec<String>,
    /// A role to take on.
    pub assume_role: Option<AssumeRole>,
    /// A role to take on with a token.
    pub assume_role_with_web_identity: Option<AssumeRoleWithWebIdentity>,
    /// Endpoints by service.
    pub endpoints: Endpoints,
    /// Put the bucket into the path.
    pub use_path_style: bool,
    /// The only accounts to work in; empty for any.
    pub allowed_account_ids: Vec<String>,
    /// Accounts never to work in.
    pub forbidden_account_ids: Vec<String>,
    /// Do not ask STS whether the credentials are good.
    pub skip_credentials_validation: bool,
    /// Do not ask for the account.
    pub skip_requesting_account_id: bool,
    /// Do not ask the instance metadata service for credentials.
    pub skip_metadata_api_check: bool,
    /// Take any region name.
    pub skip_region_validation: bool,
    /// Attempts of a call beyond the first.
    pub max_retries: Option<u32>,
    /// `standard` or `adaptive`.
    pub retry_mode: Option<String>,
    /// The region of STS.
    pub sts_region: Option<String>,
    /// A proxy for HTTP.
    pub http_proxy: Option<String>,
    /// A proxy for HTTPS.
    pub https_proxy: Option<String>,
    /// Hosts without proxy, separated by commas.
    pub no_proxy: Option<String>,
    /// A file of certificate authorities.
    pub custom_ca_bundle: Option<String>,
    /// Do not verify certificates.
    pub insecure: bool,
    /// FIPS endpoints; `None` leaves it to the environment.
    pub use_fips_endpoint: Option<bool>,
    /// Dual-stack endpoints; `None` leaves it to the environment.
    pub use_dualstack_endpoint: Option<bool>,
    /// The address of the instance metadata service.
    pub ec2_metadata_service_endpoint: Option<String>,
    /// `IPv4` or `IPv6`.
    pub ec2_metadata_service_endpoint_mode: Option<String>,
}

/// Endpoints by service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// DynamoDB.
    pub dynamodb: Option<String>,
    /// IAM.
    pub iam: Option<String>,
    /// S3.
    pub s3: Option<String>,
    /// IAM Identity Center.
    pub sso: Option<String>,
    /// STS.
    pub sts: Option<String>,
}

impl S3Backend {
    /// From converted values; `None` if a required one is missing.
    pub(super) fn new(values: &BTreeMap<&str, Value>) -> Option<Self> {
        let get = |name: &str| text(values.get(name));
        let secret = |name: &str| get(name).map(Secret::new);
        let flag = |name: &str| values.get(name).and_then(Value::as_bool);
        let is_set = |name: &str| flag(name).unwrap_or(false);
        let object = |name: &str| values.get(name).and_then(Value::as_object);
        let mut shared_credentials_files = texts(values.get("shared_credentials_files"));
        shared_credentials_files.extend(get("shared_credentials_file"));
        Some(Self {
            bucket: get("bucket")?,
            key: get("key")?,
            region: get("region"),
            workspace_key_prefix: get("workspace_key_prefix").unwrap_or_else(|| "env:".to_owned()),
            encrypt: is_set("encrypt"),
            kms_key_id: get("kms_key_id"),
            sse_customer_key: secret("sse_customer_key"),
            acl: get("acl"),
            skip_s3_checksum: is_set("skip_s3_checksum"),
            use_lockfile: is_set("use_lockfile"),
            dynamodb_table: get("dynamodb_table"),
            access_key: secret("access_key"),
            secret_key: secret("secret_key"),
            token: secret("token"),
            profile: get("profile"),
            shared_config_files: texts(values.get("shared_config_files")),
            shared_credentials_files,
            assume_role: object("assume_role").and_then(AssumeRole::new),
            assume_role_with_web_identity: object("assume_role_with_web_identity")
                .and_then(AssumeRoleWithWebIdentity::new),
            endpoints: Endpoints::new(values),
            use_path_style: is_set("use_path_style") || is_set("force_path_style"),
            allowed_account_ids: texts(values.get("allowed_account_ids")),
            forbidden_account_ids: texts(values.get("forbidden_account_ids")),
            skip_credentials_validation: is_set("skip_credentials_validation"),
            skip_requesting_account_id: is_set("skip_requesting_account_id"),
            skip_metadata_api_check: is_set("skip_metadata_api_check"),
            skip_region_validation: is_set("skip_region_validation"),
            max_retries: values
                .get("max_retries")
                .and_then(Value::as_u64)
                .and_then(|retries| u32::try_from(retries).ok()),
            retry_mode: get("retry_mode"),
            sts_region: get("sts_region"),
            http_proxy: get("http_proxy"),
            https_proxy: get("https_proxy"),
            no_proxy: get("no_proxy"),
            custom_ca_bundle: get("custom_ca_bundle"),
            insecure: is_set("insecure"),
            use_fips_endpoint: flag("use_fips_endpoint"),
            use_dualstack_endpoint: flag("use_dualstack_endpoint"),
            ec2_metadata_service_endpoint: get("ec2_metadata_service_endpoint"),
            ec2_metadata_service_endpoint_mode: get("ec2_metadata_service_endpoint_mode"),
        })
    }

    /// The object that holds the state of a workspace.
    pub fn state_key(&self, workspace: &str) -> String {
        if workspace == DEFAULT_WORKSPACE {
            self.key.clone()
        } else {
            format!("{}/{workspace}/{}", self.workspace_key_prefix, self.key)
        }
    }

    /// The `LockID` of a workspace's lock item in DynamoDB, and the `Path` of both kinds of lock.
    pub fn lock_id(&self, workspace: &str) -> String {
        format!("{}/{}", self.bucket, self.state_key(workspace))
    }

    /// The `LockID` of the item with the digest of a workspace's state.
    pub fn digest_id(&self, workspace: &str) -> String {
        format!("{}-md5", self.lock_id(workspace))
    }
}

impl Endpoints {
    fn new(values: &BTreeMap<&str, Value>) -> Self {
        let endpoint = |attribute: &str, deprecated: &str| {
            let endpoints = values.get("endpoints").and_then(Value::as_object);
            let endpoint = text(endpoints.and_then(|endpoints| endpoints.get(attribute)));
            endpoint.or_else(|| text(values.get(deprecated)))
        };
        Self {
            dynamodb: endpoint("dynamodb", "dynamodb_endpoint"),
            iam: endpoint("iam", "iam_endpoint"),
            s3: endpoint("s3", "endpoint"),
            sso: endpoint("sso", ""),
            sts: endpoint("sts", "sts_endpoint"),
        }
    }
}
