//! The ring of ML-KEM: polynomials of 256 coefficients modulo q = 3329, one a lane.
//!
//! # Layout
//!
//! [`Poly`] and [`NttPoly`] hold one polynomial in each lane of a token. What the lanes are is the caller's:
//! the same polynomial of 4 or 8 operations in lockstep, or the polynomials of one operation. 64 vectors hold
//! four coefficients a lane each:
//!
//! * `Poly`: element l of vector 4w + k is coefficient 16w + 4l + k. This is how the nibbles of a lane-sliced
//!   SHAKE256 block fall, so that sampling moves nothing.
//! * `NttPoly`: the elements of vector 32h + 4b + 2p + s are coefficients i, i + 1, i + 128 and i + 129 with
//!   i = 16b + 8h + 4p + 2s. Pairs that are multiplied together are adjacent, and the transform of 256
//!   coefficients has one transposition of 4x4 elements in the middle.
//!
//! # Representation
//!
//! Coefficients are signed and not reduced; every function states the bound it needs and the bound it gives
//! as a named constant, and the tests prove them for all inputs by running the same texts on intervals.
//! Factors 2^16 (Montgomery), 1/128 (of the inverse transform) and 2^d (of compression) are carried by the
//! public operand of a product, which is prepared once.
//!
//! # Side channels
//!
//! No branch, memory address or division depends on a coefficient; functions named `vartime_` are for public
//! data.

mod cbd;
mod compress;
mod encode;
mod expand;
mod field;
mod layout;
mod ntt;
mod once;
mod poly;
mod product;
mod rehash;
mod sample;
mod single;
#[cfg(test)]
mod tests;
mod zetas;

pub use cbd::{Noise, prf, prf_once, sample_poly_cbd};
pub use compress::{
    compress_noisy, compress_noisy_message, compressed_bytes, decode_decompress, message_from,
    message_from_once,
};
pub use encode::{POLY_BYTES, decode12, encode12};
pub use expand::{Entries, hash_words, vartime_sample_matrix, vartime_sample_matrix_and_hash};
pub use field::{Q, Scale};
pub use ntt::{
    NTT_BOUND, NTT_INPUT_BOUND, NTT_INVERSE_BOUND, NTT_SMALL_INPUT_BOUND, ntt, ntt_inverse,
    ntt_small,
};
pub use once::{ntt_inverse_once, ntt_once, ntt_small_once};
pub use poly::{Factor, Matrix, NttPoly, Poly, Row};
pub use product::{
    DECODED_BOUND, PRODUCT_BOUND, add, multiply_lanes, multiply_matrix, multiply_matrix_once,
    multiply_row, multiply_row_once, prepare_column, prepare_factor, prepare_row, rescale,
};
pub use rehash::{Rehashed, rehash};
pub use sample::vartime_sample_ntt;
pub use single::{
    NTT_INVERSE_SINGLE_BOUND, NTT_SINGLE_BOUND, SingleNttPoly, SinglePoly, ntt_inverse_single,
    ntt_single,
};
