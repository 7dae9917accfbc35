//! The kernels by themselves. The reference engine has none that can be called.

use pqkm::core::Engine;
use pqkm_kernels::keccak::permute;
use pqkm_kernels::lanes::{Avx2, Avx512, Lanes, Portable, Token as _};

use super::Pair;
use crate::fixture::bytes;
use crate::measure::Contender;

/// Ours in the ring of ML-KEM.
#[derive(Default)]
pub(crate) struct Ring3329 {
    pub(crate) forward: Pair,
    pub(crate) inverse: Pair,
    pub(crate) basemul: Pair,
}

/// Ours in the ring of ML-DSA.
#[derive(Default)]
pub(crate) struct Ring8380417 {
    pub(crate) forward: Pair,
    pub(crate) inverse: Pair,
    pub(crate) pointwise: Pair,
}

/// The kernels of this ring work on layouts of their own, which are timed by the kernels' cycle bench.
pub(crate) fn ring3329(_: Engine) -> Ring3329 {
    Ring3329::default()
}

/// As [`ring3329`].
pub(crate) fn ring8380417(_: Engine) -> Ring8380417 {
    Ring8380417::default()
}

/// The permutation on as many states as the engine has lanes.
pub(crate) fn keccak(engine: Engine) -> Pair {
    let single = match engine.name() {
        "portable" => Portable::detect().map(keccak_in),
        "avx2" => Avx2::detect().map(keccak_in),
        "avx512" => Avx512::detect().map(keccak_in),
        _ => None,
    };
    Pair {
        single,
        together: None,
    }
}

fn keccak_in<L: Lanes>(l: L) -> Contender {
    let mut state = [l.splat64(0); 25];
    Contender::ours(
        move |_| permute(l, &mut state),
        move |turn, ()| permutes_each_lane(l, turn),
    )
    .doing(L::LANES)
}

/// Whether every lane's state comes out as the `keccak` crate permutes it alone.
fn permutes_each_lane<L: Lanes>(l: L, turn: usize) -> bool {
    let word =
        |lane: usize, n: usize| u64::from_le_bytes(bytes(*b"lane", turn * 1000 + lane * 25 + n));
    let mut state: [L::V; 25] = core::array::from_fn(|n| {
        let mut words = l.zero_words();
        for (lane, out) in words.as_mut().iter_mut().enumerate() {
            *out = word(lane, n);
        }
        l.load_words(&words)
    });
    permute(l, &mut state);
    (0..L::LANES).all(|lane| {
        let mut alone = core::array::from_fn(|n| word(lane, n));
        keccak::Keccak::new().with_f1600(|f1600| f1600(&mut alone));
        let lanes = state
            .iter()
            .map(|v| l.store_words(*v).as_ref().get(lane).copied());
        lanes.eq(alone.into_iter().map(Some))
    })
}
