//! The most common screens.

use std::path::Path;
use std::process::Command;

use harness::{Fault, Matching, Rule, When};
use serde_json::json;

use super::screen::{shown, torn};
use crate::offline::place::{Place, SETTINGS};
use crate::support::account::{moto, set, succeed, underpin};

/// The screens of a run, one below the other.
struct Screens {
    columns: usize,
    text: String,
}

impl Screens {
    fn new(columns: usize) -> Self {
        Self { columns, text: String::new() }
    }

    /// Adds the screen of a command.
    fn add(&mut self, command: &Command, input: &str) {
        let arguments: Vec<&str> = command.get_args().map(|argument| argument.to_str().unwrap()).collect();
        let screen = shown(command, self.columns, input);
        assert_eq!(torn(&screen, self.columns), Vec::<&str>::new(), "{arguments:?}\n{screen}");
        self.text.push_str(&format!("$ underpin {}\n{screen}\n", arguments.join(" ")));
    }

    /// What was seen, with what is drawn anew for each run replaced by letters as wide.
    fn settled(&self, directories: &[&Path]) -> String {
        let mut text = self.text.clone();
        for directory in directories {
            text = text.replace(directory.to_str().unwrap(), "DIRECTORY");
        }
        settled(&text)
    }
}

/// A text with what is drawn anew for each run replaced by letters as wide.
pub(crate) fn settled(text: &str) -> String {
    let text = timeless(text);
    text.split_inclusive([' ', '\n', '/', '"', '(', ')', ',', ':', '=', '`', '\'']).map(drawn).collect()
}

