//! Instruction sets as capability tokens, and the operations a kernel text may use.
//!
//! A *token* is a zero-sized value that exists only where detection found its instructions: possession is the
//! proof that makes every method on it safe. The operations are methods of the token (`l.add16(a, b)`), so that
//! no vector value can be made or combined without one. This module and its children hold the crate's only
//! `unsafe` code: each block is one instruction, or the one call that enters a `#[target_feature]` function.
//!
//! # How a kernel is written
//!
//! A kernel is a struct with its arguments and an `#[inline(always)]` [`Kernel::run`]; [`Token::enter`] calls
//! it with the instructions enabled. What keeps the generic form free of cost:
//!
//! 1. every function on the way to an operation is `#[inline(always)]`: a function without the target features
//!    is otherwise called, and passes its registers through memory;
//! 2. no closures: they do not inherit the features of the function they stand in;
//! 3. tables that do not change in a loop go through [`opaque`] inside it: LLVM otherwise hoists half of a
//!    multiplication out of the loop and no longer finds the instruction for the rest.
//!
//! # Layout
//!
//! A vector holds [`Lanes::LANES`] lanes of 64 bits, one per polynomial or hash worked on in lockstep. The same
//! lane is one word of a Keccak state, or four 16-bit coefficients of one polynomial, the lowest first.

#![cfg_attr(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    expect(
        unsafe_code,
        reason = "the one module that calls vector instructions; every block is one operation with its proof"
    )
)]

mod bytes;
mod lanes32;
mod portable;
#[cfg(test)]
mod tests;
mod token;
mod words32;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use bytes::ByteLanes;
pub(crate) use lanes32::{Factor, FactorRow};
pub use lanes32::{Fields32, Lanes32, Words32};
pub use portable::PortableVector;
#[cfg(target_arch = "x86_64")]
pub use token::{Avx2, Avx512, Avx512Gfni, Avx512Vl, ShaNi};
pub use token::{Kernel, Portable, Token};
pub use words32::HashLanes;

/// 16-bit arithmetic: all that the transforms of the ring with q = 3329 need.
///
/// The tests implement it for intervals, and so prove that no lane overflows.
pub trait Lanes16: Copy {
    /// A vector of 16-bit elements, four to a lane.
    type V: Copy;
    /// A vector of 32-bit elements, two to a lane.
    type Wide: Copy;
    /// Whether there are 32 vector registers, so that a pass may hold 16 values and its temporaries.
    const MANY_REGISTERS: bool;

    /// Every element is `x`.
    fn splat16(self, x: i16) -> Self::V;
    /// Every lane holds the four elements of `x`.
    fn quad(self, x: &[i16; 4]) -> Self::V;
    /// Reads as many elements as a vector has: lane i has elements 4i to 4i + 3.
    fn load16(self, elements: &[i16]) -> Self::V;
    /// Sum; the true sum must fit 16 bits.
    fn add16(self, a: Self::V, b: Self::V) -> Self::V;
    /// Difference; the true difference must fit 16 bits.
    fn sub16(self, a: Self::V, b: Self::V) -> Self::V;
    /// Product; the true product must fit 16 bits.
    fn mul16(self, a: Self::V, b: Self::V) -> Self::V;
    /// Product modulo 2^16.
    fn mullo16(self, a: Self::V, b: Self::V) -> Self::V;
    /// High half of the signed product: `floor(a * b / 2^16)`.
    fn mulhi16(self, a: Self::V, b: Self::V) -> Self::V;
    /// Rounded product: `floor((a * b + 2^14) / 2^15)`; not both may be -2^15.
    fn mulhrs16(self, a: Self::V, b: Self::V) -> Self::V;
    /// `x - modulus * round(x * factor / 2^15)`: with the factor round(2^15 / modulus), a small representative
    /// of x.
    #[inline(always)]
    fn barrett16(self, x: Self::V, factor: i16, modulus: i16) -> Self::V {
        let quotient = self.mulhrs16(x, self.splat16(factor));
        self.sub16(x, self.mullo16(quotient, self.splat16(modulus)))
    }
    /// Sums of adjacent products: element i is `a[2i] * b[2i] + a[2i+1] * b[2i+1]`; must fit 32 bits.
    fn madd16(self, a: Self::V, b: Self::V) -> Self::Wide;
    /// Sum of 32-bit elements; the true sum must fit 32 bits.
    fn add32(self, a: Self::Wide, b: Self::Wide) -> Self::Wide;
    /// Low halves: element 2i is `a[i] mod 2^16`, element 2i+1 is `b[i] mod 2^16`, as signed.
    fn low_halves(self, a: Self::Wide, b: Self::Wide) -> Self::V;
    /// High halves: element 2i is `floor(a[i] / 2^16)`, element 2i+1 is `floor(b[i] / 2^16)`.
    fn high_halves(self, a: Self::Wide, b: Self::Wide) -> Self::V;
    /// Transposes the 2x2 blocks of 16-bit elements of (a, b): exchanges lane bit 0 with the register.
    fn transpose16(self, a: Self::V, b: Self::V) -> (Self::V, Self::V);
    /// Transposes the 2x2 blocks of 32-bit elements of (a, b): exchanges lane bit 1 with the register.
    fn transpose32(self, a: Self::V, b: Self::V) -> (Self::V, Self::V);
    /// Exchanges bit BIT of the lane's number with the register: as [`Lanes16::transpose32`] for whole lanes, those
    /// 2^BIT apart. Where there are no lanes that far apart, (a, b).
    fn transpose_lanes<const BIT: u32>(self, a: Self::V, b: Self::V) -> (Self::V, Self::V);
    /// States that every element lies in `low..=high`. Instances that run ignore it; the proof checks it.
    #[inline(always)]
    fn claim(self, _value: Self::V, _low: i16, _high: i16) {}
}

