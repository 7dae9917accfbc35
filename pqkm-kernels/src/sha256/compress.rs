//! The compression function, one block a lane.

use crate::lanes::{HashLanes, Kernel};

/// The round constants: FIPS 180-4, section 4.2.2.
pub const K: [u32; 64] = [
    0x428a_2f98,
    0x7137_4491,
    0xb5c0_fbcf,
    0xe9b5_dba5,
    0x3956_c25b,
    0x59f1_11f1,
    0x923f_82a4,
    0xab1c_5ed5,
    0xd807_aa98,
    0x1283_5b01,
    0x2431_85be,
    0x550c_7dc3,
    0x72be_5d74,
    0x80de_b1fe,
    0x9bdc_06a7,
    0xc19b_f174,
    0xe49b_69c1,
    0xefbe_4786,
    0x0fc1_9dc6,
    0x240c_a1cc,
    0x2de9_2c6f,
    0x4a74_84aa,
    0x5cb0_a9dc,
    0x76f9_88da,
    0x983e_5152,
    0xa831_c66d,
    0xb003_27c8,
    0xbf59_7fc7,
    0xc6e0_0bf3,
    0xd5a7_9147,
    0x06ca_6351,
    0x1429_2967,
    0x27b7_0a85,
    0x2e1b_2138,
    0x4d2c_6dfc,
    0x5338_0d13,
    0x650a_7354,
    0x766a_0abb,
    0x81c2_c92e,
    0x9272_2c85,
    0xa2bf_e8a1,
    0xa81a_664b,
    0xc24b_8b70,
    0xc76c_51a3,
    0xd192_e819,
    0xd699_0624,
    0xf40e_3585,
    0x106a_a070,
    0x19a4_c116,
    0x1e37_6c08,
    0x2748_774c,
    0x34b0_bcb5,
    0x391c_0cb3,
    0x4ed8_aa4a,
    0x5b9c_ca4f,
    0x682e_6ff3,
    0x748f_82ee,
    0x78a5_636f,
    0x84c8_7814,
    0x8cc7_0208,
    0x90be_fffa,
    0xa450_6ceb,
    0xbef9_a3f7,
    0xc671_78f2,
];

/// The initial hash value: FIPS 180-4, section 5.3.3.
pub const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Rounds that [`Prefix`] has done already: those of the identifier and the number after it.
const DONE: usize = 5;

/// The initial hash value in every lane.
#[inline(always)]
pub(super) fn initial<L: HashLanes>(l: L) -> [L::V; 8] {
    let mut state = [l.splat(0); 8];
    let mut i = 0;
    while i < 8 {
        state[i] = l.splat(INITIAL[i]);
        i += 1;
    }
    state
}

/// One round: FIPS 180-4, section 6.2.2, step 3, without moving the variables: the caller renames them.
macro_rules! round {
    ($l:ident, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident, $k:expr, $w:expr) => {{
        let sum1 = $l.xor3($l.rotr::<6>($e), $l.rotr::<11>($e), $l.rotr::<25>($e));
        let kw = $l.add($l.splat($k), $w);
        let t1 = $l.add($l.add($h, kw), $l.add(sum1, $l.ch($e, $f, $g)));
        let sum0 = $l.xor3($l.rotr::<2>($a), $l.rotr::<13>($a), $l.rotr::<22>($a));
        $d = $l.add($d, t1);
        $h = $l.add(t1, $l.add(sum0, $l.maj($a, $b, $c)));
    }};
}

/// The word that takes the place of `w[i]` sixteen rounds later: section 6.2.2, step 1.
#[inline(always)]
fn expand<L: HashLanes>(l: L, w: &[L::V; 16], i: usize) -> L::V {
    let (w1, w14) = (w[(i + 1) & 15], w[(i + 14) & 15]);
    let s0 = l.xor3(l.rotr::<7>(w1), l.rotr::<18>(w1), l.shr::<3>(w1));
    let s1 = l.xor3(l.rotr::<17>(w14), l.rotr::<19>(w14), l.shr::<10>(w14));
    l.add(l.add(w[i], s0), l.add(w[(i + 9) & 15], s1))
}

