//! Who holds a lock that underpin took: written into the `Info` of Terraform's lock record, where Terraform shows it and
//! otherwise ignores it. A record without it belongs to Terraform or to another tool.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use terraform::lock::LockInfo;

/// The first word of our `Info`.
const SIGN: &str = "underpin";

/// How long a lock lasts that nobody renews, by the clock of the store.
pub const LEASE: Duration = Duration::from_secs(90);

/// How often a holder renews its lock.
pub const RENEWAL: Duration = Duration::from_secs(20);

/// A run that holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The machine's name, for people and to tell clones of one machine apart.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// What makes `pid` unmistakable; `None` where the system does not tell.
    pub process: Option<Process>,
    /// How often the lock was renewed.
    pub renewal: u64,
}

/// What makes a process id unmistakable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// The id of the machine's boot.
    pub boot: String,
    /// The inode of the namespace in which the process id counts.
    pub namespace: u64,
    /// When it started, in ticks since the boot.
    pub start: u64,
}

/// What somebody on a holder's machine sees of its process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// No process has that id.
    Gone,
    /// A process has it, and started then.
    Started(u64),
    /// It cannot be told.
    Hidden,
}

/// Whether a lock's holder still works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Its process runs on this machine.
    Alive,
    /// It wrote or renewed its lock that long ago, which is within the lease; whether it runs cannot be seen from here.
    Recent(Duration),
    /// Its process, on this machine, has ended.
    Ended,
    /// It has not renewed its lock for that long, which is longer than the lease.
    Silent(Duration),
    /// It is not ours, or nothing is known about it.
    Unknown,
}

impl Life {
    /// Whether its lock may be taken over.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Ended | Self::Silent(_))
    }
}

impl Holder {
    /// The holder that a lock record names; `None` when underpin did not write it.
    pub fn of(info: &LockInfo) -> Option<Self> {
        info.info.parse().ok()
    }

    /// The next renewal.
    pub fn renewed(&self) -> Self {
        Self { renewal: self.renewal.saturating_add(1), ..self.clone() }
    }

    /// Decides from what is known: `here`, who looks; `sighting`, what it sees of a process with the holder's id;
    /// `silence`, how long ago the lock was last written by the store's clock.
    pub fn life(&self, here: &Self, sighting: Sighting, silence: Option<Duration>) -> Life {
        let start = self.start_on(here);
        match (start, sighting, silence) {
            (Some(_), Sighting::Gone, _) => Life::Ended,
            (Some(start), Sighting::Started(other), _) if start != other => Life::Ended,
            (_, _, Some(silence)) if silence > LEASE => Life::Silent(silence),
            (Some(_), Sighting::Started(_), _) => Life::Alive,
            (_, _, Some(silence)) => Life::Recent(silence),
            _ => Life::Unknown,
        }
    }

    /// When the process started, if it is one whose id counts for `here`.
    fn start_on(&self, here: &Self) -> Option<u64> {
        let (process, other) = (self.process.as_ref()?, here.process.as_ref()?);
        let same =
            self.host == here.host && process.boot == other.boot && process.namespace == other.namespace;
        same.then_some(process.start)
    }
}

/// `underpin host=vm pid=812 renewal=3 boot=1b3fa71a-f6ee-498d-9e8d-5119e0d28289 namespace=4026531836 start=533257`,
/// without the last three where the system does not tell.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host: String = self.host.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
        write!(f, "{SIGN} host={host} pid={} renewal={}", self.pid, self.renewal)?;
        match &self.process {
            Some(Process { boot, namespace, start }) => {
                write!(f, " boot={boot} namespace={namespace} start={start}")
            }
            None => Ok(()),
        }
    }
}

/// A text that underpin did not write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not written by underpin")]
pub struct NotOurs;

/// Reads exactly what is written; anything else, however close, is not ours.
impl FromStr for Holder {
    type Err = NotOurs;

    fn from_str(text: &str) -> Result<Self, NotOurs> {
        let mut words = text.split(' ');
        if words.next() != Some(SIGN) {
            return Err(NotOurs);
        }
        let mut value = |name: &str| words.next()?.strip_prefix(name)?.strip_prefix('=');
        let host = value("host").ok_or(NotOurs)?.to_owned();
        let pid = value("pid").and_then(number).ok_or(NotOurs)?;
        let renewal = value("renewal").and_then(number).ok_or(NotOurs)?;
        let process = match value("boot") {
            Some(boot) => Some(Process {
                boot: boot.to_owned(),
                namespace: value("namespace").and_then(number).ok_or(NotOurs)?,
                start: value("start").and_then(number).ok_or(NotOurs)?,
            }),
            None => None,
        };
        let boot_is_plain = process.as_ref().is_none_or(|process| process.boot.chars().all(is_plain));
        let holder = Self { host, pid, process, renewal };
        if boot_is_plain && holder.to_string() == text { Ok(holder) } else { Err(NotOurs) }
    }
}

