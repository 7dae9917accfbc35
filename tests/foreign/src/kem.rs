//! A KEM of another crate.

use pqkm_core::{
    Algorithm, DecapsulateError, EncapsulateError, Encapsulated, Engine, GenerateError,
    KemAlgorithm, PrivateMaterial, rand_core::TryCryptoRng, spki::AlgorithmIdentifierOwned,
    zeroize::Zeroizing,
};

use crate::{ToyPrivate, ToyPublic, hash, identifier};

/// The ciphertext is random, and the secret is a hash of it and the public key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ToyKem;

impl Algorithm for ToyKem {
    const NAME: &'static str = "Toy-KEM";

    fn key_algorithm() -> AlgorithmIdentifierOwned {
        identifier("1.3.6.1.4.1.99999.1")
    }
}

impl KemAlgorithm for ToyKem {
    type Encapsulation = ToyPublic;
    type Decapsulation = ToyPrivate;
    type PreparedEncapsulation = ToyPublic;
    type PreparedDecapsulation = ToyPublic;
    type Ciphertext = [u8; 16];
    type SharedSecret = [u8; 32];

    fn generate_material<R: TryCryptoRng + ?Sized>(
        _: Engine,
        rng: &mut R,
    ) -> Result<(ToyPrivate, ToyPublic), GenerateError> {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.try_fill_bytes(bytes.as_mut_slice())
            .map_err(|_| GenerateError::Randomness)?;
        let private = ToyPrivate(bytes);
        let public = private.public();
        Ok((private, public))
    }

    fn prepare_encapsulation(_: Engine, key: &ToyPublic) -> ToyPublic {
        key.clone()
    }

    fn prepare_decapsulation(_: Engine, key: &ToyPrivate) -> ToyPublic {
        key.public()
    }

    fn encapsulate<R: TryCryptoRng + ?Sized>(
        key: &ToyPublic,
        rng: &mut R,
    ) -> Result<Encapsulated<Self>, EncapsulateError> {
        let mut ciphertext = [0; 16];
        rng.try_fill_bytes(&mut ciphertext)
            .map_err(|_| EncapsulateError::Randomness)?;
        Ok((ciphertext, hash(&[&key.0, &ciphertext])))
    }

    fn decapsulate(key: &ToyPublic, ciphertext: &[u8; 16]) -> Result<[u8; 32], DecapsulateError> {
        Ok(hash(&[&key.0, ciphertext]))
    }
}
