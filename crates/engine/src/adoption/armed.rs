//! Whether the code that made what was taken over may still run with this state. Its next apply would make everything a second
//! time, so that the first apply after the adoption asks whether it is out of the way.
//!
//! The mark stands in the field that Terraform gives providers for notes of their own. Its builtin provider has none, and
//! Terraform leaves the field as it is.

use foundation::addresses;
use terraform::{State, Value};

/// The field of an instance.
const FIELD: &str = "private";
/// `{"underpin":"armed"}` in base64, as Terraform wants it there.
const MARK: &str = "eyJ1bmRlcnBpbiI6ImFybWVkIn0=";

/// Marks a state whose old code may still run with it.
pub fn arm(state: &mut State) {
    mark(state, Some(MARK));
}

/// Whether a state carries the mark.
pub fn is_armed(state: &State) -> bool {
    let record = state.instance(&addresses::deployment());
    record.and_then(|record| record.other.get(FIELD)).and_then(Value::as_str) == Some(MARK)
}

/// Takes the mark away: somebody has answered.
pub fn disarm(state: &mut State) {
    if is_armed(state) {
        mark(state, None);
    }
}

fn mark(state: &mut State, mark: Option<&str>) {
    let record = addresses::deployment();
    let found = state.resources.iter_mut().find(|resource| resource.is_at(&record));
    for instance in found.into_iter().flat_map(|resource| &mut resource.instances) {
        match mark {
            Some(mark) => instance.other.insert(FIELD.to_owned(), Value::from(mark)),
            None => instance.other.shift_remove(FIELD),
        };
    }
}

#[cfg(test)]
mod tests {
    use terraform::Attributes;
    use terraform::state::Instance;

    use super::*;

    #[test]
    fn the_mark_lasts_until_somebody_answers() {
        let mut state = State::empty("lineage");
        arm(&mut state);
        assert!(!is_armed(&state), "without a record there is nothing to mark");
        let instance = Instance::new(0, Attributes::new(), Vec::new());
        state.record(&addresses::deployment(), "terraform.io/builtin/terraform", instance);
        let before = state.clone();
        arm(&mut state);
        let mut read = State::parse(&state.to_bytes()).unwrap();
        assert!(is_armed(&read) && !is_armed(&before));
        disarm(&mut read);
        assert_eq!(read, State::parse(&before.to_bytes()).unwrap());
    }
}
