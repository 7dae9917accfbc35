//! Truncated, extended and altered signatures and keys are refused, without a panic.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test code: a panic is the failure"
)]

use pqkm_stateful::hazmat::LmsTree;
use pqkm_stateful::{DecodeError, HssVerifyingKey, LmotsAlgorithm, LmsAlgorithm, LmsVerifyingKey};

const MESSAGE: &[u8] = b"a message";

/// A two-level key and signature with trees of height 5, W8.
fn two_levels() -> (HssVerifyingKey, Vec<u8>) {
    let tree = |first: u8| {
        LmsTree::from_seed(
            LmsAlgorithm::Sha256M24H5,
            LmotsAlgorithm::Sha256N24W8,
            [first; 16],
            &[first; 32],
        )
        .unwrap()
    };
    let (top, bottom) = (tree(1), tree(2));
    let mut public = vec![0, 0, 0, 2];
    public.extend(top.verifying_key().to_bytes());
    let child = bottom.verifying_key().to_bytes();
    let mut signature = vec![0, 0, 0, 1];
    signature.extend(top.testing_only_sign(3, &[7; 32], &child).unwrap());
    signature.extend(child);
    signature.extend(bottom.testing_only_sign(31, &[8; 32], MESSAGE).unwrap());
    let key = HssVerifyingKey::from_bytes(&public).unwrap();
    key.verify(MESSAGE, &signature).unwrap();
    (key, signature)
}

#[test]
fn every_truncation_and_extension_of_a_signature_is_refused() {
    let (key, signature) = two_levels();
    for len in 0..signature.len() {
        assert!(
            key.verify(MESSAGE, &signature[..len]).is_err(),
            "{len} bytes"
        );
    }
    for extra in [0u8, 1, 0xff] {
        let longer = [&signature[..], &[extra]].concat();
        assert!(key.verify(MESSAGE, &longer).is_err());
    }
}

#[test]
fn every_bit_of_a_signature_counts() {
    let (key, mut signature) = two_levels();
    for byte in 0..signature.len() {
        for bit in 0..8 {
            signature[byte] ^= 1 << bit;
            assert!(
                key.verify(MESSAGE, &signature).is_err(),
                "byte {byte}, bit {bit}"
            );
            signature[byte] ^= 1 << bit;
        }
    }
    key.verify(MESSAGE, &signature).unwrap();
}

/// No altered key is taken for the same key, and none panics; those that decode do not verify the signature.
#[test]
fn every_truncation_and_bit_flip_of_a_public_key_is_refused() {
    let (key, signature) = two_levels();
    let mut bytes = key.to_bytes();
    for len in 0..bytes.len() {
        assert!(HssVerifyingKey::from_bytes(&bytes[..len]).is_err());
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(
        HssVerifyingKey::from_bytes(&longer),
        Err(DecodeError::Length)
    );
    for byte in 0..bytes.len() {
        for bit in 0..8 {
            bytes[byte] ^= 1 << bit;
            if let Ok(other) = HssVerifyingKey::from_bytes(&bytes) {
                assert_eq!(other.to_bytes(), bytes);
                assert!(
                    other.verify(MESSAGE, &signature).is_err(),
                    "byte {byte}, bit {bit}"
                );
            }
            bytes[byte] ^= 1 << bit;
        }
    }
}

#[test]
fn a_key_of_mixed_hash_functions_is_refused() {
    let mut bytes = vec![0, 0, 0, 5, 0, 0, 0, 9];
    bytes.extend([0; 48]);
    assert_eq!(
        LmsVerifyingKey::from_bytes(&bytes),
        Err(DecodeError::MixedHash)
    );
    bytes[7] = 5;
    assert_eq!(
        LmsVerifyingKey::from_bytes(&bytes),
        Err(DecodeError::MixedHash)
    );
    bytes[7] = 4;
    assert!(LmsVerifyingKey::from_bytes(&bytes).is_ok());
}

/// A signature whose `q` is beyond the tree would be checked against nodes that do not exist.
#[test]
fn a_leaf_beyond_the_tree_is_refused() {
    let (key, mut signature) = two_levels();
    for q in [32u32, 64, 1 << 31, u32::MAX] {
        signature[4..8].copy_from_slice(&q.to_be_bytes());
        assert!(key.verify(MESSAGE, &signature).is_err());
    }
}

/// Every hash with every w, in trees of height 5, signs and verifies.
#[test]
fn every_parameter_set_signs_and_verifies() {
    let mut pairs = 0;
    for &lms in LmsAlgorithm::ALL.iter().filter(|lms| lms.h() == 5) {
        for &ots in LmotsAlgorithm::ALL
            .iter()
            .filter(|ots| ots.hash() == lms.hash())
        {
            let tree = LmsTree::from_seed(lms, ots, [3; 16], &[4; 32]).unwrap();
            let key = tree.verifying_key();
            for q in [0, 1, 30, 31] {
                let signature = tree
                    .testing_only_sign(q, &[q.to_be_bytes()[3]; 32], MESSAGE)
                    .unwrap();
                assert_eq!(signature.len(), key.signature_len());
                key.verify(MESSAGE, &signature).unwrap();
                assert!(key.verify(b"another", &signature).is_err());
            }
            assert!(tree.testing_only_sign(32, &[0; 32], MESSAGE).is_none());
            pairs += 1;
        }
    }
    assert_eq!(pairs, 16);
}
