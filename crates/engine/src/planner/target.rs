//! `-target`.

use std::collections::BTreeSet;

use terraform::Address;

use super::Options;
use crate::plan::{Change, Goal};

/// Leaves only the targets and what they need; when destroying, the targets and what needs them.
pub(super) fn target(changes: &mut Vec<Change>, options: &Options) {
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
