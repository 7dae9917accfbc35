//! Every instance against slow models written from the standard alone, and the proof that no lane overflows.

mod encode;
mod interval;
mod round;
mod sample;
mod slow;
mod transform;

use super::{Poly, Q};

/// Runs a generic check with every token, and says which the CPU lacks.
macro_rules! with_every_token {
    ($check:ident($($arg:expr),*)) => {{
        use $crate::lanes::Token as _;
        use $crate::testing::run_or_say;
        $check($crate::lanes::Portable::new() $(, $arg)*);
        #[cfg(target_arch = "x86_64")]
        {
            run_or_say($crate::lanes::Avx2::detect(), |l| $check(l $(, $arg)*));
            run_or_say($crate::lanes::Avx512::detect(), |l| $check(l $(, $arg)*));
        }
    }};
}
pub(crate) use with_every_token;

/// A small generator (`SplitMix64`) for inputs that need no more than variety.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ x >> 31
    }

    fn within(&mut self, low: i32, high: i32) -> i32 {
        let span = i64::from(high) - i64::from(low) + 1;
        let x = i64::from(low) + i64::try_from(self.next() >> 1).unwrap() % span;
        i32::try_from(x).unwrap()
    }

    fn poly(&mut self, low: i32, high: i32) -> Poly {
        let mut p = Poly::ZERO;
        p.coefficients_mut().fill_with(|| self.within(low, high));
        p
    }

    fn bytes(&mut self, to: &mut [u8]) {
        to.fill_with(|| self.next().to_le_bytes()[0]);
    }
}

/// Random, boundary and single-coefficient polynomials with coefficients in `low..=high`.
fn inputs(low: i32, high: i32) -> std::vec::Vec<Poly> {
    let mut all = std::vec::Vec::new();
    for x in [low, high, 0, 1, -1, Q / 2] {
        if (low..=high).contains(&x) {
            all.push(Poly::new(&[x; 256]));
        }
    }
    for (seed, i) in [
        (1, 0),
        (2, 1),
        (3, 15),
        (4, 16),
        (5, 127),
        (6, 128),
        (7, 255),
    ] {
        let mut single = Poly::ZERO;
        single.coefficients_mut()[i] = Random(seed).within(low, high);
        all.push(single);
        let mut random = Random(seed);
        all.push(random.poly(low, high));
        let mut extreme = Poly::ZERO;
        extreme
            .coefficients_mut()
            .fill_with(|| if random.next() & 1 == 0 { low } else { high });
        all.push(extreme);
    }
    all
}
