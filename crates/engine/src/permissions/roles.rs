//! What changes for roles beside their documents: who they are, what bounds them, what is attached to them, and who is
//! given them.

use std::collections::{BTreeMap, BTreeSet};

use foundation::{Arn, Power, Schema, kinds, managed_policy};
use policy::{Attachment, Effect, Element, Kind, Mark, Policy, difference};
use terraform::{Attributes, Value};

use super::{Entry, Part, Permission, Sign, Stated};
use crate::plan::Plan;

/// A role as a principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Role {
    /// Its name.
    pub(super) name: String,
    /// Its ARN, by which policies name it.
    pub(super) arn: String,
}

/// The roles of a plan as they are and as they shall be.
pub(super) struct Roles<'a> {
    pub(super) plan: &'a Plan,
    old: Vec<Role>,
    new: Vec<Role>,
}

impl<'a> Roles<'a> {
    pub(super) fn of(plan: &'a Plan) -> Self {
        let changes = || plan.changes.iter().filter(|change| is_role(change.address.resource_type()));
        let role = |attributes: Option<&Attributes>| role(attributes?, plan);
        Self {
            plan,
            old: changes().filter_map(|change| role(change.before.as_ref())).collect(),
            new: changes().filter_map(|change| role(change.after.as_ref())).collect(),
        }
    }

    /// The role that an object is, or is a part of, as it is now.
    pub(super) fn before(&self, schema: &Schema, object: &Attributes) -> Option<Role> {
        self.whose(&self.old, schema, object)
    }

    /// The same as it shall be.
    pub(super) fn after(&self, schema: &Schema, object: &Attributes) -> Option<Role> {
        self.whose(&self.new, schema, object)
    }

    fn whose(&self, roles: &[Role], schema: &Schema, object: &Attributes) -> Option<Role> {
        if is_role(schema.resource_type) {
            return role(object, self.plan);
        }
        let referring = schema
            .attributes
            .iter()
            .find(|attribute| attribute.refers_to.is_some_and(|to| is_role(to.resource_type)))?;
        let name = object.get(referring.name)?.as_str()?;
        let known = roles.iter().find(|role| role.name == name).cloned();
        Some(known.unwrap_or_else(|| Role { name: name.to_owned(), arn: arn("/", name, self.plan) }))
    }
}

/// Whether objects of a type are assumed by somebody.
fn is_role(resource_type: &str) -> bool {
    kinds::schema_of(resource_type)
        .is_some_and(|schema| schema.policies().any(|(_, kind)| kind == Kind::Trust))
}

fn role(object: &Attributes, plan: &Plan) -> Option<Role> {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let name = text("name")?;
    Some(Role { name: name.to_owned(), arn: arn(text("path").unwrap_or("/"), name, plan) })
}

fn arn(path: &str, name: &str, plan: &Plan) -> String {
    Arn::iam(plan.caller.partition, &plan.caller.account_id, format!("role{path}{name}")).to_string()
}

/// Who runs with a role that a service assumes, for whoever must hear of its end.
const RUNNING: &[(&str, &str)] = &[
    ("eks.amazonaws.com", "EKS clusters"),
    ("ec2.amazonaws.com", "EC2 instances and node groups"),
    ("eks-fargate-pods.amazonaws.com", "Fargate profiles"),
    ("monitoring.rds.amazonaws.com", "RDS instances with enhanced monitoring"),
];

