//! LMS and HSS against `hbs-lms`, with SHA-256 and n = 32, where it follows the standard; and why that crate is not used.

use std::collections::HashSet;
use std::panic::catch_unwind;

use hbs_lms::signature::{SignerMut as _, Verifier as _};
use hbs_lms::{
    HashChain, HssParameter, LmotsAlgorithm, LmsAlgorithm, Seed, Sha256_192, Sha256_256,
    Shake256_256, SigningKey, VerifierSignature, VerifyingKey, keygen,
};
use pqkm::core::{Aes256Kwp, SysRng, WrappingKey};
use pqkm::stateful::store::MemoryStore;
use pqkm::stateful::{self, HssParameters, HssSigner, HssVerifyingKey};

const WIDTHS: [(LmotsAlgorithm, stateful::LmotsAlgorithm); 4] = [
    (
        LmotsAlgorithm::LmotsW1,
        stateful::LmotsAlgorithm::Sha256N32W1,
    ),
    (
        LmotsAlgorithm::LmotsW2,
        stateful::LmotsAlgorithm::Sha256N32W2,
    ),
    (
        LmotsAlgorithm::LmotsW4,
        stateful::LmotsAlgorithm::Sha256N32W4,
    ),
    (
        LmotsAlgorithm::LmotsW8,
        stateful::LmotsAlgorithm::Sha256N32W8,
    ),
];

fn theirs<H: HashChain>(levels: &[LmotsAlgorithm], seed: u8) -> (SigningKey<H>, VerifyingKey<H>) {
    let parameters: Vec<_> = levels
        .iter()
        .map(|&ots| HssParameter::new(ots, LmsAlgorithm::LmsH5))
        .collect();
    let mut secret = Seed::default();
    secret.as_mut_slice().fill(seed);
    keygen(&parameters, &secret, None).unwrap()
}

fn they_accept(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = VerifyingKey::<Sha256_256>::from_bytes(key).unwrap();
    let signature = VerifierSignature::from_ref(signature).unwrap();
    key.verify(message, &signature).is_ok()
}

#[test]
fn our_signatures_are_theirs_to_verify() {
    for (_, top) in WIDTHS {
        for (_, bottom) in WIDTHS {
            let h5 = stateful::LmsAlgorithm::Sha256M32H5;
            for levels in [&[(h5, bottom)][..], &[(h5, top), (h5, bottom)]] {
                let parameters = HssParameters::new(levels).unwrap();
                let wrapping = WrappingKey::<Aes256Kwp>::generate(&mut SysRng).unwrap();
                let store = MemoryStore::new();
                let signer = HssSigner::create(store, parameters, &wrapping, &mut SysRng).unwrap();
                let key = signer.verifying_key().to_bytes();
                let mut reservation = signer.reserve(4).unwrap();
                for message in [&b""[..], b"one", &[7; 1000]] {
                    let signature = reservation
                        .sign_next(&signer, message, &mut SysRng)
                        .unwrap();
                    assert!(they_accept(&key, message, signature.as_bytes()));
                    assert!(!they_accept(&key, b"another", signature.as_bytes()));
                }
            }
        }
    }
}

#[test]
fn their_signatures_are_ours_to_verify() {
    for (top, _) in WIDTHS {
        for (bottom, _) in WIDTHS {
            for levels in [&[bottom][..], &[top, bottom]] {
                let (mut signing, public) = theirs::<Sha256_256>(levels, 1);
                let key = HssVerifyingKey::from_bytes(public.as_slice()).unwrap();
                for message in [&b""[..], b"one", &[7; 1000]] {
                    let signature = signing.try_sign(message).unwrap();
                    key.verify(message, signature.as_ref()).unwrap();
                    assert!(key.verify(b"another", signature.as_ref()).is_err());
                }
            }
        }
    }
}

/// Both refuse the same signatures with a changed bit. Bits of type codes and lengths are left to the next test: there they may panic.
#[test]
fn changed_bits_are_refused_by_both() {
    let (mut signing, public) = theirs::<Sha256_256>(&[LmotsAlgorithm::LmotsW8], 2);
    let key = HssVerifyingKey::from_bytes(public.as_slice()).unwrap();
    let signature = signing.try_sign(b"m").unwrap().as_ref().to_vec();
    for bit in (12 * 8..signature.len() * 8).step_by(61) {
        let mut changed = signature.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(key.verify(b"m", &changed).is_err());
        let accepted = catch_unwind(|| they_accept(public.as_slice(), b"m", &changed));
        assert!(!accepted.unwrap_or(false), "bit {bit}");
    }
}

