//! The policies of the foundation that decide about a request: those of one of its roles, and that of one of its objects. Pure.

use std::collections::BTreeMap;

use foundation::{Allows, Caller, Finding, FindingKind, Region, addresses, kinds, managed_policy};
use policy::Policy;
use terraform::{Address, Attributes, State, Value};

use crate::observation::{managed, recorded};
use crate::plan::{Action, Plan};
use crate::template;

/// Stands for what is known only after an apply.
const UNKNOWN: &str = "known-after-apply";

/// The foundation at some moment.
#[derive(Clone, Debug)]
pub struct Standing {
    caller: Caller,
    region: Region,
    objects: BTreeMap<Address, Attributes>,
    /// What others put on our roles: the role, the policy's name, the document.
    others: Vec<(String, String, Option<String>)>,
}

/// A policy, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// `aws_iam_role_policy.node`, or what somebody else called it.
    pub name: String,
    /// What it says.
    pub policy: Policy,
}

/// What decides about a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deciders {
    /// The policies of who asks.
    pub identity: Vec<Named>,
    /// That of the resource.
    pub resource: Option<Named>,
    /// What bounds who asks.
    pub boundary: Option<Named>,
    /// Policies whose documents nothing here knows.
    pub unread: Vec<String>,
    /// Whether who asks is one of our roles; the policies of others are not here.
    pub is_ours: bool,
}

impl Standing {
    /// As the state records it.
    pub fn recorded(state: &State, caller: Caller, region: Region) -> Self {
        let objects =
            managed(state).filter_map(|address| Some((address.clone(), recorded(state, &address)?)));
        Self { caller, region, objects: objects.collect(), others: Vec::new() }
    }

    /// As it is in AWS.
    pub fn live(plan: &Plan) -> Self {
        let objects =
            plan.changes.iter().filter_map(|change| Some((change.address.clone(), change.before.clone()?)));
        Self::of_plan(plan, objects.collect())
    }

    /// As it is after an apply of the plan.
    pub fn planned(plan: &Plan) -> Self {
        let stays = |action| !matches!(action, Action::Delete | Action::Forget);
        let changes = plan.changes.iter().filter(|change| stays(change.action));
        let objects = changes.filter_map(|change| Some((change.address.clone(), change.after.clone()?)));
        Self::of_plan(plan, objects.collect())
    }

    fn of_plan(plan: &Plan, objects: BTreeMap<Address, Attributes>) -> Self {
        let stays = |finding: &&Finding| finding.kind == FindingKind::Foreign;
        let findings = plan.review.findings.iter().chain(&plan.review.accepted).filter(stays);
        let others = findings.filter_map(|finding| match &finding.allows {
            Some(Allows::Document { role, document }) => {
                Some((role.clone(), finding.object().to_owned(), document.clone()))
            }
            _ => None,
        });
        let others = others.collect();
        Self { caller: plan.caller.clone(), region: plan.region.clone(), objects, others }
    }

    /// The account that the foundation is in.
    pub fn account(&self) -> &str {
        self.caller.account_id.as_str()
    }

    /// The ARN of the object at an address; `None` where none is there, or it has none.
    pub fn arn(&self, address: &Address) -> Option<String> {
        let object = self.objects.get(address)?;
        let text = |name: &str| object.get(name).and_then(Value::as_str);
        let (partition, account) = (self.caller.partition, self.account());
        Some(match address.resource_type() {
            "aws_iam_role" => {
                format!("arn:{partition}:iam::{account}:role{}{}", text("path").unwrap_or("/"), text("name")?)
            }
            "aws_s3_bucket" => format!("arn:{partition}:s3:::{}", self.resolved(object.get("bucket")?)),
            "aws_kms_key" => text("arn").map_or_else(|| self.key_arn(), str::to_owned),
            _ => text("arn")?.to_owned(),
        })
    }

