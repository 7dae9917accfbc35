//! Byte for byte against `ml-dsa`, with every token.

use ml_dsa::signature::Keypair;
use ml_dsa::{EncodedSignature, EncodedVerifyingKey, ExpandedSigningKey, MlDsaParams, Seed};
use pqkm_kernels::lanes::{Avx2, Avx512, Portable, Token};

use super::engine::backend::Backend;
use super::engine::keys::{
    PreparedSigningKey, PreparedVerifyingKey, is_consistent, key_gen_internal, key_gen_many,
};
use super::engine::params::{MlDsa44, MlDsa65, MlDsa87, Params};
use super::engine::sign::{Operation, sign_internal, sign_many};
use super::engine::verify::{Claim, verify_internal, verify_many};

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ x >> 31
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        core::array::from_fn(|_| self.next() as u8)
    }
}

fn every<P: Params, B: Backend + Token, R: MlDsaParams>(token: Option<B>) {
    let Some(b) = token else {
        println!("skipped: this CPU has no {}", B::NAME);
        return;
    };
    let mut random = Random(P::SIG as u64);
    let seeds: Vec<[u8; 32]> = (0..11).map(|_| random.bytes()).collect();
    let pairs = key_gen_many::<P, B>(b, &seeds);
    let theirs: Vec<ExpandedSigningKey<R>> =
        seeds.iter().map(|xi| ExpandedSigningKey::from_seed(&Seed::from(*xi))).collect();
    for ((xi, pair), theirs) in seeds.iter().zip(&pairs).zip(&theirs) {
        #[expect(deprecated, reason = "the expanded form is what is compared")]
        let sk = theirs.to_expanded();
        assert_eq!(pair.sk, sk.as_slice(), "{} private key", B::NAME);
        assert_eq!(pair.pk, theirs.verifying_key().encode().as_slice(), "{} public key", B::NAME);
        assert_eq!(*pair, key_gen_internal::<P, B>(b, xi));
        assert!(is_consistent::<P, B>(b, &pair.sk));
    }
    let signing: Vec<_> =
        pairs.iter().map(|pair| PreparedSigningKey::new::<P, B>(b, &pair.sk)).collect();
    let verifying: Vec<_> =
        pairs.iter().map(|pair| PreparedVerifyingKey::new::<P, B>(b, &pair.pk)).collect();
    let mut expected = Vec::new();
    let mut operations = Vec::new();
    for round in 0..4 {
        for ((theirs, key), verifying) in theirs.iter().zip(&signing).zip(&verifying) {
            assert_eq!(key.tr, verifying.tr);
            let message = &random.bytes::<200>()[..(random.next() % 200) as usize];
            let rnd: [u8; 32] = if round == 0 { [0; 32] } else { random.bytes() };
            expected.push(theirs.sign_internal(&[message], &rnd.into()).encode());
            let mut mu = [0; 64];
            b.shake256(&[&key.tr, message], &mut mu);
            operations.push(Operation { key, mu, rnd });
        }
    }
    let found = sign_many::<P, B>(b, &operations);
    for ((found, expected), operation) in found.iter().zip(&expected).zip(&operations) {
        assert_eq!(found.as_slice(), expected.as_slice(), "{} batch signature", B::NAME);
        assert_eq!(*found, sign_internal::<P, B>(b, *operation), "{} signature", B::NAME);
    }
    // Good and damaged signatures.
    let mut claims = Vec::new();
    let mut damaged: Vec<Vec<u8>> = Vec::new();
    for sig in &found {
        let mut sig = sig.clone();
        let bit = random.next() as usize % (8 * sig.len());
        sig[bit / 8] ^= 1 << (bit % 8);
        damaged.push(sig);
    }
    for (i, operation) in operations.iter().enumerate() {
        let key = &verifying[i % verifying.len()];
        claims.push(Claim { key, mu: operation.mu, sig: &found[i] });
        claims.push(Claim { key, mu: operation.mu, sig: &damaged[i] });
        claims.push(Claim { key, mu: operation.mu, sig: &found[i][1..] });
    }
    let good = verify_many::<P, B>(b, &claims);
    for (i, (claim, good)) in claims.iter().zip(good).enumerate() {
        let theirs = theirs[i / 3 % theirs.len()].verifying_key();
        let reference = EncodedSignature::<R>::try_from(claim.sig)
            .ok()
            .and_then(|sig| ml_dsa::Signature::<R>::decode(&sig))
            .is_some_and(|sig| theirs.verify_mu(&claim.mu.into(), &sig));
        assert_eq!(good, reference, "{} verification", B::NAME);
        assert_eq!(good, i % 3 == 0);
        assert_eq!(good, verify_internal::<P, B>(b, *claim));
    }
}

macro_rules! sets {
    ($($name:ident: $ours:ty, $theirs:ty;)*) => {$(
        #[test]
        fn $name() {
            every::<$ours, Portable, $theirs>(Portable::detect());
            every::<$ours, Avx2, $theirs>(Avx2::detect());
            every::<$ours, Avx512, $theirs>(Avx512::detect());
        }
    )*};
}

sets! {
    mldsa44_equals_the_reference: MlDsa44, ml_dsa::MlDsa44;
    mldsa65_equals_the_reference: MlDsa65, ml_dsa::MlDsa65;
    mldsa87_equals_the_reference: MlDsa87, ml_dsa::MlDsa87;
}

fn inconsistent<P: Params>() {
    let b = Portable::new();
    let pair = key_gen_internal::<P, _>(b, &[7; 32]);
    assert!(is_consistent::<P, _>(b, &pair.sk));
    for at in (0..32).chain(64..pair.sk.len()).step_by(31) {
        let mut sk = pair.sk.clone();
        sk[at] ^= 1;
        assert!(!is_consistent::<P, _>(b, &sk), "byte {at}");
    }
    assert!(!is_consistent::<P, _>(b, &pair.sk[1..]));
}

#[test]
fn a_changed_private_key_is_inconsistent() {
    inconsistent::<MlDsa44>();
    inconsistent::<MlDsa65>();
    inconsistent::<MlDsa87>();
}
