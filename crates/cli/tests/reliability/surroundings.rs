//! Hostile surroundings: whatever they are, a run ends in time, says what to do, and leaves the state as it was.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use harness::{
    Answer, Backend, Baseline, Fault, Matching, Options, Rule, Run, STATE_BUCKET, Verdict, When, World,
};

use crate::support::worlds::{APPLIED, APPLY, EMPTY, ORACLES, REFERENCE, TOOL, world};

const SECONDS: fn(u64) -> Duration = Duration::from_secs;

/// The user and group `nobody`, for whom permissions count even when root runs the tests.
const NOBODY: u32 = 65534;

fn command(world: &World, arguments: &[&str]) -> Command {
    let mut command = TOOL.command(world.directory(), &world.proxy().endpoint()).unwrap();
    command.args(arguments);
    command
}

/// The run must have failed in time and must say all of the words; it is shown for people to judge.
fn fails(run: &Run, words: &[&str]) {
    println!("-- {} after {:.1} s:\n{}", run.ending(), run.wall.as_secs_f64(), run.printed);
    assert_eq!(run.status.and_then(|status| status.code()), Some(1), "{}:\n{}", run.ending(), run.printed);
    for word in words {
        assert!(run.printed.contains(word), "`{word}` is missing:\n{}", run.printed);
    }
    assert!(!run.printed.contains("panicked"), "{}", run.printed);
}

/// A later plain apply ends well, with nothing left over.
fn mends(world: &mut World) {
    world.proxy().reset();
    world.succeed(&APPLY).unwrap();
    assert_eq!(world.observe().unwrap().difference(&REFERENCE.observed), "");
}

/// Lets everybody read and nobody write.
fn unwritable(directory: &Path) {
    fs::set_permissions(directory, fs::Permissions::from_mode(0o555)).unwrap();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            unwritable(&entry.path());
        } else {
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o444)).unwrap();
        }
    }
}

fn as_nobody(command: &mut Command) {
    if rustix::process::getuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
}

#[test]
fn a_read_only_directory_is_enough_for_an_apply() {
    let mut world = world(&EMPTY, Options::default());
    unwritable(world.directory());
    let mut apply = command(&world, &APPLY);
    as_nobody(&mut apply);
    let run = world.run_command(apply, SECONDS(60)).unwrap();
    assert!(run.is_success(), "{}", run.printed);
    assert_eq!(world.observe().unwrap().difference(&REFERENCE.observed), "");
}

#[test]
fn a_state_that_can_be_saved_nowhere_is_shown() {
    let mut world = world(&EMPTY, Options::default());
    unwritable(world.directory());
    world.proxy().arm(Rule::new(
        Fault::Refuse(403, "AccessDenied"),
        Matching::state_writes(STATE_BUCKET),
        When::From(4),
    ));
    let mut apply = command(&world, &APPLY);
    as_nobody(&mut apply);
    let run = world.run_command(apply, SECONDS(60)).unwrap();
    fails(&run, &["errored.tfstate", "\"lineage\""]);
    mends(&mut world);
}

#[test]
fn a_read_only_directory_is_named_by_init() {
    let baseline = Baseline::prepare(&ORACLES, &TOOL, Backend::Lockfile).unwrap();
    let world = world(&baseline, Options::default());
    fs::remove_dir_all(world.directory().join(".terraform")).unwrap();
    unwritable(world.directory());
    let mut init = command(&world, &["init", "-input=false", "-backend-config=use_lockfile=true"]);
    init.arg("-backend-config=backend-global-production-us-east-1.hcl");
    as_nobody(&mut init);
    fails(&world.run_command(init, SECONDS(60)).unwrap(), &[".terraform", "ermission denied"]);
}

#[test]
fn a_full_disk_loses_nothing_of_a_local_state() {
    let baseline = Baseline::prepare(&ORACLES, &TOOL, Backend::Local).unwrap();
    let world = world(&baseline, Options::default());
    // A file may have 8 KiB: the first states fit, the later ones do not.
    let script = "(trap '' XFSZ; ulimit -f 8; exec \"$0\" apply -auto-approve -input=false) 2>&1 | cat; exit ${PIPESTATUS[0]}";
    let plain = command(&world, &[]);
    let mut full = Command::new("bash");
    full.arg("-c").arg(script).arg(plain.get_program()).current_dir(world.directory());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => full.env(name, value),
            None => full.env_remove(name),
        };
    }
    let run = world.run_command(full, SECONDS(60)).unwrap();
    fails(&run, &["terraform.tfstate"]);
    let state = fs::read_to_string(world.directory().join("terraform.tfstate")).unwrap();
    serde_json::from_str::<serde_json::Value>(&state).unwrap();
    let next = world.run(&APPLY, SECONDS(60)).unwrap();
    assert!(next.is_success(), "{}", next.printed);
}

#[test]
fn no_home_is_needed() {
    let mut world = world(&EMPTY, Options::default());
    let mut apply = command(&world, &APPLY);
    apply.env_remove("HOME").env_remove("XDG_CONFIG_HOME");
    let run = world.run_command(apply, SECONDS(60)).unwrap();
    assert!(run.is_success(), "{}", run.printed);
    assert_eq!(world.observe().unwrap().difference(&REFERENCE.observed), "");
}

