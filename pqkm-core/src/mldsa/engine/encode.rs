//! Signatures and keys as bytes (FIPS 204, section 7.2).

use pqkm_kernels::mldsa::{Format, MlDsaKernels, Poly};

use super::sets::s_format;
use crate::{engine::Backend, mldsa::MlDsaParameters};

/// The hint of one polynomial: a set of coefficients, sixteen a word.
pub(super) type Hint = [u16; 16];

/// FIPS 204, Algorithm 20 (`HintBitPack`)
#[expect(
    clippy::cast_possible_truncation,
    clippy::as_conversions,
    reason = "positions and counts are below 256"
)]
fn hint_bit_pack<P: MlDsaParameters>(hints: &[Hint], to: &mut [u8]) {
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

/// FIPS 204, Algorithm 21 (`HintBitUnpack`); false where it returns that the hint is malformed
fn hint_bit_unpack<P: MlDsaParameters>(y: &[u8], hints: &mut [Hint]) -> bool {
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
pub(super) fn sig_encode<P: MlDsaParameters, B: Backend>(
    b: B,
    c_tilde: &[u8],
    z: &[Poly],
    hints: &[Hint],
    sig: &mut [u8],
) {
    let (to_c, rest) = sig.split_at_mut(P::C_TILDE_BYTES);
    let (to_z, to_h) = rest.split_at_mut(P::L * P::Z.bytes());
    to_c.copy_from_slice(c_tilde);
    pack_all(b, P::Z, z, to_z);
    hint_bit_pack::<P>(hints, to_h);
}

/// FIPS 204, Algorithm 27 (sigDecode): z and the hint; false if the hint is malformed
pub(super) fn sig_decode<P: MlDsaParameters, B: Backend>(
    b: B,
    sig: &[u8],
    z: &mut [Poly],
    hints: &mut [Hint],
) -> bool {
    let (from_z, from_h) = sig[P::C_TILDE_BYTES..].split_at(P::L * P::Z.bytes());
    // Every string of bits is a z: the range is checked on what they say.
    unpack_all(b, P::Z, from_z, z);
    hint_bit_unpack::<P>(from_h, hints)
}

/// FIPS 204, Algorithm 22 (pkEncode)
pub(super) fn pk_encode<B: Backend>(b: B, rho: &[u8], t1: &[Poly], pk: &mut [u8]) {
    let (to_rho, to_t1) = pk.split_at_mut(32);
    to_rho.copy_from_slice(rho);
    pack_all(b, Format::T1, t1, to_t1);
}

/// The parts of a private key that are polynomials: `s_1` and `s_2`, `t_0`.
pub(super) fn split_sk<P: MlDsaParameters>(sk: &[u8]) -> (&[u8], &[u8]) {
    sk[128..].split_at((P::K + P::L) * s_format::<P>().bytes())
}

/// Packs one polynomial after the other.
pub(super) fn pack_all<'a, B: Backend>(
    b: B,
    format: Format,
    polys: impl IntoIterator<Item = &'a Poly>,
    to: &mut [u8],
) {
    for (poly, to) in polys.into_iter().zip(to.chunks_exact_mut(format.bytes())) {
        b.ring().bit_pack(format, poly, to);
    }
}

/// Unpacks one polynomial after the other; false if a coefficient is out of its range.
pub(super) fn unpack_all<'a, B: Backend>(
    b: B,
    format: Format,
    from: &[u8],
    polys: impl IntoIterator<Item = &'a mut Poly>,
) -> bool {
    let mut in_range = true;
    for (poly, from) in polys.into_iter().zip(from.chunks_exact(format.bytes())) {
        in_range &= b.ring().bit_unpack(format, from, poly);
    }
    in_range
}
