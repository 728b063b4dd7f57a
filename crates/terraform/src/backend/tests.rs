use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Severity, Source};

const MINIMAL: &str = "bucket = \"b\"\nkey = \"k/terraform.tfstate\"\n";

/// The record of Terraform 1.15.5 for the arguments of `recorded`.
const RECORD: &str = include_str!("../../tests/data/backend-record.json");

fn source(name: &str, text: &str) -> Arc<Source> {
    Arc::new(Source { name: name.to_owned(), text: text.to_owned() })
}

fn configuration(text: &str) -> Configuration {
    let mut configuration = Configuration::default();
    configuration.add_file(&source("backend.hcl", text)).unwrap();
    configuration
}

fn s3(text: &str) -> S3Backend {
    let text = format!("{MINIMAL}{text}");
    match configuration(&text).validate().unwrap().backend {
        Backend::S3(backend) => *backend,
        Backend::Local(_) => panic!("{text} is taken for a local backend"),
    }
}

/// `SEVERITY summary | detail | place`, one line a finding.
fn findings(text: &str) -> Vec<String> {
    let text = format!("{MINIMAL}{text}");
    let findings = match configuration(&text).validate() {
        Ok(validated) => validated.warnings,
        Err(findings) => findings,
    };
    findings
        .into_iter()
        .map(|finding| {
            let place = finding.location.map(|place| place.to_string()).unwrap_or_default();
            let severity = if finding.severity == Severity::Error { "error" } else { "warning" };
            format!("{severity}: {} | {} | {place}", finding.summary, finding.detail)
        })
        .collect()
}

#[test]
fn the_documents_backend_file_is_read() {
    let backend = s3("region = \"us-east-1\"\n");
    assert_eq!(backend.bucket, "b");
    assert_eq!(backend.region.as_deref(), Some("us-east-1"));
    assert_eq!(backend.workspace_key_prefix, "env:");
    assert!(!backend.encrypt && !backend.use_lockfile && backend.dynamodb_table.is_none());
}

#[test]
fn objects_are_named_as_terraform_names_them() {
    let backend = s3("");
    assert_eq!(backend.state_key("default"), "k/terraform.tfstate");
    assert_eq!(backend.state_key("w1"), "env:/w1/k/terraform.tfstate");
    assert_eq!(backend.lock_id("w1"), "b/env:/w1/k/terraform.tfstate");
    assert_eq!(backend.digest_id("default"), "b/k/terraform.tfstate-md5");
    let prefixed = s3("workspace_key_prefix = \"teams\"\n");
    assert_eq!(prefixed.state_key("w1"), "teams/w1/k/terraform.tfstate");
    let local = LocalBackend::default();
    assert_eq!(local.state_path("default"), "terraform.tfstate");
    assert_eq!(local.state_path("w1"), "terraform.tfstate.d/w1/terraform.tfstate");
}

#[test]
fn later_arguments_win_and_null_takes_one_back() {
    let mut configuration =
        configuration("bucket = \"a\"\nkey = \"k\"\nregion = \"eu-west-1\"\nencrypt = true\n");
    configuration.add_pair("bucket=b=c").unwrap();
    configuration.add_pair("max_retries=7").unwrap();
    configuration.add_pair("use_lockfile=true").unwrap();
    configuration.add_pair("allowed_account_ids=[\"123456789012\", 210987654321]").unwrap();
    configuration.add_pair("endpoints={s3=\"http://localhost:1\"}").unwrap();
    configuration.add_file(&source("x.json", "{\"region\": null, \"encrypt\": \"false\"}")).unwrap();
    let Backend::S3(backend) = configuration.validate().unwrap().backend else {
        panic!("not S3");
    };
    assert_eq!(backend.bucket, "b=c");
    assert_eq!(backend.region, None);
    assert_eq!(backend.max_retries, Some(7));
    assert!(backend.use_lockfile && !backend.encrypt);
    assert_eq!(backend.allowed_account_ids, ["123456789012", "210987654321"]);
    assert_eq!(backend.endpoints.s3.as_deref(), Some("http://localhost:1"));
}

