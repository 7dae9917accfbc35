//! Keccak.

use core::hint::black_box;

use pqkm_kernels::keccak::{SHAKE256, hash, permute, permute_one};
use pqkm_kernels::lanes::Lanes;
use pqkm_kernels::rows::{Rows, RowsMut};

use crate::timing::report;

pub(crate) fn run<L: Lanes>(l: L) {
    let mut state = [l.splat64(0x0123_4567_89ab_cdef); 25];
    report(L::NAME, "keccak per permutation", L::LANES, || {
        permute(l, black_box(&mut state));
    });
    report(L::NAME, "keccak per call", 1, || {
        permute(l, black_box(&mut state));
    });
    let messages = vec![[7_u8; 1120]; L::LANES];
    let rows: Vec<_> = messages.iter().collect();
    let mut out = vec![[0_u8; 32]; L::LANES];
    report(
        L::NAME,
        "shake256 of 1120 bytes, per message",
        L::LANES,
        || {
            let rows = Rows::new(black_box(&rows)).expect("equal lengths");
            let mut out = RowsMut::new(&mut out).expect("equal lengths");
            hash(l, SHAKE256, &[rows], &mut out);
        },
    );
    let mut one = [1; 25];
    report(L::NAME, "keccak x1", 1, || permute_one(black_box(&mut one)));
}
