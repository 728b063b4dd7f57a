//! The messages of Terraform's `-json` stream, version 1.3: one object a line.
//!
//! A message has `@level`, `@message`, `@module`, `@timestamp`, a `type`, and one field more that its type names.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::{Address, Diagnostic, Severity, TERRAFORM_VERSION, diagnostic_json, json};

/// The version of the messages.
const UI: &str = "1.3";

/// One message, without its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    level: &'static str,
    text: String,
    kind: &'static str,
    fields: Map<String, Value>,
}

/// How many resources something concerns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Made.
    pub add: usize,
    /// Changed in place.
    pub change: usize,
    /// Recorded for the first time.
    pub import: usize,
    /// Removed.
    pub remove: usize,
}

/// What is done to an object while a plan is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It is made.
    Create,
    /// It is changed in place.
    Update,
    /// It is removed.
    Delete,
}

/// A deed on one object.
#[derive(Clone, Copy, Debug)]
pub struct Hook<'a> {
    /// Which object.
    pub address: &'a Address,
    /// What is done.
    pub deed: Deed,
    /// Its id, when it has one.
    pub id: Option<&'a str>,
}

impl Message {
    fn new(kind: &'static str, text: String, field: &str, value: Value) -> Self {
        let fields = Map::from_iter([(field.to_owned(), value)]);
        Self { level: "info", text, kind, fields }
    }

    /// The line, without its end. `timestamp` is RFC 3339 with microseconds.
    pub fn to_line(&self, timestamp: &str) -> String {
        let mut fields = self.fields.clone();
        for (name, text) in [
            ("@level", self.level),
            ("@message", self.text.as_str()),
            ("@module", "terraform.ui"),
            ("@timestamp", timestamp),
            ("type", self.kind),
        ] {
            fields.insert(name.to_owned(), Value::from(text));
        }
        fields.sort_keys();
        json::compact(&Value::Object(fields))
    }
}

/// The first message of a stream: who writes it, and Terraform's version as far as the formats go.
pub fn version(underpin: &str) -> Message {
    let mut message =
        Message::new("version", format!("underpin {underpin}"), "terraform", TERRAFORM_VERSION.into());
    message.fields.insert("ui".to_owned(), UI.into());
    message.fields.insert("underpin".to_owned(), underpin.into());
    message
}

/// Something that no other message says.
pub fn log(text: &str) -> Message {
    Message { level: "info", text: text.to_owned(), kind: "log", fields: Map::new() }
}

/// Where a run works, and as whom. Readers of Terraform's stream see a `log`.
pub fn whereabouts(text: &str, place: Value) -> Message {
    Message::new("log", text.to_owned(), "whereabouts", place)
}

/// A step of `init`, with Terraform's code for it.
pub fn init_output(code: &'static str, text: &str) -> Message {
    Message::new("init_output", text.to_owned(), "message_code", code.into())
}

/// Somebody else holds the state lock, and it is waited for.
pub fn state_lock_acquire() -> Message {
    Message { kind: "state_lock_acquire", ..log("Acquiring state lock. This may take a few moments...") }
}

/// An error or a warning.
pub fn diagnostic(finding: &Diagnostic) -> Message {
    let (level, title) = match finding.severity {
        Severity::Error => ("error", "Error"),
        Severity::Warning => ("warn", "Warning"),
    };
    let text = format!("{title}: {}", finding.summary);
    Message { level, ..Message::new("diagnostic", text, "diagnostic", diagnostic_json::finding(finding)) }
}

/// What will happen to a resource: `action` in the words of this stream, why, and the id of an object that is recorded for
/// the first time.
pub fn planned_change(
    address: &Address,
    action: &str,
    reason: Option<&str>,
    importing: Option<&str>,
) -> Message {
    let text = format!("{address}: Plan to {action}");
    let mut change = change(address, action);
    if let Some(fields) = change.as_object_mut() {
        fields.extend(reason.map(|reason| ("reason".to_owned(), reason.into())));
        fields.extend(importing.map(|id| ("importing".to_owned(), json!({ "id": id }))));
    }
    Message::new("planned_change", text, "change", change)
}

/// What happened to a resource outside.
pub fn resource_drift(address: &Address, action: &str) -> Message {
    let text = format!("{address}: Drift detected ({action})");
    Message::new("resource_drift", text, "change", change(address, action))
}

fn change(address: &Address, action: &str) -> Value {
    json!({ "resource": resource(address), "action": action })
}

/// The sentence that counts, and the counts; `operation` is `plan`, `apply` or `destroy`.
pub fn change_summary(text: &str, changes: Changes, operation: &str) -> Message {
    let Changes { add, change, import, remove } = changes;
    let changes = json!({
        "add": add, "change": change, "import": import, "remove": remove, "action_invocation": 0, "operation": operation,
    });
    Message::new("change_summary", text.to_owned(), "changes", changes)
}

