//! One code can have several causes: the hint fits the one that the circumstances tell.

use harness::{Answer, Backend, STATE_BUCKET, STATE_KEY, Verdict, World};
use serde_json::json;

use crate::support::account::{moto, run, set, succeed, text};
use crate::support::holders;

/// Answers an action on what ends so.
fn answer(world: &World, action: &'static str, end: &'static str, status: u16, code: &'static str) {
    world.proxy().on(move |call| match call.action == action && call.resource.ends_with(end) {
        true => Verdict::Answer(Answer::error(call, status, code)),
        false => Verdict::Pass,
    });
}

/// What a failing plan says, on one line.
fn plan(world: &World) -> String {
    let output = run(world, &["plan"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    text(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn credentials_in_a_region_that_is_not_enabled_name_the_region() {
    for (region, is_opt_in) in [("ap-east-1", true), ("me-south-1", true), ("us-west-2", false)] {
        let world = moto();
        set(world.directory(), &format!("aws_region = \"{region}\""));
        answer(&world, "GetCallerIdentity", "", 403, "InvalidClientTokenId");
        let said = plan(&world);
        let enable = format!("aws account enable-region --region-name {region}");
        assert_eq!(said.contains(&enable), is_opt_in, "{said}");
        assert_eq!(said.contains("They may be deleted or inactive"), !is_opt_in, "{said}");
    }
}

#[test]
fn a_plan_without_the_permission_to_lock_says_how_to_do_without() {
    let world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    answer(&world, "PutObject", ".tflock", 403, "AccessDenied");
    let said = plan(&world);
    assert!(said.contains("underpin plan -lock=false"), "{said}");
    succeed(&world, &["plan", "-lock=false"]);
    // What writes needs the lock.
    let apply = run(&world, &["apply", "-auto-approve"]);
    assert_eq!(apply.status.code(), Some(1));
    assert!(!text(&apply.stderr).contains("-lock=false"), "{}", text(&apply.stderr));
    let world = holders::world(Backend::Table);
    answer(&world, "PutItem", "", 400, "AccessDeniedException");
    let said = plan(&world);
    assert!(said.contains("underpin plan -lock=false"), "{said}");
}

#[test]
fn a_state_that_opentofu_encrypted_is_called_encrypted() {
    let mut world = moto();
    let encrypted =
        json!({"serial": 3, "lineage": "x", "meta": {}, "encrypted_data": "x", "encryption_version": "v0"});
    let object = json!({"Bucket": STATE_BUCKET, "Key": STATE_KEY, "Body": encrypted.to_string()});
    world.aws().call("s3", "put_object", object).unwrap();
    let said = plan(&world);
    assert!(said.contains("encrypted") && said.contains("OpenTofu"), "{said}");
    assert!(!said.contains("older version"), "{said}");
}

#[test]
fn a_state_that_something_has_wrapped_is_called_by_it() {
    let mut world = moto();
    for (content, words) in [
        (r#"{"data": "ENC[AES256_GCM,data:x]", "sops": {"version": "3.9.0"}}"#, "encrypted by SOPS"),
        ("age-encryption.org/v1\n-> X25519 x\n", "encrypted with age"),
        ("-----BEGIN PGP MESSAGE-----\n", "encrypted with PGP"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:x\n", "a pointer of Git LFS"),
        ("<html><body>Sign in</body></html>", "a web page or XML"),
        (r#"{"format_version": "1.0", "values": {}}"#, "what `terraform show -json` prints"),
    ] {
        let object = json!({"Bucket": STATE_BUCKET, "Key": STATE_KEY, "Body": content});
        world.aws().call("s3", "put_object", object).unwrap();
        let said = plan(&world);
        assert!(said.contains(words) && said.contains("decrypted or unpacked"), "{said}");
    }
}

#[test]
fn a_store_that_does_not_know_a_call_has_answered() {
    for (action, end, line, words) in [
        ("GetObject", "terraform.tfstate", &["plan"][..], "the store answered"),
        ("ListObjectsV2", "", &["workspace", "list"], "the store answered"),
        ("PutObject", ".tflock", &["plan"], "does not support conditional writes"),
    ] {
        let world = moto();
        answer(&world, action, end, 501, "NotImplemented");
        let output = run(&world, line);
        let said = text(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(words) && said.contains("a newer version of the"), "{action}: {said}");
        assert!(!said.contains("cannot be reached"), "{action}: {said}");
    }
}

#[test]
fn what_was_signed_is_neither_shown_nor_logged() {
    const SIGNED: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
         Access Key and signing method. The Canonical String for this request should have been 'POST / \
         x-amz-security-token:FwoGSECRET' The String-to-Sign should have been 'AWS4-HMAC-SHA256 x'";
    for (action, code) in [
        ("GetCallerIdentity", "SignatureDoesNotMatch"),
        ("GetObject", "SignatureDoesNotMatch"),
        ("DescribeKey", "InvalidSignatureException"),
    ] {
        let world = moto();
        world.proxy().on(move |call| match call.action == action {
            true => Verdict::Answer(Answer::saying(call, 403, code, SIGNED)),
            false => Verdict::Pass,
        });
        let output = run(&world, &["plan", "-debug"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("AWS_SECRET_ACCESS_KEY"), "{said}");
        for repeated in ["FwoGSECRET", "Canonical", "AWS4-HMAC"] {
            assert!(!said.contains(repeated), "{repeated} of {action} is in\n{said}");
        }
    }
}
