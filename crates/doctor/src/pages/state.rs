//! The pages of the state.

use super::Page;

pub(super) const PAGES: &[Page] = &[
    Page {
        id: "state.record",
        means: "The state can be read.",
        why: "Without it the names of the settings are used.",
        repair: "Look at the backend and its credentials.",
    },
    Page {
        id: "state.region",
        means: "The state bucket is where the backend says.",
        why: "S3 answers from the bucket's own region alone.",
        repair: "Write the right region and initialise again.",
    },
    Page {
        id: "state.versioning",
        means: "The state bucket keeps versions.",
        why: "A state that is lost means that everything is made again, or adopted.",
        repair: "Run the command that is printed.",
    },
    Page {
        id: "state.encryption",
        means: "The state bucket encrypts by default.",
        why: "A state holds ids, and may hold secrets.",
        repair: "Run the command that is printed.",
    },
    Page {
        id: "state.private",
        means: "The public is kept out of the state bucket.",
        why: "A state holds ids, and may hold secrets.",
        repair: "Run the command that is printed.",
    },
    Page {
        id: "state.tls",
        means: "The state bucket denies access without TLS.",
        why: "What is read without TLS can be read on the way.",
        repair: "Run the command that is printed; it holds the statements that are there now.",
    },
    Page {
        id: "state.lock",
        means: "The backend locks the state, and its lock table, if it has one, is there and has the key `LockID`.",
        why: "The module's sample has no lock: two runs at once overwrite each other's state. With a table that is no lock table no run begins.",
        repair: "`use_lockfile = true` in the backend file, then initialise again; or the lock table made as the finding says.",
    },
    Page {
        id: "state.digest",
        means: "The lock table and the state agree.",
        why: "Terraform and underpin refuse a state whose digest is another.",
        repair: "If the state was put back on purpose, write its digest with the command that is printed.",
    },
    Page {
        id: "state.versions",
        means: "How many earlier states there are.",
        why: "They are what can be gone back to.",
        repair: "Nothing to repair.",
    },
    Page {
        id: "state.others",
        means: "No other state near it records the same key.",
        why: "Two states of one foundation undo each other's work. The module's document names two keys, `terraform.tfstate` and `global.tfstate`.",
        repair: "Keep one.",
    },
    Page {
        id: "state.locked",
        means: "Nobody left a lock behind.",
        why: "No run can begin while it stays.",
        repair: "A lock of underpin's own is taken over by the next run when its holder is gone. `force-unlock` is advised only for a lock that is older than a day by the store's clock; else: ask its holder.",
    },
];