/// All outputs, by name: after a plan what happens to each, after an apply type and value.
pub fn outputs(outputs: Map<String, Value>) -> Message {
    Message::new("outputs", format!("Outputs: {}", outputs.len()), "outputs", Value::Object(outputs))
}

/// Who can do more or less after a plan: a message of underpin's own.
pub fn permission_changes(changes: Value) -> Message {
    let count = changes.as_array().map_or(0, Vec::len);
    Message::new("permission_changes", format!("Permission changes: {count}"), "permission_changes", changes)
}

/// A recorded object is being read.
pub fn refresh_start(address: &Address, id: &str) -> Message {
    let text = format!("{address}: Refreshing state... [id={id}]");
    Message::new("refresh_start", text, "hook", read(address, id))
}

/// A recorded object was read.
pub fn refresh_complete(address: &Address, id: &str) -> Message {
    let text = format!("{address}: Refresh complete [id={id}]");
    Message::new("refresh_complete", text, "hook", read(address, id))
}

fn read(address: &Address, id: &str) -> Value {
    json!({ "resource": resource(address), "id_key": "id", "id_value": id })
}

/// A deed begins.
pub fn apply_start(hook: Hook<'_>) -> Message {
    let id = match hook.deed {
        Deed::Create => String::new(),
        _ => hook.id_text(),
    };
    let text = format!("{}: {}...{id}", hook.address, hook.deed.doing());
    Message::new("apply_start", text, "hook", hook.value(hook.deed != Deed::Create, None))
}

/// A deed still runs.
pub fn apply_progress(hook: Hook<'_>, elapsed: Duration) -> Message {
    let (doing, seconds) = (hook.deed.doing().to_lowercase(), elapsed.as_secs());
    let text = format!("{}: Still {doing}... [{seconds}s elapsed]", hook.address);
    Message::new("apply_progress", text, "hook", hook.value(false, Some(elapsed)))
}

/// A deed ended well.
pub fn apply_complete(hook: Hook<'_>, elapsed: Duration) -> Message {
    let id = match hook.deed {
        Deed::Delete => String::new(),
        _ => hook.id_text(),
    };
    let seconds = elapsed.as_secs();
    let text = format!("{}: {} complete after {seconds}s{id}", hook.address, hook.deed.noun());
    Message::new("apply_complete", text, "hook", hook.value(hook.deed != Deed::Delete, Some(elapsed)))
}

/// A deed failed.
pub fn apply_errored(hook: Hook<'_>, elapsed: Duration) -> Message {
    let text = format!("{}: {} errored after {}s", hook.address, hook.deed.noun(), elapsed.as_secs());
    Message::new("apply_errored", text, "hook", hook.value(false, Some(elapsed)))
}

impl Hook<'_> {
    fn id_text(&self) -> String {
        self.id.map(|id| format!(" [id={id}]")).unwrap_or_default()
    }

    fn value(&self, with_id: bool, elapsed: Option<Duration>) -> Value {
        let mut fields = Map::from_iter([
            ("resource".to_owned(), resource(self.address)),
            ("action".to_owned(), self.deed.word().into()),
        ]);
        if let Some(id) = self.id.filter(|_| with_id) {
            fields.insert("id_key".to_owned(), "id".into());
            fields.insert("id_value".to_owned(), id.into());
        }
        fields.extend(elapsed.map(|elapsed| ("elapsed_seconds".to_owned(), elapsed.as_secs().into())));
        Value::Object(fields)
    }
}

impl Deed {
    fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// `Creating`.
    pub fn doing(self) -> &'static str {
        match self {
            Self::Create => "Creating",
            Self::Update => "Modifying",
            Self::Delete => "Destroying",
        }
    }

    /// `Creation`.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Create => "Creation",
            Self::Update => "Modifications",
            Self::Delete => "Destruction",
        }
    }
}

