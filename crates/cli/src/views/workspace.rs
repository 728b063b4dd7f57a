//! `workspace list`, and which workspace is selected now.

use crate::text::clean;

/// The names, one a line, the selected one with a star. Ends with a newline.
pub(crate) fn list(names: &[String], selected: &str) -> String {
    let line = |name: &String| format!("{} {}\n", if name == selected { '*' } else { ' ' }, clean(name));
    names.iter().map(line).collect()
}

/// A workspace was made.
pub(crate) fn created(name: &str) -> String {
    format!(
        "Created and switched to workspace \"{name}\"!\n\nYou're now on a new, empty workspace. Workspaces isolate their state,\n\
         so if you run \"underpin plan\" underpin will not see any existing state\nfor this configuration."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_one_is_marked() {
        let names = ["default".to_owned(), "w\u{1b}".to_owned()];
        assert_eq!(list(&names, "default"), "* default\n  w\u{fffd}\n");
        assert_eq!(list(&names, "gone"), "  default\n  w\u{fffd}\n");
    }
}
