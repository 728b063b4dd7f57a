//! Grants of KMS keys: permissions that stand beside the key's policy.

use crate::party::{Party, Reach};
use crate::principal::Principal;
use crate::request::Asked;

/// A grant of a key: one principal may do some operations
/// (KMS developer guide, `grants`; KMS API, `CreateGrant`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who may.
    pub grantee: Principal,
    /// As KMS names them: `Decrypt`, `GenerateDataKey`.
    pub operations: Vec<String>,
    /// Pairs that the encryption context must have.
    pub context: Vec<(String, String)>,
    /// Whether the encryption context may have no further pairs (`EncryptionContextEquals`).
    pub is_exact: bool,
}

const CONTEXT: &str = "kms:encryptioncontext:";

impl Grant {
    /// How the grant, if at all, allows what is asked.
    pub(crate) fn reach(&self, asked: &Asked<'_>) -> Option<Reach> {
        let operation = asked.action.strip_prefix("kms:")?;
        let is_granted = self.operations.iter().any(|granted| granted.eq_ignore_ascii_case(operation));
        let named = Party::new(&self.grantee);
        let reach =
            named.reach(&asked.party, crate::Effect::Allow).filter(|reach| *reach != Reach::Account)?;
        (is_granted && self.has_context(asked)).then_some(reach)
    }

    fn has_context(&self, asked: &Asked<'_>) -> bool {
        let given = asked
            .request
            .context
            .entries()
            .filter(|(key, _)| key.to_ascii_lowercase().starts_with(CONTEXT))
            .count();
        let is_given = |(key, value): &(String, String)| {
            asked.request.context.values(&format!("{CONTEXT}{key}")) == std::slice::from_ref(value)
        };
        self.context.iter().all(is_given) && (!self.is_exact || given == self.context.len())
    }
}
