//! The ring of ML-DSA.

use core::hint::black_box;

use pqkm_kernels::mldsa::{
    Eta, FORWARD_IN, Format, Gamma2, MlDsaKernels, NttPoly, Poly, Q, Sampler,
};

use crate::timing::report;

pub(crate) fn run<L: MlDsaKernels>(l: L) {
    let mut x = 1_u64;
    let mut next = || {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        i32::try_from(x >> 41).unwrap_or(0) % Q
    };
    let mut p = Poly::ZERO;
    p.coefficients_mut().fill_with(&mut next);
    let mut hats = vec![NttPoly::ZERO; 8];
    l.ntt(&p, &mut hats[0]);
    let hat = hats[0].clone();
    hats.fill(hat.clone());
    let mut to = NttPoly::ZERO;
    assert!(p.coefficients().iter().all(|c| c.abs() <= FORWARD_IN));
    report(L::NAME, "ntt8380417.forward", 1, || {
        l.ntt(black_box(&p), &mut to);
    });
    let (mut a, mut b) = (Poly::ZERO, Poly::ZERO);
    report(L::NAME, "ntt8380417 product and inverse", 1, || {
        l.inverse_product(black_box(&hats[0]), &hats[1], &mut a);
    });
    report(L::NAME, "ntt8380417 dot of 5 and inverse", 1, || {
        l.inverse_dot(black_box(&hats[..5]), &hats[3..], &mut a);
    });
    report(L::NAME, "mldsa add", 1, || {
        l.add_poly(black_box(&p), &p, &mut a);
    });
    report(L::NAME, "mldsa norm", 1, || {
        black_box(l.norm_below(black_box(&p), 1 << 19));
    });
    report(L::NAME, "mldsa power2round", 1, || {
        l.power2round(black_box(&p), &mut a, &mut b);
    });
    for gamma2 in [Gamma2::QMinus1Over88, Gamma2::QMinus1Over32] {
        report(L::NAME, &format!("mldsa decompose {gamma2:?}"), 1, || {
            l.decompose(gamma2, black_box(&p), &mut a, &mut b);
        });
        let hint = [0x8001; 16];
        report(L::NAME, &format!("mldsa use_hint {gamma2:?}"), 1, || {
            l.use_hint(gamma2, black_box(&hint), &p, &mut a);
        });
    }
    let mut bytes = [0x35; 640];
    for format in [
        Format::Eta2,
        Format::T1,
        Format::T0,
        Format::Gamma17,
        Format::Gamma19,
        Format::W1Of44,
        Format::W1Of16,
    ] {
        report(L::NAME, &format!("mldsa bit_pack {format:?}"), 1, || {
            l.bit_pack(format, black_box(&p), &mut bytes[..format.bytes()]);
        });
        report(L::NAME, &format!("mldsa bit_unpack {format:?}"), 1, || {
            black_box(l.bit_unpack(format, black_box(&bytes[..format.bytes()]), &mut a));
        });
    }
    let mut blocks = [[0; 168]; 5];
    blocks
        .as_flattened_mut()
        .fill_with(|| next().to_le_bytes()[0]);
    let mut sampler = Sampler::new();
    report(L::NAME, "mldsa sample_uniform", 1, || {
        sampler.clear();
        l.sample_uniform(black_box(&blocks), &mut sampler);
        l.sampled_uniform(&sampler, &mut to);
    });
    let mut blocks = [[0; 136]; 2];
    blocks
        .as_flattened_mut()
        .fill_with(|| next().to_le_bytes()[0]);
    report(L::NAME, "mldsa sample_bounded", 1, || {
        sampler.clear();
        l.sample_bounded(Eta::Four, black_box(&blocks), &mut sampler);
        l.sampled_bounded(Eta::Four, &sampler, &mut a);
    });
}
