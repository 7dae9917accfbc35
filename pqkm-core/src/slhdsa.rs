//! SLH-DSA: the Stateless Hash-Based Digital Signature Algorithm of FIPS 205, pure and pre-hash
//! (HashSLH-DSA).
//!
//! | | `n` | public key `pk` | private key `sk` | signature |
//! |---|---|---|---|---|
//! | SLH-DSA-SHA2-128s, SLH-DSA-SHAKE-128s | 16 | 32 | 64 | 7856 |
//! | SLH-DSA-SHA2-128f, SLH-DSA-SHAKE-128f | 16 | 32 | 64 | 17088 |
//! | SLH-DSA-SHA2-192s, SLH-DSA-SHAKE-192s | 24 | 48 | 96 | 16224 |
//! | SLH-DSA-SHA2-192f, SLH-DSA-SHAKE-192f | 24 | 48 | 96 | 35664 |
//! | SLH-DSA-SHA2-256s, SLH-DSA-SHAKE-256s | 32 | 64 | 128 | 29792 |
//! | SLH-DSA-SHA2-256f, SLH-DSA-SHAKE-256f | 32 | 64 | 128 | 49856 |
//!
//! (lengths in bytes; FIPS 205, Table 2)
//!
//! Signing is hedged: `n` fresh random bytes enter every signature as `addrnd` (FIPS 205, Algorithm 22
//! (`slh_sign`)). Every signature is verified before it is released, which costs little beside making
//! it: a signature that a fault damaged would help to forge others.
//!
//! A prepared key saves nothing: preparing copies the key.

use alloc::vec::Vec;
use core::ops::RangeInclusive;

use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use crate::{
    algorithm::{
        Algorithm, PublicMaterial, SignatureAlgorithm, SupportsContext, SupportsPreHash,
        VerificationAlgorithm,
    },
    engine::Engine,
    error::{GenerateError, InvalidSignature, SignError},
    message::Message,
    output::{HeapBytes, OutputLength},
    symmetric::identifier,
};

mod material;

pub use material::{SlhDsaSigning, SlhDsaVerification};

/// A parameter set of SLH-DSA (FIPS 205, Table 2).
///
/// Sealed: FIPS 205 defines twelve.
pub trait SlhDsaParameters: Algorithm + Reference + OutputLength {
    /// The security parameter `n`: length of `SK.seed`, `SK.prf`, `PK.seed` and `PK.root` in bytes.
    const N: usize;
    /// Length of a public key in bytes.
    const PUBLIC_KEY_BYTES: usize = 2 * Self::N;
    /// Length of a private key in bytes.
    const PRIVATE_KEY_BYTES: usize = 4 * Self::N;
    /// Length of a signature in bytes.
    const SIGNATURE_BYTES: usize;
}

/// The reference engine's name for a parameter set. Sealed by its module.
#[expect(unnameable_types, reason = "seals `SlhDsaParameters`")]
pub trait Reference: Sized {
    /// RustCrypto's parameter set.
    type Set: slh_dsa::ParameterSet + Send + Sync + 'static;
}

