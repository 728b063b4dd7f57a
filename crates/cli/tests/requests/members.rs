//! Every member of AWS's answers about objects of ours is read, or listed with the reason why not: one that is new stops here.

use std::collections::BTreeSet;
use std::process::Command;

use crate::support::account::{oracles, text};

/// The members that are known: `service Operation Member.Of.It`, and after a colon why one is not read.
const KNOWN: &str = include_str!("members.txt");

/// Prints the members that botocore's models have, for the operations of the lines on stdin.
const MODELS: &str = r"
import sys, botocore.session
session = botocore.session.get_session()
def walk(shape, path, seen):
    if shape.type_name == 'structure' and shape.members:
        if shape.name not in seen:
            for name, member in shape.members.items():
                yield from walk(member, path + [name], seen | {shape.name})
    elif shape.type_name == 'list':
        yield from walk(shape.member, path, seen)
    else:
        yield '.'.join(path)
for line in sys.argv[1:]:
    service, operation = line.split(' ')
    output = session.get_service_model(service).operation_model(operation).output_shape
    for member in walk(output, [], frozenset()):
        print(service, operation, member)
";

#[test]
fn every_member_of_an_answer_is_read_or_listed_with_a_reason() {
    let lines = KNOWN.lines().filter(|line| !line.starts_with('#'));
    let known: BTreeSet<String> = lines
        .map(|line| {
            let (member, reason) = line.split_once(": ").unwrap_or((line, "read"));
            assert!(!reason.trim().is_empty(), "{line}");
            member.to_owned()
        })
        .collect();
    let operations: BTreeSet<String> =
        known.iter().map(|member| member.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert!(operations.len() > 35, "{operations:?}");
    let output = Command::new(oracles().python()).args(["-c", MODELS]).args(&operations).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let present: BTreeSet<String> = text(&output.stdout).lines().map(str::to_owned).collect();
    let new: Vec<&String> = present.difference(&known).collect();
    assert!(new.is_empty(), "new in AWS's answers, to be read or listed with a reason: {new:#?}");
    let gone: Vec<&String> = known.difference(&present).collect();
    assert!(gone.is_empty(), "no longer in AWS's answers: {gone:#?}");
}
