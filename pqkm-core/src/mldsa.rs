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

use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use crate::{
    algorithm::{
        Algorithm, PublicMaterial, SignatureAlgorithm, SupportsContext, SupportsMu,
        SupportsPreHash, VerificationAlgorithm,
    },
    engine::Engine,
    error::{GenerateError, InvalidSignature, SignError},
    message::Message,
    symmetric::identifier,
};

mod material;
mod reference;
mod representative;

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
pub trait MlDsaParameters: Algorithm + Reference {
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

            fn prepare_verification(
                _: Engine,
                key: &Self::Verification,
            ) -> Self::PreparedVerification {
                PreparedVerification {
                    expanded: Self::expand_pk(key.as_bytes()),
                    tr: representative::tr(key.as_bytes()),
                }
            }

            fn verify(
                key: &Self::PreparedVerification,
                message: &Message<'_>,
                signature: &Self::Signature,
            ) -> Result<(), InvalidSignature> {
                let mu = representative::mu(&key.tr, message);
                if Self::verify_mu(&key.expanded, &mu, signature) { Ok(()) } else { Err(InvalidSignature) }
            }
        }

        impl SignatureAlgorithm for $name {
            type Signing = MlDsaSigning<Self>;
            type PreparedSigning = PreparedSigning<Self>;

            fn generate_material<R: TryCryptoRng + ?Sized>(
                engine: Engine,
                rng: &mut R,
            ) -> Result<(Self::Signing, Self::Verification), GenerateError> {
                generate(engine, rng)
            }

            fn prepare_signing(_: Engine, key: &Self::Signing) -> Self::PreparedSigning {
                PreparedSigning { expanded: Self::expand_sk(key.expanded()), tr: key.tr() }
            }

            fn sign<R: TryCryptoRng + ?Sized>(
                key: &Self::PreparedSigning,
                message: &Message<'_>,
                rng: &mut R,
            ) -> Result<Self::Signature, SignError> {
                sign(key, message, rng)
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

/// An expanded public key.
pub struct PreparedVerification<P: MlDsaParameters> {
    expanded: P::ExpandedPk,
    tr: [u8; 64],
}

/// An expanded private key. Zeroized on drop.
pub struct PreparedSigning<P: MlDsaParameters> {
    expanded: P::ExpandedSk,
    tr: [u8; 64],
}

/// FIPS 204, Algorithm 1 (ML-DSA.KeyGen).
fn generate<P: MlDsaParameters, R: TryCryptoRng + ?Sized>(
    _: Engine,
    rng: &mut R,
) -> Result<(MlDsaSigning<P>, MlDsaVerification<P>), GenerateError> {
    let mut xi = Zeroizing::new([0; SEED_BYTES]);
    rng.try_fill_bytes(xi.as_mut_slice())
        .map_err(|_| GenerateError::Randomness)?;
    Ok(material::from_seed(&xi))
}

/// FIPS 204, Algorithm 2 (ML-DSA.Sign) and Algorithm 4 (HashML-DSA.Sign), hedged.
fn sign<P: MlDsaParameters, R: TryCryptoRng + ?Sized>(
    key: &PreparedSigning<P>,
    message: &Message<'_>,
    rng: &mut R,
) -> Result<P::SignatureBytes, SignError> {
    let mut rnd = Zeroizing::new([0; RND_BYTES]);
    rng.try_fill_bytes(rnd.as_mut_slice())
        .map_err(|_| SignError::Randomness)?;
    let mu = representative::mu(&key.tr, message);
    P::sign_mu(&key.expanded, &mu, &rnd).ok_or(SignError::Fault)
}