/// A text with letters for its moments: `2026-11-28T14:57:57Z`.
fn timeless(text: &str) -> String {
    const SHAPE: &str = "dddd-dd-ddTdd:dd:ddZ";
    let is_moment = |part: &str| {
        part.chars()
            .zip(SHAPE.chars())
            .all(|(c, shape)| if shape == 'd' { c.is_ascii_digit() } else { c == shape })
    };
    let mut timeless = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if rest.get(..SHAPE.len()).is_some_and(is_moment) {
            timeless.push_str("yyyy-mm-ddThh:mm:ssZ");
            rest = &rest[SHAPE.len()..];
        } else {
            timeless.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    timeless
}

/// A word with letters for what is drawn or depends on the day.
fn drawn(word: &str) -> String {
    const BUCKET: &str = "cloudtrail-logs-";
    if let Some(at) = word.find(BUCKET).map(|at| at + BUCKET.len()) {
        let (name, rest) = word.split_at(at);
        if rest.len() >= 8 && rest.bytes().take(8).all(|byte| byte.is_ascii_hexdigit()) {
            return format!("{name}xxxxxxxx{}", &rest[8..]);
        }
    }
    let (body, end) = match word.char_indices().last() {
        Some((at, last)) if !last.is_ascii_alphanumeric() => word.split_at(at),
        _ => (word, ""),
    };
    let is_shaped = |hyphens: &[usize], of: fn(char) -> bool| {
        body.char_indices().all(|(at, c)| if hyphens.contains(&at) { c == '-' } else { of(c) })
    };
    let is_uuid = body.len() == 36 && is_shaped(&[8, 13, 18, 23], |c| c.is_ascii_hexdigit());
    let is_date = body.len() == 10 && is_shaped(&[4, 7], |c| c.is_ascii_digit());
    match () {
        () if is_uuid => format!("{}{end}", "x".repeat(36)),
        () if body.strip_prefix("harness-").is_some_and(|number| number.parse::<u32>().is_ok()) => {
            format!("harness-xxx{end}")
        }
        () if is_date => format!("yyyy-mm-dd{end}"),
        () => word.to_owned(),
    }
}

#[test]
fn without_aws() {
    for columns in [80, 120] {
        let mut screens = Screens::new(columns);
        let empty = Place::with(&[]);
        let lines: [&[&str]; 14] = [
            &[],
            &["help", "plan"],
            &["state", "-help"],
            &["version"],
            &["aply"],
            &["graph"],
            &["docs"],
            &["plan", "-lok=false"],
            &["plan", "-auto-approve"],
            &["apply", "one", "another"],
            &["plan", "-input=false"],
            &["show", "missing.out"],
            &["output"],
            &["init", "-input=false", "-backend-config=missing.hcl"],
        ];
        for line in lines {
            screens.add(&empty.command(line), "");
        }
        let example = Place::of_example();
        let lines: [&[&str]; 6] = [
            &["validate"],
            &["plan"],
            &["init", "-input=false"],
            &["plan", "-offline", "-account-id=123456789012"],
            &["plan"],
            &["output", "-raw", "kms_key_arn"],
        ];
        for line in lines {
            screens.add(&example.command(line), "");
        }
        let wrong = Place::with(&[("terraform.tfvars", &SETTINGS.replace("us-east-1", "us-east-9"))]);
        screens.add(&wrong.command(&["validate"]), "");
        let text = screens.settled(&[empty.path(), example.path(), wrong.path()]);
        insta::assert_snapshot!(format!("without_aws_{columns}"), text);
    }
}

#[test]
fn with_aws() {
    for columns in [80, 120] {
        let mut world = moto();
        let directory = world.directory().to_owned();
        let endpoint = world.proxy().endpoint();
        let command = |line: &[&str]| {
            let mut command = underpin().command(&directory, &endpoint).unwrap();
            command.args(line);
            command
        };
        let mut screens = Screens::new(columns);
        for line in
            [&["plan"][..], &["output", "-raw", "kms_key_arn"], &["adopt", "-dry-run"], &["lock", "status"]]
        {
            screens.add(&command(line), "");
        }
        screens.add(&command(&["apply"]), "no\n");
        succeed(&world, &["apply", "-auto-approve"]);
        let lines: [&[&str]; 18] = [
            &["plan"],
            &["plan", "-refresh=false"],
            &["plan", "-target=aws_iam_role.eks_servce"],
            &["plan", "-destroy"],
            &["plan", "-destroy", "-delete-key"],
            &["plan", "-replace=aws_iam_role.eks_service"],
            &["plan", "-out=plan.out"],
            &["show", "plan.out"],
            &["output", "kms_key_an"],
            &["state", "list"],
            &["state", "show", "aws_iam_role.eks_servce"],
            &["state", "rm", "aws_iam_role.eks_servce"],
            &["workspace", "list"],
            &["workspace", "select", "nowhere"],
            &["force-unlock", "-force", "a-lock-that-is-not-there"],
            &["export", "remote-state"],
            &["untaint", "aws_kms_key.main"],
            &["init", "-input=false", "-backend-config=key=elsewhere"],
        ];
        for line in lines {
            screens.add(&command(line), "");
        }
        let mut other = command(&["plan"]);
        other.env("TF_WORKSPACE", "other");
        screens.add(&other, "");
        let key = succeed(&world, &["output", "-raw", "kms_key_id"]);
        world.aws().call("kms", "disable_key_rotation", json!({"KeyId": key})).unwrap();
        screens.add(&command(&["plan"]), "");
        world.aws().call("kms", "enable_key_rotation", json!({"KeyId": key})).unwrap();
        set(
            &directory,
            "tags = {\n  system_owner = \"someone@company.com\"\n  cost_center  = \"engineering\"\n}\n",
        );
        screens.add(&command(&["plan"]), "");
        screens.add(&command(&["destroy"]), "no\n");
        insta::assert_snapshot!(format!("with_aws_{columns}"), screens.settled(&[&directory]));
    }
}

#[test]
fn doctor_policies_and_the_trail() {
    const OLD: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}"#;
    const NEW: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "iam:PassRole"],
        "Principal": "*", "Resource": "*", "Condition": {"StringEqals": {"aws:PrincipalOrgID": "o-x"}}}]}"#;
    for columns in [80, 120] {
        let mut screens = Screens::new(columns);
        let world = moto();
        let (directory, endpoint) = (world.directory().to_owned(), world.proxy().endpoint());
        for (name, text) in [("old.json", OLD), ("new.json", NEW)] {
            std::fs::write(directory.join(name), text).unwrap();
        }
        succeed(&world, &["apply", "-auto-approve"]);
        let lines: [&[&str]; 8] = [
            &["doctor"],
            &["trail", "status"],
            &["trail", "verify"],
            &["policy", "diff", "old.json", "new.json", "-kind=identity"],
            &["policy", "lint", "new.json", "-kind=bucket"],
            &["policy", "explain", "new.json"],
            &[
                "policy",
                "simulate",
                "-principal=aws_iam_role.eks_node_group",
                "-action=kms:Decrypt",
                "-resource=aws_kms_key.main",
            ],
            &["policy", "-help"],
        ];
        for line in lines {
            screens.add(underpin().command(&directory, &endpoint).unwrap().args(line), "");
        }
        let unlocked = "-backend-config=backend-global-production-us-east-1.hcl";
        succeed(&world, &["init", "-input=false", "-reconfigure", unlocked]);
        screens.add(underpin().command(&directory, &endpoint).unwrap().args(["doctor", "state"]), "");
        let refused = Matching::action("iam", "GetRole");
        world.proxy().arm(Rule::new(Fault::Refuse(403, "AccessDenied"), refused, When::Always));
        screens.add(underpin().command(&directory, &endpoint).unwrap().args(["doctor", "roles"]), "");
        // A command to type stands on lines of its own.
        let broken = |text: &&str| {
            !text.starts_with("Usage: ") && (text.ends_with("underpin trail") || text.contains(": underpin "))
        };
        assert_eq!(screens.text.lines().find(broken), None, "{}", screens.text);
        let name = format!("doctor_policies_and_the_trail_{columns}");
        insta::assert_snapshot!(name, screens.settled(&[&directory]));
    }
}
