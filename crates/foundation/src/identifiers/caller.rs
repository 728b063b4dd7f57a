//! Who is asking.

use serde::{Deserialize, Serialize};

use super::{AccountId, Partition};

/// Who is asking: the answer of `sts:GetCallerIdentity`, as far as the foundation depends on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The account.
    pub account_id: AccountId,
    /// The partition, from the caller's ARN.
    pub partition: Partition,
}
