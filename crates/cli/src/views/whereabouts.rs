//! Where a plan is for, and whose credentials it uses: the top of every plan, and a part of every question.

use engine::Basis;
use serde_json::json;
use terraform::ui_stream::{self, Message};

use super::palette::{Label, Palette};
use crate::text::{clean, padded};

/// The widest label, and the gap behind it.
const LABEL: usize = 11;

/// Where and who.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Whereabouts {
    /// The account's id.
    pub account: String,
    /// Its alias, where it may be listed.
    pub alias: Option<String>,
    /// The ARN of the caller.
    pub caller: Option<String>,
    /// The region of the regional resources.
    pub region: String,
    /// Where the state lives; `None` when neither state nor AWS was looked at.
    pub state: Option<String>,
    /// Whether the state is a file, which runs elsewhere do not see.
    pub is_local: bool,
    /// The workspace.
    pub workspace: String,
    /// The profile in use, where one is named.
    pub profile: Option<String>,
}

impl Whereabouts {
    /// What a saved plan says about it.
    pub(crate) fn of(basis: &Basis) -> Self {
        Self {
            account: basis.account_id.clone(),
            alias: None,
            caller: basis.caller.clone(),
            region: basis.region.clone(),
            state: (!basis.offline).then(|| basis.state.clone()),
            is_local: !basis.offline && !basis.state.starts_with("s3://"),
            workspace: basis.workspace.clone(),
            profile: basis.profile.clone(),
        }
    }

    /// One line each, and an empty line.
    pub(crate) fn render(&self, palette: Palette) -> String {
        let alias = self.alias.as_deref().map(|alias| format!(" ({alias})")).unwrap_or_default();
        let caller = self.caller.as_deref().map(|caller| format!(", as {caller}")).unwrap_or_default();
        let line = |label: &str, value: &str| {
            format!("{}{}\n", palette.paint(Label::Faint, &padded(label, LABEL)), clean(value))
        };
        let mut text = line("Account", &format!("{}{alias}{caller}", self.account));
        text.push_str(&line("Region", &self.region));
        match &self.state {
            Some(state) => {
                let local = if self.is_local { " (local: runs elsewhere do not see it)" } else { "" };
                text.push_str(&line("State", &format!("{state}{local}")));
                text.push_str(&line("Workspace", &self.workspace));
            }
            None => text.push_str(&line("State", "none was read (-offline)")),
        }
        if let Some(profile) = &self.profile {
            text.push_str(&line("Profile", profile));
        }
        text.push('\n');
        text
    }

    /// The same as a message.
    pub(crate) fn message(&self) -> Message {
        let fields = json!({
            "account_id": self.account, "account_alias": self.alias, "caller_arn": self.caller, "region": self.region,
            "state": self.state, "workspace": self.workspace, "profile": self.profile,
        });
        ui_stream::whereabouts(&self.sentence(), fields)
    }

    /// The same as a line of a question.
    pub(crate) fn sentence(&self) -> String {
        let alias = self.alias.as_deref().map(|alias| format!(" ({alias})")).unwrap_or_default();
        let state = self.state.as_deref().unwrap_or("none");
        clean(&format!(
            "Account {}{alias}, region {}, state {state}, workspace {}.",
            self.account, self.region, self.workspace
        ))
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn where_and_who() {
        let all = Whereabouts {
            account: "123456789012".to_owned(),
            alias: Some("artos".to_owned()),
            caller: Some("arn:aws:iam::123456789012:user/ci\u{1b}[2J".to_owned()),
            region: "us-east-1".to_owned(),
            state: Some("s3://bucket/key".to_owned()),
            is_local: false,
            workspace: "default".to_owned(),
            profile: Some("platform".to_owned()),
        };
        assert_snapshot!(all.render(Palette::PLAIN), @r"
        Account    123456789012 (artos), as arn:aws:iam::123456789012:user/ci�[2J
        Region     us-east-1
        State      s3://bucket/key
        Workspace  default
        Profile    platform
        ");
        let offline = Whereabouts { alias: None, caller: None, state: None, profile: None, ..all };
        assert_snapshot!(offline.render(Palette::PLAIN), @r"
        Account    123456789012
        Region     us-east-1
        State      none was read (-offline)
        ");
    }
}
