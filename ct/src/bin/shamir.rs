//! Sharing: a secret split with a secret generator, combined from exactly enough shares, from more, and with a wrong one
//! among them; and a share written to paper.

use pqkm_core::{KeyId, MlDsa44, SecretBytes, SigningKey, Version};
use pqkm_ct::{SecretRng, public, secret};
use pqkm_shamir::{Dealing, Plan, Threshold, raw, split};

fn main() {
    let mut rng = SecretRng::new(11);
    for (length, k, n) in [(32, 3, 5), (100, 2, 7), (5000, 4, 6)] {
        let bytes = vec![0x35; length];
        secret(&bytes);
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
    let bytes = [0x35; 32];
    secret(&bytes);
    let plan = Plan::new(2, &["a", "b", "c"]).unwrap();
    let dealing = Dealing {
        set_id: KeyId::from_bytes([1; 16]),
        generation: Version::FIRST,
        plan: &plan,
    };
    let set = split(&SecretBytes::copy_from(&bytes), &dealing, &dealer, rng).unwrap();
    for share in &set.shares {
        let paper = share.to_paper();
        // CT: the line is handed to its custodian.
        public(paper.as_bytes());
        println!("{}", paper.len());
    }
}
