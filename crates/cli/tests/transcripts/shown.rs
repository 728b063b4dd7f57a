//! What a document shows of a run: commands, and what each prints.

use crate::screens::common::settled;

/// A command as it is typed in a document, and what the document says that it prints.
pub(super) struct Shown {
    /// Without `$ underpin`.
    pub arguments: Vec<String>,
    printed: String,
}

impl Shown {
    /// The commands of underpin in a document that are shown with what they print, in order.
    pub(super) fn all(document: &str) -> Vec<Self> {
        let blocks = document.split("\n```").skip(1).step_by(2);
        let body = |block: &str| block.split_once('\n').map(|(_, body)| body.replace("\\\n", "")).unwrap();
        let shown = blocks.flat_map(|block| Self::of_block(&body(block)));
        shown.filter(|shown| !shown.printed.trim().is_empty()).collect()
    }

    fn of_block(block: &str) -> Vec<Self> {
        let mut commands: Vec<Self> = Vec::new();
        for line in block.lines() {
            if let Some(typed) = line.strip_prefix("$ ") {
                let arguments = typed.strip_prefix("underpin ").map(|typed| shlex::split(typed).unwrap());
                commands.push(Self { arguments: arguments.unwrap_or_default(), printed: String::new() });
            } else if let Some(last) = commands.last_mut() {
                last.printed.push_str(&format!("{line}\n"));
            }
        }
        commands.retain(|command| !command.arguments.is_empty());
        commands
    }

    /// Fails where this was not printed: line by line, with whatever else in place of a line `…`, or of `…` at its end.
    pub(super) fn assert_printed(&self, printed: &str) {
        let (shown, mut rest) = (lines(&self.printed), lines(printed));
        let mut skips = false;
        for line in shown {
            if line.trim() == "…" {
                skips = true;
                continue;
            }
            let is_line = |other: &String| match line.strip_suffix('…') {
                Some(begin) => other.starts_with(begin),
                None => *other == line,
            };
            let at = rest.iter().position(is_line).filter(|at| skips || *at == 0);
            let Some(at) = at else {
                panic!("{:?} does not print\n{line}\nbut\n{}", self.arguments, rest.join("\n"));
            };
            rest.drain(..=at);
            skips = false;
        }
        assert!(skips || rest.is_empty(), "{:?} prints more:\n{}", self.arguments, rest.join("\n"));
    }
}

/// The lines of a text, without what is another in each run: what is drawn, and how long something took.
fn lines(text: &str) -> Vec<String> {
    let even = |line: &str| match line.split_once(" complete after ") {
        Some((before, _)) => before.to_owned(),
        None => line.trim_end().to_owned(),
    };
    settled(text.trim()).lines().map(even).collect()
}
