//! Unwrapping, NIST SP 800-38F, sections 6.2 and 6.3, in constant time: every check is made on all of what was
//! decrypted, and there is one branch on their outcome.

use alloc::vec::Vec;

use aes_kw::{
    KeyInit,
    aes::Aes256,
    cipher::{
        Array, BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt, BlockSizeUser,
        consts::U16,
    },
};
use pqkm_kernels::memcheck::declassify;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeLess};
use zeroize::{Zeroize, Zeroizing};

use super::{MAX_BYTES, SEMIBLOCK_BYTES};
use crate::error::UnwrapError;

/// The integrity check value of KW (SP 800-38F, section 6.2).
const ICV1: [u8; 8] = [0xa6; 8];

/// The first half of the integrity check value of KWP (SP 800-38F, section 6.3); the length follows it.
const ICV2: [u8; 4] = [0xa6, 0x59, 0x59, 0xa6];

/// The integrity check value that was decrypted, and what stood behind it.
type Parts = (Zeroizing<[u8; SEMIBLOCK_BYTES]>, Zeroizing<Vec<u8>>);

/// What was decrypted, and whether it is what was wrapped: not yet decided upon.
pub(crate) struct Decrypted {
    /// The padded bytes.
    bytes: Zeroizing<Vec<u8>>,
    /// How many of them are padding, if all is right.
    padding: u32,
    is_right: Choice,
}

impl Decrypted {
    /// The bytes, if they are what was wrapped and `also` holds.
    pub(crate) fn accept_if(mut self, also: Choice) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
        // CT: whether unwrapping succeeded is the result of the call.
        if !declassify((self.is_right & also).into()) {
            return Err(UnwrapError);
        }
        // CT: the length of what was unwrapped is a part of the result.
        let padding = usize::try_from(declassify(self.padding)).map_err(|_| UnwrapError)?;
        // The padding is zero, so shortening leaves no secret byte behind.
        let bytes = self.bytes.len().saturating_sub(padding);
        self.bytes.truncate(bytes);
        Ok(self.bytes)
    }
}

/// Undoes [`kw_wrap`](super::kw_wrap).
pub(crate) fn kw_unwrap(key: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
    if wrapped.len() < 3 * SEMIBLOCK_BYTES {
        return Err(UnwrapError);
    }
    let (icv, bytes) = decrypt(key, wrapped)?;
    let decrypted = Decrypted {
        is_right: icv.ct_eq(&ICV1),
        bytes,
        padding: 0,
    };
    decrypted.accept_if(Choice::from(1))
}

/// Undoes [`kwp_wrap`](super::kwp_wrap).
pub(crate) fn kwp_unwrap(key: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
    kwp_decrypt(key, wrapped)?.accept_if(Choice::from(1))
}

/// [`kwp_unwrap`] up to the decision, for a caller who has to combine it with another. Fails for a length that
/// wrapping does not make.
pub(crate) fn kwp_decrypt(key: &[u8], wrapped: &[u8]) -> Result<Decrypted, UnwrapError> {
    let (icv, bytes) = decrypt(key, wrapped)?;
    let [a, b, c, d, length @ ..] = *icv;
    let padded = u32::try_from(bytes.len()).map_err(|_| UnwrapError)?;
    // A length beyond the padded one wraps, and is far from below 8.
    let padding = padded.wrapping_sub(u32::from_be_bytes(length));
    let mut is_right = [a, b, c, d].ct_eq(&ICV2) & padding.ct_lt(&8);
    for (from_end, byte) in (0_u32..8).zip(bytes.iter().rev()) {
        is_right &= !from_end.ct_lt(&padding) | byte.ct_eq(&0);
    }
    Ok(Decrypted {
        padding: u32::conditional_select(&0, &padding, is_right),
        is_right,
        bytes,
    })
}

/// Undoes the cipher and takes the outcome apart.
fn decrypt(key: &[u8], wrapped: &[u8]) -> Result<Parts, UnwrapError> {
    if wrapped.len() < 2 * SEMIBLOCK_BYTES
        || wrapped.len() > MAX_BYTES + SEMIBLOCK_BYTES
        || !wrapped.len().is_multiple_of(SEMIBLOCK_BYTES)
    {
        return Err(UnwrapError);
    }
    let (icv, rest) = wrapped.split_first_chunk().ok_or(UnwrapError)?;
    let mut icv = Zeroizing::new(*icv);
    let mut bytes = Zeroizing::new(rest.to_vec());
    let cipher = Aes256::new_from_slice(key).map_err(|_| UnwrapError)?;
    cipher.decrypt_with_backend(WrapInverse {
        a: &mut icv,
        r: &mut bytes,
    });
    Ok((icv, bytes))
}

