use foundation::Partition;

use super::*;

fn account(digit: char) -> AccountId {
    digit.to_string().repeat(12).parse().unwrap()
}

#[test]
fn the_partition_comes_from_the_arn() {
    for (arn, partition) in [
        ("arn:aws:iam::111111111111:user/ada", Partition::Aws),
        ("arn:aws-us-gov:sts::111111111111:assumed-role/admin/ada", Partition::AwsUsGov),
        ("arn:aws-cn:iam::111111111111:root", Partition::AwsCn),
    ] {
        let identity = read(Some("111111111111"), Some(arn)).unwrap();
        assert_eq!(identity.caller, Caller { account_id: account('1'), partition });
        assert_eq!(identity.arn, arn);
    }
}

#[test]
fn an_answer_without_what_it_must_hold_is_malformed() {
    let arn = Some("arn:aws:iam::111111111111:user/ada");
    for (account, arn) in
        [(None, arn), (Some("1"), arn), (Some("111111111111"), None), (Some("111111111111"), Some("ada"))]
    {
        assert_eq!(read(account, arn).unwrap_err().kind, engine::CloudErrorKind::Malformed);
    }
}

#[test]
fn rules_name_both_accounts() {
    let (one, two, three) = (account('1'), account('2'), account('3'));
    let none = AccountRules::default();
    assert!(none.is_empty());
    assert_eq!(none.check(&one), Ok(()));

    let expected = AccountRules { expected: Some(two.clone()), ..AccountRules::default() };
    assert_eq!(expected.check(&two), Ok(()));
    assert_eq!(
        expected.check(&one).unwrap_err().to_string(),
        "the credentials belong to account 111111111111, but account 222222222222 is expected"
    );

    let allowed = AccountRules { allowed: vec![two.clone(), three.clone()], ..AccountRules::default() };
    assert_eq!(allowed.check(&three), Ok(()));
    assert_eq!(
        allowed.check(&one).unwrap_err().to_string(),
        "the credentials belong to account 111111111111, but only accounts 222222222222, 333333333333 are allowed"
    );

    let forbidden = AccountRules { forbidden: vec![one.clone()], ..AccountRules::default() };
    assert_eq!(forbidden.check(&two), Ok(()));
    assert_eq!(
        forbidden.check(&one).unwrap_err().to_string(),
        "the credentials belong to account 111111111111, which is forbidden"
    );
}
