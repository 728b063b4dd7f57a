//! Many requests at once: one a line in, one decision a line out, in the same order.

use std::collections::HashMap;
use std::io::{self, BufRead};
use std::sync::Arc;
use std::thread;

use policy::{Decision, Missing, Policies, Policy, Prepared, Request, Verdict, evaluate, missing};
use serde_json::{Map, Value, json};
use terraform::similar;

use super::action::action;
use super::principal::{account_of, principal};
use super::spans::{elements, entries};
use crate::views::policy::missing_value;

/// How the requests went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// How many were denied.
    pub denied: usize,
    /// How many could not be read.
    pub unreadable: usize,
}

/// Decides requests and hands on the lines of answers, in order.
///
/// While some are decided, the next are read and the answers before handed on.
///
/// # Errors
/// The source cannot be read.
pub(super) fn answer_all(mut source: impl BufRead, mut write: impl FnMut(&str)) -> io::Result<Count> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let mut caches: Vec<Cache> = (0..workers).map(|_| Cache::default()).collect();
    let mut count = Count::default();
    let mut hand_on = |answers: Vec<(String, Count)>| {
        for (text, part) in answers {
            write(&text);
            count.denied += part.denied;
            count.unreadable += part.unreadable;
        }
    };
    let mut current = block(&mut source)?;
    let mut answered = Vec::new();
    while !current.is_empty() {
        let (answers, next) = thread::scope(|scope| {
            let deciding = deciding(scope, &current, &mut caches);
            hand_on(std::mem::take(&mut answered));
            let next = block(&mut source);
            let answers = deciding.into_iter().map(joined).collect();
            (answers, next)
        });
        answered = answers;
        current = match next {
            Ok(next) => next,
            Err(error) => {
                hand_on(answered);
                return Err(error);
            }
        };
    }
    hand_on(answered);
    Ok(count)
}

/// The answers of a thread; where that came to grief so does this one, for no line may be lost without a word.
fn joined<T>(part: thread::ScopedJoinHandle<'_, T>) -> T {
    part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Some lines, about as many as are worth several threads.
fn block(source: &mut impl BufRead) -> io::Result<Vec<u8>> {
    const BYTES: usize = 4 << 20;
    let mut block = Vec::new();
    while block.len() < BYTES && source.read_until(b'\n', &mut block)? > 0 {}
    Ok(block)
}

/// Begins to decide the lines of a block, a part in each thread.
fn deciding<'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    block: &'scope [u8],
    caches: &'scope mut [Cache],
) -> Vec<thread::ScopedJoinHandle<'scope, (String, Count)>> {
    let lines = block.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let lines: Vec<&[u8]> = lines.filter(|line| !line.is_empty()).collect();
    let share = lines.len().div_ceil(caches.len().max(1)).max(1);
    let part = |lines: Vec<&[u8]>, cache: &mut Cache| {
        let (mut text, mut count) = (String::new(), Count::default());
        for line in lines {
            cache.answer(line, &mut text, &mut count);
        }
        (text, count)
    };
    let chunks = lines.chunks(share).map(<[&[u8]]>::to_vec);
    chunks.zip(caches).map(|(lines, cache)| scope.spawn(move || part(lines, cache))).collect()
}

type Shared<T> = Result<Arc<T>, String>;

/// Policies that were read already, by their text.
#[derive(Default)]
struct Cache {
    lists: HashMap<String, Shared<Vec<Prepared>>>,
    levels: HashMap<String, Shared<Vec<Vec<Prepared>>>>,
}

/// A line, taken apart.
struct Line<'a> {
    fields: Vec<(&'a str, &'a str)>,
}

/// What a line may have.
const FIELDS: [&str; 13] = [
    "id",
    "principal",
    "action",
    "resource",
    "resource_account",
    "context",
    "identity",
    "resource_policy",
    "boundary",
    "scp",
    "rcp",
    "session",
    "endpoint",
];

impl<'a> Line<'a> {
    /// A policy under a name that is misspelled would have no say, and one of two under one name neither. Other fields are
    /// whoever's who asks.
    fn refuse_slips(&self) -> Result<(), String> {
        for (place, (key, _)) in self.fields.iter().enumerate() {
            if FIELDS.contains(key) {
                if self.fields.iter().take(place).any(|(known, _)| known == key) {
                    return Err(format!("has `{key}` twice"));
                }
            } else if let Some(meant) = similar(key, FIELDS) {
                return Err(format!("has `{key}`: did you mean `{meant}`?"));
            }
        }
        Ok(())
    }

    fn field(&self, name: &str) -> Option<&'a str> {
        let text = self.fields.iter().find(|(key, _)| *key == name).map(|(_, text)| *text)?;
        (text != "null").then_some(text)
    }

    fn string(&self, name: &str) -> Result<Option<String>, String> {
        let read = |text: &str| serde_json::from_str(text).map_err(|_| format!("`{name}` is not a string"));
        self.field(name).map(read).transpose()
    }

    fn needed(&self, name: &str) -> Result<String, String> {
        self.string(name)?.ok_or_else(|| format!("lacks `{name}`"))
    }

    fn request(&self) -> Result<Request, String> {
        let principal = principal(&self.needed("principal")?)?;
        let resource = self.string("resource")?.unwrap_or_else(|| "*".to_owned());
        let account = self.string("resource_account")?.unwrap_or_else(|| account_of(&resource, &principal));
        let mut request = Request::new(principal, action(&self.needed("action")?)?, resource, account);
        let context = self.field("context").unwrap_or("{}");
        let context: Map<String, Value> =
            serde_json::from_str(context).map_err(|_| "`context` is not an object".to_owned())?;
        for (key, value) in &context {
            request.context.set(key, values(key, value)?);
        }
        Ok(request)
    }
}

