//! The modules of one crate: no circle but that of a parent with its own children.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path as FilePath, PathBuf};

use super::imports::{Imports, Path};
use crate::Outcome;
use crate::cargo::root;

/// Which module uses which. A module is named by its path from the root of the crate.
type Arrows = BTreeMap<Path, BTreeSet<Path>>;

/// The circles of every crate of this workspace, the shortest of each knot.
pub(super) fn faults_of_workspace() -> Outcome<Vec<String>> {
    let mut faults = Vec::new();
    for source in sources()? {
        let modules = read(&source)?;
        let place = source.strip_prefix(root())?.display().to_string();
        faults.extend(circles(&arrows(&modules)).iter().map(|circle| sentence(&place, circle)));
    }
    Ok(faults)
}

/// The `src` folders of the workspace.
fn sources() -> Outcome<Vec<PathBuf>> {
    let mut sources = vec![root().join("xtask/src")];
    for entry in fs::read_dir(root().join("crates"))? {
        sources.push(entry?.path().join("src"));
    }
    sources.retain(|source| source.is_dir());
    sources.sort();
    Ok(sources)
}

/// The modules of a crate, from its root along the declarations.
fn read(source: &FilePath) -> Outcome<BTreeMap<Path, Imports>> {
    let mut modules = BTreeMap::new();
    let mut waiting: Vec<(Path, PathBuf, PathBuf)> = ["lib.rs", "main.rs"]
        .map(|name| source.join(name))
        .into_iter()
        .filter(|file| file.exists())
        .map(|file| (Path::new(), file, source.to_owned()))
        .collect();
    while let Some((path, file, directory)) = waiting.pop() {
        let imports = Imports::read(&fs::read_to_string(&file)?)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        for child in &imports.children {
            let beside = directory.join(format!("{child}.rs"));
            let within = directory.join(child);
            let file = if beside.exists() { beside } else { within.join("mod.rs") };
            let child = path.iter().chain([child]).cloned().collect();
            waiting.push((child, file, within));
        }
        modules.insert(path, imports);
    }
    Ok(modules)
}

/// Every use of one module by another. The root stands above all and below all: what it defines itself is the crate's own
/// vocabulary.
fn arrows(modules: &BTreeMap<Path, Imports>) -> Arrows {
    let mut arrows = Arrows::new();
    for (module, imports) in modules {
        if module.is_empty() {
            continue;
        }
        let used = imports.paths.iter().filter_map(|path| target(modules, module, path, 8));
        arrows.insert(module.clone(), used.filter(|used| used != module && !used.is_empty()).collect());
    }
    arrows
}

/// The module of this crate that a path, written in `module`, leads to; re-exports are followed.
fn target(modules: &BTreeMap<Path, Imports>, module: &Path, path: &Path, steps: u8) -> Option<Path> {
    let (first, mut rest) = path.split_first()?;
    let mut at = match first.as_str() {
        "crate" => Path::new(),
        "self" => module.clone(),
        "super" => parent(module)?,
        name => {
            rest = path;
            let child = child(module, name);
            if !modules.contains_key(&child) {
                let meant = modules.get(module)?.names.get(name)?;
                let local = meant.first().is_some_and(|first| is_local(modules, module, first));
                let meant: Path = meant.iter().chain(path.iter().skip(1)).cloned().collect();
                return if local && steps > 0 && meant != *path {
                    target(modules, module, &meant, steps - 1)
                } else {
                    None
                };
            }
            module.clone()
        }
    };
    while let Some((name, remaining)) = rest.split_first() {
        let next = if name == "super" { parent(&at)? } else { child(&at, name) };
        if modules.contains_key(&next) {
            at = next;
            rest = remaining;
            continue;
        }
        return Some(handed_on(modules, &at, rest, steps).unwrap_or(at));
    }
    Some(at)
}

/// Where a module that only hands a name on has it from.
fn handed_on(modules: &BTreeMap<Path, Imports>, module: &Path, rest: &[String], steps: u8) -> Option<Path> {
    let name = rest.first()?;
    let imports = modules.get(module)?;
    let meant = imports.names.get(name)?;
    let further: Path = meant.iter().chain(rest.iter().skip(1)).cloned().collect();
    (steps > 0).then(|| target(modules, module, &further, steps - 1)).flatten()
}

fn is_local(modules: &BTreeMap<Path, Imports>, module: &Path, first: &str) -> bool {
    ["crate", "self", "super"].contains(&first) || modules.contains_key(&child(module, first))
}

fn parent(module: &Path) -> Option<Path> {
    module.split_last().map(|(_, parent)| parent.to_vec())
}

