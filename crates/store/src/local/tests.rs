use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use super::*;

fn info(id: &str) -> LockInfo {
    LockInfo {
        id: id.to_owned(),
        operation: "OperationTypeApply".to_owned(),
        who: "somebody@somewhere".to_owned(),
        created: "2026-11-22T05:29:32.5Z".to_owned(),
        ..LockInfo::default()
    }
}

fn store() -> (tempfile::TempDir, LocalStore) {
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::new(directory.path().join("terraform.tfstate"));
    (directory, store)
}

fn names(directory: &tempfile::TempDir) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Another process that holds the lock, as Terraform would, until it is dropped.
struct Other(Child);

impl Other {
    fn holding(path: &Path) -> Self {
        let script = "import fcntl, sys\n\
            file = open(sys.argv[1], 'a+')\n\
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)\n\
            print('held', flush=True)\n\
            sys.stdin.read()";
        let mut child = Command::new("python3")
            .args(["-c", script])
            .arg(path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "held\n");
        Self(child)
    }

    /// Whether another process could take the lock now.
    fn could_hold(path: &Path) -> bool {
        let script = "import fcntl, sys; fcntl.lockf(open(sys.argv[1], 'a+'), fcntl.LOCK_EX | fcntl.LOCK_NB)";
        let status = Command::new("python3").args(["-c", script]).arg(path).stderr(Stdio::null()).status();
        status.unwrap().success()
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        self.0.wait().unwrap();
    }
}

#[tokio::test]
async fn what_is_written_is_read_back_under_the_version_answered() {
    let (directory, store) = store();
    assert_eq!(store.read().await.unwrap(), None);
    store.lock(&info("1")).await.unwrap();
    let first = store.write(b"{\"serial\":1}", None).await.unwrap();
    let stored = store.read().await.unwrap().unwrap();
    assert_eq!((stored.bytes.as_slice(), &stored.version), (&b"{\"serial\":1}"[..], &first));
    let second = store.write(b"{}", Some(&first)).await.unwrap();
    store.unlock(&info("1")).await.unwrap();
    let stored = store.read().await.unwrap().unwrap();
    assert_eq!((stored.bytes.as_slice(), &stored.version), (&b"{}"[..], &second));
    assert_eq!(names(&directory), ["terraform.tfstate", "terraform.tfstate.backup"]);
    assert_eq!(mode(&store.path), 0o600);
}

