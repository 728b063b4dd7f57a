//! Commands on files, and a trail that was tampered with.

use harness::trail::{BEGIN, Object, TrailKit, event};
use serde_json::{Value, json};

use super::shown::Shown;
use crate::offline::place::Place;
use crate::trail::place::Place as Store;

const POLICY: &str = include_str!("../../../../docs/policy.md");
const TRAIL: &str = include_str!("../../../../docs/trail.md");

fn policy(statements: &[Value]) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

#[test]
fn of_policies() {
    let root = json!({"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"});
    let eks = |condition: Value| {
        json!({"Sid": "EKS", "Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:Encrypt"], "Resource": "*", "Condition": condition})
    };
    let ours = eks(json!({"StringEquals": {"aws:SourceAccount": "123456789012"}}));
    let any = eks(json!({"StringLike": {"aws:SourceAccount": "*"}}));
    let everyone = json!({"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
        "Condition": {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-ours/*"}}});
    let other = json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:role/KeyAdmin"}, "Action": "kms:*", "Resource": "*"});
    let misspelt = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\"Action\": \"s3:GetObjct\", \"Effect\": \"Allow\", \
                    \"Resource\": \"arn:aws:s3:::logs/*\"}\n  ]\n}\n";
    let readable =
        |resource: Value| json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource});
    let folder = |number: usize| readable(json!(format!("arn:aws:s3:::logs/*w{number}x*")));
    let folders: Vec<Value> = (0..16).map(folder).collect();
    let more: Vec<Value> =
        folders.iter().cloned().chain([readable(json!("arn:aws:s3:::logs/*w0x*w1x*"))]).collect();
    let place = Place::with(&[
        ("folders.json", &policy(&folders)),
        ("more-folders.json", &policy(&more)),
        ("key.json", &policy(&[root.clone(), any.clone()])),
        ("before.json", &policy(&[root.clone(), ours])),
        ("after.json", &policy(&[root, any, everyone, other])),
        ("policy.json", misspelt),
    ]);
    let shown = Shown::all(POLICY);
    assert_eq!(shown.len(), 5);
    for command in shown {
        let arguments: Vec<&str> = command.arguments.iter().map(String::as_str).collect();
        let output = place.command(&arguments).output().unwrap();
        command.assert_printed(&String::from_utf8(output.stdout).unwrap());
    }
}

/// A log of a copy is overwritten, and planted once more under another name.
#[test]
fn of_a_tampered_trail() {
    let mut kit = TrailKit::new("genai-artos-production-cloudtrail", "us-east-1");
    kit.bucket = "genai-artos-production-cloudtrail-logs-0123abcd".to_owned();
    for hour in 0..6 {
        let start = BEGIN + hour * 3600;
        for region in ["us-east-1", "eu-west-1"] {
            let logs = [900, 1800, 2700].map(|at| {
                let event = event(start + at, "s3.amazonaws.com", "ListBuckets", &Value::Null);
                kit.log(region, start + at, &[event])
            });
            kit.digest(region, start, start + 3600, &logs).unwrap();
        }
    }
    let store = Store::with(&kit);
    let until = format!("-until={}", harness::trail::rfc3339(BEGIN + 6 * 3600));
    let (arn, bucket) = (kit.arn(), format!("-bucket={}", kit.bucket));
    let mirrored =
        store.command(&["trail", "mirror", "-trail", &arn, &bucket, &until, "copy"]).output().unwrap();
    assert!(mirrored.status.success(), "{}", String::from_utf8_lossy(&mirrored.stderr));
    let logs: Vec<String> = kit.keys(false).into_iter().filter(|key| key.contains("/us-east-1/")).collect();
    let (log, other) = (&logs[6], &logs[0]);
    let copy = store.directory.path().join("copy");
    let Object { body, .. } = &kit.objects[other];
    for name in [log.clone(), log.replace("T0215Z", "T0220Z")] {
        std::fs::write(copy.join(name), body).unwrap();
    }
    let shown = Shown::all(TRAIL);
    assert_eq!(shown.len(), 1);
    let output = store.command(&["trail", "verify", "-from=copy"]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    shown[0].assert_printed(&format!("{printed}exit status {}\n", output.status.code().unwrap()));
}
