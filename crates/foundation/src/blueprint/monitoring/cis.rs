//! What the CIS AWS Foundations Benchmark wants to be told, with the filter patterns that Security Hub and Prowler look for
//! (AWS Security Hub user guide, "Amazon CloudWatch controls"): neither takes another.

/// A control: what is counted, and under which name.
pub(super) struct Control {
    /// The last part of its addresses; with hyphens, what its names end with.
    pub resource: &'static str,
    /// Security Hub's control, or the benchmark's section where Security Hub has none.
    pub id: &'static str,
    /// What happened.
    pub what: &'static str,
    events: Events,
}

/// Which events count.
enum Events {
    /// Those of a pattern.
    Of(&'static str),
    /// These calls.
    Calls(&'static [&'static str]),
    /// These calls of a service.
    CallsTo(&'static str, &'static [&'static str]),
}

impl Control {
    /// The filter's pattern.
    pub(super) fn pattern(&self) -> String {
        let any = |calls: &[&str]| {
            calls.iter().map(|call| format!("($.eventName={call})")).collect::<Vec<_>>().join(" || ")
        };
        match self.events {
            Events::Of(pattern) => pattern.to_owned(),
            Events::Calls(calls) => format!("{{{}}}", any(calls)),
            Events::CallsTo(service, calls) => {
                format!("{{($.eventSource={service}) && ({})}}", any(calls))
            }
        }
    }
}

/// All controls.
pub(super) const CONTROLS: [Control; 15] = [
    Control {
        resource: "cis_root_use",
        id: "CloudWatch.1",
        what: "The root user was used",
        events: Events::Of(
            r#"{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}"#,
        ),
    },
    Control {
        resource: "cis_unauthorized_calls",
        id: "CloudWatch.2",
        what: "A call was not allowed",
        events: Events::Of(r#"{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}"#),
    },
    Control {
        resource: "cis_sign_in_without_mfa",
        id: "CloudWatch.3",
        what: "Somebody signed in to the console without MFA",
        events: Events::Of(
            r#"{($.eventName="ConsoleLogin") && ($.additionalEventData.MFAUsed !="Yes") && ($.userIdentity.type="IAMUser") && ($.responseElements.ConsoleLogin="Success")}"#,
        ),
    },
    Control {
        resource: "cis_iam_policies",
        id: "CloudWatch.4",
        what: "An IAM policy was changed, attached or detached",
        events: Events::CallsTo(
            "iam.amazonaws.com",
            &[
                "DeleteGroupPolicy",
                "DeleteRolePolicy",
                "DeleteUserPolicy",
                "PutGroupPolicy",
                "PutRolePolicy",
                "PutUserPolicy",
                "CreatePolicy",
                "DeletePolicy",
                "CreatePolicyVersion",
                "DeletePolicyVersion",
                "AttachRolePolicy",
                "DetachRolePolicy",
                "AttachUserPolicy",
                "DetachUserPolicy",
                "AttachGroupPolicy",
                "DetachGroupPolicy",
            ],
        ),
    },
    Control {
        resource: "cis_cloudtrail",
        id: "CloudWatch.5",
        what: "A trail was made, changed, deleted, started or stopped",
        events: Events::Calls(&["CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"]),
    },
    Control {
        resource: "cis_failed_sign_in",
        id: "CloudWatch.6",
        what: "Somebody failed to sign in to the console",
        events: Events::Of(r#"{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}"#),
    },
    Control {
        resource: "cis_keys",
        id: "CloudWatch.7",
        what: "A key was disabled or scheduled for deletion",
        events: Events::CallsTo("kms.amazonaws.com", &["DisableKey", "ScheduleKeyDeletion"]),
    },
    Control {
        resource: "cis_buckets",
        id: "CloudWatch.8",
        what: "The policy or another setting of a bucket was changed",
        events: Events::CallsTo(
            "s3.amazonaws.com",
            &[
                "PutBucketAcl",
                "PutBucketPolicy",
                "PutBucketCors",
                "PutBucketLifecycle",
                "PutBucketReplication",
                "DeleteBucketPolicy",
                "DeleteBucketCors",
                "DeleteBucketLifecycle",
                "DeleteBucketReplication",
            ],
        ),
    },
    Control {
        resource: "cis_config",
        id: "CloudWatch.9",
        what: "AWS Config was stopped or changed",
        events: Events::CallsTo(
            "config.amazonaws.com",
            &[
                "StopConfigurationRecorder",
                "DeleteDeliveryChannel",
                "PutDeliveryChannel",
                "PutConfigurationRecorder",
            ],
        ),
    },
    Control {
        resource: "cis_security_groups",
        id: "CloudWatch.10",
        what: "A security group was changed",
        events: Events::Calls(&[
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
        ]),
    },
    Control {
        resource: "cis_network_acls",
        id: "CloudWatch.11",
        what: "A network ACL was changed",
        events: Events::Calls(&[
            "CreateNetworkAcl",
            "CreateNetworkAclEntry",
            "DeleteNetworkAcl",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
        ]),
    },
    Control {
        resource: "cis_gateways",
        id: "CloudWatch.12",
        what: "A network gateway was changed",
        events: Events::Calls(&[
            "CreateCustomerGateway",
            "DeleteCustomerGateway",
            "AttachInternetGateway",
            "CreateInternetGateway",
            "DeleteInternetGateway",
            "DetachInternetGateway",
        ]),
    },
    Control {
        resource: "cis_route_tables",
        id: "CloudWatch.13",
        what: "A route table was changed",
        events: Events::CallsTo(
            "ec2.amazonaws.com",
            &[
                "CreateRoute",
                "CreateRouteTable",
                "ReplaceRoute",
                "ReplaceRouteTableAssociation",
                "DeleteRouteTable",
                "DeleteRoute",
                "DisassociateRouteTable",
            ],
        ),
    },
    Control {
        resource: "cis_vpcs",
        id: "CloudWatch.14",
        what: "A VPC was changed",
        events: Events::Calls(&[
            "CreateVpc",
            "DeleteVpc",
            "ModifyVpcAttribute",
            "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection",
            "DeleteVpcPeeringConnection",
            "RejectVpcPeeringConnection",
            "AttachClassicLinkVpc",
            "DetachClassicLinkVpc",
            "DisableVpcClassicLink",
            "EnableVpcClassicLink",
        ]),
    },
    Control {
        resource: "cis_organizations",
        id: "has none: CIS 4.15",
        what: "The organization was changed",
        events: Events::CallsTo(
            "organizations.amazonaws.com",
            &[
                "AcceptHandshake",
                "AttachPolicy",
                "CancelHandshake",
                "CreateAccount",
                "CreateOrganization",
                "CreateOrganizationalUnit",
                "CreatePolicy",
                "DeclineHandshake",
                "DeleteOrganization",
                "DeleteOrganizationalUnit",
                "DeletePolicy",
                "DetachPolicy",
                "DisablePolicyType",
                "EnableAllFeatures",
                "EnablePolicyType",
                "InviteAccountToOrganization",
                "LeaveOrganization",
                "MoveAccount",
                "RemoveAccountFromOrganization",
                "UpdatePolicy",
                "UpdateOrganizationalUnit",
            ],
        ),
    },
];
