//! Changes of permissions in words.

use std::fmt::{self, Display, Formatter};

use crate::condition::{ConditionTest, Conditions};
use crate::difference::{Direction, PermissionChange, Scope};
use crate::operator::{Comparison, Operator, Order, Quantifier};
use crate::principal::Principal;
use crate::statement::{Effect, Element, Statement};

impl Display for PermissionChange {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let scope = &self.scope;
        if let Some(principals) = &scope.principals {
            write!(formatter, "{} ", principals_phrase(principals))?;
        }
        let many = is_many(scope.principals.as_ref());
        let verb = match (self.direction, self.effect, many) {
            (Direction::Gain, Effect::Allow, _) if self.is_undecided() => "may gain",
            (Direction::Lose, Effect::Allow, _) if self.is_undecided() => "may lose",
            (Direction::Gain, Effect::Deny, _) if self.is_undecided() => "may be denied",
            (Direction::Lose, Effect::Deny, _) if self.is_undecided() => "may no longer be denied",
            (Direction::Gain, Effect::Allow, false) => "gains",
            (Direction::Gain, Effect::Allow, true) => "gain",
            (Direction::Lose, Effect::Allow, false) => "loses",
            (Direction::Lose, Effect::Allow, true) => "lose",
            (Direction::Gain, Effect::Deny, false) => "is denied",
            (Direction::Gain, Effect::Deny, true) => "are denied",
            (Direction::Lose, Effect::Deny, false) => "is no longer denied",
            (Direction::Lose, Effect::Deny, true) => "are no longer denied",
        };
        let shown = if self.is_undecided() {
            few(scope.actions.as_ref())
        } else {
            actions_phrase(scope.actions.as_ref())
        };
        write!(formatter, "{verb} {shown}")?;
        write_resources(formatter, scope.resources.as_ref())?;
        write_conditions(formatter, &scope.conditions)?;
        for kept in &self.kept {
            formatter.write_str("; ")?;
            self.write_kept(formatter, kept)?;
        }
        for (index, why) in self.undecided.iter().enumerate() {
            write!(formatter, "{} {why}", if index == 0 { ":" } else { "," })?;
        }
        Ok(())
    }
}

impl Display for Statement {
    /// `cloudtrail.amazonaws.com may kms:GenerateDataKey* on * if aws:SourceArn = arn:…`.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if let Some(principals) = &self.principal {
            write!(formatter, "{} ", principals_phrase(&principals.map(Principal::tidy)))?;
        }
        let verb = if self.effect == Effect::Allow { "may" } else { "may not" };
        write!(formatter, "{verb} {}", actions_phrase(self.action.as_ref()))?;
        write_resources(formatter, self.resource.as_ref())?;
        write_conditions(formatter, &self.condition)
    }
}

impl PermissionChange {
    /// What of the scope was there before, or stays, without repeating what is the same.
    fn write_kept(&self, formatter: &mut Formatter<'_>, kept: &Scope) -> fmt::Result {
        let scope = &self.scope;
        if kept.principals != scope.principals
            && let Some(principals) = &kept.principals
        {
            write!(formatter, "{} ", principals_phrase(principals))?;
        }
        let many = is_many(kept.principals.as_ref());
        formatter.write_str(match (self.direction, self.effect, many) {
            (Direction::Gain, Effect::Allow, _) => "had ",
            (Direction::Lose, Effect::Allow, false) => "keeps ",
            (Direction::Lose, Effect::Allow, true) => "keep ",
            (Direction::Gain, Effect::Deny, false) => "was already denied ",
            (Direction::Gain, Effect::Deny, true) => "were already denied ",
            (Direction::Lose, Effect::Deny, false) => "is still denied ",
            (Direction::Lose, Effect::Deny, true) => "are still denied ",
        })?;
        if kept.actions == scope.actions {
            formatter.write_str("it")?;
        } else {
            formatter.write_str(&actions_phrase(kept.actions.as_ref()))?;
        }
        if kept.resources != scope.resources {
            write_resources(formatter, kept.resources.as_ref())?;
        }
        if kept.conditions != scope.conditions {
            write_conditions(formatter, &kept.conditions)?;
        }
        Ok(())
    }
}