#[test]
fn a_pair_needs_an_equals_sign_and_a_value_of_its_type() {
    let mut configuration = configuration(MINIMAL);
    assert!(configuration.add_pair("bucket").is_err());
    assert_eq!(configuration.add_pair("endpoints=[").unwrap_err().len(), 1);
    configuration.add_pair("encrypt=maybe").unwrap();
    configuration.add_pair("key =x").unwrap();
    let findings = configuration.validate().unwrap_err();
    let summaries: Vec<&str> = findings.iter().map(|finding| finding.summary.as_str()).collect();
    assert_eq!(summaries, ["Incorrect attribute value type", "Unsupported argument"]);
    assert_eq!(findings[1].hint.as_deref(), Some("did you mean \"key\"?"));
}

#[test]
fn an_endless_name_is_not_compared_with_what_could_be_meant() {
    let findings = configuration(&format!("{MINIMAL}{} = 1\n", "x".repeat(1 << 19))).validate().unwrap_err();
    assert_eq!((findings.len(), &findings[0].hint), (1, &None));
}

#[test]
fn every_argument_reaches_the_backend() {
    let backend = s3(r#"
        access_key = "AK"
        secret_key = "SK"
        token = "T"
        acl = "private"
        assume_role = {
          role_arn = "arn:aws:iam::123456789012:role/r", duration = "1h30m", external_id = "ee", policy = "{}"
          policy_arns = ["arn:aws:iam::aws:policy/P"], session_name = "ss", source_identity = "ii"
          tags = { a = 1 }, transitive_tag_keys = ["a"]
        }
        assume_role_with_web_identity = { role_arn = "arn:aws:iam::123456789012:role/w", web_identity_token = "WWWW" }
        custom_ca_bundle = "ca.pem"
        ec2_metadata_service_endpoint = "http://169.254.169.254"
        ec2_metadata_service_endpoint_mode = "ipv4"
        encrypt = "true"
        endpoints = { dynamodb = "http://d", iam = "http://i", s3 = "http://s", sso = "http://o", sts = "http://t" }
        forbidden_account_ids = ["210987654321"]
        http_proxy = "http://p"
        https_proxy = "http://q"
        insecure = true
        kms_key_id = "alias/x"
        max_retries = 3
        no_proxy = "x"
        profile = "p"
        retry_mode = "adaptive"
        shared_config_files = ["c"]
        shared_credentials_files = ["d"]
        skip_credentials_validation = true
        skip_metadata_api_check = true
        skip_region_validation = true
        skip_requesting_account_id = true
        skip_s3_checksum = true
        sts_region = "mars"
        use_dualstack_endpoint = false
        use_fips_endpoint = true
        use_lockfile = true
        use_path_style = true
    "#);
    let role = backend.assume_role.as_ref().unwrap();
    assert_eq!(role.duration, Some(std::time::Duration::from_secs(5400)));
    assert_eq!(role.tags["a"], "1");
    assert_eq!(
        backend.assume_role_with_web_identity.as_ref().unwrap().token,
        WebIdentityToken::Text(Secret::new("WWWW"))
    );
    // Whatever is still at its default was lost on the way.
    let shown = format!("{backend:?}");
    let unset: Vec<&str> =
        shown.split(", ").filter(|part| part.ends_with("None") || part.ends_with("false")).collect();
    assert_eq!(
        unset,
        [
            "region: None",
            "sse_customer_key: None",
            "dynamodb_table: None",
            "duration: None",
            "policy: None",
            "session_name: None"
        ]
    );
    assert_eq!(backend.use_dualstack_endpoint, Some(false));
    for secret in ["\"AK\"", "\"SK\"", "\"T\"", "\"WWWW\""] {
        assert!(!shown.contains(secret), "{secret} is shown");
    }
}

#[test]
fn deprecated_arguments_work_with_a_warning() {
    let text = "endpoint = \"http://s\"\ndynamodb_endpoint = \"http://d\"\niam_endpoint = \"http://i\"\nsts_endpoint = \"http://t\"\nforce_path_style = true\nshared_credentials_file = \"c\"\ndynamodb_table = \"t\"\n";
    let backend = s3(text);
    assert_eq!(backend.endpoints.s3.as_deref(), Some("http://s"));
    assert_eq!(backend.endpoints.sts.as_deref(), Some("http://t"));
    assert!(backend.use_path_style);
    assert_eq!(backend.shared_credentials_files, ["c"]);
    let findings = findings(text);
    assert_eq!(findings.len(), 7);
    assert_eq!(
        findings[0],
        "warning: Deprecated Parameter | The parameter \"dynamodb_endpoint\" is deprecated. Use parameter \"endpoints.dynamodb\" instead. | backend.hcl:4,1-18"
    );
}

#[test]
fn mistakes_are_named_with_their_place() {
    let arn = "arn:aws:iam::123456789012:role/r";
    let table = [
        ("bukcet = \"x\"", "Unsupported argument", "3,1-7"),
        ("role_arn = \"x\"", "Unsupported argument", "3,1-9"),
        ("endpoints = { s3 = \"http://x\", foo = 1 }", "Unsupported argument", "3,32-35"),
        ("encrypt = \"maybe\"", "a bool is required.", "3,11-18"),
        ("use_lockfile = 1", "bool required.", "3,16-17"),
        ("assume_role = \"x\"", "object required.", "3,15-18"),
        ("assume_role = { session_name = \"x\" }", "attribute \"role_arn\" is required.", "3,15-37"),
        ("assume_role = { role_arn = \"x\" }", "Invalid ARN", "3,17-25"),
        (
            &format!("assume_role = {{ role_arn = \"{arn}\", duration = \"1x\" }}"),
            "Invalid Duration",
            "3,64-72",
        ),
        (
            &format!("assume_role = {{ role_arn = \"{arn}\", duration = \"5m\" }}"),
            "between 15m and 12h",
            "3,64-72",
        ),
        (&format!("assume_role_with_web_identity = {{ role_arn = \"{arn}\" }}"), "Exactly one of", "3,1-30"),
        ("kms_key_id = \"x\"", "valid KMS Key ID", "3,14-17"),
        ("sse_customer_key = \"abc\"", "44 characters", "3,1-17"),
        ("retry_mode = \"fast\"", "[standard, adaptive]", "3,14-20"),
        ("workspace_key_prefix = \"/a\"", "must not start or end with \"/\"", "3,24-28"),
        ("ec2_metadata_service_endpoint_mode = \"x\"", "[IPv4, IPv6]", "3,38-41"),
        ("max_retries = -1", "max_retries", "3,15-17"),
        ("max_retries = 1.5", "max_retries", "3,15-18"),
        ("region = \"us-east\"", "Invalid AWS Region: us-east", "3,10-19"),
        ("access_key = \"x\"", "needs \"secret_key\"", "3,1-11"),
        ("token = \"x\"", "needs \"access_key\"", "3,1-6"),
        ("allowed_account_ids = [\"12\"]", "\"12\" is not an AWS account id", "3,23-29"),
        ("forbidden_account_ids = [12345678901]", "\"12345678901\" is not an AWS", "3,25-38"),
        ("endpoints = { s3 = \"localhost\" }", "valid URL", "3,15-17"),
        (
            "allowed_account_ids = [\"123456789012\"]\nforbidden_account_ids = [\"210987654321\"]",
            "Only one of allowed_account_ids",
            "4,1-22",
        ),
        ("use_path_style = true\nforce_path_style = true", "Only one of force_path_style", "3,1-15"),
        (
            "endpoint = \"http://x\"\nendpoints = { s3 = \"http://x\" }",
            "cannot be configured together",
            "3,1-9",
        ),
    ];
    for (text, named, place) in table {
        let findings = findings(text);
        let errors: Vec<&String> = findings.iter().filter(|finding| finding.starts_with("error")).collect();
        assert_eq!(errors.len(), 1, "{findings:?}");
        assert!(errors[0].contains(named), "{} does not say {named}", errors[0]);
        assert!(errors[0].ends_with(&format!("backend.hcl:{place}")), "{} is not at {place}", errors[0]);
    }
}

#[test]
fn attributes_of_a_role_keep_awss_rules() {
    let long = "x".repeat(65);
    let table = [
        ("external_id = \"a\"".to_owned(), "between 2 and 1224, had 1"),
        ("external_id = \"\"".to_owned(), "between 2 and 1224, had 0"),
        ("external_id = \"a b\"".to_owned(), "Invalid Value"),
        ("external_id = \"a/b:c\"".to_owned(), ""),
        ("session_name = \"a\"".to_owned(), "between 2 and 64, had 1"),
        (format!("session_name = \"{long}\""), "between 2 and 64, had 65"),
        ("session_name = \"a b\"".to_owned(), "Invalid Value"),
        ("session_name = \"a/b\"".to_owned(), "Invalid Value"),
        ("session_name = \"me@example.com\"".to_owned(), ""),
        ("source_identity = \"a\"".to_owned(), "between 2 and 64, had 1"),
        ("policy = \"{\"".to_owned(), "Invalid JSON Document"),
        ("policy = \"\"".to_owned(), "Invalid JSON Document"),
        ("policy = \"{}\"".to_owned(), ""),
        ("policy_arns = [\"x\"]".to_owned(), "Invalid ARN"),
        ("policy_arns = [\"arn:aws:iam::aws:policy/x\"]".to_owned(), ""),
    ];
    for (attribute, named) in table {
        let role = "arn:aws:iam::123456789012:role/r";
        let findings = findings(&format!("assume_role = {{ role_arn = \"{role}\", {attribute} }}"));
        assert_eq!(findings.len(), usize::from(!named.is_empty()), "{attribute}: {findings:?}");
        assert!(findings.iter().all(|finding| finding.contains(named)), "{attribute}: {findings:?}");
    }
}

#[test]
fn keys_follow_terraforms_rules() {
    for (key, is_good) in [
        ("a", true),
        ("global/production/us-east-1/terraform.tfstate", true),
        ("/a", false),
        ("a/", false),
        ("a//b", false),
        ("", false),
    ] {
        let configuration = configuration(&format!("bucket = \"b\"\nkey = \"{key}\"\n"));
        assert_eq!(configuration.validate().is_ok(), is_good, "{key}");
    }
    let arn = "arn:aws:kms:us-east-1:123456789012:";
    let uuid = "12345678-1234-1234-1234-123456789abc";
    for (key, is_good) in [
        (uuid.to_owned(), true),
        ("mrk-0123456789abcdef0123456789abcdef".to_owned(), true),
        ("alias/x".to_owned(), true),
        (format!("{arn}key/{uuid}"), true),
        (format!("{arn}alias/x"), true),
        (format!("{arn}key/x"), false),
        ("mrk-1".to_owned(), false),
    ] {
        let configuration = configuration(&format!("{MINIMAL}kms_key_id = \"{key}\"\n"));
        assert_eq!(configuration.validate().is_ok(), is_good, "{key}");
    }
}

#[test]
fn what_is_missing_is_said_at_once() {
    let findings = configuration("region = \"us-east-1\"\n").validate().unwrap_err();
    let details: Vec<&str> = findings.iter().map(|finding| finding.detail.as_str()).collect();
    assert_eq!(
        details,
        [
            "The attribute \"bucket\" is required by the backend.",
            "The attribute \"key\" is required by the backend."
        ]
    );
}

#[test]
fn a_block_is_an_error_that_shows_the_attribute() {
    let mut configuration = Configuration::default();
    let text = "assume_role {\n  role_arn = \"x\"\n}\n";
    let findings = configuration.add_file(&source("backend.hcl", text)).unwrap_err();
    assert_eq!(findings.len(), 1);
    assert_eq!(
        findings[0].hint.as_deref(),
        Some("write assume_role = { … } to set an argument to an object")
    );
}

#[test]
fn flat_role_arguments_are_led_to_their_place() {
    for name in ["role_arn", "session_name", "external_id", "assume_role_policy", "lock_table"] {
        let findings = configuration(&format!("{MINIMAL}{name} = \"x\"\n")).validate().unwrap_err();
        assert!(findings[0].hint.is_some(), "{name}");
    }
}

#[test]
fn the_record_is_terraforms() {
    let text = "region = \"us-east-1\"\nskip_credentials_validation = true\nskip_requesting_account_id = true\nskip_metadata_api_check = true\nuse_path_style = true\nendpoints = { s3 = \"http://127.0.0.1:40483\" }\ndynamodb_table = \"t\"\nmax_retries = \"3\"\n";
    let configuration = configuration(&format!("{MINIMAL}{text}"));
    let backend = configuration.validate().unwrap().backend;
    assert_eq!(configuration.to_record(&backend, &Configuration::default()), RECORD.trim_end());
    let restored = Record::parse(RECORD.as_bytes()).unwrap().unwrap().configuration;
    assert_eq!(restored.validate().unwrap().backend, backend);
}

#[test]
fn secrets_are_not_recorded() {
    let text = "https_proxy = \"http://u:PKX@p\"\naccess_key = \"AKX\"\nsecret_key = \"SKX\"\ntoken = \"TKX\"\nassume_role_with_web_identity = { role_arn = \"arn:aws:iam::1:role/r\", web_identity_token = \"WKXX\" }\n";
    let configuration = configuration(&format!("{MINIMAL}{text}"));
    let backend = configuration.validate().unwrap().backend;
    let record = configuration.to_record(&backend, &Configuration::default());
    for secret in ["AKX", "SKX", "TKX", "WKX", "PKX"] {
        assert!(!record.contains(secret), "{secret} is recorded");
    }
    assert!(!format!("{backend:?} {configuration:?}").contains("SKX"));
    let mut pair = Configuration::default();
    pair.add_pair("secret_key=SKX").unwrap();
    let findings = format!("{:?}", pair.validate().unwrap_err());
    assert!(!findings.contains("SKX"), "{findings}");
}

#[test]
fn a_local_backend_is_recorded_and_restored() {
    let empty = Configuration::default();
    let backend = empty.validate().unwrap().backend;
    assert_eq!(backend, Backend::Local(LocalBackend::default()));
    let configuration = configuration("path = \"x/y.tfstate\"\n");
    let backend = configuration.validate().unwrap().backend;
    let record = configuration.to_record(&backend, &Configuration::default());
    let fields: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(
        fields["backend"],
        json!({"type": "local", "config": {"path": "x/y.tfstate", "workspace_dir": null}, "hash": 666_019_178})
    );
    let restored = Record::parse(record.as_bytes()).unwrap().unwrap().configuration;
    assert_eq!(restored.validate().unwrap().backend, backend);
}

#[test]
fn what_is_no_record_is_refused() {
    assert_eq!(Record::parse(b"{\"version\": 3}").unwrap(), None);
    for (record, named) in [
        ("", "JSON"),
        ("{}", "version"),
        ("{\"version\": 4}", "version"),
        ("{\"version\": 3, \"backend\": {}}", "backend.type"),
        ("{\"version\": 3, \"backend\": {\"type\": \"s3\"}}", "backend.config"),
        ("{\"version\": 3, \"backend\": {\"type\": \"gcs\", \"config\": {}}}", "gcs"),
    ] {
        let error = Record::parse(record.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn the_tables_are_sorted_and_right() {
    for kind in [Kind::Local, Kind::S3] {
        let names: Vec<&str> = arguments(kind).iter().map(|argument| argument.name).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted);
    }
}

proptest! {
    #[test]
    fn any_arguments_are_read_or_refused(text in "([a-z_]{1,12} ?= ?[\"a-z0-9\\[\\]{}=]{0,12}\n){0,5}", pair in "\\PC{0,30}") {
        let mut configuration = configuration(MINIMAL);
        let _ = configuration.add_file(&source("backend.hcl", &text));
        let _ = configuration.add_pair(&pair);
        if let Ok(validated) = configuration.validate() {
            let record = configuration.to_record(&validated.backend, &Configuration::default());
            prop_assert!(Record::parse(record.as_bytes()).unwrap().is_some());
        }
    }

    #[test]
    fn any_value_of_any_argument_is_read_or_refused(index in 0..45_usize, value in "[a-z0-9\"{}=\\[\\]:/.-]{0,20}") {
        let name = arguments(Kind::S3)[index].name;
        let mut configuration = configuration(MINIMAL);
        let _ = configuration.add_pair(&format!("{name}={value}"));
        let _ = configuration.validate();
    }

    #[test]
    fn damaged_records_never_panic(at in 0..RECORD.len(), byte in any::<u8>()) {
        let mut bytes = RECORD.as_bytes().to_vec();
        bytes[at] = byte;
        if let Ok(Some(record)) = Record::parse(&bytes) {
            let _ = record.configuration.validate();
        }
    }
}
