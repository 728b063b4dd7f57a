use engine::{Action, CloudError, CloudErrorKind};

use super::*;
use crate::views::palette::Palette;

fn shared() -> Shared<Vec<u8>> {
    Shared::new(Wording::Text(Palette::PLAIN), Vec::new(), None, 2)
}

fn step(address: &str, action: Action, id: Option<&str>) -> Step {
    Step { address: address.parse().unwrap(), action, id: id.map(str::to_owned) }
}

#[test]
fn a_pipe_is_told_line_by_line() {
    let shared = shared();
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    let key = step("aws_kms_key.main", Action::Create, None);
    let trail = step("aws_cloudtrail.main", Action::Update, Some("trail"));
    shared.event(&Event::Started(key.clone()), start);
    shared.event(&Event::Started(trail.clone()), at(5));
    for seconds in [9, 10, 11, 14, 15, 19, 20, 21] {
        shared.tick(at(seconds));
    }
    let made = Step { id: Some("1234".to_owned()), ..key };
    shared.event(&Event::Completed(made), at(22));
    shared.tick(at(60));
    let error = CloudError {
        operation: "cloudtrail:UpdateTrail".to_owned(),
        kind: CloudErrorKind::Throttled,
        code: None,
        message: String::new(),
        request_id: None,
        status: None,
    };
    shared.event(&Event::Failed(trail, error), at(70));
    shared.tick(at(100));
    let lines = String::from_utf8(shared.lines.into_inner().unwrap()).unwrap();
    insta::assert_snapshot!(lines, @r"
    aws_kms_key.main: Creating...
    aws_cloudtrail.main: Modifying...
    aws_kms_key.main: Still creating... [00m10s elapsed]
    aws_cloudtrail.main: Still modifying... [00m10s elapsed]
    aws_kms_key.main: Still creating... [00m20s elapsed]
    [1/2] aws_kms_key.main: Creation complete after 22s
    aws_cloudtrail.main: Still modifying... [00m20s elapsed]
    [2/2] aws_cloudtrail.main: Modifications errored after 1m5s
    ");
}

#[test]
fn a_reader_that_is_gone_ends_nothing() {
    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    let shared = Shared::new(Wording::Text(Palette::PLAIN), Gone, None, 1);
    let key = step("aws_kms_key.main", Action::Create, None);
    shared.event(&Event::Started(key.clone()), Instant::now());
    shared.event(&Event::Completed(key), Instant::now());
    assert!(shared.running.into_inner().unwrap().is_empty());
}

#[test]
fn many_threads_may_tell_and_the_end_comes() {
    let quiet = std::sync::Arc::new(crate::views::waiting::Waits::new(None)).quiet();
    let view = ProgressView::start(Some(80), Wording::Text(Palette::PLAIN), 8, quiet);
    std::thread::scope(|scope| {
        for number in 0..8 {
            let view = &view;
            scope.spawn(move || {
                let step = step(&format!("aws_iam_role.r{number}"), Action::Delete, None);
                view.event(&Event::Started(step.clone()));
                view.event(&Event::Completed(step));
            });
        }
    });
    view.finish();
    view.finish();
    assert!(lock(&view.shared.running).is_empty());
}
