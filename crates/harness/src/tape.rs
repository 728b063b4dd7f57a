//! Recorded answers: what an emulator answered, to be answered again without it.

use std::collections::{HashMap, VecDeque};

use crate::answer::Answer;
use crate::call::Call;
use crate::http::Message;

/// Answers by service, action and resource, each in the order they were given.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    answers: HashMap<(String, String, String), VecDeque<Message>>,
}

impl Tape {
    pub(crate) fn record(&mut self, call: &Call, answer: &Message) {
        self.answers.entry(key(call)).or_default().push_back(answer.clone());
    }

    /// Answers what was recorded for the n-th such call; the last answer stands for all further ones.
    pub(crate) fn replay(&mut self, call: &Call) -> Message {
        let missing = || Answer::error(call, 500, "NotRecorded").into_message();
        match self.answers.get_mut(&key(call)) {
            Some(answers) if answers.len() > 1 => answers.pop_front().unwrap_or_else(missing),
            Some(answers) => answers.front().cloned().unwrap_or_else(missing),
            None => missing(),
        }
    }
}

fn key(call: &Call) -> (String, String, String) {
    (call.service.clone(), call.action.clone(), call.resource.clone())
}
