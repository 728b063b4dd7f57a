//! Who gains and who loses which permission by a plan: key policy, trusts, attachments, inline policies, bucket policy.

use std::collections::BTreeMap;

use engine::{Action, Change, Plan};
use foundation::kinds;
use policy::{Attachment, Element, Kind, PermissionChange, Policy, Scope, difference};
use terraform::{Attributes, Value};

use super::name::managed_policy;
use super::value::bare;
use crate::text::wrap_hanging;
use crate::views::palette::{Label, Palette};

/// One sentence about a permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Whether someone can do more than before.
    pub widens: bool,
    /// `eks.amazonaws.com gains kms:Decrypt`.
    pub text: String,
}

/// What is protected by a policy, or acts under one: a heading of the block.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Key(String),
    Role(String),
    Bucket(String),
}

/// The block "Permissions" of a plan; empty when nobody gains or loses any.
pub fn block(plan: &Plan, palette: Palette, width: Option<usize>) -> String {
    let mut subjects: BTreeMap<Subject, Vec<Sentence>> = BTreeMap::new();
    for change in &plan.changes {
        if let Some((subject, sentences)) = of_change(change) {
            subjects.entry(subject).or_default().extend(sentences);
        }
    }
    subjects.retain(|_, sentences| !sentences.is_empty());
    if subjects.is_empty() {
        return String::new();
    }
    let mut text =
        format!("{}\n", palette.paint(Label::Strong, "Permissions (+ someone can do more, - less):"));
    for (subject, sentences) in &subjects {
        text.push_str(&format!("\n  {}\n", subject.heading()));
        for sentence in sentences {
            text.push_str(&line(sentence, 4, palette, width));
        }
    }
    text.push('\n');
    text
}

/// What a change of one policy text means; `None` when one of them cannot be read as a policy.
pub fn of_policies(kind: Kind, before: Option<&Value>, after: Option<&Value>) -> Option<Vec<Sentence>> {
    let read = |value: Option<&Value>| match value.and_then(Value::as_str) {
        Some(text) => Policy::parse(text).map(Some),
        None => Ok(None),
    };
    let (before, after) = (read(before).ok()?, read(after).ok()?);
    let changes = difference(before.as_ref(), after.as_ref(), Attachment::to(kind));
    Some(changes.into_iter().map(sentence).collect())
}

/// One sentence on lines of its own, with its sign, indented.
pub fn line(sentence: &Sentence, indent: usize, palette: Palette, width: Option<usize>) -> String {
    let (sign, label) = if sentence.widens { ("+", Label::Add) } else { ("-", Label::Remove) };
    let text = wrap_hanging(&sentence.text, indent + 2, width);
    format!("{:indent$}{} {text}\n", "", palette.paint(label, sign))
}

impl Subject {
    fn heading(&self) -> String {
        match self {
            Self::Key(name) => format!("Key {name}"),
            Self::Role(name) => format!("Role {name}"),
            Self::Bucket(name) => format!("Bucket {name}"),
        }
    }
}

fn of_change(change: &Change) -> Option<(Subject, Vec<Sentence>)> {
    let stays = change.retain && change.action == Action::Delete;
    if stays || matches!(change.action, Action::NoOp | Action::Retain | Action::Forget) {
        return None;
    }
    let (before, after) = (before(change), change.after.as_ref());
    let text = |name: &str| {
        let of = |attributes: Option<&Attributes>| attributes?.get(name)?.as_str().map(bare);
        of(after).or_else(|| of(before))
    };
    Some(match change.address.resource_type() {
        "aws_kms_key" => (Subject::Key(change.address.to_string()), of_attribute(change, "policy", "")),
        "aws_s3_bucket_policy" => (Subject::Bucket(text("bucket")?), of_attribute(change, "policy", "")),
        "aws_iam_role" => {
            let mut sentences = of_attribute(change, "assume_role_policy", "");
            sentences.extend(of_removed_policies(change));
            (Subject::Role(text("name")?), sentences)
        }
        "aws_iam_role_policy" => {
            let source = format!(" (inline policy {})", text("name")?);
            (Subject::Role(text("role")?), of_attribute(change, "policy", &source))
        }
        "aws_iam_role_policy_attachment" => (Subject::Role(text("role")?), of_attachment(change)),
        _ => return None,
    })
}

