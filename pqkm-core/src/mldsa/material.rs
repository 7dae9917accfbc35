//! What ML-DSA keys are made of, the checks on imported ones, and the forms of RFC 9881.

use alloc::{boxed::Box, vec::Vec};
use core::marker::PhantomData;

use pqkm_kernels::memcheck::declassify;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{MlDsaParameters, SEED_BYTES, dispatch, engine::KeyBytes, representative};
use crate::{
    algorithm::{PrivateMaterial, PublicMaterial, SecretMaterial},
    encoding::{PrivateKeyForm, SeedForms, SeedOrExpanded},
    engine::Engine,
    error::DecodeError,
};

/// A public key `pk`. Every string of the right length is one (FIPS 204, Algorithm 23 (pkDecode)).
pub struct MlDsaVerification<P> {
    bytes: Box<[u8]>,
    parameters: PhantomData<P>,
}

impl<P: MlDsaParameters> PublicMaterial for MlDsaVerification<P> {
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

impl<P> Clone for MlDsaVerification<P> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            parameters: PhantomData,
        }
    }
}

impl<P> PartialEq for MlDsaVerification<P> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

/// A private key `sk`, its public key, and the seed it was made from where that is known.
pub struct MlDsaSigning<P> {
    expanded: Box<[u8]>,
    seed: Option<Box<[u8]>>,
    public: Box<[u8]>,
    parameters: PhantomData<P>,
}

impl<P> Drop for MlDsaSigning<P> {
    fn drop(&mut self) {
        // The slices at once: boxes zeroize themselves a byte at a time.
        self.expanded.as_mut().zeroize();
        self.seed.as_deref_mut().unwrap_or_default().zeroize();
    }
}

impl<P> ZeroizeOnDrop for MlDsaSigning<P> {}

/// The key pair that was made of a seed `xi`.
pub(super) fn from_parts<P: MlDsaParameters>(
    xi: &[u8; SEED_BYTES],
    (mut sk, pk): KeyBytes,
) -> (MlDsaSigning<P>, MlDsaVerification<P>) {
    let public: Box<[u8]> = pk.into();
    let signing = MlDsaSigning {
        // The vector has exactly its length: the bytes stay where they are.
        expanded: core::mem::take(&mut *sk).into_boxed_slice(),
        seed: Some(Box::from(xi.as_slice())),
        public: public.clone(),
        parameters: PhantomData,
    };
    let verification = MlDsaVerification {
        bytes: public,
        parameters: PhantomData,
    };
    (signing, verification)
}

impl<P: MlDsaParameters> MlDsaSigning<P> {
    pub(super) fn expanded(&self) -> &[u8] {
        &self.expanded
    }

    pub(super) fn tr(&self) -> [u8; 64] {
        representative::tr(&self.public)
    }

    /// Seed and expanded key together: they must be one key.
    fn from_both(xi: &[u8], expanded: &[u8]) -> Result<Self, DecodeError> {
        let key = Self::from_seed(xi)?;
        // CT: whether the two forms are one key is the result of the import.
        if declassify(key.expanded.ct_eq(expanded).into()) {
            Ok(key)
        } else {
            Err(DecodeError::Inconsistent)
        }
    }
}

impl<P: MlDsaParameters> PrivateMaterial for MlDsaSigning<P> {
    type Public = MlDsaVerification<P>;

    fn public(&self) -> MlDsaVerification<P> {
        MlDsaVerification {
            bytes: self.public.clone(),
            parameters: PhantomData,
        }
    }
}

/// RFC 9881, section 6.
impl<P: MlDsaParameters> SeedForms for MlDsaSigning<P> {
    fn from_seed(xi: &[u8]) -> Result<Self, DecodeError> {
        let xi = xi.try_into().map_err(|_| DecodeError::Length)?;
        let mut pairs = dispatch::generate::<P>(Engine::detect(), &[xi]);
        let pair = pairs.pop().ok_or(DecodeError::Inconsistent)?;
        Ok(from_parts(xi, pair).0)
    }

    /// Takes an expanded key if it is one that key generation could have made: `s_1` and `s_2` within
    /// `-eta ..= eta`, `t_0` and `tr` those of `rho`, `s_1` and `s_2`. FIPS 204 asks for no check;
    /// without one, a damaged key would make signatures that leak it.
    fn from_expanded(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() != P::PRIVATE_KEY_BYTES {
            return Err(DecodeError::Length);
        }
        let s = bytes
            .get(128..128 + P::ETA_BYTES * (P::K + P::L))
            .unwrap_or_default();
        if !is_in_range(s, P::ETA) {
            return Err(DecodeError::Range);
        }
        let public = dispatch::public_key::<P>(bytes).ok_or(DecodeError::Inconsistent)?;
        Ok(Self {
            expanded: bytes.into(),
            seed: None,
            public: public.into(),
            parameters: PhantomData,
        })
    }

    fn to_form(&self, form: PrivateKeyForm) -> Option<Zeroizing<Vec<u8>>> {
        let seed = self.seed.as_deref();
        SeedOrExpanded::select(form, seed, &self.expanded)?.encode()
    }
}

impl<P: MlDsaParameters> SecretMaterial for MlDsaSigning<P> {
    /// RFC 9881: the seed where it is known, the expanded key otherwise.
    #[expect(clippy::expect_used, reason = "the expanded form is always there")]
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        self.to_form(PrivateKeyForm::Seed)
            .or_else(|| self.to_form(PrivateKeyForm::Expanded))
            .expect("the expanded form is always there")
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        match SeedOrExpanded::decode(bytes)? {
            SeedOrExpanded::Seed(seed) => Self::from_seed(seed),
            SeedOrExpanded::Expanded(expanded) => Self::from_expanded(expanded),
            SeedOrExpanded::Both { seed, expanded } => Self::from_both(seed, expanded),
        }
    }
}

/// Whether every packed coefficient of `s_1` and `s_2` is within `0 ..= 2 * eta`
/// (FIPS 204, Algorithm 25 (skDecode): inputs outside are not produced by key generation).
///
/// # Side channels
/// Reads all of the input whatever it holds; the result alone is branched on.
fn is_in_range(packed: &[u8], eta: u8) -> bool {
    let mut in_range = Choice::from(1);
    let mut check = |value: u32| {
        // The difference wraps, and its top bit is set, exactly if value <= 2 * eta.
        let difference = value.wrapping_sub(2 * u32::from(eta) + 1);
        in_range &= Choice::from(u8::from(difference >> 31 == 1));
    };
    if eta == 2 {
        for group in packed.as_chunks::<3>().0 {
            let [a, b, c] = group.map(u32::from);
            let bits = a | b << 8 | c << 16;
            for i in 0..8 {
                check(bits >> (3 * i) & 7);
            }
        }
    } else {
        for byte in packed {
            check(u32::from(byte & 15));
            check(u32::from(byte >> 4));
        }
    }
    // CT: whether the key is one is the result of the import.
    declassify(in_range.into())
}
