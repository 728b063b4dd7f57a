//! What CloudTrail recorded lately.

use foundation::Region;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The events of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The events, newest first.
    pub events: Vec<Event>,
    /// How far back they reach; `None`: as far as there are any.
    pub reaches_back_to: Option<OffsetDateTime>,
    /// Where they are from: `cloudtrail:LookupEvents`, or a directory.
    pub source: String,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: OffsetDateTime,
    /// `kms.amazonaws.com`.
    pub source: String,
    /// `Decrypt`.
    pub name: String,
    /// The role (never the session), user or service that called.
    pub caller: String,
    /// The condition keys of the call, as far as the record tells.
    pub context: Vec<(String, String)>,
    /// The error's code.
    pub error_code: Option<String>,
    /// The error's words.
    pub error_message: Option<String>,
    /// AWS's request id.
    pub request_id: Option<String>,
    /// The ARNs and names that it was about.
    pub resources: Vec<String>,
}

/// What a record tells of the keys that conditions look at. A service that calls for somebody names its region, as
/// `kms:ViaService` does.
fn context(record: &Value) -> Vec<(String, String)> {
    let at = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
    let mut context = Vec::new();
    let mut set = |key: &str, value: String| context.push((key.to_owned(), value));
    if let Some(address) = at("/sourceIPAddress").filter(|text| text.parse::<std::net::IpAddr>().is_ok()) {
        set("aws:SourceIp", address.to_owned());
    }
    if let Some(endpoint) = at("/vpcEndpointId") {
        set("aws:SourceVpce", endpoint.to_owned());
    }
    if let Some(mfa) = at("/userIdentity/sessionContext/attributes/mfaAuthenticated") {
        set("aws:MultiFactorAuthPresent", mfa.to_owned());
    }
    // Services are called `rds.amazonaws.com` in every partition; what they call through ends as the region's endpoints do.
    let service = at("/userIdentity/invokedBy").and_then(|by| by.split_once(".amazonaws."));
    let region = at("/awsRegion").and_then(|region| region.parse::<Region>().ok());
    if let (Some((service, _)), Some(region)) = (service, region) {
        let suffix = region.partition().dns_suffix();
        set("kms:ViaService", format!("{service}.{region}.{suffix}"));
        set("aws:ViaAWSService", "true".to_owned());
        set("kms:GrantIsForAWSResource", "true".to_owned());
    }
    let pairs = record.pointer("/requestParameters/encryptionContext").and_then(Value::as_object);
    for (name, value) in pairs.into_iter().flatten() {
        if let Some(value) = value.as_str() {
            set(&format!("kms:EncryptionContext:{name}"), value.to_owned());
        }
    }
    context
}

/// Which kind of policy AWS names in a denial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Denial {
    /// An organisation's policy.
    ServiceControl,
    /// An organisation's policy about resources.
    ResourceControl,
    /// The policy of what was asked for.
    Resource,
    /// The caller's own policies.
    Identity,
    /// The caller's boundary.
    Boundary,
    /// The session's policy.
    Session,
    /// The endpoint's policy.
    Endpoint,
    /// AWS does not say.
    Unsaid,
}

/// The parameters that name what a call is about, of the calls that doctor looks for.
const NAMES: [&str; 5] = ["keyId", "bucketName", "roleName", "name", "trailName"];

impl Event {
    /// An event from its record, as JSON; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        Self::of_record(&serde_json::from_str(text).ok()?)
    }

    /// An event from its record (CloudTrail user guide, record contents).
    pub fn of_record(record: &Value) -> Option<Self> {
        let text = |name: &str| record.get(name).and_then(Value::as_str).map(str::to_owned);
        let at = |pointer: &str| record.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let issuer = at("/userIdentity/sessionContext/sessionIssuer/arn");
        let caller = issuer.or_else(|| at("/userIdentity/arn")).or_else(|| at("/userIdentity/invokedBy"));
        let listed = record.get("resources").and_then(Value::as_array).into_iter().flatten();
        let arns =
            listed.filter_map(|resource| resource.get("ARN").and_then(Value::as_str)).map(str::to_owned);
        Some(Self {
            at: OffsetDateTime::parse(&text("eventTime")?, &Rfc3339).ok()?,
            source: text("eventSource")?,
            name: text("eventName")?,
            caller: caller
                .or_else(|| at("/userIdentity/principalId"))
                .unwrap_or_else(|| "somebody".to_owned()),
            context: context(record),
            error_code: text("errorCode"),
            error_message: text("errorMessage"),
            request_id: text("requestID"),
            resources: arns
                .chain(NAMES.iter().filter_map(|name| at(&format!("/requestParameters/{name}"))))
                .collect(),
        })
    }

    /// `kms:Decrypt`.
    pub fn action(&self) -> String {
        let service = self.source.split('.').next().unwrap_or_default();
        format!("{service}:{}", self.name)
    }

    /// Whether it was denied, as the records of all services say it (CloudTrail user guide, record contents).
    pub fn is_denied(&self) -> bool {
        self.error_code
            .as_deref()
            .is_some_and(|code| code.starts_with("AccessDenied") || code.ends_with("UnauthorizedOperation"))
    }

    /// The kind of policy that AWS names (IAM user guide, `troubleshoot_access-denied`).
    pub fn denial(&self) -> Denial {
        const KINDS: [(&str, Denial); 7] = [
            ("service control policy", Denial::ServiceControl),
            ("resource control policy", Denial::ResourceControl),
            ("resource-based policy", Denial::Resource),
            ("identity-based policy", Denial::Identity),
            ("permissions boundary", Denial::Boundary),
            ("session policy", Denial::Session),
            ("VPC endpoint policy", Denial::Endpoint),
        ];
        let message = self.error_message.as_deref().unwrap_or_default();
        let found = KINDS.iter().find(|(words, _)| message.contains(words));
        found.map_or(Denial::Unsaid, |(_, denial)| *denial)
    }
}

impl Denial {
    /// As a sentence names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ServiceControl => "a service control policy",
            Self::ResourceControl => "a resource control policy",
            Self::Resource => "the resource-based policy",
            Self::Identity => "the caller's own policies",
            Self::Boundary => "the caller's permissions boundary",
            Self::Session => "the session's policy",
            Self::Endpoint => "the policy of the VPC endpoint",
            Self::Unsaid => "a policy that AWS does not name",
        }
    }
}
