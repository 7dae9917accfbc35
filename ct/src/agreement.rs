//! X25519 and ECDH with the crates that they come from.

use pqkm_core::{AgreementKey, EcdhP256, EcdhP384, EcdhP521, ExposeToken, X25519};

use crate::{
    Expect::{Reported, Silent},
    Program,
    marks::{leak, secret, secret_in, show},
};

pub const PROGRAMS: &[Program] = &[
    Program("x25519/agree", Silent, x25519),
    Program("x25519/control", Reported, control_x25519),
    Program("ecdh-p256/agree", Silent, p256),
    Program("ecdh-p384/agree", Silent, p384),
    Program("ecdh-p521/agree", Silent, p521),
    Program("ecdh/control", Reported, control_p256),
];

macro_rules! agree {
    ($set:ty, $private:expr, $peer:expr) => {{
        let peer = AgreementKey::<$set>::from_raw_private_key($peer).unwrap();
        let key = AgreementKey::<$set>::from_raw_private_key(&$private).unwrap();
        key.agree(&peer.agreement_public_key()).unwrap()
    }};
}

fn x25519() {
    let secret = agree!(X25519, secret(&[0x42; 32]), &[7; 32]);
    show(secret.expose(ExposeToken::acknowledge()));
}

fn control_x25519() {
    let secret = agree!(X25519, secret(&[0x42; 32]), &[7; 32]);
    leak(secret.expose(ExposeToken::acknowledge()));
}

fn p256() {
    let secret = agree!(EcdhP256, secret_in(&[1; 32], &[1..32]), &[1; 32]);
    show(secret.expose(ExposeToken::acknowledge()));
}

fn p384() {
    let secret = agree!(EcdhP384, secret_in(&[1; 48], &[1..48]), &[1; 48]);
    show(secret.expose(ExposeToken::acknowledge()));
}

fn p521() {
    let secret = agree!(EcdhP521, secret_in(&[1; 66], &[1..66]), &[1; 66]);
    show(secret.expose(ExposeToken::acknowledge()));
}

fn control_p256() {
    let secret = agree!(EcdhP256, secret_in(&[1; 32], &[1..32]), &[1; 32]);
    leak(secret.expose(ExposeToken::acknowledge()));
}
