//! Makes the plan: desired, recorded and observed, compared by meaning. Pure.

use std::collections::{BTreeMap, BTreeSet};

use foundation::settings::{DEPLOYMENT, MANAGED_BY, Profile, UNDERPIN, is_label};
use foundation::{Blueprint, Compare, Resource, Role, Schema, kinds};
use terraform::{Address, Attributes, Diagnostic, State, Value};

use crate::cloud::Foreign;
use crate::equality::{equal, fits, is_absent};
use crate::observation::{Observation, Observed, managed, recorded};
use crate::plan::{Action, Change, Drift, Goal, OutputChange, Plan, Prior, Reason};
use crate::{dynamic, template};

/// What is asked of a plan beyond the settings.
#[derive(Clone, Debug)]
pub struct Options {
    /// Apply, refresh only, or destroy.
    pub goal: Goal,
    /// `-target`: only these and what they need.
    pub targets: Vec<Address>,
    /// `-replace`: make these anew.
    pub replace: Vec<Address>,
}

/// Compares and decides.
///
/// # Errors
/// Objects of somebody else that are in the way, and options that cannot be followed: all at once.
pub fn plan(
    blueprint: &Blueprint,
    state: &State,
    observation: &Observation,
    options: &Options,
) -> Result<Plan, Vec<Diagnostic>> {
    let problems = problems(blueprint, observation, options);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut planner = Planner {
        state,
        observation,
        options,
        profile: blueprint.profile,
        after: BTreeMap::new(),
        remade: BTreeSet::new(),
    };
    let mut changes: Vec<Change> = match options.goal {
        Goal::Destroy { .. } => Vec::new(),
        Goal::Apply | Goal::Refresh => {
            blueprint.resources.iter().filter_map(|resource| planner.desired(resource)).collect()
        }
    };
    let made: BTreeSet<Address> = changes.iter().map(|change| change.address.clone()).collect();
    let going: BTreeSet<Address> = managed(state)
        .chain(observation.objects.keys().cloned())
        .filter(|address| !made.contains(address))
        .collect();
    changes.extend(going.iter().filter_map(|address| planner.undesired(address, blueprint)));
    if !options.targets.is_empty() {
        target(&mut changes, options);
    }
    let (unchanged, outputs): (BTreeMap<_, _>, BTreeMap<_, _>) =
        planner.outputs(blueprint).into_iter().partition(|(_, change)| change.before == change.after);
    let unchanged_outputs =
        unchanged.into_iter().filter_map(|(name, change)| Some((name, change.after?))).collect();
    Ok(Plan {
        goal: options.goal,
        prior: Prior { lineage: state.lineage.clone(), serial: state.serial },
        changes,
        outputs,
        unchanged_outputs,
        expressions: blueprint.outputs.clone(),
        targeted: !options.targets.is_empty(),
    })
}

struct Planner<'a> {
    state: &'a State,
    observation: &'a Observation,
    options: &'a Options,
    profile: Profile,
    /// The attributes each resource will have, as far as they are known.
    after: BTreeMap<Address, Attributes>,
    /// What is removed and made again; what hangs on it goes with it.
    remade: BTreeSet<Address>,
}