#[tokio::test]
async fn a_state_that_others_can_read_is_closed_to_them_with_the_next_write() {
    let (_directory, store) = store();
    let first = store.write(b"{}", None).await.unwrap();
    fs::set_permissions(&store.path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    store.write(b"{\"serial\":1}", Some(&first)).await.unwrap();
    assert_eq!(mode(&store.path), 0o600);
}

#[tokio::test]
async fn a_write_over_another_version_changes_nothing() {
    let (_directory, store) = store();
    let first = store.write(b"{\"serial\":1}", None).await.unwrap();
    for replaces in [None, Some(&Version("sha256:00".to_owned()))] {
        let error = store.write(b"{\"serial\":2}", replaces).await.unwrap_err();
        assert!(matches!(error, StoreError::Moved), "{error}");
    }
    assert_eq!(store.read().await.unwrap().unwrap().version, first);
}

#[tokio::test]
async fn the_backup_holds_what_the_run_found() {
    let (_directory, store) = store();
    let mut version = store.write(b"{\"serial\":1}", None).await.unwrap();
    for serial in 2..4 {
        let bytes = format!("{{\"serial\":{serial}}}");
        version = store.write(bytes.as_bytes(), Some(&version)).await.unwrap();
    }
    let backup = store.path.with_file_name("terraform.tfstate.backup");
    assert_eq!(fs::read(&backup).unwrap(), b"{\"serial\":1}");
    assert_eq!(mode(&backup), 0o600);
}

#[tokio::test]
async fn a_lock_without_a_write_leaves_nothing_behind() {
    let (directory, store) = store();
    store.lock(&info("1")).await.unwrap();
    let record = store.path.with_file_name(".terraform.tfstate.lock.info");
    assert_eq!(mode(&record), 0o600);
    assert_eq!(fs::read_to_string(&record).unwrap(), info("1").to_json());
    assert_eq!(fs::read(&store.path).unwrap(), b"");
    store.unlock(&info("1")).await.unwrap();
    assert_eq!(names(&directory), Vec::<String>::new());
}

#[tokio::test]
async fn another_process_that_holds_the_lock_keeps_us_out() {
    let (_directory, store) = store();
    let record = store.path.with_file_name(".terraform.tfstate.lock.info");
    fs::write(&record, info("theirs").to_json()).unwrap();
    let other = Other::holding(&store.path);
    match store.lock(&info("ours")).await {
        Err(LockError::Held { holder, message, .. }) => {
            assert_eq!(holder.unwrap().id, "theirs");
            assert_eq!(message, "resource temporarily unavailable");
        }
        result => panic!("{result:?}"),
    }
    drop(other);
    store.lock(&info("ours")).await.unwrap();
}

#[tokio::test]
async fn our_lock_keeps_another_process_out_through_reads_and_writes() {
    let (_directory, store) = store();
    store.lock(&info("1")).await.unwrap();
    let version = store.write(b"{\"serial\":1}", None).await.unwrap();
    store.read().await.unwrap();
    store.write(b"{\"serial\":2}", Some(&version)).await.unwrap();
    assert!(!Other::could_hold(&store.path));
    store.unlock(&info("1")).await.unwrap();
    assert!(Other::could_hold(&store.path));
}

#[tokio::test]
async fn only_the_holder_gives_the_lock_back() {
    let (_directory, store) = store();
    let error = store.unlock(&info("1")).await.unwrap_err();
    assert!(matches!(error, StoreError::NotHeld { holder: None, .. }), "{error}");
    store.lock(&info("1")).await.unwrap();
    let error = store.unlock(&info("2")).await.unwrap_err();
    assert!(matches!(error, StoreError::NotHeld { holder: Some(_), .. }), "{error}");
    assert!(!Other::could_hold(&store.path));
    let again = store.lock(&info("2")).await;
    assert!(matches!(again, Err(LockError::Held { .. })), "{again:?}");
}

#[tokio::test]
async fn a_write_cut_off_in_place_is_read_from_its_copy() {
    let copy = b"{\"serial\":2}";
    for torn in [&b""[..], b"{\"ser"] {
        let (directory, store) = store();
        fs::write(&store.path, torn).unwrap();
        fs::write(store.path.with_file_name(".terraform.tfstate.new"), copy).unwrap();
        store.lock(&info("1")).await.unwrap();
        let stored = store.read().await.unwrap().unwrap();
        assert_eq!(stored.bytes, copy);
        store.write(b"{\"serial\":3}", Some(&stored.version)).await.unwrap();
        store.unlock(&info("1")).await.unwrap();
        assert_eq!(fs::read(&store.path).unwrap(), b"{\"serial\":3}");
        assert_eq!(names(&directory), ["terraform.tfstate", "terraform.tfstate.backup"]);
    }
}

#[tokio::test]
async fn a_copy_cut_off_or_left_over_is_no_state() {
    let (_directory, store) = store();
    let copy = store.path.with_file_name(".terraform.tfstate.new");
    fs::write(&store.path, b"{\"serial\":1}").unwrap();
    for left in [&b"{\"serial\":2}"[..], b"{\"ser"] {
        fs::write(&copy, left).unwrap();
        assert_eq!(store.read().await.unwrap().unwrap().bytes, b"{\"serial\":1}");
    }
    store.lock(&info("1")).await.unwrap();
    assert!(!copy.exists());
    store.unlock(&info("1")).await.unwrap();

    fs::write(&copy, b"{\"serial\":2}").unwrap();
    fs::remove_file(&store.path).unwrap();
    assert_eq!(store.read().await.unwrap(), None);
    store.lock(&info("2")).await.unwrap();
    assert_eq!(store.read().await.unwrap(), None);
}

#[tokio::test]
async fn a_full_disk_leaves_the_old_state() {
    let (_directory, store) = store();
    let version = store.write(b"{\"serial\":1}", None).await.unwrap();
    // A directory in the copy's place fails the first write of a change, as a full disk does.
    fs::create_dir(store.path.with_file_name(".terraform.tfstate.new")).unwrap();
    let error = store.write(b"{\"serial\":2}", Some(&version)).await.unwrap_err();
    assert!(matches!(error, StoreError::File { .. }), "{error}");
    assert_eq!(fs::read(&store.path).unwrap(), b"{\"serial\":1}");
}

#[tokio::test]
async fn missing_directories_are_made() {
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::new(directory.path().join("terraform.tfstate.d/w1/terraform.tfstate"));
    store.write(b"{}", None).await.unwrap();
    assert_eq!(store.read().await.unwrap().unwrap().bytes, b"{}");
}

#[tokio::test]
async fn a_state_is_removed_in_the_version_that_was_read_and_kept_beside() {
    let (directory, store) = store();
    let first = store.write(b"{\"a\": 1}", None).await.unwrap();
    let second = LocalStore::new(directory.path().join("terraform.tfstate"))
        .write(b"{\"a\": 2}", Some(&first))
        .await
        .unwrap();
    let info = info("id");
    store.lock(&info).await.unwrap();
    assert!(matches!(store.remove(&first).await, Err(StoreError::Moved)));
    store.remove(&second).await.unwrap();
    store.unlock(&info).await.unwrap();
    assert_eq!(names(&directory), ["terraform.tfstate.backup"]);
    assert_eq!(std::fs::read(directory.path().join("terraform.tfstate.backup")).unwrap(), b"{\"a\": 2}");
    assert_eq!(store.read().await.unwrap(), None);

    let elsewhere = directory.path().join("kept");
    let store = LocalStore::new(directory.path().join("terraform.tfstate")).with_backup(&elsewhere);
    let version = store.write(b"{}", None).await.unwrap();
    store.write(b"{\"a\": 3}", Some(&version)).await.unwrap();
    assert_eq!(std::fs::read(&elsewhere).unwrap(), b"{}");
    assert_eq!(mode(&elsewhere), 0o600);
}

#[tokio::test]
async fn a_device_as_backup_stays_one() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    let made = rustix::fs::Mode::from_raw_mode(0o644);
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, made, 0).unwrap();
    let _reader = fs::File::options().read(true).write(true).open(&pipe).unwrap();
    let store = LocalStore::new(directory.path().join("terraform.tfstate")).with_backup(&pipe);
    let version = store.write(b"{}", None).await.unwrap();
    store.write(b"{\"a\": 1}", Some(&version)).await.unwrap();
    assert!(!fs::symlink_metadata(&pipe).unwrap().is_file());
    assert_eq!(mode(&pipe), 0o644);
    assert_eq!(names(&directory), ["pipe", "terraform.tfstate"]);
}
