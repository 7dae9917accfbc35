//! What LM-OTS and LMS hash, many inputs in lockstep: Winternitz chains, one-time public keys and tree nodes.
//!
//! Hash trees hash short inputs by the million. Here a lane holds one of them, and a chain stays in registers from its
//! start to its end. The text is the same for every hash function: [`sha256`](crate::sha256) and
//! [`shake`](crate::shake) have the functions that run it.
//!
//! # Spec
//! RFC 8554, sections 4.3, 4.5, 4.6, 5.3 and Appendix A.
//!
//! # Side channels
//! Time depends on positions and lengths of chains, which a signature shows, and on nothing else.

#![forbid(unsafe_code)]

mod chain;
mod seats;
#[cfg(test)]
mod tests;
mod tree;

pub use chain::Chain;
pub(crate) use chain::RunChains;
pub use tree::Shape;
pub(crate) use tree::{Leaves, Parents};

/// Length in bytes of the identifier that every input begins with.
pub const ID_LEN: usize = 16;

/// How much of a digest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputLength {
    /// The first 24 bytes.
    N24,
    /// All 32 bytes.
    N32,
}

/// A digest; with [`OutputLength::N24`] its last 8 bytes are zero.
pub type Digest = [u8; 32];

/// A hash function on the lanes of one instruction set, for digests of one length. It holds the token.
pub(crate) trait LmsHash: Copy {
    /// Lanes in a vector.
    const LANES: usize;
    /// Bytes of a digest that count.
    const N: usize;
    /// A word of a digest, or of any other part of an input.
    type Word: Copy;
    /// A word a lane, in memory.
    type Words: Copy + AsRef<[Self::Word]> + AsMut<[Self::Word]>;
    /// A word a lane, in a vector.
    type V: Copy;
    /// A digest a lane: the words that count.
    type Value: Copy + AsRef<[Self::V]> + AsMut<[Self::V]>;
    /// [`LmsHash::Value`] in memory.
    type Values: Copy + AsRef<[Self::Words]> + AsMut<[Self::Words]>;
    /// An identifier and a number: what all steps of a one-time key begin with.
    type Prefix;
    /// An input that grows by digests.
    type Absorber;

    /// All ones.
    const ONES: Self::Word;

    /// The words of a digest.
    fn words(digest: &Digest) -> impl AsRef<[Self::Word]>;
    /// Writes word `i` of a digest.
    fn put(word: Self::Word, i: usize, digest: &mut Digest);
    /// A number, as an input holds it.
    fn number(number: u32) -> Self::Word;
    /// Position `j` of chain `i`, as an input holds it.
    fn position(i: u16, j: u8) -> Self::Word;
    /// Zero in every lane.
    fn zeros(self) -> Self::Words;
    /// Zero in every lane of every word.
    fn no_values(self) -> Self::Values;
    /// Lane i is `words[i]`.
    fn load(self, words: &Self::Words) -> Self::V;
    /// The lanes.
    fn store(self, v: Self::V) -> Self::Words;
    /// Every lane is `word`.
    fn splat(self, word: Self::Word) -> Self::V;
    /// `a` where `mask` is all ones, `b` where it is zero.
    fn select(self, mask: Self::V, a: Self::V, b: Self::V) -> Self::V;
    /// The next position of the same chain; 0 comes after 255.
    fn next(self, position: Self::V) -> Self::V;
    /// `id || number`.
    fn prefix(self, id: &[u8; ID_LEN], number: Self::V) -> Self::Prefix;
    /// `H(id || number || i || j || value)`.
    fn step(self, prefix: &Self::Prefix, position: Self::V, value: &Self::Value) -> Self::Value;
    /// Begins an input with `id || number || domain`.
    fn begin(self, id: &[u8; ID_LEN], number: Self::V, domain: u16) -> Self::Absorber;
    /// Appends a digest.
    fn append(self, input: &mut Self::Absorber, value: &Self::Value);
    /// The hash of the input.
    fn finish(self, input: Self::Absorber) -> Self::Value;

    /// Zero in every lane of every word, in vectors.
    fn zero_value(self) -> Self::Value;

    /// A digest a lane, from memory.
    #[inline(always)]
    fn load_value(self, values: &Self::Values) -> Self::Value {
        let mut out = self.zero_value();
        let words = values.as_ref();
        let mut i = 0;
        while i < words.len() {
            out.as_mut()[i] = self.load(&words[i]);
            i += 1;
        }
        out
    }
    /// The same digest in every lane.
    #[inline(always)]
    fn splat_value(self, digest: &Digest) -> Self::Value {
        let words = Self::words(digest);
        let mut out = self.zero_value();
        let mut i = 0;
        while i < out.as_ref().len() {
            out.as_mut()[i] = self.splat(words.as_ref()[i]);
            i += 1;
        }
        out
    }
}

