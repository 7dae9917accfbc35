//! The tokens of `pqkm-kernels` behind an engine.

#[cfg(target_arch = "x86_64")]
use pqkm_kernels::lanes::{Avx2, Avx512};
use pqkm_kernels::{
    keccak::{SHAKE256, hash},
    lanes::{Lanes, Portable, Token},
    mldsa::MlDsaKernels,
    rows::{Rows, RowsMut},
};
use shake::{ExtendableOutput, Shake256, Update, XofReader};

use super::Engine;

/// The tokens that one engine computes with: whole algorithms are generic over it.
pub(crate) trait Backend: Copy {
    /// For the ring of ML-DSA, a polynomial at a time.
    type Ring: MlDsaKernels;
    /// For hashing as many messages as it has lanes.
    type Many: Lanes;

    /// The token of the ring.
    fn ring(self) -> Self::Ring;

    /// The token of many hashes.
    fn many(self) -> Self::Many;

    /// How many messages one hash takes.
    fn lanes(self) -> usize {
        Self::Many::LANES
    }

    /// SHAKE256 of as many messages as there are outputs, at most `LANES`. A message is the concatenation of its row
    /// of every piece; rows of a piece have one length, and so have the outputs.
    fn shake256(self, pieces: &[&[&[u8]]], out: &mut [&mut [u8]]);
}

/// What is done with whichever tokens an engine has.
pub(crate) trait Work {
    /// What comes of it.
    type Output;

    /// Does it.
    fn run<B: Backend>(self, b: B) -> Self::Output;
}

/// An engine of `pqkm-kernels` that this CPU has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Instance {
    /// Plain Rust.
    Portable(Portable),
    /// 256-bit vectors.
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    /// 512-bit vectors.
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

impl Instance {
    /// The instance of an engine; none for the reference engine, and where the CPU lacks instructions.
    pub(crate) fn of(engine: Engine) -> Option<Self> {
        if engine == Engine::PORTABLE {
            return Portable::detect().map(Self::Portable);
        }
        #[cfg(target_arch = "x86_64")]
        if engine == Engine::AVX2 {
            return Avx2::detect().map(Self::Avx2);
        } else if engine == Engine::AVX512 {
            return Avx512::detect().map(Self::Avx512);
        }
        None
    }

    /// The fastest.
    pub(crate) fn detect() -> Self {
        Self::of(Engine::detect()).unwrap_or(Self::Portable(Portable::new()))
    }

    /// Does some work with the tokens of the instance.
    pub(crate) fn run<W: Work>(self, work: W) -> W::Output {
        match self {
            Self::Portable(b) => work.run(b),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(b) => work.run(b),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(b) => work.run(b),
        }
    }
}

macro_rules! backend {
    ($token:ident) => {
        impl Backend for $token {
            type Ring = Self;
            type Many = Self;

            fn ring(self) -> Self {
                self
            }

            fn many(self) -> Self {
                self
            }

            fn shake256(self, pieces: &[&[&[u8]]], out: &mut [&mut [u8]]) {
                match out {
                    [out] => shake256_alone(pieces, out),
                    _ => shake256_rows(self, pieces, out),
                }
            }
        }
    };
}

backend!(Portable);
#[cfg(target_arch = "x86_64")]
backend!(Avx2);

#[cfg(target_arch = "x86_64")]
impl Backend for Avx512 {
    type Ring = Self;
    type Many = Self;

    fn ring(self) -> Self {
        self
    }

    fn many(self) -> Self {
        self
    }

    fn shake256(self, pieces: &[&[&[u8]]], out: &mut [&mut [u8]]) {
        // Four lanes take less time than eight, and even for one message than scalar registers.
        if out.len() <= 4 {
            shake256_rows(self.four_lanes(), pieces, out);
        } else {
            shake256_rows(self, pieces, out);
        }
    }
}

/// SHAKE256 of one message a lane.
fn shake256_rows<L: Lanes>(l: L, pieces: &[&[&[u8]]], out: &mut [&mut [u8]]) {
    let mut all = [Rows::same(&[]); MAX_PIECES];
    for (rows, piece) in all.iter_mut().zip(pieces) {
        *rows = rows_of(piece);
    }
    let pieces = all.get(..pieces.len()).unwrap_or_default();
    hash(
        l,
        SHAKE256,
        pieces,
        &mut rows_mut(out.iter_mut().map(|out| &mut **out)),
    );
}

/// SHAKE256 of one message, in scalar registers.
fn shake256_alone(pieces: &[&[&[u8]]], out: &mut [u8]) {
    let mut xof = Shake256::default();
    for piece in pieces {
        xof.update(piece.first().copied().unwrap_or_default());
    }
    xof.finalize_xof().read(out);
}

/// The most pieces of a message that one call takes.
const MAX_PIECES: usize = 8;

/// Rows of a group that is one by its construction.
#[expect(
    clippy::expect_used,
    reason = "callers give one to eight rows of one length"
)]
pub(crate) fn rows_of<'a>(rows: &[&'a [u8]]) -> Rows<'a> {
    Rows::new(rows).expect("one to eight rows of one length")
}

/// Outputs of a group that is one by its construction.
#[expect(
    clippy::expect_used,
    reason = "callers give one to eight rows of one length"
)]
pub(crate) fn rows_mut<'a>(rows: impl IntoIterator<Item = &'a mut [u8]>) -> RowsMut<'a> {
    RowsMut::new(rows).expect("one to eight rows of one length")
}
