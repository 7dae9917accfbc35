//! ML-KEM over thousands of random keys, ciphertexts and rejections, as one hash.
//!
//! The recipe is CCTV's (C2SP, ML-KEM, "Accumulated pq-crystals vectors") without `dk`. Its page still gives hashes
//! of the draft standard, whose key generation lacked the byte `k`; those below are the final standard's,
//! as Go's `crypto/mlkem` tests have them for ML-KEM-768.
#![expect(clippy::unwrap_used, reason = "a failure is the test's")]

use pqkm_core::{Ciphertext, DecapsulationKey, ExposeToken, MlKem768, hazmat::GivenBytes};
use shake::{ExtendableOutput, Shake128, Update, XofReader};

fn accumulate(count: usize) -> String {
    let mut inputs = Shake128::default().finalize_xof();
    let mut outputs = Shake128::default();
    for _ in 0..count {
        let mut seed = [0; 64];
        let mut m = [0; 32];
        let mut random = [0; 1088];
        inputs.read(&mut seed);
        inputs.read(&mut m);
        inputs.read(&mut random);

        let dk = DecapsulationKey::<MlKem768>::from_seed(&seed).unwrap();
        let ek = dk.encapsulation_key();
        let (ciphertext, sent) = ek.encapsulate(&mut GivenBytes::new(&m)).unwrap();
        let prepared = dk.prepare();
        let received = prepared.decapsulate(&ciphertext).unwrap();
        let rejected = prepared
            .decapsulate(&Ciphertext::from_bytes(&random).unwrap())
            .unwrap();
        let sent = sent.expose(ExposeToken::acknowledge());
        assert_eq!(sent, received.expose(ExposeToken::acknowledge()));

        outputs.update(ek.as_bytes());
        outputs.update(ciphertext.as_bytes());
        outputs.update(sent);
        outputs.update(rejected.expose(ExposeToken::acknowledge()));
    }
    let mut digest = [0; 32];
    outputs.finalize_xof().read(&mut digest);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_hundred() {
    assert_eq!(
        accumulate(100),
        "1114b1b6699ed191734fa339376afa7e285c9e6acf6ff0177d346696ce564415"
    );
}

#[test]
fn ten_thousand() {
    assert_eq!(
        accumulate(10_000),
        "8a518cc63da366322a8e7a818c7a0d63483cb3528d34a4cf42f35d5ad73f22fc"
    );
}
