//! Every operation of every instance against a model on plain integers, on random and extreme elements.

use std::vec;
use std::vec::Vec;

use super::{Lanes, NibbleTable, Portable, Token};

/// Elements that sit at the edges of the operations, and random ones.
pub(crate) fn samples(count: usize) -> Vec<u64> {
    let edges: [i16; 10] = [0, 1, -1, 2, -2, 3328, -3329, 32767, -32767, 15];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut out = vec![];
    for i in 0..count {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mut word = state ^ (state >> 29);
        if i % 3 == 0 {
            for e in 0..4 {
                let edge = edges[(state >> (8 * e)) as usize % edges.len()];
                word = word & !(0xffff << (16 * e)) | u64::from(edge as u16) << (16 * e);
            }
        }
        out.push(word);
    }
    out
}

fn elements(word: u64) -> [i16; 4] {
    core::array::from_fn(|e| (word >> (16 * e)) as i16)
}
fn word(elements: [i16; 4]) -> u64 {
    (0..4).fold(0, |word, e| {
        word | u64::from(elements[e] as u16) << (16 * e)
    })
}
fn vector<L: Lanes>(l: L, words: &[u64]) -> L::V {
    let mut buffer = l.zero_words();
    buffer.as_mut().copy_from_slice(&words[..L::LANES]);
    l.load_words(&buffer)
}

fn check<L: Lanes>(l: L, name: &str, got: L::V, model: impl Fn(usize) -> u64) {
    let got = l.store_words(got);
    for (lane, word) in got.as_ref().iter().enumerate() {
        assert_eq!(*word, model(lane), "{name} of {}, lane {lane}", L::NAME);
    }
}

fn arithmetic<L: Lanes>(l: L, x: &[u64], y: &[u64]) {
    let (a, b) = (vector(l, x), vector(l, y));
    macro_rules! each16 {
        ($name:ident, $got:expr, |$p:ident, $q:ident| $model:expr) => {
            check(l, stringify!($name), $got, |lane| {
                let (p, q) = (elements(x[lane]), elements(y[lane]));
                word(core::array::from_fn(|e| {
                    let ($p, $q) = (i32::from(p[e]), i32::from(q[e]));
                    $model as i16
                }))
            });
        };
    }
    each16!(add16, l.add16(a, b), |p, q| p + q);
    each16!(sub16, l.sub16(a, b), |p, q| p - q);
    each16!(mul16, l.mul16(a, b), |p, q| p.wrapping_mul(q));
    each16!(mullo16, l.mullo16(a, b), |p, q| p.wrapping_mul(q));
    each16!(mulhi16, l.mulhi16(a, b), |p, q| (p * q) >> 16);
    each16!(mulhrs16, l.mulhrs16(a, b), |p, q| (p * q + 0x4000) >> 15);
    each16!(shl16, l.shl16::<3>(a), |p, _q| p << 3);
    each16!(shr16, l.shr16::<5>(a), |p, _q| (p & 0xffff) >> 5);
    each16!(splat16, l.splat16(-77), |_p, _q| -77);
    each16!(sign16, l.sign16(a), |p, _q| p >> 31);
    for bit in [0, 7, 15] {
        let bits = l.splat64(0x0001_0001_0001_0001 << bit);
        each16!(test16, l.test16(a, bits), |p, _q| -((p >> bit) & 1));
    }
    let table = NibbleTable::new(-1044, 5 * 3329);
    let plain = NibbleTable::new(1, 0);
    for k in 0..4 {
        let value = |p: i32| {
            let n = p >> (4 * k);
            (n & 1) + (n >> 1 & 1) - (n >> 2 & 1) - (n >> 3 & 1)
        };
        each16!(nibbles, l.nibbles(a, &plain)[k], |p, _q| value(p));
        each16!(nibbles, l.nibbles(a, &table)[k], |p, _q| value(p) * -1044
            + 5 * 3329);
    }
    check(l, "quad", l.quad(&[1, -2, 3, -4]), |_| word([1, -2, 3, -4]));
}

