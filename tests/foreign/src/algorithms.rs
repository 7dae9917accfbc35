//! A KEM, a signature algorithm, and one that only verifies, as stateful ones do.

use pqkm_core::{
    Algorithm, DecapsulateError, DecodeError, EncapsulateError, Encapsulated, Engine,
    GenerateError, InvalidSignature, KemAlgorithm, KemMaterials, Message, PrivateMaterial,
    PublicMaterial, SecretMaterial, SignError, SignatureAlgorithm, SignatureMaterials,
    VerificationAlgorithm,
};
use rand_core::TryCryptoRng;
use sha2::{Digest, Sha256};
use spki::{AlgorithmIdentifierOwned, ObjectIdentifier};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A public key: 32 bytes.
#[derive(Clone, PartialEq)]
pub struct ToyPublic([u8; 32]);

/// A private key: 32 bytes.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct ToyPrivate([u8; 32]);

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut sha = Sha256::new();
    parts.iter().for_each(|part| sha.update(part));
    sha.finalize().into()
}

impl PublicMaterial for ToyPublic {
    fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        bytes.try_into().map(Self).map_err(|_| DecodeError::Length)
    }
}

impl SecretMaterial for ToyPrivate {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.to_vec())
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        bytes.try_into().map(Self).map_err(|_| DecodeError::Length)
    }

    /// Two halves of 16 bytes, as if it were a composite.
    fn overlaps(&self, other: &Self) -> bool {
        let (one, two) = self.0.split_at(16);
        let (three, four) = other.0.split_at(16);
        (one == three) | (two == four)
    }
}

impl PrivateMaterial for ToyPrivate {
    type Public = ToyPublic;

    fn public(&self) -> ToyPublic {
        ToyPublic(hash(&[&self.0]))
    }
}

macro_rules! algorithms {
    ($($(#[$meta:meta])* $name:ident = $text:literal, $oid:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name;

        impl Algorithm for $name {
            const NAME: &'static str = $text;

            fn key_algorithm() -> AlgorithmIdentifierOwned {
                AlgorithmIdentifierOwned {
                    oid: ObjectIdentifier::new_unwrap($oid),
                    parameters: None,
                }
            }
        }
    )+};
}

algorithms! {
    /// A KEM.
    ToyKem = "Toy KEM", "1.3.6.1.4.1.32473.1";
    /// A signature algorithm, without a context.
    ToyMac = "Toy signature", "1.3.6.1.4.1.32473.2";
    /// A signature algorithm whose signing is not for `pqkm-core` to do.
    ToyOneTime = "Toy one-time signature", "1.3.6.1.4.1.32473.3";
}

impl KemAlgorithm for ToyKem {
    type Encapsulation = ToyPublic;
    type Decapsulation = ToyPrivate;
    type PreparedEncapsulation = [u8; 32];
    type PreparedDecapsulation = [u8; 32];
    type Ciphertext = [u8; 32];
    type SharedSecret = [u8; 32];

    fn generate_material<R: TryCryptoRng + ?Sized>(
        _: Engine,
        rng: &mut R,
    ) -> Result<KemMaterials<Self>, GenerateError> {
        let mut private = ToyPrivate([0; 32]);
        rng.try_fill_bytes(&mut private.0)
            .map_err(|_| GenerateError::Randomness)?;
        let public = private.public();
        Ok((private, public))
    }

    fn prepare_encapsulation(_: Engine, key: &ToyPublic) -> [u8; 32] {
        key.0
    }

    fn prepare_decapsulation(_: Engine, key: &ToyPrivate) -> [u8; 32] {
        key.public().0
    }

    fn encapsulate<R: TryCryptoRng + ?Sized>(
        key: &[u8; 32],
        rng: &mut R,
    ) -> Result<Encapsulated<Self>, EncapsulateError> {
        let mut ciphertext = [0; 32];
        rng.try_fill_bytes(&mut ciphertext)
            .map_err(|_| EncapsulateError::Randomness)?;
        Ok((ciphertext, hash(&[key, &ciphertext])))
    }

    /// Rejects explicitly, which ML-KEM never does: a ciphertext of zeros.
    fn decapsulate(key: &[u8; 32], ciphertext: &[u8; 32]) -> Result<[u8; 32], DecapsulateError> {
        if *ciphertext == [0; 32] {
            return Err(DecapsulateError::Failed);
        }
        Ok(hash(&[key, ciphertext]))
    }
}

/// What is "signed".
pub(crate) fn toy_signature(key: &[u8; 32], message: &[u8]) -> Vec<u8> {
    hash(&[key, message]).to_vec()
}

/// Only plain messages without a context are known.
fn signature(key: &[u8; 32], message: &Message<'_>) -> Option<Vec<u8>> {
    match message {
        Message::Pure { message, context } if context.as_bytes().is_empty() => {
            Some(toy_signature(key, message))
        }
        _ => None,
    }
}

macro_rules! verification {
    ($($name:ident),+) => {$(
        impl VerificationAlgorithm for $name {
            type Verification = ToyPublic;
            type PreparedVerification = [u8; 32];
            type Signature = Vec<u8>;

            fn prepare_verification(_: Engine, key: &ToyPublic) -> [u8; 32] {
                key.0
            }

            fn verify(
                key: &[u8; 32],
                message: &Message<'_>,
                given: &Vec<u8>,
            ) -> Result<(), InvalidSignature> {
                if signature(key, message).as_ref() == Some(given) {
                    Ok(())
                } else {
                    Err(InvalidSignature)
                }
            }
        }
    )+};
}

verification!(ToyMac, ToyOneTime);

impl SignatureAlgorithm for ToyMac {
    type Signing = ToyPrivate;
    type PreparedSigning = [u8; 32];

    fn generate_material<R: TryCryptoRng + ?Sized>(
        engine: Engine,
        rng: &mut R,
    ) -> Result<SignatureMaterials<Self>, GenerateError> {
        <ToyKem as KemAlgorithm>::generate_material(engine, rng)
    }

    fn prepare_signing(_: Engine, key: &ToyPrivate) -> [u8; 32] {
        key.public().0
    }

    fn sign<R: TryCryptoRng + ?Sized>(
        key: &[u8; 32],
        message: &Message<'_>,
        _: &mut R,
    ) -> Result<Vec<u8>, SignError> {
        signature(key, message).ok_or(SignError::Refused)
    }
}
