//! FIPS 203 as it stands, one coefficient at a time.

use std::vec::Vec;

pub(super) const Q: i64 = 3329;

/// FIPS 203, Appendix A, first table.
pub(super) const ZETAS: [i64; 128] = [
    1, 1729, 2580, 3289, 2642, 630, 1897, 848, 1062, 1919, 193, 797, 2786, 3260, 569, 1746, 296,
    2447, 1339, 1476, 3046, 56, 2240, 1333, 1426, 2094, 535, 2882, 2393, 2879, 1974, 821, 289, 331,
    3253, 1756, 1197, 2304, 2277, 2055, 650, 1977, 2513, 632, 2865, 33, 1320, 1915, 2319, 1435,
    807, 452, 1438, 2868, 1534, 2402, 2647, 2617, 1481, 648, 2474, 3110, 1227, 910, 17, 2761, 583,
    2649, 1637, 723, 2288, 1100, 1409, 2662, 3281, 233, 756, 2156, 3015, 3050, 1703, 1651, 2789,
    1789, 1847, 952, 1461, 2687, 939, 2308, 2437, 2388, 733, 2337, 268, 641, 1584, 2298, 2037,
    3220, 375, 2549, 2090, 1645, 1063, 319, 2773, 757, 2099, 561, 2466, 2594, 2804, 1092, 403,
    1026, 1143, 2150, 2775, 886, 1722, 1212, 1874, 1029, 2110, 2935, 885, 2154,
];

/// FIPS 203, Algorithm 9 (NTT).
pub(super) fn ntt(f: &[i64]) -> Vec<i64> {
    let mut f = f.to_vec();
    let mut i = 1;
    for len in [128, 64, 32, 16, 8, 4, 2] {
        for start in (0..256).step_by(2 * len) {
            let zeta = ZETAS[i];
            i += 1;
            for j in start..start + len {
                let t = zeta * f[j + len] % Q;
                f[j + len] = (f[j] - t).rem_euclid(Q);
                f[j] = (f[j] + t).rem_euclid(Q);
            }
        }
    }
    f
}

/// The product of polynomials modulo X^256 + 1, from the definition.
pub(super) fn multiply(a: &[i64], b: &[i64]) -> Vec<i64> {
    let mut c = std::vec![0; 256];
    for i in 0..256 {
        for j in 0..256 {
            let sign = if i + j < 256 { 1 } else { -1 };
            let at = (i + j) % 256;
            c[at] = (c[at] + sign * a[i] * b[j]).rem_euclid(Q);
        }
    }
    c
}

/// FIPS 203, equation 4.7: the nearest integer to 2^d x / q, modulo 2^d.
pub(super) fn compress(d: u32, x: i64) -> i64 {
    (((x << (d + 1)) + Q) / (2 * Q)) & ((1 << d) - 1)
}

/// FIPS 203, equation 4.8: the nearest integer to q y / 2^d.
pub(super) fn decompress(d: u32, y: i64) -> i64 {
    (Q * y + (1 << (d - 1))) >> d
}
