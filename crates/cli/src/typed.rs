//! Our commands as they have to be typed where the user stands: with the directory, the workspace and the settings of this
//! run. Every command that is printed goes through here.

use std::borrow::Cow;
use std::path::Path;

use terraform::Diagnostic;

use crate::text::OURS;

/// The commands that read settings, by their words; a word that takes another one stands with it.
const WITH_SETTINGS: [&str; 9] = [
    "plan",
    "apply",
    "destroy",
    "adopt",
    "doctor",
    "validate",
    "export terraform",
    "export ssm",
    "monitoring test",
];

/// What stands before and after the words of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Typed {
    /// `underpin`, `TF_WORKSPACE=ci underpin -chdir=live`.
    program: String,
    /// `-var-file=prod.tfvars`, of commands that read settings.
    settings: String,
}

impl Default for Typed {
    fn default() -> Self {
        Self { program: "underpin".to_owned(), settings: String::new() }
    }
}

impl Typed {
    /// Commands of a run that `-chdir` led elsewhere, `TF_WORKSPACE` gave a workspace, and these flags settings.
    pub(crate) fn new(directory: Option<&Path>, workspace: Option<&str>, settings: &[String]) -> Self {
        let workspace = workspace.filter(|name| !name.is_empty());
        let workspace = workspace.map(|name| format!("TF_WORKSPACE={} ", quoted(name))).unwrap_or_default();
        let directory = directory.map(|path| format!(" -chdir={}", quoted(&path.to_string_lossy())));
        let settings: Vec<String> = settings.iter().map(|flag| quoted_flag(flag)).collect();
        Self {
            program: format!("{workspace}underpin{}", directory.unwrap_or_default()),
            settings: settings.join(" "),
        }
    }

    /// How underpin is called, before the words of a command.
    pub(crate) fn program(&self) -> &str {
        &self.program
    }

    /// The same before these words. Where the environment selects a workspace, no command can select another.
    fn program_of(&self, words: &str) -> Cow<'_, str> {
        match self.program.split_once(' ') {
            Some((variable, rest)) if words == "workspace" && variable.starts_with("TF_WORKSPACE=") => {
                format!("TF_WORKSPACE= {rest}").into()
            }
            _ => Cow::Borrowed(&self.program),
        }
    }

    /// A text of ours with every command in it as it has to be typed.
    pub(crate) fn here<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if *self == Self::default() {
            return Cow::Borrowed(text);
        }
        let mut typed = String::with_capacity(text.len() + self.program.len());
        let mut rest = text;
        while let Some(at) = rest.find("underpin ") {
            let (before, found) = rest.split_at(at);
            typed.push_str(before);
            let begins_word =
                before.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && !"/-_=".contains(c));
            let words = begins_word.then(|| words(found)).flatten();
            let Some(words) = words else {
                typed.push_str("underpin ");
                rest = found.get("underpin ".len()..).unwrap_or_default();
                continue;
            };
            typed.push_str(&format!("{} {words}", self.program_of(words)));
            rest = found.get("underpin ".len() + words.len()..).unwrap_or_default();
            let is_saved = words == "apply" && rest.starts_with(" \"");
            if WITH_SETTINGS.contains(&words) && !self.settings.is_empty() && !is_saved {
                typed.push_str(&format!(" {}", self.settings));
            }
        }
        typed.push_str(rest);
        Cow::Owned(typed)
    }

    /// Findings whose hints can be typed.
    pub(crate) fn findings(&self, mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        for hint in findings.iter_mut().filter_map(|finding| finding.hint.as_mut()) {
            *hint = self.here(hint).into_owned();
        }
        findings
    }
}

/// The words of the command that a text begins with: `underpin state list` has `state list`.
fn words(text: &str) -> Option<&str> {
    let text = text.strip_prefix("underpin ")?;
    let end = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(text.len());
    let first = text.get(..end(text)).filter(|word| OURS.contains(word))?;
    let more =
        text.get(first.len()..)?.strip_prefix(' ').map(|rest| rest.get(..end(rest)).unwrap_or_default());
    let both = more.and_then(|more| text.get(..first.len() + 1 + more.len()));
    both.filter(|both| WITH_SETTINGS.contains(both)).or(Some(first))
}

/// A flag as a shell reads it back: what has to be quoted is its value.
fn quoted_flag(flag: &str) -> String {
    match flag.split_once('=') {
        Some((name, value)) => format!("{name}={}", quoted(value)),
        None => quoted(flag),
    }
}

/// A text that a shell reads back as one word, whatever is in it. What cannot stand in a command (NUL) is left out.
pub(crate) fn quoted(text: &str) -> String {
    let text: Cow<'_, str> = if text.contains('\0') { text.replace('\0', "").into() } else { text.into() };
    shlex::try_quote(&text).map_or_else(|_| String::new(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_typed_where_the_user_stands() {
        let settings = ["-var-file=../my prod.tfvars".to_owned(), "-var=tags={a=\"b\"}".to_owned()];
        let typed = Typed::new(Some(Path::new("live")), Some("ci"), &settings);
        let (program, given) =
            ("TF_WORKSPACE=ci underpin -chdir=live", "-var-file='../my prod.tfvars' -var='tags={a=\"b\"}'");
        for (text, expected) in [
            ("underpin plan", format!("{program} plan {given}")),
            ("then: underpin apply -refresh-only", format!("then: {program} apply {given} -refresh-only")),
            ("underpin state list", format!("{program} state list")),
            (
                "underpin workspace select a",
                "TF_WORKSPACE= underpin -chdir=live workspace select a".to_owned(),
            ),
            ("underpin monitoring test.", format!("{program} monitoring test {given}.")),
            ("    underpin apply \"p.plan\"", format!("    {program} apply \"p.plan\"")),
            (
                "Run underpin apply again: underpin finds it",
                format!("Run {program} apply {given} again: underpin finds it"),
            ),
            ("underpin will remove it", "underpin will remove it".to_owned()),
            ("the tag underpin:deployment", "the tag underpin:deployment".to_owned()),
            ("not-underpin plan", "not-underpin plan".to_owned()),
        ] {
            assert_eq!(typed.here(text), expected, "{text}");
        }
        assert!(matches!(Typed::new(None, None, &[]).here("underpin plan"), Cow::Borrowed("underpin plan")));
        assert_eq!(Typed::new(None, Some(""), &[]), Typed::default());
    }

    #[test]
    fn a_shell_reads_the_same_word_back() {
        for text in ["", "x", "module.m[\"it's\"].x.y", "'; rm -rf ~ '", "a\\", "$(ls)", "a b", "#x", "ä"] {
            assert_eq!(shlex::split(&quoted(text)), Some(vec![text.to_owned()]), "{text}");
        }
        assert_eq!(quoted("aws_kms_key.main"), "aws_kms_key.main");
        assert_eq!(quoted("a\0b"), "ab");
    }
}