/// The old role of a replacement ends, and with it what others gave it; the new one is somebody else to all policies.
pub(super) fn moved(part: &Part<'_>) -> Vec<Permission> {
    let Some(role) = part.role.as_ref().filter(|_| is_role(part.schema.resource_type)) else {
        return Vec::new();
    };
    let state = |is_gain: bool, sentence: String| {
        let stated = Stated {
            principal: Some(role.arn.clone()),
            actions: &["*"],
            resources: vec!["*".to_owned()],
            marks: &[],
        };
        part.stated(is_gain, sentence, stated)
    };
    if part.before.is_none() {
        let sentence = format!(
            "{} is another principal than the role before it: policies that name that one do not mean it",
            role.arn
        );
        return vec![state(true, sentence)];
    }
    let running: Vec<&str> = RUNNING
        .iter()
        .filter(|(service, _)| {
            let trusts = part.schema.policies().filter(|(_, kind)| *kind == Kind::Trust);
            trusts
                .filter_map(|(attribute, _)| part.text(attribute.name))
                .any(|trust| trust.contains(&format!("\"{service}\"")))
        })
        .map(|(_, who)| *who)
        .collect();
    let running = match running.is_empty() {
        true => String::new(),
        false => format!(
            "; {} that run with it lose what it allows until they have the new one",
            running.join(", ")
        ),
    };
    let sentence = format!("{} ends, and whatever policies and grants allow it{running}", role.arn);
    let mut all = vec![state(false, sentence)];
    all.extend(left_behind(part, role));
    all
}

/// The policies that somebody else gave a role, which its successor does not get.
fn left_behind(part: &Part<'_>, role: &Role) -> Vec<Permission> {
    let lists = [
        (Power::OnlyManaged, Power::Managed, "managed policy"),
        (Power::OnlyInline, Power::OnlyInline, "inline policy"),
    ];
    let mut all = Vec::new();
    for (only, ours, noun) in lists {
        let Some((attribute, _)) = part.schema.powers().find(|(_, power)| *power == only) else { continue };
        let ours = given(part.plan, role, ours);
        let (before, _) = part.values(attribute.name);
        for policy in items(before).filter(|policy| !ours.contains(policy)) {
            let sentence = format!(
                "loses all of the {noun} {}, which somebody else gave it and the new role does not get",
                short(&policy)
            );
            all.push(part.stated(false, sentence, of_role(role)));
        }
    }
    all
}

/// What the foundation gives a role: ARNs of managed policies, or names of inline ones.
fn given(plan: &Plan, role: &Role, power: Power) -> Vec<String> {
    let of_role = |object: &Attributes, schema: &Schema| {
        schema.naming_whole().and_then(|attribute| object.get(attribute.name)?.as_str()) == Some(&role.name)
    };
    let parts = plan.changes.iter().filter_map(|change| {
        let schema = kinds::schema_of(change.address.resource_type())?;
        let object = change.before.as_ref().filter(|object| of_role(object, schema))?;
        let attribute = match power {
            Power::Managed => schema.powers().find(|(_, power)| *power == Power::Managed)?.0.name,
            _ => schema.policies().next().map(|_| "name")?,
        };
        object.get(attribute)?.as_str().map(str::to_owned)
    });
    parts.collect()
}

/// A boundary that is set, changed or removed.
pub(super) fn boundary(part: &Part<'_>, name: &str) -> Vec<Permission> {
    let Some(role) = part.role.as_ref().filter(|_| !part.moves) else { return Vec::new() };
    let (Some(_), Some(_)) = (part.before, part.after) else { return Vec::new() };
    let (before, after) = part.texts(name);
    if before == after {
        return Vec::new();
    }
    let mut all = Vec::new();
    if let Some(old) = before {
        let sentence = format!(
            "the permissions boundary {} bounds it no longer: gains whatever its policies allow and that one held back",
            short(old)
        );
        all.push(part.stated(true, sentence, of_role(role)));
    }
    if let Some(new) = after {
        let sentence =
            format!("the permissions boundary {} bounds it: loses whatever that does not allow", short(new));
        all.push(part.stated(false, sentence, of_role(role)));
    }
    all
}

/// A managed policy that a role gets or loses.
pub(super) fn managed(part: &Part<'_>, name: &str) -> Vec<Permission> {
    let Some(role) = &part.role else { return Vec::new() };
    let (before, after) = part.texts(name);
    if before == after {
        return Vec::new();
    }
    let lost = before.map(|arn| attachment(part, role, arn, false));
    let gained = after.map(|arn| attachment(part, role, arn, true));
    lost.into_iter().chain(gained).collect()
}

