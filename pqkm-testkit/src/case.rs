//! One test case, whatever file format it came from.
//!
//! A runner matches on [`Operation`], does what it says with [`Case::parameter_set`], and compares
//! with the expectation. Everything is bytes as the file gives them: lengths are *not* checked
//! here, because refusing a wrong length is what many cases test.

use core::fmt;

use crate::parameter_set::ParameterSet;

/// One test case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Which case of its file this is.
    pub id: CaseId,
    /// What it is a case of.
    pub parameter_set: ParameterSet,
    /// What to do and what must come of it.
    pub operation: Operation,
    /// The author's remark on the case; may be empty.
    pub comment: String,
    /// Wycheproof's flags; empty in other formats.
    pub flags: Vec<String>,
}

/// The name of a case in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaseId {
    /// `tcId` of a JSON file.
    Test(u64),
    /// A line, counted from 1.
    Line(usize),
    /// An element of an array, counted from 0.
    Item(usize),
    /// One of the cases that a sequence of values makes.
    Part(&'static str),
}

/// What to do, with everything it takes, and what must come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// Generate a key pair from a seed.
    ///
    /// ML-KEM: `d || z`, 64 bytes. ML-DSA: `xi`, 32 bytes. SLH-DSA: `SK.seed || SK.prf || PK.seed`,
    /// 3n bytes.
    KeyGen {
        /// The seed.
        seed: Vec<u8>,
        /// The key pair.
        expect: Expect<KeyPair>,
    },
    /// Encapsulate with the message `m` in place of randomness.
    Encapsulate {
        /// Encapsulation key.
        ek: Vec<u8>,
        /// 32 bytes.
        m: Vec<u8>,
        /// Ciphertext and shared secret key.
        expect: Expect<Encapsulated>,
    },
    /// Decapsulate. Implicit rejection is an accepted case with another secret.
    Decapsulate {
        /// Decapsulation key.
        key: PrivateKey,
        /// The encapsulation key that belongs to it, where the file gives it.
        ek: Option<Vec<u8>>,
        /// Ciphertext.
        c: Vec<u8>,
        /// Shared secret key.
        expect: Expect<Vec<u8>>,
    },
    /// Import an encapsulation key.
    CheckEncapsulationKey {
        /// Encapsulation key.
        ek: Vec<u8>,
        /// Whether it must be accepted.
        valid: bool,
    },
    /// Import a decapsulation key.
    CheckDecapsulationKey {
        /// Decapsulation key, expanded.
        dk: Vec<u8>,
        /// Whether it must be accepted.
        valid: bool,
    },
    /// Sign.
    Sign {
        /// Private key.
        key: PrivateKey,
        /// The public key that belongs to it, where the file gives it.
        public: Option<Vec<u8>>,
        /// What is signed.
        message: Message,
        /// The 64-byte `mu` on the way, where the file gives it for a message that is not itself
        /// `mu`.
        mu: Option<Vec<u8>>,
        /// `rnd` or `opt_rand`; absent: the deterministic variant.
        randomness: Option<Vec<u8>>,
        /// The signature.
        expect: Expect<Vec<u8>>,
    },
    /// Verify.
    Verify {
        /// Public key.
        public: Vec<u8>,
        /// What is said to be signed.
        message: Message,
        /// Signature.
        signature: Vec<u8>,
        /// Whether it must be accepted.
        valid: bool,
    },
    /// Repeat and hash everything: see [`cctv`](crate::cctv) for the recipe.
    Accumulated {
        /// How often.
        iterations: u64,
        /// SHAKE128 of all outputs.
        digest: [u8; 32],
    },
    /// A case of a known kind that cannot be run as it stands in the file.
    Unusable(Unusable),
}

/// What must come of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect<T> {
    /// It succeeds with exactly this.
    Is(T),
    /// It succeeds; the file does not say with what.
    Succeeds,
    /// It is refused.
    Refused,
    /// It may be refused; if it succeeds, then with this.
    RefusedOr(T),
    /// It must merely not panic.
    Any,
}

/// A key pair; a file may give only one half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPair {
    /// Encapsulation key or public key.
    pub public: Option<Vec<u8>>,
    /// Decapsulation key or private key, expanded.
    pub private: Option<Vec<u8>>,
}

/// What encapsulation gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encapsulated {
    /// Ciphertext.
    pub c: Vec<u8>,
    /// Shared secret key, 32 bytes.
    pub k: Vec<u8>,
}

/// A private key in one of its two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrivateKey {
    /// As for [`Operation::KeyGen`].
    Seed(Vec<u8>),
    /// The standard's own encoding.
    Expanded(Vec<u8>),
}

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// `M'`, given to the internal function as it is.
    Internal(Vec<u8>),
    /// The 64-byte message representative `mu` of ML-DSA.
    Mu(Vec<u8>),
    /// A message with its context string.
    Pure {
        /// Message.
        message: Vec<u8>,
        /// Context string; more than 255 bytes must be refused.
        context: Vec<u8>,
    },
    /// A message to be hashed first (HashML-DSA, HashSLH-DSA).
    PreHash {
        /// Message.
        message: Vec<u8>,
        /// Context string.
        context: Vec<u8>,
        /// The hash function.
        hash: PreHash,
    },
}

/// The pre-hash functions of FIPS 204 and FIPS 205.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PreHash {
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SHA-512/224.
    Sha512_224,
    /// SHA-512/256.
    Sha512_256,
    /// SHA3-224.
    Sha3_224,
    /// SHA3-256.
    Sha3_256,
    /// SHA3-384.
    Sha3_384,
    /// SHA3-512.
    Sha3_512,
    /// SHAKE128 with 32 bytes of output.
    Shake128,
    /// SHAKE256 with 64 bytes of output.
    Shake256,
}

/// Why a case cannot be run as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unusable {
    /// The file asks about a key that it does not contain.
    NoKey,
    /// The message is not a whole number of bytes.
    PartialByte,
    /// The file of expected results is not there.
    NoExpectedResult,
    /// The answer is that of a draft of the standard.
    Draft,
}

impl PreHash {
    /// By the name that ACVP uses, such as `SHA2-512/256` or `SHAKE-128`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "SHA2-224" => Self::Sha224,
            "SHA2-256" => Self::Sha256,
            "SHA2-384" => Self::Sha384,
            "SHA2-512" => Self::Sha512,
            "SHA2-512/224" => Self::Sha512_224,
            "SHA2-512/256" => Self::Sha512_256,
            "SHA3-224" => Self::Sha3_224,
            "SHA3-256" => Self::Sha3_256,
            "SHA3-384" => Self::Sha3_384,
            "SHA3-512" => Self::Sha3_512,
            "SHAKE-128" | "SHAKE128" => Self::Shake128,
            "SHAKE-256" | "SHAKE256" => Self::Shake256,
            _ => return None,
        })
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Test(number) => write!(f, "tcId {number}"),
            Self::Line(number) => write!(f, "line {number}"),
            Self::Item(index) => write!(f, "item {index}"),
            Self::Part(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoKey => "the file does not contain the key",
            Self::PartialByte => "the message is not a whole number of bytes",
            Self::Draft => "of a draft of the standard, whose key generation was another",
            Self::NoExpectedResult => "no file of expected results",
        })
    }
}