/// Bit operations on the same vectors: hashing, sampling and packing.
pub trait Lanes: Lanes16 + Token {
    /// 64-bit lanes in a vector.
    const LANES: usize;
    /// All lanes zero, for memory that is made outside of a kernel.
    const ZERO: Self::V;
    /// Whether one instruction combines three vectors.
    const TERNARY: bool;
    /// Whether a 64-bit lane is worked on by one instruction. Texts that are nothing else take one lane at a
    /// time where it is not.
    const WORD_INSTRUCTIONS: bool;
    /// The same instruction set on four lanes, for work that does not fill more.
    type Four: Lanes<Words = [u64; 4]>;
    /// One word per lane: `[u64; LANES]`.
    type Words: Copy + AsRef<[u64]> + AsMut<[u64]>;
    /// A square of words: `[V; LANES]`.
    type Block: Copy + AsRef<[Self::V]> + AsMut<[Self::V]>;

    /// The token on four lanes.
    fn four_lanes(self) -> Self::Four;
    /// Reads `LANES / 4` vectors of four lanes, the first in the lowest lanes.
    fn join_fours(self, fours: &[<Self::Four as Lanes16>::V]) -> Self::V;
    /// Writes `LANES / 4` vectors of four lanes, the inverse of [`Lanes::join_fours`].
    fn split_fours(self, v: Self::V, fours: &mut [<Self::Four as Lanes16>::V]);
    /// Every lane is `x`.
    fn splat64(self, x: u64) -> Self::V;
    /// Lane i is `words[i]`.
    fn load_words(self, words: &Self::Words) -> Self::V;
    /// The lanes as words.
    fn store_words(self, v: Self::V) -> Self::Words;
    /// All lanes zero, as words.
    fn zero_words(self) -> Self::Words;
    /// Reads `8 * LANES` bytes; lane i is the i-th little-endian word.
    fn load(self, bytes: &[u8]) -> Self::V;
    /// Writes `8 * LANES` bytes, the inverse of [`Lanes::load`].
    fn store(self, v: Self::V, bytes: &mut [u8]);
    /// Writes `4 * LANES` elements, the inverse of [`Lanes16::load16`].
    fn store16(self, v: Self::V, elements: &mut [i16]);
    /// Exchanges lanes with registers: lane i of vector j becomes lane j of vector i.
    fn transpose64(self, block: Self::Block) -> Self::Block;
    /// A block whose vectors are all zero.
    #[inline(always)]
    fn zero_block(self) -> Self::Block {
        self.block(self.splat64(0))
    }
    /// A block whose vectors are all `v`.
    fn block(self, v: Self::V) -> Self::Block;