impl Planner<'_> {
    /// The change of a resource that is desired.
    fn desired(&mut self, resource: &Resource) -> Option<Change> {
        let schema = kinds::schema_of(resource.address.resource_type())?;
        let recorded = recorded(self.state, &resource.address);
        let mut before = self.before(schema, &resource.address, recorded.as_ref());
        if let (None, Some(before)) = (&recorded, &mut before) {
            take_unreadable(schema, &resource.arguments, before);
        }
        if self.options.goal == Goal::Refresh && before.is_none() {
            return recorded.map(|recorded| self.gone(resource, recorded));
        }
        if resource.optional && before.is_none() {
            return None;
        }
        let mut arguments: Attributes = resource
            .arguments
            .iter()
            .map(|(name, value)| {
                (name.clone(), template::resolve(value, &|reference| self.lookup(reference)))
            })
            .collect();
        let (mut action, mut differences) = self.verdict(resource, schema, before.as_ref(), &arguments);
        if resource.optional && action == Action::Replace {
            return None;
        }
        if let (Action::Update, Profile::Document, Some(recorded)) = (action, self.profile, &recorded) {
            leave_unmarked(&mut arguments, recorded, before.as_ref());
            (action, differences) = self.verdict(resource, schema, before.as_ref(), &arguments);
        }
        if action == Action::Replace && !resource.retain {
            self.remade.insert(resource.address.clone());
        }
        let after = after(schema, action, before.as_ref(), &arguments, &differences);
        self.after.insert(resource.address.clone(), after.clone());
        Some(Change {
            address: resource.address.clone(),
            action,
            import: recorded.is_none() && before.is_some(),
            retain: resource.retain,
            drift: drift(schema, recorded.as_ref(), self.observation.objects.get(&resource.address)),
            before,
            after: Some(after),
            reason: (action == Action::Replace).then(|| self.reason(resource, schema, &differences)),
            differences,
            depends_on: resource.depends_on.clone(),
            dependents: self.dependents(&resource.address),
        })
    }

    /// What a refresh makes of a record whose object is not there any more.
    fn gone(&self, resource: &Resource, recorded: Attributes) -> Change {
        Change {
            address: resource.address.clone(),
            action: Action::NoOp,
            import: false,
            retain: resource.retain,
            drift: Some(Drift::Deleted(recorded)),
            before: None,
            after: None,
            reason: None,
            differences: Vec::new(),
            depends_on: resource.depends_on.clone(),
            dependents: self.dependents(&resource.address),
        }
    }

    /// What happens to a resource with these arguments, and what differs.
    fn verdict(
        &self,
        resource: &Resource,
        schema: &Schema,
        before: Option<&Attributes>,
        arguments: &Attributes,
    ) -> (Action, Vec<String>) {
        let differences =
            before.map(|before| differences(schema, arguments, before, self.profile)).unwrap_or_default();
        (self.action(resource, schema, before, &differences), differences)
    }

    fn action(
        &self,
        resource: &Resource,
        schema: &Schema,
        before: Option<&Attributes>,
        differences: &[String],
    ) -> Action {
        match before {
            _ if self.options.goal == Goal::Refresh => Action::NoOp,
            None => Action::Create,
            Some(_) if self.options.replace.contains(&resource.address) => Action::Replace,
            Some(_) if self.is_tainted(&resource.address) && !resource.retain => Action::Replace,
            Some(_) if names_another(schema, differences) => Action::Replace,
            Some(_) if resource.depends_on.iter().any(|dependency| self.remade.contains(dependency)) => {
                Action::Replace
            }
            Some(_) if !differences.is_empty() => Action::Update,
            Some(_) => Action::NoOp,
        }
    }

    /// Whether the state says that the object was not made well.
    fn is_tainted(&self, address: &Address) -> bool {
        self.state.instance(address).is_some_and(|instance| instance.tainted)
    }

    /// Why a resource is replaced.
    fn reason(&self, resource: &Resource, schema: &Schema, differences: &[String]) -> Reason {
        let address = &resource.address;
        if self.is_tainted(address) && !resource.retain {
            Reason::Tainted
        } else if names_another(schema, differences) {
            Reason::Identity
        } else if self.options.replace.contains(address) {
            Reason::Requested
        } else {
            Reason::Dependency
        }
    }

    /// The change of a resource that is recorded or found and not desired.
    fn undesired(&self, address: &Address, blueprint: &Blueprint) -> Option<Change> {
        let schema = kinds::schema_of(address.resource_type())?;
        let recorded = recorded(self.state, address);
        let before = self.before(schema, address, recorded.as_ref());
        if recorded.is_none() && before.is_none() {
            return None;
        }
        let desired = blueprint.resources.iter().find(|resource| resource.address == *address);
        let retain = desired.is_some_and(|resource| resource.retain);
        let action = match self.options.goal {
            Goal::Refresh => Action::NoOp,
            _ if before.is_none() => Action::Delete,
            Goal::Destroy { delete_key: true } if is_deletable_key(address, before.as_ref()) => {
                Action::Delete
            }
            Goal::Destroy { .. } if retain => Action::Retain,
            Goal::Apply if desired.is_some_and(|resource| resource.optional) => Action::Forget,
            Goal::Destroy { .. } | Goal::Apply => Action::Delete,
        };
        let after = matches!(action, Action::NoOp | Action::Retain).then(|| before.clone()).flatten();
        Some(Change {
            address: address.clone(),
            action,
            import: recorded.is_none() && action != Action::Delete,
            retain,
            drift: drift(schema, recorded.as_ref(), self.observation.objects.get(address)),
            before,
            after,
            differences: Vec::new(),
            reason: (matches!(action, Action::Delete | Action::Forget) && self.options.goal == Goal::Apply)
                .then_some(Reason::Undesired),
            depends_on: desired.map(|resource| resource.depends_on.clone()).unwrap_or_default(),
            dependents: self.dependents(address),
        })
    }

    /// The object as it is: what AWS says, and from the record what AWS cannot say. A recorded value of the same meaning
    /// is kept as it was written.
    fn before(
        &self,
        schema: &Schema,
        address: &Address,
        recorded: Option<&Attributes>,
    ) -> Option<Attributes> {
        let mut merged = self.observation.attributes(address)?.clone();
        let Some(recorded) = recorded else { return Some(merged) };
        for (name, value) in recorded {
            let compare = schema.attribute(name).map_or(Compare::Exact, |attribute| attribute.compare);
            match merged.get(name) {
                Some(observed) if compare == Compare::NothingBeyond || !equal(compare, value, observed) => {}
                _ => {
                    merged.insert(name.clone(), value.clone());
                }
            }
        }
        Some(merged)
    }

    fn lookup(&self, reference: &template::Reference) -> Option<Value> {
        dynamic::attribute(self.after.get(&reference.address)?, &reference.attribute)
    }

    /// Who depended on `address` when the state was written.
    fn dependents(&self, address: &Address) -> Vec<Address> {
        let name = address.to_string();
        managed(self.state)
            .filter(|other| {
                self.state.instance(other).is_some_and(|instance| instance.dependencies.contains(&name))
            })
            .collect()
    }

    fn outputs(&self, blueprint: &Blueprint) -> BTreeMap<String, OutputChange> {
        let refresh = self.options.goal == Goal::Refresh;
        if refresh && self.after.is_empty() && managed(self.state).next().is_none() {
            return BTreeMap::new();
        }
        let destroy = matches!(self.options.goal, Goal::Destroy { .. });
        let after = |expression: &foundation::OutputExpression| {
            let value = template::resolve(&expression.value, &|reference| self.lookup(reference));
            (!destroy && !value.is_null() && (!refresh || template::is_known(&value))).then_some(value)
        };
        let mut outputs: BTreeMap<String, OutputChange> = blueprint
            .outputs
            .iter()
            .map(|(name, expression)| (name.clone(), OutputChange { before: None, after: after(expression) }))
            .collect();
        for (name, change) in &mut outputs {
            change.before = self.state.outputs.get(name).map(|output| output.value.clone());
        }
        outputs
    }
}