/// The object that a change ends; a retained one that is replaced stays as it is.
fn before(change: &Change) -> Option<&Attributes> {
    change.before.as_ref().filter(|_| !(change.retain && change.action == Action::Replace))
}

fn of_attribute(change: &Change, name: &str, source: &str) -> Vec<Sentence> {
    let value =
        |attributes: Option<&Attributes>| attributes.and_then(|attributes| attributes.get(name).cloned());
    let (before, after) = (value(before(change)), value(change.after.as_ref()));
    let schema = kinds::schema_of(change.address.resource_type());
    let kind = schema.and_then(|schema| schema.policies().find(|(attribute, _)| attribute.name == name));
    let Some((_, kind)) = kind else { return Vec::new() };
    match of_policies(kind, before.as_ref(), after.as_ref()) {
        Some(sentences) => sentences
            .into_iter()
            .map(|sentence| Sentence { text: format!("{}{source}", sentence.text), ..sentence })
            .collect(),
        None => vec![Sentence {
            widens: true,
            text: "the policy there is now cannot be read, so what its replacement changes is not known"
                .to_owned(),
        }],
    }
}

fn of_removed_policies(change: &Change) -> Vec<Sentence> {
    foreign_policies(change)
        .into_iter()
        .map(|policy| Sentence { widens: false, text: format!("loses all of the {policy}") })
        .collect()
}

/// The policies that somebody else gave a role with `exclusive_role_policies`, which the plan takes away:
/// `managed policy AdministratorAccess`, `inline policy backdoor`.
pub fn foreign_policies(change: &Change) -> Vec<String> {
    let items = |attributes: Option<&Attributes>, name: &str| -> Vec<String> {
        let list =
            attributes.and_then(|attributes| attributes.get(name)?.as_array().cloned()).unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(bare).collect()
    };
    let foreign = |name: &'static str| -> Vec<String> {
        if !change.differences.iter().any(|difference| difference == name) {
            return Vec::new();
        }
        let ours = items(change.after.as_ref(), name);
        items(change.before.as_ref(), name).into_iter().filter(|item| !ours.contains(item)).collect()
    };
    let managed = foreign("managed_policy_arns")
        .into_iter()
        .map(|arn| format!("managed policy {}", managed_policy(&arn)));
    let inline = foreign("inline_policy_names").into_iter().map(|name| format!("inline policy {name}"));
    managed.chain(inline).collect()
}

fn of_attachment(change: &Change) -> Vec<Sentence> {
    let policy = |attributes: &Option<Attributes>| {
        let arn = attributes.as_ref()?.get("policy_arn")?.as_str()?;
        Some(managed_policy(&bare(arn)).to_owned())
    };
    let (before, after) = (policy(&change.before), policy(&change.after));
    if before == after {
        return Vec::new();
    }
    let lost = before.map(|name| (false, format!("loses all of the managed policy {name}")));
    let gained = after.map(|name| (true, format!("gains all of the managed policy {name}")));
    lost.into_iter().chain(gained).map(|(widens, text)| Sentence { widens, text }).collect()
}

/// `on *` says nothing in a policy that belongs to one thing.
fn sentence(mut change: PermissionChange) -> Sentence {
    if change.scope.principals.is_some() {
        without_everything(&mut change.scope);
        change.kept.iter_mut().for_each(without_everything);
    }
    Sentence { widens: change.widens(), text: bare(&change.to_string()) }
}

fn without_everything(scope: &mut Scope) {
    let everything = |resources: &Element<String>| *resources == Element::Only(vec!["*".to_owned()]);
    scope.resources = scope.resources.take().filter(|resources| !everything(resources));
}
