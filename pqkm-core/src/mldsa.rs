//! ML-DSA: the Module-Lattice-Based Digital Signature Algorithm of FIPS 204, pure and pre-hash
//! (HashML-DSA).
//!
//! | | public key `pk` | private key `sk` | seed `xi` | signature |
//! |---|---|---|---|---|
//! | ML-DSA-44 | 1312 | 2560 | 32 | 2420 |
//! | ML-DSA-65 | 1952 | 4032 | 32 | 3309 |
//! | ML-DSA-87 | 2592 | 4896 | 32 | 4627 |
//!
//! (lengths in bytes; FIPS 204, Table 2)
//!
//! Signing is hedged (FIPS 204, section 3.4): 32 fresh random bytes `rnd` enter every signature. The
//! deterministic variant stands in `hazmat`.
//!
//! A key made here keeps its seed beside the expanded `sk`; one that was imported without a seed has
//! none.

use alloc::vec::Vec;

use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;

use crate::{
    algorithm::{
        Algorithm, PublicMaterial, SignatureAlgorithm, SignatureMaterials, SupportsContext,
        SupportsMu, SupportsPreHash, VerificationAlgorithm,
    },
    engine::Engine,
    error::{GenerateError, InvalidSignature, SignError},
    message::Message,
    secret::SecretArrays,
    symmetric::identifier,
};

mod dispatch;
mod engine;
mod material;
mod reference;
mod representative;
#[cfg(test)]
mod tests;

use dispatch::{SigningOf, VerificationOf};
use engine::Lattice;
use reference::Reference;

pub use material::{MlDsaSigning, MlDsaVerification};
#[cfg(feature = "hazmat")]
pub(crate) use representative::mu_of_formatted;

/// Length of the seed `xi` in bytes.
pub(crate) const SEED_BYTES: usize = 32;

/// Length of the signing randomness `rnd` in bytes.
pub(crate) const RND_BYTES: usize = 32;

/// Length of the message representative `mu` in bytes.
pub(crate) const MU_BYTES: usize = 64;

/// A parameter set of ML-DSA (FIPS 204, Table 1).
///
/// Sealed: FIPS 204 defines three.
pub trait MlDsaParameters: Algorithm + Reference + Lattice {
    /// Rows of the matrix `A`.
    const K: usize;
    /// Columns of the matrix `A`.
    const L: usize;
    /// Private key range.
    const ETA: u8;
    /// Length of a public key `pk` in bytes.
    const PUBLIC_KEY_BYTES: usize = 32 + 320 * Self::K;
    /// Length of a private key `sk` in bytes.
    const PRIVATE_KEY_BYTES: usize = 128 + Self::ETA_BYTES * (Self::K + Self::L) + 416 * Self::K;
    /// Length of one polynomial of `s_1` or `s_2` in bytes: `32 * bitlen(2 * eta)`.
    const ETA_BYTES: usize = if Self::ETA == 2 { 96 } else { 128 };
}

