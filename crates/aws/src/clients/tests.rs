use super::endpoints::Endpoints;
use super::*;

#[test]
fn a_bucket_goes_into_the_path_where_the_host_has_no_names_below_it() {
    for (url, local) in [
        ("http://127.0.0.1:5000", true),
        ("http://localhost:5000/", true),
        ("https://LOCALHOST", true),
        ("http://[::1]:5000", true),
        ("http://user@10.0.0.1", true),
        ("https://s3.eu-west-1.amazonaws.com", false),
        ("https://minio.example.com:9000", false),
        ("https://127.0.0.1.example.com", false),
    ] {
        assert_eq!(is_local(url), local, "{url}");
    }
}

#[test]
fn an_argument_precedes_the_variable_and_that_the_deprecated_one() {
    let variables = |name: &str| match name {
        "AWS_ENDPOINT_URL_DYNAMODB" => Some("current".to_owned()),
        "AWS_S3_ENDPOINT" | "AWS_DYNAMODB_ENDPOINT" | "AWS_STS_ENDPOINT" => Some("deprecated".to_owned()),
        "AWS_METADATA_URL" => Some(String::new()),
        _ => None,
    };
    let given = Endpoints { s3: Some("argument".to_owned()), ..Endpoints::default() };
    let (endpoints, deprecated) = given.complete(&variables);
    assert_eq!(endpoints.s3.as_deref(), Some("argument"));
    assert_eq!(endpoints.dynamodb.as_deref(), Some("current"));
    assert_eq!(endpoints.sts.as_deref(), Some("deprecated"));
    assert_eq!(endpoints.metadata, None);
    let expected = DeprecatedVariable { name: "AWS_STS_ENDPOINT", instead: "AWS_ENDPOINT_URL_STS" };
    assert_eq!(deprecated, [expected]);
}

#[test]
fn unusable_transports_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ca.pem");
    let transport = Transport { ca_bundle: Some(path.clone()), ..Transport::default() };
    assert!(matches!(http_client(&transport), Err(ClientError::CaBundle { .. })));
    std::fs::write(&path, "no certificate").unwrap();
    assert!(matches!(http_client(&transport), Err(ClientError::Certificates { .. })));
    let transport = Transport { https_proxy: Some("not a url".to_owned()), ..Transport::default() };
    assert!(matches!(http_client(&transport), Err(ClientError::Proxy { .. })));
}
