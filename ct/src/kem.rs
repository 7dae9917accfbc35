//! ML-KEM with the engines of the kernels, X-Wing, and HPKE.

use pqkm_core::{
    Ciphertext, DecapsulationKey, ExposeToken, HpkeKdf, HpkeRecipient, HpkeSender, MlKem512,
    MlKem768, MlKem1024, PrivateKeyForm, XWing, hazmat,
};

use crate::{
    Expect::{Reported, Silent},
    Program, engine,
    marks::{SecretRng, leak, public, secret, secret_in, show},
};

pub const PROGRAMS: &[Program] = &[
    Program("ml-kem/generate/portable", Silent, || generate("portable")),
    Program("ml-kem/generate/avx2", Silent, || generate("avx2")),
    Program("ml-kem/encapsulate/portable", Silent, || {
        encapsulate("portable");
    }),
    Program("ml-kem/encapsulate/avx2", Silent, || encapsulate("avx2")),
    Program("ml-kem/decapsulate/portable", Silent, || {
        decapsulate("portable");
    }),
    Program("ml-kem/decapsulate/avx2", Silent, || decapsulate("avx2")),
    Program("ml-kem/control/generate", Reported, control_generate),
    Program("ml-kem/control/encapsulate", Reported, control_encapsulate),
    Program("ml-kem/control/decapsulate", Reported, control_decapsulate),
    Program("x-wing", Silent, x_wing),
    Program("x-wing/control", Reported, control_x_wing),
    Program("hpke", Silent, hpke),
    Program("hpke/control", Reported, control_hpke),
];

/// More than the lanes of any engine, so that full groups and single operations both run.
const MANY: usize = 9;

/// Runs a body for each parameter set, with its k.
macro_rules! each_set {
    ($set:ident, $k:ident => $body:block) => {{
        each_set!(@ $set, $k, $body, MlKem512, 2);
        each_set!(@ $set, $k, $body, MlKem768, 3);
        each_set!(@ $set, $k, $body, MlKem1024, 4);
    }};
    (@ $set:ident, $k:ident, $body:block, $name:ident, $value:literal) => {{
        type $set = $name;
        const $k: usize = $value;
        let _ = $k;
        $body
    }};
}

/// Key generation from secret seeds, one key and many.
fn generate(name: &str) {
    each_set!(Set, K => {
        for count in [1, MANY] {
            let mut rng = SecretRng::new(1);
            let pairs = hazmat::generate_kem_pairs::<Set, _>(engine(name), count, &mut rng);
            for (_, ek) in pairs.unwrap().unwrap() {
                // CT: the encapsulation key is published.
                show(ek.as_bytes());
            }
        }
    });
}

/// Encapsulation with secret randomness: one, many, and to many keys.
fn encapsulate(name: &str) {
    let mut rng = SecretRng::new(2);
    each_set!(Set, K => {
        let key = DecapsulationKey::<Set>::from_seed(&[0x42; 64]).unwrap().encapsulation_key();
        let prepared = key.prepare_with(engine(name)).unwrap();
        // CT: the ciphertexts are sent.
        show(prepared.encapsulate(&mut rng).unwrap().0.as_bytes());
        for (ciphertext, _) in prepared.encapsulate_many(MANY, &mut rng).unwrap() {
            show(ciphertext.as_bytes());
        }
        let each = hazmat::encapsulate_each(engine(name), &[&key; MANY], &mut rng);
        for (ciphertext, _) in each.unwrap().unwrap() {
            show(ciphertext.as_bytes());
        }
    });
}

/// Import of an expanded key whose secret parts are marked, and decapsulation of right and of damaged ciphertexts,
/// one and many.
fn decapsulate(name: &str) {
    let mut rng = SecretRng::new(3);
    each_set!(Set, K => {
        let key = DecapsulationKey::<Set>::from_seed(&[0x42; 64]).unwrap();
        let der = key.expose(ExposeToken::acknowledge()).unwrap();
        let der = der.to_pkcs8_der_as(PrivateKeyForm::Expanded).unwrap();
        // dk = dk_pke || ek || H(ek) || z
        let dk = &der.as_bytes()[der.as_bytes().len() - (768 * K + 96)..];
        let dk = secret_in(dk, &[0..384 * K, dk.len() - 32..dk.len()]);
        let (ciphertext, _) = key.encapsulation_key().encapsulate(&mut rng).unwrap();
        // CT: the ciphertext is sent.
        let bytes = public(ciphertext.as_bytes());
        let mut damaged = bytes.clone();
        damaged[7] ^= 1;
        let ciphertext = Ciphertext::<Set>::from_bytes(&bytes).unwrap();
        let damaged = Ciphertext::<Set>::from_bytes(&damaged).unwrap();
        let prepared = DecapsulationKey::<Set>::from_expanded(&dk).unwrap();
        let prepared = prepared.prepare_with(engine(name)).unwrap();
        let mut many = vec![&ciphertext; MANY];
        many[4] = &damaged;
        let mut secrets = prepared.decapsulate_many(&many).unwrap();
        secrets.extend([&ciphertext, &damaged].map(|one| prepared.decapsulate(one)));
        for secret in secrets {
            show(secret.unwrap().expose(ExposeToken::acknowledge()));
        }
    });
}