#[test]
fn a_wrong_clock_is_named() {
    let mut world = world(&EMPTY, Options::default());
    world.proxy().on(|call| {
        let code = if call.service == "s3" { "RequestTimeTooSkewed" } else { "RequestExpired" };
        Verdict::Answer(Answer::error(call, 403, code))
    });
    let run = world.run(&APPLY, SECONDS(60)).unwrap();
    fails(&run, &["clock"]);
    mends(&mut world);
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    let mut world = world(&EMPTY, Options::default());
    let mut apply = command(&world, &APPLY);
    apply.env("HTTP_PROXY", "http://127.0.0.1:9").env("AWS_ENDPOINT_URL", "http://aws.example.invalid:4566");
    apply.env_remove("NO_PROXY").env_remove("no_proxy");
    let run = world.run_command(apply, SECONDS(100)).unwrap();
    fails(&run, &["HTTP_PROXY"]);
    let mut around = command(&world, &APPLY);
    // What listens on this machine is never asked by way of a proxy.
    around.env("HTTP_PROXY", "http://127.0.0.1:9").env_remove("NO_PROXY").env_remove("no_proxy");
    let run = world.run_command(around, SECONDS(60)).unwrap();
    assert!(run.is_success(), "{}", run.printed);
    assert_eq!(world.observe().unwrap().difference(&REFERENCE.observed), "");
}

#[test]
fn a_source_of_credentials_that_hangs_is_given_up() {
    let world = world(&EMPTY, Options::default());
    let config = world.directory().join("config");
    fs::write(&config, "[default]\ncredential_process = sleep 1000\n").unwrap();
    let mut apply = command(&world, &APPLY);
    apply.env("AWS_CONFIG_FILE", &config).env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    fails(&world.run_command(apply, SECONDS(120)).unwrap(), &["credentials"]);
}

#[test]
fn an_instance_without_metadata_is_given_up() {
    let world = world(&EMPTY, Options::default());
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut apply = command(&world, &APPLY);
    apply
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", format!("http://{}", silent.local_addr().unwrap()))
        .env("AWS_EC2_METADATA_DISABLED", "false")
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY");
    fails(&world.run_command(apply, SECONDS(120)).unwrap(), &["credentials"]);
}

/// Actions that `answered` takes are answered with a web page, until the next run.
fn with_web_pages(status: u16, answered: fn(&str) -> bool) {
    let mut world = world(&EMPTY, Options::default());
    let page = "<!DOCTYPE html><html><body>Please sign in to the hotel network</body></html>";
    world.proxy().on(move |call| match answered(&call.action) {
        true => Verdict::Answer(Answer::new(status, "text/html", page)),
        false => Verdict::Pass,
    });
    let run = world.run(&APPLY, SECONDS(100)).unwrap();
    fails(&run, &["HTML"]);
    mends(&mut world);
}

#[test]
fn a_web_page_instead_of_an_answer_is_recognised() {
    for status in [200, 503] {
        with_web_pages(status, |_| true);
    }
}

#[test]
fn a_web_page_is_not_taken_for_the_success_of_a_call_without_an_answer() {
    let actions: [fn(&str) -> bool; 4] = [
        |action| action == "PutObject",
        |action| action == "AttachRolePolicy",
        |action| action == "PutBucketPolicy",
        |action| action == "StartLogging",
    ];
    for answered in actions {
        with_web_pages(200, answered);
    }
}

/// Answers every request with 200 and a body without an end, until the client goes away.
fn endless() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let mut request = [0; 8192];
                let _read = stream.read(&mut request);
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nETag: \"a\"\r\nContent-Length: 4294967296\r\n\r\n";
                let _sent = stream.write_all(head.as_bytes());
                let piece = vec![b'a'; 1 << 20];
                while stream.write_all(&piece).is_ok() {}
            });
        }
    });
    address
}

#[test]
fn an_answer_of_gigabytes_does_not_fill_the_memory() {
    let world = world(&EMPTY, Options::default());
    let script = "ulimit -v 2000000; exec \"$0\" apply -auto-approve -input=false";
    for service in ["S3", "STS"] {
        let plain = command(&world, &[]);
        let mut bounded = Command::new("bash");
        bounded.arg("-c").arg(script).arg(plain.get_program()).current_dir(world.directory());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => bounded.env(name, value),
                None => bounded.env_remove(name),
            };
        }
        bounded.env(format!("AWS_ENDPOINT_URL_{service}"), format!("http://{}", endless()));
        let run = world.run_command(bounded, SECONDS(120)).unwrap();
        fails(&run, &[]);
        assert!(!run.printed.contains("memory allocation"), "{}", run.printed);
    }
}

#[test]
fn an_account_that_dies_in_the_middle_is_finished_later() {
    let mut world = world(&EMPTY, Options::default());
    world.proxy().arm(Rule::new(Fault::CutBefore, Matching::any(), When::From(25)));
    let run = world.run(&APPLY, SECONDS(180)).unwrap();
    fails(&run, &["errored.tfstate"]);
    mends(&mut world);
}

#[test]
fn another_account_is_not_touched() {
    let mut world = world(&APPLIED, Options::default());
    let before = world.observe().unwrap();
    let run = world
        .run(&["apply", "-auto-approve", "-input=false", "-expect-account-id=999999999999"], SECONDS(60))
        .unwrap();
    fails(&run, &["999999999999", "123456789012"]);
    // Without a word about it, the state itself knows whose it is.
    world.proxy().reset();
    world.proxy().on(|call| {
        if call.action != "GetCallerIdentity" {
            return Verdict::Pass;
        }
        let body = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::999999999999:user/x</Arn>\
                    <UserId>U</UserId><Account>999999999999</Account></GetCallerIdentityResult>\
                    </GetCallerIdentityResponse>";
        Verdict::Answer(Answer::new(200, "text/xml", body))
    });
    let run = world.run(&APPLY, SECONDS(60)).unwrap();
    fails(&run, &["999999999999", "123456789012"]);
    assert_eq!(world.observe().unwrap().difference(&before), "");
}
