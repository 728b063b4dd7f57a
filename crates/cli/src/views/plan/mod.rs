//! The plan for people.

use engine::Plan;
use terraform::Diagnostic;

use super::palette::Palette;

/// What the text of a plan needs beyond the plan.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlanContext<'a> {
    /// What to warn about: the blueprint's warnings and those of the command.
    pub warnings: &'a [Diagnostic],
    /// `-out`: where the plan was saved, as the user named it.
    pub saved_to: Option<&'a str>,
    /// Today in UTC, for the date of a key's deletion; `None` leaves the date out.
    pub today: Option<time::Date>,
    /// Columns of the terminal; `None` on a pipe, where no line is wrapped.
    pub width: Option<usize>,
    /// `TF_IN_AUTOMATION` is set: do not say what to type next.
    pub in_automation: bool,
}

/// The plan as text: drift, what is done resource by resource, outputs, permissions, warnings, and the sentence that
/// counts. Ends with a newline.
pub fn render(_plan: &Plan, _context: &PlanContext<'_>, _palette: Palette) -> String {
    String::new()
}
