//! Actions that stand for all actions, as far as policies can tell them apart.

use std::collections::HashMap;

use crate::pattern::Glob;
use crate::reference::reference;

/// The actions that fit the same patterns; real ones, and such that a policy writes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deeds {
    /// As AWS writes them: `s3:GetObject`.
    pub names: Vec<String>,
    /// Whether they are of KMS, for which a statement without resource is about nothing.
    pub is_kms: bool,
}

/// Actions such that whichever patterns an action fits, some of these fit the same, with the patterns, by index.
///
/// The patterns are as written. `only`: the service that the policies are about; `lacks_resource`: whether some statement has no resource, which is then told apart for
/// KMS. An action that the reference lacks counts where a policy writes it out: AWS may be
/// younger than the reference. So does what is left of a pattern that no known action fits.
pub(super) fn deeds(
    patterns: &[String],
    only: Option<&str>,
    lacks_resource: bool,
) -> Vec<(Deeds, Vec<usize>)> {
    let lower: Vec<String> = patterns.iter().map(|pattern| pattern.to_ascii_lowercase()).collect();
    let globs: Vec<Glob> = lower.iter().map(|pattern| Glob::wildcards(pattern)).collect();
    let mut groups: HashMap<(Vec<usize>, bool), usize> = HashMap::new();
    let mut all: Vec<(Deeds, Vec<usize>)> = Vec::new();
    let mut add = |name: String, fitting: Vec<usize>| {
        let is_kms = lacks_resource && name.starts_with("kms:");
        let index = *groups.entry((fitting.clone(), is_kms)).or_insert_with(|| {
            all.push((Deeds { names: Vec::new(), is_kms }, fitting));
            all.len() - 1
        });
        if let Some((deeds, _)) = all.get_mut(index) {
            deeds.names.push(name);
        }
    };
    let by_service = by_service(&lower);
    let mut services: Vec<&str> = by_service.keys().copied().filter(|service| !service.is_empty()).collect();
    if lacks_resource && !services.contains(&"kms") {
        services.push("kms");
    }
    if let Some(only) = only {
        services = vec![only];
    }
    services.sort_unstable();
    let elsewhere =
        ["ec2", "dynamodb", "lambda", "sqs"].into_iter().find(|service| !services.contains(service));
    let everywhere = by_service.get("").map_or(&[][..], Vec::as_slice);
    if everywhere.iter().any(|index| lower.get(*index).is_some_and(|pattern| pattern != "*")) {
        services = reference().services().to_vec();
    }
    let mut is_known = vec![false; patterns.len()];
    let mut lower_name = String::new();
    for service in services.iter().copied().chain(elsewhere.filter(|_| only.is_none())) {
        let own = by_service.get(service).map_or(&[][..], Vec::as_slice);
        for action in reference().actions(service).into_iter().flatten() {
            lower_name.clear();
            lower_name.extend([service, ":", action.name]);
            lower_name.make_ascii_lowercase();
            let fits = |index: &&usize| globs.get(**index).is_some_and(|glob| glob.matches(&lower_name));
            let mut fitting: Vec<usize> = everywhere.iter().chain(own).filter(fits).copied().collect();
            fitting.sort_unstable();
            fitting
                .iter()
                .for_each(|index| is_known.get_mut(*index).into_iter().for_each(|known| *known = true));
            add(format!("{service}:{}", action.name), fitting);
        }
    }
    for (pattern, known) in patterns.iter().zip(&is_known) {
        if *known || !pattern.contains(':') {
            continue;
        }
        let name = pattern.replace('*', "").replace('?', "x");
        let lower = name.to_ascii_lowercase();
        if only.is_some_and(|only| lower.split(':').next() != Some(only)) {
            continue;
        }
        let fitting =
            globs.iter().enumerate().filter(|(_, glob)| glob.matches(&lower)).map(|(index, _)| index);
        add(name, fitting.collect());
    }
    all
}

/// The patterns by the service they are about; those that may be about any, under the empty name.
fn by_service(patterns: &[String]) -> HashMap<&str, Vec<usize>> {
    let mut by_service: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, pattern) in patterns.iter().enumerate() {
        let service = match pattern.split_once(':') {
            Some((service, _)) if !service.contains(['*', '?']) => service,
            _ => "",
        };
        by_service.entry(service).or_default().push(index);
    }
    by_service
}