    /// `a ^ b`.
    fn xor(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a ^ b ^ c`.
    fn xor3(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `a ^ (!b & c)`, the nonlinear step of Keccak.
    fn chi(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// `a & b`.
    fn and(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a | b`.
    fn or(self, a: Self::V, b: Self::V) -> Self::V;
    /// `(mask & a) | (!mask & b)`.
    fn select(self, mask: Self::V, a: Self::V, b: Self::V) -> Self::V;
    /// Rotates every 64-bit lane left by N, 0 < N < 64.
    fn rol64<const N: u32>(self, a: Self::V) -> Self::V;
    /// Shifts every 64-bit lane left by N < 64.
    fn shl64<const N: u32>(self, a: Self::V) -> Self::V;
    /// Shifts every 64-bit lane right by N < 64, filling with zeros.
    fn shr64<const N: u32>(self, a: Self::V) -> Self::V;
    /// Shifts every 64-bit lane left by `n` < 64; for loops that unroll.
    fn shl64_by(self, a: Self::V, n: u32) -> Self::V;
    /// Shifts every 64-bit lane right by `n` < 64, filling with zeros; for loops that unroll.
    fn shr64_by(self, a: Self::V, n: u32) -> Self::V;
    /// Shifts every 32-bit element left by N < 32.
    fn shl32<const N: u32>(self, a: Self::V) -> Self::V;
    /// Shifts every 32-bit element right by N < 32, filling with zeros.
    fn shr32<const N: u32>(self, a: Self::V) -> Self::V;
    /// Shifts every 16-bit element left by N < 16.
    fn shl16<const N: u32>(self, a: Self::V) -> Self::V;
    /// Shifts every 16-bit element right by N < 16, filling with zeros.
    fn shr16<const N: u32>(self, a: Self::V) -> Self::V;
    /// All ones in every negative 16-bit element, zero in the others.
    fn sign16(self, a: Self::V) -> Self::V;
    /// All ones in every 16-bit element where `a & bits` is not zero; `bits` has one bit an element.
    fn test16(self, a: Self::V, bits: Self::V) -> Self::V;
    /// Fills each lane with four copies of its 16-bit element C < 4.
    fn spread16<const C: u32>(self, a: Self::V) -> Self::V;
    /// Looks up each nibble: result k holds, in every 16-bit element, the value of nibble k of that element.
    /// The table is in registers, or its values are computed: no memory address depends on `a`.
    fn nibbles(self, a: Self::V, table: &NibbleTable) -> [Self::V; 4];
    /// The 32-bit sums of [`Lanes16::madd16`] as the vector they are.
    fn narrow(self, a: Self::Wide) -> Self::V;
    /// The inverse of [`Lanes::narrow`].
    fn widen(self, a: Self::V) -> Self::Wide;
    /// Every lane holds the sum of all lanes, by 32-bit elements; the true sums must fit.
    fn sum_lanes32(self, a: Self::Wide) -> Self::Wide;
    /// Takes the 12-bit little-endian integers of `bytes` that are below `bound`, in order, to `out`, and
    /// returns how many; time depends on the bytes. Reads 24 bytes (16 integers); writes 16 elements, of which
    /// those beyond the count are of no meaning.
    fn vartime_take12(self, bytes: &[u8; 24], bound: i16, out: &mut [i16; 16]) -> usize;
}

/// `scale * (bit0 + bit1 - bit2 - bit3) + bias` for every nibble, as each instruction set wants it.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct NibbleTable {
    pub(crate) words: [i16; 32],
    pub(crate) scale: i16,
    pub(crate) bias: i16,
}

impl NibbleTable {
    /// The table for a scale and a bias with `2 * |scale| + |bias|` below 2^15.
    #[must_use]
    pub const fn new(scale: i16, bias: i16) -> Self {
        let mut words = [0; 32];
        let mut n = 0;
        while n < 32 {
            words[n] = nibble_value(n) * scale + bias;
            n += 1;
        }
        Self { words, scale, bias }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "single bits"
)]
const fn nibble_value(n: usize) -> i16 {
    (n & 1) as i16 + (n >> 1 & 1) as i16 - (n >> 2 & 1) as i16 - (n >> 3 & 1) as i16
}

/// A table at the alignment of the widest vector.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(crate) struct Aligned<T>(pub(crate) T);

/// The same reference, which the optimiser cannot see through (rule 3 of the module).
#[inline(always)]
#[must_use]
pub fn opaque<T>(table: &'static T) -> &'static T {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    {
        let mut pointer: *const T = table;
        // SAFETY: the assembly is a comment: it leaves the register, memory and flags as they are.
        unsafe {
            core::arch::asm!("/* {0} */", inout(reg) pointer,
                options(nostack, preserves_flags, readonly));
        }
        // SAFETY: the pointer is the one of `table`, unchanged, and points to static data.
        unsafe { &*pointer }
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    core::hint::black_box(table)
}

/// Overwrites vectors that held a secret, in a way the optimiser keeps.
#[inline(always)]
pub fn wipe<L: Lanes>(l: L, vectors: &mut [L::V]) {
    l.enter(Wipe::<L>(vectors));
}

struct Wipe<'a, L: Lanes>(&'a mut [L::V]);

impl<L: Lanes> Kernel<L> for Wipe<'_, L> {
    type Output = ();
    #[inline(always)]
    fn run(self, l: L) {
        self.0.fill(l.splat64(0));
        core::hint::black_box(self.0);
    }
}

/// A value the optimiser knows nothing about: masks made from secrets go through it, so that arithmetic on
/// them is not turned back into a branch.
#[inline(always)]
#[must_use]
pub fn barrier(mask: u64) -> u64 {
    core::hint::black_box(mask)
}
