//! Signature algorithms of another crate: one that signs again and again, and one that only verifies, as
//! stateful algorithms do.

use pqkm_core::{
    Algorithm, Engine, GenerateError, InvalidSignature, Message, PrivateMaterial, SignError,
    SignatureAlgorithm, VerificationAlgorithm, rand_core::TryCryptoRng,
    spki::AlgorithmIdentifierOwned, zeroize::Zeroizing,
};

use crate::{ToyPrivate, ToyPublic, hash, identifier};

/// The signature is a hash of the public key and the message, with some randomness before it. It takes no
/// context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ToySignature;

/// An algorithm whose keys verify, but that has no reusable signing key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ToyStateful;

fn message<'a>(message: &Message<'a>) -> Option<&'a [u8]> {
    match message {
        Message::Pure { message, context } if context.as_bytes().is_empty() => Some(message),
        _ => None,
    }
}

macro_rules! verification {
    ($name:ident, $text:literal, $oid:literal) => {
        impl Algorithm for $name {
            const NAME: &'static str = $text;

            fn key_algorithm() -> AlgorithmIdentifierOwned {
                identifier($oid)
            }
        }

        impl VerificationAlgorithm for $name {
            type Verification = ToyPublic;
            type PreparedVerification = ToyPublic;
            type Signature = Vec<u8>;

            fn prepare_verification(_: Engine, key: &ToyPublic) -> ToyPublic {
                key.clone()
            }

            fn verify(
                key: &ToyPublic,
                signed: &Message<'_>,
                signature: &Vec<u8>,
            ) -> Result<(), InvalidSignature> {
                let signed = message(signed).ok_or(InvalidSignature)?;
                let (salt, tag) = signature.split_at_checked(8).ok_or(InvalidSignature)?;
                if hash(&[&key.0, salt, signed]).as_slice() == tag {
                    Ok(())
                } else {
                    Err(InvalidSignature)
                }
            }
        }
    };
}

verification!(ToySignature, "Toy-Signature", "1.3.6.1.4.1.99999.2");
verification!(ToyStateful, "Toy-Stateful", "1.3.6.1.4.1.99999.3");

impl SignatureAlgorithm for ToySignature {
    type Signing = ToyPrivate;
    type PreparedSigning = ToyPublic;

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

    fn prepare_signing(_: Engine, key: &ToyPrivate) -> ToyPublic {
        key.public()
    }

    fn sign<R: TryCryptoRng + ?Sized>(
        key: &ToyPublic,
        signed: &Message<'_>,
        rng: &mut R,
    ) -> Result<Vec<u8>, SignError> {
        let signed = message(signed).ok_or(SignError::Refused)?;
        let mut salt = [0; 8];
        rng.try_fill_bytes(&mut salt)
            .map_err(|_| SignError::Randomness)?;
        Ok([salt.as_slice(), &hash(&[&key.0, &salt, signed])].concat())
    }
}