/// The values of a context key: one, or a list.
fn values(key: &str, value: &Value) -> Result<Vec<String>, String> {
    let one = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(format!("`context.{key}` is neither a value nor a list of values")),
    };
    match value {
        Value::Array(list) => list.iter().map(one).collect(),
        value => Ok(vec![one(value)?]),
    }
}

impl Cache {
    /// Adds the answer to one line.
    fn answer(&mut self, line: &[u8], answers: &mut String, count: &mut Count) {
        let text = std::str::from_utf8(line).ok();
        let fields = text.and_then(entries);
        let id = fields.iter().flatten().find(|(key, _)| *key == "id").map_or("null", |(_, id)| id);
        let answer = match (text, &fields) {
            (None, _) => Err("is not text in UTF-8".to_owned()),
            (_, None) => Err("is not a JSON object".to_owned()),
            (_, Some(fields)) => self.decide(&Line { fields: fields.clone() }),
        };
        match answer {
            Ok((verdict, missing)) => {
                count.denied += usize::from(verdict.decision != Decision::Allow);
                push_verdict(answers, id, &verdict, &missing);
            }
            Err(error) => {
                count.unreadable += 1;
                answers.push_str(&format!("{{\"id\":{id},\"error\":{}}}\n", Value::from(error)));
            }
        }
    }

    fn decide(&mut self, line: &Line<'_>) -> Result<(Verdict, Vec<Missing>), String> {
        line.refuse_slips()?;
        let request = line.request()?;
        let mut list = |name: &str| self.list(line.field(name)).map_err(|error| format!("`{name}`: {error}"));
        let (identity, boundary, session) = (list("identity")?, list("boundary")?, list("session")?);
        let (resource, endpoint) = (list("resource_policy")?, list("endpoint")?);
        let (scp, rcp) = (self.levels(line.field("scp"))?, self.levels(line.field("rcp"))?);
        let policies = Policies {
            identity: &identity,
            resource: resource.first(),
            boundary: &boundary,
            session: &session,
            scp: &scp,
            rcp: &rcp,
            endpoint: &endpoint,
            grants: &[],
        };
        let verdict = evaluate(&policies, &request);
        let missing = if verdict.unmet.is_empty() { Vec::new() } else { missing(&policies, &request) };
        Ok((verdict, missing))
    }

    /// The policies of a list, or the only one.
    fn list(&mut self, text: Option<&str>) -> Shared<Vec<Prepared>> {
        let text = text.unwrap_or("[]");
        if let Some(known) = self.lists.get(text) {
            return known.clone();
        }
        let read = list(text).map(Arc::new);
        remember(&mut self.lists, text, read.clone());
        read
    }

    /// The policies of levels.
    fn levels(&mut self, text: Option<&str>) -> Shared<Vec<Vec<Prepared>>> {
        let text = text.unwrap_or("[]");
        if let Some(known) = self.levels.get(text) {
            return known.clone();
        }
        let levels = elements(text).ok_or_else(|| "levels are a list of lists of policies".to_owned());
        let read = levels.and_then(|levels| levels.into_iter().map(list).collect()).map(Arc::new);
        remember(&mut self.levels, text, read.clone());
        read
    }
}

fn list(text: &str) -> Result<Vec<Prepared>, String> {
    let documents = elements(text).unwrap_or_else(|| vec![text]);
    let read =
        |text: &str| Policy::parse(text).map(|policy| policy.prepare()).map_err(|error| error.to_string());
    documents.into_iter().map(read).collect()
}

fn remember<T>(known: &mut HashMap<String, T>, text: &str, value: T) {
    const MOST: usize = 1024;
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(text.to_owned(), value);
}

/// Adds a decision as a line.
pub(super) fn push_verdict(answers: &mut String, id: &str, verdict: &Verdict, missing: &[Missing]) {
    answers.push_str(&format!("{{\"id\":{id},\"decision\":\"{}\",\"deciding\":[", verdict.decision.name()));
    for (index, deciding) in verdict.deciding.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let sid = deciding.sid.as_ref().map_or(Value::Null, |sid| Value::from(sid.as_str()));
        let (policy, statement) = (deciding.policy, deciding.statement);
        answers
            .push_str(&format!("{comma}{{\"policy\":\"{policy}\",\"statement\":{statement},\"sid\":{sid}}}"));
    }
    let missing = match verdict.decision {
        Decision::ImplicitDeny => json!(missing.iter().map(missing_value).collect::<Vec<_>>()),
        _ => Value::Null,
    };
    answers.push_str(&format!("],\"missing\":{missing}}}\n"));
}
