//! The kernels on whole polynomials, as safe methods of a token.

use super::round::{self, Gamma2};
use super::sample::{self, Eta, Sampler};
use super::{Format, NttPoly, Poly, encode, ntt};
use crate::lanes::{Fields32, Kernel, Lanes32, Token};

/// Declares [`MlDsaKernels`]: for each method a struct of its arguments, which the token runs.
macro_rules! kernels {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $type:ty),*) $(-> $output:ty)? = $text:expr;)*) => {
        /// What ML-DSA computes, on whole polynomials. Bounds are of absolute values; a result is stored only in the
        /// last argument or arguments.
        ///
        /// # Side channels
        ///
        /// Time and addresses are independent of coefficients, except where a method says what becomes public.
        pub trait MlDsaKernels: Fields32 + Token {
            $(
                $(#[$doc])*
                fn $name<'a>(self, $($arg: $type),*) $(-> $output)? {
                    struct Arguments<'a> {
                        $($arg: $type,)*
                        lifetime: core::marker::PhantomData<&'a ()>,
                    }
                    impl<L: Fields32 + Token> Kernel<L> for Arguments<'_> {
                        type Output = kernels!(@output $($output)?);
                        #[inline(always)]
                        fn run(self, l: L) -> Self::Output {
                            let Self { $($arg,)* lifetime: _ } = self;
                            $text(l, $($arg),*)
                        }
                    }
                    self.enter(Arguments { $($arg,)* lifetime: core::marker::PhantomData })
                }
            )*
        }
    };
    (@output) => { () };
    (@output $output:ty) => { $output };
}