    /// The policies that decide what the principal with this ARN may do to a resource by an action.
    pub fn deciders(&self, principal: &str, action: &str, resource: &str) -> Deciders {
        let mut deciders = Deciders { resource: self.of_resource(action, resource), ..Deciders::default() };
        let roles = self.of_type("aws_iam_role");
        let found = roles.into_iter().find(|(address, role)| {
            let name = role.get("name").and_then(Value::as_str).unwrap_or_default();
            let session = format!(":assumed-role/{name}/");
            self.arn(address).as_deref() == Some(principal) || principal.contains(&session)
        });
        let Some((address, role)) = found else { return deciders };
        let Some(name) = role.get("name").and_then(Value::as_str) else { return deciders };
        deciders.is_ours = true;
        for (of, object) in &self.objects {
            if object.get("role").and_then(Value::as_str) != Some(name) {
                continue;
            }
            match of.resource_type() {
                "aws_iam_role_policy" => {
                    let policy = object.get("policy").and_then(|policy| self.policy(policy));
                    deciders.take(of.to_string(), policy);
                }
                "aws_iam_role_policy_attachment" => {
                    let arn = object.get("policy_arn").and_then(Value::as_str).unwrap_or_default();
                    deciders.take(format!("{of} ({arn})"), self.managed(arn));
                }
                _ => {}
            }
        }
        let arn = self.arn(address);
        for (_, other, document) in self.others.iter().filter(|(of, ..)| Some(of) == arn.as_ref()) {
            let policy = document.as_deref().and_then(|document| Policy::parse(document).ok());
            deciders.take(format!("{other} on {address}, somebody else's"), policy);
        }
        if let Some(boundary) =
            role.get("permissions_boundary").and_then(Value::as_str).filter(|arn| !arn.is_empty())
        {
            let name = format!("the boundary {boundary}");
            match self.managed(boundary) {
                Some(policy) => deciders.boundary = Some(Named { name, policy }),
                None => deciders.unread.push(name),
            }
        }
        deciders
    }

    /// The policy of a resource of ours: what stands on it, or the trust of a role that is to be assumed.
    fn of_resource(&self, action: &str, resource: &str) -> Option<Named> {
        let named = |address: &Address, object: &Attributes, attribute: &str| {
            let policy = self.policy(object.get(attribute)?)?;
            Some(Named { name: format!("{address} ({attribute})"), policy })
        };
        let is_its = |address: &Address| {
            self.arn(address).is_some_and(|arn| {
                let of_bucket = address.resource_type() == "aws_s3_bucket";
                resource == arn
                    || of_bucket && resource.strip_prefix(&arn).is_some_and(|rest| rest.starts_with('/'))
            })
        };
        let (address, object) = self.objects.iter().find(|(address, _)| is_its(address))?;
        match address.resource_type() {
            "aws_kms_key" => named(address, object, "policy"),
            "aws_iam_role" if action.to_ascii_lowercase().starts_with("sts:") => {
                named(address, object, "assume_role_policy")
            }
            "aws_s3_bucket" => {
                let (address, policy) = self.of_type("aws_s3_bucket_policy").into_iter().next()?;
                named(address, policy, "policy")
            }
            "aws_sns_topic" => {
                let (address, policy) = self.of_type("aws_sns_topic_policy").into_iter().next()?;
                named(address, policy, "policy")
            }
            _ => None,
        }
    }

    /// A managed policy: one that is built in, or one of ours.
    fn managed(&self, arn: &str) -> Option<Policy> {
        if let Some(managed) = managed_policy(arn) {
            return Some(managed.document);
        }
        let policies = self.of_type("aws_iam_policy").into_iter();
        let mut own = policies.filter(|(_, policy)| policy.get("arn").and_then(Value::as_str) == Some(arn));
        self.policy(own.next()?.1.get("policy")?)
    }

    fn of_type(&self, resource_type: &str) -> Vec<(&Address, &Attributes)> {
        self.objects.iter().filter(|(address, _)| address.resource_type() == resource_type).collect()
    }

    fn policy(&self, value: &Value) -> Option<Policy> {
        Policy::parse(&self.resolved(value)).ok()
    }

