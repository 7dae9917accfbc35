//! FIPS 204 as it is written, on `i64`, one coefficient at a time.

pub(super) const Q: i64 = 8_380_417;

pub(super) fn canonical(x: i64) -> i64 {
    x.rem_euclid(Q)
}

/// m mod± alpha, FIPS 204, Section 2.3
pub(super) fn centred(m: i64, alpha: i64) -> i64 {
    let x = m.rem_euclid(alpha);
    if x > alpha / 2 { x - alpha } else { x }
}

pub(super) fn power(base: i64, exponent: u32) -> i64 {
    (0..exponent).fold(1, |x, _| x * base % Q)
}

/// The product in `Z_q`[X]/(X^256 + 1), by the definition.
pub(super) fn multiply(a: &[i32], b: &[i32]) -> [i64; 256] {
    let mut c = [0_i64; 256];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            let product = canonical(i64::from(*x) * i64::from(*y));
            let sign = if i + j < 256 { 1 } else { -1 };
            c[(i + j) % 256] = canonical(c[(i + j) % 256] + sign * product);
        }
    }
    c
}

/// Equation of FIPS 204, Section 7.5: `w_hat`[j] = w(zeta^(2 BitRev8(j) + 1)).
pub(super) fn evaluate(w: &[i32]) -> [i64; 256] {
    let mut w_hat = [0; 256];
    for (j, value) in (0_u8..=255).zip(&mut w_hat) {
        let x = power(1753, 2 * u32::from(j.reverse_bits()) + 1);
        *value = w
            .iter()
            .rev()
            .fold(0, |sum, c| canonical(sum * x + i64::from(*c)));
    }
    w_hat
}

/// FIPS 204, Algorithm 35 (`Power2Round`)
pub(super) fn power2round(r: i64) -> (i64, i64) {
    let r = canonical(r);
    let r0 = centred(r, 1 << 13);
    ((r - r0) / (1 << 13), r0)
}

/// FIPS 204, Algorithm 36 (Decompose)
pub(super) fn decompose(r: i64, gamma2: i64) -> (i64, i64) {
    let r = canonical(r);
    let r0 = centred(r, 2 * gamma2);
    if r - r0 == Q - 1 {
        (0, r0 - 1)
    } else {
        ((r - r0) / (2 * gamma2), r0)
    }
}

/// FIPS 204, Algorithm 40 (`UseHint`)
pub(super) fn use_hint(h: bool, r: i64, gamma2: i64) -> i64 {
    let m = (Q - 1) / (2 * gamma2);
    let (r1, r0) = decompose(r, gamma2);
    match (h, r0 > 0) {
        (false, _) => r1,
        (true, true) => (r1 + 1).rem_euclid(m),
        (true, false) => (r1 - 1).rem_euclid(m),
    }
}