/// SP 800-38F, Algorithm 2 (W^-1) on `A || R_1 || ... || R_n`; for n = 1, which only KWP has, the inverse of the
/// cipher.
struct WrapInverse<'a> {
    a: &'a mut [u8; SEMIBLOCK_BYTES],
    r: &'a mut [u8],
}

impl BlockSizeUser for WrapInverse<'_> {
    type BlockSize = U16;
}

impl BlockCipherDecClosure for WrapInverse<'_> {
    fn call<B: BlockCipherDecBackend<BlockSize = U16>>(self, backend: &B) {
        let semiblocks = self.r.as_chunks_mut::<SEMIBLOCK_BYTES>().0;
        let mut block = Array::<u8, U16>::default();
        // Wrapping counts its steps from 1 to 6n; alone, the block is encrypted once and not counted.
        let steps = 6 * semiblocks.len();
        let (rounds, mut t) = match semiblocks {
            [_] => (1, 0),
            _ => (6, u64::try_from(steps).unwrap_or(u64::MAX)),
        };
        for _ in 0..rounds {
            for r in semiblocks.iter_mut().rev() {
                let a = u64::from_be_bytes(*self.a) ^ t;
                let (to_a, to_r) = block.split_at_mut(SEMIBLOCK_BYTES);
                to_a.copy_from_slice(&a.to_be_bytes());
                to_r.copy_from_slice(r);
                backend.decrypt_block((&mut block).into());
                let (from_a, from_r) = block.split_at(SEMIBLOCK_BYTES);
                self.a.copy_from_slice(from_a);
                r.copy_from_slice(from_r);
                t = t.wrapping_sub(1);
            }
        }
        block.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symmetric::{kw_wrap, kwp_wrap};

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn every_length_comes_back() {
        for length in 1..100 {
            let secret: Vec<u8> = (0..length).map(|i| i ^ 0x5a).collect();
            let wrapped = kwp_wrap(&KEY, &secret).unwrap();
            assert_eq!(*kwp_unwrap(&KEY, &wrapped).unwrap(), secret);
            if secret.len() >= 16 && secret.len().is_multiple_of(8) {
                let wrapped = kw_wrap(&KEY, &secret).unwrap();
                assert_eq!(*kw_unwrap(&KEY, &wrapped).unwrap(), secret);
            }
        }
    }

    #[test]
    fn every_check_agrees_with_another_implementation() {
        use aes_kw::{KwpAes256, cipher::BlockCipherEncrypt};
        let cipher = Aes256::new_from_slice(&KEY).unwrap();
        let other = KwpAes256::new_from_slice(&KEY).unwrap();
        let mut accepted = 0;
        for length in (0..=20).chain([0x100, 0x0100_0000, u32::MAX]) {
            for tail in [
                [0; 8],
                [1; 8],
                [0, 0, 0, 1, 0, 0, 0, 0],
                [9, 9, 9, 9, 9, 9, 9, 0],
            ] {
                for prefix in [ICV2, [0xa6, 0x59, 0x59, 0xa7], [0; 4]] {
                    let mut block = Array::<u8, U16>::default();
                    block[..4].copy_from_slice(&prefix);
                    block[4..8].copy_from_slice(&length.to_be_bytes());
                    block[8..].copy_from_slice(&tail);
                    cipher.encrypt_block(&mut block);
                    let ours = kwp_unwrap(&KEY, &block).ok();
                    let mut buffer = [0; 8];
                    let theirs = other.unwrap_key(&block, &mut buffer).ok();
                    assert_eq!(
                        ours.as_ref().map(|bytes| &bytes[..]),
                        theirs,
                        "{length} {tail:?}"
                    );
                    accepted += u32::from(ours.is_some());
                }
            }
        }
        // By tail: lengths 1 to 8, 8, 4 to 8, 7 and 8.
        assert_eq!(accepted, 8 + 1 + 5 + 2);
    }
}
