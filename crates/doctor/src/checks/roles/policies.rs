//! What hangs on a role: the policies it needs, and those that somebody else put there.

use std::collections::BTreeMap;

use policy::{Attachment, Element, Kind, Policy, Statement, difference};

use super::{Purpose, needed};
use foundation::Topic;

use crate::case::{Case, WantedRole};
use crate::check::Check;
use crate::facts::{Read, RoleFacts};
use crate::judge::{Answer, Asked, Party, Stop, Whose, policy_name, unreadable};
use crate::pulls::puller;
use crate::remedy::aws;

/// A policy of AWS's.
struct Managed {
    name: &'static str,
    /// What does not work without it.
    fails: &'static str,
    /// What of it somebody else's policy has to allow to stand in for it.
    does: &'static [&'static str],
}

const MANAGED: [Managed; 7] = [
    Managed {
        name: "AmazonEKSClusterPolicy",
        fails: "EKS cannot manage what its clusters need in the account",
        does: &["autoscaling:UpdateAutoScalingGroup", "ec2:CreateRoute", "ec2:DescribeInstances"],
    },
    Managed {
        name: "AmazonEKSWorkerNodePolicy",
        fails: "EKS nodes cannot join their cluster",
        does: &["ec2:DescribeInstances", "eks:DescribeCluster"],
    },
    Managed {
        name: "AmazonEKS_CNI_Policy",
        fails: "Pods on EKS nodes get no network address",
        does: &["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface"],
    },
    Managed {
        name: "AmazonEC2ContainerRegistryReadOnly",
        fails: "EKS nodes cannot pull the images of add-ons",
        does: &["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    },
    Managed {
        name: "AmazonSSMManagedInstanceCore",
        fails: "EKS nodes cannot be reached with Session Manager",
        does: &["ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel"],
    },
    Managed {
        name: "AmazonEKSFargatePodExecutionRolePolicy",
        fails: "Fargate cannot pull images or start pods",
        does: &["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    },
    Managed {
        name: "AmazonRDSEnhancedMonitoringRole",
        fails: "RDS cannot deliver enhanced monitoring",
        does: &["logs:CreateLogStream", "logs:PutLogEvents"],
    },
];

pub(super) fn checks(
    case: &Case<'_>,
    wanted: &WantedRole,
    facts: &RoleFacts,
    purpose: &Purpose,
) -> Vec<Check> {
    let both = [managed(case, wanted, facts), foreign(case, wanted, facts, purpose)];
    both.into_iter().chain(inline(case, wanted, facts, purpose)).collect()
}

/// The inline policy of a role that pulls no images: all that it may do.
fn inline(case: &Case<'_>, wanted: &WantedRole, facts: &RoleFacts, purpose: &Purpose) -> Option<Check> {
    let (name, policy) = wanted.inline.as_ref().filter(|_| puller(&wanted.part).is_none())?;
    let id = format!("roles.inline/{}", wanted.part);
    let hides = format!("what `{name}` allows {}", wanted.name);
    let live = match &facts.inline {
        Read::Refused(refusal) => return Some(Check::unknown(id, refusal, &hides)),
        Read::Absent => None,
        Read::Found(documents) => documents.get(name),
    };
    let cause = match live {
        Some(Read::Refused(refusal)) => return Some(Check::unknown(id, refusal, &hides)),
        Some(Read::Found(text)) => match Policy::parse(text) {
            Ok(live) if difference(Some(&live), Some(policy), Attachment::to(Kind::Identity)).is_empty() => {
                return Some(Check::pass(id, format!("`{name}` on {} is as the settings say", wanted.name)));
            }
            Ok(live) => format!("`{name}` is {} and has to be {}", live.to_json(), policy.to_json()),
            Err(error) => return Some(Check::unknown(id, &unreadable(name, &error.to_string()), &hides)),
        },
        Some(Read::Absent) | None => format!("{} has no inline policy `{name}`", wanted.name),
    };
    let party = Party::role(case, facts)?.without_boundary();
    let works = asked(case, policy).iter().all(|asked| party.may(None, asked) == Answer::Allowed);
    let check = if works {
        Check::warn(id, format!("{} may do other things than the settings say", wanted.name))
    } else {
        Check::fail(id, purpose.fails)
    };
    let done = case.done(&["PutRolePolicy", "DeleteRolePolicy"], &wanted.name);
    Some(check.cause(cause).evidence(done).remedy(case.apply()))
}

/// What a policy is for: each of its actions, on something of each of its resources.
fn asked(case: &Case<'_>, policy: &Policy) -> Vec<Asked> {
    let items =
        |element: &Option<Element<String>>| element.as_ref().map_or(Vec::new(), |all| all.items().to_vec());
    let of = |statement: &Statement| {
        let resources = items(&statement.resource);
        let actions = items(&statement.action).into_iter();
        let on = move |action: String| {
            let resources = resources.iter().map(|resource| resource.replace('*', "any")).collect::<Vec<_>>();
            resources.into_iter().map(move |resource| Asked::new(case, &action, resource)).collect::<Vec<_>>()
        };
        actions.flat_map(on).collect::<Vec<_>>()
    };
    policy.statements.iter().flat_map(of).collect()
}

fn managed(case: &Case<'_>, wanted: &WantedRole, facts: &RoleFacts) -> Check {
    let id = format!("roles.managed/{}", wanted.part);
    let attached = match &facts.attached {
        Read::Refused(refusal) => {
            return Check::unknown(id, refusal, &format!("which policies are attached to {}", wanted.name));
        }
        Read::Absent => &Vec::new(),
        Read::Found(attached) => attached,
    };
    let missing = missing(wanted, attached);
    let Some(first) = missing.first() else {
        return Check::pass(id, format!("{} has the policies that it needs", wanted.name));
    };
    let verb = if missing.len() == 1 { "is" } else { "are" };
    let cause = format!("{} {verb} not attached to the role {}", missing.join(", "), wanted.name);
    if is_replaced(case, facts, &missing) {
        let title = format!("{} has other policies than the settings say, which do as well", wanted.name);
        let foreign = format!("roles.foreign/{}", wanted.part);
        return Check::warn(id, title).cause(cause).remedy(case.apply()).explained_by([foreign]);
    }
    let consequence = |name: &str| MANAGED.iter().find(|known| known.name == name).map(|known| known.fails);
    let others = missing.iter().skip(1).filter_map(|name| Some(format!("{name}: {}", consequence(name)?)));
    Check::fail(id, consequence(first).unwrap_or("The role lacks a policy that it needs"))
        .cause(cause)
        .evidence(others)
        .evidence(case.done(&["DetachRolePolicy"], &wanted.name))
        .remedy(case.apply())
}

/// The policies of AWS's that are wanted and not attached.
fn missing<'a>(wanted: &'a WantedRole, attached: &[String]) -> Vec<&'a str> {
    wanted.managed.iter().filter(|arn| !attached.contains(arn)).map(|arn| policy_name(arn)).collect()
}

/// Whether other policies of the role allow everywhere what the missing ones are for: images of add-ons come from a
/// registry of AWS's (EKS user guide, `add-ons-images`).
fn is_replaced(case: &Case<'_>, facts: &RoleFacts, missing: &[&str]) -> bool {
    let Some(party) = Party::role(case, facts) else { return false };
    let image = case.arn(&format!("ecr:{}:602401143452:repository/eks/any", case.region()));
    let group =
        case.arn(&format!("logs:{}:{}:log-group:RDSOSMetrics:log-stream:any", case.region(), case.account()));
    let on = |action: &str| match action {
        "ecr:GetAuthorizationToken" => "*".to_owned(),
        _ if action.starts_with("ecr:") => image.clone(),
        _ if action.starts_with("logs:") => group.clone(),
        _ => "*".to_owned(),
    };
    let is_allowed =
        |action: &&str| party.may(None, &Asked::new(case, action, on(action))) == Answer::Allowed;
    let stands_in = |name: &&str| {
        let known = MANAGED.iter().find(|known| known.name == *name);
        known.is_some_and(|known| known.does.iter().all(is_allowed))
    };
    missing.iter().all(stands_in)
}

/// Policies that the settings do not put there.
fn foreign(case: &Case<'_>, wanted: &WantedRole, facts: &RoleFacts, purpose: &Purpose) -> Check {
    let id = format!("roles.foreign/{}", wanted.part);
    let hides = format!("whether somebody else gave {} permissions", wanted.name);
    if let Some(refusal) = facts.attached.refusal().or(facts.inline.refusal()) {
        return Check::unknown(id, refusal, &hides);
    }
    let none = BTreeMap::new();
    let inline = facts.inline.found().unwrap_or(&none);
    if let Some(refusal) = inline.values().find_map(Read::refusal) {
        return Check::unknown(id, refusal, &hides);
    }
    let ours = wanted.inline.as_ref().map(|(name, _)| name);
    let is_accepted = |names: &[&str]| {
        let of_role: Vec<String> = names.iter().map(|name| format!("{}/{name}", wanted.name)).collect();
        let names: Vec<&str> = names.iter().copied().chain(of_role.iter().map(String::as_str)).collect();
        case.asks.accepted.has(&[Topic::RolePolicy], &names)
    };
    let attached = facts.attached.found().into_iter().flatten().filter(|arn| !wanted.managed.contains(arn));
    let attached: Vec<&String> = attached.filter(|arn| !is_accepted(&[arn, policy_name(arn)])).collect();
    let inline: Vec<&String> =
        inline.keys().filter(|name| Some(*name) != ours && !is_accepted(&[name])).collect();
    let denial = denial(case, wanted, facts);
    if attached.is_empty() && inline.is_empty() && denial.is_none() {
        return Check::pass(id, format!("{} has no policy of somebody else's", wanted.name));
    }
    let names = attached
        .iter()
        .map(|arn| format!("the policy {arn}"))
        .chain(inline.iter().map(|name| format!("the inline policy `{name}`")));
    let names = names.collect::<Vec<_>>().join(", ");
    let remedy = remedy(case, wanted, facts, (&attached, &inline));
    let done = case.done(&["AttachRolePolicy", "PutRolePolicy"], &wanted.name);
    let check = match denial {
        Some((action, policy)) => Check::fail(
            id,
            format!("{}: `{policy}` on their role denies {action}", suffers(wanted, purpose, &action)),
        )
        .cause(format!("{names} on {}: `{policy}` denies {action}", wanted.name)),
        None => Check::warn(
            id,
            format!("Whoever is {} has permissions that the settings do not give", wanted.name),
        )
        .cause(format!("somebody else put there {names}")),
    };
    check.evidence(done).remedy(remedy)
}

/// What does not work where an action is denied.
fn suffers(wanted: &WantedRole, purpose: &Purpose, action: &str) -> String {
    if let Some(users) = puller(&wanted.part).filter(|_| action.starts_with("ecr:")) {
        return format!("{users} cannot pull images");
    }
    let names: Vec<&str> = wanted.managed.iter().map(|arn| policy_name(arn)).collect();
    let known = MANAGED.iter().find(|known| names.contains(&known.name) && known.does.contains(&action));
    known.map_or(purpose.fails, |known| known.fails).to_owned()
}

/// What a role needs and one of its own policies denies.
fn denial(case: &Case<'_>, wanted: &WantedRole, facts: &RoleFacts) -> Option<(String, String)> {
    let party = Party::role(case, facts)?.presumed();
    let mut asked = needed(case, &wanted.part);
    asked.extend(crate::pulls::pulls(case, &wanted.part));
    asked.iter().find_map(|asked| match party.may(None, asked) {
        Answer::Stopped(Stop::Denied { by: Whose::Caller(Some(name)), .. }) => {
            Some((asked.action.clone(), name))
        }
        _ => None,
    })
}

fn remedy(
    case: &Case<'_>,
    wanted: &WantedRole,
    facts: &RoleFacts,
    (attached, inline): (&[&String], &[&String]),
) -> Vec<String> {
    let registry = inline.iter().find(|name| name.as_str() == "cross-account-ecr");
    if let Some(account) = registry.and_then(|name| registry_account(facts, name)) {
        return vec![
            format!("write artos_ecr_aws_account = \"{account}\" in the settings, then:"),
            case.underpin("apply"),
        ];
    }
    if case.settings.exclusive_role_policies {
        return case.apply().into();
    }
    let attached_now = facts.attached.found().map_or(&[][..], Vec::as_slice);
    // What stands in for a policy of the settings goes when that one is back.
    let mut lines: Vec<String> =
        if missing(wanted, attached_now).is_empty() { Vec::new() } else { case.apply().into() };
    lines.push("if it should not be there, after asking whoever put it there:".to_owned());
    lines.extend(
        attached
            .iter()
            .map(|arn| aws(&["iam", "detach-role-policy", "--role-name", &wanted.name, "--policy-arn", arn])),
    );
    lines.extend(
        inline.iter().map(|name| {
            aws(&["iam", "delete-role-policy", "--role-name", &wanted.name, "--policy-name", name])
        }),
    );
    lines
}

/// The registry that an inline policy is about.
fn registry_account(facts: &RoleFacts, name: &str) -> Option<String> {
    let text = facts.inline.found()?.get(name)?.found()?;
    let policy = policy::Policy::parse(text).ok()?;
    let resources = policy.statements.iter().filter_map(|statement| statement.resource.as_ref());
    let accounts = resources.flat_map(|resources| resources.items()).filter_map(|arn| arn.split(':').nth(4));
    accounts.filter(|account| account.len() == 12).map(str::to_owned).next()
}