fn number<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WRITTEN: &str = "underpin host=vm pid=812 renewal=3 boot=1b3fa71a-f6ee-498d-9e8d-5119e0d28289 namespace=4026531836 start=533257";

    fn holder() -> Holder {
        WRITTEN.parse().unwrap()
    }

    #[test]
    fn reads_what_it_writes() {
        let holder = holder();
        assert_eq!((holder.host.as_str(), holder.pid, holder.renewal), ("vm", 812, 3));
        assert_eq!(holder.to_string(), WRITTEN);
        assert_eq!(
            holder.renewed().to_string().split_once("boot").unwrap().0,
            "underpin host=vm pid=812 renewal=4 "
        );
        let short = "underpin host=vm pid=812 renewal=0";
        let elsewhere: Holder = short.parse().unwrap();
        assert_eq!((elsewhere.process.as_ref(), elsewhere.to_string().as_str()), (None, short));
    }

    #[test]
    fn takes_nothing_else_for_ours() {
        for text in [
            "",
            "underpin",
            "Underpin host=vm pid=812 renewal=3",
            "underpin host=vm pid=812",
            "underpin host=vm pid=812 renewal=3 ",
            " underpin host=vm pid=812 renewal=3",
            "underpin host=vm pid=+812 renewal=3",
            "underpin host=vm pid=0812 renewal=3",
            "underpin host=vm pid=812 renewal=3 boot=a",
            "underpin host=vm pid=812 renewal=3 boot=a namespace=1 start=2 more=3",
            "underpin host=v%m pid=812 renewal=3",
            "underpin host=vm pid=812 renewal=3 boot=a\u{1b}b namespace=1 start=2",
            "underpin pid=812 host=vm renewal=3",
            "held by underpin host=vm pid=812 renewal=3",
        ] {
            assert_eq!(text.parse::<Holder>(), Err(NotOurs), "{text:?}");
        }
    }

    #[test]
    fn a_host_name_is_one_word() {
        let odd = Holder { host: "my host=x\n".to_owned(), ..holder() };
        assert!(odd.to_string().starts_with("underpin host=my_host_x_ pid="));
        assert!(odd.to_string().parse::<Holder>().is_ok());
    }

    #[test]
    fn a_holder_is_dead_only_by_evidence() {
        let here = Holder { pid: 900, renewal: 0, ..holder() };
        let process = here.process.clone().unwrap();
        let rebooted =
            Holder { process: Some(Process { boot: "other".to_owned(), ..process.clone() }), ..here.clone() };
        let container = Holder { process: Some(Process { namespace: 7, ..process }), ..here.clone() };
        let clone = Holder { host: "vm2".to_owned(), ..here.clone() };
        let blind = Holder { process: None, ..here.clone() };
        let (fresh, lease) = (Some(Duration::from_secs(3)), Some(LEASE));
        let stale = LEASE + Duration::from_secs(1);
        let recent = Life::Recent(Duration::from_secs(3));
        let running = Sighting::Started(533_257);
        for (by, sighting, silence, life) in [
            (&here, Sighting::Gone, fresh, Life::Ended),
            (&here, Sighting::Gone, None, Life::Ended),
            (&here, Sighting::Started(1), fresh, Life::Ended),
            (&here, running, fresh, Life::Alive),
            (&here, running, None, Life::Alive),
            (&here, running, Some(stale), Life::Silent(stale)),
            (&here, Sighting::Hidden, fresh, recent),
            (&here, Sighting::Hidden, None, Life::Unknown),
            (&rebooted, Sighting::Gone, fresh, recent),
            (&rebooted, Sighting::Started(1), lease, Life::Recent(LEASE)),
            (&container, Sighting::Gone, None, Life::Unknown),
            (&clone, Sighting::Gone, None, Life::Unknown),
            (&blind, Sighting::Gone, fresh, recent),
            (&container, Sighting::Started(1), Some(stale), Life::Silent(stale)),
        ] {
            assert_eq!(holder().life(by, sighting, silence), life, "{by:?} {sighting:?} {silence:?}");
            assert_eq!(life.is_over(), matches!(life, Life::Ended | Life::Silent(_)));
        }
        let without = Holder { process: None, ..holder() };
        assert_eq!(without.life(&here, Sighting::Gone, None), Life::Unknown);
    }

    proptest! {
        #[test]
        fn every_holder_can_be_read_back(
            host in "\\PC{0,12}", pid: u32, renewal: u64, start: u64, namespace: u64, known: bool,
        ) {
            let process = known.then(|| Process { boot: "1b3fa71a-f6ee".to_owned(), namespace, start });
            let written = Holder { host, pid, process, renewal }.to_string();
            prop_assert_eq!(written.parse::<Holder>().unwrap().to_string(), written);
        }
    }
}