macro_rules! parameter_sets {
    ($(
        $(#[$meta:meta])*
        $name:ident = $text:literal, $oid:literal, $set:ident, $n:literal, $signature:literal;
    )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name;

        impl Algorithm for $name {
            const NAME: &'static str = $text;

            fn key_algorithm() -> AlgorithmIdentifierOwned {
                identifier($oid)
            }
        }

        impl Reference for $name {
            type Set = slh_dsa::$set;
        }

        impl OutputLength for $name {
            const OUTPUT_BYTES: RangeInclusive<usize> = $signature..=$signature;
        }

        impl SlhDsaParameters for $name {
            const N: usize = $n;
            const SIGNATURE_BYTES: usize = $signature;
        }

        impl VerificationAlgorithm for $name {
            type Verification = SlhDsaVerification<Self>;
            type PreparedVerification = SlhDsaVerification<Self>;
            type Signature = HeapBytes<Self>;

            fn prepare_verification(
                _: Engine,
                key: &Self::Verification,
            ) -> Self::PreparedVerification {
                key.clone()
            }

            fn verify(
                key: &Self::PreparedVerification,
                message: &Message<'_>,
                signature: &Self::Signature,
            ) -> Result<(), InvalidSignature> {
                with_formatted(message, |formatted| verify_internal(key, formatted, signature))
                    .unwrap_or(Err(InvalidSignature))
            }
        }

        impl SignatureAlgorithm for $name {
            type Signing = SlhDsaSigning<Self>;
            type PreparedSigning = slh_dsa::SigningKey<<Self as Reference>::Set>;

            fn generate_material<R: TryCryptoRng + ?Sized>(
                _: Engine,
                rng: &mut R,
            ) -> Result<(Self::Signing, Self::Verification), GenerateError> {
                generate(rng)
            }

            fn prepare_signing(_: Engine, key: &Self::Signing) -> Self::PreparedSigning {
                key.expand()
            }

            fn sign<R: TryCryptoRng + ?Sized>(
                key: &Self::PreparedSigning,
                message: &Message<'_>,
                rng: &mut R,
            ) -> Result<Self::Signature, SignError> {
                with_formatted(message, |formatted| sign_internal::<Self, R>(key, formatted, rng))
                    .unwrap_or(Err(SignError::Refused))
            }
        }

        impl SupportsContext for $name {}
        impl SupportsPreHash for $name {}
    )+};
}

parameter_sets! {
    /// SLH-DSA-SHA2-128s: security category 1, small signatures.
    SlhDsaSha2_128s = "SLH-DSA-SHA2-128s", "2.16.840.1.101.3.4.3.20", Sha2_128s, 16, 7856;
    /// SLH-DSA-SHA2-128f: security category 1, fast signing.
    SlhDsaSha2_128f = "SLH-DSA-SHA2-128f", "2.16.840.1.101.3.4.3.21", Sha2_128f, 16, 17088;
    /// SLH-DSA-SHA2-192s: security category 3, small signatures.
    SlhDsaSha2_192s = "SLH-DSA-SHA2-192s", "2.16.840.1.101.3.4.3.22", Sha2_192s, 24, 16224;
    /// SLH-DSA-SHA2-192f: security category 3, fast signing.
    SlhDsaSha2_192f = "SLH-DSA-SHA2-192f", "2.16.840.1.101.3.4.3.23", Sha2_192f, 24, 35664;
    /// SLH-DSA-SHA2-256s: security category 5, small signatures.
    SlhDsaSha2_256s = "SLH-DSA-SHA2-256s", "2.16.840.1.101.3.4.3.24", Sha2_256s, 32, 29792;
    /// SLH-DSA-SHA2-256f: security category 5, fast signing.
    SlhDsaSha2_256f = "SLH-DSA-SHA2-256f", "2.16.840.1.101.3.4.3.25", Sha2_256f, 32, 49856;
    /// SLH-DSA-SHAKE-128s: security category 1, small signatures.
    SlhDsaShake128s = "SLH-DSA-SHAKE-128s", "2.16.840.1.101.3.4.3.26", Shake128s, 16, 7856;
    /// SLH-DSA-SHAKE-128f: security category 1, fast signing.
    SlhDsaShake128f = "SLH-DSA-SHAKE-128f", "2.16.840.1.101.3.4.3.27", Shake128f, 16, 17088;
    /// SLH-DSA-SHAKE-192s: security category 3, small signatures.
    SlhDsaShake192s = "SLH-DSA-SHAKE-192s", "2.16.840.1.101.3.4.3.28", Shake192s, 24, 16224;
    /// SLH-DSA-SHAKE-192f: security category 3, fast signing.
    SlhDsaShake192f = "SLH-DSA-SHAKE-192f", "2.16.840.1.101.3.4.3.29", Shake192f, 24, 35664;
    /// SLH-DSA-SHAKE-256s: security category 5, small signatures.
    SlhDsaShake256s = "SLH-DSA-SHAKE-256s", "2.16.840.1.101.3.4.3.30", Shake256s, 32, 29792;
    /// SLH-DSA-SHAKE-256f: security category 5, fast signing.
    SlhDsaShake256f = "SLH-DSA-SHAKE-256f", "2.16.840.1.101.3.4.3.31", Shake256f, 32, 49856;
}