/// Whether it is a key whose deletion can be scheduled: one that is scheduled already keeps its date.
fn is_deletable_key(address: &Address, before: Option<&Attributes>) -> bool {
    let scheduled = before.and_then(|before| before.get("deletion_date")).is_some();
    address.resource_type() == "aws_kms_key" && !scheduled
}

/// Whether what differs makes it another object.
fn names_another(schema: &Schema, differences: &[String]) -> bool {
    let identifies =
        |name: &String| schema.attribute(name).is_some_and(|attribute| attribute.role == Role::Identity);
    differences.iter().any(identifies)
}

/// What AWS cannot say about an object that is not recorded is as desired.
fn take_unreadable(schema: &Schema, arguments: &Attributes, before: &mut Attributes) {
    for attribute in schema.attributes.iter().filter(|attribute| attribute.role == Role::Recorded) {
        if let Some(value) = arguments.get(attribute.name) {
            before.entry(attribute.name).or_insert_with(|| value.clone());
        }
    }
}

/// An object that was taken over without our mark is not given it, and keeps the label that it has, or has not. What
/// underpin made is recorded with the mark, if only in `tags_all` when it was cut off before it could set its tags.
fn leave_unmarked(arguments: &mut Attributes, recorded: &Attributes, before: Option<&Attributes>) {
    let marked = |tags: &str| recorded.get(tags).is_some_and(|tags| tags.get(DEPLOYMENT).is_some());
    let Some(tags) = arguments.get_mut("tags").and_then(Value::as_object_mut) else { return };
    if marked("tags") || marked("tags_all") {
        return;
    }
    tags.remove(DEPLOYMENT);
    if tags.get(MANAGED_BY).is_some_and(|label| label == UNDERPIN) {
        tags.remove(MANAGED_BY);
        let present = before.and_then(|before| before.get("tags")?.as_object()).into_iter().flatten();
        let label = present.filter(|(name, _)| is_label(name));
        tags.extend(label.map(|(name, value)| (name.clone(), value.clone())));
    }
}

/// The attributes whose desired value differs from what is.
fn differences(
    schema: &Schema,
    arguments: &Attributes,
    before: &Attributes,
    profile: Profile,
) -> Vec<String> {
    let same = match profile {
        Profile::Hardened => equal,
        Profile::Document => fits,
    };
    schema
        .attributes
        .iter()
        .filter(|attribute| attribute.role != Role::Computed)
        .filter(|attribute| match (arguments.get(attribute.name), before.get(attribute.name)) {
            (Some(desired), Some(Value::Null)) if attribute.role == Role::Recorded => !says_nothing(desired),
            (Some(desired), Some(observed)) => !same(attribute.compare, desired, observed),
            (Some(desired), None) => attribute.role == Role::Recorded && !says_nothing(desired),
            (None, _) => false,
        })
        .map(|attribute| attribute.name.to_owned())
        .collect()
}

/// Whether a value is as good as none where only the record holds it: as in Terraform, false is.
fn says_nothing(value: &Value) -> bool {
    is_absent(value) || *value == Value::Bool(false)
}