fn halves<L: Lanes>(l: L, x: &[u64], y: &[u64]) {
    let (a, b) = (vector(l, x), vector(l, y));
    let sums = |lane: usize| -> [i32; 2] {
        let (p, q) = (elements(x[lane]), elements(y[lane]));
        core::array::from_fn(|i| {
            i32::from(p[2 * i]) * i32::from(q[2 * i])
                + i32::from(p[2 * i + 1]) * i32::from(q[2 * i + 1])
        })
    };
    let squares = |lane: usize| -> [i32; 2] {
        let p = elements(x[lane]);
        core::array::from_fn(|i| i32::from(p[2 * i]).pow(2) + i32::from(p[2 * i + 1]).pow(2))
    };
    let (wide, square) = (l.madd16(a, b), l.madd16(a, a));
    check(l, "madd16", l.narrow(wide), |lane| {
        let s = sums(lane);
        u64::from(s[0] as u32) | u64::from(s[1] as u32) << 32
    });
    check(l, "add32", l.narrow(l.add32(wide, wide)), |lane| {
        let s = sums(lane);
        u64::from(s[0].wrapping_mul(2) as u32) | u64::from(s[1].wrapping_mul(2) as u32) << 32
    });
    check(l, "widen", l.narrow(l.widen(a)), |lane| x[lane]);
    check(l, "sum_lanes32", l.narrow(l.sum_lanes32(wide)), |_| {
        let total = |i: usize| (0..L::LANES).fold(0_i32, |t, lane| t.wrapping_add(sums(lane)[i]));
        u64::from(total(0) as u32) | u64::from(total(1) as u32) << 32
    });
    check(l, "low_halves", l.low_halves(wide, square), |lane| {
        let (s, t) = (sums(lane), squares(lane));
        word([s[0] as i16, t[0] as i16, s[1] as i16, t[1] as i16])
    });
    check(l, "high_halves", l.high_halves(wide, square), |lane| {
        let (s, t) = (sums(lane), squares(lane));
        word([s[0], t[0], s[1], t[1]].map(|v| (v >> 16) as i16))
    });
}

fn moves<L: Lanes>(l: L, x: &[u64], y: &[u64]) {
    let (a, b) = (vector(l, x), vector(l, y));
    let pair = |lane: usize| (elements(x[lane]), elements(y[lane]));
    let (even, odd) = l.transpose16(a, b);
    check(l, "transpose16", even, |lane| {
        let (p, q) = pair(lane);
        word([p[0], q[0], p[2], q[2]])
    });
    check(l, "transpose16", odd, |lane| {
        let (p, q) = pair(lane);
        word([p[1], q[1], p[3], q[3]])
    });
    let (low, high) = l.transpose32(a, b);
    check(l, "transpose32", low, |lane| {
        let (p, q) = pair(lane);
        word([p[0], p[1], q[0], q[1]])
    });
    check(l, "transpose32", high, |lane| {
        let (p, q) = pair(lane);
        word([p[2], p[3], q[2], q[3]])
    });
    macro_rules! transpose_lanes {
        ($bit:literal) => {{
            let (low, high) = l.transpose_lanes::<$bit>(a, b);
            let apart = 1 << $bit;
            let exchanged = apart < L::LANES;
            check(l, "transpose_lanes", low, |lane| match lane & apart {
                0 => x[lane],
                _ => y[lane ^ apart],
            });
            check(l, "transpose_lanes", high, |lane| match lane & apart {
                0 if exchanged => x[lane | apart],
                _ => y[lane],
            });
        }};
    }
    transpose_lanes!(0);
    transpose_lanes!(1);
    transpose_lanes!(2);
    transpose_lanes!(3);
    check(l, "spread16", l.spread16::<0>(a), |lane| {
        word([elements(x[lane])[0]; 4])
    });
    check(l, "spread16", l.spread16::<1>(a), |lane| {
        word([elements(x[lane])[1]; 4])
    });
    check(l, "spread16", l.spread16::<2>(a), |lane| {
        word([elements(x[lane])[2]; 4])
    });
    check(l, "spread16", l.spread16::<3>(a), |lane| {
        word([elements(x[lane])[3]; 4])
    });

    let mut block = l.zero_block();
    for (i, v) in block.as_mut().iter_mut().enumerate() {
        *v = vector(l, &x[i * L::LANES..]);
    }
    let block = l.transpose64(block);
    for (i, v) in block.as_ref().iter().enumerate() {
        check(l, "transpose64", *v, |lane| x[lane * L::LANES + i]);
    }
    let mut bytes = [0; 64];
    l.store(a, &mut bytes);
    for lane in 0..L::LANES {
        assert_eq!(
            bytes[8 * lane..8 * lane + 8],
            x[lane].to_le_bytes(),
            "store of {}",
            L::NAME
        );
    }
    let elements: Vec<i16> = x[..L::LANES].iter().flat_map(|w| elements(*w)).collect();
    check(l, "load16", l.load16(&elements), |lane| x[lane]);
    let mut stored = [0; 32];
    l.store16(a, &mut stored);
    assert_eq!(stored[..elements.len()], elements, "store16 of {}", L::NAME);
    check(l, "load", l.load(&bytes), |lane| x[lane]);
}

