//! Which check is about what stops somebody at the key.

use policy::{Policy, Principal, Statement};

use crate::case::Case;
use crate::check::slug;
use crate::facts::{Read, Refusal, RefusalKind, RoleFacts};
use crate::judge::{Asked, Party, Stop, Whose, policy_name};

/// The policy that the statements of the key stand in.
pub(super) const OF_KEY: &str = "the key's policy";

/// The live policy, or why it is not known.
pub(super) fn live_policy(case: &Case<'_>) -> Result<Policy, Refusal> {
    let refusal = |message: String| Refusal {
        operation: "kms:GetKeyPolicy".to_owned(),
        kind: RefusalKind::Other,
        code: None,
        message,
        request_id: None,
    };
    match &case.facts.key.policy {
        Read::Found(text) => {
            Policy::parse(text).map_err(|error| refusal(format!("the policy is not understood: {error}")))
        }
        Read::Absent => Err(refusal("the key has no policy".to_owned())),
        Read::Refused(refusal) => Err(refusal.clone()),
    }
}

/// The check that is about what stops somebody, if there is one.
pub(super) fn blamed(
    case: &Case<'_>,
    stop: &Stop,
    party: &Party,
    asked: &Asked,
    wanted: Option<&Policy>,
) -> Option<String> {
    let lacking = || wanted.and_then(|wanted| party.allowed_by(wanted, asked));
    match stop {
        Stop::Denied { by: Whose::Resource, index, statement } => Some(statement_id(statement, *index)),
        Stop::Denied { by: Whose::Boundary(arn), .. } | Stop::Unallowed(Whose::Boundary(arn)) => {
            Some(format!("roles.boundary/{}", slug(policy_name(arn))))
        }
        Stop::Denied { by: Whose::Caller(_), .. } => {
            let mut roles = case.facts.roles.iter();
            let is_caller = |facts: &RoleFacts| {
                facts
                    .record
                    .found()
                    .is_some_and(|record| Principal::aws(record.arn.clone()) == party.principal)
            };
            roles.find(|(_, facts)| is_caller(facts)).map(|(part, _)| format!("roles.foreign/{part}"))
        }
        Stop::Unallowed(_) => lacking().map(|(index, statement)| statement_id(&statement, index)),
    }
}

/// The id of the check of a statement of the key's policy.
pub(super) fn statement_id(statement: &Statement, index: usize) -> String {
    match statement.sid.as_deref().map(slug).filter(|sid| !sid.is_empty()) {
        Some(sid) => format!("kms.policy/{sid}"),
        None => format!("kms.policy/statement-{}", index + 1),
    }
}
