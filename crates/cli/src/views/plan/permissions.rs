//! Who gains and who loses which permission by a plan, in lines.

use engine::permissions::{self, Permission, Sign, Subject};
use engine::{Change, Plan};
use foundation::{Power, kinds};
use policy::{Attachment, Kind, Mark};
use terraform::{Attributes, Value};

use super::name::managed_policy;
use super::value::bare;
use crate::text::{one_line, wrap_hanging};
use crate::views::palette::{Label, Palette};

/// One sentence about a permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Whether someone can do more than before.
    pub sign: Sign,
    /// What is dangerous about it.
    pub marks: Vec<Mark>,
    /// `eks.amazonaws.com gains kms:Decrypt`.
    pub text: String,
}

/// The block "Permissions" of a plan; empty when nobody gains or loses any.
pub(super) fn block(plan: &Plan, palette: Palette, width: Option<usize>) -> String {
    let all = permissions::permissions(plan);
    if all.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "{}\n",
        palette.paint(Label::Strong, "Permissions (+ someone can do more, - less, ~ otherwise):")
    );
    for (subject, sentences) in by_subject(&all) {
        text.push_str(&format!("\n  {}\n", heading(subject)));
        for sentence in sentences {
            text.push_str(&line(&sentence, 4, palette, width));
        }
    }
    text.push('\n');
    text
}

/// The sentences under their headings; what is marked comes first.
fn by_subject(all: &[Permission]) -> Vec<(&Subject, Vec<Sentence>)> {
    let mut subjects: Vec<(&Subject, Vec<Sentence>)> = Vec::new();
    for permission in all {
        let sentence = Sentence::of(permission);
        match subjects.last_mut() {
            Some((subject, sentences)) if **subject == permission.subject => sentences.push(sentence),
            _ => subjects.push((&permission.subject, vec![sentence])),
        }
    }
    let worst = |sentences: &[Sentence]| {
        let reaches_out = |mark: &Mark| matches!(mark, Mark::Public | Mark::Account);
        !sentences.iter().any(|sentence| sentence.marks.iter().any(reaches_out))
    };
    subjects.sort_by_key(|(_, sentences)| worst(sentences));
    subjects
}

/// What a change of one policy text means; `None` when one of them cannot be read as a policy.
pub(super) fn of_policies(
    kind: Kind,
    before: Option<&Value>,
    after: Option<&Value>,
) -> Option<Vec<Sentence>> {
    let changes = permissions::of_policies(before, after, Attachment::to(kind))?;
    let lines = permissions::lines(changes);
    Some(lines.into_iter().map(|(sign, marks, text)| Sentence { sign, marks, text: shown(&text) }).collect())
}

/// One sentence on lines of its own, with its sign, indented. What widens is never green.
pub(super) fn line(sentence: &Sentence, indent: usize, palette: Palette, width: Option<usize>) -> String {
    let (sign, label) = match (sentence.sign, sentence.marks.is_empty()) {
        (Sign::Gain, true) => ("+", Label::Change),
        (Sign::Gain, false) => ("+", Label::Remove),
        (Sign::Both, true) => ("~", Label::Change),
        (Sign::Both, false) => ("~", Label::Remove),
        (Sign::Loss, _) => ("-", Label::Keep),
    };
    let marks: Vec<&str> = sentence.marks.iter().map(|mark| meaning(*mark)).collect();
    let marks = if marks.is_empty() { String::new() } else { format!("[{}] ", marks.join(", ")) };
    let text = wrap_hanging(&format!("{marks}{}", sentence.text), indent + 2, width);
    format!("{:indent$}{} {text}\n", "", palette.paint(label, sign))
}

/// What a mark means to who reads a plan.
fn meaning(mark: Mark) -> &'static str {
    match mark {
        Mark::Public => "everyone",
        Mark::Account => "another account",
        Mark::Wildcard => "all actions",
        Mark::Escalation => "can give itself more",
        Mark::SelfChange => "can change this policy",
        Mark::Foreign => "somebody else's",
        Mark::Protection => "can delete logs",
    }
}

fn heading(subject: &Subject) -> String {
    match subject {
        Subject::Key(name) => format!("Key {}", shown(name)),
        Subject::Role(name) => format!("Role {}", shown(name)),
        Subject::Policy(name) => format!("Policy {}", shown(name)),
        Subject::Bucket(name) => format!("Bucket {}", shown(name)),
        Subject::Trail(name) => format!("Trail {}", shown(name)),
        Subject::Topic(arn) => format!("Topic {}", shown(arn)),
    }
}

impl Sentence {
    fn of(permission: &Permission) -> Self {
        Self { sign: permission.sign, marks: permission.marks.clone(), text: shown(&permission.sentence) }
    }
}

/// A text of a policy's on one line, with nothing in it that could be taken for words of ours.
fn shown(text: &str) -> String {
    bare(&one_line(text))
}

/// The policies that somebody else gave a role with `exclusive_role_policies`, which the plan takes away:
/// `managed policy AdministratorAccess`, `inline policy backdoor`.
pub(super) fn foreign_policies(change: &Change) -> Vec<String> {
    let Some(schema) = kinds::schema_of(change.address.resource_type()) else { return Vec::new() };
    let items = |attributes: Option<&Attributes>, name: &str| -> Vec<String> {
        let list =
            attributes.and_then(|attributes| attributes.get(name)?.as_array().cloned()).unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(shown).collect()
    };
    let differs = |name: &str| change.differences.iter().any(|difference| difference == name);
    let taken_away = schema.powers().filter_map(|(attribute, power)| match power {
        Power::OnlyManaged => Some((attribute.name, "managed policy")),
        Power::OnlyInline => Some((attribute.name, "inline policy")),
        _ => None,
    });
    let taken_away = taken_away.filter(|(name, _)| differs(name)).flat_map(|(name, noun)| {
        let ours = items(change.after.as_ref(), name);
        let foreign =
            items(change.before.as_ref(), name).into_iter().filter(move |item| !ours.contains(item));
        foreign.map(move |item| format!("{noun} {}", managed_policy(&item)))
    });
    taken_away.collect()
}
