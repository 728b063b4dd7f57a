//! Changes of a state by hand: what `state rm`, `state mv` and `untaint` do to it.

use std::collections::{BTreeMap, BTreeSet};

use super::syntax::is_module_path;
use super::target::{Object, Target};
use super::{Instance, Mode, Resource, State};

/// A move that cannot be made; the state is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoveError {
    /// Nothing is at the source.
    #[error("cannot move {from}: the state holds nothing at that address")]
    NothingThere {
        /// The source.
        from: String,
    },
    /// Something is at the destination.
    #[error("cannot move to {to}: the state already holds something at that address")]
    Occupied {
        /// The destination.
        to: String,
    },
    /// A module, a resource and an instance cannot become one another.
    #[error("cannot move {from} to {to}: the source is {kind}, so the destination must be {kind} too")]
    Kinds {
        /// The source.
        from: String,
        /// The destination.
        to: String,
        /// What the source is.
        kind: &'static str,
    },
    /// Modules within modules deeper than a state may have them.
    #[error("cannot move {from} to {to}: what is below it would be more than 100 modules deep")]
    TooDeep {
        /// The source.
        from: String,
        /// The destination.
        to: String,
    },
    /// Different resource types.
    #[error("cannot move {from} to {to}: their resource types differ")]
    Types {
        /// The source.
        from: String,
        /// The destination.
        to: String,
    },
    /// A managed resource and a data source.
    #[error("cannot move {from} to {to}: one is managed, the other a data source")]
    Modes {
        /// The source.
        from: String,
        /// The destination.
        to: String,
    },
    /// The destination's resource belongs to another provider configuration.
    #[error("cannot move {from} to {to}: their provider configurations differ")]
    Providers {
        /// The source.
        from: String,
        /// The destination.
        to: String,
    },
}

/// An object whose mark cannot be taken off.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UntaintError {
    /// Nothing is there.
    #[error("there is no resource instance in the state with the address {0}")]
    NothingThere(String),
    /// It is well already.
    #[error("resource instance {0} is not tainted")]
    NotTainted(String),
}

impl State {
    /// Takes the mark off the object at exactly this address.
    ///
    /// # Errors
    /// Nothing is there, or it is not tainted.
    pub fn untaint(&mut self, target: &Target) -> Result<(), UntaintError> {
        let address = target.to_string();
        let mut managed = self.resources.iter_mut().filter(|resource| resource.mode == Mode::Managed);
        let found = managed.find_map(|resource| {
            let name = resource.address();
            resource.instances.iter_mut().find(|instance| instance.address_in(&name) == address)
        });
        match found.map(|instance| std::mem::take(&mut instance.tainted)) {
            Some(true) => Ok(()),
            Some(false) => Err(UntaintError::NotTainted(address)),
            None => Err(UntaintError::NothingThere(address)),
        }
    }

    /// Removes everything that `targets` mean, and answers its addresses as they are listed; deposed objects go with theirs.
    pub fn remove(&mut self, targets: &[Target]) -> Vec<String> {
        let is_meant = |resource: &Resource, instance: &Instance| {
            targets.iter().any(|target| target.contains(resource, instance))
        };
        let listed = self.listed();
        let meant = listed.into_iter().filter(|(resource, instance)| is_meant(resource, instance));
        let mut removed: Vec<String> =
            meant.map(|(resource, instance)| resource.address() + &instance.key()).collect();
        removed.dedup();
        for resource in &mut self.resources {
            let instances = std::mem::take(&mut resource.instances);
            resource.instances =
                instances.into_iter().filter(|instance| !is_meant(resource, instance)).collect();
        }
        if !removed.is_empty() {
            self.resources.retain(|resource| !resource.instances.is_empty());
        }
        removed
    }

    /// Whether the state holds what `target` means.
    pub fn holds(&self, target: &Target) -> bool {
        self.resources
            .iter()
            .any(|resource| resource.instances.iter().any(|instance| target.contains(resource, instance)))
    }

