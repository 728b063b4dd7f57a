//! What was called, when, and what came back.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::call::Call;
use crate::error::Error;

/// One call that is over. Times count from the start of the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the order of arrival, from 1.
    pub index: u64,
    /// The signing name.
    pub service: String,
    /// The API's name for it.
    pub action: String,
    /// What it is about.
    pub resource: String,
    /// When the request was complete.
    pub start: Duration,
    /// When the answer was complete, or given up.
    pub end: Duration,
    /// The HTTP status; `None` when no answer was given.
    pub status: Option<u16>,
    /// The typed error code, when there is one.
    pub code: Option<String>,
    /// What the proxy did to it, when it did anything.
    pub fault: Option<String>,
}

impl Entry {
    fn line(&self) -> String {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        json!({
            "index": self.index, "service": self.service, "action": self.action, "resource": self.resource,
            "start_us": micros(self.start), "end_us": micros(self.end),
            "status": self.status, "code": self.code, "fault": self.fault,
        })
        .to_string()
    }
}

/// The entries of a proxy, in memory and as JSON lines in a file.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: Vec<Entry>,
    file: Option<File>,
}

impl Journal {
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Error> {
        let file = path.map(File::create).transpose()?;
        Ok(Self { entries: Vec::new(), file })
    }

    /// Takes an entry in; a file that cannot be written is given up, the memory stays whole.
    pub(crate) fn record(&mut self, entry: Entry) {
        if let Some(file) = &mut self.file
            && writeln!(file, "{}", entry.line()).is_err()
        {
            self.file = None;
        }
        self.entries.push(entry);
    }

    /// Answers the entries by order of arrival.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut entries = self.entries.clone();
        entries.sort_by_key(|entry| entry.index);
        entries
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

impl Entry {
    /// Makes the entry of a call that is over.
    pub(crate) fn of(call: &Call, start: Duration, end: Duration) -> Self {
        Self {
            index: call.index,
            service: call.service.clone(),
            action: call.action.clone(),
            resource: call.resource.clone(),
            start,
            end,
            status: None,
            code: None,
            fault: None,
        }
    }
}

/// Answers a longest chain of calls of which each begins after the one before it has ended.
pub fn deepest_chain(entries: &[Entry]) -> Vec<&Entry> {
    let mut by_end: Vec<&Entry> = entries.iter().collect();
    by_end.sort_by_key(|entry| entry.end);
    let mut free = Duration::ZERO;
    by_end.retain(|entry| {
        let follows = entry.start >= free;
        if follows {
            free = entry.end;
        }
        follows
    });
    by_end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(spans: &[(u64, u64)]) -> usize {
        let entries: Vec<Entry> = spans
            .iter()
            .map(|(start, end)| Entry {
                index: 0,
                service: String::new(),
                action: String::new(),
                resource: String::new(),
                start: Duration::from_millis(*start),
                end: Duration::from_millis(*end),
                status: Some(200),
                code: None,
                fault: None,
            })
            .collect();
        deepest_chain(&entries).len()
    }

    #[test]
    fn chain_counts_what_cannot_overlap() {
        assert_eq!(chain(&[]), 0);
        assert_eq!(chain(&[(0, 50), (0, 50), (1, 51)]), 1);
        assert_eq!(chain(&[(0, 50), (50, 100), (20, 70), (100, 150)]), 3);
        assert_eq!(chain(&[(0, 100), (10, 20), (30, 40)]), 2);
    }

    #[test]
    fn a_line_is_one_json_object() {
        let call = Call {
            index: 3,
            service: "iam".to_owned(),
            action: "GetRole".to_owned(),
            resource: "r".to_owned(),
            protocol: crate::call::Protocol::Query,
            parameters: std::collections::BTreeMap::new(),
            body: String::new(),
            access_key: String::new(),
            region: String::new(),
        };
        let entry = Entry::of(&call, Duration::from_micros(1), Duration::from_micros(5));
        assert_eq!(
            entry.line(),
            r#"{"index":3,"service":"iam","action":"GetRole","resource":"r","start_us":1,"end_us":5,"status":null,"code":null,"fault":null}"#
        );
    }
}
