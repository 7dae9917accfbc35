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

use alloc::vec::Vec;

use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use crate::{
    algorithm::{Algorithm, Encapsulated, KemAlgorithm, KemMaterials},
    engine::Engine,
    error::{DecapsulateError, EncapsulateError, GenerateError},
    secret::SecretArrays,
    symmetric::identifier,
};

mod dispatch;
mod engine;
mod material;
mod reference;
#[cfg(test)]
mod tests;

use dispatch::{DkOf, EkOf};
use engine::Kernels;
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
pub trait MlKemParameters: Algorithm + Reference + Kernels {
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

            fn supports(_: Engine) -> bool {
                true
            }

            fn generate_material<R: TryCryptoRng + ?Sized>(
                engine: Engine,
                rng: &mut R,
            ) -> Result<(Self::Decapsulation, Self::Encapsulation), GenerateError> {
                let mut pairs = generate(engine, 1, rng)?;
                // One seed makes one pair.
                pairs.pop().ok_or(GenerateError::Randomness)
            }

            fn generate_materials<R: TryCryptoRng + ?Sized>(
                engine: Engine,
                count: usize,
                rng: &mut R,
            ) -> Result<Vec<KemMaterials<Self>>, GenerateError> {
                generate(engine, count, rng)
            }

            fn prepare_encapsulation(
                engine: Engine,
                key: &Self::Encapsulation,
            ) -> Self::PreparedEncapsulation {
                PreparedEncapsulation(dispatch::expand_ek::<Self>(engine, key.bytes()))
            }

            fn prepare_decapsulation(
                engine: Engine,
                key: &Self::Decapsulation,
            ) -> Self::PreparedDecapsulation {
                PreparedDecapsulation(dispatch::expand_dk::<Self>(engine, key.expanded()))
            }

            fn encapsulate<R: TryCryptoRng + ?Sized>(
                key: &Self::PreparedEncapsulation,
                rng: &mut R,
            ) -> Result<Encapsulated<Self>, EncapsulateError> {
                let mut m = Zeroizing::new([0; M_BYTES]);
                rng.try_fill_bytes(m.as_mut_slice()).map_err(|_| EncapsulateError::Randomness)?;
                Ok(dispatch::encapsulate_one::<Self>(&key.0, &m))
            }

            fn encapsulate_many<T, R: TryCryptoRng + ?Sized>(
                key: &Self::PreparedEncapsulation,
                count: usize,
                rng: &mut R,
                make: impl Fn(Self::Ciphertext, Self::SharedSecret) -> T,
            ) -> Result<Vec<T>, EncapsulateError> {
                encapsulate(key, count, rng, make)
            }

            fn encapsulate_each<T, R: TryCryptoRng + ?Sized>(
                engine: Engine,
                keys: &[&Self::Encapsulation],
                rng: &mut R,
                make: impl Fn(Self::Ciphertext, Self::SharedSecret) -> T,
            ) -> Result<Vec<T>, EncapsulateError> {
                encapsulate_each(engine, keys, rng, make)
            }

            fn decapsulate(
                key: &Self::PreparedDecapsulation,
                ciphertext: &Self::Ciphertext,
            ) -> Result<Self::SharedSecret, DecapsulateError> {
                Ok(dispatch::decapsulate_one::<Self>(&key.0, ciphertext))
            }

            fn decapsulate_many(
                key: &Self::PreparedDecapsulation,
                ciphertexts: &[&Self::Ciphertext],
            ) -> Vec<Result<Self::SharedSecret, DecapsulateError>> {
                let secrets = SecretArrays::new(dispatch::decapsulate::<Self>(&key.0, ciphertexts));
                secrets.iter().copied().map(Ok).collect()
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

/// An expanded encapsulation key. In memory, with the engines of the kernels: 4096 (k + 1) + 32 bytes.
pub struct PreparedEncapsulation<P: MlKemParameters>(EkOf<P>);

/// An expanded decapsulation key. Zeroized on drop. In memory, with the engines of the kernels: 4096 (k + 2) + 64
/// bytes.
pub struct PreparedDecapsulation<P: MlKemParameters>(DkOf<P>);

/// The materials of a key pair.
type MlKemPair<P> = (MlKemDecapsulation<P>, MlKemEncapsulation<P>);

/// FIPS 203, Algorithm 19 (ML-KEM.KeyGen), `count` times; seeds are drawn in order.
fn generate<P: MlKemParameters, R: TryCryptoRng + ?Sized>(
    engine: Engine,
    count: usize,
    rng: &mut R,
) -> Result<Vec<MlKemPair<P>>, GenerateError> {
    let drawn = SecretArrays::<SEED_BYTES>::draw(count, rng).ok_or(GenerateError::Randomness)?;
    let seeds: Vec<_> = drawn.iter().collect();
    let pairs = dispatch::generate::<P>(engine, &seeds);
    let seeds = seeds.into_iter();
    Ok(seeds
        .zip(pairs)
        .map(|(seed, pair)| material::from_parts(seed, pair))
        .collect())
}

/// FIPS 203, Algorithm 20 (ML-KEM.Encaps), `count` times to one key; messages are drawn in order.
fn encapsulate<P: MlKemParameters, T, R: TryCryptoRng + ?Sized>(
    key: &PreparedEncapsulation<P>,
    count: usize,
    rng: &mut R,
    make: impl Fn(P::CiphertextBytes, [u8; SHARED_SECRET_BYTES]) -> T,
) -> Result<Vec<T>, EncapsulateError> {
    let drawn = SecretArrays::<M_BYTES>::draw(count, rng).ok_or(EncapsulateError::Randomness)?;
    let messages: Vec<_> = drawn.iter().collect();
    Ok(dispatch::encapsulate::<P, T>(&key.0, &messages, make))
}

/// FIPS 203, Algorithm 20 (ML-KEM.Encaps), once to each key; messages are drawn in order.
fn encapsulate_each<P: MlKemParameters, T, R: TryCryptoRng + ?Sized>(
    engine: Engine,
    keys: &[&MlKemEncapsulation<P>],
    rng: &mut R,
    make: impl Fn(P::CiphertextBytes, [u8; SHARED_SECRET_BYTES]) -> T,
) -> Result<Vec<T>, EncapsulateError> {
    if let [key] = keys {
        // One key does not fill the lanes of a batch.
        let prepared = PreparedEncapsulation::<P>(dispatch::expand_ek::<P>(engine, key.bytes()));
        return encapsulate(&prepared, 1, rng, make);
    }
    let drawn =
        SecretArrays::<M_BYTES>::draw(keys.len(), rng).ok_or(EncapsulateError::Randomness)?;
    let eks = keys.iter().map(|key| key.bytes());
    let items: Vec<_> = eks.zip(drawn.iter()).collect();
    Ok(dispatch::encapsulate_each::<P, T>(engine, &items, make))
}
