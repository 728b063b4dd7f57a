//! The settings against the world: whose credentials, which region, what is refused from above.

mod organization;
mod place;
mod session;

use crate::case::Case;
use crate::check::Check;

pub(super) fn checks(case: &Case<'_>) -> Vec<Check> {
    let mut found = session::checks(case);
    found.extend(place::checks(case));
    found.extend(organization::checks(case));
    found.extend(document(case));
    found
}

/// What the module's document leaves out, where the settings follow it.
fn document(case: &Case<'_>) -> Option<Check> {
    if case.is_hardened() {
        return None;
    }
    let check = Check::warn("settings.profile", "The foundation is as the module's document describes it, which is weaker than it can be")
        .cause("profile = \"document\": no log file validation, no confused-deputy conditions, no denial without TLS, no public access block")
        .remedy(["leave profile out of the settings, then look at the plan:".to_owned(), case.underpin("plan")]);
    Some(check)
}
