//! LMS: trees and signatures from secret seeds. HSS is this on every level.

use pqkm_stateful::{LmotsAlgorithm, LmsAlgorithm, hazmat::LmsTree};

use crate::{
    Expect::{Reported, Silent},
    Program,
    marks::{leak, secret, show},
};

pub const PROGRAMS: &[Program] = &[
    Program("lms", Silent, lms),
    Program("lms/control", Reported, control),
];

const SETS: [(LmsAlgorithm, LmotsAlgorithm); 3] = [
    (LmsAlgorithm::Sha256M32H5, LmotsAlgorithm::Sha256N32W4),
    (LmsAlgorithm::Sha256M24H5, LmotsAlgorithm::Sha256N24W8),
    (LmsAlgorithm::ShakeM32H5, LmotsAlgorithm::ShakeN32W2),
];

fn tree((lms, ots): (LmsAlgorithm, LmotsAlgorithm)) -> LmsTree {
    let seed = secret(&[0x42; 32]);
    LmsTree::from_seed(lms, ots, [1; 16], seed.as_slice().try_into().unwrap()).unwrap()
}

/// A tree, a signature, the seed of a child. How far chains go is public: the message and the randomizer say it.
fn lms() {
    for set in SETS {
        let tree = tree(set);
        let signature = tree.testing_only_sign(3, &[4; 32], b"message").unwrap();
        // CT: the public key and the signature are published; what else is derived is shown only here.
        show(&tree.verifying_key().to_bytes());
        show(&signature);
        show(&tree.randomizer(5));
        show(&tree.child_seed(6).0);
    }
}

fn control() {
    let signature = tree(SETS[0])
        .testing_only_sign(3, &[4; 32], b"message")
        .unwrap();
    // The first chain: it depends on the seed, and only the program declares it public.
    leak(&signature[40..]);
}
