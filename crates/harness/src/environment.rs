//! The environment that points any AWS client at an emulator and at nothing else.

/// Answers the variables to set: endpoint, dummy keys, region, and no way to reach real credentials.
///
/// moto treats every key alike; ministack takes `test`/`test` for the account's root.
pub fn aws_environment(endpoint: &str) -> Vec<(&'static str, String)> {
    let fixed = [
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
    ];
    let mut variables: Vec<_> = fixed.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    variables.push(("AWS_ENDPOINT_URL", endpoint.to_owned()));
    variables
}
