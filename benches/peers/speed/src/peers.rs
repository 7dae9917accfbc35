//! Everybody else. A file a project; each enters its contenders into the contests it has calls for.
//!
//! The rules are the same for all: randomness is the operating system's, drawn by the peer or, if
//! it takes it as an argument, drawn here and inside the measured time; `bytes` works begin with
//! the encoded key and include the standard's input check where the peer has one; keys are
//! generated without a pairwise consistency test; a signature or a ciphertext is read from bytes.

#[cfg(not(target_arch = "x86_64"))]
compile_error!("the code that this table compares with is the peers' x86-64 code");

mod aws_lc;
mod crypto_pq;
mod fips;
mod graviola;
pub(crate) mod kernels;
mod libcrux;
mod pqclean;
mod pqcrypto;
mod rustcrypto;

pub(crate) use kernels::{keccak, ring3329, ring8380417};

use std::rc::Rc;

use crate::fixture::{mldsa, mlkem};
use crate::measure::Contender;

/// What the peers' fast code needs; without it the comparison would be with something else.
pub(crate) fn cpu_suffices() -> bool {
    use std::arch::is_x86_feature_detected as has;
    has!("avx2") && has!("bmi1") && has!("bmi2") && has!("adx") && has!("aes") && has!("pclmulqdq")
}

/// The contenders of one ML-KEM parameter set, by work.
#[derive(Default)]
pub(crate) struct Kem {
    pub(crate) generate: Vec<Contender>,
    pub(crate) encapsulate_bytes: Vec<Contender>,
    pub(crate) encapsulate_prepared: Vec<Contender>,
    pub(crate) decapsulate_prepared: Vec<Contender>,
}

/// The contenders of one ML-DSA parameter set, by work.
#[derive(Default)]
pub(crate) struct Dsa {
    pub(crate) generate: Vec<Contender>,
    pub(crate) sign_prepared: Vec<Contender>,
    pub(crate) verify_bytes: Vec<Contender>,
    pub(crate) verify_prepared: Vec<Contender>,
}

pub(crate) fn kem(fixture: &Rc<mlkem::Fixture>) -> Kem {
    let mut kem = Kem::default();
    for enter in [
        crypto_pq::enter_kem,
        graviola::enter_kem,
        libcrux::enter_kem,
        aws_lc::enter_kem,
        pqcrypto::enter_kem,
        fips::enter_kem,
        rustcrypto::enter_kem,
    ] {
        enter(fixture, &mut kem);
    }
    kem
}

pub(crate) fn dsa(fixture: &Rc<mldsa::Fixture>) -> Dsa {
    let mut dsa = Dsa::default();
    for enter in [
        crypto_pq::enter_dsa,
        libcrux::enter_dsa,
        aws_lc::enter_dsa,
        pqcrypto::enter_dsa,
        fips::enter_dsa,
        rustcrypto::enter_dsa,
    ] {
        enter(fixture, &mut dsa);
    }
    dsa
}
