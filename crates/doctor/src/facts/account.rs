//! Who reads, and how.

/// The answer of `sts:GetCallerIdentity`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account.
    pub account_id: String,
    /// The user's or session's ARN.
    pub arn: String,
}

/// How AWS was reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// The profile in use, if one is named.
    pub profile: Option<String>,
    /// The MFA device that the profile wants a code of.
    pub mfa_serial: Option<String>,
    /// Whether sessions come from the global endpoint of STS, whose tokens opt-in regions refuse.
    pub global_sts: bool,
    /// How many seconds this machine's clock is ahead of AWS's, if that is known.
    pub clock_ahead_seconds: Option<i64>,
}
