//! RFC 8554, RFC 9858, liboqs and Bouncy Castle: signatures that others made.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::integer_division_remainder_used,
    reason = "test code: a panic is the failure"
)]

mod support;

use pqkm_stateful::hazmat::LmsTree;
use pqkm_stateful::{HssVerifyingKey, LmotsAlgorithm, LmsAlgorithm, LmsVerifyingKey};
use support::{hex, load, records};

/// RFC 8554 test cases 1 and 2; the three cases of RFC 9858 (its draft's text has the same bytes).
#[test]
fn rfc_8554_and_9858_signatures_verify() {
    let Some(text) = load("botan_hss_lms_verify.vec") else {
        return;
    };
    let cases = records(&text, '=');
    assert_eq!(cases.len(), 5);
    for case in cases {
        let key = HssVerifyingKey::from_bytes(&case["PublicKey"]).unwrap();
        assert_eq!(key.to_bytes(), case["PublicKey"]);
        key.verify(&case["Msg"], &case["Signature"]).unwrap();
        assert!(key.verify(b"another message", &case["Signature"]).is_err());
    }
}

#[test]
fn liboqs_signatures_verify() {
    for set in ["H5_W1", "H5_W2", "H5_W4", "H5_W8", "H10_W4", "H10_W8"] {
        let Some(text) = load(&format!("oqs_LMS_SHA256_{set}.rsp")) else {
            return;
        };
        let cases = records(&text, '=');
        assert_eq!(cases.len(), 1);
        let (pk, msg, sm) = (&cases[0]["pk"], &cases[0]["msg"], &cases[0]["sm"]);
        // The W1 file has a bare LMS key and signature (from ACVP), the others HSS with one level.
        if pk.len() == 56 {
            LmsVerifyingKey::from_bytes(pk)
                .unwrap()
                .verify(msg, sm)
                .unwrap();
        } else {
            HssVerifyingKey::from_bytes(pk)
                .unwrap()
                .verify(msg, sm)
                .unwrap();
        }
    }
}

/// Keys and signatures of one to three levels made from seeds by the RFC authors' implementation: ours are the same bytes.
#[test]
fn bouncy_castle_keys_and_signatures_are_reproduced() {
    let Some(text) = load("bc_depth_1.txt") else {
        return;
    };
    let cases = records(&text, ':');
    assert_eq!(cases.len(), 10);
    for case in cases {
        let (rand, public) = (&case["Rand"], &case["HSSPublicKey"]);
        let (message, signature) = (&case["Message"], &case["Signature"]);
        HssVerifyingKey::from_bytes(public)
            .unwrap()
            .verify(message, signature)
            .unwrap();

        let mut seed: [u8; 32] = rand[..32].try_into().unwrap();
        let mut id: [u8; 16] = rand[32..].try_into().unwrap();
        let mut trees = Vec::new();
        for (&lms, &ots) in case["LMType"].iter().zip(&case["LMOtsType"]) {
            let lms = LmsAlgorithm::from_code(u32::from(lms)).unwrap();
            let ots = LmotsAlgorithm::from_code(u32::from(ots)).unwrap();
            let tree = LmsTree::from_seed(lms, ots, id, &seed).unwrap();
            (seed, id) = tree.child_seed(0);
            trees.push(tree);
        }
        assert_eq!(trees[0].verifying_key().to_bytes(), public[4..]);
        // Every one of these signatures is the first of its key: q = 0 on all levels.
        let mut ours = signature[..4].to_vec();
        for (at, tree) in trees.iter().enumerate() {
            let child = trees
                .get(at + 1)
                .map(|tree| tree.verifying_key().to_bytes());
            let signed = child.as_ref().unwrap_or(message);
            ours.extend(
                tree.testing_only_sign(0, &tree.randomizer(0), signed)
                    .unwrap(),
            );
            ours.extend(child.unwrap_or_default());
        }
        assert_eq!(ours, *signature);
    }
}

/// RFC 9858, Appendix A prints seed and identifier of its keys: the same roots and, with its C, the same signatures.
#[test]
fn rfc_9858_keys_and_signatures_are_reproduced() {
    let Some(text) = load("botan_hss_lms_verify.vec") else {
        return;
    };
    let printed = [(0x00u8, 24), (0x30, 24), (0x60, 32)];
    for (case, (first, n)) in records(&text, '=').iter().skip(2).zip(printed) {
        let (public, signature) = (&case["PublicKey"][4..], &case["Signature"][4..]);
        let code = |at: usize| u32::from_be_bytes(public[at..at + 4].try_into().unwrap());
        let lms = LmsAlgorithm::from_code(code(0)).unwrap();
        let ots = LmotsAlgorithm::from_code(code(4)).unwrap();
        let mut seed = [0; 32];
        for (byte, value) in seed[..n].iter_mut().zip(first..) {
            *byte = value;
        }
        let tree = LmsTree::from_seed(lms, ots, public[8..24].try_into().unwrap(), &seed).unwrap();
        assert_eq!(tree.verifying_key().to_bytes(), public);
        let q = u32::from_be_bytes(signature[..4].try_into().unwrap());
        let mut c = [0; 32];
        c[..n].copy_from_slice(&signature[8..8 + n]);
        assert_eq!(
            tree.testing_only_sign(q, &c, &case["Msg"]).unwrap(),
            signature
        );
    }
}

/// RFC 8554, Appendix F, test case 2: both trees from their printed seeds, and both signatures again.
#[test]
fn rfc_8554_test_case_2_is_reproduced() {
    let Some(text) = load("botan_hss_lms_verify.vec") else {
        return;
    };
    let case = &records(&text, '=')[1];
    let (public, signature) = (&case["PublicKey"], &case["Signature"]);
    let seed = |text: &str| <[u8; 32]>::try_from(hex(text)).unwrap();
    let top = LmsTree::from_seed(
        LmsAlgorithm::Sha256M32H10,
        LmotsAlgorithm::Sha256N32W4,
        hex("d08fabd4a2091ff0a8cb4ed834e74534").try_into().unwrap(),
        &seed("558b8966c48ae9cb898b423c83443aae014a72f1b1ab5cc85cf1d892903b5439"),
    )
    .unwrap();
    assert_eq!(top.verifying_key().to_bytes(), public[4..]);
    let bottom = LmsTree::from_seed(
        LmsAlgorithm::Sha256M32H5,
        LmotsAlgorithm::Sha256N32W8,
        hex("215f83b7ccb9acbcd08db97b0d04dc2b").try_into().unwrap(),
        &seed("a1c4696e2608035a886100d05cd99945eb3370731884a8235e2fb3d4d71f2547"),
    )
    .unwrap();

    let (first, rest) = signature[4..].split_at(top.verifying_key().signature_len());
    let (key, last) = rest.split_at(56);
    assert_eq!(bottom.verifying_key().to_bytes(), key);
    for (tree, message, expected) in [(&top, key, first), (&bottom, &case["Msg"][..], last)] {
        let q = u32::from_be_bytes(expected[..4].try_into().unwrap());
        let c = expected[8..40].try_into().unwrap();
        assert_eq!(tree.testing_only_sign(q, &c, message).unwrap(), expected);
    }
}
