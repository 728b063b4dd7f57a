//! Tags that the settings leave to others: as if they were not there.

use foundation::settings::IgnoredTags;
use terraform::{Attributes, State, Value};

use crate::observation::{Observation, Observed};

/// The attributes that hold tags.
const TAGS: [&str; 2] = ["tags", "tags_all"];

/// The objects without what is left to others.
pub(super) fn observed(observation: &Observation, ignored: &IgnoredTags) -> Observation {
    let mut observation = observation.clone();
    for observed in observation.objects.values_mut() {
        if let Observed::Recorded(attributes) | Observed::Unrecorded(attributes) = observed {
            leave(attributes, ignored);
        }
    }
    observation
}

/// The state without what is left to others.
pub(super) fn recorded(state: &State, ignored: &IgnoredTags) -> State {
    let mut state = state.clone();
    let instances = state.resources.iter_mut().flat_map(|resource| &mut resource.instances);
    instances.for_each(|instance| leave(&mut instance.attributes, ignored));
    state
}

fn leave(attributes: &mut Attributes, ignored: &IgnoredTags) {
    for name in TAGS {
        if let Some(tags) = attributes.get_mut(name).and_then(Value::as_object_mut) {
            tags.retain(|key, _| !ignored.ignores(key));
        }
    }
}
