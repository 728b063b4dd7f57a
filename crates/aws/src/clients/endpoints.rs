//! Which endpoint a service is called at, and who says so.

use std::net::IpAddr;

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use terraform::backend::S3Backend;

/// The endpoints of the services that the backend calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Endpoints {
    pub(super) s3: Option<String>,
    pub(super) dynamodb: Option<String>,
    pub(super) sts: Option<String>,
    pub(super) metadata: Option<String>,
}

/// A variable that Terraform still honours, with the one to set instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeprecatedVariable {
    /// What was set.
    pub name: &'static str,
    /// What to set.
    pub instead: &'static str,
}

/// The variables of one service, the current one first.
const VARIABLES: [DeprecatedVariable; 4] = [
    DeprecatedVariable { name: "AWS_S3_ENDPOINT", instead: "AWS_ENDPOINT_URL_S3" },
    DeprecatedVariable { name: "AWS_DYNAMODB_ENDPOINT", instead: "AWS_ENDPOINT_URL_DYNAMODB" },
    DeprecatedVariable { name: "AWS_STS_ENDPOINT", instead: "AWS_ENDPOINT_URL_STS" },
    DeprecatedVariable { name: "AWS_METADATA_URL", instead: "AWS_EC2_METADATA_SERVICE_ENDPOINT" },
];

impl Endpoints {
    /// As the backend names them.
    pub(super) fn of(backend: &S3Backend) -> Self {
        let endpoints = backend.endpoints.clone();
        Self {
            s3: endpoints.s3,
            dynamodb: endpoints.dynamodb,
            sts: endpoints.sts,
            metadata: backend.ec2_metadata_service_endpoint.clone(),
        }
    }

    /// Fills in what the environment says where the backend says nothing, and answers the deprecated variables that
    /// decided. What is still open after that the SDK settles (`AWS_ENDPOINT_URL`, profiles).
    pub(super) fn complete(
        mut self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> (Self, Vec<DeprecatedVariable>) {
        let mut deprecated = Vec::new();
        let open = [&mut self.s3, &mut self.dynamodb, &mut self.sts, &mut self.metadata];
        for (endpoint, variable) in open.into_iter().zip(VARIABLES) {
            let set = |name| environment(name).filter(|url| !url.is_empty());
            if endpoint.is_some() {
                continue;
            }
            *endpoint = set(variable.instead).or_else(|| {
                let found = set(variable.name);
                deprecated.extend(found.is_some().then_some(variable));
                found
            });
        }
        (self, deprecated)
    }
}

/// The endpoint that environment or profile configure for a service.
pub(super) fn configured(config: &SdkConfig, service: &str) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(service)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let of_service = key.ok().and_then(|key| config.service_config()?.load_config(key));
    of_service.or_else(|| config.endpoint_url().map(str::to_owned))
}

/// Whether the host of a URL is an IP address or `localhost`, so that no bucket can be a name below it.
pub(super) fn is_local(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host_and_port.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => host_and_port.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok()
}