/// A resource of the root module, as hooks and changes name it.
fn resource(address: &Address) -> Value {
    let resource_type = address.resource_type();
    let provider = resource_type.split('_').next().unwrap_or(resource_type);
    json!({
        "addr": address.to_string(),
        "module": "",
        "resource": address.to_string(),
        "implied_provider": provider,
        "resource_type": resource_type,
        "resource_name": address.name(),
        "resource_key": null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: &str = "2026-11-22T05:39:23.231607Z";
    const HEAD: &str = r#"{"@level":"info","@message":"#;
    const RESOURCE: &str = r#"{"addr":"aws_kms_key.main","module":"","resource":"aws_kms_key.main","implied_provider":"aws","resource_type":"aws_kms_key","resource_name":"main","resource_key":null}"#;

    fn expected(message: &str, rest: &str) -> String {
        let rest = rest.replace("RESOURCE", RESOURCE);
        format!(r#"{HEAD}"{message}","@module":"terraform.ui","@timestamp":"{TIME}",{rest}}}"#)
    }

    #[test]
    fn messages_are_terraforms() {
        let address: Address = "aws_kms_key.main".parse().unwrap();
        let hook = |deed, id| Hook { address: &address, deed, id };
        let (create, created) = (hook(Deed::Create, None), hook(Deed::Create, Some("1")));
        let delete = hook(Deed::Delete, Some("1"));
        let seconds = Duration::from_secs;
        let changes = Changes { add: 2, change: 1, import: 0, remove: 2 };
        let plan = "Plan: 2 to add, 1 to change, 2 to destroy.";
        for (message, text, rest) in [
            (
                version("0.1.0"),
                "underpin 0.1.0",
                r#""terraform":"1.15.5","type":"version","ui":"1.3","underpin":"0.1.0""#,
            ),
            (
                planned_change(&address, "replace", Some("cannot_update"), None),
                "aws_kms_key.main: Plan to replace",
                r#""change":{"resource":RESOURCE,"action":"replace","reason":"cannot_update"},"type":"planned_change""#,
            ),
            (
                planned_change(&address, "import", None, Some("1")),
                "aws_kms_key.main: Plan to import",
                r#""change":{"resource":RESOURCE,"action":"import","importing":{"id":"1"}},"type":"planned_change""#,
            ),
            (
                resource_drift(&address, "update"),
                "aws_kms_key.main: Drift detected (update)",
                r#""change":{"resource":RESOURCE,"action":"update"},"type":"resource_drift""#,
            ),
            (
                change_summary(plan, changes, "plan"),
                plan,
                r#""changes":{"add":2,"change":1,"import":0,"remove":2,"action_invocation":0,"operation":"plan"},"type":"change_summary""#,
            ),
            (
                refresh_start(&address, "1"),
                "aws_kms_key.main: Refreshing state... [id=1]",
                r#""hook":{"resource":RESOURCE,"id_key":"id","id_value":"1"},"type":"refresh_start""#,
            ),
            (
                apply_start(create),
                "aws_kms_key.main: Creating...",
                r#""hook":{"resource":RESOURCE,"action":"create"},"type":"apply_start""#,
            ),
            (
                apply_start(delete),
                "aws_kms_key.main: Destroying... [id=1]",
                r#""hook":{"resource":RESOURCE,"action":"delete","id_key":"id","id_value":"1"},"type":"apply_start""#,
            ),
            (
                apply_progress(create, seconds(10)),
                "aws_kms_key.main: Still creating... [10s elapsed]",
                r#""hook":{"resource":RESOURCE,"action":"create","elapsed_seconds":10},"type":"apply_progress""#,
            ),
            (
                apply_complete(created, seconds(22)),
                "aws_kms_key.main: Creation complete after 22s [id=1]",
                r#""hook":{"resource":RESOURCE,"action":"create","id_key":"id","id_value":"1","elapsed_seconds":22},"type":"apply_complete""#,
            ),
            (
                apply_complete(delete, seconds(0)),
                "aws_kms_key.main: Destruction complete after 0s",
                r#""hook":{"resource":RESOURCE,"action":"delete","elapsed_seconds":0},"type":"apply_complete""#,
            ),
            (
                apply_errored(create, seconds(4)),
                "aws_kms_key.main: Creation errored after 4s",
                r#""hook":{"resource":RESOURCE,"action":"create","elapsed_seconds":4},"type":"apply_errored""#,
            ),
            (outputs(Map::new()), "Outputs: 0", r#""outputs":{},"type":"outputs""#),
            (
                state_lock_acquire(),
                "Acquiring state lock. This may take a few moments...",
                r#""type":"state_lock_acquire""#,
            ),
            (log("a\u{1b}[31m\nb"), r"a\u001b[31m\nb", r#""type":"log""#),
        ] {
            assert_eq!(message.to_line(TIME), expected(text, rest));
        }
    }

    #[test]
    fn findings_keep_their_severity() {
        let line = |finding: Diagnostic| diagnostic(&finding).to_line(TIME);
        let error = Diagnostic::error("It failed", "Because.").hint("try again").about("aws_kms_key.main");
        assert_eq!(
            line(error),
            expected(
                "Error: It failed",
                r#""diagnostic":{"severity":"error","summary":"It failed","detail":"Because.\n\ntry again","address":"aws_kms_key.main"},"type":"diagnostic""#
            )
            .replace(r#""info""#, r#""error""#)
        );
        assert!(
            line(Diagnostic::warning("w", "")).starts_with(r#"{"@level":"warn","@message":"Warning: w""#)
        );
    }
}
