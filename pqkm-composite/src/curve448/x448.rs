//! X448 (RFC 7748). Private keys, public keys and secrets are 56 bytes.

use alloc::vec::Vec;

use ::x448::{X448_BASEPOINT_BYTES, x448_unchecked};
use pqkm_core::{
    AgreeError, AgreementAlgorithm, AgreementMaterials, Algorithm, DecodeError, GenerateError,
    PrivateMaterial, PublicMaterial, RawPrivateKey, SecretMaterial,
    rand_core::TryCryptoRng,
    spki::{AlgorithmIdentifierOwned, ObjectIdentifier},
};
use subtle::ConstantTimeEq;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::draw::draw;

/// Length of private keys, public keys and secrets in bytes.
const KEY_BYTES: usize = 56;
/// The header of an OCTET STRING of 56 bytes: `CurvePrivateKey` of RFC 8410.
const HEADER: [u8; 2] = [0x04, 0x38];

/// X448: agreement on Curve448 (RFC 7748).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct X448;

/// A public key: a u-coordinate.
#[derive(Clone, PartialEq)]
pub struct X448Public([u8; KEY_BYTES]);

/// A private key and its public half.
#[derive(ZeroizeOnDrop)]
pub struct X448Private {
    private: Zeroizing<[u8; KEY_BYTES]>,
    #[zeroize(skip)]
    public: [u8; KEY_BYTES],
}

impl Algorithm for X448 {
    const NAME: &'static str = "X448";

    fn key_algorithm() -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: ObjectIdentifier::new_unwrap("1.3.101.111"),
            parameters: None,
        }
    }
}

impl AgreementAlgorithm for X448 {
    type Agreement = X448Private;
    type PublicAgreement = X448Public;
    type AgreedSecret = [u8; KEY_BYTES];

    fn generate_material<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
    ) -> Result<AgreementMaterials<Self>, GenerateError> {
        let private = X448Private::new(draw(rng).ok_or(GenerateError::Randomness)?);
        let public = private.public();
        Ok((private, public))
    }

    fn agree(private: &X448Private, peer: &X448Public) -> Result<Self::AgreedSecret, AgreeError> {
        let secret = Zeroizing::new(x448_unchecked(*private.private, peer.0));
        // CT: whether the secret is zero depends on the peer's public key alone.
        if bool::from(secret.as_slice().ct_eq(&[0; KEY_BYTES])) {
            return Err(AgreeError::InvalidKey);
        }
        Ok(*secret)
    }
}

impl X448Private {
    fn new(private: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        let public = x448_unchecked(*private, X448_BASEPOINT_BYTES);
        Self { private, public }
    }
}

impl PublicMaterial for X448Public {
    fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        bytes.try_into().map(Self).map_err(|_| DecodeError::Length)
    }
}

impl PrivateMaterial for X448Private {
    type Public = X448Public;

    fn public(&self) -> X448Public {
        X448Public(self.public)
    }
}

impl SecretMaterial for X448Private {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([HEADER.as_slice(), self.private.as_slice()].concat())
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::from_raw(bytes.strip_prefix(&HEADER).ok_or(DecodeError::Malformed)?)
    }
}

impl RawPrivateKey for X448Private {
    fn from_raw(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() != KEY_BYTES {
            return Err(DecodeError::Length);
        }
        let mut private = Zeroizing::new([0; KEY_BYTES]);
        private.copy_from_slice(bytes);
        Ok(Self::new(private))
    }

    fn to_raw(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.private.to_vec())
    }
}
