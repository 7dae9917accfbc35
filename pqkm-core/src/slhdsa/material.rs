//! What SLH-DSA keys are made of, and the check on imported ones.

use alloc::{boxed::Box, vec::Vec};
use core::marker::PhantomData;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::SlhDsaParameters;
use crate::{
    algorithm::{PrivateMaterial, PublicMaterial, SecretMaterial},
    encoding::RawPrivateKey,
    error::DecodeError,
};

/// A public key `pk = PK.seed || PK.root`. Every string of the right length is one.
pub struct SlhDsaVerification<P> {
    bytes: Box<[u8]>,
    parameters: PhantomData<P>,
}

impl<P: SlhDsaParameters> PublicMaterial for SlhDsaVerification<P> {
    fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() != P::PUBLIC_KEY_BYTES {
            return Err(DecodeError::Length);
        }
        Ok(Self {
            bytes: bytes.into(),
            parameters: PhantomData,
        })
    }
}

impl<P> Clone for SlhDsaVerification<P> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            parameters: PhantomData,
        }
    }
}

impl<P> PartialEq for SlhDsaVerification<P> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

/// A private key `sk = SK.seed || SK.prf || PK.seed || PK.root`.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SlhDsaSigning<P> {
    bytes: Box<[u8]>,
    #[zeroize(skip)]
    parameters: PhantomData<P>,
}

/// FIPS 205, Algorithm 18 (`slh_keygen_internal`), on `SK.seed || SK.prf || PK.seed`, 3n bytes.
pub(super) fn from_seeds<P: SlhDsaParameters>(
    seeds: &[u8],
) -> (SlhDsaSigning<P>, SlhDsaVerification<P>) {
    let (sk_seed, rest) = seeds.split_at_checked(P::N).unwrap_or_default();
    let (sk_prf, pk_seed) = rest.split_at_checked(P::N).unwrap_or_default();
    let key = slh_dsa::SigningKey::<P::Set>::slh_keygen_internal(sk_seed, sk_prf, pk_seed);
    let mut array = key.to_bytes();
    let signing = SlhDsaSigning {
        bytes: array.as_slice().into(),
        parameters: PhantomData,
    };
    array.zeroize();
    let verification = signing.public();
    (signing, verification)
}

impl<P: SlhDsaParameters> SlhDsaSigning<P> {
    #[expect(clippy::expect_used, reason = "the length was checked on the way in")]
    pub(crate) fn expand(&self) -> slh_dsa::SigningKey<P::Set> {
        slh_dsa::SigningKey::try_from(&*self.bytes).expect("4n bytes")
    }
}

impl<P: SlhDsaParameters> PrivateMaterial for SlhDsaSigning<P> {
    type Public = SlhDsaVerification<P>;

    fn public(&self) -> SlhDsaVerification<P> {
        SlhDsaVerification {
            bytes: self.bytes.get(2 * P::N..).unwrap_or_default().into(),
            parameters: PhantomData,
        }
    }
}

/// RFC 9909: the contents of `privateKey` are the 4n octets themselves.
impl<P: SlhDsaParameters> SecretMaterial for SlhDsaSigning<P> {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.bytes.to_vec())
    }

    /// Takes a private key if its `PK.root` is the root of its seeds. FIPS 205 asks for no check; this
    /// one costs a key generation, which is at most a seventh of a signature, and keeps a damaged key
    /// from making signatures that nobody can verify.
    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() != P::PRIVATE_KEY_BYTES {
            return Err(DecodeError::Length);
        }
        let (key, public) = from_seeds::<P>(bytes.get(..3 * P::N).unwrap_or_default());
        if bytes.get(2 * P::N..) == Some(public.as_bytes()) {
            Ok(key)
        } else {
            Err(DecodeError::Inconsistent)
        }
    }
}

/// The 4n octets of `sk`.
impl<P: SlhDsaParameters> RawPrivateKey for SlhDsaSigning<P> {
    fn from_raw(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::from_bytes(bytes)
    }

    fn to_raw(&self) -> Zeroizing<Vec<u8>> {
        self.to_bytes()
    }
}
