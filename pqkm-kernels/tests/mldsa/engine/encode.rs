//! Signatures as bytes: FIPS 204, Section 7.2.

use pqkm_kernels::mldsa::{MlDsaKernels, Poly};

use super::backend::Backend;
use super::params::Params;

/// The hints of one polynomial: a set of coefficients, sixteen a word.
pub type Hint = [u16; 16];

/// FIPS 204, Algorithm 20 (HintBitPack)
pub fn hint_bit_pack<P: Params>(hints: &[Hint], to: &mut [u8]) {
    to.fill(0);
    let mut index = 0;
    for (i, hint) in hints.iter().enumerate() {
        for (word, set) in hint.iter().enumerate() {
            let mut set = *set;
            while set != 0 {
                to[index] = (16 * word) as u8 + set.trailing_zeros() as u8;
                index += 1;
                set &= set - 1;
            }
        }
        to[P::OMEGA + i] = index as u8;
    }
}

/// FIPS 204, Algorithm 21 (HintBitUnpack); false where it returns that the hint is malformed
pub fn hint_bit_unpack<P: Params>(y: &[u8], hints: &mut [Hint]) -> bool {
    let (positions, ends) = y.split_at(P::OMEGA);
    let mut index = 0;
    for (hint, end) in hints.iter_mut().zip(ends) {
        *hint = [0; 16];
        let end = usize::from(*end);
        if end < index || end > P::OMEGA {
            return false;
        }
        let of_this = &positions[index..end];
        if !of_this.is_sorted_by(|a, b| a < b) {
            return false;
        }
        for position in of_this {
            hint[usize::from(position >> 4)] |= 1 << (position & 15);
        }
        index = end;
    }
    positions[index..].iter().all(|rest| *rest == 0)
}

/// FIPS 204, Algorithm 26 (sigEncode)
pub fn sig_encode<P: Params, B: Backend>(
    b: B,
    c_tilde: &[u8],
    z: &[Poly],
    hints: &[Hint],
    sig: &mut [u8],
) {
    let (to_c, rest) = sig.split_at_mut(P::C_TILDE);
    let (to_z, to_h) = rest.split_at_mut(P::L * P::Z.bytes());
    to_c.copy_from_slice(c_tilde);
    for (z, to) in z.iter().zip(to_z.chunks_exact_mut(P::Z.bytes())) {
        b.ring().bit_pack(P::Z, z, to);
    }
    hint_bit_pack::<P>(hints, to_h);
}

/// FIPS 204, Algorithm 27 (sigDecode): z and the hints; false if they are malformed
pub fn sig_decode<P: Params, B: Backend>(
    b: B,
    sig: &[u8],
    z: &mut [Poly],
    hints: &mut [Hint],
) -> bool {
    let (from_z, from_h) = sig[P::C_TILDE..].split_at(P::L * P::Z.bytes());
    for (z, from) in z.iter_mut().zip(from_z.chunks_exact(P::Z.bytes())) {
        b.ring().bit_unpack(P::Z, from, z);
    }
    hint_bit_unpack::<P>(from_h, hints)
}
