//! Settings of the connection to AWS that cannot be used.

use aws::clients::ClientError;
use terraform::Diagnostic;

use super::file;
use crate::text::sentence;

/// What has to be written instead.
pub(super) fn finding(error: &ClientError) -> Diagnostic {
    let invalid =
        |summary: &str, hint: &str| Diagnostic::error(summary, sentence(&error.to_string())).hint(hint);
    match error {
        ClientError::CaBundle { path, source } => file::finding("read", path, source),
        ClientError::Certificates { .. } => invalid(
            "Invalid certificates",
            "name a file of PEM certificates in custom_ca_bundle or AWS_CA_BUNDLE; look into it: openssl x509 -noout -subject -in FILE",
        ),
        ClientError::Proxy { .. } => invalid(
            "Invalid proxy",
            "write it as `http://proxy.example.com:3128`, in http_proxy or https_proxy of the backend, or in HTTPS_PROXY",
        ),
        ClientError::MetadataEndpoint { .. } => invalid(
            "Invalid metadata endpoint",
            "write it as `http://169.254.169.254`, in ec2_metadata_service_endpoint or AWS_EC2_METADATA_SERVICE_ENDPOINT",
        ),
        ClientError::NoRegion => invalid(
            "No region for the state",
            "write `region = \"us-east-1\"` in the backend configuration, or set AWS_REGION",
        ),
        ClientError::Profile { name, known } if known.is_empty() => {
            invalid("No such profile", &format!("make it: aws configure --profile {name}"))
        }
        ClientError::Profile { known, .. } => {
            invalid("No such profile", &format!("name one that exists: {}", known.join(", ")))
        }
        ClientError::RetryMode { .. } => invalid(
            "Invalid retry mode",
            "write `standard` or `adaptive`, in retry_mode of the backend or in AWS_RETRY_MODE",
        ),
        ClientError::Unsupported { .. } => invalid(
            "Unsupported argument",
            "leave it out of the backend configuration, then: underpin init -reconfigure -backend-config=FILE",
        ),
    }
}
