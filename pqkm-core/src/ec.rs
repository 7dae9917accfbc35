//! Elliptic curves over prime fields: what ECDH and ECDSA keys are made of.
//!
//! | | private key | public key | field element |
//! |---|---|---|---|
//! | P-256, brainpoolP256r1 | 32 | 65 | 32 |
//! | P-384, brainpoolP384r1 | 48 | 97 | 48 |
//! | P-521 | 66 | 133 | 66 |
//!
//! (lengths in bytes.) Public keys are uncompressed points (SEC 1, section 2.3.3: `04 || x || y`); the
//! compressed form and the point at infinity are refused. Private keys are the `ECPrivateKey` of
//! RFC 5915, written with `parameters` and without `publicKey`.

use alloc::{boxed::Box, vec::Vec};
use core::{fmt::Debug, marker::PhantomData};

use rand_core::TryCryptoRng;
use spki::{AlgorithmIdentifierOwned, ObjectIdentifier};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::{
    algorithm::{PrivateMaterial, PublicMaterial, SecretMaterial},
    encoding::RawPrivateKey,
    error::{DecodeError, GenerateError},
    secret::SecretArray,
};

#[cfg(feature = "brainpool")]
mod brainpool;
mod nist;
mod private_key;

#[cfg(feature = "brainpool")]
pub use brainpool::{BrainpoolP256r1, BrainpoolP384r1};
pub use nist::{NistP256, NistP384, NistP521};

/// `id-ecPublicKey` (RFC 5480, section 2.1.1).
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// How often a private key is drawn before the generator is given up: the worst curve here,
/// brainpoolP256r1, refuses one draw of three.
const MAX_DRAWS: usize = 256;

/// A curve, as an implementation offers it: on bytes, whose lengths callers have checked.
///
/// Sealed by its module.
pub trait Curve: Copy + Ord + Debug + Default + Send + Sync + 'static {
    /// The curve's name, as parameters of `id-ecPublicKey` (`namedCurve`).
    const OID: ObjectIdentifier;
    /// Length of a field element and of a private key in bytes: they agree on all curves here.
    const BYTES: usize;
    /// The bits of the first byte that a private key may have.
    const FIRST_BYTE: u8 = 0xff;

    /// An x-coordinate.
    type Coordinate: SecretArray;
    /// A key that signs; zeroizes itself.
    type Signer: Send + Sync + 'static;
    /// A key that verifies.
    type Verifier: Send + Sync + 'static;

    /// The uncompressed point of a private key; none unless `0 < private < n`.
    fn public_key(private: &[u8]) -> Option<Vec<u8>>;

    /// Whether an uncompressed encoding is of a point on the curve.
    fn is_on_curve(point: &[u8]) -> bool;

    /// The x-coordinate of `private * peer`; none if either is invalid. The groups have prime order,
    /// so the product is never the point at infinity.
    fn multiply(private: &[u8], peer: &[u8]) -> Option<Self::Coordinate>;

    /// Prepares a private key for signing.
    fn signer(private: &[u8]) -> Option<Self::Signer>;

    /// Prepares a public key for verifying.
    fn verifier(point: &[u8]) -> Option<Self::Verifier>;

    /// Signs with the curve's hash function: RFC 6979 with `additional` data (section 3.6). The result
    /// is `r || s`.
    fn sign(signer: &Self::Signer, message: &[u8], additional: &[u8]) -> Option<Vec<u8>>;

    /// Verifies `r || s`.
    fn verify(verifier: &Self::Verifier, message: &[u8], signature: &[u8]) -> bool;
}

/// A public key: a point, in its uncompressed encoding.
pub struct EcPublic<C> {
    point: Box<[u8]>,
    curve: PhantomData<C>,
}

/// A private key and its public half.
#[derive(ZeroizeOnDrop)]
pub struct EcPrivate<C> {
    private: Box<[u8]>,
    #[zeroize(skip)]
    point: Box<[u8]>,
    #[zeroize(skip)]
    curve: PhantomData<C>,
}

/// The identifier of keys on a curve (RFC 5480, section 2.1.1).
pub(crate) fn key_algorithm<C: Curve>() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: EC_PUBLIC_KEY,
        parameters: Some(C::OID.into()),
    }
}

/// Generates a key pair (FIPS 186-5, appendix A.2.2: draw until it is in range).
pub(crate) fn generate<C: Curve, R: TryCryptoRng + ?Sized>(
    rng: &mut R,
) -> Result<(EcPrivate<C>, EcPublic<C>), GenerateError> {
    let mut private = Zeroizing::new(alloc::vec![0; C::BYTES]);
    for _ in 0..MAX_DRAWS {
        rng.try_fill_bytes(&mut private)
            .map_err(|_| GenerateError::Randomness)?;
        if let Some(first) = private.first_mut() {
            *first &= C::FIRST_BYTE;
        }
        // CT: a refused draw is thrown away; that it was refused says nothing of the next.
        if let Ok(key) = EcPrivate::from_raw(&private) {
            let public = key.public();
            return Ok((key, public));
        }
    }
    Err(GenerateError::Randomness)
}

impl<C> EcPublic<C> {
    pub(crate) fn point(&self) -> &[u8] {
        &self.point
    }
}

impl<C> EcPrivate<C> {
    pub(crate) fn private(&self) -> &[u8] {
        &self.private
    }
}

impl<C: Curve> PublicMaterial for EcPublic<C> {
    fn as_bytes(&self) -> &[u8] {
        &self.point
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() != 1 + 2 * C::BYTES {
            return Err(DecodeError::Length);
        }
        if bytes.first() != Some(&4) {
            return Err(DecodeError::Malformed);
        }
        if !C::is_on_curve(bytes) {
            return Err(DecodeError::Range);
        }
        Ok(Self {
            point: bytes.into(),
            curve: PhantomData,
        })
    }
}

impl<C> Clone for EcPublic<C> {
    fn clone(&self) -> Self {
        Self {
            point: self.point.clone(),
            curve: PhantomData,
        }
    }
}

impl<C> PartialEq for EcPublic<C> {
    fn eq(&self, other: &Self) -> bool {
        self.point == other.point
    }
}

impl<C: Curve> PrivateMaterial for EcPrivate<C> {
    type Public = EcPublic<C>;

    fn public(&self) -> EcPublic<C> {
        EcPublic {
            point: self.point.clone(),
            curve: PhantomData,
        }
    }
}

impl<C: Curve> SecretMaterial for EcPrivate<C> {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        private_key::encode::<C>(&self.private)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        private_key::decode(bytes)
    }
}

/// The integer, big-endian, as long as the order of the curve.
impl<C: Curve> RawPrivateKey for EcPrivate<C> {
    fn from_raw(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() != C::BYTES {
            return Err(DecodeError::Length);
        }
        let point = C::public_key(bytes).ok_or(DecodeError::Range)?;
        Ok(Self {
            private: bytes.into(),
            point: point.into(),
            curve: PhantomData,
        })
    }

    fn to_raw(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.private.to_vec())
    }
}
