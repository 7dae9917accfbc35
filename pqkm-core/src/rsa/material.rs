//! What RSA keys are made of: `RSAPublicKey` and `RSAPrivateKey` (RFC 8017, appendix A.1).

use alloc::{boxed::Box, sync::Arc, vec::Vec};

use rand_core::TryCryptoRng;
use rsa::{
    pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey, EncodeRsaPrivateKey, EncodeRsaPublicKey},
    traits::PublicKeyParts,
};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Bits, RsaModulus};
use crate::{
    algorithm::{PrivateMaterial, PublicMaterial, SecretMaterial},
    error::{DecodeError, GenerateError},
};

/// The smallest public exponent (FIPS 186-5, section 5.1).
const MIN_PUBLIC_EXPONENT: u64 = 65537;

/// A public key whose modulus has exactly `BITS` bits.
#[derive(Clone)]
pub struct RsaPublic<const BITS: usize> {
    der: Box<[u8]>,
    key: Arc<rsa::PublicKey>,
}

/// A private key of two primes. Zeroized when its last prepared form is dropped; but copies of the primes that the
/// crate `rsa` makes while it reads a key and signs are freed without being erased.
pub struct RsaPrivate<const BITS: usize> {
    der: Zeroizing<Vec<u8>>,
    key: Arc<rsa::PrivateKey>,
}

/// Generates a key pair with the exponent 65537.
pub(super) fn generate<const BITS: usize, R: TryCryptoRng + ?Sized>(
    rng: &mut R,
) -> Result<(RsaPrivate<BITS>, RsaPublic<BITS>), GenerateError>
where
    Bits<BITS>: RsaModulus,
{
    let key = rsa::PrivateKey::new(rng, BITS).map_err(|_| GenerateError::Randomness)?;
    let der = key
        .to_pkcs1_der()
        .map_err(|_| GenerateError::PairwiseConsistency)?;
    let private = RsaPrivate {
        der: Zeroizing::new(der.as_bytes().to_vec()),
        key: Arc::new(key),
    };
    let public = private.public();
    Ok((private, public))
}

/// The checks on public keys; an even modulus and even exponents are refused by the decoder.
fn check<const BITS: usize>(key: &impl PublicKeyParts) -> Result<(), DecodeError> {
    if usize::try_from(key.n().bit_width()) != Ok(BITS) {
        return Err(DecodeError::Length);
    }
    if *key.e() < rsa::BoxedUint::from(MIN_PUBLIC_EXPONENT) {
        return Err(DecodeError::Range);
    }
    Ok(())
}

/// The longest `RSAPrivateKey` of a modulus, bytes: `n`, `d` and `e` of its length, the others of half of it, six
/// bytes of tag, length and sign for each, and eight around them.
const fn max_private_bytes(bits: usize) -> usize {
    let modulus = super::modulus_bytes(bits);
    3 * modulus + 5 * modulus.div_ceil(2) + 9 * 6 + 8
}

impl<const BITS: usize> RsaPublic<BITS> {
    pub(super) fn inner(&self) -> &rsa::PublicKey {
        &self.key
    }
}

impl<const BITS: usize> RsaPrivate<BITS> {
    pub(super) fn inner(&self) -> &rsa::PrivateKey {
        &self.key
    }
}

impl<const BITS: usize> PublicMaterial for RsaPublic<BITS>
where
    Bits<BITS>: RsaModulus,
{
    fn as_bytes(&self) -> &[u8] {
        &self.der
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let key = rsa::PublicKey::from_pkcs1_der(bytes).map_err(|_| DecodeError::Malformed)?;
        check::<BITS>(&key)?;
        Ok(Self {
            der: bytes.into(),
            key: Arc::new(key),
        })
    }
}

impl<const BITS: usize> PartialEq for RsaPublic<BITS> {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl<const BITS: usize> PrivateMaterial for RsaPrivate<BITS>
where
    Bits<BITS>: RsaModulus,
{
    type Public = RsaPublic<BITS>;

    #[expect(clippy::expect_used, reason = "no public key comes near DER's limits")]
    fn public(&self) -> RsaPublic<BITS> {
        let key = self.key.to_public_key();
        let der = key.to_pkcs1_der().expect("short enough for DER");
        RsaPublic {
            der: der.as_bytes().into(),
            key: Arc::new(key),
        }
    }
}

impl<const BITS: usize> SecretMaterial for RsaPrivate<BITS>
where
    Bits<BITS>: RsaModulus,
{
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        self.der.clone()
    }

    /// Takes a key whose numbers belong together: `n = p q`, `e d = 1` modulo `p - 1` and `q - 1`, and
    /// the exponents and the coefficient of the Chinese remainder theorem those of `p`, `q` and `d`.
    /// That `p` and `q` are primes is not tested.
    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        // Arithmetic with numbers of any length comes first there, and costs its cube.
        if bytes.len() > max_private_bytes(BITS) {
            return Err(DecodeError::Length);
        }
        let key = rsa::PrivateKey::from_pkcs1_der(bytes).map_err(|_| DecodeError::Malformed)?;
        check::<BITS>(&key)?;
        let der = key.to_pkcs1_der().map_err(|_| DecodeError::Inconsistent)?;
        if !bool::from(der.as_bytes().ct_eq(bytes)) {
            return Err(DecodeError::Inconsistent);
        }
        Ok(Self {
            der: Zeroizing::new(bytes.to_vec()),
            key: Arc::new(key),
        })
    }
}
