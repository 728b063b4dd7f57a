//! How fast policies are asked and compared, on one core: `cargo run --release -p policy --example decisions`.
#![expect(clippy::print_stdout, reason = "what it measured is for a person")]

use std::hint::black_box;
use std::time::Instant;

use policy::{Attachment, Kind, Policies, Policy, Principal, Request, Statement, difference, evaluate};

const ROUNDS: u32 = 1_000_000;
const COMPARISONS: u32 = 1_000;

/// Seconds of this thread on a core, which other processes do not add to; of the clock where the system does not tell.
fn seconds(start: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

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
    let clock = Instant::now();
    let start = seconds(clock);
    let allowed =
        (0..ROUNDS).filter(|_| evaluate(black_box(&policies), black_box(&request)).is_allowed()).count();
    let taken = seconds(clock) - start;
    println!("evaluate: {:.0} a second ({allowed} of {ROUNDS} allowed)", f64::from(ROUNDS) / taken);
    for (before, after) in [(2, 3), (55, 66)] {
        let (before, after) = (key(before), key(after));
        let attachment = Attachment::to(Kind::Key).of("123456789012");
        let start = seconds(clock);
        for _ in 0..COMPARISONS {
            black_box(difference(Some(&before), Some(&after), attachment));
        }
        let each = (seconds(clock) - start) * 1e3 / f64::from(COMPARISONS);
        println!("difference: {each:.3} ms each");
    }
}