fn control_generate() {
    let mut rng = SecretRng::new(1);
    let pairs = hazmat::generate_kem_pairs::<MlKem768, _>(engine("portable"), 1, &mut rng);
    let (dk, _) = pairs.unwrap().unwrap().pop().unwrap();
    let der = dk.expose(ExposeToken::acknowledge()).unwrap();
    let der = der.to_pkcs8_der_as(PrivateKeyForm::Expanded).unwrap();
    // s_hat
    leak(&der.as_bytes()[der.as_bytes().len() - 2400..]);
}

fn control_encapsulate() {
    let key = DecapsulationKey::<MlKem768>::from_seed(&[0x42; 64]).unwrap();
    let prepared = key.encapsulation_key().prepare();
    let (_, secret) = prepared.encapsulate(&mut SecretRng::new(2)).unwrap();
    leak(secret.expose(ExposeToken::acknowledge()));
}

fn control_decapsulate() {
    let key = DecapsulationKey::<MlKem768>::from_seed(&[0x42; 64]).unwrap();
    let der = key.expose(ExposeToken::acknowledge()).unwrap();
    let der = der.to_pkcs8_der_as(PrivateKeyForm::Expanded).unwrap();
    let dk = &der.as_bytes()[der.as_bytes().len() - 2400..];
    let dk = DecapsulationKey::<MlKem768>::from_expanded(&secret_in(dk, &[0..1152])).unwrap();
    let mut coins = hazmat::GivenBytes::new(&[7; 32]);
    let (ciphertext, _) = key.encapsulation_key().encapsulate(&mut coins).unwrap();
    let secret = dk.decapsulate(&ciphertext).unwrap();
    leak(secret.expose(ExposeToken::acknowledge()));
}

/// Generation, encapsulation with secret randomness, decapsulation under a secret seed.
fn x_wing() {
    let mut rng = SecretRng::new(4);
    let key = DecapsulationKey::<XWing>::from_raw_private_key(&secret(&[0x42; 32])).unwrap();
    // CT: the encapsulation key is published.
    let ek = public(key.encapsulation_key().as_bytes());
    let ek = pqkm_core::EncapsulationKey::<XWing>::from_bytes(&ek).unwrap();
    let (ciphertext, _) = ek.encapsulate(&mut rng).unwrap();
    // CT: the ciphertext is sent.
    let mut bytes = public(ciphertext.as_bytes());
    for _ in 0..2 {
        let ciphertext = Ciphertext::<XWing>::from_bytes(&bytes).unwrap();
        let secret = key.decapsulate(&ciphertext).unwrap();
        show(secret.expose(ExposeToken::acknowledge()));
        bytes[7] ^= 1;
    }
}

fn control_x_wing() {
    let key = DecapsulationKey::<XWing>::from_raw_private_key(&[0x42; 32]).unwrap();
    let ek = key.encapsulation_key();
    let (_, secret) = ek.encapsulate(&mut SecretRng::new(4)).unwrap();
    leak(secret.expose(ExposeToken::acknowledge()));
}

/// A sender and a recipient of a secret seed, with each key derivation function; messages and exported secrets.
fn hpke() {
    let key = DecapsulationKey::<XWing>::from_raw_private_key(&secret(&[0x42; 32])).unwrap();
    // CT: the encapsulation key is published.
    let ek = public(key.encapsulation_key().as_bytes());
    let ek = pqkm_core::EncapsulationKey::<XWing>::from_bytes(&ek).unwrap();
    let mut rng = SecretRng::new(9);
    for kdf in [HpkeKdf::HkdfSha256, HpkeKdf::HkdfSha384, HpkeKdf::Shake256] {
        let (encapsulated, mut sender) = HpkeSender::new(&ek, kdf, b"info", &mut rng).unwrap();
        // CT: encapsulation and messages are sent.
        let encapsulated = public(encapsulated.as_bytes());
        let mut sealed = public(&sender.seal(b"aad", &secret(&[7; 100])).unwrap());
        let encapsulated = Ciphertext::<XWing>::from_bytes(&encapsulated).unwrap();
        let mut recipient = HpkeRecipient::new(&key, kdf, b"info", &encapsulated).unwrap();
        sealed[5] ^= 1;
        println!("{}", recipient.open(b"aad", &sealed).is_ok());
        sealed[5] ^= 1;
        println!("{}", recipient.open(b"aad", &sealed).is_ok());
        let exported = recipient.export(b"context", 40).unwrap();
        show(exported.expose(ExposeToken::acknowledge()));
    }
}

fn control_hpke() {
    let key = DecapsulationKey::<MlKem768>::from_seed(&[0x42; 64]).unwrap();
    let kdf = HpkeKdf::Shake256;
    let ek = key.encapsulation_key();
    let (_, sender) = HpkeSender::new(&ek, kdf, b"", &mut SecretRng::new(9)).unwrap();
    leak(
        sender
            .export(b"", 32)
            .unwrap()
            .expose(ExposeToken::acknowledge()),
    );
}
