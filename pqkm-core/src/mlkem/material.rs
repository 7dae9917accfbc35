//! What ML-KEM keys are made of: the checks of FIPS 203, section 7, and the forms of RFC 9935.

use alloc::{boxed::Box, vec::Vec};
use core::marker::PhantomData;

use pqkm_kernels::memcheck::declassify;
use sha3::{Digest, Sha3_256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{MlKemParameters, SEED_BYTES, dispatch, engine::KeyBytes};
use crate::{
    algorithm::{PrivateMaterial, PublicMaterial, SecretMaterial},
    encoding::{PrivateKeyForm, SeedForms, SeedOrExpanded},
    engine::Engine,
    error::DecodeError,
};

/// The modulus q (FIPS 203, section 2.4).
const Q: u64 = 3329;

/// Bytes of one polynomial in `ByteEncode_12`.
const POLYNOMIAL_BYTES: usize = 384;

/// An encapsulation key `ek` that passed the checks of FIPS 203, section 7.2.
pub struct MlKemEncapsulation<P> {
    bytes: Box<[u8]>,
    parameters: PhantomData<P>,
}

impl<P: MlKemParameters> MlKemEncapsulation<P> {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl<P: MlKemParameters> PublicMaterial for MlKemEncapsulation<P> {
    fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The encapsulation key check of FIPS 203, section 7.2: type check and modulus check.
    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() != P::ENCAPSULATION_KEY_BYTES {
            return Err(DecodeError::Length);
        }
        let (t_hat, _rho) = bytes
            .split_at_checked(POLYNOMIAL_BYTES * P::K)
            .ok_or(DecodeError::Length)?;
        if !is_reduced(t_hat) {
            return Err(DecodeError::Range);
        }
        Ok(Self {
            bytes: bytes.into(),
            parameters: PhantomData,
        })
    }
}

impl<P> Clone for MlKemEncapsulation<P> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            parameters: PhantomData,
        }
    }
}

impl<P> PartialEq for MlKemEncapsulation<P> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

/// A decapsulation key `dk` that passed the checks of FIPS 203, section 7.3, and the seed it was made
/// from where that is known.
pub struct MlKemDecapsulation<P> {
    expanded: Box<[u8]>,
    seed: Option<Box<[u8]>>,
    parameters: PhantomData<P>,
}

impl<P> Drop for MlKemDecapsulation<P> {
    fn drop(&mut self) {
        // The slices at once: boxes zeroize themselves a byte at a time.
        self.expanded.as_mut().zeroize();
        self.seed.as_deref_mut().unwrap_or_default().zeroize();
    }
}

impl<P> ZeroizeOnDrop for MlKemDecapsulation<P> {}

/// `dk = dk_pke || ek || H(ek) || z` (FIPS 203, Algorithm 16 (ML-KEM.KeyGen_internal), line 3).
struct Parts<'a> {
    s_hat: &'a [u8],
    ek: &'a [u8],
    h_ek: &'a [u8],
}

fn split<P: MlKemParameters>(expanded: &[u8]) -> Option<Parts<'_>> {
    let (s_hat, rest) = expanded.split_at_checked(POLYNOMIAL_BYTES * P::K)?;
    let (ek, rest) = rest.split_at_checked(P::ENCAPSULATION_KEY_BYTES)?;
    let (h_ek, z) = rest.split_at_checked(32)?;
    (z.len() == 32).then_some(Parts { s_hat, ek, h_ek })
}

/// The key pair of a seed `d || z`, with the fastest engine.
#[expect(clippy::expect_used, reason = "one seed makes one pair")]
pub(super) fn from_seed<P: MlKemParameters>(
    seed: &[u8; SEED_BYTES],
) -> (MlKemDecapsulation<P>, MlKemEncapsulation<P>) {
    let pair = dispatch::generate::<P>(Engine::detect(), &[seed]).pop();
    from_parts(seed, pair.expect("one seed makes one pair"))
}

/// The key pair of a seed and what an engine made of it.
pub(super) fn from_parts<P: MlKemParameters>(
    seed: &[u8; SEED_BYTES],
    (mut dk, ek): KeyBytes,
) -> (MlKemDecapsulation<P>, MlKemEncapsulation<P>) {
    let decapsulation = MlKemDecapsulation {
        // The vector has exactly its length: the bytes stay where they are.
        expanded: core::mem::take(&mut *dk).into_boxed_slice(),
        seed: Some(Box::from(seed.as_slice())),
        parameters: PhantomData,
    };
    (
        decapsulation,
        MlKemEncapsulation {
            bytes: ek.into(),
            parameters: PhantomData,
        },
    )
}

impl<P: MlKemParameters> MlKemDecapsulation<P> {
    pub(super) fn expanded(&self) -> &[u8] {
        &self.expanded
    }

    /// Seed and expanded key together: they must be one key.
    fn from_both(seed: &[u8], expanded: &[u8]) -> Result<Self, DecodeError> {
        let key = Self::from_seed(seed)?;
        // CT: whether the two forms are one key is the result of the import.
        if declassify(key.expanded.ct_eq(expanded).into()) {
            Ok(key)
        } else {
            Err(DecodeError::Inconsistent)
        }
    }
}

