//! One object: what its bytes say. Needs nothing but the bytes, so that any thread can do it.

use std::fmt;
use std::io::{self, Read};

use sha2::Sha256;

use crate::digest::{ALGORITHM, Digest};
use crate::event::{self, Event};
use crate::gunzip::{Fault, Gunzip};
use crate::hash::{Hash, unhex};
use crate::keys::PublicKeys;

/// More than any digest holds: about 50,000 logs in an hour.
const DIGEST_LIMIT: usize = 32 << 20;

/// How much of a log is searched for events: CloudTrail writes logs of 50 MB at most.
const EVENTS_LIMIT: usize = 64 << 20;

/// An object that a verification needs.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its bucket, where it is not that of the scope.
    pub bucket: Option<String>,
    /// Its key.
    pub key: String,
    /// Its version, where it is not the current one.
    pub version: Option<String>,
    /// What it is needed for.
    pub purpose: Purpose,
    /// What the listing said of the object's identity; zero when it said nothing.
    pub stamp: u64,
    pub(crate) region: String,
    pub(crate) ticket: Ticket,
}

/// What an object is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To read it as a digest; the object's metadata are needed too.
    Digest,
    /// To compare its content with this hash.
    Log(Hash),
    /// To search its events for what stopped the trail.
    Events,
}

/// What a verification remembers of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ticket {
    Digest { lane: usize, index: usize, alternate: usize },
    Stray { index: usize },
    Log { lane: usize, log: Option<(usize, usize)>, end: crate::Moment },
    Version { finding: usize },
    Events { lane: usize, gap: usize },
}

/// The metadata of an object that a digest is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// `x-amz-meta-signature`.
    pub signature: Option<String>,
    /// `x-amz-meta-signature-algorithm`.
    pub algorithm: Option<String>,
}

/// What an object says.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It was read as a digest.
    Digest(Box<Opened>),
    /// It was read as a log.
    Log(Result<Content, Fault>),
    /// It was searched for events.
    Events(Vec<Event>),
    /// There is no such object.
    Absent,
    /// It could not be read, and why.
    Unreadable(String),
}

/// What a log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// The hash of what it holds, inflated.
    pub hash: Hash,
    /// How many bytes that is.
    pub length: u64,
}

/// What a digest holds.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The digest, or why it is none.
    pub digest: Result<Digest, String>,
    /// The hash of its content, if it has one.
    pub hash: Option<Hash>,
    /// Its signature, as its metadata say.
    pub signature: Option<String>,
    /// What the signature is worth.
    pub standing: Standing,
    /// Its content, where it is to be kept for a bundle.
    pub content: Option<Vec<u8>>,
}

/// What a signature is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is CloudTrail's.
    Valid,
    /// It is not.
    Invalid,
    /// There is none.
    Unsigned,
    /// The key is not known, or is no key.
    KeyUnknown,
    /// A copy without metadata.
    NoMetadata,
}

/// Reads one object after the other with the same buffers.
#[derive(Default)]
pub struct Examiner {
    gunzip: Gunzip,
    hasher: Sha256,
    content: Vec<u8>,
    buffer: Vec<u8>,
    fault: Option<Fault>,
    keeps: bool,
}

impl fmt::Debug for Examiner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Examiner").finish_non_exhaustive()
    }
}

impl Examiner {
    /// An examiner that keeps the content of digests in [`Opened::content`].
    pub fn keeping() -> Self {
        Self { keeps: true, ..Self::default() }
    }

    /// Reads a whole object. `metadata` are the object's, where they are known.
    pub fn examine(
        &mut self,
        request: &Request,
        object: &mut dyn Read,
        metadata: Option<&Metadata>,
        keys: &PublicKeys,
    ) -> Answer {
        self.begin();
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(128 * 1024, 0);
        let failure = loop {
            match object.read(&mut buffer) {
                Ok(0) => break None,
                Ok(length) if self.push(request, buffer.get(..length).unwrap_or_default()) => {}
                Ok(_) => break None,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(error.to_string()),
            }
        };
        self.buffer = buffer;
        match failure {
            Some(reason) => Answer::Unreadable(reason),
            None => self.answer(request, metadata, keys),
        }
    }