/// What is done with a hash function.
pub(crate) trait Work {
    fn run<H: LmsHash>(self, h: H);
}

/// Declares a module's functions: its hash function, the operations it needs, and the words of digests of 24 and 32 bytes.
macro_rules! lms_functions {
    ($hash:ident on $lanes:ident, $n24:literal and $n32:literal words) => {
        struct Call<W>($crate::lms::OutputLength, W);

        impl<L: $lanes, W: $crate::lms::Work> $crate::lanes::Kernel<L> for Call<W> {
            type Output = ();

            #[inline(always)]
            fn run(self, l: L) {
                match self.0 {
                    $crate::lms::OutputLength::N24 => self.1.run($hash::<L, $n24>(l)),
                    $crate::lms::OutputLength::N32 => self.1.run($hash::<L, $n32>(l)),
                }
            }
        }

        /// The chains of one-time key `q`: `value = H(id || q || index || j || value)` for j in `from..to`.
        ///
        /// The order of `chains` does not matter: lanes take the longest first.
        ///
        /// # Spec
        /// RFC 8554, Algorithm 3, step 8, and Algorithm 4b, step 4.
        ///
        /// # Side channels
        /// Time depends on `from` and `to`, which are public.
        pub fn run_chains(
            engine: Engine,
            length: $crate::lms::OutputLength,
            id: &[u8; $crate::lms::ID_LEN],
            q: u32,
            chains: &mut [$crate::lms::Chain],
        ) {
            let derive = false;
            let work = $crate::lms::RunChains {
                id,
                q,
                chains,
                derive,
            };
            with_token!(engine, Call(length, work));
        }

        /// As [`run_chains`], from the start: `value` holds the seed, from which the value at position 0 is derived first.
        /// `from` is taken as 0.
        ///
        /// # Spec
        /// RFC 8554, Appendix A.
        pub fn derive_and_run_chains(
            engine: Engine,
            length: $crate::lms::OutputLength,
            id: &[u8; $crate::lms::ID_LEN],
            q: u32,
            chains: &mut [$crate::lms::Chain],
        ) {
            let derive = true;
            let work = $crate::lms::RunChains {
                id,
                q,
                chains,
                derive,
            };
            with_token!(engine, Call(length, work));
        }

        /// Leaves of a tree: `out[k]` is that of one-time key `first_q + k` and has node number `first_node + k`.
        ///
        /// # Spec
        /// RFC 8554, Appendix A (secret starts of chains from the seed), Algorithm 1 (one-time public key) and
        /// section 5.3 (`H(I || r || D_LEAF || K)`).
        ///
        /// # Side channels
        /// Time depends on the shape and the number of leaves.
        pub fn leaves(
            engine: Engine,
            shape: $crate::lms::Shape,
            id: &[u8; $crate::lms::ID_LEN],
            seed: &$crate::lms::Digest,
            first_q: u32,
            first_node: u32,
            out: &mut [$crate::lms::Digest],
        ) {
            let work = $crate::lms::Leaves {
                shape,
                id,
                seed,
                first_q,
                first_node,
                out,
            };
            with_token!(engine, Call(shape.length, work));
        }

        /// Inner nodes: `out[k] = H(id || first + k || D_INTR || children[2k] || children[2k + 1])`.
        ///
        /// As many as `out` has, or half of `children` if that is less.
        ///
        /// # Spec
        /// RFC 8554, section 5.3.
        pub fn parents(
            engine: Engine,
            length: $crate::lms::OutputLength,
            id: &[u8; $crate::lms::ID_LEN],
            first: u32,
            children: &[$crate::lms::Digest],
            out: &mut [$crate::lms::Digest],
        ) {
            let work = $crate::lms::Parents {
                id,
                first,
                children,
                out,
            };
            with_token!(engine, Call(length, work));
        }
    };
}
pub(crate) use lms_functions;

/// The first digests of the lanes; what does not count is zero.
#[inline(always)]
fn to_digests<H: LmsHash>(h: H, value: &H::Value, out: &mut [Digest]) {
    let value = value.as_ref();
    let mut lane = 0;
    while lane < out.len() {
        out[lane] = [0; 32];
        lane += 1;
    }
    let mut i = 0;
    while i < value.len() {
        let words = h.store(value[i]);
        let mut lane = 0;
        while lane < out.len() {
            H::put(words.as_ref()[lane], i, &mut out[lane]);
            lane += 1;
        }
        i += 1;
    }
}

/// Puts a digest into one lane.
#[inline(always)]
fn to_lane<H: LmsHash>(digest: &Digest, lane: usize, values: &mut H::Values) {
    let words = H::words(digest);
    let values = values.as_mut();
    let mut i = 0;
    while i < values.len() {
        values[i].as_mut()[lane] = words.as_ref()[i];
        i += 1;
    }
}
