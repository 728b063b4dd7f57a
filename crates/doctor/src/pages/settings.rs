//! The pages of the settings.

use super::Page;

pub(super) const PAGES: &[Page] = &[
    Page {
        id: "settings.credentials",
        means: "AWS takes the credentials.",
        why: "Nothing else can be read without.",
        repair: "Sign in again, or name another profile.",
    },
    Page {
        id: "settings.clock",
        means: "This machine's clock agrees with AWS's.",
        why: "A signature that is more than five minutes off is refused, and looks like wrong credentials.",
        repair: "Set the clock.",
    },
    Page {
        id: "settings.mfa",
        means: "The profile needs no code that nobody asks for.",
        why: "A role that wants MFA refuses a session without it.",
        repair: "Get a session with the code first.",
    },
    Page {
        id: "settings.sts",
        means: "Sessions are valid in the region.",
        why: "Tokens of the global STS endpoint are refused in opt-in regions.",
        repair: "`AWS_STS_REGIONAL_ENDPOINTS=regional`.",
    },
    Page {
        id: "settings.account",
        means: "Credentials, state and `-account-id` are about the same account.",
        why: "In another account everything looks gone.",
        repair: "Use credentials of the right account.",
    },
    Page {
        id: "settings.region",
        means: "The settings name the region where the foundation stands, and the account has enabled it.",
        why: "In another region everything looks gone; in one that is not enabled all credentials look wrong.",
        repair: "Write the right region, or enable it.",
    },
    Page {
        id: "settings.unmade",
        means: "The foundation has been made.",
        why: "Before the first apply nothing is there, which is one cause and not twenty.",
        repair: "`underpin apply`.",
    },
    Page {
        id: "settings.scp",
        means: "No policy of the organization refused a call lately.",
        why: "No credentials of the account can do what the organization forbids. A later success of the same call clears it.",
        repair: "Ask whoever runs the organization.",
    },
    Page {
        id: "settings.profile",
        means: "The foundation is the hardened one.",
        why: "Profile `document` leaves out log file validation, confused-deputy conditions, the denial without TLS and the public access block, as the module's document does. That is one warning.",
        repair: "Leave `profile` out of the settings and look at the plan.",
    },
];
