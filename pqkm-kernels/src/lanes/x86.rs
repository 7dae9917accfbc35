//! x86-64: 256-bit vectors (AVX2, AVX-512VL) and 512-bit vectors (AVX-512).

mod bytes;
mod take;
mod words32;
mod ymm;
mod zmm;

/// One instruction of the token's instruction set.
macro_rules! op {
    ($token:ident: $call:expr) => {{
        let _ = $token;
        // SAFETY: the token exists, so detection found the features that the instruction needs.
        unsafe { $call }
    }};
}
/// Methods that are one instruction each.
macro_rules! ops {
    ($($name:ident($($arg:ident),+) -> $out:ty = $instruction:ident;)+) => {
        $(
            #[inline(always)]
            fn $name(self, $($arg: Self::V),+) -> $out {
                op!(self: $instruction($($arg),+))
            }
        )+
    };
}
/// Shifts by a constant, which LLVM turns into the form with an immediate.
macro_rules! shifts {
    ($($name:ident = $instruction:ident;)+) => {
        $(
            #[inline(always)]
            fn $name<const N: u32>(self, a: Self::V) -> Self::V {
                let count = super::count(N);
                op!(self: $instruction(a, count))
            }
        )+
    };
}
use {op, ops, shifts};

/// A shift count as the instructions take it.
#[inline(always)]
#[expect(clippy::cast_possible_wrap, reason = "a shift count below 64")]
fn count(n: u32) -> core::arch::x86_64::__m128i {
    // SAFETY: SSE2 is part of x86-64.
    unsafe { core::arch::x86_64::_mm_cvtsi32_si128(n as i32) }
}

/// Byte indices that fill each 64-bit lane with four copies of its 16-bit element c.
#[expect(clippy::cast_possible_truncation, reason = "indices below 16")]
const fn spread(c: usize) -> [u8; 64] {
    let mut bytes = [0; 64];
    let mut i = 0;
    while i < 64 {
        bytes[i] = ((i & 8) + 2 * c + (i & 1)) as u8;
        i += 1;
    }
    bytes
}

static SPREAD: super::Aligned<[[u8; 64]; 4]> =
    super::Aligned([spread(0), spread(1), spread(2), spread(3)]);

/// Four 16-bit elements as the lane they make.
#[inline(always)]
#[expect(clippy::cast_sign_loss, reason = "the same bits")]
fn lane(x: &[i16; 4]) -> i64 {
    let word = u64::from(x[0] as u16)
        | u64::from(x[1] as u16) << 16
        | u64::from(x[2] as u16) << 32
        | u64::from(x[3] as u16) << 48;
    word.cast_signed()
}
