//! The record of a lock that this run takes.

use terraform::lock::LockInfo;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use uuid::Uuid;

/// RFC 3339 with nanoseconds, as Go writes it.
const CREATED: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:9]Z");

/// A record for `operation` (`OperationTypeApply`) on the state at `path`, made now by this user on this machine.
pub(super) fn new(operation: &str, path: String) -> LockInfo {
    LockInfo {
        id: Uuid::new_v4().to_string(),
        operation: operation.to_owned(),
        info: store::process::identify().to_string(),
        who: format!("{}@{}", user(), rustix::system::uname().nodename().to_string_lossy()),
        version: terraform::TERRAFORM_VERSION.to_owned(),
        created: OffsetDateTime::now_utc().format(CREATED).unwrap_or_default(),
        path,
    }
}

/// The name of the user that this process runs as.
fn user() -> String {
    let id = rustix::process::getuid().as_raw().to_string();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == id).then(|| name.to_owned())
    });
    named.or_else(|| std::env::var("USER").ok()).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use engine::holder::Holder;

    use super::*;

    #[test]
    fn terraform_can_read_it() {
        let info = new("OperationTypePlan", "bucket/key".to_owned());
        assert_eq!(LockInfo::from_json(info.to_json().as_bytes()).unwrap(), info);
        assert_eq!(Holder::of(&info).unwrap().pid, std::process::id());
        assert!(
            info.who.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty()),
            "{}",
            info.who
        );
        assert_eq!(info.created.len(), "2026-11-22T05:29:32.523178921Z".len());
    }
}
