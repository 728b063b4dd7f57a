//! How fast policies are asked and compared, on one core: `cargo run --release -p policy --example speed`.
#![expect(clippy::print_stdout, reason = "what it measured is for a person")]

use std::hint::black_box;
use std::time::Instant;

use policy::{Attachment, Kind, Policies, Policy, Principal, Request, Statement, difference, evaluate};

const ROUNDS: u32 = 200_000;

/// A key's policy as the foundation has it, with so many administrators.
fn key(administrators: usize) -> Policy {
    let account = "123456789012";
    let use_it = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];
    let mut statements = vec![
        Statement::allow()
            .sid("Root")
            .principals([Principal::aws(account)])
            .actions(["kms:*"])
            .resources(["*"]),
    ];
    for service in ["eks", "rds", "s3", "secretsmanager"] {
        let service = Principal::service(format!("{service}.amazonaws.com"));
        let statement = Statement::allow().principals([service]).actions(use_it).resources(["*"]);
        statements.push(statement.when("StringEquals", "aws:SourceAccount", [account]));
    }
    let trail = "arn:aws:cloudtrail:us-east-1:123456789012:trail/main";
    let cloudtrail = Statement::allow().principals([Principal::service("cloudtrail.amazonaws.com")]);
    let cloudtrail = cloudtrail.actions(["kms:GenerateDataKey*"]).resources(["*"]);
    statements.push(cloudtrail.when("StringEquals", "aws:SourceArn", [trail]).when(
        "StringLike",
        "kms:EncryptionContext:aws:cloudtrail:arn",
        ["arn:aws:cloudtrail:*:123456789012:trail/*"],
    ));
    let people = (0..administrators)
        .map(|number| Principal::aws(format!("arn:aws:iam::{account}:role/admin-{number}")));
    let administer = ["kms:Create*", "kms:Enable*", "kms:Put*", "kms:TagResource", "kms:ScheduleKeyDeletion"];
    statements.push(Statement::allow().principals(people).actions(administer).resources(["*"]));
    Policy::new(statements)
}

fn main() {
    let policy = key(2).prepare();
    let policies = Policies { resource: Some(&policy), ..Policies::default() };
    let request = Request::new(
        Principal::service("cloudtrail.amazonaws.com"),
        "kms:GenerateDataKey",
        "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "123456789012",
    )
    .with("aws:SourceArn", ["arn:aws:cloudtrail:us-east-1:123456789012:trail/main"])
    .with(
        "kms:EncryptionContext:aws:cloudtrail:arn",
        ["arn:aws:cloudtrail:us-east-1:123456789012:trail/main"],
    );
    let start = Instant::now();
    let allowed =
        (0..ROUNDS).filter(|_| evaluate(black_box(&policies), black_box(&request)).is_allowed()).count();
    let seconds = start.elapsed().as_secs_f64();
    println!("evaluate: {:.0} a second ({allowed} of {ROUNDS} allowed)", f64::from(ROUNDS) / seconds);
    for (before, after) in [(2, 3), (55, 66)] {
        let (before, after) = (key(before), key(after));
        let attachment = Attachment::to(Kind::Key).of("123456789012");
        let mut times: Vec<f64> = (0..200)
            .map(|_| {
                let start = Instant::now();
                black_box(difference(Some(&before), Some(&after), attachment));
                start.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
        println!("difference: median {:.3} ms, 99th percentile {:.3} ms", at(50), at(99));
    }
}
