//! The ring of ML-KEM.

use core::hint::black_box;

use pqkm_kernels::lanes::Lanes;
use pqkm_kernels::mlkem::{
    Factor, Matrix, Noise, NttPoly, Poly, Row, Scale, SingleNttPoly, SinglePoly, compress_noisy,
    compress_noisy_message, decode_decompress, decode12, encode12, multiply_lanes, multiply_matrix,
    multiply_matrix_once, multiply_row, multiply_row_once, ntt, ntt_inverse, ntt_inverse_single,
    ntt_single, ntt_small, prepare_column, prepare_factor, prf, sample_poly_cbd,
    vartime_sample_ntt,
};
use pqkm_kernels::rows::{Rows, RowsMut};
use pqkm_kernels::seed::Seed;

use crate::timing::report;

pub(crate) fn run<L: Lanes>(l: L) {
    let n = L::LANES;
    let seed = Seed::same(l, &[7; 32]);
    let (mut noise, mut poly, mut hat) = (Noise::zero(l), Poly::zero(l), NttPoly::zero(l));
    report(L::NAME, "PRF eta 2", n, || {
        prf::<L, 2>(l, &seed, &l.zero_words(), &mut noise);
    });
    report(L::NAME, "PRF eta 3", n, || {
        prf::<L, 3>(l, &seed, &l.zero_words(), &mut noise);
    });
    report(L::NAME, "CBD eta 2", n, || {
        sample_poly_cbd::<L, 2>(l, black_box(&noise), &mut poly);
    });
    report(L::NAME, "CBD eta 3", n, || {
        sample_poly_cbd::<L, 3>(l, black_box(&noise), &mut poly);
    });
    report(L::NAME, "NTT of samples", n, || {
        ntt_small(l, black_box(&poly), &mut hat);
    });
    report(L::NAME, "NTT", n, || ntt(l, black_box(&poly), &mut hat));
    report(L::NAME, "inverse NTT", n, || {
        ntt_inverse(l, black_box(&hat), &mut poly);
    });
    let (mut one, mut one_hat) = (SinglePoly::new([1; 256]), SingleNttPoly::zero());
    report(L::NAME, "NTT of one polynomial", 1, || {
        ntt_single(l, black_box(&one), &mut one_hat);
    });
    report(L::NAME, "inverse NTT of one polynomial", 1, || {
        ntt_inverse_single(l, black_box(&one_hat), &mut one);
    });
    report(L::NAME, "SampleNTT", n, || {
        vartime_sample_ntt(l, &seed, black_box(&[[1, 2]; 8]), &mut hat);
    });

    let matrix = Matrix::<3>::zero();
    let row = Row::zero();
    let y: [NttPoly<L>; 3] = core::array::from_fn(|_| NttPoly::zero(l));
    let mut u: [NttPoly<L>; 3] = core::array::from_fn(|_| NttPoly::zero(l));
    report(
        L::NAME,
        "3x3 matrix, per polynomial of the result",
        3 * n,
        || {
            multiply_matrix(l, black_box(&matrix), &y, &mut u);
        },
    );
    report(L::NAME, "row of 3", n, || {
        multiply_row(l, black_box(&row), &y, &mut hat);
    });
    let mut factors: [Factor<L>; 3] = core::array::from_fn(|_| Factor::zero(l));
    report(L::NAME, "factor", n, || {
        prepare_factor(l, black_box(&hat), Scale::PRODUCT, &mut factors[0]);
    });
    report(L::NAME, "row of 3, each lane its own", n, || {
        multiply_lanes(l, black_box(&y), &factors, &mut hat);
    });

    let mut bytes = vec![[0_u8; 384]; n];
    report(L::NAME, "encode12", n, || {
        encode12(
            l,
            black_box(&hat),
            &mut RowsMut::new(&mut bytes).expect("equal"),
            0,
        );
    });
    report(L::NAME, "compress 10 with noise", n, || {
        let mut rows = RowsMut::new(&mut bytes).expect("equal");
        compress_noisy::<L, 10>(l, black_box(&poly), &noise, &mut rows, 0);
    });
    report(L::NAME, "compress 11 with noise", n, || {
        let mut rows = RowsMut::new(&mut bytes).expect("equal");
        compress_noisy::<L, 11>(l, black_box(&poly), &noise, &mut rows, 0);
    });
    report(L::NAME, "compress 4 with noise and message", n, || {
        let mut rows = RowsMut::new(&mut bytes).expect("equal");
        compress_noisy_message::<L, 4>(l, black_box(&poly), &noise, &seed, &mut rows, 0);
    });
    let rows: Vec<_> = bytes.iter().collect();
    let rows = Rows::new(&rows).expect("equal");
    report(L::NAME, "decode12", n, || {
        black_box(decode12(l, black_box(&rows), 0, &mut hat));
    });
    report(L::NAME, "decompress 10", n, || {
        decode_decompress::<L, 10>(l, black_box(&rows), 0, &mut poly);
    });
    once(l);
}

/// One operation, its polynomials in lanes.
fn once<L: Lanes>(l: L) {
    let four = l.four_lanes();
    let mut matrix = Matrix::<3>::zero();
    let row = Row::zero();
    let (y, mut u) = (NttPoly::zero(four), NttPoly::zero(four));
    report(L::NAME, "prepare a column", 1, || {
        prepare_column(l, black_box(&y), Scale::PRODUCT, &mut matrix, 0);
    });
    report(L::NAME, "3x3 matrix, one operation", 1, || {
        multiply_matrix_once(l, black_box(&matrix), &y, &mut u);
    });
    report(L::NAME, "row, one operation", 1, || {
        multiply_row_once(l, black_box(&row), &y, &mut u, 3);
    });
}