impl Display for Principal {
    /// `everyone`, `account 123456789012`, or the name as written.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => formatter.write_str("everyone"),
            Self::Aws(_) if self.is_account() => write!(formatter, "account {}", self.entry().1),
            Self::CanonicalUser(id) => write!(formatter, "canonical user {id}"),
            Self::Aws(name) | Self::Service(name) | Self::Federated(name) => formatter.write_str(name),
        }
    }
}

impl Display for ConditionTest {
    /// `aws:SourceArn like arn:aws:eks:*`; several values are joined by `or`.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { operator, key, values } = self;
        let values = values.join(" or ");
        let Some(parsed) = Operator::parse(operator) else {
            return write!(formatter, "{key} {operator} {values}");
        };
        match parsed.quantifier {
            Some(Quantifier::All) => formatter.write_str("every ")?,
            Some(Quantifier::Any) => formatter.write_str("any ")?,
            None => {}
        }
        match (parsed.comparison, values.as_str()) {
            (Comparison::Null, "true") => write!(formatter, "{key} is absent")?,
            (Comparison::Null, "false") => write!(formatter, "{key} is present")?,
            (Comparison::Null, _) => write!(formatter, "whether {key} is absent = {values}")?,
            _ => write!(formatter, "{key} {} {values}", sign(&parsed))?,
        }
        if parsed.if_exists {
            formatter.write_str(" (where present)")?;
        }
        Ok(())
    }
}

fn sign(operator: &Operator) -> &'static str {
    match (operator.comparison, operator.negated) {
        (Comparison::TextIgnoreCase, false) => "=~",
        (Comparison::TextIgnoreCase, true) => "!=~",
        (Comparison::TextLike | Comparison::Arn, false) => "like",
        (Comparison::TextLike | Comparison::Arn, true) => "not like",
        (Comparison::IpAddress, false) => "in",
        (Comparison::IpAddress, true) => "not in",
        (Comparison::Numeric(order) | Comparison::Date(order), false) => match order {
            Order::Equal => "=",
            Order::Less => "<",
            Order::LessOrEqual => "<=",
            Order::Greater => ">",
            Order::GreaterOrEqual => ">=",
        },
        (Comparison::Text | Comparison::Bool | Comparison::Binary | Comparison::Null, false) => "=",
        (_, true) => "!=",
    }
}

fn is_many<T>(element: Option<&Element<T>>) -> bool {
    matches!(element, Some(Element::Only(items)) if items.len() > 1)
}

fn principals_phrase(principals: &Element<Principal>) -> String {
    match principals {
        Element::Only(items) => join(items),
        Element::AllBut(items) => format!("everyone but {}", join(items)),
    }
}

fn actions_phrase(actions: Option<&Element<String>>) -> String {
    match actions {
        Some(Element::Only(items)) => join(items),
        Some(Element::AllBut(items)) => format!("all actions but {}", join(items)),
        None => "nothing".to_owned(),
    }
}

/// The first of them, and how many more there are: of what is not known the reasons count.
fn few(actions: Option<&Element<String>>) -> String {
    const SHOWN: usize = 5;
    match actions {
        Some(Element::Only(items)) if items.len() > SHOWN => {
            let (first, rest) = items.split_at(SHOWN);
            format!("{} and {} more", join(first), rest.len())
        }
        other => actions_phrase(other),
    }
}

fn write_resources(formatter: &mut Formatter<'_>, resources: Option<&Element<String>>) -> fmt::Result {
    match resources {
        Some(Element::Only(items)) => write!(formatter, " on {}", join(items)),
        Some(Element::AllBut(items)) => write!(formatter, " on all but {}", join(items)),
        None => Ok(()),
    }
}

fn write_conditions(formatter: &mut Formatter<'_>, conditions: &Conditions) -> fmt::Result {
    for (index, test) in conditions.tests().iter().enumerate() {
        write!(formatter, " {} {test}", if index == 0 { "if" } else { "and" })?;
    }
    Ok(())
}

fn join<T: Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}
