//! Whole ML-DSA operations.

use core::hint::black_box;

use crate::engine::backend::Backend;
use crate::engine::keys::{PreparedSigningKey, PreparedVerifyingKey, key_gen_internal, key_gen_many};
use crate::engine::params::{MlDsa44, MlDsa65, MlDsa87, Params};
use crate::engine::sign::{Operation, sign_internal, sign_many};
use crate::engine::verify::{Claim, verify_internal, verify_many};
use crate::timing::report;
use pqkm_kernels::lanes::Token;

/// In batches of this many.
const MANY: usize = 256;

pub(crate) fn run<B: Backend + Token>(b: B) {
    set::<MlDsa44, B>(b, "mldsa44");
    set::<MlDsa65, B>(b, "mldsa65");
    set::<MlDsa87, B>(b, "mldsa87");
}

fn set<P: Params, B: Backend + Token>(b: B, name: &str) {
    let xi = [3; 32];
    let pair = key_gen_internal::<P, B>(b, &xi);
    report(B::NAME, &format!("{name}.generate"), 1, || {
        black_box(key_gen_internal::<P, B>(b, black_box(&xi)));
    });
    let seeds: Vec<[u8; 32]> = (0..8).map(|i| [i; 32]).collect();
    report(B::NAME, &format!("{name}.generate.batch"), 8, || {
        black_box(key_gen_many::<P, B>(b, black_box(&seeds)));
    });
    let key = PreparedSigningKey::new::<P, B>(b, &pair.sk);
    report(B::NAME, &format!("{name}.prepare signing key"), 1, || {
        black_box(PreparedSigningKey::new::<P, B>(b, black_box(&pair.sk)));
    });
    let mus = core::array::from_fn::<_, MANY, _>(|i| {
        let mut mu = [0; 64];
        b.shake256(&[&i.to_le_bytes()], &mut mu);
        mu
    });
    let operations = mus.map(|mu| Operation { key: &key, mu, rnd: [0; 32] });
    report(B::NAME, &format!("{name}.sign.prepared"), MANY, || {
        for operation in black_box(operations) {
            black_box(sign_internal::<P, B>(b, operation));
        }
    });
    let sigs = sign_many::<P, B>(b, &operations);
    report(B::NAME, &format!("{name}.sign.prepared.batch"), MANY, || {
        black_box(sign_many::<P, B>(b, black_box(&operations)));
    });
    let key = PreparedVerifyingKey::new::<P, B>(b, &pair.pk);
    let claims = core::array::from_fn::<_, MANY, _>(|i| Claim { key: &key, mu: mus[i], sig: &sigs[i] });
    report(B::NAME, &format!("{name}.verify.prepared"), 1, || {
        assert!(verify_internal::<P, B>(b, black_box(claims[0])));
    });
    report(B::NAME, &format!("{name}.verify.prepared.batch"), MANY, || {
        assert!(verify_many::<P, B>(b, black_box(&claims)).iter().all(|good| *good));
    });
    report(B::NAME, &format!("{name}.verify.bytes"), 1, || {
        let key = PreparedVerifyingKey::new::<P, B>(b, black_box(&pair.pk));
        assert!(verify_internal::<P, B>(b, Claim { key: &key, ..claims[0] }));
    });
}
