//! A verification of a bucket: many objects at a time.

use futures::{StreamExt, stream};
use trail::examine::Content;
use trail::{Answer, Progress, PublicKeys, Purpose, Request, Verification};

use super::{Archive, Reader};

/// How many objects are read at a time.
const OBJECTS: usize = 64;

/// What a run is told and tells while it lasts.
pub trait Watch {
    /// The length of a log's content, where the log was proven before.
    fn known(&self, request: &Request) -> Option<u64>;
    /// A log was proven.
    fn proven(&mut self, request: &Request, content: Content);
    /// It is so far.
    fn progress(&mut self, progress: Progress);
}

impl Archive {
    /// Answers all that `verification` asks for; `keeping` keeps the content of digests.
    pub async fn run(
        &self,
        verification: &mut Verification,
        keys: &PublicKeys,
        keeping: bool,
        watch: &mut dyn Watch,
    ) {
        let mut readers: Vec<Reader> = Vec::new();
        loop {
            let requests = verification.ask();
            if requests.is_empty() {
                return;
            }
            let mut pending = Vec::new();
            for request in requests {
                match (request.purpose, watch.known(&request)) {
                    (Purpose::Log(hash), Some(length)) => {
                        verification.take(request, Answer::Log(Ok(Content { hash, length })));
                    }
                    _ => pending.push(request),
                }
            }
            readers.resize_with(OBJECTS, || if keeping { Reader::keeping() } else { Reader::default() });
            let pool = std::sync::Mutex::new(std::mem::take(&mut readers));
            let mut answers = stream::iter(pending)
                .map(|request| async {
                    let own = pool.lock().ok().and_then(|mut pool| pool.pop());
                    let mut reader =
                        own.unwrap_or_else(|| if keeping { Reader::keeping() } else { Reader::default() });
                    let answer = reader.answer(self, &request, keys).await;
                    if let Ok(mut pool) = pool.lock() {
                        pool.push(reader);
                    }
                    (request, answer)
                })
                .buffer_unordered(OBJECTS);
            while let Some((request, answer)) = answers.next().await {
                if let (Purpose::Log(hash), Answer::Log(Ok(content))) = (request.purpose, &answer)
                    && content.hash == hash
                {
                    watch.proven(&request, *content);
                }
                verification.take(request, answer);
                watch.progress(verification.progress());
            }
            drop(answers);
            readers = pool.into_inner().unwrap_or_default();
        }
    }
}
