//! Sharing: a secret split with a secret generator, combined from exactly enough shares, from more, and with a wrong
//! one among them; and a share written to paper.

use pqkm_core::{KeyId, MlDsa44, SecretBytes, SigningKey, Version};
use pqkm_shamir::{Dealing, Plan, Threshold, raw, split};
use rand_core::TryRng;

use crate::{
    Expect::{Reported, Silent},
    Program,
    marks::{SecretRng, public, secret},
};

pub const PROGRAMS: &[Program] = &[
    Program("shamir", Silent, sharing),
    Program("shamir/control", Reported, control_table),
];

fn sharing() {
    let mut rng = SecretRng::new(11);
    for (length, k, n) in [(32, 3, 5), (100, 2, 7), (5000, 4, 6)] {
        let bytes = secret(&vec![0x35; length]);
        let shares = raw::split(&bytes, Threshold::new(k, n).unwrap(), &mut rng).unwrap();
        let mut given: Vec<_> = shares.iter().collect();
        println!("{}", raw::combine(k, &given[..usize::from(k)]).is_ok());
        println!("{}", raw::combine(k, &given).is_ok());
        let mut wrong = given[1].value().to_vec();
        wrong[7] ^= 1;
        given[1] = raw::RawShare::new(2, &wrong).unwrap();
        println!("{}", raw::combine(k, &given).is_ok());
    }
    on_paper(&mut rng);
}

fn on_paper(rng: &mut SecretRng) {
    let dealer = SigningKey::<MlDsa44>::from_seed(&[1; 32]).unwrap();
    let plan = Plan::new(2, &["a", "b", "c"]).unwrap();
    let dealing = Dealing {
        set_id: KeyId::from_bytes([1; 16]),
        generation: Version::FIRST,
        plan: &plan,
    };
    let bytes = SecretBytes::copy_from(&secret(&[0x35; 32]));
    let set = split(&bytes, &dealing, &dealer, rng).unwrap();
    for share in &set.shares {
        // CT: the line is handed to its custodian.
        println!(
            "{}",
            public(share.to_paper().expect("short enough").as_bytes()).len()
        );
    }
}

/// A product in GF(2^8) from tables of logarithms, as sharing crates compute it.
fn control_table() {
    let (mut logarithms, mut powers, mut power) = ([0u8; 256], [0u8; 255], 1u8);
    for exponent in 0..=254u8 {
        powers[usize::from(exponent)] = power;
        logarithms[usize::from(power)] = exponent;
        power ^= power << 1 ^ (0x1b & (power >> 7).wrapping_neg());
    }
    let mut drawn = [0; 2];
    SecretRng::new(1).try_fill_bytes(&mut drawn).unwrap();
    let [a, b] = drawn.map(|byte| usize::from(logarithms[usize::from(byte)]));
    println!("{}", powers[(a + b) % 255]);
}
