//! The order in which Terraform lists what a state records.

use super::index_key::Rank;
use super::target::{Target, modules};
use super::{Instance, Mode, Resource, State};

/// Where a resource stands: what is less deep in modules first, data sources before managed resources.
type Place<'a> = (usize, Vec<(String, Rank)>, Mode, &'a str, &'a str);

impl State {
    /// All objects in Terraform's order; the deposed ones of an instance after its current one.
    pub fn listed(&self) -> Vec<(&Resource, &Instance)> {
        let mut resources: Vec<&Resource> = self.resources.iter().collect();
        resources.sort_by_cached_key(|resource| place(resource));
        resources
            .into_iter()
            .flat_map(|resource| instances(resource).map(move |instance| (resource, instance)))
            .collect()
    }

    /// The current object at exactly this address.
    pub fn object(&self, target: &Target) -> Option<(&Resource, &Instance)> {
        let key = &target.object.as_ref()?.key;
        let resource = self.resources.iter().find(|resource| target.is_resource(resource))?;
        let is_meant = |instance: &&Instance| instance.deposed.is_none() && instance.index_key == *key;
        Some((resource, resource.instances.iter().find(is_meant)?))
    }
}

/// The objects of a resource, by key: none before numbers before texts; the current object before deposed ones.
pub(crate) fn instances(resource: &Resource) -> impl Iterator<Item = &Instance> {
    let mut instances: Vec<&Instance> = resource.instances.iter().collect();
    instances
        .sort_by_cached_key(|instance| (Rank::of(instance.index_key.as_ref()), instance.deposed.clone()));
    instances.into_iter()
}

fn place(resource: &Resource) -> Place<'_> {
    let path = resource.module.as_deref().unwrap_or_default();
    let path = match modules(path) {
        Some((steps, _)) => steps.into_iter().map(|step| (step.name, Rank::of(step.key.as_ref()))).collect(),
        None => vec![(path.to_owned(), Rank::None)],
    };
    (path.len(), path, resource.mode, &resource.resource_type, &resource.name)
}
