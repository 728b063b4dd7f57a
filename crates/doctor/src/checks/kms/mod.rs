//! The key: whether it is there, usable, and lets those use it who have to.

mod blame;
mod consumers;
mod denials;
mod grants;
mod history;
mod key;
mod policy;

use crate::case::Case;
use crate::check::Check;

/// All checks of the key.
pub(super) fn checks(case: &Case<'_>) -> Vec<Check> {
    let uses = consumers::uses(case);
    let mut found = key::checks(case);
    found.extend(policy::checks(case, &uses));
    found.extend(uses.iter().map(consumers::Use::check));
    found.extend(consumers::asked(case));
    found.extend(grants::checks(case));
    found.extend(denials::checks(case));
    found
}

/// What explains that the key cannot be used by anybody.
const UNUSABLE: [&str; 5] = ["kms.key", "kms.state", "kms.spec", "settings.unmade", "settings.credentials"];
