//! One gzip stream (RFC 1952), piece by piece, and nothing after it.

use std::fmt;

use flate2::{Decompress, FlushDecompress, Status};

/// What is wrong with a file that should be gzip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does not begin as gzip does.
    NotGzip,
    /// Its header is none that a program writes.
    Header,
    /// It cannot be inflated, or its checksum or length is wrong.
    Corrupt,
    /// It ends too early.
    Truncated,
    /// Something stands after its end.
    Trailing,
    /// It holds more than a digest ever does.
    TooLarge,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotGzip => "it is not compressed with gzip",
            Self::Header => "its gzip header was altered",
            Self::Corrupt => "its compressed bytes were altered",
            Self::Truncated => "it is cut off",
            Self::Trailing => "something stands after its end",
            Self::TooLarge => "it is larger than any that CloudTrail writes",
        })
    }
}

/// Room for what is inflated at once: it stays in the processor's cache.
const OUTPUT: usize = 64 * 1024;

/// The longest header: a name and a comment may stand in it.
const HEADER: usize = 4096;

/// Inflates one file after the other with the same buffers.
pub struct Gunzip {
    inflate: Decompress,
    output: Box<[u8]>,
    head: Vec<u8>,
    tail: Vec<u8>,
    checksum: crc32fast::Hasher,
    length: u64,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Header,
    Body,
    Trailer,
}

impl Default for Gunzip {
    fn default() -> Self {
        Self {
            inflate: Decompress::new(false),
            output: vec![0; OUTPUT].into_boxed_slice(),
            head: Vec::new(),
            tail: Vec::new(),
            checksum: crc32fast::Hasher::new(),
            length: 0,
            stage: Stage::Header,
        }
    }
}

impl fmt::Debug for Gunzip {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Gunzip").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Gunzip {
    /// Forgets the file before.
    pub fn reset(&mut self) {
        self.inflate.reset(false);
        self.head.clear();
        self.tail.clear();
        self.checksum.reset();
        self.length = 0;
        self.stage = Stage::Header;
    }

    /// How many bytes were inflated.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Takes the next bytes of the file and gives `sink` what they hold.
    ///
    /// # Errors
    /// The first fault; or that of `sink`.
    pub fn push(
        &mut self,
        chunk: &[u8],
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        match self.stage {
            Stage::Body => self.body(chunk, sink),
            Stage::Trailer => self.trailer(chunk),
            Stage::Header => {
                self.head.extend_from_slice(chunk);
                let Some(length) = header(&self.head)? else {
                    return if self.head.len() > HEADER { Err(Fault::Header) } else { Ok(()) };
                };
                self.stage = Stage::Body;
                let head = std::mem::take(&mut self.head);
                let result = self.body(head.get(length..).unwrap_or_default(), sink);
                self.head = head;
                result
            }
        }
    }

    /// The file is at its end.
    ///
    /// # Errors
    /// It should not be, or its checksum or length is wrong.
    pub fn finish(&mut self) -> Result<(), Fault> {
        let (Stage::Trailer, [c0, c1, c2, c3, l0, l1, l2, l3]) = (self.stage, self.tail.as_slice()) else {
            return Err(if self.head.is_empty() { Fault::NotGzip } else { Fault::Truncated });
        };
        let checksum = u32::from_le_bytes([*c0, *c1, *c2, *c3]);
        let length = u32::from_le_bytes([*l0, *l1, *l2, *l3]);
        // RFC 1952: the length modulo 2^32.
        if checksum != self.checksum.clone().finalize() || u64::from(length) != self.length & 0xffff_ffff {
            return Err(Fault::Corrupt);
        }
        Ok(())
    }

    fn body(
        &mut self,
        mut chunk: &[u8],
        sink: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        loop {
            let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self.inflate.decompress(chunk, &mut self.output, FlushDecompress::None);
            let status = status.map_err(|_| Fault::Corrupt)?;
            let read = usize::try_from(self.inflate.total_in() - read).map_err(|_| Fault::Corrupt)?;
            let written = usize::try_from(self.inflate.total_out() - written).map_err(|_| Fault::Corrupt)?;
            let inflated = self.output.get(..written).unwrap_or_default();
            self.checksum.update(inflated);
            self.length += inflated.len() as u64;
            sink(inflated)?;
            chunk = chunk.get(read..).unwrap_or_default();
            if status == Status::StreamEnd {
                self.stage = Stage::Trailer;
                return self.trailer(chunk);
            }
            let starved = chunk.is_empty() && written < self.output.len();
            if starved || (read == 0 && written == 0) {
                return if chunk.is_empty() { Ok(()) } else { Err(Fault::Corrupt) };
            }
        }
    }

    fn trailer(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        let missing = 8 - self.tail.len();
        if chunk.len() > missing {
            return Err(Fault::Trailing);
        }
        self.tail.extend_from_slice(chunk);
        Ok(())
    }
}

