//! How fast policies are compared and asked, on one core: `cargo run --release -p policy --example decisions`.
//!
//! `question.json` is a key's policy as the foundation has it, and what CloudTrail asks of it; `cargo xtask judge` asks an
//! independent evaluator the same.
#![expect(clippy::print_stdout, reason = "what it measured is for a person")]

use std::hint::black_box;
use std::time::Instant;

use policy::{
    Attachment, Element, Kind, Policies, Policy, PolicyError, Principal, Request, difference, evaluate,
};
use serde_json::Value;

const QUESTION: &str = include_str!("question.json");
const ROUNDS: u32 = 1_000_000;
const COMPARISONS: u32 = 1_000;

/// Seconds of this thread on a core, which other processes do not add to; of the clock where the system does not tell.
fn seconds(start: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// The policy, with so many administrators.
fn key(question: &Value, administrators: usize) -> Result<Policy, PolicyError> {
    let mut policy = Policy::parse(&question["policy"].to_string())?;
    let names = (0..administrators).map(|number| format!("arn:aws:iam::123456789012:role/admin-{number}"));
    if let Some(last) = policy.statements.last_mut() {
        last.principal = Some(Element::Only(names.map(Principal::aws).collect()));
    }
    Ok(policy)
}

/// The request.
fn request(question: &Value) -> Request {
    let asked = &question["request"];
    let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
    let service = Principal::service(text("principal"));
    let request = Request::new(service, text("action"), text("resource"), text("account"));
    let context = asked["context"].as_object().into_iter().flatten();
    context.fold(request, |request, (key, value)| request.with(key, [value.as_str().unwrap_or_default()]))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let question: Value = serde_json::from_str(QUESTION)?;
    let clock = Instant::now();
    for (before, after) in [(2, 3), (55, 66)] {
        let [old, new] = [key(&question, before)?, key(&question, after)?];
        let attachment = Attachment::to(Kind::Key).of("123456789012");
        let start = seconds(clock);
        for _ in 0..COMPARISONS {
            black_box(difference(Some(&old), Some(&new), attachment));
        }
        let each = (seconds(clock) - start) * 1e3 / f64::from(COMPARISONS);
        println!("{before} and {after} administrators: {each:.3} ms a comparison");
    }
    let policy = key(&question, 2)?.prepare();
    let policies = Policies { resource: Some(&policy), ..Policies::default() };
    let request = request(&question);
    let start = seconds(clock);
    let allowed =
        (0..ROUNDS).filter(|_| evaluate(black_box(&policies), black_box(&request)).is_allowed()).count();
    let taken = seconds(clock) - start;
    let rate = f64::from(ROUNDS) / taken;
    println!("underpin decides {rate:.0} requests a second ({allowed} of {ROUNDS} allowed)");
    Ok(())
}
