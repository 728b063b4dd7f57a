//! A page for each check: what it means, why it matters, how it is repaired. `docs/doctor.md` is made of them.

mod alarms;
mod ecr;
mod kms;
mod roles;
mod settings;
mod state;
mod trail;

use std::fmt::Write as _;

use crate::report::Subject;

/// What is to be known of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The check without its instance: `kms.use`.
    pub id: &'static str,
    /// What it says when it passes.
    pub means: &'static str,
    /// What goes wrong otherwise, and why.
    pub why: &'static str,
    /// How it is repaired.
    pub repair: &'static str,
}

impl Page {
    /// Its heading's anchor in the reference.
    pub fn anchor(&self) -> String {
        self.id.chars().filter(|character| *character != '.').collect()
    }
}

/// Every page, by subject.
pub fn pages() -> impl Iterator<Item = &'static Page> {
    let subjects =
        [kms::PAGES, ecr::PAGES, trail::PAGES, alarms::PAGES, roles::PAGES, state::PAGES, settings::PAGES];
    subjects.into_iter().flatten()
}

/// The page of a check.
pub fn page(kind: &str) -> Option<&'static Page> {
    pages().find(|page| page.id == kind)
}

/// `docs/doctor.md`.
pub fn reference_page() -> String {
    let mut text = INTRODUCTION.to_owned();
    for subject in Subject::ALL {
        let _ = write!(text, "\n## {}\n", subject.name());
        for page in pages().filter(|page| page.id.split('.').next() == Some(subject.name())) {
            let Page { id, means, why, repair } = page;
            let _ = write!(text, "\n### {id}\n\n{means}\n\n**Why:** {why}\n\n**Repair:** {repair}\n");
        }
    }
    text
}

const INTRODUCTION: &str = "<!-- Made from the checks; a test compares it. -->
# underpin doctor

`underpin doctor` says why something does not work: the one cause, what was read, and the command that repairs it. `plan`
says where AWS differs from the settings; `doctor` also looks where nothing differs. It only reads: nothing is ever written
in AWS, no role is assumed, and who may do what is decided by evaluating the live policies itself.

```
underpin doctor [kms|ecr|trail|alarms|roles|state|settings|all]
```

| exit status | meaning |
|---|---|
| 0 | healthy, or warnings alone |
| 1 | something could not be looked at, and nothing is known to fail |
| 2 | something does not work, or stops on a known date; with `-strict` a warning counts too |

| status | meaning |
|---|---|
| `fail` | something does not work, or stops on a known date |
| `warn` | it works, and is weaker than it should be |
| `unknown` | a read was refused: what it hides is said |
| `pass` | it works, or nobody asked for it (\"Not set up\") |

A check whose `because_of` names another one is a symptom: repair the cause. With `-json` every check is listed, by ids that
do not change; what follows a `/` says which of several: `ecr.pull/eks_node_group`. A remedy that begins with `aws ` or
`underpin ` is one command that works as it stands.
";
