//! Whole states as people see them. The layout was compared with that of `terraform show` 1.15.5.

use insta::assert_snapshot;
use serde_json::json;
use terraform::state::{Instance, Output};

use super::*;
use crate::views::sample::{address, applied};

const PROVIDER: &str = "provider[\"registry.terraform.io/hashicorp/aws\"]";

fn instance(attributes: serde_json::Value) -> Instance {
    Instance::new(0, attributes.as_object().unwrap().clone(), Vec::new())
}

fn one(state: &State, address: &str) -> String {
    let (resource, instance) = state.object(&address.parse().unwrap()).unwrap();
    show(resource, instance, Palette::PLAIN)
}

#[test]
fn every_shape_of_value() {
    let mut state = State::empty("lineage");
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Action":["kms:*"],"Condition":{"StringEquals":{"aws:x":"y"}},"Empty":[]}]}"#;
    let attributes = json!({
        "id": "x\u{1b}[2J",
        "triggers_replace": null,
        "policy": policy,
        "multi": "a\nb\n",
        "nested": {"a": 1, "b:c": null, "long_name": true, "none": {}},
        "list": ["a", 2],
        "rule": [{"days": [{"n": 1}], "status": "on"}, {"status": "off"}],
    });
    state.record(&address("terraform_data.b"), PROVIDER, Instance { tainted: true, ..instance(attributes) });
    state.record(&address("terraform_data.a"), PROVIDER, instance(json!({"id": "y"})));
    state.outputs.insert("plain".to_owned(), Output::of(json!("x")).unwrap());
    state.outputs.insert("secret".to_owned(), Output { sensitive: true, ..Output::of(json!("x")).unwrap() });
    assert_snapshot!(render(Some(&state), Palette::PLAIN), @r#"
    # terraform_data.a:
    resource "terraform_data" "a" {
        id = "y"
    }

    # terraform_data.b: (tainted)
    resource "terraform_data" "b" {
        id     = "x\x1b[2J"
        list   = [
            "a",
            2,
        ]
        multi  = <<-EOT
            a
            b
        EOT
        nested = {
            "a"         = 1
            "b:c"       = null
            "long_name" = true
            "none"      = {}
        }
        policy = jsonencode(
            {
                Statement = [
                    {
                        Action    = [
                            "kms:*",
                        ]
                        Condition = {
                            StringEquals = {
                                "aws:x" = "y"
                            }
                        }
                        Empty     = []
                    },
                ]
                Version   = "2012-10-17"
            }
        )

        rule {
            status = "on"

            days {
                n = 1
            }
        }

        rule {
            status = "off"
        }
    }


    Outputs:

    plain = "x"
    secret = (sensitive value)
    "#);
}

#[test]
fn a_list_and_one_resource() {
    let mut state = State::empty("lineage");
    state.record(&address("terraform_data.b"), PROVIDER, instance(json!({"id": "x"})));
    state.record(&address("terraform_data.a"), PROVIDER, instance(json!({"id": "y"})));
    assert_eq!(list(&state.listed()), ["terraform_data.a", "terraform_data.b"]);
    let one = one(&state, "terraform_data.a");
    assert_snapshot!(one, @r#"
    # terraform_data.a:
    resource "terraform_data" "a" {
        id = "y"
    }
    "#);
}

#[test]
fn the_foundation() {
    let state = applied(json!({})).state;
    assert_snapshot!(one(&state, "aws_cloudtrail.main"), @r#"
    # aws_cloudtrail.main:
    resource "aws_cloudtrail" "main" {
        arn                           = "arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail"
        enable_log_file_validation    = true
        enable_logging                = true
        id                            = "genai-artos-production-cloudtrail"
        include_global_service_events = true
        insight_selector              = []
        is_multi_region_trail         = true
        is_organization_trail         = false
        kms_key_id                    = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        name                          = "genai-artos-production-cloudtrail"
        s3_bucket_name                = "genai-artos-production-cloudtrail-logs-1a2b3c4d"
        tags                          = {
            "cost_center"         = "engineering"
            "managed-by"          = "underpin"
            "system_owner"        = "platform-team@company.com"
            "underpin:deployment" = "5c1f2a52-6d0a-4b0e-9c39-0d5a1f4b7e21"
        }
        tags_all                      = {
            "cost_center"         = "engineering"
            "managed-by"          = "underpin"
            "system_owner"        = "platform-team@company.com"
            "underpin:deployment" = "5c1f2a52-6d0a-4b0e-9c39-0d5a1f4b7e21"
        }

        event_selector {
            include_management_events = true
            read_write_type           = "All"

            data_resource {
                type   = "AWS::S3::Object"
                values = [
                    "arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/",
                ]
            }
        }
    }
    "#);
    assert_eq!(list(&state.listed()).len(), 21);
}

#[test]
fn nothing() {
    assert_eq!(render(None, Palette::PLAIN), "No state.\n");
    assert_eq!(
        render(Some(&State::empty("lineage")), Palette::PLAIN),
        "The state file is empty. No resources are represented.\n"
    );
}