fn child(module: &Path, name: &str) -> Path {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// The shortest circle of each knot that is more than a parent with its own children.
fn circles(arrows: &Arrows) -> Vec<Vec<Path>> {
    let mut seen = BTreeSet::new();
    let mut circles: Vec<Vec<Path>> = Vec::new();
    for start in arrows.keys() {
        if seen.contains(start) {
            continue;
        }
        if let Some(circle) = shortest(arrows, start) {
            seen.extend(knot(arrows, start));
            circles.push(circle);
        }
    }
    circles
}

/// The shortest way from a module back to itself that is no walk between a parent and its children.
fn shortest(arrows: &Arrows, start: &Path) -> Option<Vec<Path>> {
    let mut ways = VecDeque::from([vec![start.clone()]]);
    let mut reached = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in arrows.get(way.last()?).into_iter().flatten() {
            if next == start && !is_family(&way) {
                return Some(way);
            }
            if next != start && reached.insert(next.clone()) {
                ways.push_back(way.iter().cloned().chain([next.clone()]).collect());
            }
        }
    }
    None
}

/// Whether one of these is the parent of all others.
fn is_family(circle: &[Path]) -> bool {
    circle.iter().any(|head| circle.iter().all(|other| other == head || parent(other).as_ref() == Some(head)))
}

/// Everything that reaches a module and is reached from it.
fn knot(arrows: &Arrows, start: &Path) -> BTreeSet<Path> {
    let reachable = |from: &Path| {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![from.clone()];
        while let Some(module) = waiting.pop() {
            for next in arrows.get(&module).into_iter().flatten() {
                if reached.insert(next.clone()) {
                    waiting.push(next.clone());
                }
            }
        }
        reached
    };
    reachable(start).into_iter().filter(|module| reachable(module).contains(start)).collect()
}

fn sentence(place: &str, circle: &[Path]) -> String {
    let names: Vec<String> = circle.iter().chain(circle.first()).map(|module| module.join("::")).collect();
    format!("{place}: a circle of modules: {}", names.join(" -> "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sources: &[(&str, &str)]) -> Vec<String> {
        let modules = sources
            .iter()
            .map(|(path, text)| {
                let path = path.split("::").filter(|word| !word.is_empty()).map(str::to_owned).collect();
                (path, Imports::read(text).unwrap())
            })
            .collect();
        circles(&arrows(&modules)).iter().map(|circle| sentence("x", circle)).collect()
    }

    #[test]
    fn finds_the_shortest_circle_also_through_what_is_handed_on() {
        let sources = [
            ("", "mod a; mod b;"),
            ("a", "pub mod one; mod two; pub use two::Two;"),
            ("a::one", "use crate::b; fn f() { b::g() }"),
            ("a::two", "pub struct Two;"),
            ("b", "pub fn g() { let _ = crate::a::one::X; let _ = crate::a::Two; }"),
        ];
        assert_eq!(found(&sources), ["x: a circle of modules: a::one -> b -> a::one"]);
    }

    #[test]
    fn who_may_see_a_module_is_no_use_of_its_parent() {
        let sources = [
            ("", "mod a;"),
            ("a", "mod b; fn f() { b::c::g() }"),
            ("a::b", "pub(super) mod c; const X: u8 = 1;"),
            ("a::b::c", "pub(in crate::a) fn g() { super::X; }"),
        ];
        assert_eq!(found(&sources), [""; 0]);
    }

    #[test]
    fn a_name_that_a_parent_hands_on_belongs_to_its_child() {
        let sources = [
            ("", "mod a; mod b;"),
            ("a", "mod one; mod two; pub use two::Two;"),
            ("a::one", "use crate::b::g;"),
            ("a::two", ""),
            ("b", "use crate::a::Two; pub fn g(_: Two) {}"),
        ];
        assert_eq!(found(&sources), [""; 0]);
    }

    #[test]
    fn a_parent_and_its_children_are_no_circle_but_siblings_are() {
        let family = [
            ("", "mod a;"),
            ("a", "mod b; use b::X; pub struct Y;"),
            ("a::b", "use super::Y; pub struct X;"),
        ];
        assert_eq!(found(&family), [""; 0]);
        let siblings = [
            ("", "mod a; mod b;"),
            ("a", "fn f(_: &crate::b::B) {} pub struct A;"),
            ("b", "use super::a::A; pub struct B(A);"),
        ];
        assert_eq!(found(&siblings), ["x: a circle of modules: a -> b -> a"]);
    }

    #[test]
    fn tests_do_not_count() {
        let sources = [
            ("", "mod a; mod b;"),
            ("a", "pub struct A;"),
            ("b", "use crate::a::A; #[cfg(test)] mod tests { use crate::b::A; }"),
        ];
        assert_eq!(found(&sources), [""; 0]);
        let sources =
            [("", "mod a; mod b;"), ("a", "#[cfg(test)] use crate::b::B;"), ("b", "use crate::a::A;")];
        assert_eq!(found(&sources), [""; 0]);
    }
}
