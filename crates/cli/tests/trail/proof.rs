//! What a third person does with a bundle: the printed script, Python, and keys of one's own.

use std::path::Path;
use std::process::Command;

use harness::trail::{BEGIN, public_keys, rfc3339};
use serde_json::{Value, json};

use super::place::{Place, end, kit, oracles};

fn check(directory: &Path, bundle: &str, keys: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(oracles().python());
    command.current_dir(directory).args(["check.py", bundle]);
    for file in keys {
        command.args(["-keys", file]);
    }
    let output = command.output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), said)
}

/// Runs the script on the bundle with a bit of each byte in turn changed; with one byte more, and with nothing.
const EVERY_BYTE: &str = r#"
import contextlib, io, sys
script, whole = compile(open("check.py").read(), "check.py", "exec"), open("bundle", "rb").read()
def status(bundle):
    open("changed", "wb").write(bundle)
    sys.argv = ["check.py", "changed", "-keys", "keys.json"]
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(script, {"__name__": "__main__"})
    except SystemExit as end:
        return end.code
assert status(whole) == 0
changed = [whole + b"\n", b""]
for at in range(len(whole)):
    before, byte, after = whole[:at], whole[at], whole[at + 1:]
    changed.append(before + bytes([byte ^ 1 << at % 8]) + after)
for number, bundle in enumerate(changed):
    if status(bundle) != 2:
        print(f"accepted: change {number}")
        break
else:
    print(f"{len(changed)} refused")
"#;

/// Runs the script on bundles that somebody made anew around CloudTrail's own digests, with a hash that fits.
const MADE_ANEW: &str = r#"
import copy, hashlib, json, subprocess, sys
head, body = open("bundle").read().split("\n")[:2]
whole = json.loads(body)
def status(change):
    proof = copy.deepcopy(whole)
    change(proof)
    text = head + "\n" + json.dumps(proof) + "\n"
    open("anew", "w").write(text + hashlib.sha256(text.encode()).hexdigest() + "\n")
    run = subprocess.run([sys.executable, "check.py", "anew", "-keys", "keys.json"], capture_output=True)
    return run.returncode
def without(*places):
    return lambda proof: [proof["digests"].pop(place) for place in sorted(places, reverse=True)]
def signature(proof):
    proof["digests"][0]["signature"] = proof["digests"][1]["signature"]
for change in [
    lambda proof: None,
    without(0), without(1), without(2), without(3), without(0, 3), without(0, 1, 2, 3, 4, 5),
    lambda proof: proof["range"].update(start="2026-11-01T00:00:00Z"),
    lambda proof: proof["range"].update(end="2026-11-21T00:00:00Z"),
    lambda proof: proof["trail"].update(name="other"),
    lambda proof: proof["digests"].reverse(),
    lambda proof: proof["digests"].insert(1, proof["digests"][0]),
    signature,
]:
    print(status(change), end=" ")
"#;

#[test]
fn a_bundle_is_accepted_by_the_printed_script_and_refused_after_any_change() {
    let kit = kit();
    let mut place = Place::with(&kit);
    let since = format!("-since={}", rfc3339(BEGIN));
    let prove = |place: &Place| place.run(&kit, &["trail", "prove"], &[&since, "-out=bundle"]);
    let output = prove(&place);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let directory = place.directory.path().to_owned();
    std::fs::rename(directory.join("bundle"), directory.join("kept")).unwrap();
    std::os::unix::fs::symlink("kept", directory.join("bundle")).unwrap();
    assert_eq!(prove(&place).status.code(), Some(0));
    assert!(std::fs::symlink_metadata(directory.join("bundle")).unwrap().is_symlink());
    let script = place.command(&["trail", "prove", "-script"]).output().unwrap().stdout;
    assert!(script.iter().filter(|byte| **byte == b'\n').count() <= 110);
    std::fs::write(directory.join("check.py"), script).unwrap();
    std::fs::write(directory.join("keys.json"), public_keys().to_string()).unwrap();
    let (status, said) = check(&directory, "bundle", &["keys.json"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains(&end()) && said.contains("6 digests, 12 logs"), "{said}");
    let (status, said) = check(&directory, "bundle", &[]);
    assert_eq!(status, Some(1), "{said}");

    let mut others: Value = public_keys();
    let swapped = others["PublicKeyList"][2]["Value"].clone();
    for key in others["PublicKeyList"].as_array_mut().unwrap() {
        key["Value"] = swapped.clone();
    }
    std::fs::write(directory.join("others.json"), others.to_string()).unwrap();
    assert_eq!(check(&directory, "bundle", &["others.json"]).0, Some(2));

    let every =
        Command::new(oracles().python()).current_dir(&directory).args(["-c", EVERY_BYTE]).output().unwrap();
    let said = String::from_utf8_lossy(&every.stdout);
    let bytes = std::fs::metadata(directory.join("bundle")).unwrap().len();
    assert_eq!(said.lines().last(), Some(format!("{} refused", bytes + 2).as_str()), "{said}");

    let anew =
        Command::new(oracles().python()).current_dir(&directory).args(["-c", MADE_ANEW]).output().unwrap();
    let said = String::from_utf8_lossy(&anew.stdout);
    assert_eq!(said.trim(), format!("0{}", " 2".repeat(12)), "{}", String::from_utf8_lossy(&anew.stderr));

    place.aws.call("s3", "delete_object", json!({"Bucket": kit.bucket, "Key": kit.keys(false)[0]})).unwrap();
    std::fs::remove_file(directory.join("bundle")).unwrap();
    assert_eq!(prove(&place).status.code(), Some(2));
    assert!(!directory.join("bundle").exists());
}
