use std::cell::Cell;
use std::time::Duration;

use engine::{CloudError, CloudErrorKind};

use super::{ENTITY_DOCUMENT, ENTITY_NEW, Patience};

fn refusal(kind: CloudErrorKind, code: &str) -> CloudError {
    CloudError {
        operation: "iam:PutRolePolicy".to_owned(),
        kind,
        code: Some(code.to_owned()),
        message: String::new(),
        request_id: None,
        status: Some(400),
    }
}

fn patience() -> Patience {
    Patience {
        first: Duration::ZERO,
        longest: Duration::ZERO,
        limit: Duration::from_secs(60),
        malformed_limit: Duration::ZERO,
    }
}

/// How often a call is made that is refused `refusals` times and then answered.
async fn attempts(passing: &[&str], error: CloudError, refusals: u32) -> (u32, bool) {
    let made = Cell::new(0);
    let answer = patience()
        .retry(passing, || {
            made.set(made.get() + 1);
            let answer = if made.get() <= refusals { Err(error.clone()) } else { Ok(()) };
            async move { answer }
        })
        .await;
    (made.get(), answer.is_ok())
}

#[tokio::test]
async fn only_passing_refusals_are_repeated_and_malformed_ones_have_their_own_limit() {
    let refused = |code| refusal(CloudErrorKind::Refused, code);
    let cases = [
        (ENTITY_NEW, refused("NoSuchEntity"), (4, true)),
        (ENTITY_NEW, refused("MalformedPolicyDocument"), (1, false)),
        (ENTITY_DOCUMENT, refused("MalformedPolicyDocument"), (1, false)),
        (ENTITY_NEW, refused("AccessDenied"), (1, false)),
        (&[], refusal(CloudErrorKind::Throttled, "Throttling"), (4, true)),
        (&[], refusal(CloudErrorKind::Unreachable, "ServiceFailure"), (1, false)),
    ];
    for (passing, error, expected) in cases {
        let code = error.code.clone();
        assert_eq!(attempts(passing, error, 3).await, expected, "{code:?}");
    }
}

#[test]
fn pauses_double_up_to_the_longest_and_are_never_under_half() {
    let patience = Patience::default();
    for (number, step) in [(0, 100), (1, 200), (3, 800), (6, 5000), (40, 5000)] {
        let pause = patience.pause(number);
        let step = Duration::from_millis(step);
        assert!(pause <= step && pause >= step / 2, "{number}: {pause:?}");
    }
}