/// How long the header at the beginning of `bytes` is; `None` when more is needed.
///
/// Nothing in a digest covers a log's header, so one that no program writes is refused: a time before CloudTrail's first
/// year, an unknown system, flags without a meaning.
fn header(bytes: &[u8]) -> Result<Option<usize>, Fault> {
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    const CHECKSUM: u8 = 2;
    /// 2013-01-01, and the last second that a signed 32-bit clock knows.
    const TIMES: std::ops::RangeInclusive<u32> = 1_356_998_400..=0x7fff_ffff;
    if !bytes.starts_with(&[0x1f]) || bytes.get(1).is_some_and(|second| *second != 0x8b) {
        return if bytes.is_empty() { Ok(None) } else { Err(Fault::NotGzip) };
    }
    let [_, _, method, flags, m0, m1, m2, m3, extra, system, rest @ ..] = bytes else { return Ok(None) };
    let time = u32::from_le_bytes([*m0, *m1, *m2, *m3]);
    let plausible = *method == 8
        && flags & !(EXTRA | NAME | COMMENT | CHECKSUM) == 0
        && (time == 0 || TIMES.contains(&time))
        && matches!(extra, 0 | 2 | 4)
        && matches!(system, 0..=13 | 255);
    if !plausible {
        return Err(Fault::Header);
    }
    let mut rest = rest;
    if flags & EXTRA != 0 {
        let Some(after) = rest.get(2..) else { return Ok(None) };
        let length = rest.first().map_or(0, |low| usize::from(*low))
            | rest.get(1).map_or(0, |high| usize::from(*high) << 8);
        let Some(after) = after.get(length..) else { return Ok(None) };
        rest = after;
    }
    for field in [NAME, COMMENT] {
        if flags & field != 0 {
            let Some(end) = rest.iter().position(|byte| *byte == 0) else { return Ok(None) };
            rest = rest.get(end + 1..).unwrap_or_default();
        }
    }
    let before = bytes.len() - rest.len();
    if flags & CHECKSUM == 0 {
        return Ok(Some(before));
    }
    let Some([low, high]) = rest.get(..2) else { return Ok(None) };
    let checksum = crc32fast::hash(bytes.get(..before).unwrap_or_default()) & 0xffff;
    match u32::from(u16::from_le_bytes([*low, *high])) == checksum {
        true => Ok(Some(before + 2)),
        false => Err(Fault::Header),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::GzEncoder;
    use flate2::{Compression, GzBuilder};

    use super::*;

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(gunzip: &mut Gunzip, bytes: &[u8], step: usize) -> Result<Vec<u8>, Fault> {
        let mut content = Vec::new();
        gunzip.reset();
        for chunk in bytes.chunks(step) {
            gunzip.push(chunk, &mut |inflated| {
                content.extend_from_slice(inflated);
                Ok(())
            })?;
        }
        gunzip.finish().map(|()| content)
    }

    #[test]
    fn gives_back_what_was_packed_in_any_pieces() {
        let content: Vec<u8> = (0..200_000u32).flat_map(|i| (i % 977 * i).to_le_bytes()).collect();
        let bytes = packed(&content);
        let mut gunzip = Gunzip::default();
        for step in [1, 7, 8192, bytes.len()] {
            assert_eq!(unpacked(&mut gunzip, &bytes, step).as_deref(), Ok(content.as_slice()), "{step}");
            assert_eq!(gunzip.length(), content.len() as u64);
        }
        assert_eq!(unpacked(&mut gunzip, &packed(b""), 3).as_deref(), Ok(b"".as_slice()));
    }

    #[test]
    fn every_header_is_understood() {
        let mut gunzip = Gunzip::default();
        for builder in [
            GzBuilder::new().filename("log.json").comment("by hand").extra("xy").mtime(1_700_000_000),
            GzBuilder::new().operating_system(0),
        ] {
            let mut encoder = builder.write(Vec::new(), Compression::default());
            encoder.write_all(b"content").unwrap();
            let bytes = encoder.finish().unwrap();
            for step in [1, bytes.len()] {
                assert_eq!(unpacked(&mut gunzip, &bytes, step).as_deref(), Ok(b"content".as_slice()));
            }
        }
    }

    #[test]
    fn what_is_not_one_whole_stream_is_a_fault() {
        let mut gunzip = Gunzip::default();
        let bytes = packed(b"the content of a log");
        for cut in 0..bytes.len() {
            let fault = unpacked(&mut gunzip, &bytes[..cut], 4).unwrap_err();
            assert!(matches!(fault, Fault::NotGzip | Fault::Truncated), "{cut}: {fault:?}");
        }
        assert_eq!(unpacked(&mut gunzip, &[bytes.as_slice(), b"x"].concat(), 5), Err(Fault::Trailing));
        assert_eq!(
            unpacked(&mut gunzip, &[bytes.clone(), bytes.clone()].concat(), 500),
            Err(Fault::Trailing)
        );
        assert_eq!(unpacked(&mut gunzip, b"{\"Records\":[]}", 500), Err(Fault::NotGzip));
        let mut old = bytes.clone();
        old[4] = 1;
        assert_eq!(unpacked(&mut gunzip, &old, 500), Err(Fault::Header));
        let endless = [&[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 255][..], &[b'a'; 9000]].concat();
        assert_eq!(unpacked(&mut gunzip, &endless, 500), Err(Fault::Header));
        assert_eq!(unpacked(&mut gunzip, &bytes, 500).as_deref(), Ok(b"the content of a log".as_slice()));
    }
}
