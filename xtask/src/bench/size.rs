//! The bytes of the binary, by the crate that they were compiled for: generic code counts where it is used.

use std::collections::BTreeMap;
use std::fs;

use crate::Outcome;
use crate::cargo::{link_underpin, root};

/// How many crates are printed.
const SHOWN: usize = 30;

/// Links the binary once more with a map, and prints what the map says.
pub(super) fn run() -> Outcome {
    let map = root().join("target/underpin.map");
    let binary = link_underpin(&format!("-Wl,-Map={}", map.display()))?;
    let sizes = by_crate(&fs::read_to_string(map)?);
    let mut sizes: Vec<_> = sizes.into_iter().collect();
    sizes.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    for (name, bytes) in sizes.iter().take(SHOWN) {
        println!("{bytes:>10}  {name}");
    }
    let rest: u64 = sizes.iter().skip(SHOWN).map(|(_, bytes)| bytes).sum();
    println!("{rest:>10}  {} others", sizes.len().saturating_sub(SHOWN));
    println!("{:>10}  the whole file", fs::metadata(binary)?.len());
    Ok(())
}

/// The bytes of every input section that is loaded, by crate, from a map of the linker that comes with Rust (`rust-lld`).
fn by_crate(map: &str) -> BTreeMap<String, u64> {
    let mut sizes = BTreeMap::new();
    for line in map.lines() {
        let mut words = line.split_whitespace();
        let (Some(address), Some(_), Some(size), Some(_), Some(place)) =
            (words.next(), words.next(), words.next(), words.next(), words.next())
        else {
            continue;
        };
        let Some((file, _)) = place.split_once(":(") else { continue };
        // What has no address is not loaded: debugging information, which is stripped.
        if let (Ok(1..), Ok(size)) = (u64::from_str_radix(address, 16), u64::from_str_radix(size, 16)) {
            *sizes.entry(crate_of(file).to_owned()).or_default() += size;
        }
    }
    sizes
}

/// The crate of an object file: `…/libcore-1a2b.rlib(core-1a2b.core.cgu.0.rcgu.o)`, `…/underpin-1a2b.policy.3c4d-cgu.0.rcgu.o`.
fn crate_of(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    let archive = name.split_once(".rlib").and_then(|(archive, _)| archive.strip_prefix("lib"));
    if let Some((name, _)) = archive.and_then(|archive| archive.rsplit_once('-')) {
        return name;
    }
    match name.split('.').nth(1) {
        Some(part) if name.ends_with(".rcgu.o") => part,
        _ => "others",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_count_for_their_crate() {
        let map = "\
             VMA              LMA     Size Align Out     In      Symbol
          201000           201000       1c     1 .interp
          201000           201000       1c     1         <internal>:(.interp)
          202000           202000     10a0    16         /t/release/deps/underpin-1a2b.policy.3c4d-cgu.0.rcgu.o:(.text.one)
          202000           202000     10a0     1                 policy::one
          203100           203100       10    16         /t/release/deps/underpin-1a2b.policy.3c4d-cgu.1.rcgu.o:(.text.two)
          204000           204000      100    16         /lib/libstd-5e6f.rlib(std-5e6f.std.7a.cgu.0.rcgu.o):(.text.main)
               0                0     ffff     1         /t/release/deps/underpin-1a2b.policy.3c4d-cgu.1.rcgu.o:(.debug_info)
";
        let sizes = by_crate(map);
        assert_eq!((sizes["policy"], sizes["std"], sizes["others"]), (0x10b0, 0x100, 0x1c));
    }
}
