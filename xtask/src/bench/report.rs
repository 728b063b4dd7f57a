//! The medians of a benchmark, beside what was aimed for.

use std::time::Duration;

use crate::memory::Run;

/// What the program itself may need on recorded answers.
const OWN: Duration = Duration::from_millis(40);

/// One measured command.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// Time, memory and exit code.
    pub run: Run,
    /// The AWS calls it made.
    pub calls: usize,
    /// The longest chain of calls of which each began after the one before it had ended.
    pub chain: Vec<String>,
}

/// All that was measured.
#[derive(Debug, Default)]
pub(super) struct Report {
    underpin: Pair,
    terraform: Pair,
    /// Apply and plan of underpin on recorded answers.
    pub floor: Vec<(Sample, Sample)>,
    /// How long `version` takes: underpin, Terraform.
    pub starts: (Duration, Duration),
    /// The size of the release binary.
    pub binary_bytes: u64,
    /// The size of Terraform and its provider.
    pub terraform_bytes: u64,
}

#[derive(Debug, Default)]
struct Pair {
    apply: Vec<Sample>,
    plan: Vec<Sample>,
}

/// The medians of one command.
#[derive(Clone, Copy, Debug, Default)]
struct Median {
    wall: Duration,
    calls: usize,
    chain: usize,
    peak_kib: u64,
}

impl Report {
    /// Takes a round of one of the two in.
    pub(super) fn add(&mut self, underpin: bool, apply: Sample, plan: Sample) {
        let pair = if underpin { &mut self.underpin } else { &mut self.terraform };
        pair.apply.push(apply);
        pair.plan.push(plan);
    }

    /// Prints the table and the goals.
    pub(super) fn print(&self, latency: Duration) {
        let ours = (Median::of(&self.underpin.apply), Median::of(&self.underpin.plan));
        let theirs = (Median::of(&self.terraform.apply), Median::of(&self.terraform.plan));
        println!(
            "\n{} rounds, medians, {} ms for each AWS call",
            self.underpin.apply.len(),
            latency.as_millis()
        );
        println!("{:<24} {:>9} {:>7} {:>14} {:>11}", "", "wall s", "calls", "deepest chain", "peak MB");
        for (name, row) in [
            ("underpin apply", ours.0),
            ("Terraform apply", theirs.0),
            ("underpin plan", ours.1),
            ("Terraform plan", theirs.1),
        ] {
            let megabytes = megabytes(row.peak_kib * 1024);
            let wall = row.wall.as_secs_f64();
            println!("{name:<24} {wall:>9.3} {:>7} {:>14} {megabytes:>11.1}", row.calls, row.chain);
        }
        for (name, floor) in [("apply", self.floor(true)), ("plan", self.floor(false))] {
            let Some(floor) = floor else { continue };
            let wall = floor.run.wall.as_secs_f64();
            println!("underpin {name:<5}, replayed {wall:>8.3} {:>7} {:>14}", floor.calls, floor.chain.len());
            println!("  {}", floor.chain.join(" > "));
        }
        println!(
            "start to `version`: underpin {}, Terraform {}",
            millis(self.starts.0),
            millis(self.starts.1)
        );
        let sizes = (megabytes(self.binary_bytes), megabytes(self.terraform_bytes));
        println!("binaries: underpin {:.1} MB, Terraform and provider {:.1} MB", sizes.0, sizes.1);
        println!("\nGoals");
        for (met, text) in self.goals(ours, theirs, latency) {
            println!("  {:<7} {text}", if met { "met" } else { "NOT MET" });
        }
    }

    /// The median of the replays by time, of applies or of plans.
    fn floor(&self, apply: bool) -> Option<&Sample> {
        let mut samples: Vec<&Sample> =
            self.floor.iter().map(|(applied, planned)| if apply { applied } else { planned }).collect();
        samples.sort_by_key(|sample| sample.run.wall);
        samples.get(samples.len() / 2).copied()
    }

    /// How long a run on recorded answers may take: its chain, and what the program itself needs.
    fn bound(&self, apply: bool, latency: Duration) -> (bool, String) {
        let name = if apply { "apply" } else { "plan" };
        let Some(floor) = self.floor(apply) else { return (false, format!("{name} was not replayed")) };
        let chain = latency * u32::try_from(floor.chain.len()).unwrap_or(u32::MAX);
        let (wall, bound) = (floor.run.wall, chain + OWN);
        let text = format!(
            "{name} on recorded answers {} (goal: {} deep x {} + {} = {})",
            millis(wall),
            floor.chain.len(),
            millis(latency),
            millis(OWN),
            millis(bound)
        );
        (wall <= bound, text)
    }

    fn goals(
        &self,
        ours: (Median, Median),
        theirs: (Median, Median),
        latency: Duration,
    ) -> Vec<(bool, String)> {
        let (apply, plan) = ours;
        let apply_ratio = ratio(theirs.0.wall, apply.wall);
        let plan_ratio = ratio(theirs.1.wall, plan.wall);
        let depth = |apply| self.floor(apply).map_or(usize::MAX, |floor| floor.chain.len());
        let peak = megabytes(apply.peak_kib.max(plan.peak_kib) * 1024);
        let binary = megabytes(self.binary_bytes);
        vec![
            (apply_ratio >= 10.0, format!("apply {apply_ratio:.1} times as fast as Terraform (goal: 10)")),
            (plan_ratio >= 9.0, format!("plan {plan_ratio:.1} times as fast as Terraform (goal: 9)")),
            self.bound(true, latency),
            self.bound(false, latency),
            (depth(true) <= 10, format!("apply is {} deep (goal: 10)", depth(true))),
            (depth(false) <= 3, format!("plan is {} deep (goal: 3)", depth(false))),
            (apply.calls <= 60, format!("apply makes {} calls (goal: 60)", apply.calls)),
            (plan.calls <= 50, format!("plan makes {} calls (goal: 50)", plan.calls)),
            (peak < 40.0, format!("peak memory {peak:.1} MB (goal: under 40)")),
            (binary < 32.0, format!("binary {binary:.1} MB (goal: under 32)")),
            (
                self.starts.0 < Duration::from_millis(10),
                format!("`underpin version` in {} (goal: under 10 ms)", millis(self.starts.0)),
            ),
        ]
    }
}

impl Median {
    fn of(samples: &[Sample]) -> Self {
        Self {
            wall: median(samples.iter().map(|sample| sample.run.wall).collect()),
            calls: median(samples.iter().map(|sample| sample.calls).collect()),
            chain: median(samples.iter().map(|sample| sample.chain.len()).collect()),
            peak_kib: median(samples.iter().map(|sample| sample.run.peak_kib).collect()),
        }
    }
}

/// Answers the middle value (the upper of two), the default when there is none.
pub(super) fn median<T: Ord + Copy + Default>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn ratio(larger: Duration, smaller: Duration) -> f64 {
    larger.as_secs_f64() / smaller.as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "sizes for people, far below 2^52")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_is_the_middle() {
        assert_eq!(median(vec![9, 1, 5]), 5);
        assert_eq!(median(vec![4, 1]), 4);
        assert_eq!(median(Vec::<u64>::new()), 0);
    }
}
