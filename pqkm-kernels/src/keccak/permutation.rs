//! Keccak-f\[1600\] on one state, and on one state a lane.

use crate::lanes::{Kernel, Lanes};

/// The five operations a round needs, on words or on lanes of words.
trait Words: Copy {
    type V: Copy;
    /// Whether `xor3` is one instruction.
    const TERNARY: bool;
    fn splat(self, x: u64) -> Self::V;
    fn xor(self, a: Self::V, b: Self::V) -> Self::V;
    fn xor3(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    fn chi(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    fn rol<const N: u32>(self, a: Self::V) -> Self::V;
}

/// One state in general-purpose registers.
#[derive(Clone, Copy)]
struct Scalar;

impl Words for Scalar {
    type V = u64;
    const TERNARY: bool = false;
    #[inline(always)]
    fn splat(self, x: u64) -> u64 {
        x
    }
    #[inline(always)]
    fn xor(self, a: u64, b: u64) -> u64 {
        a ^ b
    }
    #[inline(always)]
    fn xor3(self, a: u64, b: u64, c: u64) -> u64 {
        a ^ b ^ c
    }
    #[inline(always)]
    fn chi(self, a: u64, b: u64, c: u64) -> u64 {
        a ^ (!b & c)
    }
    #[inline(always)]
    fn rol<const N: u32>(self, a: u64) -> u64 {
        a.rotate_left(N)
    }
}

/// One state a lane.
#[derive(Clone, Copy)]
struct InLanes<L>(L);

impl<L: Lanes> Words for InLanes<L> {
    type V = L::V;
    const TERNARY: bool = L::TERNARY;
    #[inline(always)]
    fn splat(self, x: u64) -> L::V {
        self.0.splat64(x)
    }
    #[inline(always)]
    fn xor(self, a: L::V, b: L::V) -> L::V {
        self.0.xor(a, b)
    }
    #[inline(always)]
    fn xor3(self, a: L::V, b: L::V, c: L::V) -> L::V {
        self.0.xor3(a, b, c)
    }
    #[inline(always)]
    fn chi(self, a: L::V, b: L::V, c: L::V) -> L::V {
        self.0.chi(a, b, c)
    }
    #[inline(always)]
    fn rol<const N: u32>(self, a: L::V) -> L::V {
        self.0.rol64::<N>(a)
    }
}

/// The round constants of FIPS 202, section 3.2.5, from the bits of its Algorithm 5 (rc).
pub(super) const ROUND_CONSTANTS: [u64; 24] = {
    let mut constants = [0; 24];
    let mut state: u8 = 1;
    let mut round = 0;
    while round < 24 {
        let mut j = 0;
        while j < 7 {
            if state & 1 != 0 {
                constants[round] |= 1 << ((1 << j) - 1);
            }
            // x^8 + x^6 + x^5 + x^4 + 1
            state = (state << 1) ^ if state & 0x80 != 0 { 0x71 } else { 0 };
            j += 1;
        }
        round += 1;
    }
    constants
};

/// Column numbers modulo five.
const CYCLE: [usize; 9] = [0, 1, 2, 3, 4, 0, 1, 2, 3];

/// FIPS 202, Algorithm 7 (KECCAK-p), one round.
#[inline(always)]
fn round<W: Words>(w: W, a: [W::V; 25], constant: u64) -> [W::V; 25] {
    macro_rules! column {
        ($x:literal) => {
            w.xor3(w.xor3(a[$x], a[$x + 5], a[$x + 10]), a[$x + 15], a[$x + 20])
        };
    }
    let c = [column!(0), column!(1), column!(2), column!(3), column!(4)];
    // theta adds c[x - 1] and the turned c[x + 1] to column x: at once, or their sum where only two can be added.
    let turned = [
        w.rol::<1>(c[0]),
        w.rol::<1>(c[1]),
        w.rol::<1>(c[2]),
        w.rol::<1>(c[3]),
        w.rol::<1>(c[4]),
    ];
    let mut d = c;
    if !W::TERNARY {
        for x in 0..5 {
            d[x] = w.xor(c[CYCLE[x + 4]], turned[CYCLE[x + 1]]);
        }
    }
    macro_rules! theta {
        ($from:literal $x:literal) => {
            if W::TERNARY {
                w.xor3(a[$from], c[CYCLE[$x + 4]], turned[CYCLE[$x + 1]])
            } else {
                w.xor(a[$from], d[$x])
            }
        };
    }
    // b = pi(rho(theta(a))): each word from where it comes, its column, its rotation.
    macro_rules! moved {
        ($($from:literal $x:literal $n:literal),+) => {
            [theta!(0 0), $(w.rol::<$n>(theta!($from $x))),+]
        };
    }
    let b = moved!(
        6 1 44, 12 2 43, 18 3 21, 24 4 14,
        3 3 28, 9 4 20, 10 0 3, 16 1 45, 22 2 61,
        1 1 1, 7 2 6, 13 3 25, 19 4 8, 20 0 18,
        4 4 27, 5 0 36, 11 1 10, 17 2 15, 23 3 56,
        2 2 62, 8 3 55, 14 4 39, 15 0 41, 21 1 2
    );
    macro_rules! row {
        ($($y:literal)+) => {
            [$(
                w.chi(b[$y], b[$y + 1], b[$y + 2]),
                w.chi(b[$y + 1], b[$y + 2], b[$y + 3]),
                w.chi(b[$y + 2], b[$y + 3], b[$y + 4]),
                w.chi(b[$y + 3], b[$y + 4], b[$y]),
                w.chi(b[$y + 4], b[$y], b[$y + 1])
            ),+]
        };
    }
    let mut out = row!(0 5 10 15 20);
    out[0] = w.xor(out[0], w.splat(constant));
    out
}

#[inline(always)]
fn rounds<W: Words>(w: W, state: &mut [W::V; 25]) {
    let mut a = *state;
    for constant in ROUND_CONSTANTS {
        a = round(w, a, constant);
    }
    *state = a;
}

/// Keccak-f\[1600\] on one state.
///
/// # Spec
///
/// FIPS 202, section 3.4; word `x + 5 * y` is lane (x, y).
///
/// # Side channels
///
/// No branch or address depends on the state.
pub fn permute_one(state: &mut [u64; 25]) {
    rounds(Scalar, state);
}

/// The states, and how many of them count.
struct Permute<'a, L: Lanes>(&'a mut [L::V; 25], usize);

impl<L: Lanes> Kernel<L> for Permute<'_, L> {
    type Output = ();
    #[inline(always)]
    fn run(self, l: L) {
        if L::WORD_INSTRUCTIONS {
            rounds(InLanes(l), self.0);
        } else {
            one_by_one(l, self.0, self.1);
        }
    }
}