/// The object as it shall be. An attribute that a new object gets from AWS is missing until it is known.
/// An update leaves what means the same as it is written.
fn after(
    schema: &Schema,
    action: Action,
    before: Option<&Attributes>,
    arguments: &Attributes,
    differences: &[String],
) -> Attributes {
    let mut after = match (action, before) {
        (Action::NoOp, Some(before)) => return before.clone(),
        (Action::Update, Some(before)) => before.clone(),
        _ => Attributes::new(),
    };
    for (name, value) in arguments {
        if action != Action::Update || differences.contains(name) || !after.contains_key(name) {
            after.insert(name.clone(), value.clone());
        }
    }
    if let (Some(tags), Some(_)) = (after.get("tags").cloned(), schema.attribute("tags_all")) {
        after.insert("tags_all".to_owned(), tags);
    }
    dynamic::complete(schema, &mut after);
    after
}

fn drift(schema: &Schema, recorded: Option<&Attributes>, observed: Option<&Observed>) -> Option<Drift> {
    let recorded = recorded?;
    let Observed::Recorded(observed) = observed? else {
        return Some(Drift::Deleted(recorded.clone()));
    };
    let changed: Vec<_> = schema
        .attributes
        .iter()
        .filter(|attribute| matches!(attribute.role, Role::Argument | Role::Identity))
        .filter(|attribute| attribute.compare != Compare::NothingBeyond)
        .filter_map(|attribute| {
            let (was, is) = (recorded.get(attribute.name)?, observed.get(attribute.name)?);
            (!equal(attribute.compare, was, is)).then(|| (attribute.name.to_owned(), was.clone(), is.clone()))
        })
        .collect();
    (!changed.is_empty()).then_some(Drift::Changed(changed))
}

fn problems(blueprint: &Blueprint, observation: &Observation, options: &Options) -> Vec<Diagnostic> {
    let foreign = observation.objects.iter().filter_map(|(address, observed)| match observed {
        Observed::Foreign(foreign) => Some(
            Diagnostic::error(
                format!("{} exists already and is not ours", foreign.id),
                format!(
                    "It would be recorded as {address}, but it carries no sign that this deployment made it: {}. \
                     underpin never changes or adopts such an object by itself.",
                    foreign.owner
                ),
            )
            .about(address.to_string())
            .hint(advice(foreign)),
        ),
        _ => None,
    });
    let known =
        |address: &&Address| !blueprint.resources.iter().any(|resource| resource.address == **address);
    let unknown = options.targets.iter().chain(&options.replace).filter(known).map(|address| {
        let addresses: Vec<_> =
            blueprint.resources.iter().map(|resource| resource.address.to_string()).collect();
        Diagnostic::error(
            "No such resource",
            format!(
                "{address} is not a resource of this foundation. Its resources are: {}.",
                addresses.join(", ")
            ),
        )
    });
    let retained = options.replace.iter().filter_map(|address| {
        blueprint.resources.iter().find(|resource| resource.address == *address && resource.retain).map(
            |resource| {
                Diagnostic::error(
                    "Retained resources are not replaced",
                    format!(
                        "{} holds the audit log or what is needed to read it, and is never removed.",
                        resource.address
                    ),
                )
            },
        )
    });
    foreign.chain(unknown).chain(retained).collect()
}

/// What to do about an object in the way.
fn advice(foreign: &Foreign) -> String {
    match &foreign.deployment {
        Some(deployment) => format!(
            "use the backend configuration of that deployment's state; if that state is lost: underpin adopt \
             -deployment={deployment}; or choose another project_name or environment"
        ),
        None => "if a Terraform state records it: underpin adopt -from-state=FILE, or underpin adopt -from-backend when it \
                 is the state of this backend; if no state does: underpin adopt; or choose another project_name or environment"
            .to_owned(),
    }
}

/// Leaves only the targets and what they need; when destroying, the targets and what needs them.
fn target(changes: &mut Vec<Change>, options: &Options) {
    let mut wanted: BTreeSet<Address> = options.targets.iter().cloned().collect();
    let destroy = matches!(options.goal, Goal::Destroy { .. });
    loop {
        let more: Vec<Address> = changes
            .iter()
            .flat_map(|change| {
                if destroy && change.depends_on.iter().any(|dependency| wanted.contains(dependency)) {
                    vec![change.address.clone()]
                } else if !destroy && wanted.contains(&change.address) {
                    change.depends_on.clone()
                } else {
                    Vec::new()
                }
            })
            .filter(|address| !wanted.contains(address))
            .collect();
        if more.is_empty() {
            break;
        }
        wanted.extend(more);
    }
    changes.retain(|change| wanted.contains(&change.address));
}