    /// Moves what is at `from` to `to`. Dependencies of other objects follow it; Terraform drops them.
    ///
    /// # Errors
    /// Nothing at `from`, something at `to`, or two addresses that do not go together. The state is as it was then.
    pub fn relocate(&mut self, from: &Target, to: &Target) -> Result<(), MoveError> {
        let before: BTreeSet<String> = self.configurations();
        let renamed = match (&from.object, &to.object) {
            (None, None) => self.relocate_module(from, to)?,
            (Some(source), Some(destination)) => self.relocate_object((from, source), (to, destination))?,
            (None, Some(_)) => return Err(kinds(from, to, "a module")),
            (Some(_), None) => return Err(kinds(from, to, "a resource")),
        };
        let after = self.configurations();
        let gone: BTreeMap<String, String> =
            renamed.into_iter().filter(|(old, _)| before.contains(old) && !after.contains(old)).collect();
        for instance in self.resources.iter_mut().flat_map(|resource| &mut resource.instances) {
            rename_dependencies(instance, &gone);
        }
        Ok(())
    }

    /// Moves a module with all that is below it, and answers the renamed addresses, without instance keys.
    fn relocate_module(&mut self, from: &Target, to: &Target) -> Result<Vec<(String, String)>, MoveError> {
        let (source, destination) =
            (from.module.as_deref().unwrap_or_default(), to.module.as_deref().unwrap_or_default());
        let is_in = |resource: &Resource, module: &str| {
            let rest = resource.module.as_deref().and_then(|of| of.strip_prefix(module));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if !self.resources.iter().any(|resource| is_in(resource, source)) {
            return Err(MoveError::NothingThere { from: from.to_string() });
        }
        if self.resources.iter().any(|resource| is_in(resource, destination)) {
            return Err(MoveError::Occupied { to: to.to_string() });
        }
        let moved = |resource: &Resource| {
            let rest = resource.module.as_deref().and_then(|module| module.strip_prefix(source));
            format!("{destination}{}", rest.unwrap_or_default())
        };
        let mut in_source = self.resources.iter().filter(|resource| is_in(resource, source));
        if in_source.any(|resource| !is_module_path(&moved(resource))) {
            return Err(MoveError::TooDeep { from: from.to_string(), to: to.to_string() });
        }
        let mut renamed = Vec::new();
        for resource in self.resources.iter_mut().filter(|resource| is_in(resource, source)) {
            let old = configuration(resource);
            resource.module = Some(moved(resource));
            renamed.push((old, configuration(resource)));
        }
        Ok(renamed)
    }

    /// Moves a resource or one instance, and answers the renamed address, without instance keys.
    fn relocate_object(
        &mut self,
        (from, source): (&Target, &Object),
        (to, destination): (&Target, &Object),
    ) -> Result<Vec<(String, String)>, MoveError> {
        let names = || (from.to_string(), to.to_string());
        if source.mode != destination.mode {
            let (from, to) = names();
            return Err(MoveError::Modes { from, to });
        }
        if source.resource_type != destination.resource_type {
            let (from, to) = names();
            return Err(MoveError::Types { from, to });
        }
        let Some(resource) = self.resources.iter().find(|resource| from.is_resource(resource)) else {
            return Err(MoveError::NothingThere { from: from.to_string() });
        };
        let is_single = resource.instances.iter().all(|instance| instance.index_key.is_none());
        let renamed = if source.key.is_none() && !is_single {
            self.relocate_resource(from, to, destination)?
        } else {
            self.relocate_instance(from, to, (source, destination))?
        };
        Ok(vec![renamed])
    }

    /// Moves a resource that has several instances.
    fn relocate_resource(
        &mut self,
        from: &Target,
        to: &Target,
        destination: &Object,
    ) -> Result<(String, String), MoveError> {
        if destination.key.is_some() {
            return Err(kinds(from, to, "a whole resource"));
        }
        if self.resources.iter().any(|resource| to.is_resource(resource)) {
            return Err(MoveError::Occupied { to: to.to_string() });
        }
        let Some(resource) = self.resources.iter_mut().find(|resource| from.is_resource(resource)) else {
            return Err(MoveError::NothingThere { from: from.to_string() });
        };
        let old = configuration(resource);
        resource.module.clone_from(&to.module);
        resource.name.clone_from(&destination.name);
        Ok((old, configuration(resource)))
    }

    /// Moves one instance, with its deposed objects.
    fn relocate_instance(
        &mut self,
        from: &Target,
        to: &Target,
        (source, destination): (&Object, &Object),
    ) -> Result<(String, String), MoveError> {
        let is_at = |instance: &Instance, object: &Object| instance.index_key == object.key;
        let occupied = self
            .resources
            .iter()
            .filter(|resource| to.is_resource(resource))
            .any(|resource| resource.instances.iter().any(|instance| is_at(instance, destination)));
        if occupied {
            return Err(MoveError::Occupied { to: to.to_string() });
        }
        let at = self.resources.iter().position(|resource| from.is_resource(resource));
        let Some(resource) = at.and_then(|at| self.resources.get(at)) else {
            return Err(MoveError::NothingThere { from: from.to_string() });
        };
        let (old, provider) = (configuration(resource), resource.provider.clone());
        if !resource.instances.iter().any(|instance| is_at(instance, source)) {
            return Err(MoveError::NothingThere { from: from.to_string() });
        }
        let other = self.resources.iter().find(|resource| to.is_resource(resource));
        if other.is_some_and(|other| other.provider != provider) {
            return Err(MoveError::Providers { from: from.to_string(), to: to.to_string() });
        }
        let mut template = resource.clone();
        template.instances.clear();
        let mut moved = Vec::new();
        for resource in self.resources.iter_mut().filter(|resource| from.is_resource(resource)) {
            let (taken, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut resource.instances)
                .into_iter()
                .partition(|instance| is_at(instance, source));
            resource.instances = kept;
            moved.extend(taken);
        }
        for instance in &mut moved {
            instance.index_key.clone_from(&destination.key);
        }
        self.resources.retain(|resource| !resource.instances.is_empty() || !from.is_resource(resource));
        template.module.clone_from(&to.module);
        template.name.clone_from(&destination.name);
        let new = configuration(&template);
        match self.resources.iter_mut().find(|resource| to.is_resource(resource)) {
            Some(resource) => resource.instances.extend(moved),
            None => self.resources.push(Resource { instances: moved, ..template }),
        }
        Ok((old, new))
    }

    /// The addresses of all resources, without instance keys.
    fn configurations(&self) -> BTreeSet<String> {
        self.resources.iter().map(configuration).collect()
    }
}

fn kinds(from: &Target, to: &Target, kind: &'static str) -> MoveError {
    MoveError::Kinds { from: from.to_string(), to: to.to_string(), kind }
}

/// The address of a resource as dependencies name it: without the instance keys of its modules.
fn configuration(resource: &Resource) -> String {
    without_keys(&resource.address())
}

/// An address without the instance keys of its modules and its own, as dependencies are written.
pub fn without_keys(address: &str) -> String {
    let mut text = String::with_capacity(address.len());
    let mut rest = address;
    while let Some((before, inside)) = rest.split_once('[') {
        text.push_str(before);
        let mut values = serde_json::Deserializer::from_str(inside).into_iter::<serde_json::Value>();
        let _ = values.next();
        rest = inside.get(values.byte_offset()..).and_then(|tail| tail.strip_prefix(']')).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

fn rename_dependencies(instance: &mut Instance, renamed: &BTreeMap<String, String>) {
    let mut is_changed = false;
    for dependency in &mut instance.dependencies {
        if let Some(new) = renamed.get(dependency) {
            dependency.clone_from(new);
            is_changed = true;
        }
    }
    if is_changed {
        instance.dependencies.sort();
        instance.dependencies.dedup();
    }
}

#[cfg(test)]
mod tests;
