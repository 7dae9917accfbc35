//! What the tests of several modules share.

use std::eprintln;
use std::vec::Vec;

use crate::lanes::Token;

/// Runs a test on every instance the CPU has, and says which it lacks.
macro_rules! on_every_instance {
    ($function:path) => {{
        $function($crate::lanes::Portable::new());
        #[cfg(target_arch = "x86_64")]
        {
            use $crate::lanes::Token as _;
            $crate::testing::run_or_say($crate::lanes::Avx2::detect(), $function);
            $crate::testing::run_or_say($crate::lanes::Avx512Vl::detect(), $function);
            $crate::testing::run_or_say($crate::lanes::Avx512::detect(), $function);
        }
    }};
}

#[cfg_attr(
    not(target_arch = "x86_64"),
    expect(dead_code, reason = "there is one instance")
)]
pub(crate) fn run_or_say<T: Token>(token: Option<T>, test: impl FnOnce(T)) {
    match token {
        Some(token) => test(token),
        None => eprintln!("not tested: this CPU or build has no {}", T::NAME),
    }
}

/// A reproducible source of test data (xorshift64*; not for keys).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| (self.next() >> 32) as u8).collect()
    }
}
