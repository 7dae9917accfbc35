//! Signatures of LMS and HSS, and the keys that made them where the file tells how.

use pqkm::stateful::hazmat::LmsTree;
use pqkm::stateful::{HssVerifyingKey, LmotsAlgorithm, LmsAlgorithm, LmsVerifyingKey};
use pqkm_testkit::stateful::{LmsCase, LmsKeyGen, PublicKeyForm};

use crate::report::{Fault, Tally, ensure};

/// Runs every case of a file.
pub(crate) fn check_all(path: &str, cases: &[LmsCase]) -> Tally {
    let mut tally = Tally::default();
    for case in cases {
        if let Some(what) = tally.count(check(case).into()) {
            eprintln!("{path}: {}: {what} [{}]", case.id, case.comment);
        }
    }
    tally
}

fn check(case: &LmsCase) -> Result<(), Fault> {
    let verify = |signature: &[u8]| match case.form {
        PublicKeyForm::Hss => {
            let key = HssVerifyingKey::from_bytes(&case.public_key)?;
            ensure(key.to_bytes() == case.public_key, "another encoding")?;
            Ok::<_, Fault>(key.verify(&case.message, signature))
        }
        PublicKeyForm::Lms => {
            let key = LmsVerifyingKey::from_bytes(&case.public_key)?;
            ensure(key.to_bytes() == case.public_key, "another encoding")?;
            Ok(key.verify(&case.message, signature))
        }
    };
    verify(&case.signature)??;
    let (_, cut) = case.signature.split_last().ok_or("no signature")?;
    ensure(verify(cut)?.is_err(), "accepted without its last byte")?;
    match &case.key_gen {
        Some(key_gen) => reproduce(case, key_gen),
        None => Ok(()),
    }
}

/// Makes the key again and signs again: the first signature of a key, with leaf 0 on every level.
fn reproduce(case: &LmsCase, key_gen: &LmsKeyGen) -> Result<(), Fault> {
    let (seed, id) = key_gen.random.split_first_chunk().ok_or("no seed")?;
    let (mut seed, mut id): ([u8; 32], [u8; 16]) = (*seed, id.try_into()?);
    let mut trees = Vec::new();
    for (&lms, &ots) in key_gen.lms_types.iter().zip(&key_gen.lm_ots_types) {
        let (lms, ots) = (
            LmsAlgorithm::from_code(lms)?,
            LmotsAlgorithm::from_code(ots)?,
        );
        let tree = LmsTree::from_seed(lms, ots, id, &seed).ok_or("mixed hash functions")?;
        (seed, id) = tree.child_seed(0);
        trees.push(tree);
    }
    let levels = u32::try_from(trees.len())?;
    let top = trees.first().ok_or("no level")?.verifying_key();
    let public = [&levels.to_be_bytes()[..], &top.to_bytes()].concat();
    ensure(public == case.public_key, "another public key")?;
    let mut signature = levels.saturating_sub(1).to_be_bytes().to_vec();
    let below = trees
        .iter()
        .skip(1)
        .map(|tree| tree.verifying_key().to_bytes());
    for (tree, child) in trees.iter().zip(below.map(Some).chain([None])) {
        let signed = child.as_deref().unwrap_or(&case.message);
        let link = tree.testing_only_sign(0, &tree.randomizer(0), signed);
        signature.extend(link.ok_or("no leaf")?);
        signature.extend(child.unwrap_or_default());
    }
    ensure(signature == case.signature, "another signature")
}
