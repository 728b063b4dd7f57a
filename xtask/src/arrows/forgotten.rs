//! Source files that no module declares: nothing compiles them, so a test in one is never run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::cargo::root;

/// The forgotten files of every crate of this workspace.
pub(super) fn faults_of_workspace() -> Outcome<Vec<String>> {
    let mut faults = Vec::new();
    let crates = fs::read_dir(root().join("crates"))?.map(|entry| entry.map(|entry| entry.path()));
    for directory in crates.chain([Ok(root().join("xtask"))]) {
        let directory = directory?;
        for folder in ["src", "tests"].map(|name| directory.join(name)) {
            if folder.is_dir() {
                faults.extend(forgotten(&folder)?);
            }
        }
    }
    Ok(faults)
}

/// The files below `folder` that the module above them does not declare. Those directly in it are roots, if cargo takes
/// them for some, or declared by one.
fn forgotten(folder: &Path) -> Outcome<Vec<String>> {
    let files = sources(folder)?;
    let texts: Vec<(PathBuf, String)> =
        files.iter().map(|file| Ok((file.clone(), fs::read_to_string(file)?))).collect::<Outcome<_>>()?;
    let is_root = |file: &Path| {
        file.parent() == Some(folder)
            && (folder.ends_with("tests") || file.ends_with("lib.rs") || file.ends_with("main.rs"))
    };
    let declared: BTreeSet<PathBuf> = texts
        .iter()
        .flat_map(|(file, text)| {
            let below = if is_root(file) || file.ends_with("mod.rs") {
                file.parent().unwrap_or(folder).to_owned()
            } else {
                file.with_extension("")
            };
            declarations(text)
                .flat_map(move |name| [below.join(format!("{name}.rs")), below.join(name).join("mod.rs")])
        })
        .collect();
    let forgotten = files.iter().filter(|file| !is_root(file) && !declared.contains(*file));
    Ok(forgotten.map(|file| format!("{}: no module declares this file", shown(file))).collect())
}

/// The names in lines such as `pub(crate) mod name;`.
fn declarations(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let (before, after) = line.trim().split_once("mod ")?;
        let visibility = before.is_empty() || before.starts_with("pub");
        visibility.then(|| after.strip_suffix(';')).flatten()
    })
}

fn sources(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn shown(file: &Path) -> String {
    file.strip_prefix(root()).unwrap_or(file).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_file_that_nothing_declares() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("src");
        for (file, text) in [
            ("main.rs", "mod one;\npub(crate) mod two;\n// mod four;\n"),
            ("one.rs", "mod within;\n"),
            ("one/within.rs", ""),
            ("two/mod.rs", "mod three;\n"),
            ("two/three.rs", ""),
            ("two/four.rs", "#[test] fn never_run() {}\n"),
        ] {
            let file = source.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let found = forgotten(&source).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].ends_with("two/four.rs: no module declares this file"), "{found:?}");
    }
}
