//! `plan -offline`: what a first apply would make, in every partition.

use super::place::Place;

const OFFLINE: [&str; 3] = ["plan", "-offline", "-account-id=123456789012"];

#[test]
fn every_partition_has_its_own_names() {
    for (region, partition) in
        [("us-east-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")]
    {
        let place = Place::of_example();
        let mut line = OFFLINE.to_vec();
        let assignment = format!("-var=aws_region={region}");
        line.push(&assignment);
        let plan = place.succeed(&line);
        assert!(plan.contains("Plan: 21 to add, 0 to change, 0 to destroy."), "{plan}");
        assert!(plan.contains(&format!(
            "arn:{partition}:cloudtrail:{region}:123456789012:trail/genai-artos-production-cloudtrail"
        )));
        let foreign = ["aws", "aws-us-gov", "aws-cn"].into_iter().filter(|other| *other != partition);
        for other in foreign {
            assert!(!plan.contains(&format!("arn:{other}:")), "{other} in a plan for {partition}");
        }
    }
}

#[test]
fn the_account_is_needed_and_nothing_can_be_applied() {
    let place = Place::of_example();
    let lines: [&[&str]; 4] = [
        &["plan", "-offline"],
        &["plan", "-offline", "-account-id=1234"],
        &["plan", "-account-id=123456789012"],
        &["plan", "-offline", "-account-id=123456789012", "-partition=aws-cn"],
    ];
    insta::assert_snapshot!("offline_refusals", lines.iter().map(|line| place.run(line)).collect::<String>());
}

#[test]
fn detailed_exit_codes_tell_changes() {
    let place = Place::of_example();
    let status =
        |extra: &[&str]| place.command(&[&OFFLINE[..], extra].concat()).output().unwrap().status.code();
    assert_eq!(status(&[]), Some(0));
    assert_eq!(status(&["-detailed-exitcode"]), Some(2));
    assert_eq!(status(&["-detailed-exitcode", "-destroy"]), Some(0));
    assert_eq!(status(&["-detailed-exitcode", "-var=environment=-"]), Some(1));
}