    /// Reads a digest as it is, without asking whose it is.
    pub fn digest(&mut self, object: &mut dyn Read) -> Option<Digest> {
        let request = Request {
            bucket: None,
            key: String::new(),
            version: None,
            purpose: Purpose::Digest,
            stamp: 0,
            region: String::new(),
            ticket: Ticket::Stray { index: 0 },
        };
        match self.examine(&request, object, None, &PublicKeys::default()) {
            Answer::Digest(opened) => opened.digest.ok(),
            _ => None,
        }
    }

    /// Forgets the object before.
    pub fn begin(&mut self) {
        self.gunzip.reset();
        Hash::finish(&mut self.hasher);
        self.content.clear();
        self.fault = None;
    }

    /// Takes the next bytes of an object; `false` when no more are needed.
    pub fn push(&mut self, request: &Request, chunk: &[u8]) -> bool {
        let limit = match request.purpose {
            Purpose::Digest => DIGEST_LIMIT,
            Purpose::Events => EVENTS_LIMIT,
            Purpose::Log(_) => 0,
        };
        let (hasher, content) = (&mut self.hasher, &mut self.content);
        let mut sink = |inflated: &[u8]| {
            sha2::Digest::update(hasher, inflated);
            if limit > 0 {
                if content.len() + inflated.len() > limit {
                    return Err(Fault::TooLarge);
                }
                content.extend_from_slice(inflated);
            }
            Ok(())
        };
        if let Err(fault) = self.gunzip.push(chunk, &mut sink) {
            self.fault = Some(fault);
        }
        self.fault.is_none()
    }

    /// What the object says that was pushed.
    pub fn answer(&mut self, request: &Request, metadata: Option<&Metadata>, keys: &PublicKeys) -> Answer {
        let fault = self.fault.or_else(|| self.gunzip.finish().err());
        let hash = Hash::finish(&mut self.hasher);
        match (request.purpose, fault) {
            (Purpose::Log(_), Some(fault)) => Answer::Log(Err(fault)),
            (Purpose::Log(_), None) => Answer::Log(Ok(Content { hash, length: self.gunzip.length() })),
            (Purpose::Events, _) => Answer::Events(event::stops(&self.content)),
            (Purpose::Digest, fault) => {
                let digest = match fault {
                    Some(fault) => Err(fault.to_string()),
                    None => Digest::parse(&self.content).map_err(|error| format!("it is no digest: {error}")),
                };
                let standing = match &digest {
                    Ok(digest) => standing(digest, hash, &request.region, metadata, keys),
                    Err(_) => Standing::Invalid,
                };
                Answer::Digest(Box::new(Opened {
                    hash: fault.is_none().then_some(hash),
                    signature: metadata.and_then(|metadata| metadata.signature.clone()),
                    standing,
                    content: self.keeps.then(|| self.content.clone()),
                    digest,
                }))
            }
        }
    }
}

fn standing(
    digest: &Digest,
    hash: Hash,
    region: &str,
    metadata: Option<&Metadata>,
    keys: &PublicKeys,
) -> Standing {
    let Some(metadata) = metadata else { return Standing::NoMetadata };
    let (Some(signature), Some(algorithm)) = (&metadata.signature, &metadata.algorithm) else {
        return Standing::Unsigned;
    };
    let Some(signature) = unhex(signature).filter(|_| algorithm == ALGORITHM) else {
        return Standing::Invalid;
    };
    let Some(key) = keys.find(region, &digest.fingerprint) else { return Standing::KeyUnknown };
    match key.verifies(digest.string_to_sign(hash).as_bytes(), &signature) {
        Some(true) => Standing::Valid,
        Some(false) => Standing::Invalid,
        None => Standing::KeyUnknown,
    }
}
