//! The actions that are dangerous to have.

/// Actions by which one can give oneself more: the classic ways to escalate privileges in IAM.
pub(crate) const ESCALATING: [&str; 27] = [
    "iam:addusertogroup",
    "iam:attachgrouppolicy",
    "iam:attachrolepolicy",
    "iam:attachuserpolicy",
    "iam:createaccesskey",
    "iam:createloginprofile",
    "iam:createpolicyversion",
    "iam:createservicespecificcredential",
    "iam:deleterolepermissionsboundary",
    "iam:deleterolepolicy",
    "iam:deleteuserpermissionsboundary",
    "iam:deleteuserpolicy",
    "iam:detachrolepolicy",
    "iam:detachuserpolicy",
    "iam:passrole",
    "iam:putgrouppolicy",
    "iam:putrolepermissionsboundary",
    "iam:putrolepolicy",
    "iam:putuserpermissionsboundary",
    "iam:putuserpolicy",
    "iam:setdefaultpolicyversion",
    "iam:updateassumerolepolicy",
    "iam:updateloginprofile",
    "lambda:updatefunctioncode",
    "ssm:sendcommand",
    "ssm:startsession",
    "sts:assumerole",
];

/// Actions by which logs are deleted, shortened or made unreadable, or their protection is weakened.
pub(super) const UNPROTECTING: [&str; 20] = [
    "cloudtrail:deletetrail",
    "cloudtrail:puteventselectors",
    "cloudtrail:stoplogging",
    "cloudtrail:updatetrail",
    "kms:disablekey",
    "kms:schedulekeydeletion",
    "logs:deleteloggroup",
    "logs:deletelogstream",
    "logs:putretentionpolicy",
    "s3:bypassgovernanceretention",
    "s3:deletebucket",
    "s3:deleteobject",
    "s3:deleteobjectversion",
    "s3:putbucketobjectlockconfiguration",
    "s3:putbucketversioning",
    "s3:putencryptionconfiguration",
    "s3:putlifecycleconfiguration",
    "s3:putobjectlegalhold",
    "s3:putobjectretention",
    "s3:replicatedelete",
];

/// The services that have one of these.
pub(super) fn marked_services() -> Vec<&'static str> {
    let names = ESCALATING.iter().chain(&UNPROTECTING).filter_map(|action| action.split(':').next());
    let mut services: Vec<&str> = names.collect();
    services.sort_unstable();
    services.dedup();
    services
}
