//! One step of an apply: its call, and what is recorded of it.

use foundation::kinds;
use terraform::{Address, Attributes, Value};

use super::Run;
use crate::cloud::{CloudError, CloudErrorKind, Made, StepError};
use crate::dynamic;
use crate::event::{Event, Step};
use crate::graph::Node;
use crate::journal::Record;

/// A call to make.
pub(super) struct Task {
    pub step: Step,
    pub call: Call,
    /// Whether the next step has to wait for the state.
    pub save_first: bool,
    pub dependencies: Vec<String>,
}

/// Which call.
pub(super) enum Call {
    Create(Attributes),
    /// What is left to do for an object that others use already.
    Finish(Attributes, Attributes),
    Update(Attributes, Attributes),
    Delete(Attributes),
}

/// What became of a task.
pub(super) enum Outcome {
    /// The object exists and others may use it; the rest is a task of its own.
    Begun { attributes: Attributes, rest: Task },
    /// It is over.
    Ended(End),
}

/// The attributes that exist now (`None`: gone), and the failure if there was one.
pub(super) struct End {
    pub step: Step,
    /// Whether it was the rest of an object that was begun.
    pub is_rest: bool,
    pub attributes: Option<Attributes>,
    pub error: Option<CloudError>,
    /// Whether what depends on it can go on in spite of the failure.
    pub usable: bool,
}

impl Task {
    /// Makes the call and records what came of it.
    pub(super) async fn perform(self, node: Node, run: &Run<'_>) -> (Node, Outcome) {
        if !matches!(self.call, Call::Finish(..)) {
            run.progress.event(&Event::Started(self.step.clone()));
        }
        let address = &self.step.address;
        let result = match &self.call {
            Call::Create(planned) => match run.cloud.create(address, planned).await {
                Ok(Made::Begun(attributes)) => return (node, self.begun(attributes, run)),
                Ok(Made::Whole(attributes)) => Ok(Some(attributes)),
                Err(error) => Err(error),
            },
            Call::Finish(prior, planned) | Call::Update(prior, planned) => {
                run.cloud.update(address, prior, planned).await.map(Some)
            }
            Call::Delete(prior) => run.cloud.delete(address, prior).await,
        };
        let end = self.end(result, run).await;
        run.progress.event(&match &end.error {
            None => Event::Completed(end.step.clone()),
            Some(error) => Event::Failed(end.step.clone(), error.clone()),
        });
        (node, Outcome::Ended(end))
    }

    /// Records an object that was made so far, and answers what is left to do for it.
    fn begun(self, attributes: Attributes, run: &Run<'_>) -> Outcome {
        let attributes = self.unwrapped(attributes);
        if let Some(record) = object(&self.step.address, &attributes, self.dependencies.clone()) {
            run.journal.record(record);
        }
        let call = match self.call {
            Call::Create(planned) => Call::Finish(attributes.clone(), planned),
            call => call,
        };
        let step = Step { id: id(&attributes), ..self.step };
        Outcome::Begun { attributes, rest: Self { step, call, ..self } }
    }

    /// Records what there is after the call.
    async fn end(self, result: Result<Option<Attributes>, StepError>, run: &Run<'_>) -> End {
        let (attributes, mut error, mut usable) = match result {
            Ok(attributes) => (attributes, None, true),
            Err(StepError { error, partial, usable }) => (partial, Some(error), usable),
        };
        let address = &self.step.address;
        let is_rest = matches!(self.call, Call::Finish(..));
        let attributes = attributes.map(|attributes| self.unwrapped(attributes));
        let record = match &attributes {
            Some(attributes) => object(address, attributes, self.dependencies.clone()),
            None if error.is_none() => Some(Record::Gone(address.clone())),
            None => None,
        };
        if let Some(record) = record {
            if !self.save_first {
                run.journal.record(record);
            } else if !run.journal.record_and_save(record).await {
                error = error.or_else(|| Some(unsaved()));
                usable = false;
            }
        }
        let mut step = self.step;
        step.id = step.id.or_else(|| attributes.as_ref().and_then(id));
        End { step, is_rest, attributes, error, usable }
    }

    fn unwrapped(&self, attributes: Attributes) -> Attributes {
        match kinds::schema_of(self.step.address.resource_type()) {
            Some(schema) => dynamic::unwrap(schema, attributes),
            None => attributes,
        }
    }
}

pub(super) fn id(attributes: &Attributes) -> Option<String> {
    attributes.get("id").and_then(Value::as_str).map(str::to_owned)
}

/// The state entry of an object.
pub(super) fn object(
    address: &Address,
    attributes: &Attributes,
    dependencies: Vec<String>,
) -> Option<Record> {
    let schema = kinds::schema_of(address.resource_type())?;
    let instance = dynamic::instance(schema, attributes, dependencies);
    Some(Record::Object(address.clone(), schema.provider.state_name(), Box::new(instance)))
}

/// A generated value that could not be recorded must not be used.
fn unsaved() -> CloudError {
    CloudError {
        operation: "state write".to_owned(),
        kind: CloudErrorKind::Refused,
        code: None,
        message: "the generated identity could not be saved, so nothing was made with it".to_owned(),
        request_id: None,
        status: None,
    }
}