/// FIPS 205, Algorithm 21 (`slh_keygen`). One draw gives `SK.seed || SK.prf || PK.seed`.
fn generate<P: SlhDsaParameters, R: TryCryptoRng + ?Sized>(
    rng: &mut R,
) -> Result<(SlhDsaSigning<P>, SlhDsaVerification<P>), GenerateError> {
    let mut seeds = Zeroizing::new(alloc::vec![0; 3 * P::N]);
    rng.try_fill_bytes(&mut seeds)
        .map_err(|_| GenerateError::Randomness)?;
    Ok(material::from_seeds(&seeds))
}

/// Calls `f` with the parts of M' (FIPS 205, Algorithm 22 (`slh_sign`), line 8, and Algorithm 23
/// (`hash_slh_sign`), line 24); none for a form of message that SLH-DSA does not know.
fn with_formatted<T>(message: &Message<'_>, f: impl FnOnce(&[&[u8]]) -> T) -> Option<T> {
    match message {
        Message::Pure { message, context } => {
            let context = context.as_bytes();
            Some(f(&[&[0, length(context)], context, message]))
        }
        Message::PreHashed { digest, context } => {
            let context = context.as_bytes();
            let oid = digest.hash().oid_der();
            Some(f(&[
                &[1, length(context)],
                context,
                &oid,
                digest.as_bytes(),
            ]))
        }
        Message::Mu(_) => None,
    }
}

/// A context has at most 255 bytes by its type.
fn length(context: &[u8]) -> u8 {
    u8::try_from(context.len()).unwrap_or(u8::MAX)
}

/// FIPS 205, Algorithm 19 (`slh_sign_internal`) with fresh `addrnd`, verified before release.
pub(crate) fn sign_internal<P: SlhDsaParameters, R: TryCryptoRng + ?Sized>(
    key: &slh_dsa::SigningKey<P::Set>,
    formatted: &[&[u8]],
    rng: &mut R,
) -> Result<HeapBytes<P>, SignError> {
    let mut addrnd = Zeroizing::new(alloc::vec![0; P::N]);
    rng.try_fill_bytes(&mut addrnd)
        .map_err(|_| SignError::Randomness)?;
    let signature = key.slh_sign_internal(formatted, Some(&addrnd));
    let key: &slh_dsa::VerifyingKey<P::Set> = key.as_ref();
    key.slh_verify_internal(formatted, &signature)
        .map_err(|_| SignError::Fault)?;
    let bytes: Vec<u8> = signature.to_vec();
    HeapBytes::new(bytes).ok_or(SignError::Fault)
}

/// FIPS 205, Algorithm 20 (`slh_verify_internal`).
pub(crate) fn verify_internal<P: SlhDsaParameters>(
    key: &SlhDsaVerification<P>,
    formatted: &[&[u8]],
    signature: &HeapBytes<P>,
) -> Result<(), InvalidSignature> {
    let key = slh_dsa::VerifyingKey::<P::Set>::try_from(key.as_bytes());
    let signature = slh_dsa::Signature::<P::Set>::try_from(signature.as_ref());
    let (Ok(key), Ok(signature)) = (key, signature) else {
        return Err(InvalidSignature);
    };
    key.slh_verify_internal(formatted, &signature)
        .map_err(|_| InvalidSignature)
}
