//! ML-DSA with the engines of the kernels; Ed25519 and ECDSA with the crates that they come from.

use pqkm_core::{
    EcdsaP256, EcdsaP384, EcdsaP521, Ed25519, ExposeToken, Message, MlDsa44, MlDsa65, MlDsa87,
    PrivateKeyForm, SigningKey, hazmat,
};

use crate::{
    Expect::{Reported, Silent},
    Program, engine,
    marks::{SecretRng, leak, secret, secret_in, show},
};

pub const PROGRAMS: &[Program] = &[
    Program("ml-dsa/generate/portable", Silent, || generate("portable")),
    Program("ml-dsa/generate/avx2", Silent, || generate("avx2")),
    Program("ml-dsa/sign/portable", Silent, || sign("portable")),
    Program("ml-dsa/sign/avx2", Silent, || sign("avx2")),
    Program("ml-dsa/control/generate", Reported, control_generate),
    Program("ml-dsa/control/sign", Reported, control_sign),
    Program("ed25519/sign", Silent, ed25519),
    Program("ed25519/control", Reported, control_ed25519),
    Program("ecdsa-p256/sign", Silent, ecdsa_p256),
    Program("ecdsa-p384/sign", Silent, ecdsa_p384),
    Program("ecdsa-p521/sign", Silent, ecdsa_p521),
    Program("ecdsa/control", Reported, control_ecdsa),
];

/// More than the lanes of any engine.
const MANY: usize = 9;

const MESSAGE: &[u8] = b"message";

/// Key generation from secret seeds, one key and many.
fn generate(name: &str) {
    macro_rules! run {
        ($($set:ty),+) => {$(
            for count in [1, MANY] {
                let mut rng = SecretRng::new(1);
                let pairs = hazmat::generate_signature_pairs::<$set, _>(engine(name), count, &mut rng);
                for (_, pk) in pairs.unwrap().unwrap() {
                    // CT: the public key is published.
                    show(pk.as_bytes());
                }
            }
        )+};
    }
    run!(MlDsa44, MlDsa65, MlDsa87);
}

/// The expanded private key of a seed, all of it secret but rho and tr.
macro_rules! expanded {
    ($set:ty, $bytes:literal) => {{
        let key = SigningKey::<$set>::from_seed(&[0x42; 32]).unwrap();
        let der = key.expose(ExposeToken::acknowledge()).unwrap();
        let der = der.to_pkcs8_der_as(PrivateKeyForm::Expanded).unwrap();
        // sk = rho || K || tr || s_1 || s_2 || t_0
        let sk = &der.as_bytes()[der.as_bytes().len() - $bytes..];
        let sk = secret_in(sk, &[32..64, 128..$bytes]);
        SigningKey::<$set>::from_expanded(&sk).unwrap()
    }};
}

/// Import of an expanded key whose secret parts are marked, and signatures hedged with secret randomness, one and
/// many: enough for many rejections.
fn sign(name: &str) {
    let mut rng = SecretRng::new(2);
    macro_rules! run {
        ($($set:ty: $bytes:literal),+) => {$({
            let key = expanded!($set, $bytes).prepare_with(engine(name)).unwrap();
            let messages: Vec<_> = (0..MANY).map(|i| [i as u8; 5]).collect();
            let messages: Vec<_> = messages.iter().map(|bytes| Message::pure(bytes)).collect();
            let mut signatures = key.sign_many(&messages, &mut rng).unwrap();
            signatures.extend((0..4).map(|_| key.sign(MESSAGE, &mut rng).unwrap()));
            for signature in signatures {
                // CT: the signature is published.
                show(signature.as_bytes());
            }
        })+};
    }
    run!(MlDsa44: 2560, MlDsa65: 4032, MlDsa87: 4896);
}

fn control_generate() {
    let pairs = hazmat::generate_signature_pairs::<MlDsa65, _>(
        engine("portable"),
        1,
        &mut SecretRng::new(1),
    );
    let (key, _) = pairs.unwrap().unwrap().pop().unwrap();
    let der = key.expose(ExposeToken::acknowledge()).unwrap();
    let der = der.to_pkcs8_der_as(PrivateKeyForm::Expanded).unwrap();
    // s_1
    leak(&der.as_bytes()[der.as_bytes().len() - 4032 + 128..]);
}

fn control_sign() {
    let key = expanded!(MlDsa65, 4032).prepare();
    let mut rnd = hazmat::GivenBytes::new(&[7; 32]);
    let signature = key.sign(MESSAGE, &mut rnd).unwrap();
    // z: it depends on the private key, and only the program declares it public.
    leak(&signature.as_bytes()[48..]);
}

fn ed25519() {
    let key = SigningKey::<Ed25519>::from_raw_private_key(&secret(&[0x42; 32])).unwrap();
    let signature = key.sign(MESSAGE, &mut SecretRng::new(3)).unwrap();
    // CT: the signature is published.
    show(signature.as_bytes());
}

fn control_ed25519() {
    let key = SigningKey::<Ed25519>::from_raw_private_key(&secret(&[0x42; 32])).unwrap();
    leak(key.verifying_key().as_bytes());
}

macro_rules! ecdsa {
    ($name:ident, $set:ty, $bytes:literal) => {
        fn $name() {
            let private = secret_in(&[1; $bytes], &[1..$bytes]);
            let key = SigningKey::<$set>::from_raw_private_key(&private).unwrap();
            let signature = key.sign(MESSAGE, &mut SecretRng::new(4)).unwrap();
            // CT: the signature is published.
            show(signature.as_bytes());
        }
    };
}

ecdsa!(ecdsa_p256, EcdsaP256, 32);
ecdsa!(ecdsa_p384, EcdsaP384, 48);
ecdsa!(ecdsa_p521, EcdsaP521, 66);

fn control_ecdsa() {
    let private = secret_in(&[1; 32], &[1..32]);
    let key = SigningKey::<EcdsaP256>::from_raw_private_key(&private).unwrap();
    let exposed = key.expose(ExposeToken::acknowledge()).unwrap();
    leak(&exposed.to_raw_private_key()[1..]);
}