    /// A text with stand-ins for what is not known yet.
    fn resolved(&self, value: &Value) -> String {
        let lookup = |reference: &template::Reference| {
            let key = reference.address == addresses::key() && reference.attribute == "arn";
            Some(Value::from(if key { self.key_arn() } else { UNKNOWN.to_owned() }))
        };
        template::resolve(value, &lookup).as_str().unwrap_or_default().to_owned()
    }

    fn key_arn(&self) -> String {
        let known = self.objects.get(&addresses::key()).and_then(|key| key.get("arn")?.as_str());
        let (partition, region, account) = (self.caller.partition, &self.region, self.account());
        known.map_or_else(|| format!("arn:{partition}:kms:{region}:{account}:key/{UNKNOWN}"), str::to_owned)
    }

    /// The addresses of the objects, for what was probably meant.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.objects.keys().filter(|address| kinds::schema_of(address.resource_type()).is_some())
    }
}

impl Deciders {
    fn take(&mut self, name: String, policy: Option<Policy>) {
        match policy {
            Some(policy) => self.identity.push(Named { name, policy }),
            None => self.unread.push(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use foundation::{Origin, Partition, SettingValue, Settings, blueprint};
    use serde_json::json;

    use super::*;
    use crate::observation::Observation;
    use crate::plan::Goal;
    use crate::planner::{Options, plan};

    fn standing() -> Standing {
        let values = [
            ("project_name", json!("artos")),
            ("environment", json!("test")),
            ("aws_region", json!("us-east-1")),
            ("terraform_state_bucket", json!("state")),
            ("tags", json!({})),
            ("artos_ecr_aws_account", json!("210987654321")),
            ("permissions_boundary_arn", json!("arn:aws:iam::123456789012:policy/Boundary")),
        ];
        let values: Vec<_> =
            values.into_iter().map(|(name, value)| SettingValue::new(name, value, Origin::File)).collect();
        let settings = Settings::from_values(&values).unwrap().0;
        let caller = Caller { account_id: "123456789012".parse().unwrap(), partition: Partition::Aws };
        let options = Options { goal: Goal::Apply, targets: Vec::new(), replace: Vec::new(), today: None };
        let state = State::empty("l");
        let plan = plan(&blueprint(&settings, &caller), &state, &Observation::default(), &options).unwrap();
        Standing::planned(&plan)
    }

    #[test]
    fn policies_of_a_role_and_of_each_kind_of_resource_are_found() {
        let standing = standing();
        let arn = |address: &str| standing.arn(&address.parse().unwrap()).unwrap();
        let node = arn("aws_iam_role.eks_node_group");
        assert_eq!(node, "arn:aws:iam::123456789012:role/artos-test-eks-node-group-role");
        let key = arn("aws_kms_key.main");
        let deciders = standing.deciders(&node, "kms:Decrypt", &key);
        assert!(deciders.is_ours);
        let names: Vec<&str> = deciders.identity.iter().map(|named| named.name.as_str()).collect();
        assert_eq!(names.len(), 5, "{names:?}");
        assert_eq!(deciders.resource.unwrap().name, "aws_kms_key.main (policy)");
        assert_eq!(deciders.unread, ["the boundary arn:aws:iam::123456789012:policy/Boundary"]);

        let resource = |action: &str, resource: &str| {
            standing.deciders("arn:aws:iam::1:role/x", action, resource).resource.map(|named| named.name)
        };
        let bucket = arn("aws_s3_bucket.cloudtrail");
        let of_bucket = Some("aws_s3_bucket_policy.cloudtrail (policy)".to_owned());
        assert_eq!(resource("s3:GetObject", &format!("{bucket}/AWSLogs/x")), of_bucket);
        assert_eq!(resource("s3:ListBucket", &bucket), of_bucket);
        assert_eq!(resource("s3:GetObject", &format!("{bucket}x/y")), None);
        let trust = Some("aws_iam_role.eks_node_group (assume_role_policy)".to_owned());
        assert_eq!(resource("sts:AssumeRole", &node), trust);
        assert_eq!(resource("iam:GetRole", &node), None);
    }
}