/// Why it is not used, 1: what an attacker sends makes its verifier panic. Ours answers.
#[test]
fn it_panics_at_short_signatures_and_ours_does_not() {
    let (mut signing, public) = theirs::<Sha256_256>(&[LmotsAlgorithm::LmotsW8], 3);
    let key = HssVerifyingKey::from_bytes(public.as_slice()).unwrap();
    let signature = signing.try_sign(b"m").unwrap().as_ref().to_vec();
    let mut panics = 0;
    for len in 0..signature.len() {
        assert!(key.verify(b"m", &signature[..len]).is_err());
        let cut = &signature[..len];
        panics += u32::from(catch_unwind(|| they_accept(public.as_slice(), b"m", cut)).is_err());
    }
    println!("hbs-lms panics at {panics} of {} lengths", signature.len());
    assert!(panics > 0);
}

/// After the last one-time key no signature of theirs verifies; ours says that there is none left.
#[test]
fn both_end_with_the_last_one_time_key() {
    let (mut signing, public) = theirs::<Sha256_256>(&[LmotsAlgorithm::LmotsW4], 4);
    let key = HssVerifyingKey::from_bytes(public.as_slice()).unwrap();
    let mut leaves = HashSet::new();
    let mut again = 0;
    for number in 0..70u8 {
        let Ok(signature) = signing.try_sign(&[number]) else {
            continue;
        };
        if key.verify(&[number], signature.as_ref()).is_ok() {
            again += u32::from(!leaves.insert(signature.as_ref()[4..8].to_vec()));
        }
    }
    assert_eq!((leaves.len(), again), (32, 0));

    let level = (
        stateful::LmsAlgorithm::Sha256M32H5,
        stateful::LmotsAlgorithm::Sha256N32W4,
    );
    let parameters = HssParameters::new(&[level]).unwrap();
    let wrapping = WrappingKey::<Aes256Kwp>::generate(&mut SysRng).unwrap();
    let signer = HssSigner::create(MemoryStore::new(), parameters, &wrapping, &mut SysRng).unwrap();
    assert_eq!(signer.reserve(32).unwrap().remaining(), 32);
    assert!(signer.reserve(1).is_err());
}

/// Why it is not used, 2: its keys with a shorter output or SHAKE carry the type codes of SHA-256/256 (RFC 9858 has others).
#[test]
fn its_type_codes_are_wrong_beyond_sha256_256() {
    let codes = |key: &[u8]| {
        let code = |at: usize| u32::from_be_bytes(key[at..at + 4].try_into().unwrap());
        (code(4), code(8))
    };
    let (_, right) = theirs::<Sha256_256>(&[LmotsAlgorithm::LmotsW4], 5);
    assert_eq!(codes(right.as_slice()), (5, 3));
    let (_, short) = theirs::<Sha256_192>(&[LmotsAlgorithm::LmotsW4], 5);
    let (_, shake) = theirs::<Shake256_256>(&[LmotsAlgorithm::LmotsW4], 5);
    let h5 = [
        stateful::LmsAlgorithm::Sha256M24H5,
        stateful::LmsAlgorithm::ShakeM32H5,
    ];
    for (key, right) in [short.as_slice(), shake.as_slice()].iter().zip(h5) {
        assert_ne!(codes(key).0, right.code());
    }
    // So ours does not read the one, and the other is another key to it.
    assert!(HssVerifyingKey::from_bytes(short.as_slice()).is_err());
}

/// Why it is not used, 3: a signing key can be cloned, and both clones sign with the same one-time key.
#[test]
fn its_keys_can_be_cloned_and_sign_twice() {
    let (mut signing, _) = theirs::<Sha256_256>(&[LmotsAlgorithm::LmotsW4], 6);
    let mut clone = signing.clone();
    let first = signing.try_sign(b"one").unwrap();
    let second = clone.try_sign(b"two").unwrap();
    assert_eq!(first.as_ref()[4..8], second.as_ref()[4..8]);
}
