//! This process, and what it sees of others on its machine: read from `/proc`, where there is one.

use std::fs;

use engine::holder::{Holder, Life, Process, Sighting};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use terraform::lock::LockInfo;

/// This process as the holder of a lock.
pub fn identify() -> Holder {
    let holder = Holder {
        host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        pid: std::process::id(),
        process: process(),
        renewal: 0,
    };
    // As another process will read it.
    holder.to_string().parse().unwrap_or(holder)
}

/// Whether the holder that a record names still works; `silence` is how long ago the record was written.
pub fn life(info: &LockInfo, silence: Option<std::time::Duration>) -> Life {
    match Holder::of(info) {
        Some(holder) => holder.life(&identify(), look(holder.pid), silence),
        None => Life::Unknown,
    }
}

/// What makes this process's id unmistakable. `/proc` may be that of another namespace, whose ids would mislead.
fn process() -> Option<Process> {
    let stat = Stat::read("self")?;
    if stat.pid != std::process::id() {
        return None;
    }
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
    let namespace = namespace.to_str()?.strip_prefix("pid:[")?.strip_suffix(']')?.parse().ok()?;
    Some(Process { boot: boot.trim().to_owned(), namespace, start: stat.start })
}

/// Looks for a process. Only the kernel's word that there is none counts: `/proc` may hide what others run.
fn look(pid: u32) -> Sighting {
    let Some(number) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return Sighting::Hidden };
    match (test_kill_process(number), Stat::read(&pid.to_string())) {
        (Err(Errno::SRCH), _) => Sighting::Gone,
        (_, Some(stat)) if stat.is_over() => Sighting::Gone,
        (_, Some(stat)) => Sighting::Started(stat.start),
        (_, None) => Sighting::Hidden,
    }
}

/// What `/proc/PID/stat` says.
struct Stat {
    pid: u32,
    state: String,
    start: u64,
}

impl Stat {
    fn read(process: &str) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
    }

    /// `PID (NAME) STATE …`, where the name may hold anything; the start is field 22.
    fn parse(text: &str) -> Option<Self> {
        let (pid, rest) = text.split_once(" (")?;
        let (_, rest) = rest.rsplit_once(") ")?;
        let mut fields = rest.split(' ');
        let state = fields.next()?.to_owned();
        Some(Self { pid: pid.parse().ok()?, state, start: fields.nth(18)?.trim().parse().ok()? })
    }

    /// Whether it has ended, and only waits for its parent to take note.
    fn is_over(&self) -> bool {
        matches!(self.state.as_str(), "Z" | "X")
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    const STAT: &str =
        "812 (a) b) ( c) S 1 13536 7949 0 -1 4194304 98 0 0 0 0 0 0 0 20 0 1 0 533257 3133440 393\n";

    #[test]
    fn a_name_with_parentheses_does_not_mislead() {
        let stat = Stat::parse(STAT).unwrap();
        assert_eq!((stat.pid, stat.state.as_str(), stat.start), (812, "S", 533_257));
        assert!(!stat.is_over() && Stat::parse(&STAT.replace(") S", ") Z")).unwrap().is_over());
        assert!(Stat::parse("812 (a) S 1 2").is_none() && Stat::parse("").is_none());
    }

    #[test]
    fn a_process_is_seen_while_it_runs_and_when_it_has_ended() {
        let here = identify();
        let process = here.process.clone().unwrap();
        assert_eq!(look(here.pid), Sighting::Started(process.start));

        let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        assert!(matches!(look(child.id()), Sighting::Started(start) if start >= process.start));
        drop(child.stdin.take());
        let ended = rustix::process::waitid(
            rustix::process::WaitId::Pid(Pid::from_child(&child)),
            rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT,
        );
        assert!(ended.unwrap().is_some());
        assert_eq!(look(child.id()), Sighting::Gone, "its parent has not taken note yet");
        child.wait().unwrap();
        assert_eq!(look(child.id()), Sighting::Gone);
    }

    #[test]
    fn only_records_of_ours_have_a_life() {
        let ours = LockInfo { info: identify().to_string(), ..LockInfo::default() };
        assert_eq!(life(&ours, None), Life::Alive);
        assert_eq!(life(&LockInfo::default(), Some(std::time::Duration::from_secs(9999))), Life::Unknown);
    }
}
