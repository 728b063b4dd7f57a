//! The commands that README names: `cargo xtask demo|test|bench|torture|compliance|fuzz|setup`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for people at a terminal; nothing else reads its output"
)]

mod arrows;
mod bench;
mod cargo;
mod check;
mod compliance;
mod demo;
mod dependencies;
mod fuzz;
mod judge;
mod managed_policies;
mod memory;
mod provider_schema;
mod service_reference;
mod setup;
mod torture;

use std::process::ExitCode;

/// Everything here ends in a message for a person.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  demo               sets up moto and runs underpin with examples/production
  test [ARGS]        all checks and tests; ARGS go to cargo test
  test -fast         what needs no emulator: format, lints, arrows, and the tests of a minute
  arrows             which crate and which module may know which: prints the shortest circle of each knot
  bench [ROUNDS]     underpin beside Terraform, interleaved; 5 rounds unless said
  bench doctor [ROUNDS] [-dev]
                     doctor at 50 ms a call, on recorded answers: at most 1.5 s and 60 reads
  bench trail [LOGS] [BYTES]
                     trail verify beside inflating and hashing alone; 2000 logs of 100,000 bytes unless said
  torture [OPTIONS]  breaks apply, changes and destroy at every call in every way; docs/reliability.md has the options
  compliance         Prowler and Checkov on three sets of settings; writes docs/benchmarks.md. Installs 2.5 GB first
  fuzz [TARGET] [-runs=N]
                     feeds the readers of files with odd bytes; docs/fuzzing.md says more
  managed-policies   writes down anew what the managed policies allow that are attached; needs the test tools
  bench size         the bytes of the binary, by the crate that they were compiled for
  judge [REQUESTS] [EDITS]
                     puts requests, edits and versions of policies to underpin, to an independent evaluator and to a
                     solver; 20000 and 10000 unless said; needs npm
  judge edits [EDITS]
                     the step of edits alone; so judge managed, of versions of AWS's managed policies
  judge product      puts what consumers ask of our policies, and attacks on them, to both; needs npm
  judge lockouts [SEED]
                     puts 500 mutated policies to both: is somebody locked out? Needs npm
  judge doctor       puts what doctor decides of its faults to the same evaluator; needs npm
  judge prowler      has Prowler audit the faults of doctor, in groups; installs 2.5 GB first
  judge trail        puts trails that were tampered with to underpin and to aws cloudtrail validate-logs
  provider-schema    writes down anew what provider 6 knows, for the tests of exported modules; needs npm
  service-reference  writes down anew which actions and condition keys AWS has, for the crate policy; needs pip
  setup [demo|test]  only installs what demo or test needs, under target/oracles";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) =
        arguments.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let outcome = match command {
        "demo" => demo::run(),
        "test" => check::run(rest),
        "arrows" => arrows::check(),
        "torture" => torture::run(rest),
        "compliance" => compliance::run(),
        "fuzz" => fuzz::run(rest),
        "bench" => bench::run(rest),
        "managed-policies" => managed_policies::run(),
        "provider-schema" => provider_schema::run(),
        "judge" => judge::run(rest),
        "service-reference" => service_reference::run(),
        "setup" => setup::Group::named(rest.first().map(String::as_str))
            .and_then(|group| setup::run(group).map(drop)),
        "help" | "-h" | "--help" => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error}");
            ExitCode::FAILURE
        }
    }
}
