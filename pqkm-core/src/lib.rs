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
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod agreement;
mod algorithm;
mod ec;
mod ecdh;
mod ecdsa;
mod ed25519;
mod encoding;
mod engine;
mod error;
mod generate;
#[cfg_attr(
    not(feature = "hazmat"),
    expect(unreachable_pub, reason = "`hazmat` exports it")
)]
mod given;
#[cfg(feature = "hazmat")]
pub mod hazmat;
mod ident;
mod key;
pub mod material;
mod message;
mod mldsa;
mod mlkem;
mod operations;
mod output;
mod prepared;
mod rfc8410;
pub mod role;
#[cfg(feature = "rsa")]
mod rsa;
mod rustcrypto;
mod secret;
mod self_test;
mod slhdsa;
mod state;
mod symmetric;
mod wrap;
mod x25519;
mod xwing;

#[cfg(feature = "getrandom")]
pub use getrandom::SysRng;

pub use agreement::{AgreedSecret, AgreementAlgorithm, AgreementMaterials};
pub use algorithm::{
    Algorithm, Encapsulated, KemAlgorithm, KemMaterials, OutputBytes, PrivateMaterial,
    PublicMaterial, SecretMaterial, SignatureAlgorithm, SignatureMaterials, SupportsContext,
    SupportsMu, SupportsPreHash, VerificationAlgorithm,
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
    AgreeError, ContextTooLong, DecapsulateError, DecodeError, DeriveError, DigestLength,
    EncapsulateError, EngineUnavailable, GenerateError, InvalidSignature, NotExportable,
    NotOperational, SignError, UnwrapError, WrapError,
};
pub use ident::{Fingerprint, KeyId, Version};
pub use key::{
    AgreementKey, AgreementPublicKey, DataKey, DecapsulationKey, DerivationKey, EncapsulationKey,
    Exposed, KemPair, Key, SignaturePair, SigningKey, VerifyingKey, WrappingKey,
};
pub use message::{Context, Message, PreHash, PreHashed};
pub use mldsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParameters};
pub use mlkem::{MlKem512, MlKem768, MlKem1024, MlKemParameters};
pub use operations::{Agree, Decapsulate, Encapsulate, KeyHandle, Sign, Verify};
pub use output::{Ciphertext, EncapsulatedSecret, OutputLength, SharedSecret, Signature};
pub use prepared::{
    PreparedDecapsulationKey, PreparedEncapsulationKey, PreparedSigningKey, PreparedVerifyingKey,
};
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
pub use wrap::{
    Kek, KekName, KeyAttributes, PqkmSeal, RewrapError, SealKey, Sealed, SignedWrappedKey, Unwrap,
    UnwrapItem, Wrap, WrapContext, WrapHeader, WrapItem, Wrappable, WrappedKey,
};
pub use x25519::X25519;
pub use xwing::XWing;
