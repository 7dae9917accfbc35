//! X25519 (RFC 7748), with the encodings of RFC 8410. Private keys, public keys and secrets are 32
//! bytes.
//!
//! Every 32 bytes are a public key, kept as they are: RFC 7748, section 5 has receivers accept
//! non-canonical values. What gives an all-zero secret is refused when it is used (section 6.1).

use alloc::vec::Vec;

use pqkm_kernels::memcheck::declassify;
use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;
use subtle::ConstantTimeEq;
use x25519_dalek::x25519;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::{
    agreement::{AgreementAlgorithm, AgreementMaterials},
    algorithm::{Algorithm, PrivateMaterial, PublicMaterial, SecretMaterial},
    encoding::RawPrivateKey,
    error::{AgreeError, DecodeError, GenerateError},
    rfc8410::{self, KEY_BYTES},
    symmetric::identifier,
};

/// X25519: agreement on Curve25519 (RFC 7748).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct X25519;

/// A public key: a u-coordinate.
#[derive(Clone, PartialEq)]
pub struct X25519Public([u8; KEY_BYTES]);

/// A private key and its public half.
#[derive(ZeroizeOnDrop)]
pub struct X25519Private {
    private: Zeroizing<[u8; KEY_BYTES]>,
    #[zeroize(skip)]
    public: [u8; KEY_BYTES],
}

impl Algorithm for X25519 {
    const NAME: &'static str = "X25519";

    fn key_algorithm() -> AlgorithmIdentifierOwned {
        identifier("1.3.101.110")
    }
}

impl AgreementAlgorithm for X25519 {
    type Agreement = X25519Private;
    type PublicAgreement = X25519Public;
    type AgreedSecret = [u8; 32];

    fn generate_material<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
    ) -> Result<AgreementMaterials<Self>, GenerateError> {
        let private = X25519Private::new(rfc8410::draw(rng)?);
        let public = private.public();
        Ok((private, public))
    }

    fn agree(
        private: &X25519Private,
        peer: &X25519Public,
    ) -> Result<Self::AgreedSecret, AgreeError> {
        let secret = private.multiply(&peer.0);
        // CT: whether the secret is zero depends on the peer's public key alone.
        if declassify(secret.ct_eq(&[0; KEY_BYTES]).into()) {
            return Err(AgreeError::InvalidKey);
        }
        Ok(*secret)
    }
}

impl X25519Private {
    pub(crate) fn new(private: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        let public = x25519(*private, x25519_dalek::X25519_BASEPOINT_BYTES);
        Self { private, public }
    }

    /// `X25519(k, u)` without the check for zero.
    pub(crate) fn multiply(&self, u: &[u8; KEY_BYTES]) -> Zeroizing<[u8; KEY_BYTES]> {
        Zeroizing::new(x25519(*self.private, *u))
    }

    pub(crate) const fn public_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.public
    }
}

impl PublicMaterial for X25519Public {
    fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        bytes.try_into().map(Self).map_err(|_| DecodeError::Length)
    }
}

impl PrivateMaterial for X25519Private {
    type Public = X25519Public;

    fn public(&self) -> X25519Public {
        X25519Public(self.public)
    }
}

impl SecretMaterial for X25519Private {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        rfc8410::to_curve_private_key(&self.private)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        rfc8410::from_curve_private_key(bytes).map(Self::new)
    }
}

impl RawPrivateKey for X25519Private {
    fn from_raw(bytes: &[u8]) -> Result<Self, DecodeError> {
        rfc8410::from_raw(bytes).map(Self::new)
    }

    fn to_raw(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.private.to_vec())
    }
}
