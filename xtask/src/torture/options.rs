//! What a campaign is asked to try.

use harness::campaign::{CallName, Mishap, Point, Scenario};

use crate::Outcome;

/// Which points of which campaigns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    /// The scenarios, in order.
    pub scenarios: Vec<Scenario>,
    /// The faults; empty for all.
    pub mishaps: Vec<Mishap>,
    /// How many worlds at once.
    pub jobs: usize,
    /// One call of the undisturbed run, by its number from 1.
    pub k: Option<usize>,
    /// One call of the undisturbed run, by its name.
    pub call: Option<CallName>,
    /// Every how-manieth call only.
    pub every: usize,
    /// Whether real Terraform is broken instead.
    pub terraform: bool,
    /// Whether only the few points are tried around which most is at stake.
    pub smoke: bool,
    /// Whether the runs of points that did not converge are shown.
    pub verbose: bool,
}

impl Selection {
    /// Reads the command line.
    pub(super) fn parse(arguments: &[String]) -> Outcome<Self> {
        let mut selection = Self {
            scenarios: Vec::new(),
            mishaps: Vec::new(),
            jobs: 2,
            k: None,
            call: None,
            every: 1,
            terraform: false,
            smoke: false,
            verbose: false,
        };
        let mut rest = arguments.iter();
        while let Some(flag) = rest.next() {
            match flag.as_str() {
                "--terraform" => selection.terraform = true,
                "--smoke" => selection.smoke = true,
                "--verbose" => selection.verbose = true,
                _ => {
                    let value = rest.next().ok_or_else(|| format!("{flag} needs a value"))?;
                    selection.set(flag, value)?;
                }
            }
        }
        if selection.scenarios.is_empty() {
            let first_only = selection.terraform || selection.smoke;
            selection.scenarios = if first_only { vec![Scenario::First] } else { Scenario::ALL.to_vec() };
        }
        if selection.terraform && selection.mishaps.is_empty() {
            selection.mishaps = ["a", "b", "c"].into_iter().flat_map(Mishap::named).collect();
        }
        Ok(selection)
    }

    fn set(&mut self, flag: &str, value: &str) -> Outcome {
        let number = || value.parse::<usize>().map_err(|_| format!("{flag}: `{value}` is no number"));
        match flag {
            "--scenario" => {
                let scenario = Scenario::named(value).ok_or_else(|| format!("no scenario `{value}`"))?;
                self.scenarios.push(scenario);
            }
            "--fault" => {
                let named = Mishap::named(value);
                if named.is_empty() {
                    return Err(format!("no fault `{value}`").into());
                }
                self.mishaps.extend(named);
            }
            "--call" => {
                let call = CallName::parse(value).ok_or_else(|| format!("`{value}` names no call"))?;
                self.call = Some(call);
            }
            "--jobs" => self.jobs = number()?.max(1),
            "--every" => self.every = number()?.max(1),
            "--k" => self.k = Some(number()?),
            _ => return Err(format!("no option `{flag}`").into()),
        }
        Ok(())
    }

    /// Whether a point was asked for.
    pub(super) fn wants(&self, point: &Point) -> bool {
        (self.mishaps.is_empty() || self.mishaps.contains(&point.mishap))
            && self.k.is_none_or(|wanted| wanted == point.k)
            && self.call.as_ref().is_none_or(|wanted| *wanted == point.call)
            && (point.k - 1).is_multiple_of(self.every)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Outcome<Selection> {
        Selection::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn selects_points() {
        let all = parse("").unwrap();
        assert_eq!((all.scenarios.len(), all.jobs), (Scenario::ALL.len(), 2));
        let some = parse("--scenario change --fault c --k 7 --jobs 4").unwrap();
        assert_eq!((some.scenarios, some.mishaps.len(), some.jobs), (vec![Scenario::Change], 2, 4));
        let point = |k, fault| Point {
            k,
            call: CallName { call: "iam:GetRole".to_owned(), occurrence: 1 },
            mishap: Mishap::named(fault).remove(0),
        };
        let third = parse("--every 3 --fault a").unwrap();
        let wanted: Vec<usize> = (1..=7).filter(|k| third.wants(&point(*k, "a"))).collect();
        assert_eq!(wanted, [1, 4, 7]);
        assert!(!third.wants(&point(1, "b")));
        assert!(parse("--call iam:GetRole#1").unwrap().wants(&point(9, "b")));
        assert!(!parse("--call iam:GetRole#2").unwrap().wants(&point(9, "b")));
        let terraform = parse("--terraform").unwrap();
        assert_eq!((terraform.scenarios, terraform.mishaps.len()), (vec![Scenario::First], 4));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for line in ["--scenario second", "--fault z", "--k", "--k x", "--what 1", "--call x"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