/// A managed policy that is attached or detached, with what it allows where that is known.
fn attachment(part: &Part<'_>, role: &Role, arn: &str, is_gain: bool) -> Permission {
    let verb = if is_gain { "gains" } else { "loses" };
    let sentence = format!("{verb} all of the managed policy {}", short(arn));
    let Some(known) = managed_policy(arn) else { return part.stated(is_gain, sentence, of_role(role)) };
    let document = Some(&known.document);
    let (before, after) = if is_gain { (None, document) } else { (document, None) };
    let changes = difference(before, after, Attachment::to(Kind::Identity).guarding(part.guarded));
    let entries = changes.iter().map(|change| Entry::of(change, Some(&role.arn))).collect();
    let sign = if is_gain { Sign::Gain } else { Sign::Loss };
    let sentence =
        format!("{sentence} ({} of {}): {}", known.version, known.updated, summary(&known.document));
    part.permission(sign, sentence, entries)
}

/// How many actions of which service a policy allows, and the first of those that do more than read.
fn summary(policy: &Policy) -> String {
    let allowed = policy.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    let mut services: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for action in allowed.filter_map(|statement| statement.action.as_ref()).flat_map(Element::items) {
        let (service, name) = action.split_once(':').unwrap_or(("", action));
        services.entry(service).or_default().insert(name);
    }
    let described = services.into_iter().map(|(service, actions)| {
        let changing: Vec<&str> = actions.iter().copied().filter(|action| !reads(action)).collect();
        let (first, rest) = changing.split_at(changing.len().min(NAMED));
        let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        let named =
            if first.is_empty() { "reading".to_owned() } else { format!("{}{more}", first.join(", ")) };
        format!("{service} {} ({named})", actions.len())
    });
    described.collect::<Vec<_>>().join(", ")
}

/// How many actions of a service are named.
const NAMED: usize = 3;

fn reads(action: &str) -> bool {
    ["Batch", "Describe", "Get", "List"].iter().any(|verb| action.starts_with(verb))
}

/// The policies that somebody else gave a role which shall have ours only.
pub(super) fn taken_away(part: &Part<'_>, name: &str, noun: &str) -> Vec<Permission> {
    let Some(role) = &part.role else { return Vec::new() };
    if !part.change.differences.iter().any(|difference| difference == name) {
        return Vec::new();
    }
    let (before, after) = part.values(name);
    let kept: Vec<String> = items(after).collect();
    items(before)
        .filter(|policy| !kept.contains(policy))
        .map(|policy| {
            part.stated(false, format!("loses all of the {noun} {}", short(&policy)), of_role(role))
        })
        .collect()
}

/// A role that instances can be given.
pub(super) fn instances(part: &Part<'_>, name: &str) -> Vec<Permission> {
    let (before, after) = part.texts(name);
    let Some(role) = part.role.as_ref().filter(|_| before != after || part.moves) else { return Vec::new() };
    let profile = part.text("name").unwrap_or_default();
    let state = |is_gain: bool, sentence: String| {
        let stated = Stated {
            principal: Some("ec2.amazonaws.com".to_owned()),
            actions: &["sts:AssumeRole"],
            resources: vec![role.arn.clone()],
            marks: &[Mark::Escalation],
        };
        part.stated(is_gain, sentence, stated)
    };
    let lost =
        before.map(|_| state(false, format!("EC2 instances with the instance profile {profile} lose it")));
    let gained = after.map(|_| {
        let sentence = format!(
            "EC2 instances can be given it, with the instance profile {profile}, by whoever may launch them and iam:PassRole"
        );
        state(true, sentence)
    });
    lost.into_iter().chain(gained).collect()
}

fn of_role(role: &Role) -> Stated<'static> {
    Stated { principal: Some(role.arn.clone()), actions: &["*"], resources: vec!["*".to_owned()], marks: &[] }
}

fn items(list: Option<&Value>) -> impl Iterator<Item = String> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)
}

/// `AmazonEKSClusterPolicy` for a policy of AWS's, the whole ARN for anybody else's.
fn short(arn: &str) -> &str {
    if arn.contains(":iam::aws:policy/") { arn.rsplit('/').next().unwrap_or(arn) } else { arn }
}
