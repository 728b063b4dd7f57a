//! Fuzzes the reading of gzip files, whole and in pieces.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| gunzip(bytes));

/// A gzip file: read whole and in pieces it comes to the same.
fn gunzip(bytes: &[u8]) {
    let read = |step: usize| {
        let mut gunzip = trail::Gunzip::default();
        let mut content = Vec::new();
        for chunk in bytes.chunks(step) {
            gunzip.push(chunk, &mut |inflated| {
                if content.len() + inflated.len() > 1 << 22 {
                    return Err(trail::Fault::TooLarge);
                }
                content.extend_from_slice(inflated);
                Ok(())
            })?;
        }
        gunzip.finish().map(|()| content)
    };
    let whole = read(bytes.len().max(1));
    let pieces = read(3);
    assert_eq!(whole.as_ref().ok(), pieces.as_ref().ok());
}