/// Rounds `from..64`, `from` being 0 or [`DONE`], and the final addition of `base`.
///
/// A word of the schedule is made in the round before it is used, and every index is a constant: so the sixteen words stay in
/// registers, and what a round waits for is done beside what the schedule waits for.
#[inline(always)]
fn rounds<L: HashLanes>(
    l: L,
    base: &[L::V; 8],
    state: &[L::V; 8],
    block: &[L::V; 16],
    from: usize,
) -> [L::V; 8] {
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    let mut w = *block;
    let mut next = 0;
    macro_rules! first {
        ($i:literal, $($v:ident)+) => {
            round!(l, $($v)+, K[$i], w[$i])
        };
    }
    macro_rules! later {
        ($i:literal, $($v:ident)+) => {{
            w[$i] = expand(l, &w, $i);
            round!(l, $($v)+, K[next + $i], w[$i]);
        }};
    }
    macro_rules! from_five {
        ($at:ident) => {{
            $at!(5, d e f g h a b c);
            $at!(6, c d e f g h a b);
            $at!(7, b c d e f g h a);
            $at!(8, a b c d e f g h);
            $at!(9, h a b c d e f g);
            $at!(10, g h a b c d e f);
            $at!(11, f g h a b c d e);
            $at!(12, e f g h a b c d);
            $at!(13, d e f g h a b c);
            $at!(14, c d e f g h a b);
            $at!(15, b c d e f g h a);
        }};
    }
    macro_rules! to_five {
        ($at:ident) => {{
            $at!(0, a b c d e f g h);
            $at!(1, h a b c d e f g);
            $at!(2, g h a b c d e f);
            $at!(3, f g h a b c d e);
            $at!(4, e f g h a b c d);
        }};
    }
    if from != DONE {
        to_five!(first);
    }
    from_five!(first);
    while next < 48 {
        next += 16;
        to_five!(later);
        from_five!(later);
    }
    let out = [a, b, c, d, e, f, g, h];
    let mut sums = *base;
    let mut i = 0;
    while i < 8 {
        sums[i] = l.add(sums[i], out[i]);
        i += 1;
    }
    sums
}

/// All rounds after the first `from`, and the addition of `base`.
#[inline(always)]
fn finish<L: HashLanes>(
    l: L,
    base: &[L::V; 8],
    state: &[L::V; 8],
    block: &[L::V; 16],
    from: usize,
) -> [L::V; 8] {
    match l.whole_block(base, block) {
        Some(out) => out,
        None => rounds(l, base, state, block, from),
    }
}

/// One compression, as a function of its own: it is long, and many places need it.
struct Block<'a, L: HashLanes> {
    state: &'a [L::V; 8],
    block: &'a [L::V; 16],
}

impl<L: HashLanes> Kernel<L> for Block<'_, L> {
    type Output = [L::V; 8];

    #[inline(always)]
    fn run(self, l: L) -> [L::V; 8] {
        finish(l, self.state, self.state, self.block, 0)
    }
}

/// The state after one block.
#[inline(always)]
pub(super) fn compress<L: HashLanes>(l: L, state: &[L::V; 8], block: &[L::V; 16]) -> [L::V; 8] {
    l.enter(Block::<L> { state, block })
}

/// The first five words of a first block, and the state after their rounds.
///
/// All steps of a chain, and all chains of a one-time key, have these words in common: 5 of 64 rounds are done once.
#[derive(Clone, Copy)]
pub(super) struct Prefix<L: HashLanes> {
    pub(super) words: [L::V; DONE],
    state: [L::V; 8],
}

impl<L: HashLanes> Prefix<L> {
    #[inline(always)]
    pub(super) fn new(l: L, id: &[u32; 4], number: L::V) -> Self {
        let words = [
            l.splat(id[0]),
            l.splat(id[1]),
            l.splat(id[2]),
            l.splat(id[3]),
            number,
        ];
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = initial(l);
        round!(l, a b c d e f g h, K[0], words[0]);
        round!(l, h a b c d e f g, K[1], words[1]);
        round!(l, g h a b c d e f, K[2], words[2]);
        round!(l, f g h a b c d e, K[3], words[3]);
        round!(l, e f g h a b c d, K[4], words[4]);
        Self {
            words,
            state: [a, b, c, d, e, f, g, h],
        }
    }

    /// The digest of a one-block message that begins with the prefix; the first five words of `block` are its words.
    ///
    /// As long as [`compress`], and not a function of its own: whoever calls it is.
    #[inline(always)]
    pub(super) fn digest(&self, l: L, block: &[L::V; 16]) -> [L::V; 8] {
        finish(l, &initial(l), &self.state, block, DONE)
    }
}
