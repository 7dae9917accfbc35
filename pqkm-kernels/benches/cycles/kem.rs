//! ML-KEM as the tests compose it.

use core::hint::black_box;

use pqkm_kernels::lanes::Lanes;
use pqkm_kernels::rows::Rows;

use crate::engine::{Kem, Work};
use crate::timing::report;

pub(crate) fn run<L: Lanes>(l: L) {
    set::<L, 2, 3, 10, 4>(l, "mlkem512");
    set::<L, 3, 2, 10, 4>(l, "mlkem768");
    set::<L, 4, 2, 11, 5>(l, "mlkem1024");
}

fn set<L: Lanes, const K: usize, const E: usize, const U: usize, const V: usize>(l: L, set: &str) {
    let n = L::LANES;
    let (mut one, mut many) = (Work::new(l.four_lanes()), Work::new(l));
    let name = |work: &str| format!("{set}.{work}");
    let message = [9_u8; 32];
    let (mut ek, mut dk) = (
        vec![0; Kem::<K, E, U, V>::EK],
        vec![0; Kem::<K, E, U, V>::DK],
    );
    report(L::NAME, &name("generate"), 1, || {
        let _ = Kem::<K, E, U, V>::generate_one(
            l,
            &mut one,
            black_box(&message),
            &message,
            &mut ek,
            &mut dk,
        );
    });
    let mut eks = vec![ek.clone(); n];
    let mut dks = vec![dk.clone(); n];
    let messages = vec![message; n];
    let rows: Vec<_> = messages.iter().collect();
    let rows = Rows::new(&rows).expect("equal");
    report(L::NAME, &name("generate.batch"), n, || {
        let d = black_box(&rows);
        let _ = Kem::<K, E, U, V>::generate_many(l, &mut many, d, &messages, &mut eks, &mut dks);
    });
    let mut cts = vec![vec![0; Kem::<K, E, U, V>::CT]; n];
    let mut secrets = vec![[0; 32]; n];
    report(L::NAME, &name("prepare"), 1, || {
        black_box(Kem::<K, E, U, V>::prepare(l, black_box(&ek)));
    });
    let key = Kem::<K, E, U, V>::prepare(l, &ek).expect("valid");
    report(L::NAME, &name("encapsulate.bytes"), 1, || {
        let key = Kem::<K, E, U, V>::prepare(l, black_box(&ek)).expect("valid");
        let (ct, secret) = (&mut cts[0], &mut secrets[0]);
        let _ = Kem::<K, E, U, V>::encapsulate_one(l, &mut one, &key, &message, ct, secret);
    });
    report(L::NAME, &name("encapsulate.bytes.batch"), n, || {
        let keys: Vec<_> = eks.iter().collect();
        let keys = Rows::new(&keys).expect("equal");
        let mut valid = [true; 8];
        let _ = Kem::<K, E, U, V>::encapsulate_many_keys(
            l,
            &mut many,
            &keys,
            &rows,
            &mut cts,
            &mut secrets,
            &mut valid,
        );
    });
    report(L::NAME, &name("encapsulate.prepared"), 1, || {
        let (ct, secret) = (&mut cts[0], &mut secrets[0]);
        let _ =
            Kem::<K, E, U, V>::encapsulate_one(l, &mut one, black_box(&key), &message, ct, secret);
    });
    report(L::NAME, &name("encapsulate.prepared.batch"), n, || {
        let key = black_box(&key);
        let _ =
            Kem::<K, E, U, V>::encapsulate_many(l, &mut many, key, &rows, &mut cts, &mut secrets);
    });
    let key = Kem::<K, E, U, V>::prepare_secret(l, &dk).expect("valid");
    report(L::NAME, &name("decapsulate.prepared"), 1, || {
        let _ = Kem::<K, E, U, V>::decapsulate_one(
            l,
            &mut one,
            black_box(&key),
            &cts[0],
            &mut secrets[0],
        );
    });
    report(L::NAME, &name("decapsulate.prepared.batch"), n, || {
        let rows: Vec<_> = cts.iter().collect();
        let rows = Rows::new(&rows).expect("equal");
        let _ =
            Kem::<K, E, U, V>::decapsulate_many(l, &mut many, black_box(&key), &rows, &mut secrets);
    });
}