kernels! {
    /// The number theoretic transform.
    ///
    /// # Spec
    /// FIPS 204, Algorithm 41 (NTT), into the order of [`NttPoly`]
    ///
    /// # Bounds
    /// In: [`FORWARD_IN`](super::FORWARD_IN). Out: [`FORWARD_OUT`](super::FORWARD_OUT).
    fn ntt(from: &'a Poly, to: &'a mut NttPoly) = forward;

    /// The inverse transform of the sum of the products of `a` and `b`, which must be equally long, at most eight.
    ///
    /// # Spec
    /// FIPS 204, Algorithm 48 (`MatrixVectorNTT`), one row, and Algorithm 42 (NTT^-1)
    ///
    /// # Bounds
    /// In: q - 1 for one factor, [`FORWARD_OUT`](super::FORWARD_OUT) for the other.
    /// Out: [`INVERSE_OUT`](super::INVERSE_OUT).
    fn inverse_dot(a: &'a [NttPoly], b: &'a [NttPoly], to: &'a mut Poly) = inverse_dot;

    /// The inverse transform of one product.
    ///
    /// # Spec
    /// FIPS 204, Algorithm 45 (`MultiplyNTT`) and Algorithm 42 (NTT^-1)
    ///
    /// # Bounds
    /// As [`MlDsaKernels::inverse_dot`], but both factors may be as large as the transform leaves them.
    fn inverse_product(a: &'a NttPoly, b: &'a NttPoly, to: &'a mut Poly) = inverse_product;

    /// The product of values of the transform, without the transforms: for benches and tests.
    ///
    /// # Spec
    /// FIPS 204, Algorithm 45 (`MultiplyNTT`), times 2^-32
    ///
    /// # Bounds
    /// In: [`FORWARD_OUT`](super::FORWARD_OUT). Out: [`INVERSE_IN`](super::INVERSE_IN).
    fn multiply_ntt(a: &'a NttPoly, b: &'a NttPoly, to: &'a mut NttPoly) = multiply_ntt;

    /// The inverse transform by itself: for benches and tests.
    ///
    /// # Spec
    /// FIPS 204, Algorithm 42 (NTT^-1), times 2^32
    ///
    /// # Bounds
    /// In: [`INVERSE_IN`](super::INVERSE_IN). Out: [`INVERSE_OUT`](super::INVERSE_OUT).
    fn ntt_inverse(from: &'a NttPoly, to: &'a mut Poly) = inverse;

    /// A representative of the sum: the centred one, where that is below 2^22 - 2^14 and the sum itself below 5q/2.
    ///
    /// # Bounds
    /// In: 2^30. Out: 6283009.
    fn add_poly(a: &'a Poly, b: &'a Poly, to: &'a mut Poly) = add_poly;

    /// A representative of the difference, as [`MlDsaKernels::add_poly`].
    fn sub_poly(a: &'a Poly, b: &'a Poly, to: &'a mut Poly) = sub_poly;

    /// A representative of `p` itself, as [`MlDsaKernels::add_poly`].
    fn reduce(p: &'a mut Poly) = reduce;

    /// t1 2^13 for a t1 below 2^10.
    fn shift_t1(t1: &'a Poly, to: &'a mut Poly) = shift_t1;

    /// -x for the values of a transform, brought below q.
    ///
    /// # Bounds
    /// In: 2^31 - 2^22 - 1. Out: 6283009.
    fn negate(x: &'a mut NttPoly) = negate;

    /// Whether every coefficient is smaller than `bound` in absolute value. The answer is public.
    fn norm_below(p: &'a Poly, bound: i32) -> bool = super::norm_below;

    /// # Spec
    /// FIPS 204, Algorithm 35 (`Power2Round`)
    ///
    /// # Bounds
    /// In: q - 1, which is [`INVERSE_OUT`](super::INVERSE_OUT).
    fn power2round(t: &'a Poly, t1: &'a mut Poly, t0: &'a mut Poly) = power2round;

    /// # Spec
    /// FIPS 204, Algorithm 36 (Decompose)
    ///
    /// # Bounds
    /// In: q - 1, which is [`INVERSE_OUT`](super::INVERSE_OUT).
    fn decompose(gamma2: Gamma2, w: &'a Poly, w1: &'a mut Poly, w0: &'a mut Poly) = decompose;

    /// The set of coefficients at which the high bits of `r` and of `r_plus_z` differ, sixteen in a word.
    ///
    /// # Spec
    /// FIPS 204, Algorithm 39 (`MakeHint`)
    ///
    /// # Bounds
    /// In: q - 1, which is [`INVERSE_OUT`](super::INVERSE_OUT).
    fn make_hint(gamma2: Gamma2, r: &'a Poly, r_plus_z: &'a Poly, hint: &'a mut [u16; 16]) = make_hint;

    /// # Spec
    /// FIPS 204, Algorithm 40 (`UseHint`)
    ///
    /// # Bounds
    /// In: q - 1, which is [`INVERSE_OUT`](super::INVERSE_OUT).
    fn use_hint(gamma2: Gamma2, hint: &'a [u16; 16], r: &'a Poly, w1: &'a mut Poly) = use_hint;

    /// Writes a polynomial; `to` has [`Format::bytes`] bytes.
    ///
    /// # Spec
    /// FIPS 204, Algorithm 16 (`SimpleBitPack`) and Algorithm 17 (`BitPack`)
    fn bit_pack(format: Format, from: &'a Poly, to: &'a mut [u8]) = encode::pack;

    /// Reads a polynomial from [`Format::bytes`] bytes, and says whether every coefficient is in the format's range
    /// (which is public).
    ///
    /// # Spec
    /// FIPS 204, Algorithm 18 (`SimpleBitUnpack`) and Algorithm 19 (`BitUnpack`)
    fn bit_unpack(format: Format, from: &'a [u8], to: &'a mut Poly) -> bool = encode::unpack;

    /// Takes coefficients below q from blocks of SHAKE128, until there are 256.
    ///
    /// # Spec
    /// FIPS 204, Algorithm 30 (`RejNTTPoly`)
    ///
    /// # Side channels
    /// The matrix is public: time depends on it.
    fn sample_uniform(blocks: &'a [[u8; 168]], sampler: &'a mut Sampler) = sample::uniform;

    /// What a complete sampler holds, as a polynomial under the transform.
    fn sampled_uniform(sampler: &'a Sampler, to: &'a mut NttPoly) = sample::uniform_poly;

    /// Takes coefficients between -eta and eta from blocks of SHAKE256, until there are 256.
    ///
    /// # Spec
    /// FIPS 204, Algorithm 31 (`RejBoundedPoly`)
    ///
    /// # Side channels
    /// Which half-bytes are rejected becomes public; those that are kept do not depend on it.
    fn sample_bounded(eta: Eta, blocks: &'a [[u8; 136]], sampler: &'a mut Sampler) = sample::bounded;

    /// What a complete sampler holds, as coefficients.
    fn sampled_bounded(eta: Eta, sampler: &'a Sampler, to: &'a mut Poly) = sample::bounded_poly;
}

impl<T: Fields32 + Token> MlDsaKernels for T {}

#[inline(always)]
fn load<L: Lanes32>(l: L, from: &[[i32; 16]; 16]) -> [L::V; 16] {
    let mut x = [l.splat(0); 16];
    for i in 0..16 {
        x[i] = l.load(&from[i]);
    }
    x
}

#[inline(always)]
fn store<L: Lanes32>(l: L, x: &[L::V; 16], to: &mut [[i32; 16]; 16]) {
    for i in 0..16 {
        l.store(x[i], &mut to[i]);
    }
}

#[inline(always)]
fn forward<L: Lanes32>(l: L, from: &Poly, to: &mut NttPoly) {
    let mut x = load(l, &from.0);
    ntt::forward(l, &mut x);
    store(l, &x, &mut to.0);
}

#[inline(always)]
fn inverse_dot<L: Lanes32>(l: L, a: &[NttPoly], b: &[NttPoly], to: &mut Poly) {
    let mut x = [l.splat(0); 16];
    let Some(((a0, a), (b0, b))) = a.split_first().zip(b.split_first()) else {
        *to = Poly::ZERO;
        return;
    };
    for i in 0..16 {
        let mut sum = l.wide_mul(l.load(&a0.0[i]), l.load(&b0.0[i]));
        for (a, b) in a.iter().zip(b) {
            sum = l.wide_add(sum, l.wide_mul(l.load(&a.0[i]), l.load(&b.0[i])));
        }
        x[i] = l.reduce_wide(sum);
    }
    ntt::inverse(l, &mut x);
    store(l, &x, &mut to.0);
}

#[inline(always)]
fn inverse_product<L: Lanes32>(l: L, a: &NttPoly, b: &NttPoly, to: &mut Poly) {
    let mut x = [l.splat(0); 16];
    for i in 0..16 {
        x[i] = l.reduce_wide(l.wide_mul(l.load(&a.0[i]), l.load(&b.0[i])));
    }
    ntt::inverse(l, &mut x);
    store(l, &x, &mut to.0);
}

#[inline(always)]
fn multiply_ntt<L: Lanes32>(l: L, a: &NttPoly, b: &NttPoly, to: &mut NttPoly) {
    for i in 0..16 {
        let product = l.wide_mul(l.load(&a.0[i]), l.load(&b.0[i]));
        l.store(l.reduce_wide(product), &mut to.0[i]);
    }
}

#[inline(always)]
fn inverse<L: Lanes32>(l: L, from: &NttPoly, to: &mut Poly) {
    let mut x = load(l, &from.0);
    ntt::inverse(l, &mut x);
    store(l, &x, &mut to.0);
}

#[inline(always)]
fn add_poly<L: Lanes32>(l: L, a: &Poly, b: &Poly, to: &mut Poly) {
    for i in 0..16 {
        let sum = l.add(l.load(&a.0[i]), l.load(&b.0[i]));
        l.store(round::reduce(l, sum), &mut to.0[i]);
    }
}

#[inline(always)]
fn sub_poly<L: Lanes32>(l: L, a: &Poly, b: &Poly, to: &mut Poly) {
    for i in 0..16 {
        let difference = l.sub(l.load(&a.0[i]), l.load(&b.0[i]));
        l.store(round::reduce(l, difference), &mut to.0[i]);
    }
}

#[inline(always)]
fn reduce<L: Lanes32>(l: L, p: &mut Poly) {
    for row in &mut p.0 {
        l.store(round::reduce(l, l.load(row)), row);
    }
}

#[inline(always)]
fn shift_t1<L: Lanes32>(l: L, t1: &Poly, to: &mut Poly) {
    for i in 0..16 {
        l.store(l.mul(l.load(&t1.0[i]), l.splat(1 << 13)), &mut to.0[i]);
    }
}

#[inline(always)]
fn negate<L: Lanes32>(l: L, x: &mut NttPoly) {
    for row in &mut x.0 {
        let negative = l.sub(l.splat(0), l.load(row));
        l.store(round::reduce(l, negative), row);
    }
}

#[inline(always)]
fn power2round<L: Lanes32>(l: L, t: &Poly, t1: &mut Poly, t0: &mut Poly) {
    for i in 0..16 {
        let (high, low) = round::power2round(l, round::canonical(l, l.load(&t.0[i])));
        l.store(high, &mut t1.0[i]);
        l.store(low, &mut t0.0[i]);
    }
}

#[inline(always)]
fn decompose<L: Lanes32>(l: L, gamma2: Gamma2, w: &Poly, w1: &mut Poly, w0: &mut Poly) {
    for i in 0..16 {
        let (high, low) = round::decompose(l, gamma2, round::canonical(l, l.load(&w.0[i])));
        l.store(high, &mut w1.0[i]);
        l.store(low, &mut w0.0[i]);
    }
}

#[inline(always)]
fn make_hint<L: Lanes32>(l: L, gamma2: Gamma2, r: &Poly, r_plus_z: &Poly, hint: &mut [u16; 16]) {
    for i in 0..16 {
        let r = round::canonical(l, l.load(&r.0[i]));
        let r_plus_z = round::canonical(l, l.load(&r_plus_z.0[i]));
        hint[i] = round::make_hint(l, gamma2, r, r_plus_z);
    }
}

#[inline(always)]
fn use_hint<L: Lanes32>(l: L, gamma2: Gamma2, hint: &[u16; 16], r: &Poly, w1: &mut Poly) {
    for i in 0..16 {
        let r = round::canonical(l, l.load(&r.0[i]));
        l.store(round::use_hint(l, gamma2, hint[i], r), &mut w1.0[i]);
    }
}
