//! What a source file declares and names: its modules, its re-exports, and every path of its own crate in it. Code under
//! `#[cfg(test)]` does not count.

use std::collections::BTreeMap;

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, Visibility};

/// A path, word by word: `["crate", "settings", "Settings"]`.
pub(super) type Path = Vec<String>;

/// What one source file says.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// The names of the modules that it declares in files of their own.
    pub children: Vec<String>,
    /// The names that its `use` brings into scope, and what they mean.
    pub names: BTreeMap<String, Path>,
    /// The modules of which it takes everything (`use path::*`).
    pub globs: Vec<Path>,
    /// Every path that it writes, those of `use` among them.
    pub paths: Vec<Path>,
}

impl Imports {
    /// Reads a source text.
    ///
    /// # Errors
    /// It is no Rust.
    pub(super) fn read(text: &str) -> syn::Result<Self> {
        let file = syn::parse_file(text)?;
        let mut imports = Self::default();
        imports.visit_file(&file);
        Ok(imports)
    }

    fn tree(&mut self, tree: &UseTree, mut path: Path) {
        match tree {
            UseTree::Path(step) => {
                path.push(step.ident.to_string());
                self.tree(&step.tree, path);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(tree, path.clone());
                }
            }
            UseTree::Glob(_) => {
                self.globs.push(path.clone());
                self.paths.push(path);
            }
            UseTree::Name(name) => self.name(name.ident.to_string(), name.ident.to_string(), path),
            UseTree::Rename(rename) => self.name(rename.ident.to_string(), rename.rename.to_string(), path),
        }
    }

    fn name(&mut self, name: String, known_as: String, mut path: Path) {
        let known_as = match (name.as_str(), path.last()) {
            ("self", Some(last)) if known_as == "self" => last.clone(),
            _ => known_as,
        };
        if name != "self" {
            path.push(name);
        }
        self.names.insert(known_as, path.clone());
        self.paths.push(path);
    }
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item(&mut self, item: &'ast Item) {
        if !attributes(item).iter().any(is_test) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if module.content.is_none() {
            self.children.push(module.ident.to_string());
        }
        visit::visit_item_mod(self, module);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.tree(&item.tree, Path::new());
    }

    /// Who may see an item is no use of a module.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.paths.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }
}

/// Whether this is `#[cfg(test)]` or `#[cfg(all(test, …))]`, or a test itself.
fn is_test(attribute: &Attribute) -> bool {
    let words = match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => list.tokens.to_string(),
        meta => return meta.path().is_ident("test"),
    };
    words == "test" || words.starts_with("all (test") || words.starts_with("all(test")
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
