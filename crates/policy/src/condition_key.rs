//! Condition keys: which AWS has for all services, and which have several values.

use crate::reference::reference;

/// The keys that AWS has for all services (IAM user guide, `reference_policies_condition-keys`).
pub(crate) const GLOBAL: [&str; 62] = [
    "aws:AssumedRoot",
    "aws:CalledVia",
    "aws:CalledViaAWSMCP",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ChatbotSourceArn",
    "aws:CurrentTime",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:IsMcpServiceAction",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalTag/${TagKey}",
    "aws:PrincipalType",
    "aws:Referer",
    "aws:referer",
    "aws:RequestTag/${TagKey}",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:ResourceTag/${TagKey}",
    "aws:SecureTransport",
    "aws:SignInSessionArn",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceInstanceARN",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:TagKeys",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:ViaAWSMCPService",
    "aws:ViaAWSService",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:VpcSourceIp",
    "aws:userid",
    "aws:username",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceArn",
    "glue:CredentialIssuingService",
    "glue:RoleAssumedBy",
    "identitystore:UserId",
    "lambda:SourceFunctionArn",
    "ssm:SourceInstanceArn",
];

/// Those of them that have several values (the same page, of each).
const OF_SEVERAL: [&str; 7] = [
    "aws:CalledVia",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceNamesList",
    "aws:ResourceOrgPaths",
    "aws:SourceOrgPaths",
    "aws:TagKeys",
    "aws:VpceOrgPaths",
];

/// Whether a key, in lower case, never has more than one value, as far as is known (IAM user guide,
/// `reference_policies_condition-single-vs-multi-valued-context-keys`).
pub(crate) fn has_one_value(key: &str) -> bool {
    if GLOBAL.iter().any(|known| is_key(known, key)) {
        return !OF_SEVERAL.iter().any(|known| is_key(known, key));
    }
    let service = key.split(':').next().unwrap_or_default();
    let mut known = reference().condition_keys(service);
    known.any(|(known, kind)| is_key(known, key) && !kind.starts_with("ArrayOf"))
}

/// Whether a key, in lower case, is the one that the reference calls `kms:EncryptionContext:${EncryptionContextKey}`
/// or `s3:ExistingObjectTag/<key>`.
pub(crate) fn is_key(known: &str, key: &str) -> bool {
    let start = known.find(['$', '<']).unwrap_or(known.len());
    let fixed = known.get(..start).unwrap_or(known).to_ascii_lowercase();
    if start == known.len() { fixed == key } else { key.len() > fixed.len() && key.starts_with(&fixed) }
}

#[cfg(test)]
mod tests {
    use super::has_one_value;

    #[test]
    fn keys_have_one_value_or_several() {
        for key in ["aws:principalorgid", "aws:requesttag/team", "s3:prefix", "kms:viaservice"] {
            assert!(has_one_value(key), "{key}");
        }
        for key in ["aws:tagkeys", "aws:calledvia", "kms:encryptioncontextkeys", "nosuch:key", "aws:tomorrow"]
        {
            assert!(!has_one_value(key), "{key}");
        }
    }
}