fn bits<L: Lanes>(l: L, x: &[u64], y: &[u64], z: &[u64]) {
    let (a, b, c) = (vector(l, x), vector(l, y), vector(l, z));
    check(l, "xor", l.xor(a, b), |i| x[i] ^ y[i]);
    check(l, "xor3", l.xor3(a, b, c), |i| x[i] ^ y[i] ^ z[i]);
    check(l, "chi", l.chi(a, b, c), |i| x[i] ^ (!y[i] & z[i]));
    check(l, "and", l.and(a, b), |i| x[i] & y[i]);
    check(l, "or", l.or(a, b), |i| x[i] | y[i]);
    check(l, "select", l.select(a, b, c), |i| {
        (x[i] & y[i]) | (!x[i] & z[i])
    });
    check(l, "splat64", l.splat64(x[0]), |_| x[0]);
    check(l, "shl64", l.shl64::<19>(a), |i| x[i] << 19);
    check(l, "shr64", l.shr64::<19>(a), |i| x[i] >> 19);
    let halves =
        |w: u64, f: fn(u32) -> u32| u64::from(f(w as u32)) | u64::from(f((w >> 32) as u32)) << 32;
    check(l, "shl32", l.shl32::<7>(a), |i| halves(x[i], |h| h << 7));
    check(l, "shr32", l.shr32::<7>(a), |i| halves(x[i], |h| h >> 7));
    macro_rules! rotations {
        ($($n:literal)+) => { $(check(l, "rol64", l.rol64::<$n>(a), |i| x[i].rotate_left($n));)+ };
    }
    rotations!(1 2 3 6 8 10 14 15 18 20 21 25 27 28 36 39 41 43 44 45 55 56 61 62);
}

fn take12<L: Lanes>(l: L, x: &[u64]) {
    let mut bytes = [0; 24];
    for (to, word) in bytes.chunks_mut(8).zip(x) {
        to.copy_from_slice(&word.to_le_bytes());
    }
    for bound in [0, 1, 2048, 3329, 4095] {
        let expected: Vec<i16> = (0..16)
            .map(|i| {
                let at = 3 * (i / 2) + (i & 1);
                let pair = u16::from_le_bytes([bytes[at], bytes[at + 1]]);
                if i & 1 == 0 {
                    (pair & 0xfff) as i16
                } else {
                    (pair >> 4) as i16
                }
            })
            .filter(|candidate| *candidate < bound)
            .collect();
        let mut out = [0; 16];
        let count = l.vartime_take12(&bytes, bound, &mut out);
        assert_eq!(
            out[..count],
            expected,
            "take12 of {} below {bound}",
            L::NAME
        );
    }
}

fn every_operation<L: Lanes>(l: L) {
    let words = samples(3 * 64 + 400);
    for round in 0..300 {
        let (x, y, z) = (&words[round..], &words[round + 64..], &words[round + 128..]);
        arithmetic(l, x, y);
        halves(l, x, y);
        moves(l, x, y);
        bits(l, x, y, z);
        take12(l, x);
    }
}

#[test]
fn operations_equal_their_model() {
    on_every_instance!(every_operation);
}

#[test]
fn portable_is_always_there() {
    assert!(Portable::detect().is_some());
}
