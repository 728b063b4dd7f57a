//! The table: what was tried and how it ended, by fault.

use std::fmt;

use super::mishap::{MISHAPS, Mishap};
use super::trial::{Ending, Trial};

/// How many trials ended how.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    trials: Vec<(&'static str, Counts)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    points: usize,
    same_run: usize,
    next_run: usize,
    not_converged: usize,
    orphans: usize,
    duplicates: usize,
    manual: usize,
    hung: usize,
    not_reached: usize,
}

impl Tally {
    /// Takes a trial in.
    pub fn add(&mut self, trial: &Trial) {
        let name = trial.point.mishap.name;
        let index = self.trials.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            self.trials.push((name, Counts::default()));
            self.trials.len() - 1
        });
        let Some((_, counts)) = self.trials.get_mut(index) else { return };
        if trial.ending == Ending::NotReached {
            counts.not_reached += 1;
            return;
        }
        counts.points += 1;
        counts.same_run += usize::from(trial.ending == Ending::SameRun);
        counts.next_run += usize::from(trial.ending == Ending::NextRun);
        counts.not_converged += usize::from(matches!(trial.ending, Ending::ByHand | Ending::Never));
        counts.orphans += trial.orphans;
        counts.duplicates += trial.duplicates;
        counts.manual += usize::from(trial.manual.is_some());
        counts.hung += usize::from(trial.hung);
    }

    fn total(&self) -> Counts {
        self.trials.iter().fold(Counts::default(), |sum, (_, counts)| Counts {
            points: sum.points + counts.points,
            same_run: sum.same_run + counts.same_run,
            next_run: sum.next_run + counts.next_run,
            not_converged: sum.not_converged + counts.not_converged,
            orphans: sum.orphans + counts.orphans,
            duplicates: sum.duplicates + counts.duplicates,
            manual: sum.manual + counts.manual,
            hung: sum.hung + counts.hung,
            not_reached: sum.not_reached + counts.not_reached,
        })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = [
            "points",
            "same run",
            "next run",
            "not conv.",
            "orphans",
            "duplicates",
            "manual",
            "hung",
            "not reached",
        ];
        write!(formatter, "| {:<45} |", "fault")?;
        for head in heads {
            write!(formatter, " {head:>11} |")?;
        }
        write!(formatter, "\n|{}|{}", "-".repeat(47), format!("{}:|", "-".repeat(12)).repeat(heads.len()))?;
        let rows = MISHAPS.iter().filter_map(|mishap| {
            let (_, counts) = self.trials.iter().find(|(name, _)| *name == mishap.name)?;
            Some((label(mishap), *counts))
        });
        for (label, counts) in rows.chain([("all".to_owned(), self.total())]) {
            write!(formatter, "\n| {label:<45} |")?;
            for number in counts.row() {
                write!(formatter, " {number:>11} |")?;
            }
        }
        Ok(())
    }
}

impl Counts {
    fn row(self) -> [usize; 9] {
        [
            self.points,
            self.same_run,
            self.next_run,
            self.not_converged,
            self.orphans,
            self.duplicates,
            self.manual,
            self.hung,
            self.not_reached,
        ]
    }
}

fn label(mishap: &Mishap) -> String {
    format!("{} {}", mishap.name, mishap.meaning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::{CallName, Point};

    fn trial(name: &str, ending: Ending) -> Trial {
        let mishap = Mishap::named(name).remove(0);
        let call = CallName { call: "iam:GetRole r".to_owned(), occurrence: 1 };
        Trial {
            point: Point { k: 1, call, mishap },
            ending,
            orphans: 0,
            duplicates: 0,
            manual: None,
            hung: false,
            report: String::new(),
        }
    }

    #[test]
    fn what_was_not_reached_is_no_point() {
        let mut tally = Tally::default();
        for ending in [Ending::SameRun, Ending::NextRun, Ending::ByHand, Ending::Never, Ending::NotReached] {
            tally.add(&trial("a", ending));
            tally.add(&trial("c1", ending));
        }
        let total = tally.total();
        assert_eq!((total.points, total.same_run, total.next_run), (8, 2, 2));
        assert_eq!((total.not_converged, total.not_reached), (4, 2));
        assert_eq!(tally.to_string().lines().count(), 5);
    }
}
