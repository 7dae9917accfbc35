//! LMS and HSS: public keys and signatures.

use std::sync::LazyLock;

use pqkm_stateful::{
    HssVerifyingKey, LmotsAlgorithm, LmsAlgorithm, LmsVerifyingKey, hazmat::LmsTree,
};

use crate::{Target, target};

pub const TARGETS: &[Target] = &[
    target!(lms_key, || vec![TREE.0.clone()]),
    target!(lms_signature, || vec![TREE.1.clone()]),
    target!(hss_key, || vec![in_one_level(1, &TREE.0)]),
    target!(hss_signature, || vec![in_one_level(0, &TREE.1)]),
];

const MESSAGE: &[u8] = b"message";

/// A public key, and a signature under it.
static TREE: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let lms = LmsAlgorithm::from_code(5).unwrap();
    let ots = LmotsAlgorithm::from_code(4).unwrap();
    let tree = LmsTree::from_seed(lms, ots, [1; 16], &[2; 32]).unwrap();
    let signature = tree.testing_only_sign(3, &[4; 32], MESSAGE).unwrap();
    (tree.verifying_key().to_bytes(), signature)
});

/// HSS with one level writes a number before what LMS has: of levels in a key, of signed keys in a signature
/// (RFC 8554, section 6).
fn in_one_level(number: u32, of_lms: &[u8]) -> Vec<u8> {
    [&number.to_be_bytes(), of_lms].concat()
}

fn lms_key(data: &[u8]) -> bool {
    LmsVerifyingKey::from_bytes(data).is_ok_and(|key| {
        assert_eq!(key.to_bytes(), data);
        true
    })
}

fn lms_signature(data: &[u8]) -> bool {
    let key = LmsVerifyingKey::from_bytes(&TREE.0).unwrap();
    let accepted = key.verify(MESSAGE, data).is_ok();
    assert!(!accepted || data == TREE.1, "a second signature verifies");
    accepted
}

fn hss_key(data: &[u8]) -> bool {
    HssVerifyingKey::from_bytes(data).is_ok_and(|key| {
        assert_eq!(key.to_bytes(), data);
        true
    })
}

fn hss_signature(data: &[u8]) -> bool {
    let key = HssVerifyingKey::from_bytes(&in_one_level(1, &TREE.0)).unwrap();
    let accepted = key.verify(MESSAGE, data).is_ok();
    assert!(
        !accepted || data[4..] == TREE.1,
        "a second signature verifies"
    );
    accepted
}