macro_rules! parameter_sets {
    ($(
        $(#[$meta:meta])*
        $name:ident = $text:literal, $oid:literal, $k:literal, $l:literal, $eta:literal;
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

        impl MlDsaParameters for $name {
            const K: usize = $k;
            const L: usize = $l;
            const ETA: u8 = $eta;
        }

        impl VerificationAlgorithm for $name {
            type Verification = MlDsaVerification<Self>;
            type PreparedVerification = PreparedVerification<Self>;
            type Signature = <Self as Reference>::SignatureBytes;

            fn supports(_: Engine) -> bool {
                true
            }

            fn prepare_verification(
                engine: Engine,
                key: &Self::Verification,
            ) -> Self::PreparedVerification {
                PreparedVerification {
                    expanded: dispatch::expand_pk::<Self>(engine, key.as_bytes()),
                    tr: representative::tr(key.as_bytes()),
                }
            }

            fn verify(
                key: &Self::PreparedVerification,
                message: &Message<'_>,
                signature: &Self::Signature,
            ) -> Result<(), InvalidSignature> {
                match verify(key, &[(*message, signature)])[..] {
                    [true] => Ok(()),
                    _ => Err(InvalidSignature),
                }
            }

            fn verify_many(
                key: &Self::PreparedVerification,
                items: &[(Message<'_>, &Self::Signature)],
            ) -> Vec<Result<(), InvalidSignature>> {
                let results = verify(key, items).into_iter();
                results.map(|valid| if valid { Ok(()) } else { Err(InvalidSignature) }).collect()
            }
        }

        impl SignatureAlgorithm for $name {
            type Signing = MlDsaSigning<Self>;
            type PreparedSigning = PreparedSigning<Self>;

            fn generate_material<R: TryCryptoRng + ?Sized>(
                engine: Engine,
                rng: &mut R,
            ) -> Result<(Self::Signing, Self::Verification), GenerateError> {
                let mut pairs = generate(engine, 1, rng)?;
                // One seed makes one pair.
                pairs.pop().ok_or(GenerateError::Randomness)
            }

            fn generate_materials<R: TryCryptoRng + ?Sized>(
                engine: Engine,
                count: usize,
                rng: &mut R,
            ) -> Result<Vec<SignatureMaterials<Self>>, GenerateError> {
                generate(engine, count, rng)
            }

            fn prepare_signing(engine: Engine, key: &Self::Signing) -> Self::PreparedSigning {
                PreparedSigning {
                    expanded: dispatch::expand_sk::<Self>(engine, key.expanded()),
                    tr: key.tr(),
                }
            }

            fn sign<R: TryCryptoRng + ?Sized>(
                key: &Self::PreparedSigning,
                message: &Message<'_>,
                rng: &mut R,
            ) -> Result<Self::Signature, SignError> {
                let mut signatures = sign(key, core::slice::from_ref(message), rng)?;
                signatures.pop().ok_or(SignError::Fault)
            }

            fn sign_many<R: TryCryptoRng + ?Sized>(
                key: &Self::PreparedSigning,
                messages: &[Message<'_>],
                rng: &mut R,
            ) -> Result<Vec<Self::Signature>, SignError> {
                sign(key, messages, rng)
            }
        }

        impl SupportsContext for $name {}
        impl SupportsPreHash for $name {}

        impl SupportsMu for $name {
            fn mu(key: &Self::Verification, message: &Message<'_>) -> [u8; MU_BYTES] {
                representative::mu(&representative::tr(key.as_bytes()), message)
            }
        }
    )+};
}

parameter_sets! {
    /// ML-DSA-44: security category 2.
    MlDsa44 = "ML-DSA-44", "2.16.840.1.101.3.4.3.17", 4, 4, 2;
    /// ML-DSA-65: security category 3, the one to choose where no rule says otherwise.
    MlDsa65 = "ML-DSA-65", "2.16.840.1.101.3.4.3.18", 6, 5, 4;
    /// ML-DSA-87: security category 5, which CNSA 2.0 demands.
    MlDsa87 = "ML-DSA-87", "2.16.840.1.101.3.4.3.19", 8, 7, 2;
}

/// An expanded public key. In memory, with the engines of the kernels: 20 KiB for ML-DSA-44, 36 for ML-DSA-65, 64 for
/// ML-DSA-87.
pub struct PreparedVerification<P: MlDsaParameters> {
    expanded: VerificationOf<P>,
    tr: [u8; 64],
}

/// An expanded private key. Zeroized on drop. In memory, with the engines of the kernels: 28 KiB for ML-DSA-44, 47 for
/// ML-DSA-65, 79 for ML-DSA-87.
pub struct PreparedSigning<P: MlDsaParameters> {
    expanded: SigningOf<P>,
    tr: [u8; 64],
}

#[cfg(test)]
impl<P: MlDsaParameters> PreparedSigning<P> {
    /// Adds `by` to one coefficient of the private key: a fault. The engine is one of the kernels'.
    pub(crate) fn disturb(&mut self, coefficient: usize, by: i32) {
        if let dispatch::Expanded::Kernels(_, key) = &mut self.expanded {
            key.disturb(coefficient, by);
        }
    }
}

/// The materials of a key pair.
type Pair<P> = (MlDsaSigning<P>, MlDsaVerification<P>);

/// FIPS 204, Algorithm 1 (ML-DSA.KeyGen), `count` times; seeds are drawn in order.
fn generate<P: MlDsaParameters, R: TryCryptoRng + ?Sized>(
    engine: Engine,
    count: usize,
    rng: &mut R,
) -> Result<Vec<Pair<P>>, GenerateError> {
    let drawn = SecretArrays::<SEED_BYTES>::draw(count, rng).ok_or(GenerateError::Randomness)?;
    let seeds: Vec<_> = drawn.iter().collect();
    let pairs = dispatch::generate::<P>(engine, &seeds);
    Ok(seeds
        .into_iter()
        .zip(pairs)
        .map(|(xi, pair)| material::from_parts(xi, pair))
        .collect())
}

/// FIPS 204, Algorithm 2 (ML-DSA.Sign) and Algorithm 4 (HashML-DSA.Sign), hedged; randomness is drawn in order.
fn sign<P: MlDsaParameters, R: TryCryptoRng + ?Sized>(
    key: &PreparedSigning<P>,
    messages: &[Message<'_>],
    rng: &mut R,
) -> Result<Vec<P::SignatureBytes>, SignError> {
    let rnds = SecretArrays::<RND_BYTES>::draw(messages.len(), rng).ok_or(SignError::Randomness)?;
    let mus = dispatch::mus(&key.expanded, &key.tr, messages);
    let items: Vec<_> = mus.into_iter().zip(rnds.iter()).collect();
    let signatures = dispatch::sign::<P>(&key.expanded, &items);
    signatures
        .into_iter()
        .collect::<Option<_>>()
        .ok_or(SignError::Fault)
}

/// FIPS 204, Algorithm 3 (ML-DSA.Verify) and Algorithm 5 (HashML-DSA.Verify).
fn verify<P: MlDsaParameters>(
    key: &PreparedVerification<P>,
    items: &[(Message<'_>, &P::SignatureBytes)],
) -> Vec<bool> {
    let messages: Vec<_> = items.iter().map(|(message, _)| *message).collect();
    let mus = dispatch::mus(&key.expanded, &key.tr, &messages).into_iter();
    let items: Vec<_> = mus
        .zip(items.iter().map(|(_, signature)| *signature))
        .collect();
    dispatch::verify::<P>(&key.expanded, &items)
}
