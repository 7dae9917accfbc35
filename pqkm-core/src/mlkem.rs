//! ML-KEM: the Module-Lattice-Based Key-Encapsulation Mechanism of FIPS 203.
//!
//! | | `ek` | `dk` | seed | ciphertext | shared secret |
//! |---|---|---|---|---|---|
//! | ML-KEM-512 | 800 | 1632 | 64 | 768 | 32 |
//! | ML-KEM-768 | 1184 | 2400 | 64 | 1088 | 32 |
//! | ML-KEM-1024 | 1568 | 3168 | 64 | 1568 | 32 |
//!
//! (lengths in bytes; FIPS 203, Table 3)
//!
//! A key made here keeps its seed `(d, z)` beside the expanded `dk`; one that was imported without a
//! seed has none. Key pairs, and the three private key forms of RFC 9935, are in [`material`].

use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use crate::{
    algorithm::{Algorithm, Encapsulated, KemAlgorithm},
    engine::Engine,
    error::{DecapsulateError, EncapsulateError, GenerateError},
    symmetric::identifier,
};

mod material;
mod reference;

use reference::Reference;

pub use material::{MlKemDecapsulation, MlKemEncapsulation};

/// Length of the seed `d || z` in bytes.
pub(crate) const SEED_BYTES: usize = 64;

/// Length of the shared secret key `K` in bytes.
pub(crate) const SHARED_SECRET_BYTES: usize = 32;

/// Length of the encapsulation randomness `m` in bytes.
pub(crate) const M_BYTES: usize = 32;

/// A parameter set of ML-KEM (FIPS 203, Table 2).
///
/// Sealed: FIPS 203 defines three.
pub trait MlKemParameters: Algorithm + Reference {
    /// The module rank `k`.
    const K: usize;
    /// Length of an encapsulation key `ek` in bytes: `384 * k + 32`.
    const ENCAPSULATION_KEY_BYTES: usize = 384 * Self::K + 32;
    /// Length of an expanded decapsulation key `dk` in bytes: `768 * k + 96`.
    const DECAPSULATION_KEY_BYTES: usize = 768 * Self::K + 96;
}

macro_rules! parameter_sets {
    ($( $(#[$meta:meta])* $name:ident = $text:literal, $oid:literal, $k:literal; )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name;

        impl Algorithm for $name {
            const NAME: &'static str = $text;

            fn key_algorithm() -> AlgorithmIdentifierOwned {
                identifier($oid)
            }
        }

        impl MlKemParameters for $name {
            const K: usize = $k;
        }

        impl KemAlgorithm for $name {
            type Encapsulation = MlKemEncapsulation<Self>;
            type Decapsulation = MlKemDecapsulation<Self>;
            type PreparedEncapsulation = PreparedEncapsulation<Self>;
            type PreparedDecapsulation = PreparedDecapsulation<Self>;
            type Ciphertext = <Self as Reference>::CiphertextBytes;
            type SharedSecret = [u8; SHARED_SECRET_BYTES];

            fn generate_material<R: TryCryptoRng + ?Sized>(
                engine: Engine,
                rng: &mut R,
            ) -> Result<(Self::Decapsulation, Self::Encapsulation), GenerateError> {
                generate(engine, rng)
            }

            fn prepare_encapsulation(
                _: Engine,
                key: &Self::Encapsulation,
            ) -> Self::PreparedEncapsulation {
                PreparedEncapsulation(Self::expand_ek(key.bytes()))
            }

            fn prepare_decapsulation(
                _: Engine,
                key: &Self::Decapsulation,
            ) -> Self::PreparedDecapsulation {
                PreparedDecapsulation(Self::expand_dk(key.expanded()))
            }

            fn encapsulate<R: TryCryptoRng + ?Sized>(
                key: &Self::PreparedEncapsulation,
                rng: &mut R,
            ) -> Result<Encapsulated<Self>, EncapsulateError> {
                encapsulate(key, rng)
            }

            fn decapsulate(
                key: &Self::PreparedDecapsulation,
                ciphertext: &Self::Ciphertext,
            ) -> Result<Self::SharedSecret, DecapsulateError> {
                Ok(Self::decapsulate_internal(&key.0, ciphertext))
            }
        }
    )+};
}

parameter_sets! {
    /// ML-KEM-512: security category 1.
    MlKem512 = "ML-KEM-512", "2.16.840.1.101.3.4.4.1", 2;
    /// ML-KEM-768: security category 3, the one to choose where no rule says otherwise.
    MlKem768 = "ML-KEM-768", "2.16.840.1.101.3.4.4.2", 3;
    /// ML-KEM-1024: security category 5, which CNSA 2.0 demands.
    MlKem1024 = "ML-KEM-1024", "2.16.840.1.101.3.4.4.3", 4;
}

/// An expanded encapsulation key.
pub struct PreparedEncapsulation<P: MlKemParameters>(P::ExpandedEk);

/// An expanded decapsulation key. Zeroized on drop.
pub struct PreparedDecapsulation<P: MlKemParameters>(P::ExpandedDk);

/// FIPS 203, Algorithm 19 (ML-KEM.KeyGen).
fn generate<P: MlKemParameters, R: TryCryptoRng + ?Sized>(
    _: Engine,
    rng: &mut R,
) -> Result<(MlKemDecapsulation<P>, MlKemEncapsulation<P>), GenerateError> {
    let mut seed = Zeroizing::new([0; SEED_BYTES]);
    rng.try_fill_bytes(seed.as_mut_slice())
        .map_err(|_| GenerateError::Randomness)?;
    Ok(material::from_seed(&seed))
}

/// FIPS 203, Algorithm 20 (ML-KEM.Encaps).
fn encapsulate<P: MlKemParameters, R: TryCryptoRng + ?Sized>(
    key: &PreparedEncapsulation<P>,
    rng: &mut R,
) -> Result<(P::CiphertextBytes, [u8; SHARED_SECRET_BYTES]), EncapsulateError> {
    let mut m = Zeroizing::new([0; M_BYTES]);
    rng.try_fill_bytes(m.as_mut_slice())
        .map_err(|_| EncapsulateError::Randomness)?;
    Ok(P::encapsulate_internal(&key.0, &m))
}
