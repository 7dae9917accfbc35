//! Capability tokens: what the CPU has, as a value.

use core::fmt::Debug;

mod sealed {
    #[expect(unnameable_types, reason = "tokens are this crate's alone")]
    pub trait Sealed {}
}

/// A kernel with its arguments, to be run by the holder of a token.
pub trait Kernel<T> {
    /// What it returns.
    type Output;
    /// The text. Implementations are `#[inline(always)]`, and so is all they call.
    fn run(self, token: T) -> Self::Output;
}

/// Possession proves that the CPU has the instructions of `NAME`.
pub trait Token: Copy + Debug + Send + Sync + sealed::Sealed + 'static {
    /// The name that `pqkm_backend` and the benches use.
    const NAME: &'static str;
    /// The token, if this CPU (without `std`: this build) has every instruction it stands for, and
    /// `pqkm_backend` does not forbid it.
    #[must_use]
    fn detect() -> Option<Self>;
    /// Runs a kernel with the instructions enabled.
    fn enter<K: Kernel<Self>>(self, kernel: K) -> K::Output;
}

/// Plain Rust, on every target.
#[derive(Clone, Copy, Debug)]
pub struct Portable(());

impl Portable {
    /// The token that every CPU has.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl Default for Portable {
    fn default() -> Self {
        Self::new()
    }
}

impl sealed::Sealed for Portable {}

impl Token for Portable {
    const NAME: &'static str = "portable";

    fn detect() -> Option<Self> {
        Some(Self::new())
    }

    #[inline(never)]
    fn enter<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }
}

/// Forces 64-byte alignment of the frame it stands in, so that no spilled vector straddles a cache line.
#[cfg(target_arch = "x86_64")]
#[repr(align(64))]
struct FrameAlignment {
    _bytes: [u8; 64],
}

#[cfg(target_arch = "x86_64")]
macro_rules! token {
    ($(#[$doc:meta])* $name:ident, $label:literal, $allowed:expr, [$($feature:tt),+]) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name(());

        impl sealed::Sealed for $name {}

        impl Token for $name {
            const NAME: &'static str = $label;

            fn detect() -> Option<Self> {
                #[cfg(feature = "std")]
                let found = true $(&& std::arch::is_x86_feature_detected!($feature))+;
                #[cfg(not(feature = "std"))]
                let found = true $(&& cfg!(target_feature = $feature))+;
                ($allowed && found).then_some(Self(()))
            }

            #[inline(always)]
            fn enter<K: Kernel<Self>>(self, kernel: K) -> K::Output {
                $(#[target_feature(enable = $feature)])+
                #[inline(never)]
                fn inner<K: Kernel<$name>>(token: $name, kernel: K) -> K::Output {
                    let mut frame = core::mem::MaybeUninit::<FrameAlignment>::uninit();
                    core::hint::black_box(&mut frame);
                    kernel.run(token)
                }
                // SAFETY: `self` exists, so `detect` found every feature that `inner` enables.
                unsafe { inner(self, kernel) }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
const ALLOW_256: bool = cfg!(not(pqkm_backend = "portable"));
#[cfg(target_arch = "x86_64")]
const ALLOW_512: bool = cfg!(not(any(pqkm_backend = "portable", pqkm_backend = "avx2")));

#[cfg(target_arch = "x86_64")]
token! {
    /// AVX2 and the scalar extensions that came with it: four lanes.
    Avx2, "avx2", ALLOW_256, ["avx2", "bmi1", "bmi2", "popcnt"]
}
#[cfg(target_arch = "x86_64")]
token! {
    /// AVX-512 as of Ice Lake and Zen 4: eight lanes.
    Avx512, "avx512", ALLOW_512,
    ["avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512vbmi", "avx512vbmi2", "avx2", "bmi1", "bmi2", "popcnt"]
}
#[cfg(target_arch = "x86_64")]
token! {
    /// The instructions of [`Avx512`] on 256-bit registers: four lanes, for work that does not fill eight.
    Avx512Vl, "avx512vl", ALLOW_512,
    ["avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512vbmi", "avx512vbmi2", "avx2", "bmi1", "bmi2", "popcnt"]
}
#[cfg(target_arch = "x86_64")]
token! {
    /// [`Avx512`] with GFNI: multiplication in GF(2^8).
    Avx512Gfni, "avx512gfni", ALLOW_512,
    ["avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512vbmi", "gfni", "avx2"]
}
#[cfg(target_arch = "x86_64")]
token! {
    /// The SHA extensions (SHA-1 and SHA-256 rounds) with SSE4.1.
    ShaNi, "sha", ALLOW_256, ["sha", "sse2", "ssse3", "sse4.1"]
}

#[cfg(target_arch = "x86_64")]
impl Avx512 {
    /// The same instructions on four lanes.
    #[must_use]
    #[inline(always)]
    pub const fn four_lanes(self) -> Avx512Vl {
        Avx512Vl(())
    }
}
