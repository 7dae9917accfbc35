//! Composite signatures and KEMs, and certificates for all keys of the family: two halves, one key, and
//! never one half alone.
//!
//! ```
//! use pqkm_composite::{
//!     MlDsa65EcdsaP256, family_verifiers,
//!     pqkm_core::{AnyPublicKey, SigningKey, UnixTime, rand_core::TryCryptoRng},
//!     x509::{ChainVerifier, Issuance, Policy, Profile, issue, name},
//!     x509_cert::{serial_number::SerialNumber, time::Validity},
//! };
//!
//! # fn authority(
//! #     rng: &mut impl TryCryptoRng,
//! #     validity: Validity,
//! #     now: UnixTime,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! let root_key = SigningKey::<MlDsa65EcdsaP256>::generate(rng)?;
//! let public = AnyPublicKey::from(&root_key.verifying_key());
//! let serial_number = SerialNumber::new(&[1])?;
//! let issuance = Issuance { serial_number, validity, subject_key: &public };
//! let profile = Profile::root(name("CN=Root,O=Example")?, Some(1));
//! let root = issue(profile, issuance, None, &root_key, rng)?;
//!
//! let verifiers = family_verifiers()?;
//! let anchors = [root.clone()];
//! ChainVerifier::new(&anchors, &verifiers, Policy::RequireComposite).verify(&[root], now)?;
//! # Ok(())
//! # }
//! ```
//!
//! # What it does not do
//!
//! It stores nothing and asks nobody: certificates, times, revocation lists and OCSP responses are handed
//! in. It enforces no name and policy constraints (chains with them are refused), compares no name with one
//! that is expected, and makes no OCSP requests.
//!
//! # Threat model
//!
//! The attacker chooses every certificate, key and signature, and has broken one of the two algorithms of a
//! composite, whichever they like. They can strip, swap, cross and re-label halves; each of those attacks is
//! a test for every pair. Misuse of a half outside its composite is the holder's to exclude:
//! [`FreshHalves`]. Otherwise the model is `pqkm-core`'s.
//!
//! # Features
//!
//! | feature | meaning |
//! |---|---|
//! | `std` (default) | CPU detection; without it the crate needs `alloc` only |
//! | `rsa` | the pairs with RSA, outside the claim of constant time |
//! | `brainpool` | the pairs on brainpoolP256r1 and brainpoolP384r1 |
//! | `unstable-448` | the pairs with Ed448 and X448, on pre-releases, outside semver and all claims |
//!
//! # Modules, in reading order
//!
//! The tables ([`SIGNATURES`], [`KEMS`]), the algorithms ([`CompositeSignature`], [`CompositeKem`]) and their
//! aliases, signers whose halves are held elsewhere ([`CompositeSigner`]), keys known at run time
//! ([`FamilyPublicKey`]), certificates ([`x509`]), and what keys are made of ([`material`]).
#![cfg_attr(doc, doc = "\n# Design\n")]
#![cfg_attr(doc, doc = include_str!("../DESIGN.md"))]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

mod any;
#[cfg(feature = "unstable-448")]
pub mod curve448;
mod draw;
mod error;
mod kem;
pub mod lenient;
pub mod material;
mod registry;
mod seed;
mod signature;
pub mod x509;

pub use any::{
    CompositeDecapsulationKey, CompositeEncapsulationKey, CompositeKemAlgorithm,
    CompositeSignatureAlgorithm, CompositeSigningKey, CompositeVerifyingKey, FamilyPrivateKey,
    FamilyPublicKey, KemVisitor, SignatureVisitor, family_verifiers, visit_kem, visit_kems,
    visit_signature, visit_signatures,
};
pub use error::{ChainError, IssueError, ReadError};
pub use kem::{CompositeKem, PostQuantumKem, RegisteredKem, TraditionalKem, pairs::*};
pub use registry::{
    KEMS, KemEntry, Length, SIGNATURES, SignatureEntry, kem_by_name, kem_by_oid, signature_by_name,
    signature_by_oid,
};
pub use signature::{
    CompositeSignature, CompositeSigner, FreshHalves, PostQuantumSignature, RegisteredSignature,
    TraditionalSignature, pairs::*,
};
// The crates whose types stand in this crate's API.
pub use {pqkm_core, x509_cert};