impl<P: MlKemParameters> PrivateMaterial for MlKemDecapsulation<P> {
    type Public = MlKemEncapsulation<P>;

    #[expect(clippy::expect_used, reason = "every constructor checked the length")]
    fn public(&self) -> MlKemEncapsulation<P> {
        let parts = split::<P>(&self.expanded).expect("length was checked");
        MlKemEncapsulation {
            bytes: parts.ek.into(),
            parameters: PhantomData,
        }
    }
}

/// RFC 9935, section 6.
impl<P: MlKemParameters> SeedForms for MlKemDecapsulation<P> {
    fn from_seed(seed: &[u8]) -> Result<Self, DecodeError> {
        let seed = seed.try_into().map_err(|_| DecodeError::Length)?;
        Ok(from_seed(seed).0)
    }

    /// The decapsulation key check of FIPS 203, section 7.3 (type check and hash check), and beyond
    /// it: the `ek` inside must pass its own check, `s_hat` must be reduced, so that there is one
    /// encoding of each key, and a secret encapsulated to `ek` must come back. Without the last,
    /// damage to `s_hat` would show only when nothing decapsulates any more.
    fn from_expanded(bytes: &[u8]) -> Result<Self, DecodeError> {
        let parts = split::<P>(bytes).ok_or(DecodeError::Length)?;
        if !is_reduced(parts.s_hat) {
            return Err(DecodeError::Range);
        }
        MlKemEncapsulation::<P>::from_bytes(parts.ek)?;
        if Sha3_256::digest(parts.ek).as_slice() != parts.h_ek {
            return Err(DecodeError::Inconsistent);
        }
        if !is_pair::<P>(bytes, parts.ek, parts.h_ek) {
            return Err(DecodeError::Inconsistent);
        }
        Ok(Self {
            expanded: bytes.into(),
            seed: None,
            parameters: PhantomData,
        })
    }

    fn to_form(&self, form: PrivateKeyForm) -> Option<Zeroizing<Vec<u8>>> {
        let seed = self.seed.as_deref();
        SeedOrExpanded::select(form, seed, &self.expanded)?.encode()
    }
}

impl<P: MlKemParameters> SecretMaterial for MlKemDecapsulation<P> {
    /// RFC 9935: the seed where it is known, the expanded key otherwise.
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

/// Whether `dk` decapsulates what is encapsulated to `ek`. One attempt decides: a wrong `s_hat` gives
/// another message but for a negligible chance. The randomness is no secret, since its secret key is
/// used for nothing.
fn is_pair<P: MlKemParameters>(dk: &[u8], ek: &[u8], m: &[u8]) -> bool {
    let Ok(m) = m.try_into() else { return false };
    let (ciphertext, sent) = P::encapsulate_internal(&P::expand_ek(ek), m);
    let received = P::decapsulate_internal(&P::expand_dk(dk), &ciphertext);
    // CT: whether the key is one is the result of the import.
    declassify(sent.ct_eq(&received).into())
}

/// Whether every 12-bit integer is below q: `ByteEncode_12(ByteDecode_12(b)) = b`
/// (FIPS 203, section 7.2, modulus check).
///
/// # Side channels
/// Reads all of the input whatever it holds; the result alone is branched on.
fn is_reduced(bytes: &[u8]) -> bool {
    /// What the four integers of six bytes are added to, each in sixteen bits: the top bit is set if one is not below q.
    const DISTANCE: u64 = ((1 << 15) - Q) * LANES;
    /// One in each of the four.
    const LANES: u64 = 0x0001_0001_0001_0001;
    let mut above = 0;
    let (groups, rest) = bytes.as_chunks::<6>();
    for &[a, b, c, d, e, f] in groups {
        above |= in_lanes(u64::from_le_bytes([a, b, c, d, e, f, 0, 0])) + DISTANCE;
    }
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    above |= in_lanes(u64::from_le_bytes(last)) + DISTANCE;
    // CT: whether the key is one is the result of the import.
    declassify(above & (LANES << 15) == 0)
}

/// Four integers of twelve bits, each in sixteen.
const fn in_lanes(packed: u64) -> u64 {
    packed & 0xfff
        | (packed & 0xfff << 12) << 4
        | (packed & 0xfff << 24) << 8
        | (packed & 0xfff << 36) << 12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reduction_is_decided_for_every_integer_at_every_place() {
        // Twelve integers, and fourteen: the last six bytes are not always whole.
        for integer in 0..1_u64 << 12 {
            for (place, length) in
                (0..12)
                    .map(|place| (place, 18))
                    .chain([(0, 3), (1, 3), (13, 21)])
            {
                for others in [0, Q - 1] {
                    let integers = (0..14).map(|at| if at == place { integer } else { others });
                    let integers: Vec<u64> = integers.collect();
                    let pairs = integers.chunks(2).map(|pair| pair[0] | pair[1] << 12);
                    let bytes: Vec<u8> = pairs
                        .flat_map(|pair| pair.to_le_bytes()[..3].to_vec())
                        .collect();
                    assert_eq!(
                        is_reduced(&bytes[..length]),
                        integer < Q,
                        "{integer} {place}"
                    );
                }
            }
        }
    }
}
