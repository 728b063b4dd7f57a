//! Secrets of the backend, which `init` does not record.

use crate::support::account::{moto, refuse, succeed, text, underpin};

/// Thirty-two bytes in base64.
const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

#[test]
fn a_state_that_needs_a_key_of_the_users_is_not_written_without_it() {
    let mut world = moto();
    let backend = [
        "bucket=artos-terraform-state".to_owned(),
        "key=secret/terraform.tfstate".to_owned(),
        "region=us-east-1".to_owned(),
        "encrypt=true".to_owned(),
        format!("sse_customer_key={KEY}"),
    ]
    .map(|argument| format!("-backend-config={argument}"));
    let init: Vec<&str> =
        ["init", "-reconfigure"].into_iter().chain(backend.iter().map(String::as_str)).collect();
    assert!(succeed(&world, &init).contains("sse_customer_key will be missing"));
    let before = world.aws().inventory().unwrap();
    for again in [false, true] {
        if again {
            succeed(&world, &["init"]);
        }
        let words = ["The key of the state is missing", "AWS_SSE_CUSTOMER_KEY"];
        refuse(&world, &["apply", "-auto-approve"], &words);
        assert_eq!(world.aws().inventory().unwrap(), before);
    }

    let mut command = underpin().command(world.directory(), &world.proxy().endpoint()).unwrap();
    let applied = command.args(["apply", "-auto-approve"]).env("AWS_SSE_CUSTOMER_KEY", KEY).output().unwrap();
    assert!(applied.status.success(), "{}", text(&applied.stderr));

    let without: Vec<&str> = init.iter().copied().filter(|argument| !argument.contains(KEY)).collect();
    succeed(&world, &[&without[..], &["-backend-config=key=other/terraform.tfstate"]].concat());
    succeed(&world, &["workspace", "list"]);
}
