//! Sixteen lanes of `i32`: what the texts for the ring with q = 8380417 are written in.
//!
//! A vector always has sixteen lanes (one AVX-512 register, two of AVX2, an array), so that every instance
//! leaves a transformed polynomial in the same order. In the tests an interval instance runs the same texts
//! and shows that no lane can leave 32 bits, and no sum of products 64.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod bits;
mod portable;

pub use portable::Words32;

/// A constant factor in Montgomery form.
#[expect(unnameable_types, reason = "factors are made in this crate alone")]
#[derive(Clone, Copy, Debug)]
pub struct Factor {
    /// The factor times 2^32 mod q, centred.
    pub(crate) z: i32,
    /// `z` times q^-1 mod 2^32.
    pub(crate) zq: i32,
}

/// Sixteen factors, one a lane. The `odd` arrays hold the factors of odd lanes at even positions, which is where
/// the widening multiplications of x86 read.
#[expect(unnameable_types, reason = "factors are made in this crate alone")]
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct FactorRow {
    pub(crate) z: [i32; 16],
    pub(crate) zq: [i32; 16],
    pub(crate) z_odd: [i32; 16],
    pub(crate) zq_odd: [i32; 16],
}

/// Arithmetic of the transform and of the roundings of ML-DSA.
///
/// Unless a method says otherwise the true result must fit 32 bits; the interval instance holds the texts to it.
pub trait Lanes32: Copy {
    /// Sixteen `i32`.
    type V: Copy;
    /// Sixteen `i64`, for sums of products.
    type Wide: Copy;
    /// Whether the registers hold a polynomial and the temporaries of a transform.
    const HOLDS_ALL: bool;

    /// The sixteen values.
    fn load(self, from: &[i32; 16]) -> Self::V;
    /// The inverse of [`Lanes32::load`].
    fn store(self, v: Self::V, to: &mut [i32; 16]);
    /// Every lane is `x`.
    fn splat(self, x: i32) -> Self::V;

    /// Sum.
    fn add(self, a: Self::V, b: Self::V) -> Self::V;
    /// Difference.
    fn sub(self, a: Self::V, b: Self::V) -> Self::V;
    /// Product.
    fn mul(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a & b`.
    fn and(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a | b`.
    fn or(self, a: Self::V, b: Self::V) -> Self::V;
    /// `a ^ b`.
    fn xor(self, a: Self::V, b: Self::V) -> Self::V;
    /// Absolute value.
    fn abs(self, a: Self::V) -> Self::V;
    /// The larger.
    fn max(self, a: Self::V, b: Self::V) -> Self::V;
    /// `floor(a / 2^N)`.
    fn sra<const N: u32>(self, a: Self::V) -> Self::V;
    /// For a in `-m..m`: a where it is not negative, a + m where it is.
    fn wrap_negative(self, a: Self::V, m: i32) -> Self::V;

    /// Exchanges bit 3 of the lane index with the register: (low half of a and of b, high half of a and of b).
    fn exchange8(self, a: Self::V, b: Self::V) -> (Self::V, Self::V);
    /// The same for bit 2 of the lane index.
    fn exchange4(self, a: Self::V, b: Self::V) -> (Self::V, Self::V);
    /// The same for bit 1 of the lane index.
    fn exchange2(self, a: Self::V, b: Self::V) -> (Self::V, Self::V);
    /// The same for bit 0 of the lane index.
    fn exchange1(self, a: Self::V, b: Self::V) -> (Self::V, Self::V);

    /// a f mod q for a constant f, with |result| <= |a z| / 2^32 + q / 2, where |z| <= q / 2.
    fn mul_factor(self, a: Self::V, f: &Factor) -> Self::V;
    /// [`Lanes32::mul_factor`] with a factor for each lane.
    fn mul_row(self, a: Self::V, row: &FactorRow) -> Self::V;

    /// Products of 64 bits.
    fn wide_mul(self, a: Self::V, b: Self::V) -> Self::Wide;
    /// Sums of 64 bits; the true sum must fit.
    fn wide_add(self, a: Self::Wide, b: Self::Wide) -> Self::Wide;
    /// Montgomery reduction: x / 2^32 mod q with |result| <= |x| / 2^32 + q / 2; |x| <= 2^31 q.
    fn reduce_wide(self, x: Self::Wide) -> Self::V;

    /// The set of lanes that are greater than or equal to `bound`, lane 0 in bit 0.
    fn at_least(self, a: Self::V, bound: i32) -> u16;
    /// All ones in the lanes of a set, zero in the others.
    fn spread(self, set: u16) -> Self::V;
    /// States that every lane lies in `low..=high`. Instances that run ignore it; the proof checks it.
    #[inline(always)]
    fn claim(self, _value: Self::V, _low: i32, _high: i32) {}
}

/// Fields of bits in bytes, and sampling by rejection.
pub trait Fields32: Lanes32 {
    /// Sixteen unsigned integers of `D` bits (at most 24) from the first `2 D` bytes.
    fn unpack<const D: usize>(self, window: &[u8; 64]) -> Self::V;
    /// Sixteen unsigned integers of `D` bits (at most 20) to the first `2 D` bytes; those after are unspecified.
    fn pack<const D: usize>(self, v: Self::V, window: &mut [u8; 64]);
    /// Writes the lanes below `bound` to the front of `to`, in order, and returns how many they are; what follows
    /// them is unspecified.
    ///
    // CT: which lanes are kept is public, and with it the count: this is rejection sampling, whose candidates are
    // independent of each other, so that those rejected say nothing of those kept.
    fn keep_below(self, v: Self::V, bound: i32, to: &mut [i32; 16]) -> usize;
}