/// Where a 64-bit lane is no machine word of a vector, each state goes through the general registers.
#[inline(always)]
fn one_by_one<L: Lanes>(l: L, state: &mut [L::V; 25], count: usize) {
    let mut words = [l.zero_words(); 25];
    for i in 0..25 {
        words[i] = l.store_words(state[i]);
    }
    for lane in 0..count {
        let mut one = [0; 25];
        for i in 0..25 {
            one[i] = words[i].as_ref()[lane];
        }
        permute_one(&mut one);
        for i in 0..25 {
            words[i].as_mut()[lane] = one[i];
        }
        one.fill(0);
        core::hint::black_box(&mut one);
    }
    for i in 0..25 {
        state[i] = l.load_words(&words[i]);
    }
    words.fill(l.zero_words());
    core::hint::black_box(&mut words);
}

/// Keccak-f\[1600\] on one state a lane: word i of every state is in `state[i]`.
///
/// # Spec
///
/// FIPS 202, section 3.4.
///
/// # Side channels
///
/// No branch or address depends on the states.
#[inline(always)]
pub fn permute<L: Lanes>(l: L, state: &mut [L::V; 25]) {
    permute_some(l, state, L::LANES);
}

/// The same where only the first `count` lanes matter: what becomes of the others is not said.
#[inline(always)]
pub(crate) fn permute_some<L: Lanes>(l: L, state: &mut [L::V; 25], count: usize) {
    l.enter(Permute(state, count));
}
