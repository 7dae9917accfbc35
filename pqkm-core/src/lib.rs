//! Keys whose algorithm and role are their type, and what a key management system does with them:
//! generate, encapsulate, sign, wrap, rewrap, and read and write the standard encodings.
//!
#![cfg_attr(feature = "getrandom", doc = "```")]
#![cfg_attr(not(feature = "getrandom"), doc = "```ignore")]
//! use pqkm_core::{Aes256Key, DecapsulationKey, MlKem768, SysRng, WrapContext};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut rng = SysRng;
//! let decapsulation_key = DecapsulationKey::<MlKem768>::generate(&mut rng)?;
//! let encapsulation_key = decapsulation_key.encapsulation_key();
//!
//! let data_key = Aes256Key::generate(&mut rng)?;
//! let context = WrapContext::new(b"tenant-42/db")?;
//! let wrapped = encapsulation_key.wrap_key(&data_key, context, &mut rng)?;
//!
//! let data_key: Aes256Key = decapsulation_key.unwrap_key(&wrapped, context)?;
//! # Ok(())
//! # }
//! ```
//!
//! # What it does not do
//!
//! It stores nothing, knows no time and no users, and encrypts no data but sealed payloads. States and
//! cryptoperiods, registries, sharing, stateful signatures and certificates are other crates of the family.
//!
//! # Threat model
//!
//! The attacker chooses every input, reads every record and key encoding, and measures time. They do not
//! read the memory of the process, nor power, emission or faults. Misuse by the program's author is stopped
//! by the types as far as types go. A KEM-wrapped key proves nothing about who wrapped it. Nothing is
//! claimed after [`self_test`] failed: all work is refused then.
//!
//! # Features
//!
//! | feature | meaning |
//! |---|---|
//! | `std` (default) | CPU detection, errors of the encoding crates as `std::error::Error`; without it the crate needs `alloc` only |
//! | `getrandom` | `SysRng`, the operating system's generator |
//! | `brainpool` | ECDSA and ECDH on brainpoolP256r1 and brainpoolP384r1 |
//! | `rsa` | RSA signatures and OAEP, outside the claim of constant time |
//! | `hpke` | HPKE in base mode with ML-KEM and X-Wing |
//! | `pbes2` | private keys under a password: encrypted PKCS#8 |
//! | `rayon` | batches run over threads as well as lanes |
//! | `hazmat` | derandomised and internal functions, engines by name |
//!
//! # Modules, in reading order
//!
//! The algorithm traits ([`Algorithm`], [`KemAlgorithm`], [`SignatureAlgorithm`]), the roles ([`role`]), the
//! key type ([`Key`]) and its operations as traits ([`Sign`], [`Encapsulate`], [`Agree`], [`Wrap`]), prepared keys
//! ([`PreparedSigningKey`] and its siblings), wrapped keys ([`WrappedKey`], [`Sealed`]), what keys are made
//! of ([`material`]), and where the crates of the family meet ([`Rotate`], [`ProtectedAt`], [`StatefulSign`],
//! [`VerifyByOid`]).
#![cfg_attr(doc, doc = "\n# Design\n")]
#![cfg_attr(doc, doc = include_str!("../DESIGN.md"))]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

mod agreement;
mod algorithm;
mod any;
mod ec;
mod ecdh;
mod ecdsa;
mod ed25519;
mod encoding;
mod engine;
mod error;
mod evidence;
mod generate;
mod given;
#[cfg(feature = "hazmat")]
pub mod hazmat;
#[cfg(feature = "hpke")]
mod hpke;
mod ident;
mod key;
pub mod material;
mod message;
mod mldsa;
mod mlkem;
mod one_time;
mod operations;
mod output;
#[cfg(feature = "pbes2")]
mod pbes2;
mod prepared;
mod rfc8410;
pub mod role;
mod rotate;
#[cfg(feature = "rsa")]
mod rsa;
mod rustcrypto;
mod secret;
mod self_test;
mod signed_der;
mod slhdsa;
mod state;
mod symmetric;
mod time;
pub mod transfer;
mod verify_by_oid;
mod wrap;
mod x25519;
mod xwing;

#[cfg(feature = "getrandom")]
pub use getrandom::SysRng;
// The crates whose types and traits stand in this crate's API.
pub use {der, kem, pkcs8, rand_core, signature, spki, zeroize};

