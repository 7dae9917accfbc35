//! PQClean's AVX2 kernels, linked from the libraries that `pqcrypto-mlkem`, `pqcrypto-mldsa` and
//! `pqcrypto-internals` build: transforms of both rings, and Keccak on four states.
//!
//! The token [`PqClean`] owns every foreign call; a value of it exists only where the CPU has AVX2.

/// 256 coefficients modulo 3329, aligned as `__m256i`.
#[derive(Clone)]
#[repr(C, align(32))]
pub(crate) struct Poly3329(pub(crate) [i16; 256]);

/// 256 coefficients modulo 8380417, aligned as `__m256i`.
#[derive(Clone)]
#[repr(C, align(32))]
pub(crate) struct Poly8380417(pub(crate) [i32; 256]);

/// Four Keccak states, lane by lane, aligned as `__m256i`.
#[derive(Clone)]
#[repr(C, align(32))]
pub(super) struct States(pub(super) [[u64; 4]; 25]);

/// The constants that PQClean's ML-KEM kernels take: `qdata_t`, 640 words of 16 bits.
#[repr(C, align(32))]
struct Constants3329([i16; 640]);

/// The constants that PQClean's ML-DSA kernels take: `qdata_t`, 624 words of 32 bits.
#[repr(C, align(32))]
struct Constants8380417([i32; 624]);

#[expect(
    unsafe_code,
    reason = "PQClean's symbols; the signatures are those of its headers"
)]
mod ffi {
    use super::{Constants3329, Constants8380417, Poly3329, Poly8380417, States};

    // The signatures are those of PQClean's ntt.h, consts.h, fips202x4.h and reduce.h and of
    // KeccakP-1600-times4-SnP.h; `__m256i *` and `qdata_t` are the aligned types above, which have
    // at least the size that the functions read and write.
    unsafe extern "C" {
        pub(super) static PQCLEAN_MLKEM768_AVX2_qdata: Constants3329;
        pub(super) fn PQCLEAN_MLKEM768_AVX2_ntt_avx(r: *mut Poly3329, q: *const Constants3329);
        pub(super) fn PQCLEAN_MLKEM768_AVX2_invntt_avx(r: *mut Poly3329, q: *const Constants3329);
        pub(super) fn PQCLEAN_MLKEM768_AVX2_reduce_avx(r: *mut Poly3329, q: *const Constants3329);
        pub(super) fn PQCLEAN_MLKEM768_AVX2_basemul_avx(
            r: *mut Poly3329,
            a: *const Poly3329,
            b: *const Poly3329,
            q: *const Constants3329,
        );

        pub(super) static PQCLEAN_MLDSA65_AVX2_qdata: Constants8380417;
        pub(super) fn PQCLEAN_MLDSA65_AVX2_ntt_avx(a: *mut Poly8380417, q: *const Constants8380417);
        pub(super) fn PQCLEAN_MLDSA65_AVX2_invntt_avx(
            a: *mut Poly8380417,
            q: *const Constants8380417,
        );
        pub(super) fn PQCLEAN_MLDSA65_AVX2_pointwise_avx(
            c: *mut Poly8380417,
            a: *const Poly8380417,
            b: *const Poly8380417,
            q: *const Constants8380417,
        );

        pub(super) fn PQCLEAN_MLDSA65_AVX2_f1600x4(s: *mut States, constants: *const u64);
        pub(super) fn KeccakP1600times4_PermuteAll_24rounds(states: *mut States);
    }
}

/// Declares methods that call one foreign function each.
macro_rules! calls {
    ($($name:ident($($arg:ident: $type:ty),*) = $function:ident, $constants:ident;)*) => {$(
        #[inline]
        pub(super) fn $name(self, $($arg: $type),*) {
            #[expect(unsafe_code, reason = "the constants are a foreign static")]
            // SAFETY: the static is never written, by PQClean or by us.
            let constants = unsafe { &ffi::$constants };
            #[expect(unsafe_code, reason = "a foreign function")]
            // SAFETY: `self` proves that the CPU has AVX2, which is all the code needs; the pointers
            // come from references to values of the size and alignment it expects.
            unsafe {
                ffi::$function($($arg,)* constants);
            }
        }
    )*};
}

/// Proof that the CPU has AVX2.
#[derive(Clone, Copy)]
pub(super) struct PqClean(());

impl PqClean {
    pub(super) fn detect() -> Option<Self> {
        std::arch::is_x86_feature_detected!("avx2").then_some(Self(()))
    }

    calls! {
        forward_3329(r: &mut Poly3329) =
            PQCLEAN_MLKEM768_AVX2_ntt_avx, PQCLEAN_MLKEM768_AVX2_qdata;
        inverse_3329(r: &mut Poly3329) =
            PQCLEAN_MLKEM768_AVX2_invntt_avx, PQCLEAN_MLKEM768_AVX2_qdata;
        reduce_3329(r: &mut Poly3329) =
            PQCLEAN_MLKEM768_AVX2_reduce_avx, PQCLEAN_MLKEM768_AVX2_qdata;
        multiply_3329(r: &mut Poly3329, a: &Poly3329, b: &Poly3329) =
            PQCLEAN_MLKEM768_AVX2_basemul_avx, PQCLEAN_MLKEM768_AVX2_qdata;
        forward_8380417(a: &mut Poly8380417) =
            PQCLEAN_MLDSA65_AVX2_ntt_avx, PQCLEAN_MLDSA65_AVX2_qdata;
        inverse_8380417(a: &mut Poly8380417) =
            PQCLEAN_MLDSA65_AVX2_invntt_avx, PQCLEAN_MLDSA65_AVX2_qdata;
        multiply_8380417(c: &mut Poly8380417, a: &Poly8380417, b: &Poly8380417) =
            PQCLEAN_MLDSA65_AVX2_pointwise_avx, PQCLEAN_MLDSA65_AVX2_qdata;
    }

    #[inline]
    pub(super) fn f1600x4(self, states: &mut States) {
        #[expect(unsafe_code, reason = "a foreign function")]
        // SAFETY: `self` proves that the CPU has AVX2; `states` has 25 vectors of four lanes, and the
        // constants are the 24 that it reads.
        unsafe {
            ffi::PQCLEAN_MLDSA65_AVX2_f1600x4(states, ROUND_CONSTANTS.as_ptr());
        }
    }

    #[inline]
    pub(super) fn times4(self, states: &mut States) {
        #[expect(unsafe_code, reason = "a foreign function")]
        // SAFETY: `self` proves that the CPU has AVX2; `states` has 25 vectors of four lanes.
        unsafe {
            ffi::KeccakP1600times4_PermuteAll_24rounds(states);
        }
    }
}

/// The round constants of Keccak-f[1600], as FIPS 202, Algorithm 5 (rc) computes them.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses an index out of bounds"
)]
const ROUND_CONSTANTS: [u64; 24] = {
    let mut constants = [0; 24];
    let mut register: u8 = 1;
    let mut round = 0;
    while round < 24 {
        let mut j = 0;
        while j < 7 {
            if register & 1 == 1 {
                constants[round] |= 1 << ((1 << j) - 1);
            }
            let overflow = register >> 7;
            register = (register << 1) ^ (overflow * 0x71);
            j += 1;
        }
        round += 1;
    }
    constants
};
