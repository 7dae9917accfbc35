//! LMS and HSS: trees, signatures and reservations, ours and everybody else's, with SHA-256 and n = 32.
//!
//! Signing draws on a store in memory, so that it times hashing; [`reserve`] draws on a file. A key that is used up
//! is read anew from the bytes it had when it was made: that is a few hundredths of a signature, each.

mod contenders;
mod reserve;
mod worst;

use pqkm::stateful::hazmat::LmsTree;
use pqkm::stateful::{LmotsAlgorithm, LmsAlgorithm, LmsVerifyingKey};

use crate::measure::Contender;

pub(crate) use reserve::{bare_and_ours, many};
pub(crate) use worst::{Worst, worst};

/// What a row compares: ours, and the peers.
pub(crate) type Contest = (Contender, Vec<Contender>);

/// A tree by its names.
#[derive(Clone, Copy)]
pub(crate) struct Set {
    /// What the rows begin with.
    pub(crate) name: &'static str,
    lms: LmsAlgorithm,
    ots: LmotsAlgorithm,
    /// Slow peers sit these out: one key takes them more than two seconds.
    tall: bool,
    /// A key takes everybody half a minute: measured only when it is asked for by its name.
    pub(crate) on_request: bool,
}

pub(crate) const SETS: [Set; 4] = [
    Set {
        name: "lms.sha256.h10w4",
        lms: LmsAlgorithm::Sha256M32H10,
        ots: LmotsAlgorithm::Sha256N32W4,
        tall: false,
        on_request: false,
    },
    Set {
        name: "lms.sha256.h10w8",
        lms: LmsAlgorithm::Sha256M32H10,
        ots: LmotsAlgorithm::Sha256N32W8,
        tall: false,
        on_request: false,
    },
    Set {
        name: "lms.sha256.h15w4",
        lms: LmsAlgorithm::Sha256M32H15,
        ots: LmotsAlgorithm::Sha256N32W4,
        tall: true,
        on_request: false,
    },
    Set {
        name: "lms.sha256.h20w4",
        lms: LmsAlgorithm::Sha256M32H20,
        ots: LmotsAlgorithm::Sha256N32W4,
        tall: true,
        on_request: true,
    },
];

/// Length of the messages in bytes.
pub(crate) const MESSAGE_LEN: usize = 32;

pub(crate) fn message(turn: usize) -> [u8; MESSAGE_LEN] {
    let mut message = [0; MESSAGE_LEN];
    for (to, from) in message.iter_mut().zip(turn.to_be_bytes()) {
        *to = from;
    }
    message
}

pub(crate) fn generate(set: Set) -> Contest {
    let (id, seed) = ([1; 16], [2; 32]);
    let root = purecrypto_root(set);
    let expected = root.clone();
    let ours = Contender::ours(
        move |_| {
            let tree = LmsTree::from_seed(set.lms, set.ots, id, &seed).expect("one hash function");
            tree.verifying_key()
        },
        move |_, key: LmsVerifyingKey| key.to_bytes() == expected,
    );
    let mut peers = vec![
        contenders::purecrypto_generate(set, root),
        contenders::crypto_pq_generate(set),
    ];
    if !set.tall {
        peers.push(contenders::hbs_lms_generate(set));
    }
    (ours, peers)
}

/// The public key that purecrypto makes of the seed of [`generate`].
fn purecrypto_root(set: Set) -> Vec<u8> {
    let (lms, ots) = contenders::purecrypto_types(set.lms, set.ots);
    let key = purecrypto::lms::LmsPrivateKey::from_seed(lms, ots, &[1; 16], &[2; 32]);
    key.public_key().to_bytes().to_vec()
}

/// Signing with one tree. crypto-pq always checks its signatures, and takes part in both rows.
pub(crate) fn sign(set: Set, checked: bool) -> Contest {
    let level = [(set.lms, set.ots)];
    let ours = contenders::ours_signing(&level, checked, false);
    let mut peers = vec![contenders::crypto_pq_signing(&level)];
    if !checked {
        peers.push(contenders::purecrypto_signing(&level));
        if !set.tall {
            peers.push(contenders::hbs_lms_signing(set));
        }
    }
    (ours, peers)
}

pub(crate) fn verify(set: Set) -> Contest {
    contenders::verifying(set)
}

/// Signing with two trees of height 10: all that a signature costs, the trees that it needs one in 1,024 times among it.
pub(crate) fn hss_sign() -> Contest {
    let level = (LmsAlgorithm::Sha256M32H10, LmotsAlgorithm::Sha256N32W4);
    let levels = [level, level];
    let ours = contenders::ours_signing(&levels, true, false);
    let peers = vec![
        contenders::crypto_pq_signing(&levels),
        contenders::purecrypto_signing(&levels),
    ];
    (ours, peers)
}