#[cfg(feature = "hpke")]
pub use crate::hpke::{HpkeKdf, HpkeKem, HpkeRecipient, HpkeSender};
pub use agreement::{AgreedSecret, AgreementAlgorithm, AgreementMaterials};
pub use algorithm::{
    Algorithm, Encapsulated, KemAlgorithm, KemMaterials, OutputBytes, PrivateMaterial,
    PublicMaterial, SecretMaterial, SignatureAlgorithm, SignatureMaterials, SupportsContext,
    SupportsMu, SupportsPreHash, VerificationAlgorithm,
};
pub use any::{
    AnyPrivateKey, AnyPublicKey, Attribute, KnownPrivateKey, KnownPublicKey, PromoteFrom,
};
#[cfg(feature = "brainpool")]
pub use ecdh::{EcdhBrainpoolP256r1, EcdhBrainpoolP384r1};
pub use ecdh::{EcdhP256, EcdhP384, EcdhP521};
#[cfg(feature = "brainpool")]
pub use ecdsa::{EcdsaBrainpoolP256r1, EcdsaBrainpoolP384r1};
pub use ecdsa::{EcdsaP256, EcdsaP384, EcdsaP521, EcdsaParameters};
pub use ed25519::Ed25519;
pub use encoding::{PrivateKeyForm, RawPrivateKey, SeedForms};
pub use engine::Engine;
pub use error::{
    AgreeError, AlgorithmTaken, ClockUnavailable, ContextTooLong, DecapsulateError, DecodeError,
    DecryptKeyError, DeriveError, DigestLength, EncapsulateError, EncryptKeyError,
    EngineUnavailable, GenerateError, HpkeError, InvalidSignature, NotEvidence, NotExportable,
    NotOperational, ReceiveError, ReplayError, ReserveError, SendError, SignError, TranscriptError,
    UnwrapError, VerifyByOidError, WrapError,
};
pub use evidence::{AssertedAt, Evidence, ProtectedAt, ProtectionTime};
pub use ident::{Fingerprint, KeyId, Version};
pub use key::{
    AgreementKey, AgreementPublicKey, DataKey, DecapsulationKey, DerivationKey, EncapsulationKey,
    Exposed, KemPair, Key, SignaturePair, SigningKey, VerifyingKey, WrappingKey,
};
pub use message::{Context, Message, PreHash, PreHashed};
pub use mldsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParameters};
pub use mlkem::{MlKem512, MlKem768, MlKem1024, MlKemParameters};
pub use one_time::{Reserved, StatefulSign};
pub use operations::{Agree, Decapsulate, Encapsulate, KeyHandle, Sign, Verify};
pub use output::{Ciphertext, EncapsulatedSecret, OutputLength, SharedSecret, Signature};
#[cfg(feature = "pbes2")]
pub use pbes2::{EncryptedPrivateKey, PasswordWork};
pub use prepared::{
    PreparedDecapsulationKey, PreparedEncapsulationKey, PreparedSigningKey, PreparedVerifyingKey,
};
pub use rotate::Rotate;
#[cfg(feature = "rsa")]
pub use rsa::{
    RsaModulus, RsaOaepSha256, RsaPkcs1Sha256, RsaPkcs1Sha384, RsaPkcs1Sha512, RsaPssSha256,
    RsaPssSha384, RsaPssSha512,
};
pub use rustcrypto::KemSizes;
pub use secret::{ExposeToken, SecretArray, SecretBytes};
pub use self_test::{is_operational, self_test};
pub use slhdsa::{
    SlhDsaParameters, SlhDsaSha2_128f, SlhDsaSha2_128s, SlhDsaSha2_192f, SlhDsaSha2_192s,
    SlhDsaSha2_256f, SlhDsaSha2_256s, SlhDsaShake128f, SlhDsaShake128s, SlhDsaShake192f,
    SlhDsaShake192s, SlhDsaShake256f, SlhDsaShake256s,
};
pub use symmetric::{
    Aes256Gcm, Aes256Key, Aes256Kw, Aes256Kwp, DataAlgorithm, DerivationAlgorithm, HkdfSha256,
    HkdfSha384, HkdfSha512, Kmac128, Kmac256, SymmetricAlgorithm, WrapAlgorithm,
};
#[cfg(feature = "std")]
pub use time::SystemClock;
pub use time::{Clock, UnixTime};
pub use verify_by_oid::{VerifierOf, Verifiers, VerifyByOid};
pub use wrap::{
    Kek, KekName, KeyAttributes, PqkmSeal, RewrapError, SealKey, Sealed, SignedWrappedKey, Unwrap,
    UnwrapItem, Wrap, WrapContext, WrapHeader, WrapItem, Wrappable, WrappedKey,
};
pub use x25519::X25519;
pub use xwing::XWing;
