//! The registered composite algorithms: what each is made of, as data.
//!
//! Everything else reads from these tables: names, object identifiers, labels, pre-hash functions.
//! They list what is registered, also where a feature that an algorithm needs is off.

use pqkm_core::{PreHash, spki::ObjectIdentifier};

mod kem_table;
mod signature_table;

pub use kem_table::KEMS;
pub use signature_table::SIGNATURES;

/// Under which all composite algorithms stand (IANA, SMI Security for PKIX Algorithms).
const ARC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.6");

/// A length in bytes that a draft's table of sizes gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Every value has it.
    Exactly(usize),
    /// The encoding of a half varies; no value is longer.
    AtMost(usize),
}

impl Length {
    /// Whether a value may have that length.
    #[must_use]
    pub const fn allows(self, bytes: usize) -> bool {
        match self {
            Self::Exactly(length) => bytes == length,
            Self::AtMost(length) => bytes <= length,
        }
    }

    /// The longest length in bytes.
    #[must_use]
    pub const fn longest(self) -> usize {
        match self {
            Self::Exactly(length) | Self::AtMost(length) => length,
        }
    }
}

/// A registered composite signature algorithm (draft-ietf-lamps-pq-composite-sigs, section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureEntry {
    /// The last number of its object identifier.
    pub number: u32,
    /// Its object identifier.
    pub oid: ObjectIdentifier,
    /// Its name without the prefix `id-`, such as `"MLDSA65-ECDSA-P256-SHA512"`.
    pub name: &'static str,
    /// The domain separator: ASN.1 name and label are not always the same string.
    pub label: &'static str,
    /// The name of its post-quantum half.
    pub post_quantum: &'static str,
    /// The name of its traditional half.
    pub traditional: &'static str,
    /// What the message is hashed with before both halves sign.
    pub pre_hash: PreHash,
    /// Length of a public key.
    pub public_key: Length,
    /// Length of a private key.
    pub private_key: Length,
    /// Length of a signature.
    pub signature: Length,
}

/// A registered composite KEM (draft-ietf-lamps-pq-composite-kem, section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KemEntry {
    /// The last number of its object identifier.
    pub number: u32,
    /// Its object identifier.
    pub oid: ObjectIdentifier,
    /// Its name without the prefix `id-`, such as `"MLKEM768-X25519-SHA3-256"`.
    pub name: &'static str,
    /// The domain separator that the combiner hashes.
    pub label: &'static [u8],
    /// The name of its post-quantum half.
    pub post_quantum: &'static str,
    /// The name of its traditional half.
    pub traditional: &'static str,
    /// Length of an encapsulation key.
    pub public_key: Length,
    /// Length of a decapsulation key.
    pub private_key: Length,
    /// Length of a ciphertext.
    pub ciphertext: Length,
}

#[expect(
    clippy::panic,
    reason = "evaluated by the compiler, for the numbers in the tables"
)]
const fn oid(number: u32) -> ObjectIdentifier {
    match ARC.push_arc(number) {
        Ok(oid) => oid,
        Err(_) => panic!("one more number fits"),
    }
}

/// The composite signature algorithm of an object identifier.
#[must_use]
pub fn signature_by_oid(oid: ObjectIdentifier) -> Option<&'static SignatureEntry> {
    SIGNATURES.iter().find(|entry| entry.oid == oid)
}

/// The composite signature algorithm of a name, with or without `id-`.
#[must_use]
pub fn signature_by_name(name: &str) -> Option<&'static SignatureEntry> {
    let name = name.strip_prefix("id-").unwrap_or(name);
    SIGNATURES.iter().find(|entry| entry.name == name)
}

/// The composite KEM of an object identifier.
#[must_use]
pub fn kem_by_oid(oid: ObjectIdentifier) -> Option<&'static KemEntry> {
    KEMS.iter().find(|entry| entry.oid == oid)
}

/// The composite KEM of a name, with or without `id-`.
#[must_use]
pub fn kem_by_name(name: &str) -> Option<&'static KemEntry> {
    let name = name.strip_prefix("id-").unwrap_or(name);
    KEMS.iter().find(|entry| entry.name == name)
}
