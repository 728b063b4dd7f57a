//! Why bytes are not a state that this program reads.

/// A state that is refused; nothing is ever written over it.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// More bytes than any real state has.
    #[error("the state is {bytes} bytes long; at most {limit} are read")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The most that is read.
        limit: usize,
    },
    /// The file starts with a byte order mark, which neither JSON nor Terraform allows.
    #[error("the state starts with a byte order mark, which JSON does not allow")]
    ByteOrderMark,
    /// OpenTofu encrypted it.
    #[error("the state is encrypted by OpenTofu")]
    Encrypted,
    /// Something else, or a state that something else has wrapped.
    #[error("what is there is {0}, and not a state as Terraform writes it")]
    Foreign(&'static str),
    /// No bytes, or only white space.
    #[error("the state is empty")]
    Empty,
    /// Not JSON.
    #[error("the state is not valid JSON: {0}")]
    Syntax(#[from] serde_json::Error),
    /// `version` is missing, zero, or no whole number.
    #[error("the state has no usable format version: `version` is {found}, it must be the number 4")]
    NoVersion {
        /// The JSON text found there, or `missing`.
        found: String,
    },
    /// Format 1 to 3, of Terraform before 0.12.
    #[error(
        "the state has format version {0}, of a Terraform before 0.12; run `terraform apply -refresh-only` with a current Terraform first, which upgrades it to format 4"
    )]
    OldVersion(u64),
    /// A format that does not exist yet.
    #[error("the state has format version {0}, made by a newer program; only format 4 is read")]
    NewVersion(u64),
    /// A field with a value that the format does not allow there.
    #[error("the state's `{field}` is {found}, it must be {expected}")]
    Field {
        /// The path of the field, for example `resources[3].mode`.
        field: String,
        /// What the format allows there.
        expected: &'static str,
        /// The JSON text found there, shortened, or `missing`.
        found: String,
    },
    /// The same object twice.
    #[error("the state records `{address}` twice")]
    Duplicate {
        /// Its address, with instance key and deposed key.
        address: String,
    },
}

/// The JSON text of a value for a message: on one line and not longer than a line.
pub(super) fn shown(value: Option<&serde_json::Value>) -> String {
    const LONGEST: usize = 60;
    let Some(value) = value else {
        return "missing".to_owned();
    };
    let text = crate::json::compact(value);
    if text.chars().count() <= LONGEST {
        return format!("`{text}`");
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("`{start}…`")
}

/// What bytes are that are plainly something else.
pub(super) fn foreign(bytes: &[u8]) -> Option<&'static str> {
    const BEGINNINGS: [(&[u8], &str); 8] = [
        (b"\x1f\x8b", "compressed with gzip"),
        (b"PK\x03\x04", "a zip archive, as a saved plan is one"),
        (b"age-encryption.org/", "encrypted with age"),
        (b"-----BEGIN AGE", "encrypted with age"),
        (b"-----BEGIN PGP", "encrypted with PGP"),
        (b"$ANSIBLE_VAULT", "encrypted by Ansible Vault"),
        (b"version https://git-lfs", "a pointer of Git LFS"),
        (b"<", "a web page or XML"),
    ];
    let text = bytes.trim_ascii_start();
    BEGINNINGS.iter().find(|(beginning, _)| text.starts_with(beginning)).map(|(_, what)| *what)
}

/// The same of a JSON document.
pub(super) fn foreign_document(document: &serde_json::Value) -> Option<&'static str> {
    if document.get("sops").is_some() {
        return Some("encrypted by SOPS");
    }
    let is_shown = document.get("version").is_none() && document.get("format_version").is_some();
    is_shown.then_some("what `terraform show -json` prints")
}
